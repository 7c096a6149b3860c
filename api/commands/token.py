"""``bihuan token``: a bearer token for programs."""

import click

from api.installation import opened
from engine.campaign import accounts


@click.command()
@click.argument("name")
@click.option("--label", default="", help="用途，便于以后辨认 / what it is for")
def token(name: str, label: str) -> None:
    """为账号 NAME 签发访问令牌，只显示这一次 / print a new bearer token, shown only now."""
    with opened() as app:
        click.echo(accounts.issue_token(app, name, by=None, label=label))
