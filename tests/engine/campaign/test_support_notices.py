"""A deferral stops the clock of the fix; the bodies that help are told, and their own dates stay."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, deferrals
from engine.campaign.case_model import Assignment
from engine.campaign.transfer_views import SUPPORT
from tests.engine.campaign.deferred_case import INSPECTOR, approved, fixing, travel, upload

Person = Callable[[App, str], Viewer]


def told(app: App) -> list[tuple[str, str]]:
    with app.reading() as tx:
        query = select(Notice.recipient, Notice.subject).where(Notice.subject.contains("协办函"))
        return [(row.recipient, row.subject) for row in tx.execute(query.order_by(Notice.id))]


def test_helping_bodies_are_told_when_it_begins_and_ends_and_keep_their_dates(campaign: App, person: Person) -> None:
    number, now = fixing(campaign, person), campaign.clock()
    due = now + timedelta(days=5)
    with campaign.transaction() as tx:
        for unit, closed in (("fire_rescue", None), ("housing_bureau", now)):
            letter = assignments.open_in(
                tx, campaign, number, SUPPORT, from_unit="safety_office", to_unit=unit, reason="协办", sign_due_at=now,
                answer_due_at=due, now=now,
            )  # fmt: skip
            letter.signed_at, letter.closed_at = now, closed
    approved(campaign, person, number)
    begun = told(campaign)
    assert begun and {name for name, _ in begun} <= {"officer-fire-rescue", "officer-fire-rescue-2", "head-fire-rescue"}
    assert "停止计时" in begun[0][1] and f"{due.astimezone(campaign.zone):%Y-%m-%d %H:%M} 前提出意见" in begun[0][1]

    travel(campaign, 8)
    inspector = person(campaign, INSPECTOR)
    found = {"outcome": "end", "note": "管线已换", "files": [upload(campaign, inspector)]}
    deferrals.review(campaign, number, **found, viewer=inspector)  # type: ignore[arg-type]
    assert sorted(name for name, _ in told(campaign)) == sorted([name for name, _ in begun] * 2)
    assert sum("恢复计时" in subject for _, subject in told(campaign)) == len(begun)
    with campaign.reading() as tx:
        kept = tx.scalars(select(Assignment.answer_due_at).where(Assignment.to_unit == "fire_rescue")).one()
    assert kept == due
