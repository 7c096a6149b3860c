"""Notices as text messages, through the office's own HTTP gateway. Each carries the id of the notice as idempotency
key, by which the gateway can drop repeats.
"""

from datetime import timedelta
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from engine.bpm.model import Notice
from engine.clock import system_clock
from engine.settings import Settings
from scheduler.channels import Undeliverable

TIMEOUT = 20.0  # seconds for each step of the gateway
PATIENCE = timedelta(seconds=60)  # for its whole answer, well within the lease of a notice
LONGEST = 64 * 1024  # bytes of an answer that are looked at
FOR_GOOD = (400, 413, 422)  # about this message: other refusals are about us, or pass
KEY = "Idempotency-Key"


class NotTaken(Exception):
    """The gateway did not take the message; it may later. Says nothing of address, headers or body."""


class _NoRedirects(HTTPRedirectHandler):
    """Elsewhere nobody may learn our headers."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def send(settings: Settings, notice: Notice) -> None:
    """Hand one notice to the gateway of ``BIHUAN_SMS_URL``.

    Raises Undeliverable when it refuses this message for good or there is no number; NotTaken when it is worth another
    try: no connection, a time-out, another status, an answer that does not say what ``BIHUAN_SMS_SUCCESS`` asks for.
    """
    gateway = settings.sms
    if gateway is None:
        raise NotTaken("没有设置短信网关 / no gateway is set")
    if not notice.address:
        raise Undeliverable("没有手机号 / no number")
    body = gateway.filled({"phone": notice.address, "text": notice.body, "id": notice.id})
    headers = {"Content-Type": f"{gateway.kind}; charset=utf-8", **gateway.headers, KEY: notice.id}
    request = Request(gateway.url, data=body, headers=headers, method=gateway.method)
    wrong = gateway.accepted(_answer(request))
    if wrong:
        raise NotTaken(f"网关没有接受 / not accepted, {wrong}")


def _answer(request: Request) -> bytes:
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            return _read(response)
    except HTTPError as error:
        error.close()
        refused = f"网关答复 / the gateway answers HTTP {error.code}"
        raise (Undeliverable if error.code in FOR_GOOD else NotTaken)(refused) from None
    except URLError as error:
        raise NotTaken(f"连不上网关 / no connection: {type(error.reason).__name__}") from None
    except (OSError, HTTPException) as error:
        raise NotTaken(f"网关没有答完 / no whole answer: {type(error).__name__}") from None


def _read(response: HTTPResponse) -> bytes:
    """The beginning of the answer; one that trickles in is given up."""
    until, found = system_clock() + PATIENCE, b""
    while len(found) < LONGEST and system_clock() < until:
        part = response.read1(LONGEST - len(found))
        if not part:
            return found
        found += part
    if len(found) < LONGEST:
        raise TimeoutError
    return found


def _opener() -> OpenerDirector:
    """Straight to the gateway: no proxy of the environment, no redirect."""
    return build_opener(ProxyHandler({}), _NoRedirects())
