"""Bihuan itself, called in process and over HTTP with a bearer token, as a program would."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from api.app import create_app
from api.compose import compose
from bench.client import post_all, serving
from engine.bpm import definitions, instances, tasks
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, people
from engine.schema import migrate
from engine.settings import Settings

DIAGRAM = Path(__file__).with_name("loop.bpmn")
OWNER = Viewer("owner", frozenset({"owner"}))


class InProcess:
    """The verb ``tasks.complete`` on SQLite."""

    name = "Bihuan in process"

    def __init__(self, folder: Path) -> None:
        self.app = compose(Settings(f"sqlite:///{folder / 'ours.sqlite3'}", folder, secret_key="bench-" * 8))
        migrate(self.app)
        definitions.deploy(self.app, {DIAGRAM.name: DIAGRAM.read_bytes()}, by="owner")

    def start(self, cases: int) -> list[str]:
        """The open tasks of so many new cases."""
        started = [instances.start(self.app, "loop", {"done": False}, by="owner") for _ in range(cases)]
        return [case["tasks"][0]["id"] for case in started]

    def prepare(self, cases: int) -> Callable[[], None]:
        """Start the cases; what is measured completes the waiting task of each."""
        waiting = self.start(cases)
        return lambda: [tasks.complete(self.app, task, {"done": False}, viewer=OWNER) for task in waiting] and None


class OverHttp(ExitStack):
    """The route ``POST /tasks/{id}/complete``, login included."""

    name = "Bihuan over HTTP"

    def __init__(self, inside: InProcess) -> None:
        super().__init__()
        self._inside = inside
        people.create(inside.app, "owner", password="not a secret", unit=None, roles=["admin", "owner"], by=None)
        self._token = accounts.issue_token(inside.app, "owner", by=None)
        self._port = self.enter_context(serving(create_app(inside.app)))

    def prepare(self, cases: int) -> Callable[[], None]:
        """Start the cases; what is measured posts a completion for each."""
        paths = [f"/api/v1/tasks/{task}/complete" for task in self._inside.start(cases)]
        return lambda: post_all(self._port, paths, '{"variables": {"done": false}}', self._token)
