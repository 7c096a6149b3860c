"""What units have to sign or answer waits as long as the clock of the case stood still."""

from datetime import timedelta

from sqlalchemy import select

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Task
from engine.campaign import transfers
from engine.campaign.case_model import Hazard
from engine.campaign.demo.journey import Journey
from tests.engine.campaign.test_transfers import begun, journey, local, officer, who

__all__ = ["journey"]
TEN_DAYS = timedelta(days=10)


def test_a_stopped_clock_of_the_case_puts_off_the_letter_and_the_transfer(journey: Journey, app: App) -> None:
    made = begun(app)
    assert made.due_at is not None and made.sign_due_at is not None
    with app.reading() as tx:
        instance = tx.scalars(select(Hazard.instance_id)).one() or ""
    instances.suspend(app, instance, by="root", reason="等待鉴定", clock="stopped")
    journey.wind_to(local("2026-10-22 09:00"))
    instances.resume(app, instance, by="root", reason="鉴定完毕")
    [now] = transfers.list_transfers(app, who(app, "clerk-safety-office")).items
    assert (now.due_at, now.sign_due_at) == (made.due_at + TEN_DAYS, made.sign_due_at + TEN_DAYS)
    with app.reading() as tx:
        assert tx.scalars(select(Task.due_at).where(Task.element == "sign_transfer")).one() == now.due_at
    signed = transfers.sign(app, made.number, viewer=officer(app, made.unit))
    instances.suspend(app, instance, by="root", reason="再次鉴定", clock="stopped")
    journey.wind_to(local("2026-11-01 09:00"))
    instances.resume(app, instance, by="root", reason="鉴定完毕")
    [later] = transfers.list_transfers(app, who(app, "clerk-safety-office")).items
    assert signed.due_at is not None
    assert (later.due_at, later.sign_due_at) == (signed.due_at + TEN_DAYS, now.sign_due_at)  # a signed one is over
