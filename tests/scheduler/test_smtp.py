"""Notices by mail, against a real SMTP server on this machine."""

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from engine.bpm.model import Notice
from engine.settings import Settings
from scheduler.channels import Undeliverable, smtp


@dataclass
class Mailbox:
    """What a mail server received; ``answer`` refuses instead when it is set."""

    received: list[EmailMessage] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    refuse_recipient: str = ""
    refuse_data: str = ""

    async def handle_RCPT(self, _: Server, session: Session, envelope: Envelope, address: str, __: list[str]) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Server, session: Session, envelope: Envelope) -> str:
        if self.refuse_data:
            return self.refuse_data
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.tls.append(session.ssl is not None)
        return "250 OK"

    def authenticate(self, _: Server, session: Session, __: Envelope, kind: str, auth: LoginPassword) -> AuthResult:
        self.logins.append(auth.password)
        return AuthResult(success=auth.password == b"p@ss", handled=False)


Start = Callable[..., str]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def start(mailbox: Mailbox) -> Iterator[Start]:
    """Start a server on a free port and answer its host and port."""
    running: list[Controller] = []

    def run(**options: object) -> str:
        with socket.create_server(("localhost", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(mailbox, hostname="localhost", port=port, **options)
        controller.start()
        running.append(controller)
        return f"localhost:{port}"

    yield run
    for controller in running:
        controller.stop()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server certificate for localhost that this process trusts."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def settings(url: str) -> Settings:
    return Settings(database_url="sqlite://", data_dir=Path(), smtp_url=url, mail_from="闭环 <bihuan@qingyun.example>")


def notice() -> Notice:
    return Notice(
        id="n1", recipient="li", address="li@qingyun.example", created_at=datetime(2026, 10, 12, 1, tzinfo=UTC),
        subject="隐患 YQ-2026-1012 已超期", body="请今日 18:00 前整改。\n",
    )  # fmt: skip


def test_a_mail_arrives_with_its_chinese_text_and_the_id_by_which_a_repeat_can_be_dropped(
    start: Start, mailbox: Mailbox
) -> None:
    smtp.send(settings(f"smtp://{start()}"), notice())
    smtp.send(settings(f"smtp://{start()}"), notice())
    first, repeat = mailbox.received
    assert first["Subject"] == "隐患 YQ-2026-1012 已超期"
    assert first["From"] == "闭环 <bihuan@qingyun.example>"
    assert first["To"] == "li@qingyun.example"
    assert first.get_content().splitlines() == ["请今日 18:00 前整改。"]
    assert first["X-Bihuan-Notice"] == "n1"
    assert first["Message-ID"] == repeat["Message-ID"] == "<n1@qingyun.example>"


def test_starttls_encrypts_and_logs_in_with_the_decoded_password(
    start: Start, mailbox: Mailbox, certificate: ssl.SSLContext
) -> None:
    place = start(tls_context=certificate, authenticator=mailbox.authenticate, auth_required=True)
    smtp.send(settings(f"smtp+starttls://office:p%40ss@{place}"), notice())
    assert mailbox.tls == [True]
    assert mailbox.logins == [b"p@ss"]


def test_smtps_encrypts_from_the_first_byte(start: Start, mailbox: Mailbox, certificate: ssl.SSLContext) -> None:
    smtp.send(settings(f"smtps://{start(ssl_context=certificate)}"), notice())
    assert len(mailbox.received) == 1


def test_a_server_without_tls_gets_neither_password_nor_mail_when_tls_was_asked_for(
    start: Start, mailbox: Mailbox
) -> None:
    with pytest.raises(Exception, match="STARTTLS") as failure:
        smtp.send(settings(f"smtp+starttls://office:p%40ss@{start()}"), notice())
    assert not isinstance(failure.value, Undeliverable)
    assert (mailbox.received, mailbox.logins) == ([], [])


def test_a_certificate_that_nobody_vouches_for_is_refused(
    start: Start, mailbox: Mailbox, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLError):
        smtp.send(settings(f"smtp+starttls://{start(tls_context=certificate)}"), notice())
    assert mailbox.received == []


@pytest.mark.parametrize("where", ["refuse_recipient", "refuse_data"])
def test_a_5xx_answer_is_for_good(start: Start, mailbox: Mailbox, where: str) -> None:
    setattr(mailbox, where, "550 no such mailbox")
    with pytest.raises(Undeliverable, match="550 no such mailbox"):
        smtp.send(settings(f"smtp://{start()}"), notice())


@pytest.mark.parametrize("where", ["refuse_recipient", "refuse_data"])
def test_a_4xx_answer_is_worth_another_try(start: Start, mailbox: Mailbox, where: str) -> None:
    setattr(mailbox, where, "450 mailbox busy")
    with pytest.raises(Exception, match="mailbox busy") as failure:
        smtp.send(settings(f"smtp://{start()}"), notice())
    assert not isinstance(failure.value, Undeliverable)


def test_a_wrong_password_is_worth_another_try_after_the_operator_has_mended_it(
    start: Start, mailbox: Mailbox, certificate: ssl.SSLContext
) -> None:
    place = start(tls_context=certificate, authenticator=mailbox.authenticate, auth_required=True)
    with pytest.raises(Exception, match="535") as failure:
        smtp.send(settings(f"smtp+starttls://office:wrong@{place}"), notice())
    assert not isinstance(failure.value, Undeliverable)


@pytest.mark.parametrize("address", ["li@x.example\nBcc: all@x.example", "no address", ""])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(
    start: Start, mailbox: Mailbox, address: str
) -> None:
    letter = notice()
    letter.address = address
    with pytest.raises(Undeliverable):
        smtp.send(settings(f"smtp://{start()}"), letter)
    assert mailbox.received == []


def test_a_dead_server_is_worth_another_try() -> None:
    with pytest.raises(OSError):
        smtp.send(settings("smtp://localhost:1"), notice())
