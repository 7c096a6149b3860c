"""How these tests call the command: in this process, with the environment of the test's installation."""

from collections.abc import Callable

import pytest
from alembic import command
from click.testing import CliRunner, Result

from api.__main__ import main
from engine import schema
from engine.app import App

Run = Callable[..., Result]


@pytest.fixture
def run(app: App) -> Run:
    """``run("user", "list", BIHUAN_PORT="1")``: the command's result, on the test's database, tables in place."""
    with app.engine.begin() as connection:
        command.stamp(schema.config(connection), "head", purge=True)
    here = {
        "BIHUAN_DATABASE_URL": app.settings.database_url,
        "BIHUAN_DATA_DIR": str(app.settings.data_dir),
        "BIHUAN_SECRET_KEY": app.settings.secret_key,
    }

    def call(*arguments: str, stdin: str | None = None, **env: str) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env=here | env)

    return call
