"""An installation that cannot work says in one sentence, in both languages, what to do, and exits with 2."""

import socket
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from api.installation import SECRET_FILE, with_secret
from engine import schema
from engine.app import App
from engine.errors import SettingsError
from engine.settings import Settings

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BIHUAN_TIMEZONE", "Asia/Shangai"),
        ("BIHUAN_TIMEZONE", "../../etc/passwd"),
        ("BIHUAN_DATABASE_URL", "mysql://root@localhost/bihuan"),
        ("BIHUAN_DATABASE_URL", "postgresql://[::1/bihuan"),
        ("BIHUAN_DATABASE_URL", "postgresql://localhost:port/bihuan"),
        ("BIHUAN_DATABASE_URL", "postgresql://nobody@localhost:1/bihuan"),
        ("BIHUAN_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3"),
        ("BIHUAN_DATA_DIR", "/dev/null/var"),
        ("BIHUAN_PORT", "eighty"),
        ("BIHUAN_PORT", "70000"),
        ("BIHUAN_SECRET_KEY", "short"),
        ("BIHUAN_SMTP_URL", "mail.example:25"),
        ("BIHUAN_PUBLIC_URL", "bihuan.example"),
        ("BIHUAN_CONTACT_KEYS", "short"),
        ("BIHUAN_PUBLIC_URL", "javascript://bihuan.example"),
        ("BIHUAN_TRUSTED_PROXIES", "-1"),
        ("BIHUAN_TRUSTED_PROXIES", "all"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(run: Run, variable: str, value: str) -> None:
    result = run("serve", **{variable: value})
    assert result.exit_code == 2, result.output
    chinese, english = result.stderr.strip().splitlines()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert english.isascii() or variable in english
    assert variable in chinese or "数据库" in chinese
    assert "Traceback" not in result.output


def test_other_machines_may_not_connect_without_a_secret_key(run: Run) -> None:
    for command in ("serve", "web"):
        result = run(command, BIHUAN_HOST="0.0.0.0", BIHUAN_SECRET_KEY="")
        assert result.exit_code == 2
        assert "BIHUAN_SECRET_KEY" in result.stderr


def test_a_missing_key_is_made_once_for_its_owner_only(app: App, tmp_path: Path) -> None:
    settings = replace(app.settings, secret_key=None, data_dir=tmp_path)
    made, again = with_secret(settings).secret_key, with_secret(settings).secret_key
    assert made == again and made is not None and len(made) == 64
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if SECRET_FILE in path.name] == [SECRET_FILE]


def test_a_key_file_that_cannot_be_read_is_named(app: App, tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).mkdir()
    with pytest.raises(SettingsError, match=SECRET_FILE):
        with_secret(replace(app.settings, secret_key=None, data_dir=tmp_path))


def test_a_given_key_is_used_as_it_is(tmp_path: Path) -> None:
    given = Settings("sqlite://", tmp_path, secret_key="k" * 32)
    assert with_secret(given) is given


def test_a_taken_port_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", BIHUAN_PORT=port)
    assert result.exit_code == 2
    assert port in result.stderr and "BIHUAN_PORT" in result.stderr


def test_a_database_without_tables_asks_for_migrate(run: Run, tmp_path: Path) -> None:
    result = run("serve", BIHUAN_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert result.exit_code == 2
    assert "bihuan migrate" in result.stderr


def test_a_database_newer_than_the_program_is_left_alone(run: Run, app: App) -> None:
    with app.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in ("serve", "web", "scheduler", "migrate", "status"):
        result = run(command)
        assert result.exit_code == 2
        assert "9999" in result.stderr


def test_migrate_says_from_where_to_where(run: Run, tmp_path: Path) -> None:
    fresh = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    assert f"— → {schema.newest()}" in run("migrate", BIHUAN_DATABASE_URL=fresh).stdout
    again = run("migrate", BIHUAN_DATABASE_URL=fresh)
    assert again.exit_code == 0 and "最新" in again.stdout
