"""``bihuan export``: the whole ledger into a file; its ending is the format."""

import shutil
from pathlib import Path

import click

from api.commands.user import OPERATOR
from api.installation import opened
from engine.campaign import ledger_export


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--status", default="all", type=click.Choice(["open", "closed", "all"]))
def export(file: Path, status: str) -> None:
    """把台账写入 FILE（.xlsx、.csv、.json）/ write the ledger."""
    with opened() as app:
        found = ledger_export.export(app, OPERATOR, format=file.suffix.lower().lstrip("."), status=status)
        with found, file.open("wb") as target:
            shutil.copyfileobj(found, target)
    click.echo(str(file))
