"""The messages and signals that have not arrived yet, for operators: who sent what, how long ago, what holds it."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from engine.app import App
from engine.bpm.model import Instance, Message
from engine.bpm.paging import paged
from engine.bpm.receiving import HELD
from engine.bpm.viewer import Page
from engine.bpm.views import View


def messages(app: App, *, q: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """Undelivered messages, the oldest first; ``q`` is in the name, the login name or the business key of the sender.
    ``held``: who waits for it is suspended. What a message carries is not shown.
    """
    sender = aliased(Instance)  # HELD asks for the instance that waits
    found = select(Message, sender.business_key, sender.id, HELD)
    found = found.join(sender, sender.id == Message.sender, isouter=True).where(Message.delivered_at.is_(None))
    if q:
        texts = (Message.name, Message.sender, sender.business_key)
        found = found.where(or_(*(column.icontains(q, autoescape=True) for column in texts)))
    with app.reading() as tx:
        return paged(tx, found, (Message.at, Message.id), page, size, lambda rows: [_shown(*row) for row in rows])


def _shown(message: Message, business_key: str | None, instance_id: str | None, held: bool) -> dict[str, Any]:
    return {
        **{name: getattr(message, name) for name in ("id", "kind", "name", "correlation", "at", "sender")},
        "instance_id": instance_id, "business_key": business_key, "held": bool(held),
    }  # fmt: skip
