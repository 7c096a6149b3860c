"""A duty that has begun moves with a holiday table: what the trial shows is what saving does, and says so."""

from datetime import date

from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Timer
from engine.bpm.rescheduling import Why
from engine.bpm.viewer import Viewer
from engine.campaign import duties, duty_creation, recounting
from engine.campaign.duty_model import Duty
from tests.engine.campaign.test_duties import plan, shanghai, the_duty


def test_a_begun_duty_follows_a_table_shown_first_and_says_from_when_to_when(campaign: App) -> None:
    plan(campaign)
    duty = the_duty(campaign, "statistics_year", "2026")
    with campaign.transaction() as tx:
        duty_creation.begin_in(tx, campaign, tx.get_one(Duty, duty.id), campaign.clock())
    works, now = campaign.calendar.extended(2027, {}, {date(2027, 1, 31): "春节"}), campaign.clock()
    why, how = Why("root", "2027 年放假安排"), {"year": 2027, "again": False}
    shown = recounting.recount(campaign, works, now, why, **how, dry=True)
    before, after = shanghai("2027-02-02T00:00"), shanghai("2027-02-01T00:00")
    [moved] = [one for one in shown.moved if one.what == recounting.DUTY]
    assert (moved.title, moved.before, moved.after) == (duty.title, before, after)
    assert the_duty(campaign, "statistics_year", "2026").due_at == before, "a trial changes nothing"
    assert recounting.recount(campaign, works, now, why, **how, dry=False).moved == shown.moved
    row = the_duty(campaign, "statistics_year", "2026")
    assert (row.due_at, row.trace[-1]) == (after, "由 2027-02-01 改为 2027-01-31：2027 年放假安排")
    with campaign.reading() as tx:
        [timer] = tx.scalars(
            select(Timer).where(Timer.instance_id == row.instance_id, Timer.element == "due", Timer.status == "armed")
        )
        assert timer.due_at == after, "it is missed then, and not before or later"
    assert not recounting.recount(campaign, works, now, why, **how, dry=False).moved, "once"
    assert duties.show(campaign, row.id, viewer=Viewer("root", admin=True)).words.endswith("：2027 年放假安排")
