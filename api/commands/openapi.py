"""``bihuan openapi``: the document of the HTTP interface, from which clients are made; needs no installation."""

import json
from pathlib import Path

import click

from api.app import create_app
from api.compose import compose
from engine.settings import Settings


@click.command()
def openapi() -> None:
    """接口文档（OpenAPI 3.1，JSON）/ the document of the HTTP interface."""
    app = compose(Settings(database_url="sqlite://", data_dir=Path()))
    try:
        spec = create_app(app).extensions["bihuan.spec"]
        click.echo(json.dumps(spec.to_dict(), ensure_ascii=False))
    finally:
        app.close()
