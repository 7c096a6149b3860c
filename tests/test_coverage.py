"""The page of coverage names each mechanism once, and only files, clocks and duties that are there."""

import re
from pathlib import Path

from engine.campaign import case_model, clock_rules, duty_kinds, model

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")


def test_each_mechanism_is_there_once_and_in_order() -> None:
    assert re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE) == [str(number) for number in range(1, 134)]


def test_what_it_names_exists() -> None:
    duties = {kind.key for kind in duty_kinds.rules().kinds}
    assert set(re.findall(r"`duty:(\w+)`", PAGE)) <= duties
    assert set(re.findall(r"\bT\d+\b", PAGE)) <= {row.code for row in clock_rules.clocks()}
    tables = [table.__table__ for table in (model.Place, model.Visit, model.PlanTask, case_model.Hazard)]
    columns = {f"{table.name}.{column.name}" for table in tables for column in table.columns}
    assert set(re.findall(r"`((?:place|visit|hazard|plan_task)\.\w+)`", PAGE)) <= columns
    files = re.findall(r"`(?:bpmn|engine|tests)/[^`]+`", PAGE)
    assert [name for name in files if not (ROOT / name.strip("`")).exists()] == []
