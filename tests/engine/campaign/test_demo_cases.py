"""Each sample case stands where domain knowledge says it must on 2026-10-12 09:00, computed by the running
processes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import func, select

from engine.app import App
from engine.bpm.model import Incident, Message, Notice, Task, Timer
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, board, deadlines, events, hazards, measures, places
from engine.campaign.case_model import Hazard, Rung
from engine.campaign.demo.load import DEMO_NOW

Person = Callable[[App, str], Viewer]


@dataclass(frozen=True)
class Expected:
    """Where a case stands: lamp, the date that counts for it, working days over, stage, and its open steps."""

    case: str
    lamp: str
    due: date | None
    over: int | None
    stage: str
    steps: frozenset[str]


def expected(case: str, lamp: str, due: str | None, over: int | None, stage: str, *steps: str) -> Expected:
    return Expected(f"YQ-2026-{case}", lamp, date.fromisoformat(due) if due else None, over, stage, frozenset(steps))


CASES = [
    expected("0901", "grey", None, None, "已销号"),
    expected("0902", "deep_red", "2026-09-29", 5, "整改中", "rectify"),
    expected("0903", "deep_red", "2026-09-30", 4, "整改中", "rectify"),
    expected("0904", "red", "2026-10-09", 2, "整改中", "rectify"),
    expected("0905", "deep_red", "2026-10-08", 3, "整改中", "rectify"),
    expected("0906", "grey", None, None, "已销号"),
    expected("0907", "grey", None, None, "已销号"),
    expected("0908", "deep_red", "2026-10-08", 3, "整改中", "plan", "decide_listing"),
    expected("0909", "purple", "2026-09-22", 9, "整改中", "rectify", "lift_seal"),
    expected("0910", "deep_red", "2026-09-17", 13, "整改中", "rectify", "sign_transfer", "district_supervision"),
    expected("0911", "orange", "2026-10-13", 0, "整改中", "rectify"),
    expected("0912", "green", "2026-10-23", 0, "整改中", "rectify"),
    expected("0913", "grey", None, None, "已作废"),
    expected("0914", "yellow", "2026-10-14", 0, "整改中", "rectify"),
    expected("0915", "green", "2026-10-08", None, "复查", "recheck"),
    expected("0916", "grey", None, None, "已销号"),
    expected("1001", "yellow", "2026-10-15", 0, "整改中", "rectify"),
    expected("1002", "grey", None, None, "已销号"),
    expected("1003", "grey", None, None, "已销号"),
    expected("1004", "orange", "2026-10-13", 0, "交办待签收", "sign"),
    expected("1005", "green", None, None, "整改中", "rectify"),  # deferred: its clock stands still
    expected("1006", "green", None, None, "核实分级", "classify"),
]


@pytest.mark.parametrize("wanted", CASES, ids=lambda wanted: wanted.case)
def test_a_sample_case_stands_where_it_must(demo: App, root: Viewer, wanted: Expected) -> None:
    shown = hazards.show(demo, wanted.case, viewer=root)

    assert (shown.lamp, shown.due_date, shown.overdue_workdays, shown.stage) == (
        wanted.lamp,
        wanted.due,
        wanted.over,
        wanted.stage,
    )
    with demo.reading() as tx:
        open_tasks = select(Task.element).where(Task.instance_id == shown.instance_id, Task.status == "open")
        assert set(tx.scalars(open_tasks)) == wanted.steps


def test_the_list_holds_every_sample_case(demo: App, root: Viewer) -> None:
    page = hazards.list_hazards(demo, root, status="all", sort="number", size=200)

    assert [row.number for row in page.items] == [wanted.case for wanted in CASES]


def test_the_demo_ran_without_incident_and_left_nothing_due(demo: App) -> None:
    with demo.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Incident)) == 0
        assert tx.scalar(select(func.count()).select_from(Message).where(Message.delivered_at.is_(None))) == 0
        assert tx.scalar(select(func.count()).select_from(Notice).where(Notice.status == "pending")) == 0
        late = select(func.count()).select_from(Timer).where(Timer.status == "armed", Timer.due_at <= DEMO_NOW)
        assert tx.scalar(late) == 0


RUNGS = [
    ("0902", [("E1", "2026-09-30T00:00"), ("E2", "2026-10-09T08:30")]),
    ("0903", [("E1", "2026-10-08T08:30"), ("E2", "2026-10-10T08:30")]),
    ("0904", [("E1", "2026-10-10T00:00")]),
    ("0905", [("E2", "2026-10-09T00:00")]),
    ("0907", [("E2", "2026-09-22T10:00")]),
    ("0908", [("E4", "2026-09-28T11:30")]),
    ("0909", [("E3", "2026-09-14T21:00")]),
    ("0910", [("E2", "2026-09-17T10:00"), ("E3", "2026-10-08T10:00"), ("E2b", "2026-10-10T08:30")]),
    ("0911", []),
    ("0912", []),
]


@pytest.mark.parametrize(("case", "wanted"), RUNGS, ids=[case for case, _ in RUNGS])
def test_the_chain_took_each_rung_once_at_its_own_moment(demo: App, case: str, wanted: list[tuple[str, str]]) -> None:
    with demo.reading() as tx:
        rows = tx.execute(select(Rung.step, Rung.at).where(Rung.hazard == f"YQ-2026-{case}").order_by(Rung.at)).all()

    assert [(step, f"{at.astimezone(demo.zone):%Y-%m-%dT%H:%M}") for step, at in rows] == wanted


def test_an_approved_extension_replaces_the_deadline_and_keeps_the_old_one(demo: App, root: Viewer) -> None:
    found = deadlines.list_deadlines(demo, "YQ-2026-0912", viewer=root)
    assert {row.kind: row.state for row in found if row.kind != "整改"} == {"交办签收": "met", "延期审批": "met"}
    old, new = [row for row in found if row.kind == "整改"]

    assert (old.due_date, old.state, old.replaced_by) == (date(2026, 10, 8), "replaced", new.id)
    assert old.reason.startswith("不燃板材定制周期长")
    assert old.by == "principal-street"
    assert (new.due_date, new.state) == (date(2026, 10, 23), "open")


def test_a_deadline_explains_itself_in_words(demo: App, root: Viewer) -> None:
    (shown,) = deadlines.list_deadlines(demo, "YQ-2026-0903", viewer=root)[:1]

    told = "；".join(shown.trace)
    assert "起算日 2026-09-24（周四）不计入" in told
    assert "跳过中秋放假 9月25日至9月27日" in told
    assert "2026-09-30（周三） 24:00 到期" in told
    assert "示例规则，需法制审核" in told


def test_the_plan_of_the_major_hazard_is_late_while_its_rectification_is_not(demo: App, root: Viewer) -> None:
    found = {row.kind: row for row in deadlines.list_deadlines(demo, "YQ-2026-0908", viewer=root)}

    assert (found["治理方案"].due_date, found["治理方案"].state) == (date(2026, 10, 8), "open")
    assert found["整改"].due_date == date(2026, 10, 28)
    assert hazards.show(demo, "YQ-2026-0908", viewer=root).five is None


def test_a_hazard_found_again_within_a_year_counts_as_recurrence(demo: App, root: Viewer) -> None:
    assert hazards.show(demo, "YQ-2026-0901", viewer=root).repeats == 0
    assert hazards.show(demo, "YQ-2026-1003", viewer=root).repeats == 1


def test_a_hazard_fixed_in_time_and_closed_later_met_its_deadline(demo: App, root: Viewer) -> None:
    found = {row.kind: row.state for row in deadlines.list_deadlines(demo, "YQ-2026-0906", viewer=root)}
    assert found == {"整改": "met", "交办签收": "met", "复查": "met"}


def test_the_seal_is_recorded_with_its_end_and_its_last_day_to_decide(demo: App, root: Viewer) -> None:
    (seal,) = measures.list_measures(demo, "YQ-2026-0909", viewer=root)

    assert (seal.organ, seal.starts_on) == ("fire_rescue", date(2026, 9, 22))
    assert seal.ends_at.astimezone(demo.zone).isoformat() == "2026-10-23T00:00:00+08:00"  # 30 days: the end of 10-22


def test_papers_carry_numbers_without_gaps(demo: App, root: Viewer) -> None:
    given = [
        paper.number
        for wanted in CASES
        for paper in assignments.list_assignments(demo, wanted.case, viewer=root)
        if paper.kind == "督办"
    ]

    assert sorted(given) == [f"青街安督〔2026〕{n}号" for n in range(1, len(given) + 1)]


def test_the_story_of_a_case_reads_in_order(demo: App, root: Viewer) -> None:
    story = [line.title for line in events.list_events(demo, "YQ-2026-0902", viewer=root)]

    assert story[0] == "登记隐患"
    assert story.index("升级：逾期催办") < story.index("升级：街道督办") < story.index("完成：签发督办单")
    assert any(line.startswith("发出督办") for line in story)


def test_the_story_leaves_out_what_the_engine_does_with_itself(demo: App, root: Viewer) -> None:
    for wanted in CASES:
        story = events.list_events(demo, wanted.case, viewer=root)
        assert not [line for line in story if line.by == "engine" or line.title.startswith("终止")]
    assert "申请延期" in [line.title for line in events.list_events(demo, "YQ-2026-0912", viewer=root)]


def test_a_supervision_met_before_its_limit_is_met_although_the_reinspection_came_later(
    demo: App, root: Viewer
) -> None:
    found = {row.kind: row.state for row in deadlines.list_deadlines(demo, "YQ-2026-0907", viewer=root)}

    assert found == {"整改": "missed", "督办": "met", "交办签收": "met", "复查": "met"}


def test_the_board_counts_open_hazards_by_colour(demo: App, root: Viewer) -> None:
    shown = board.board(demo, root)

    assert shown.lamps == {"purple": 1, "deep_red": 5, "red": 1, "orange": 2, "yellow": 2, "green": 4}
    assert shown.total == 15
    assert sum(row.total for row in shown.rows) == 15


def test_closed_hazards_have_closure_numbers_without_gaps(demo: App) -> None:
    with demo.reading() as tx:
        given = tx.scalars(
            select(Hazard.closure_no).where(Hazard.closure_no.is_not(None)).order_by(Hazard.closed_at)
        ).all()

    assert given == [f"青街安销〔2026〕{n}号" for n in range(1, len(given) + 1)]


def test_a_recurrence_is_no_transfer_yet(demo: App) -> None:
    with demo.reading() as tx:
        rungs = select(Rung.step).where(Rung.hazard.in_(("YQ-2026-0901", "YQ-2026-1003")))
        assert tx.scalars(rungs).all() == []


def test_the_supervision_of_0904_comes_with_the_look_of_the_next_working_morning(demo: App, root: Viewer) -> None:
    """Two working days over today, three tomorrow: the chain looks again at 08:30 on 10-13."""
    instance = hazards.show(demo, "YQ-2026-0904", viewer=root).instance_id
    with demo.reading() as tx:
        armed = tx.scalars(select(Timer.due_at).where(Timer.instance_id == instance, Timer.status == "armed")).all()
    assert "2026-10-13T08:30" in {f"{moment.astimezone(demo.zone):%Y-%m-%dT%H:%M}" for moment in armed}


def test_a_place_where_people_live_and_work_is_found_by_its_tag(demo: App, root: Viewer) -> None:
    assert [row.id for row in places.list_places(demo, root, tag="三合一").items] == ["P054"]
