"""The patrol plan (D10): how often by the table, counted from the last visit, kept by whatever is written."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from engine.app import App
from engine.bpm import definitions
from engine.bpm.decisions import parse_decisions
from engine.bpm.functions import builtin_functions
from engine.bpm.viewer import Viewer
from engine.calendar import Calendar
from engine.campaign import hazards, patrol, patrol_planning, places, visits
from engine.campaign.case_model import Hazard
from engine.campaign.demo.load import diagrams
from engine.campaign.found_before import RECURRENCE
from engine.campaign.model import Place
from engine.campaign.patrol_model import Patrol
from engine.campaign.patrol_rules import Before, Facts, Line, Recurrence, line
from engine.errors import NotFound
from engine.said import Said, english
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
HAN = re.compile("[\u4e00-\u9fff]")
BPMN = Path(__file__).parents[3] / "bpmn/periodic_duty"
TABLES = {
    key: decision for path in BPMN.glob("patrol_*.dmn") for key, decision in parse_decisions(path.read_bytes()).items()
}
CALENDAR = Calendar.default()
FUNCTIONS = builtin_functions(datetime(2026, 10, 12, 1, tzinfo=UTC), CALENDAR, ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 10, 12)
QUIET = Facts("正常", "蓝", False, False, "其他", 0)
BACK = Recurrence("YQ-2026-1003", "YQ-2026-0901", date(2026, 10, 9), date(2027, 10, 9))
STATUSES, RISKS = ("正常", "停产", "关闭", "拆除"), ("红", "橙", "黄", "蓝")


def planned(facts: Facts, before: Before, last_on: date | None, today: date = TODAY) -> Line:
    return line(TABLES, FUNCTIONS, CALENDAR, facts, before, last_on, today)


@pytest.mark.parametrize(
    ("facts", "next_on"),
    [
        (Facts("正常", "红", False, False, "其他", 0), "2026-10-19"),
        (Facts("正常", "蓝", True, False, "其他", 0), "2026-10-19"),
        (Facts("停产", "红", False, False, "其他", 0), "2026-10-19"),
        (Facts("正常", "橙", False, False, "其他", 0), "2026-10-26"),
        (Facts("正常", "蓝", False, True, "九小", 0), "2026-10-26"),
        (Facts("正常", "黄", False, False, "其他", 0), "2026-11-12"),
        (Facts("正常", "蓝", False, False, "九小", 0), "2026-11-12"),
        (Facts("关闭", "蓝", False, False, "其他", 0), "2026-11-12"),
        (Facts("正常", "蓝", False, False, "其他", 2), "2026-11-12"),
        (QUIET, "2027-01-12"),
        (Facts("拆除", "红", True, True, "九小", 3), None),
        (Facts("正常", "橙", False, False, "其他", 0, (), BACK), "2026-10-19"),
        (Facts("正常", "蓝", False, True, "九小", 0, (), BACK), "2026-10-19"),
        (Facts("正常", "蓝", False, False, "九小", 0, (), BACK), "2026-10-26"),
        (Facts("关闭", "蓝", False, False, "其他", 2, (), BACK), "2026-10-26"),
        (Facts("正常", "蓝", False, False, "其他", 0, (), BACK), "2026-10-26"),
        (Facts("拆除", "蓝", False, False, "其他", 0, (), BACK), None),
        (Facts("正常", "蓝", False, False, "其他", 0, (date(2026, 10, 1),)), "2026-10-31"),
        (Facts("正常", "蓝", False, False, "其他", 0, (date(2026, 8, 1),)), "2026-10-30"),
    ],
)  # fmt: skip
def test_the_table_says_how_often_after_a_visit_today(facts: Facts, next_on: str | None) -> None:
    found = planned(facts, Before(TODAY, TODAY, 0, ""), TODAY)
    assert found.next_on == (date.fromisoformat(next_on) if next_on else None)
    assert isinstance(found.reason, Said) and not HAN.search(found.reason.en)


def test_a_recurrence_is_told_only_where_it_is_why() -> None:
    new = Before(TODAY, TODAY, 0, "")
    back = planned(Facts("正常", "蓝", False, False, "九小", 0, (), BACK), new, TODAY)
    for told in ("加密", "YQ-2026-1003", "2026-10-09", "YQ-2026-0901", "2027-10-09"):
        assert told in back.reason
    red = planned(Facts("正常", "红", False, False, "九小", 0, (), BACK), new, TODAY)
    assert red.reason == "红色场所，每周一次"
    assert english(back.reason).endswith("is the closed YQ-2026-0901 again, counted until 2027-10-09")


def test_a_table_of_before_that_asks_no_recurrence_goes_on_as_it_was() -> None:
    older = {**TABLES, "patrol_frequency": parse_decisions(without_recurrence())["patrol_frequency"]}
    small = Facts("正常", "蓝", False, False, "九小", 0, (), BACK)
    found = line(older, FUNCTIONS, CALENDAR, small, Before(TODAY, TODAY, 0, ""), TODAY, TODAY)
    assert (found.n, found.unit, found.reason) == (1, "month", "九小、多业态场所，每月一次")


def without_recurrence() -> bytes:
    """The table as it was deployed before it had the column."""
    root = ElementTree.fromstring((BPMN / "patrol_frequency.dmn").read_bytes())
    [table] = root.iter(f"{DMN}decisionTable")
    inputs = table.findall(f"{DMN}input")
    at = [inputs[n].findtext(f"{DMN}inputExpression/{DMN}text") for n in range(len(inputs))].index("recurred")
    for rule in table.findall(f"{DMN}rule"):
        asks = rule.findall(f"{DMN}inputEntry")
        if asks[at].findtext(f"{DMN}text"):
            table.remove(rule)
        rule.remove(asks[at])
    table.remove(inputs[at])
    return ElementTree.tostring(root)


def test_a_higher_frequency_asks_for_nothing_before_it_holds_and_a_late_place_stays_late() -> None:
    visited = date(2026, 7, 1)
    risen = planned(
        Facts("正常", "橙", False, False, "其他", 0), Before(visited, visited, 3, "month", visited), visited
    )
    assert (risen.next_on, risen.since) == (TODAY, TODAY)
    late = Before(visited, visited, 3, "month", visited, date(2026, 10, 1))
    assert planned(Facts("正常", "红", False, False, "其他", 0), late, visited).next_on == date(2026, 10, 1)
    assert planned(QUIET, late, TODAY).next_on == date(2027, 1, 12)


days = st.integers(0, 400).map(lambda n: TODAY - timedelta(days=n))


@given(
    st.builds(Facts, st.sampled_from(STATUSES), st.sampled_from(RISKS), st.booleans(), st.booleans(),
              st.sampled_from(("九小", "其他")), st.integers(0, 3), st.lists(days, max_size=3),
              st.sampled_from((None, BACK))),
    days, st.one_of(st.none(), days),
)  # fmt: skip
def test_computing_again_changes_nothing_and_more_danger_never_comes_later(
    facts: Facts, began: date, last_on: date | None
) -> None:
    first = planned(facts, Before(began, began, 0, ""), last_on)
    again = Before(began, first.since, first.n, first.unit, last_on, first.next_on)
    assert planned(facts, again, last_on).next_on == first.next_on
    for worse in (
        Facts(facts.status, "红", True, True, facts.place_kind, facts.fire_key_level, facts.closed),
        replace(facts, recurred=BACK),
    ):
        then = planned(worse, again, last_on).next_on
        assert (then is None) == (first.next_on is None)
        assert then is None or (first.next_on is not None and then <= max(first.next_on, TODAY))


def compute(app: App) -> int:
    steps = 0
    while patrol_planning.plan_next(app):
        steps += 1
    return steps


def row(app: App, place: str) -> Patrol:
    with app.reading() as tx:
        return tx.get_one(Patrol, place)


def test_every_place_of_the_register_has_its_line(campaign: App, root: Viewer) -> None:
    assert patrol_planning.planning_due(campaign) == timedelta()
    compute(campaign)
    with campaign.reading() as tx:
        lines = {found.place: found for found in tx.scalars(select(Patrol))}
        assert set(lines) == set(tx.scalars(select(Place.id)))
    assert all(found.next_on for found in lines.values())
    assert (patrol_planning.planning_due(campaign) or timedelta(1)) > timedelta()


def test_a_hazard_a_visit_a_closure_and_time_move_the_line(campaign: App, root: Viewer, person: Person) -> None:
    compute(campaign)
    inspector = person(campaign, "inspector-gh-01")
    place = patrol.list_patrol(campaign, inspector, due=date(2027, 6, 1)).items[-1].place
    visit = visits.create(campaign, {"place": place, "kind": "网格巡查", "result": "发现隐患"}, viewer=inspector)
    after = patrol.review(campaign, visit.id, viewer=inspector)
    assert after.open_hazards == [] and after.plan.last_on == date(2026, 9, 24)  # at once, before the scheduler looked
    hazard = hazards.register(campaign, {"place": place, "code": "RF-05", "text": "私拉电线"}, viewer=inspector)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, hazard.number).is_major = True
    compute(campaign)
    assert row(campaign, place).next_on == date(2026, 10, 1)
    assert patrol.review(campaign, visit.id, viewer=inspector).open_hazards == [hazard.number]
    with campaign.transaction() as tx:
        tx.get_one(Hazard, hazard.number).closed_at = campaign.clock()  # what closing asks for is tested elsewhere
    compute(campaign)
    assert row(campaign, place).next_on == date(2026, 10, 24)  # 30 days after the closure of a major hazard
    assert "30 日" in row(campaign, place).reason


def test_the_sample_case_that_came_back_raises_the_frequency_of_its_shop(demo: App, root: Viewer) -> None:
    shown = patrol.show(demo, "P045", viewer=root)
    assert shown.often == "每 14 日"
    assert "YQ-2026-1003" in shown.reason and "YQ-2026-0901" in shown.reason and "2027-10-09" in shown.reason


def test_a_hazard_that_comes_back_raises_the_frequency_until_its_window_ends(
    campaign: App, clock: FakeClock, person: Person
) -> None:
    inspector = person(campaign, "inspector-gh-02")
    found = {"place": "P045", "code": "RF-01", "text": "后门堆放纸箱"}
    first = hazards.register(campaign, found, viewer=inspector).number
    compute(campaign)
    before = row(campaign, "P045")
    with campaign.transaction() as tx:
        tx.get_one(Hazard, first).closed_at = campaign.clock()  # what closing asks for is tested elsewhere
    clock.advance(days=1)
    again = hazards.register(campaign, found, viewer=inspector)
    assert again.recurs == first
    compute(campaign)
    raised = row(campaign, "P045")
    assert (raised.n, raised.unit) == (14, "d") and again.number in raised.reason
    with campaign.transaction() as tx:
        tx.get_one(Hazard, again.number).closed_at = campaign.clock()
    compute(campaign)
    assert row(campaign, "P045").look_at == again.found_at + RECURRENCE  # closing it again changes nothing
    clock.now = again.found_at + RECURRENCE
    compute(campaign)
    over = row(campaign, "P045")
    assert (over.n, over.unit, over.reason, over.look_at) == (before.n, before.unit, before.reason, None)


def test_a_recurrence_that_was_void_counts_no_more(
    campaign: App, clock: FakeClock, root: Viewer, person: Person
) -> None:
    inspector = person(campaign, "inspector-gh-02")
    found = {"place": "P045", "code": "RF-01", "text": "后门堆放纸箱"}
    first = hazards.register(campaign, found, viewer=inspector).number
    with campaign.transaction() as tx:
        tx.get_one(Hazard, first).closed_at = campaign.clock()
    clock.advance(days=1)
    again = hazards.register(campaign, found, viewer=inspector).number
    assert patrol.show(campaign, "P045", viewer=root).often == "每 14 日"  # at once, before the scheduler looked
    with campaign.transaction() as tx:
        tx.get_one(Hazard, again).void_reason = "登记有误"
    assert patrol.show(campaign, "P045", viewer=root).often == "每 1 个月"


def test_the_walk_is_the_viewers_and_a_stranger_sees_no_place(campaign: App, root: Viewer, person: Person) -> None:
    compute(campaign)
    far = date(2028, 1, 1)
    mine = patrol.list_patrol(campaign, person(campaign, "inspector-gh-01"), due=far, size=200)
    everything = patrol.list_patrol(campaign, root, due=far, size=200)
    grid = patrol.list_patrol(campaign, root, unit="GH-01", due=far, size=200)
    assert {view.grid for view in mine.items} == {"GH-01"} == {view.grid for view in grid.items}
    assert mine.total == grid.total < everything.total
    assert [view.next_on for view in everything.items] == sorted(
        view.next_on for view in everything.items if view.next_on
    )
    other = next(view.place for view in everything.items if view.grid == "XQ-04")
    with pytest.raises(NotFound):
        patrol.show(campaign, other, viewer=person(campaign, "inspector-gh-01"))
    assert patrol.list_patrol(campaign, root, unit="nowhere").total == 0


def test_an_edited_table_is_used_for_every_line(campaign: App, root: Viewer) -> None:
    compute(campaign)
    before = patrol.list_patrol(campaign, root, due=date(2028, 1, 1), size=200)
    files = diagrams()
    name = "periodic_duty/patrol_frequency.dmn"
    files[name] = files[name].replace(b"<text>3</text>", b"<text>2</text>")
    definitions.deploy(campaign, files, by="root")
    assert compute(campaign) == 1
    after = patrol.list_patrol(campaign, root, due=date(2028, 1, 1), size=200)
    assert {view.often for view in before.items} - {view.often for view in after.items} == {"每 3 个月"}
    assert compute(campaign) == 0


def test_what_is_due_is_found_by_an_index_among_a_hundred_thousand(campaign: App, root: Viewer) -> None:
    """The plan is read from rows: the statement may not walk through the register."""
    compute(campaign)
    with campaign.reading() as tx:
        query = select(Patrol.place).where(Patrol.grid == "GH-01", Patrol.next_on <= TODAY)
        text = str(query.compile(tx.get_bind(), compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN QUERY PLAN " if campaign.engine.dialect.name == "sqlite" else "EXPLAIN "
        if campaign.engine.dialect.name == "postgresql":
            tx.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = " ".join(str(line) for line in tx.connection().exec_driver_sql(explain + text))
    assert "ix_patrol_" in plan  # by grid and day, or by day alone: as the planner knows the table


def test_a_place_without_tables_waits(street: App, root: Viewer) -> None:
    place = places.create(
        street, {"name": "便民百货", "kind": "九小场所", "place_kind": "九小", "grid": "GH-01"}, viewer=root
    )
    assert not patrol_planning.plan_next(street)
    assert patrol_planning.planning_due(street) is None
    shown = patrol.show(street, place.id, viewer=root)
    assert (shown.next_on, shown.often) == (None, "不巡查")
    with street.transaction() as tx:
        tx.execute(delete(Patrol))
    assert patrol.show(street, place.id, viewer=root).next_on is None
