"""A WSGI application under granian as ``bihuan web`` runs it, in real processes, and the CPU time they take."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

from api.commands.web import THREADS

WORKERS = 2


@contextmanager
def serving(command: list[str], env: Mapping[str, str], port: int) -> Iterator[int]:
    """Run a server; answers its process id once it listens."""
    with subprocess.Popen([sys.executable, *command], env={**os.environ, **env}, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(server, port)
            yield server.pid
        finally:
            server.terminate()


def granian(factory: str, port: int) -> list[str]:
    """The command line of granian with the settings of ``bihuan web``."""
    sizes = ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning"]
    return ["-m", "granian", "--interface", "wsgi", "--factory", "--port", str(port), *sizes, factory]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def postmaster(url: str) -> int:
    """The process id of a PostgreSQL server that was started by tests/postgres.py."""
    home = Path(parse_qs(urlsplit(url).query)["host"][0])
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def cpu_seconds(*roots: int) -> float:
    """The CPU time that these processes and their descendants have used so far, those that ended included."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            used[int(folder.name)] = sum(map(int, fields[11:15]))  # its own, and of children that ended
    wanted = set(roots)
    while more := {child for child, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    return sum(used.get(process, 0) for process in wanted) / os.sysconf("SC_CLK_TCK")


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = monotonic() + 60
    while server.poll() is None and monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        sleep(0.1)
    raise RuntimeError(f"the server on port {port} did not start")
