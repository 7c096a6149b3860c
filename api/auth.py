"""Who is asking: bearer token or cookie session with CSRF token. Every address asks, except the few listed here."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import cast

from flask import Flask, Response, after_this_request, current_app, g, request

from api.again import SAFE, again
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, people
from engine.campaign.accounts import SessionView
from engine.campaign.asking import Asking
from engine.campaign.people import PersonView
from engine.errors import EngineError, Invalid, NotAllowed, NotAuthenticated, NotFound, Unavailable

COOKIE = "bihuan_session"
CSRF_HEADER = "X-CSRF-Token"
AUTHOR = "author"  # the role of those who edit and deploy processes
PUBLIC = frozenset(
    {
        "session.log_in",
        "public-reports.submit",
        "public-reports.follow",
        "public-reports.add_photo",
        "documents.verify",
        "completions.report",
        "completions.add_photo",
        "signs.look",
        "api-docs.openapi_json",
        "docs.page",
        "health.healthz",
        "health.readyz",
        "pages.home",
        "pages.any",
    }
)

WITH_TASK = frozenset({"tasks.complete"})  # who asks is found out by the statement that locks the task


def app() -> App:
    """The installation that this web application serves."""
    return cast(App, current_app.extensions["bihuan"])


def person() -> PersonView:
    """Who is asking."""
    return cast(PersonView, g.person)


def viewer() -> Viewer:
    """Who is asking, as the engine needs to know."""
    return people.viewer(person())


def admin() -> Viewer:
    """Who is asking, if an admin; everybody else is refused."""
    asking = viewer()
    if not asking.admin:
        raise NotAllowed("只有管理员可以这样做，请联系系统管理员。", en="Only an admin may do this.")
    return asking


def operator() -> Viewer:
    """Who is asking, if they watch over the engine (an admin); to everybody else the address does not exist."""
    asking = viewer()
    if not asking.admin:
        raise NotFound("没有这个地址。", en="There is no such address.")
    return asking


def author() -> Viewer:
    """Who is asking, if a process author (role ``author``) or an admin; everybody else is refused."""
    asking = viewer()
    if not asking.admin and AUTHOR not in asking.groups:
        raise NotAllowed(
            "只有流程管理员（角色 author）可以这样做，请联系系统管理员。",
            en="Only a process author (role author) may do this.",
        )
    return asking


def address() -> str:
    """Where the request comes from, so that what anybody may ask without login is counted."""
    return request.remote_addr or ""


def idempotency_key() -> str | None:
    """The caller's key for this act, under which a repeat gets the first answer (rule S2), also one by ourselves."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= 255:
        raise Invalid("Idempotency-Key 应为 1 到 255 个字符。", en="Idempotency-Key: use 1 to 255 characters.")
    g.keyed = key is not None
    return key


def keys_of(act: str) -> Callable[[str], str | None]:
    """A key for each task from the request's, another for each act."""
    whole = idempotency_key()
    return lambda task_id: whole and sha256(f"{act}\n{task_id}\n{whole}".encode()).hexdigest()


def _token() -> str:
    kind, _, secret = request.headers["Authorization"].partition(" ")
    if kind.lower() != "bearer":
        raise NotAuthenticated("请用 Authorization: Bearer 令牌。", en="Use Authorization: Bearer.")
    return secret.strip()


def _sent_csrf() -> str:
    return request.headers.get(CSRF_HEADER, "")


def _by_cookie() -> PersonView:
    secret = request.cookies.get(COOKIE)
    if not secret:
        raise NotAuthenticated("请先登录。", en="Log in first, or send a bearer token.")
    session = g.session = accounts.session(app(), secret)
    sent = _sent_csrf()
    if request.method not in SAFE and not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise NotAllowed(
            f"请求缺少有效的 {CSRF_HEADER}，请刷新页面后再试。",
            en=f"The header {CSRF_HEADER} is missing or wrong; GET /api/v1/me gives it.",
        )
    return session.person


@again
def identify() -> None:
    """Before each request: find out who is asking, or refuse; an address that does not exist asks nobody."""
    if request.endpoint is None or request.endpoint in PUBLIC:
        return
    if request.endpoint in WITH_TASK:
        g.asking = _found_later()
        if g.asking is not None:
            return
    g.person = _plainly()


def _plainly() -> PersonView:
    return accounts.token_person(app(), _token()) if "Authorization" in request.headers else _by_cookie()


def _found_later() -> Asking | None:
    def plainly() -> Viewer:
        g.person = _plainly()
        return viewer()

    if "Authorization" in request.headers:
        return accounts.token_asking(app(), _token(), plainly)
    secret = request.cookies.get(COOKIE)
    return accounts.session_asking(app(), secret, _sent_csrf(), plainly) if secret else None


def asking() -> Viewer | Asking:
    """Who is asking, for a verb that finds it out together with the task (``WITH_TASK``)."""
    return g.asking or viewer()


def first_refusal(error: Exception) -> Exception:
    """What to answer instead of an error: nobody is told what is wrong with a request before it is known who asks."""
    waiting = g.get("asking")
    if waiting is None or waiting.known or isinstance(error, NotAuthenticated | Unavailable):
        return error
    try:
        again(waiting.plainly)()
    except EngineError as refusal:
        return refusal
    return error


def session() -> SessionView | None:
    """The session of the asking browser; a program with a token has none."""
    return cast(SessionView | None, g.get("session"))


def remember(opened: SessionView) -> None:
    """Give the asking browser its cookie: scripts cannot read it, and other sites cannot have it sent with a POST."""
    g.session, g.person = opened, opened.person
    lasts = int(accounts.SESSION_LASTS.total_seconds())

    @after_this_request
    def set_cookie(answer: Response) -> Response:
        answer.set_cookie(COOKIE, opened.secret, max_age=lasts, httponly=True, samesite="Lax", secure=request.is_secure)
        return answer


def forget() -> None:
    """Take the cookie back from the asking browser."""

    @after_this_request
    def delete_cookie(answer: Response) -> Response:
        answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
        return answer


def install(web: Flask) -> None:
    """Ask before every request."""
    web.before_request(identify)
