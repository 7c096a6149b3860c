"""What many timers cost: draining those that fall due together, how late one is, what open ones add to a step.

    .venv/bin/python -m bench.timers [--due 10000] [--open 100000] [--only drain|latency|cost] [--no-fsync]

Real processes: two schedulers and two web workers over a PostgreSQL that waits for its disk. ``drain``: timers of so
many cases fall due at one instant; meanwhile people complete tasks over HTTP, at a pace, as they did before on the idle
machine. ``latency``: real time between a timer's moment and its firing, beside so many open timers. ``cost``: a step
that ends one timer and arms another, in process, in a database with so many open timers and in one without, in turns.
"""

import argparse
import http.client
import statistics
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic, perf_counter, process_time

from sqlalchemy import create_engine, func, select, text

from bench import ours
from bench.pacing import Requests
from engine import demo_clock
from engine.app import App
from engine.bpm import definitions, instances, tasks
from engine.bpm import model as tables
from engine.bpm.model import Timer
from engine.testing import START
from tests.chaos.crew import crew
from tests.engine.bpm.diagrams import diagram, flows, timer
from tests.postgres import CRASH_SAFE, DURABLE, server

CALLS = 9_000  # tasks that people may complete
QUIET = 10.0  # seconds of measuring on the idle machine
SOON = 30  # seconds over which the timers of ``latency`` fall due
STEPS, WARM, ROUNDS = 200, 3, 21  # the rounds before warm up, the first after that too

ALARM = diagram(
    f"""
    <startEvent id="start"/><endEvent id="end"/><endEvent id="told"/>
    <userTask id="work" camunda:candidateGroups="owner"/>
    <boundaryEvent id="late" attachedToRef="work" cancelActivity="false">{timer("${alarm}")}</boundaryEvent>
    <userTask id="supervise" camunda:candidateGroups="owner"/>
    {flows("start>work", "work>end", "late>supervise", "supervise>told")}
    """,
    key="alarm",
)
ROUND = diagram(
    f"""
    <startEvent id="start"/><exclusiveGateway id="enter"/><exclusiveGateway id="left" default="f_left_enter"/>
    <userTask id="work" camunda:candidateGroups="owner"/>
    <boundaryEvent id="late" attachedToRef="work">{timer("P30D")}</boundaryEvent><endEvent id="end"/>
    {flows("start>enter", "enter>work", "work>left", "left>enter", "late>end")}
    """,
    key="round",
)
Row = tuple[str, str, str]


def part(values: list[float], share: float) -> float:
    """The value below which this share of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def begin(app: App, key: str, cases: int, values: Callable[[int], dict[str, object]]) -> None:
    """Start so many cases, many in one transaction."""
    now = app.clock()
    for first in range(0, cases, 250):
        with app.transaction() as tx:
            for number in range(first, min(cases, first + 250)):
                instances.start_in(tx, app, key, values(number), by="owner", now=now)


def fill(app: App, key: str, count: int) -> None:
    """So many open timers that fall due in a year: copies of one case's rows, which nobody ever opens."""
    with app.engine.begin() as tx:
        source = "FROM instance JOIN definition ON definition.id = definition_id WHERE definition.key = :key LIMIT 1"
        columns = ", ".join(c.name for c in tables.Instance.__table__.c if c.name != "id")
        copies = "FROM one, generate_series(1, :n) n"
        tx.execute(text(f"CREATE TEMP TABLE one AS SELECT instance.* {source}"), {"key": key})
        tx.execute(
            text(f"INSERT INTO instance (id, {columns}) SELECT 'copy-' || n, {columns} {copies}"),
            {"n": count},
        )
        tx.execute(
            text(
                "INSERT INTO timer (token, instance_id, element, name, kind, due_at, status, armed_at) "
                "SELECT 'copy-' || n, 'copy-' || n, 'late', '', 'timeDuration', "
                ":due + n * interval '1 s', 'armed', :now "
                "FROM generate_series(1, :n) n"
            ),
            {"n": count, "now": app.clock(), "due": app.clock() + timedelta(days=365)},
        )
        tx.execute(text("DROP TABLE one"))


def settle(app: App) -> None:
    """The database as it is once it has had these rows for days: the planner knows them, nothing is left to write."""
    with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        line.execute(text("VACUUM ANALYZE"))
        line.execute(text("CHECKPOINT"))


def database(url: str, name: str) -> str:
    """The URL of one more database on the server."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")


@contextmanager
def installation(url: str, folder: Path) -> Iterator[App]:
    """With the processes of this benchmark."""
    folder.mkdir()
    app = ours.installation(url, folder)
    definitions.deploy(app, {"alarm.bpmn": ALARM, "round.bpmn": ROUND}, by="owner")
    yield app
    app.close()


def drain(url: str, folder: Path, due: int, _open: int) -> Iterator[Row]:
    """So many at one instant, and people beside them."""
    with installation(database(url, "drain"), folder / "drain") as app:
        token = ours.log_in(app)
        begin(app, "loop", CALLS, lambda _: {"done": False})
        paths = ours.open_paths(app)
        demo_clock.begin(app, START)
        stand = app.clock
        app.clock = lambda: START
        begin(app, "alarm", due, lambda _: {"alarm": "PT1H"})
        app.clock = stand
        late = select(func.count()).where(Timer.status == "armed", Timer.due_at <= START + timedelta(hours=1))

        def left() -> int:
            with app.reading() as tx:
                return tx.scalar(late) or 0

        with crew(app.settings, Random(1), webs=1, workers=2, schedulers=2) as hands:
            requests = Requests(hands, token, paths)
            _await(lambda: _answers(hands.ports[0]))
            warm = monotonic() + 3
            requests.until(lambda: monotonic() > warm)
            idle = monotonic() + QUIET
            quiet = requests.until(lambda: monotonic() > idle)
            demo_clock.move(app, timedelta(hours=1))
            began, done = monotonic(), Event()
            with ThreadPoolExecutor(1) as watch:
                watching = watch.submit(lambda: (_await(lambda: left() == 0), done.set()))
                busy = requests.until(done.is_set)
                watching.result()
            seconds = monotonic() - began
        idle95, busy95 = part(quiet, 0.95), part(busy, 0.95)
        yield f"{due:,} timers due at one instant, 2 schedulers", f"{seconds:.1f} s, {due / seconds:.0f}/s", "< 60 s"
        yield "completion beside it: median", _both(statistics.median(quiet), statistics.median(busy)), ""
        yield "completion beside it: p95", f"{_both(idle95, busy95)}, ratio {busy95 / idle95:.1f}", "< 4"


def latency(url: str, folder: Path, _due: int, many: int) -> Iterator[Row]:
    """How late in real time."""
    with installation(database(url, "latency"), folder / "latency") as app:
        begin(app, "alarm", 1, lambda _: {"alarm": "P1D"})
        fill(app, "alarm", many)
        settle(app)
        draw = Random(1)
        with crew(app.settings, draw, webs=0, workers=0, schedulers=2):
            for cases, due in ((8, lambda _: "PT0.1S"), (500, lambda _: f"PT{draw.uniform(5, 5 + SOON):.3f}S")):
                began = app.clock()  # the first few show that the schedulers are up
                begin(app, "alarm", cases, lambda number, due=due: {"alarm": due(number)})
                _await(lambda: _armed_soon(app) == 0)
        with app.reading() as tx:
            fired = tx.execute(
                select(tables.Event.at, tables.Event.recorded_at)
                .where(tables.Event.event == "fired", tables.Event.at > began)
            )  # fmt: skip
            lags = [(recorded - at).total_seconds() for at, recorded in fired]
        shown = f"{statistics.median(lags):.2f} / {part(lags, 0.95):.2f} / {part(lags, 0.99):.2f} s"
        yield f"escalation beside {many:,} open timers: p50 / p95 / p99", shown, "p99 ≤ 2 s"


def _armed_soon(app: App) -> int:
    with app.reading() as tx:
        soon = app.clock() + timedelta(hours=1)
        return tx.scalar(select(func.count()).where(Timer.status == "armed", Timer.due_at <= soon)) or 0


def cost(url: str, folder: Path, _due: int, many: int) -> Iterator[Row]:
    """What open timers add to a step."""
    with (
        installation(database(url, "few"), folder / "few") as few,
        installation(database(url, "many"), folder / "many") as full,
    ):
        instances.start(full, "round", {}, by="owner")
        fill(full, "round", many)
        waiting = {
            app: [_task(instances.start(app, "round", {}, by="owner")) for _ in range(STEPS)] for app in (few, full)
        }
        walls: dict[App, list[float]] = {few: [], full: []}
        cpus: dict[App, list[float]] = {few: [], full: []}
        for number in range(-WARM, ROUNDS):
            for app in (few, full) if number % 2 else (full, few):
                if number == 0:
                    settle(app)
                began, cpu = perf_counter(), process_time()
                for task in waiting[app]:
                    tasks.complete(app, task, {}, viewer=ours.OWNER)
                if number > 0:
                    walls[app].append((perf_counter() - began) / STEPS)
                    cpus[app].append((process_time() - cpu) / STEPS)
                waiting[app] = _open_tasks(app)
        for name, seen in (("time", walls), ("CPU of the caller", cpus)):
            without, beside = statistics.median(seen[few]), statistics.median(seen[full])
            ratio = statistics.median(b / a for a, b in zip(seen[few], seen[full], strict=True))
            yield (
                f"a step beside {many:,} open timers: {name}",
                f"{_both(without, beside)}, ratio {ratio:.2f}",
                "< 1.10",
            )


def _task(case: dict[str, object]) -> str:
    return case["tasks"][0]["id"]  # type: ignore[index]


def _open_tasks(app: App) -> list[str]:
    with app.reading() as tx:
        return list(tx.scalars(select(tables.Task.id).where(tables.Task.status == "open").limit(STEPS)))


def _both(before: float, after: float) -> str:
    return f"{before * 1000:.1f} → {after * 1000:.1f} ms"


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _await(happened: Callable[[], bool], *, seconds: float = 600) -> None:
    until, pause = monotonic() + seconds, Event()
    while not happened():
        if monotonic() > until:
            raise RuntimeError(f"it did not happen within {seconds} s")
        pause.wait(0.2)


PARTS = (drain, latency, cost)


def main(due: int, many: int, only: str | None, settings: str) -> None:
    """Measure and print."""
    print("| measured | seen | promised |\n|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder, server(settings) as url:
        for measure in PARTS:
            if only in (None, measure.__name__):
                for row in measure(url, Path(folder), due, many):
                    print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--due", type=int, default=10_000)
    options.add_argument("--open", type=int, default=100_000)
    options.add_argument("--only", choices=[measure.__name__ for measure in PARTS])
    options.add_argument("--no-fsync", action="store_true", help="where many share the disk")
    chosen = options.parse_args()
    main(chosen.due, chosen.open, chosen.only, CRASH_SAFE if chosen.no_fsync else DURABLE)
