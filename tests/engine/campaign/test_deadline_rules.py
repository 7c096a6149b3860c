"""Each deadline says by which rule it was set, what follows when it passes, and how its date was counted."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.app import App
from engine.campaign import clock_rules, deadlines
from engine.campaign.case_model import Deadline
from engine.campaign.deadline_views import DeadlineView, view
from engine.errors import Invalid
from engine.said import english

ROOT = Path(__file__).parents[3]

SEPTEMBER = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)
NUMBER = "YQ-2026-0901"


def opened(app: App, clock: str, start_at: datetime = SEPTEMBER, clause: str = "") -> DeadlineView:
    with app.transaction() as tx:
        row = deadlines.open_in(
            tx, app, deadlines.of_hazard(NUMBER), "整改", start_at=start_at, n=7, unit="d", roll="F", clock=clock,
            clause=clause, now=start_at,
        )  # fmt: skip
        return view(row)


def test_a_deadline_carries_its_rule_clause_consequence_and_count(case: App) -> None:
    shown = opened(case, "T2")
    assert (shown.clock, shown.side, shown.consequence) == ("T2", "party", "逾期即催办，逾期 3 个工作日街道督办")
    assert shown.clause == "街道内部规则：一般隐患 3、7、15 日（示例规则，需法制审核）"
    assert shown.trace[-1] == f"依据：{shown.clause}"
    assert opened(case, "T19", clause="决定书载明").clause == "决定书载明"


def test_the_count_is_kept_in_both_languages_and_older_rows_stay_chinese(case: App) -> None:
    id = opened(case, "T2").id
    with case.transaction() as tx:
        row = tx.get_one(Deadline, id)
        assert english(row.trace[0]) == "Counted from the day after 2026-09-24 (Thu)"
        assert english(row.trace[-1]) == "Basis: 街道内部规则：一般隐患 3、7、15 日 (Sample rule, needs a legal review)"
        row.trace = ["从前的一句"]
    with case.reading() as tx:
        assert [english(line) for line in view(tx.get_one(Deadline, id)).trace] == ["从前的一句"]


def test_the_rule_is_the_one_in_force_on_the_day_of_the_start(case: App) -> None:
    assert opened(case, "T7", datetime(2026, 1, 31, 1, tzinfo=UTC)).clause.startswith("原《")
    assert opened(case, "T7", datetime(2026, 2, 1, 1, tzinfo=UTC)).clause.startswith("沿用")
    assert opened(case, "T2", datetime(2023, 6, 1, 1, tzinfo=UTC)).clock == ""  # there was no such rule yet
    with pytest.raises(Invalid, match="没有时限“T99”"):
        opened(case, "T99")


def test_a_moved_deadline_keeps_its_rule(case: App) -> None:
    opened(case, "T2")
    with case.transaction() as tx:
        about = deadlines.of_hazard(NUMBER)
        extended = deadlines.extend_in(tx, case, about, "整改", n=15, unit="d", reason="板材", clause="", now=SEPTEMBER)
        assert (extended.clock, extended.side, extended.extensions) == ("T2", "party", 1)
        governed = deadlines.extend_in(
            tx, case, about, "整改", n=30, unit="d", reason="方案", clause="", clock="T53.govern", now=SEPTEMBER
        )
        assert (governed.clock, governed.extensions) == ("T53.govern", 0)
        moved = deadlines.move_in(tx, case, governed, governed.due_at, reason="核对", now=SEPTEMBER)
        assert (moved.clock, moved.consequence) == ("T53.govern", governed.consequence)


@pytest.mark.parametrize(
    ("table", "outputs"),
    [
        ("bpmn/hazard/hazard_limit.dmn", ("clock",)),
        ("bpmn/public_report/report_routing.dmn", ("verify_clock", "reply_clock")),
    ],
)
def test_the_shipped_tables_give_known_clocks(table: str, outputs: tuple[str, ...]) -> None:
    text = (ROOT / table).read_text(encoding="utf-8")
    assert all(f'name="{output}"' in text for output in outputs)
    codes = set(re.findall(r'"(T\d+(?:\.\w+)?)"', text))
    assert codes and all(clock_rules.known(code) for code in codes)


def test_every_shipped_deadline_names_its_clock() -> None:
    found = []
    for path in sorted((ROOT / "bpmn").glob("*/*.bpmn")):
        for task in re.findall(r'topic="deadline\.open">.*?</bpmn:serviceTask>', path.read_text("utf-8"), re.S):
            found += re.findall(r'name="clock">([^<]+)<', task) or [f"{path.name}: none"]
    assert found and all(value.startswith("${") or clock_rules.known(value) for value in found)
