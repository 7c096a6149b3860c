"""Text messages against a real HTTP server: what it is sent, which answers count, what is never told."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine import sms_gateway
from engine.app import App
from engine.bpm import notices
from engine.bpm.model import Notice
from engine.errors import SettingsError
from engine.settings import Settings
from engine.sms_gateway import FORM, SmsGateway
from scheduler import jobs
from scheduler.channels import Undeliverable, sms

SECRET = "geheim-0123"
AT = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)


@dataclass
class Gateway:
    """What a gateway received, and what it answers."""

    url: str = ""
    status: int = 200
    answer: bytes = b'{"code": 0, "result": {"list": ["ok"]}}'
    headers: dict[str, str] = field(default_factory=dict)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.received.append((self.command, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(made.answer)

        do_PUT = do_POST

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/send?sign={SECRET}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def settings(url: str, **more: str) -> Settings:
    env = {"BIHUAN_SMS_URL": url, **{f"BIHUAN_SMS_{name}": value for name, value in more.items()}}
    return Settings(database_url="sqlite://", data_dir=Path(), sms=sms_gateway.from_env(env))


def notice(text: str = "【整改】隐患：今天届满", phone: str | None = "+8613800000000") -> Notice:
    return Notice(id="n1", channel="sms", recipient="li", address=phone, subject=text, body=text, created_at=AT)


def test_a_message_is_handed_over_with_its_id_as_key(gateway: Gateway) -> None:
    auth = json.dumps({"Authorization": f"Bearer {SECRET}"})
    sms.send(settings(gateway.url, HEADERS=auth, SUCCESS="code=0"), notice('他说"好"\n{phone}'))
    sms.send(settings(gateway.url, METHOD="put", SUCCESS="result.list.0=ok"), notice())
    (first, headers, body), (second, _, _) = gateway.received
    assert (first, second) == ("POST", "PUT")
    assert (headers["idempotency-key"], headers["authorization"]) == ("n1", f"Bearer {SECRET}")
    assert json.loads(body) == {"phone": "+8613800000000", "text": '他说"好"\n{phone}'}


def test_a_form_is_encoded(gateway: Gateway) -> None:
    form = json.dumps({"content-type": FORM})
    sms.send(settings(gateway.url, HEADERS=form, BODY="mobile={phone}&content={text}&id={id}"), notice("a&b=c 好"))
    ((_, headers, body),) = gateway.received
    assert headers["content-type"] == FORM
    assert parse_qs(body.decode()) == {"mobile": ["+8613800000000"], "content": ["a&b=c 好"], "id": ["n1"]}


@pytest.mark.parametrize(
    ("status", "answer", "permanent"),
    [(500, b"", False), (401, b"", False), (404, b"", False), (429, b"", False), (400, b"", True), (422, b"", True),
     (302, b"", False), (200, b'{"code": 17}', False), (200, b"<html>", False), (200, b"[]", False)],
)  # fmt: skip
def test_what_is_no_success_is_tried_again_or_given_up_and_no_secret_is_told(
    gateway: Gateway, status: int, answer: bytes, permanent: bool
) -> None:
    gateway.status, gateway.answer, gateway.headers = status, answer, {"Location": gateway.url}
    known = settings(gateway.url, HEADERS=json.dumps({"X-Key": SECRET}), SUCCESS="code=0")
    with pytest.raises(Exception) as refused:
        sms.send(known, notice())
    assert isinstance(refused.value, Undeliverable if permanent else sms.NotTaken)
    assert SECRET not in str(refused.value) + repr(known) and str(refused.value)
    assert len(gateway.received) == 1, "no redirect is followed"


def test_nobody_there_is_another_try_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(sms.NotTaken):
        sms.send(settings(f"http://127.0.0.1:{port}/?{SECRET}"), notice())


def test_the_outbox_tries_again_with_the_same_id_and_tells_who_has_no_number(app: App, gateway: Gateway) -> None:
    app.settings = replace(app.settings, sms=settings(gateway.url).sms)
    with app.transaction() as tx:
        notices.queue_text(app, tx, recipient="li", phone="13800000000", text="今天届满", now=app.clock())
        notices.queue_text(app, tx, recipient="wang", phone="", text="今天届满", now=app.clock())
    gateway.status = 503
    assert jobs.send_next(app, lambda: 1.0) and not jobs.send_next(app), "who has no number is not tried"
    gateway.status = 200
    wall = app.wall()
    app.wall = lambda: wall + notices.FIRST_DELAY
    assert jobs.send_next(app) and not jobs.send_next(app)
    assert len({headers["idempotency-key"] for _, headers, _ in gateway.received}) == 1 and len(gateway.received) == 2
    with app.reading() as tx:
        found = {row.recipient: (row.status, row.last_error) for row in tx.scalars(select(Notice))}
    assert found["li"] == ("sent", None)
    assert found["wang"][0] == "failed" and "没有手机号" in (found["wang"][1] or "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"URL": "http://sms.example/send"}, {"URL": "ftp://sms.example"}, {"URL": "sms"}, {"URL": "https://u:p@a.example"},
        {"URL": "https://a.example:99999"}, {"METHOD": "GET"}, {"HEADERS": "x"}, {"HEADERS": '{"a": 1}'},
        {"HEADERS": '{"a": "b\\r\\nc: d"}'}, {"HEADERS": '{"密": "x"}'}, {"SUCCESS": "code"}, {"SUCCESS": ".=1"},
        {"BODY": "{phone} {text}"}, {"BODY": '{"p": "{phone}"}'}, {"HEADERS": '{"Content-Type": "text/xml"}'},
        {"BODY": "[" * 100_000},
    ],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_refused_in_words(wrong: dict[str, str]) -> None:
    env = {"URL": "https://sms.example/send", **wrong}
    with pytest.raises(SettingsError, match="BIHUAN_SMS_"):
        sms_gateway.from_env({f"BIHUAN_SMS_{name}": value for name, value in env.items()})


def test_plain_http_needs_a_word() -> None:
    assert sms_gateway.from_env({}) is None
    made = sms_gateway.from_env({"BIHUAN_SMS_URL": "http://sms.example:81/x?key=geheim", "BIHUAN_SMS_PLAIN": "1"})
    assert made is not None and made.where == "http://sms.example:81" and "geheim" not in repr(made)


@given(st.text(), st.text())
def test_whatever_a_text_holds_the_body_stays_one_value(phone: str, text: str) -> None:
    made = SmsGateway("https://a.example", body='[{"to": ["{phone}"], "say": "<{text}>{phone}"}, 1]')
    sent = text.encode("utf-8", "replace").decode()
    to = phone.encode("utf-8", "replace").decode()
    assert json.loads(made.filled({"phone": to, "text": sent})) == [{"to": [to], "say": f"<{sent}>{to}"}, 1]
