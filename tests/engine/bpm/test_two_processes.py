"""Two processes over one database, each with a memory of its own: in any interleaving they do what one would do."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.compose import compose
from engine.app import App
from engine.bpm import definitions, instances, tasks, timers
from engine.bpm.model import Event, Instance, Task, Timer
from engine.bpm.spiff import kept, run
from engine.bpm.spiff.kept import Kept
from engine.bpm.step import opened
from engine.bpm.viewer import Viewer
from engine.errors import Conflict
from engine.testing import FakeClock, fresh_settings
from tests.engine.bpm.diagrams import REVIEW

ADMIN = Viewer("root", admin=True)
ACTS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["complete", "break", "late", "refused", "hour"])), min_size=4, max_size=14
)
BOUNDED = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


class Process:
    """One process: an installation of its own over the shared database, and what it keeps in memory."""

    def __init__(self, url: str, folder: Path, clock: FakeClock, memory: Kept) -> None:
        self.app, self.memory = compose(fresh_settings(url, folder)), memory
        self.app.clock = self.app.wall = clock

    def do(self, act: str, clock: FakeClock) -> None:
        """One act on the oldest open task, as this process."""
        kept.KEPT = self.memory
        waiting = _open(self.app)
        if act == "hour":
            clock.advance(hours=1)
        elif act == "late":
            clock.advance(days=2)
            while timers.fire_next(self.app):
                pass
        elif waiting and act == "complete":
            tasks.complete(self.app, waiting[0].id, {}, viewer=ADMIN)
        elif act == "refused" and (done := _done(self.app)):
            with pytest.raises(Conflict):
                tasks.complete(self.app, done, {}, viewer=ADMIN)
        elif waiting:
            _break(self.app, waiting[0], clock)


def _break(app: App, task: Task, clock: FakeClock) -> None:
    """Complete a task and write it, but lose the transaction."""
    with pytest.raises(ZeroDivisionError), app.transaction() as tx, opened(app, tx, task.instance_id, clock()) as case:
        if any(found.id == task.id for found in case.snapshot.tasks):
            after = run.complete(case.model, case.row.state, task.id, {"lost": 1}, clock(), case.world)
            case.apply(after, actor="root")
        raise ZeroDivisionError


def _open(app: App) -> list[Task]:
    with app.reading() as tx:
        return list(tx.scalars(select(Task).where(Task.status == "open").order_by(Task.created_at, Task.id)))


def _done(app: App) -> str:
    with app.reading() as tx:
        return tx.scalars(select(Task.id).where(Task.status != "open")).first() or ""


def _rows(app: App, instance_id: str) -> str:
    """Everything that is stored of the instance, with the ids that are drawn anew for each taken out."""
    with app.reading() as tx:
        row = tx.get_one(Instance, instance_id)
        seed = row.state.decode().partition('"seed":"')[2][:16]
        found: list[Any] = [row.revision, row.status, row.variables, row.state]
        for model in (Task, Timer, Event):
            columns = [column for column in model.__table__.c if column.key != "id"]
            rows = tx.execute(select(*columns).where(model.instance_id == instance_id).order_by(model.id))
            found += [tuple(each) for each in rows]
    return repr(found).replace(seed, "SEED").replace(instance_id, "INSTANCE")


def _run(url: str, folder: Path, acts: Sequence[tuple[bool, str]], memories: Sequence[Kept]) -> str:
    """Start one case and do the acts, each in the process that is named; what is stored in the end."""
    clock = FakeClock()
    processes = [Process(url, folder, clock, memory) for memory in memories]
    first = processes[0].app
    kept.KEPT = memories[0]
    definitions.deploy(first, {"review.bpmn": REVIEW}, by="test")
    instance_id = instances.start(first, "review", {}, by="li")["id"]
    for other, act in acts:
        processes[other % len(processes)].do(act, clock)
    stored = _rows(first, instance_id)
    for process in processes:
        process.app.close()
    return stored


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    """The memory of the test process comes back afterwards."""
    own = kept.KEPT
    yield
    kept.KEPT = own


@BOUNDED
@given(acts=ACTS)
def test_two_processes_in_any_order_store_what_one_without_memory_stores(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[bool, str]]
) -> None:
    stored = []
    for memories in ((Kept(), Kept()), (Kept(most=0),)):
        folder = tmp_path_factory.mktemp("two")
        shutil.copyfile(sqlite_template, folder / "shared.sqlite3")
        stored.append(_run(f"sqlite:///{folder / 'shared.sqlite3'}", folder, acts, memories))
    assert stored[0] == stored[1]


def test_a_process_never_goes_on_from_what_another_has_changed(database_url: str, tmp_path: Path) -> None:
    acts = [
        (False, "break"),
        (True, "complete"),
        (False, "refused"),
        (False, "late"),
        (True, "break"),
        (False, "complete"),
    ]
    stored = _run(database_url, tmp_path, acts, (Kept(), Kept()))
    assert "lost" not in stored
    assert stored.startswith("[3, 'completed', {}")
