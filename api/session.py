"""Routes of logging in and out, and of who is asking."""

from dataclasses import asdict
from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.session_schemas import ChangePassword, LogIn, MeSchema
from engine import demo_clock
from engine.campaign import accounts, passwords

blp = Blueprint("session", "登录")


def _me() -> dict[str, Any]:
    app, session = auth.app(), auth.session()
    shown: dict[str, Any] = {"csrf_token": session and session.csrf, "expires_at": session and session.expires_at}
    shown |= {"timezone": app.settings.timezone, "now": app.clock(), "demo": demo_clock.is_demo(app)}
    shown["password_once"] = passwords.must_choose(app, auth.person().name)
    standing = auth.person().stands_in
    shown["mandates"] = [{"head": each.person, "mandate": each.mandate} for each in standing if each.mandate]
    return asdict(auth.person()) | shown


@blp.post("/session")
@blp.body(LogIn)
@blp.answers(MeSchema)
def log_in(name: str, password: str) -> object:
    """登录：取得会话 Cookie。

    Five wrong passwords in a row lock the account for 15 minutes (429).
    """
    opened = accounts.open_session(auth.app(), name, password)
    auth.remember(opened)
    return _me()


@blp.delete("/session")
@blp.answers(None, 204)
def log_out() -> None:
    """退出登录。"""
    session = auth.session()
    if session:
        accounts.close_session(auth.app(), session.secret)
    auth.forget()


@blp.get("/me")
@blp.answers(MeSchema)
def me() -> object:
    """我是谁；浏览器在这里取得 CSRF 令牌。"""
    return _me()


@blp.post("/me/password")
@blp.body(ChangePassword)
@blp.answers(None, 204)
def change_password(old: str, new: str) -> None:
    """修改自己的密码；别处的登录随即失效。用一次性密码登录的不用填原密码。"""
    session = auth.session()
    passwords.change_own(auth.app(), old, new, viewer=auth.viewer(), session=session.secret if session else None)
