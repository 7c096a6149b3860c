"""Notices by mail. Each carries the id of the notice, by which the receiver can drop repeats."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from engine.bpm.model import Notice
from engine.settings import Settings
from scheduler.channels import Undeliverable

TIMEOUT = 20  # seconds for each answer of the mail server; a dead one must not hold up the queue for long
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def send(settings: Settings, notice: Notice) -> None:
    """Hand one notice to the mail server of ``BIHUAN_SMTP_URL``.

    Raises Undeliverable when the server refuses for good (a 5xx answer about this mail or recipient); any other error
    (no connection, a time-out, a 4xx answer, a refused login) is worth another try later.
    """
    server = urlsplit(settings.smtp_url or "")
    mail = _mail(settings.mail_from, notice)
    try:
        with _connect(server) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _refusal(code, text) or error from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refusal(error.smtp_code, error.smtp_error) or error from error


def _connect(server: SplitResult) -> smtplib.SMTP:
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=TIMEOUT)
    if server.scheme == "smtp+starttls":
        try:
            connection.starttls(context=ssl.create_default_context())
        except BaseException:
            connection.close()
            raise
    return connection


def _mail(sender: str, notice: Notice) -> EmailMessage:
    mail = EmailMessage()
    try:
        mail["From"] = sender
        mail["To"] = notice.address or ""
        mail["Subject"] = notice.subject
    except ValueError as error:  # a line break, by which somebody would write headers of their own
        raise Undeliverable(f"not an address: {notice.address!r}") from error
    if [bool(address.domain) for address in mail["To"].addresses] != [True]:
        raise Undeliverable(f"not an address: {notice.address!r}")
    mail["Date"] = format_datetime(notice.created_at)
    mail["Message-ID"] = f"<{notice.id}@{sender.rpartition('@')[2]}>"
    mail["X-Bihuan-Notice"] = notice.id
    mail.set_content(notice.body)
    return mail


def _refusal(code: int, text: bytes | str) -> Undeliverable | None:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return Undeliverable(f"{code} {words}") if 500 <= code < 600 else None
