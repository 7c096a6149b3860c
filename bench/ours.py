"""Bihuan itself: the verb in process, and what a program's requests over HTTP need."""

from pathlib import Path

from sqlalchemy import select

from api.compose import compose
from engine.app import App
from engine.bpm import definitions, instances, tasks
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, people, units
from engine.schema import migrate
from engine.settings import Settings

DIAGRAM = Path(__file__).with_name("loop.bpmn")
OWNER = Viewer("owner", frozenset({"owner"}))
SECRET = "bench-" * 8


def installation(url: str, folder: Path) -> App:
    """A fresh installation with the process deployed."""
    app = compose(Settings(url, folder, secret_key=SECRET))
    migrate(app)
    definitions.deploy(app, {DIAGRAM.name: DIAGRAM.read_bytes()}, by="owner")
    return app


def start(app: App, cases: int) -> list[str]:
    """Start so many cases; answers their ids."""
    return [instances.start(app, "loop", {"done": False}, by="owner")["id"] for _ in range(cases)]


def open_paths(app: App) -> list[str]:
    """The paths that complete the tasks that wait."""
    with app.reading() as tx:
        waiting = tx.scalars(select(Task.id).where(Task.status == "open"))
        return [f"/api/v1/tasks/{each}/complete" for each in waiting]


def environment(app: App, port: int) -> dict[str, str]:
    """The settings with which ``bihuan web`` serves this installation."""
    settings = app.settings
    return {
        "BIHUAN_DATABASE_URL": settings.database_url,
        "BIHUAN_DATA_DIR": str(settings.data_dir),
        "BIHUAN_SECRET_KEY": SECRET,
        "BIHUAN_PORT": str(port),
    }


def log_in(app: App) -> str:
    """A bearer token of somebody who is no admin, so that each request asks whose task it is."""
    with app.transaction() as tx:
        units.add(tx, code="street", name="街道", kind="street")
    people.create(app, "clerk", password="not a secret", unit="street", roles=["owner"], by=None)
    return accounts.issue_token(app, "clerk", by=None)


class InProcess:
    """The verb ``tasks.complete`` on SQLite."""

    name = "Bihuan in process"

    def __init__(self, folder: Path) -> None:
        self._app = installation(f"sqlite:///{folder / 'ours.sqlite3'}", folder)
        self._started: list[str] = []

    def start(self, cases: int) -> None:
        """Start so many cases."""
        self._started = start(self._app, cases)

    def waiting(self) -> list[str]:
        """What ``complete`` takes, one for each case that was started."""
        with self._app.reading() as tx:
            mine = Task.instance_id.in_(self._started)
            return list(tx.scalars(select(Task.id).where(Task.status == "open", mine)))

    def complete(self, task: str) -> None:
        """Complete the waiting task of one case."""
        tasks.complete(self._app, task, {"done": False}, viewer=OWNER)
