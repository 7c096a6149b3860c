"""``bihuan migrate``: the tables to the version of this program."""

import click

from api.installation import opened
from engine import schema
from engine.bpm import rescheduling
from engine.campaign import calendars


@click.command()
def migrate() -> None:
    """把数据库升级到本程序的版本 / bring the tables to this program's version."""
    with opened(current=False) as app:
        before, after = schema.migrate(app)
        calendars.refresh(app)
        moved = rescheduling.reproject(app)  # a new program may bring a new year's holidays
    if before == after:
        click.echo(f"数据库已是最新版本 / the schema is up to date: {after}")
    else:
        click.echo(f"数据库已升级 / the schema was brought up: {before or '—'} → {after}")
    if moved:
        click.echo(f"按已公布的放假安排重新计算的期限 / dates counted again with the published holidays: {moved}")
