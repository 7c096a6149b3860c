"""The outbox: notices are written with the change that causes them and sent later; sending itself is not done here.

What is sent is Chinese; the English that a text brings (engine.said) is kept for the pages.

A notice is sent at least once: it is claimed for a while, sent outside any transaction, and marked after sending. A
process that dies in between leaves the claim to run out, and the notice goes out again with the same id, by which the
receiver can drop the repeat. All moments of sending are real time, not process time.
"""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.bpm.model import Notice
from engine.said import Said, beside, both

if TYPE_CHECKING:
    from engine.app import App

SMS = "sms"
log = structlog.get_logger("notice")
LEASE = timedelta(minutes=5)  # longer than any channel's time-outs together, so that a slow send is not sent twice
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=6)
MOST_ATTEMPTS = 20  # about two days of trying, as mail servers do


def queue(
    app: "App",
    tx: Session,
    *,
    recipient: str,
    subject: str,
    body: str,
    now: datetime,
    address: str | None = None,
    instance_id: str | None = None,
) -> str:
    """Put a notice into the outbox with the caller's transaction; returns its id.

    It goes by mail when the recipient has an address and the installation a mail server, else to the console.
    """
    channel = "smtp" if address and app.settings.smtp_url else "console"
    made = _made(app, channel, recipient, address, subject, body, now)
    made.instance_id = instance_id
    tx.add(made)
    return made.id


def tell(
    app: "App", tx: Session, recipient: str, *, subject: Said, body: Said, now: datetime, instance_id: str | None = None
) -> None:
    """Put a notice to one person into the outbox, to the address of the account."""
    account = app.accounts(tx, [recipient]).get(recipient)
    queue(
        app, tx, recipient=recipient, subject=subject, body=body, now=now, instance_id=instance_id,
        address=account.address if account else None,
    )  # fmt: skip


def queue_text(app: "App", tx: Session, *, recipient: str, phone: str, text: str, now: datetime) -> str:
    """Put a text message into the outbox; returns its id. Somebody without a number is told in the row: it has failed,
    and says why.
    """
    made = _made(app, SMS, recipient, phone or None, text, text, now)
    if not phone:
        made.status, made.last_error = "failed", f"{recipient} 没有手机号，没有发短信 / no number"
        log.warning("no text message", id=made.id, to=recipient, reason="no number")
    tx.add(made)
    return made.id


def _made(
    app: "App", channel: str, recipient: str, address: str | None, subject: str, body: str, now: datetime
) -> Notice:  # fmt: skip
    title = both(" ".join(subject.split()), " ".join((beside(subject) or "").split()))
    return Notice(
        id=uuid.uuid4().hex, channel=channel, recipient=recipient, address=address, subject=title,
        body=body, created_at=now, status="pending", attempts=0, next_attempt_at=app.wall(),
    )  # fmt: skip


def next_due(app: "App") -> datetime | None:
    """The real time at which the next notice wants to be sent."""
    with app.reading() as tx:
        return tx.scalar(select(func.min(Notice.next_attempt_at)).where(Notice.status == "pending"))


def claim_next(app: "App") -> Notice | None:
    """Take the oldest notice that is due; nobody else gets it until it is marked or the lease runs out."""
    wall = app.wall()
    with app.transaction() as tx:
        notice = tx.scalar(
            select(Notice)
            .where(Notice.status == "pending", Notice.next_attempt_at <= wall)
            .order_by(Notice.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if notice:
            notice.attempts += 1
            notice.next_attempt_at = wall + LEASE
        return notice


def mark_sent(app: "App", notice: Notice) -> None:
    """The channel accepted it."""
    with app.transaction() as tx:
        tx.execute(
            update(Notice).where(Notice.id == notice.id).values(status="sent", sent_at=app.wall(), last_error=None)
        )


def mark_failed(app: "App", notice: Notice, reason: str, *, permanent: bool, jitter: float) -> None:
    """The channel refused it: for good when ``permanent`` or tried too often, else until after a growing delay.

    ``jitter`` (0 to 1) spreads the retries of many notices that failed together; the caller draws it.
    """
    ended = permanent or notice.attempts >= MOST_ATTEMPTS
    with app.transaction() as tx:
        tx.execute(
            update(Notice)
            .where(Notice.id == notice.id, Notice.status == "pending", Notice.attempts == notice.attempts)
            .values(
                status="failed" if ended else "pending",
                next_attempt_at=app.wall() + delay(notice.attempts, jitter),
                last_error=reason,
            )
        )


def delay(attempts: int, jitter: float) -> timedelta:
    """How long to wait after this many attempts: doubling from 30 s to 6 h, less up to half by ``jitter``."""
    longest = min(FIRST_DELAY * (1 << min(attempts - 1, 20)), LONGEST_DELAY)
    return longest * (1 - jitter / 2)
