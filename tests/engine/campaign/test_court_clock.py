"""The three months to ask the court: the deciding department is told when they begin, before and after they end."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Notice
from engine.campaign import court_clock, deadlines, due_list, events, lawsuits, reminding, scope, stopping
from engine.campaign.case_model import Deadline, Hazard, Reminder
from engine.errors import Conflict
from engine.testing import FakeClock
from tests.engine.campaign.test_court_cases import CLERK, DECISION, HEAD, NUMBER, OFFICER, Cast, local
from tests.engine.campaign.test_shown_dates import GROUND, ROOT


@pytest.fixture
def cast(campaign: App) -> Cast:
    made = Cast(campaign)
    follow(made)
    return made


def follow(cast: Cast, document: str = "d1") -> None:
    with cast.app.transaction() as tx:
        court_clock.follow(tx, cast.app, document, cast.app.clock())


def limits(cast: Cast) -> list[Deadline]:
    return [row for row in cast.rows(Deadline) if row.clock == court_clock.RULE]


def test_the_department_is_told_when_it_may_ask_the_last_day_before_it_and_when_it_is_over(cast: Cast) -> None:
    follow(cast)  # again changes nothing
    (limit,) = limits(cast)
    cast.paper("d2", DECISION, "示例应急现决〔2025〕1号", local("2026-04-01 10:00"), series="现决", serial=1, year=2025)
    cast.paper("d3", DECISION, "示例应急现决〔2026〕2号", local("2026-04-01 10:00"), series="现决", serial=1, year=2026)
    for document in ("d2", "d3"):
        follow(cast, document)
    assert [row.kind for row in limits(cast)[1:]] == ["申请执行现决25-1", "申请执行现决26-1"]
    for name, shown in ((OFFICER, 3), (CLERK, 3), ("secretary-gh", 0), ("head-fire-rescue", 0)):
        viewer = cast.who(name)
        with cast.app.reading() as tx:
            told = deadlines.all_of(tx, deadlines.of_hazard(NUMBER), scope.limits(viewer))
            said = events.story(tx, tx.get_one(Hazard, NUMBER), viewer)
        assert sum(row.clock == court_clock.RULE for row in told) == shown
        assert sum("申请执行" in line.title for line in said) == shown
        assert due_list.list_due(cast.app, viewer, clock=court_clock.RULE).total == shown
    assert (limit.due_at, limit.duty_unit, limit.state) == (local("2027-01-09 00:00"), "emergency_bureau", "open")
    with cast.app.reading() as tx:
        ahead = tx.scalars(select(Reminder.due_at).where(Reminder.deadline == limit.id).order_by(Reminder.due_at)).all()
    assert [due for due in ahead if due >= limit.due_at] == [local("2027-01-11 08:30")]  # a Monday
    assert ahead[0] == local("2026-10-10 08:30") and local("2027-01-08 09:00") in ahead
    for due in (ahead[0], ahead[-1]):
        cast.app.clock = FakeClock(due)
        while reminding.send_next(cast.app):
            pass
    with cast.app.reading() as tx:
        told = tx.execute(select(Notice.recipient, Notice.subject).where(Notice.subject.contains("【申请执行")))
        words = {name: subject for name, subject in told if name in (OFFICER, HEAD, CLERK)}
    assert set(words) == {OFFICER, HEAD, CLERK} and all("法院" in subject for subject in words.values())


def test_a_suit_stops_it_and_its_end_begins_it_anew(cast: Cast) -> None:
    clerk = cast.who(CLERK)
    made = lawsuits.file(
        cast.app, NUMBER, kind="行政诉讼", organ="区人民法院", filed_on=date(2026, 9, 14), document="d1", viewer=clerk
    )
    assert [row.state for row in limits(cast)] == ["met"]
    cast.app.clock = FakeClock(local("2026-12-02 09:00"))
    lawsuits.end(cast.app, NUMBER, made.id, ended_on=date(2026, 12, 1), result="维持", viewer=clerk)
    assert [row.state for row in limits(cast)] == ["met", "open"]
    assert limits(cast)[-1].due_at == local("2027-03-02 00:00")


def test_it_neither_stops_nor_shifts_with_the_case_and_nobody_sets_another_date(cast: Cast) -> None:
    with cast.app.reading() as tx:
        instance = tx.get_one(Hazard, NUMBER).instance_id or ""
    (limit,) = limits(cast)
    for act in (
        lambda: stopping.suspend(cast.app, limit.id, GROUND, viewer=ROOT),
        lambda: stopping.replace(cast.app, limit.id, date(2027, 2, 1), GROUND, viewer=ROOT),
    ):
        with pytest.raises(Conflict, match="第五十三条"):
            act()
    instances.suspend(cast.app, instance, by="root", reason="等待", clock="stopped")
    cast.app.clock = FakeClock(local("2026-10-10 09:00"))
    while reminding.send_next(cast.app):
        pass
    with cast.app.reading() as tx:
        sent = select(Reminder.due_at).where(Reminder.deadline == limit.id, Reminder.state == "sent")
        assert tx.scalars(sent).all() == [local("2026-10-10 08:30")]
    instances.resume(cast.app, instance, by="root", reason="恢复")
    assert [(row.id, row.due_at, row.state) for row in limits(cast)] == [(limit.id, limit.due_at, "open")]


def test_the_application_ends_it(cast: Cast) -> None:
    cast.applied()
    assert [row.state for row in limits(cast)] == ["met"]


def test_decisions_that_were_served_before_the_upgrade_get_theirs_once(cast: Cast) -> None:
    cast.paper(
        "old", DECISION, "示例应急现决〔2020〕1号", local("2020-04-01 10:00"), series="现决", serial=1, year=2020
    )
    cast.paper(
        "new", DECISION, "示例应急现决〔2026〕2号", local("2026-09-01 10:00"), series="现决", serial=2, year=2026
    )
    for _ in range(2):
        assert court_clock.follow_old(cast.app, cast.app.clock()) == 0
    assert [row.kind for row in limits(cast)][1:] == ["申请执行现决26-2"]  # the other's months are long over
