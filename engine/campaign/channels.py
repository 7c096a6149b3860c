"""Verbs on the ways notices leave the house: what the environment says about each, what waits, and a test to oneself.
Nothing is set here, and no password is ever shown.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import authority, people
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.said import Said

MAIL, CONSOLE, SMS = "smtp", "console", notices.SMS


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One way: whether it is ``ready``, where to (never a password), from whom; how many notices wait, were sent and
    failed for good; what went wrong last.
    """

    channel: str
    ready: bool
    where: str
    sender: str
    pending: int
    sent: int
    failed: int
    last_error: str


@dataclass(frozen=True, slots=True)
class TestView:
    """A test mail or message and what became of it."""

    id: str
    address: str
    status: str
    attempts: int
    last_error: str
    sent_at: datetime | None


def list_channels(app: App, *, viewer: Viewer) -> list[ChannelView]:
    """Mail, the log, and text messages; raises NotAllowed."""
    where, gateway = _server(app.settings.smtp_url), app.settings.sms
    with app.reading() as tx:
        authority.require(tx, viewer, "channels")
        return [
            ChannelView(MAIL, bool(where), where, app.settings.mail_from if where else "", *_counts(tx, MAIL)),
            ChannelView(CONSOLE, True, "", "", *_counts(tx, CONSOLE)),
            ChannelView(SMS, gateway is not None, gateway.where if gateway else "", "", *_counts(tx, SMS)),
        ]


def test_mail(app: App, *, viewer: Viewer) -> TestView:
    """Queue a mail to one's own address; a scheduler sends it. Raises Conflict (no mail server), Invalid (no address),
    NotAllowed.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "channels")
        if not app.settings.smtp_url:
            raise Conflict(
                "没有设置邮件服务器，请运维人员设置 BIHUAN_SMTP_URL 后重新启动。",
                en="No mail server: set BIHUAN_SMTP_URL.",
            )
        address = people.require(tx, viewer.name).email
        if not address:
            problem = Problem(field="email", rule="required", message=Said("您的账号没有邮箱", "No address"))
            raise Invalid("您的账号没有邮箱，请先在人员里填写。", en="Your account has no address.", problems=[problem])
        made = notices.queue(
            app, tx, recipient=viewer.name, address=address, subject=Said("闭环：测试邮件", "Bihuan: test mail"),
            body=Said(
                "这是一封测试邮件。收到它，说明通知可以用邮件发出。", "A test mail: notices can be sent by mail."
            ),
            now=now,
        )  # fmt: skip
        tx.flush()
        return _view(tx.get_one(Notice, made))


def test_sms(app: App, *, viewer: Viewer) -> TestView:
    """Queue a text message to one's own number; a scheduler sends it. Raises Conflict (no gateway), Invalid (no
    number), NotAllowed.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "channels")
        if app.settings.sms is None:
            raise Conflict(
                "没有设置短信网关，请运维人员设置 BIHUAN_SMS_URL 后重新启动。", en="No gateway: set BIHUAN_SMS_URL."
            )
        phone = people.phones(tx, [viewer.name]).get(viewer.name)
        if not phone:
            problem = Problem(field="phone", rule="required", message=Said("您的账号没有手机号", "No number"))
            raise Invalid(
                "您的账号没有手机号，请先在人员里填写。", en="Your account has no number.", problems=[problem]
            )
        text = Said(
            "闭环：测试短信。收到它，说明提醒可以用短信发出。", "Bihuan: test message. Reminders can be sent as texts."
        )
        made = notices.queue_text(app, tx, recipient=viewer.name, phone=phone, text=text, now=now)
        tx.flush()
        return _view(tx.get_one(Notice, made))


def show_test(app: App, id: str, *, viewer: Viewer) -> TestView:
    """What became of one's own test mail or message; raises NotAllowed, NotFound."""
    with app.reading() as tx:
        authority.require(tx, viewer, "channels")
        notice = tx.get(Notice, id)
        if notice is None or notice.recipient != viewer.name:
            raise NotFound("没有这条测试通知。", en="There is no such test.")
        return _view(notice)


def _server(url: str | None) -> str:
    """Scheme, host and port of the mail server, without name and password."""
    if not url:
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def _counts(tx: Session, channel: str) -> tuple[int, int, int, str]:
    rows = tx.execute(select(Notice.status, func.count()).where(Notice.channel == channel).group_by(Notice.status))
    found = {row[0]: row[1] for row in rows}
    wrong = select(Notice.last_error).where(Notice.channel == channel, Notice.last_error.is_not(None))
    last = tx.scalar(wrong.order_by(Notice.created_at.desc()).limit(1)) or ""
    return found.get("pending", 0), found.get("sent", 0), found.get("failed", 0), last


def _view(notice: Notice) -> TestView:
    return TestView(
        notice.id, notice.address or "", notice.status, notice.attempts, notice.last_error or "", notice.sent_at
    )
