"""The processes of one installation, real ones, and the hand that kills them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from engine.settings import Settings
from tests import postgres


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def children(process: int) -> list[int]:
    """The processes that this one started and that live."""
    with suppress(OSError):  # it ended meanwhile
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


@dataclass
class Post:
    """One place in the crew: whoever holds it is replaced when it ends, as a service manager does."""

    command: list[str]
    env: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0

    def fill(self) -> None:
        """Start the process unless it lives."""
        if self.process is not None and self.process.poll() is None:
            return
        self.deaths += self.process is not None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api", *self.command], env=self.env, stdout=subprocess.DEVNULL, stderr=log
            )

    @property
    def pid(self) -> int:
        """The process that holds the place."""
        assert self.process is not None
        return self.process.pid


@dataclass
class Crew:
    """All of them. ``happened`` counts what was done to them."""

    settings: Settings
    draw: Random
    webs: list[Post] = field(default_factory=list)
    schedulers: list[Post] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)

    def hire(self, *, webs: int, workers: int, schedulers: int) -> None:
        """Fill all posts."""
        for number in range(webs):
            self.ports.append(free_port())
            command = ["web", "--workers", str(workers)]
            self.webs.append(self._post(command, f"web-{number}", BIHUAN_PORT=str(self.ports[-1])))
        self.schedulers += [self._post(["scheduler"], f"scheduler-{number}") for number in range(schedulers)]
        self.refill()

    def _post(self, command: list[str], name: str, **more: str) -> Post:
        env = {
            **os.environ,
            "BIHUAN_DATABASE_URL": self.settings.database_url,
            "BIHUAN_DATA_DIR": str(self.settings.data_dir),
            "BIHUAN_SECRET_KEY": self.settings.secret_key or "",
            **more,
        }
        return Post(command, env, self.settings.data_dir / f"{name}.log")

    def refill(self) -> None:
        """Replace whoever ended."""
        for post in self.webs + self.schedulers:
            post.fill()

    def blows(self) -> list[Callable[[], None]]:
        """The things that may befall this crew."""
        found = [self.kill_worker, self.kill_web, self.kill_scheduler]
        return [*found, self.restart_database] if self.settings.database_url.startswith("postgresql") else found

    def kill_worker(self) -> None:
        """One worker process of a web server."""
        workers = children(self.draw.choice(self.webs).pid)
        if workers:
            self._kill("worker", self.draw.choice(workers))

    def kill_web(self) -> None:
        """A web server itself; its workers have to notice."""
        self._kill("web server", self.draw.choice(self.webs).pid)

    def kill_scheduler(self) -> None:
        """A scheduler."""
        self._kill("scheduler", self.draw.choice(self.schedulers).pid)

    def restart_database(self) -> None:
        """The database server, which drops all connections as in a crash and recovers from its log."""
        postgres.restart(self.settings.database_url)
        self._count("database server")

    def _kill(self, whom: str, process: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            self._count(whom)

    def _count(self, whom: str) -> None:
        self.happened[whom] = self.happened.get(whom, 0) + 1

    def dismiss(self) -> None:
        """Ask all to end, and wait for it."""
        for post in self.webs + self.schedulers:
            if post.process is not None:
                post.process.terminate()
        for post in self.webs + self.schedulers:
            if post.process is not None:
                post.process.wait(20)

    def broken_off(self) -> int:
        """How many sendings the blows may have broken off: a scheduler sends one notice after the other."""
        each = self.happened.get("scheduler", 0)
        return each + self.happened.get("database server", 0) * len(self.schedulers)

    def log(self) -> str:
        """What all of them wrote."""
        return "".join(post.log.read_text() for post in self.webs + self.schedulers if post.log.exists())


@contextmanager
def crew(settings: Settings, draw: Random, *, webs: int, workers: int, schedulers: int) -> Iterator[Crew]:
    """A crew at work; none of it outlives the block."""
    made = Crew(settings, draw)
    try:
        made.hire(webs=webs, workers=workers, schedulers=schedulers)
        yield made
    finally:
        for post in made.webs + made.schedulers:
            if post.process is not None:
                everybody = [*children(post.pid), post.pid]
                for process in everybody:
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                post.process.wait()
