"""The outbox as operators see it: what waits, was sent or was given up, and the verb that sends one again."""

from typing import Any

import structlog
from sqlalchemy import or_, select, update

from engine.app import App
from engine.bpm import record
from engine.bpm.model import Notice
from engine.bpm.paging import paged
from engine.bpm.viewer import Page
from engine.bpm.views import View
from engine.errors import Conflict, NotFound
from engine.said import both

log = structlog.get_logger()


def notices(app: App, *, status: str | None = None, q: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """Notices, newest first; ``q`` is in the recipient, the address or the subject. Their texts are not shown."""
    wanted = [Notice.status == status] if status else []
    if q:
        texts = (Notice.recipient, Notice.address, Notice.subject)
        wanted.append(or_(*(column.icontains(q, autoescape=True) for column in texts)))
    order = (Notice.created_at.desc(), Notice.id)
    with app.reading() as tx:
        found = select(Notice).where(*wanted)
        return paged(tx, found, order, page, size, lambda rows: [_shown(row[0]) for row in rows])


def send_again(app: App, notice_id: str, *, by: str) -> View:
    """Let a notice that was given up, or waits after a failure, be sent now; answers it.

    Raises NotFound, Conflict when it was sent or has not been tried yet.
    """
    now, wall = app.clock(), app.wall()
    with app.transaction() as tx:
        again = update(Notice).where(
            Notice.id == notice_id, Notice.status.in_(("failed", "pending")), Notice.last_error.is_not(None)
        )
        changed = tx.connection().execute(again.values(status="pending", attempts=0, next_attempt_at=wall)).rowcount
        row = tx.get(Notice, notice_id)
        if row is None:
            raise NotFound("没有这条通知，可能编号有误。", en="There is no such notice.")
        if not changed:
            raise Conflict(
                "这条通知已经发出，或正等着发送，不需要重发。", en="This notice was sent or is about to be sent."
            )
        log.info("notice.sent_again", id=notice_id, by=by)
        if row.instance_id:
            record.note(
                tx, row.instance_id, "notice_again", at=now, recorded_at=wall, actor=by,
                detail={"recipient": row.recipient, "subject": row.subject, "error": row.last_error},
            )  # fmt: skip
        return _shown(row)


def _shown(row: Notice) -> dict[str, Any]:
    names = ("id", "channel", "recipient", "address", "subject", "instance_id", "created_at", "status", "attempts",
             "next_attempt_at", "sent_at", "last_error")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"subject": both(row.subject, row.subject_en)}
