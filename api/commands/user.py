"""``bihuan user``: accounts from the terminal, by whoever may use the machine."""

import sys

import click

from api.installation import opened
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import people, units
from engine.errors import NotFound

OPERATOR = Viewer("system", admin=True)


@click.group()
def user() -> None:
    """账号 / accounts."""


@user.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, help="角色，可重复 / may be repeated; admin sees all")
@click.option("--unit", help="所属单位编码，admin 可省略 / unit code, may be left out for an admin")
@click.option("--display-name", default="", help="姓名 / shown name")
@click.option("--email", default="", help="邮箱，通知发到这里 / notices go there")
def add(name: str, roles: tuple[str, ...], unit: str | None, display_name: str, email: str) -> None:
    """建立账号 NAME；密码现场输入，或从标准输入读取 / make an account."""
    with opened() as app:
        if unit:
            _ensure_unit(app, unit)
        made = people.create(
            app, name, password=_password(), unit=unit, roles=roles, by=None, display_name=display_name, email=email
        )
    click.echo(f"{made.name}  {', '.join(made.roles)}  {made.unit or '—'}")


@user.command(name="list")
def list_() -> None:
    """列出账号 / list accounts."""
    with opened() as app:
        page = 1
        while (shown := people.list_people(app, OPERATOR, page=page, size=200)).items:
            for person in shown.items:
                state = "" if person.active else "停用 / off"
                roles = ", ".join(person.roles)
                click.echo("  ".join((person.name, person.display_name, roles, person.unit or "—", state)).rstrip())
            page += 1


@user.command()
@click.argument("name")
def passwd(name: str) -> None:
    """重设 NAME 的密码，并结束其登录 / set a new password and end the sessions."""
    with opened() as app:
        people.set_password(app, name, _password(), by=None)
    click.echo(f"{name}: 密码已更新 / password changed")


def _ensure_unit(app: App, code: str) -> None:
    """A new installation has no units yet; the first account of a unit makes it, and says so in case of a slip."""
    try:
        units.show(app, code, viewer=OPERATOR)
    except NotFound:
        units.create(app, {"code": code, "name": code, "kind": "other"}, viewer=OPERATOR)
        click.echo(f"单位 {code} 原来没有，已建立 / the unit {code} did not exist and was made", err=True)


def _password() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("密码 / password", hide_input=True, confirmation_prompt="再输一次 / again")
        return answer
    return sys.stdin.readline().rstrip("\r\n")
