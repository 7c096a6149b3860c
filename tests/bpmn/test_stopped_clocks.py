"""One deadline of the shipped process is stopped, goes on, and is changed by hand: register, task and chain follow."""

from datetime import date, timedelta

import pytest

from engine.app import App
from engine.bpm import messages
from engine.bpm.viewer import Viewer
from engine.campaign import due_list, hazards, people, reminding, stopping
from engine.campaign.case_model import Deadline, Finding, Reminder, Rung
from engine.campaign.demo.journey import Journey
from engine.campaign.stopping import Ground
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.bpmn.test_moved_deadlines import task_of
from tests.bpmn.test_on_real_registers import NUMBER, SECRETARY, drive, journey, local, nothing_failed, registered, rows

__all__ = ["journey"]
ROOT = Viewer("root", admin=True)
GROUND = Ground("委托电气检测", "行政强制法第二十五条第三款", "检测告知书 2026-3 号")


def viewer(app: App, name: str) -> Viewer:
    return people.viewer(people.show(app, name))


def rectification(app: App) -> Deadline:
    return [row for row in rows(app, Deadline) if row.kind == "整改"][-1]


def test_a_stopped_clock_neither_reminds_nor_escalates_and_the_rest_is_counted(journey: Journey, app: App) -> None:
    registered(journey, app)
    was = rectification(app)
    assert (was.clock, was.n, was.unit, was.due_on) == ("T2", 7, "d", date(2026, 9, 14))
    leader = viewer(app, "leader-street")
    journey.wind_to(local("2026-09-09 09:00"))
    stopping.suspend(app, was.id, GROUND, viewer=leader)
    assert messages.deliver_next(app)
    journey.wind_to(local("2026-09-28 10:00"))
    while reminding.send_next(app):
        pass
    assert rows(app, Rung) == []
    with app.reading() as tx:
        assert {row.state for row in tx.query(Reminder).where(Reminder.deadline == was.id)} == {"dropped"}
    assert hazards.show(app, NUMBER, viewer=ROOT).lamp == "green"
    assert [line.id for line in due_list.list_due(app, leader, state="suspended").items] == [was.id]
    with pytest.raises(Conflict, match="suspended"):
        stopping.suspend(app, was.id, GROUND, viewer=leader)

    shown = stopping.resume(app, was.id, GROUND, viewer=leader)
    assert (shown.n, shown.unit, shown.due_date) == (5, "d", date(2026, 10, 8))  # 10-03 rolls over the holiday
    assert "中止计时后恢复" in shown.trace[0]
    assert task_of(app, "rectify").due_at == shown.due_at
    assert messages.deliver_next(app)
    journey.wind_to(shown.due_at - timedelta(minutes=1))
    assert rows(app, Rung) == []
    journey.wind_to(shown.due_at + timedelta(days=3))
    assert rows(app, Rung)
    assert [row.kind for row in rows(app, Finding)][:2] == ["时限中止", "时限恢复"]
    assert "检测告知书 2026-3 号" in rows(app, Finding)[0].text
    assert nothing_failed(app)


def test_a_clerk_shortens_a_limit_and_only_a_leader_lengthens_it(journey: Journey, app: App) -> None:
    registered(journey, app)
    was = rectification(app)
    clerk, leader = viewer(app, "clerk-safety-office"), viewer(app, "leader-street")
    with pytest.raises(NotAllowed):
        stopping.replace(app, was.id, date(2026, 9, 21), GROUND, viewer=clerk)
    with pytest.raises(Invalid, match="不能早于今天 2026-09-07"):
        stopping.replace(app, was.id, date(2026, 9, 6), GROUND, viewer=leader)
    shorter = stopping.replace(app, was.id, date(2026, 9, 11), GROUND, viewer=clerk)
    assert (shorter.due_date, shorter.clock) == (date(2026, 9, 11), "T2")
    assert task_of(app, "rectify").due_at == shorter.due_at
    longer = stopping.replace(app, shorter.id, date(2026, 9, 21), GROUND, viewer=leader)
    assert [row.state for row in rows(app, Deadline) if row.kind == "整改"] == ["replaced", "replaced", "open"]
    with pytest.raises(Conflict):
        stopping.replace(app, was.id, date(2026, 9, 30), GROUND, viewer=leader)
    journey.wind_to(longer.due_at + timedelta(hours=1))
    with pytest.raises(Conflict, match="已于 2026-09-21 届满"):
        stopping.suspend(app, longer.id, GROUND, viewer=leader)


def test_a_stranger_finds_no_deadline_and_a_foreign_file_is_no_evidence(journey: Journey, app: App) -> None:
    registered(journey, app)
    was = rectification(app)
    stranger = viewer(app, "secretary-xq")
    with pytest.raises(NotFound):
        stopping.suspend(app, was.id, GROUND, viewer=stranger)
    assert due_list.list_due(app, stranger).total == 0
    foreign = Ground("a", "b", "c", ("nothing",))
    with pytest.raises(Invalid, match="证据文件"):
        stopping.suspend(app, was.id, foreign, viewer=viewer(app, "leader-street"))
    assert rectification(app).state == "open"
    with pytest.raises(NotAllowed):
        stopping.suspend(app, was.id, GROUND, viewer=viewer(app, "secretary-gh"))


def test_our_own_limits_are_listed_before_and_after_they_pass(journey: Journey, app: App) -> None:
    registered(journey, app)
    journey.wind_to(local("2026-09-08 09:00"))
    (mine,) = due_list.list_due(app, ROOT, side="party", clock="T2").items
    assert (mine.hazard, mine.unit, mine.state, mine.title) == (NUMBER, "GH", "due", "一般隐患限期整改")
    assert due_list.list_due(app, ROOT, unit="GH").total == 1
    assert due_list.list_due(app, ROOT, unit="XQ").total == 0

    drive(journey, "2026-09-08 10:00", "rectify", SECRETARY, outcome="done", rectified_note="已开设")
    (own,) = due_list.list_due(app, ROOT, side="own").items
    assert (own.kind, own.clock, own.state, own.workdays_left) == ("复查", "T7.local", "due", 3)
    journey.wind_to(local("2026-09-14 09:00"))
    (own,) = due_list.list_due(app, ROOT, side="own", state="overdue").items
    assert (own.kind, own.overdue_workdays) == ("复查", 1)
    assert due_list.list_due(app, ROOT, side="own", state="due").total == 0
