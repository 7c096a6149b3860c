"""``bihuan import``: a sheet from the terminal, only checked or written, with an exit code for errors."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from engine.app import App
from engine.campaign import units
from engine.campaign.model import Place

Run = Callable[..., Result]
TEXT = "单位名称,场所类型,网格,电话\n示例新面馆,餐饮,GH-01,{phone}\n"


@pytest.fixture
def grid(app: App) -> None:
    """A street with one grid."""
    with app.transaction() as tx:
        units.add(tx, code="street", name="青云街道", kind="street")
        units.add(tx, code="GH", name="桂花社区", kind="community", parent="street")
        units.add(tx, code="GH-01", name="第一网格", kind="grid", parent="GH")


def phones(app: App) -> list[str]:
    with app.reading() as tx:
        return list(tx.scalars(select(Place.phone)))


def test_places_are_checked_written_and_updated(app: App, run: Run, grid: None, tmp_path: Path) -> None:
    sheet = tmp_path / "底册.csv"
    sheet.write_text(TEXT.format(phone="1"), encoding="utf-8")
    dry = run("import", "--kind", "places", "--dry-run", str(sheet))
    assert (dry.exit_code, dry.output.splitlines()[-1], phones(app)) == (0, "ready=1", []), dry.output
    assert run("import", "--kind", "places", str(sheet)).output.splitlines()[-1] == "done=1"

    sheet.write_text(TEXT.format(phone="2"), encoding="utf-8")
    assert run("import", "--kind", "places", str(sheet)).output.splitlines()[-1] == "exists=1"
    assert phones(app) == ["1"]
    assert run("import", "--kind", "places", "--existing", "update", str(sheet)).exit_code == 0
    assert phones(app) == ["2"]


def test_a_wrong_row_is_told_and_the_exit_code_is_one(app: App, run: Run, grid: None, tmp_path: Path) -> None:
    sheet = tmp_path / "底册.csv"
    sheet.write_text(TEXT.format(phone="1") + "示例坏行,什么店,GH-01,\n", encoding="utf-8")
    told = run("import", "--kind", "places", "--dry-run", str(sheet))
    assert told.exit_code == 1 and "第 3 行“场所类型”" in told.output and phones(app) == []
