"""``bihuan seal-contacts``: who reported, encrypted anew with the newest key."""

import click

from api.installation import opened, read_settings, with_secret
from engine.campaign import reporters


@click.command()
def seal_contacts() -> None:
    """用最新的密钥重新加密举报人信息 / encrypt the contacts of reporters with the newest key."""
    with opened(with_secret(read_settings())) as app:
        done = reporters.seal_again(app)
    click.echo(f"重新加密的举报人信息 / contacts encrypted anew: {done}")
