"""The ledger's filters, orders and lamps; what SQL computes for a list equals what Python computes for one hazard."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from api.compose import compose
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import hazard_list, hazards, lamp
from engine.campaign.demo.load import DEMO_NOW
from engine.db import Base
from engine.errors import Invalid
from engine.testing import FakeClock, fresh_settings
from tests.engine.campaign.conftest import ROOT


def numbers(app: App, viewer: Viewer, **wanted: object) -> list[str]:
    return [row.number[-4:] for row in hazards.list_hazards(app, viewer, size=200, **wanted).items]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"lamp": "purple"}, {"0909"}),
        ({"lamp": "red,orange"}, {"0904", "0911", "1004"}),
        ({"stage": "复查"}, {"0915"}),
        ({"stage": "核实分级"}, {"1006"}),
        ({"overdue": True}, {"0902", "0903", "0904", "0905", "0908", "0909", "0910"}),
        ({"overdue": False, "community": "XQ"}, {"1004", "1005"}),
        ({"community": "GH", "status": "closed"}, {"0901", "0906", "1003"}),
        ({"code": "RF-07", "status": "all"}, {"0905", "0912", "0913"}),
        ({"level": "较大", "community": "SM"}, {"0905", "0914"}),
        ({"unit": "fire_rescue"}, {"0908", "0909", "0910"}),
        ({"grid": "GH-01"}, {"0903", "0904"}),
        ({"place": "P045", "status": "all"}, {"0901", "1003"}),
        ({"q": "火锅"}, {"0908"}),
        ({"q": "彩钢板", "status": "all"}, {"0905"}),
        ({"q": "100%"}, set()),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_a_filter_finds_exactly_its_hazards(
    demo: App, root: Viewer, wanted: dict[str, object], found: set[str]
) -> None:
    assert set(numbers(demo, root, **wanted)) == found


def test_the_ledger_is_ordered_as_asked(demo: App, root: Viewer) -> None:
    assert numbers(demo, root, sort="-number")[:3] == ["1006", "1005", "1004"]
    assert numbers(demo, root, sort="found_at")[0] == "0905"
    assert numbers(demo, root, sort="due_at")[:2] == ["0910", "0909"]
    assert numbers(demo, root, sort="due_at")[-1] == "1006"  # nothing set yet comes last
    assert numbers(demo, root, sort="lamp")[0] == "0909"


def test_pages_cut_the_ledger_without_loss(demo: App, root: Viewer) -> None:
    pages = [hazards.list_hazards(demo, root, status="all", sort="number", page=n, size=10) for n in (1, 2, 3)]

    assert [len(page.items) for page in pages] == [10, 10, 2]
    assert {page.total for page in pages} == {22}


@pytest.mark.parametrize(
    "wanted", [{"lamp": "pink"}, {"stage": "飞"}, {"status": "gone"}, {"sort": "colour"}, {"size": 500}, {"page": 0}]
)
def test_an_unknown_filter_is_refused_with_the_choices(demo: App, root: Viewer, wanted: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        hazards.list_hazards(demo, root, **wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "sort", "read"),
    [
        (hazard_list.Wanted(), "due_at", {"ix_deadline_hazard (hazard=? AND state=? AND kind=?"}),
        (hazard_list.Wanted(lamp="red", overdue=True), "lamp", {"ix_deadline_state_due (state=? AND kind=?"}),
    ],
)
def test_deadlines_are_read_for_one_hazard_or_once_for_all(
    tmp_path: Path, wanted: hazard_list.Wanted, sort: str, read: set[str]
) -> None:
    """SQLite reads no deadlines of others for a hazard, and no row beside an index."""
    app = compose(fresh_settings(f"sqlite:///{tmp_path / 'plan.sqlite3'}", tmp_path))
    Base.metadata.create_all(app.engine)
    query = hazard_list.query(app, ROOT, wanted, app.clock(), sort)
    statement = str(query.compile(app.engine, compile_kwargs={"literal_binds": True}))
    with app.reading() as tx:
        plan = tx.execute(text("EXPLAIN QUERY PLAN " + statement.replace(":", "\\:"))).all()
    app.close()

    above = {row.id: row.detail for row in plan}
    reading = [(above.get(row.parent, ""), row.detail) for row in plan if "deadline" in row.detail]
    assert reading
    assert all("SEARCH deadline USING COVERING INDEX" in detail for _, detail in reading)
    assert {next(name for name in read if name in detail) for _, detail in reading} == read
    assert all("hazard=?" in detail or above.startswith("LIST SUBQUERY") for above, detail in reading)


def test_lamps_in_lists_equal_lamps_of_single_hazards_on_every_third_day(demo: App, root: Viewer) -> None:
    try:
        for days in range(0, 50, 3):  # each weekday and hour of a day in turn
            demo.clock = FakeClock(DEMO_NOW + timedelta(days=days, hours=days % 24))
            shown = {row.number: row.lamp for row in hazards.list_hazards(demo, root, status="all", size=200).items}
            for colour in lamp.ORDER:
                page = hazards.list_hazards(demo, root, status="all", size=200, lamp=colour)
                assert {row.number for row in page.items} == {n for n, held in shown.items() if held == colour}
    finally:
        demo.clock = FakeClock(DEMO_NOW)
