"""What the bodies that help with a hazard (协办) are told when its clock stops and runs on.

Their own clocks go on: a helping body answers a question of its own, whether or not the fix can go on meanwhile
(示例规则，需法制审核). So it is told, with the date that stays.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.campaign import people
from engine.campaign.case_model import Assignment
from engine.campaign.transfer_views import SUPPORT
from engine.said import Said


def tell(app: App, tx: Session, hazard: str, words: Said, now: datetime) -> int:
    """Tell everybody of each helping body whose letter about this hazard is open; answers how many letters there are.
    The notices name no instance: see reminding.py.
    """
    query = select(Assignment).where(
        Assignment.hazard == hazard, Assignment.kind == SUPPORT, Assignment.closed_at.is_(None)
    )
    letters = tx.scalars(query.order_by(Assignment.id)).all()
    for letter in letters:
        due = letter.answer_due_at or letter.sign_due_at
        what, what_en = ("提出意见", "give your opinion") if letter.signed_at else ("签收", "sign for it")
        by = f"{due.astimezone(app.zone):%Y-%m-%d %H:%M}" if due else ""
        own, own_en = (f"（{by} 前{what}）", f" ({what_en} by {by})") if due else ("", "")
        title = Said(
            f"隐患 {hazard} {words}；协办函 {letter.number} 的时限不变{own}，仍请按期办理",
            f"Hazard {hazard}: {words.en}. The limit of the request for help {letter.number} stays{own_en}; please "
            "keep it",
        )
        reached = [(person.name, person.email) for person in people.members(tx, letter.to_unit)]
        for name, address in reached or [(letter.to_unit, "")]:
            notices.queue(app, tx, recipient=name, subject=title, body=title, now=now, address=address or None)
    return len(letters)
