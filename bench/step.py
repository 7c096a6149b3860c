"""How fast one completed task is, as a ratio to what else could be done on the same machine in the same run.

    .venv/bin/python -m bench.step [--rounds 5] [--only in_process|over_http]

In process, on SQLite with the same settings, against SpiffWorkflow alone: load the state from a row, complete the task,
save it. Both go through the same cases, completion by completion, a few cases at a time. Over HTTP, on one PostgreSQL
server and under granian with the same workers and threads, against a bare Flask route that updates one row and inserts
one; the sides take turns. Medians are printed; CPU is what the process took, or over HTTP the web workers with the
database: it says more than the rate where the machine is shared with others.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import create_engine, text

from bench import bare_flask, ours, serving
from bench.client import post_all
from bench.raw_spiff import RawSpiff
from tests.postgres import server

CASES = 400  # waiting cases; one task of each is completed in a round
TURN = 10  # cases in process before the other side's turn: a noisy machine is then as noisy for both
BARE = {"bare Flask + ORM": "bench.bare_flask:orm", "bare Flask + Core": "bench.bare_flask:core"}


@dataclass
class Seen:
    """What was measured of one side: completions a second and CPU milliseconds of each."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def add(self, cases: int, seconds: float, cpu: float) -> None:
        """Add one round."""
        self.rates.append(cases / seconds)
        self.costs.append(cpu / cases * 1000)


Table = dict[str, Seen]


def in_process(rounds: int, folder: Path) -> dict[str, Table]:
    """The verb against SpiffWorkflow alone, by how often the case was completed before."""
    sides = (RawSpiff(folder), ours.InProcess(folder))
    for side in sides:  # cases of their own warm the caches up
        side.start(CASES)
        _turns([(side, side.waiting())], {side.name: Seen()})
    for side in sides:
        side.start(CASES)
    tables: dict[str, Table] = {}
    for number in range(1, rounds + 1):
        table = tables[f"In process, SQLite, completion {number} of a case"] = {side.name: Seen() for side in sides}
        _turns([(side, side.waiting()) for side in sides], table)
    every = tables["In process, SQLite, every completion"] = {side.name: Seen() for side in sides}
    for name, seen in every.items():
        seen.rates = [rate for table in tables.values() for rate in table[name].rates]
        seen.costs = [cost for table in tables.values() for cost in table[name].costs]
    return tables


def _turns(sides: list[tuple[RawSpiff | ours.InProcess, list[str]]], table: Table) -> None:
    """Let each side complete a few of its cases, in turns."""
    for start in range(0, CASES, TURN):
        for side, waiting in sides:
            began, cpu = perf_counter(), process_time()
            for each in waiting[start : start + TURN]:
                side.complete(each)
            table[side.name].add(TURN, perf_counter() - began, process_time() - cpu)


def over_http(rounds: int, folder: Path) -> dict[str, Table]:
    """The route against the bare ones."""
    with ExitStack() as stack:
        url = stack.enter_context(server())
        database = serving.postmaster(url)
        bare = bare_flask.prepare(create_engine(url), CASES)
        app = ours.installation(url, folder)
        ours.start(app, CASES)
        token = ours.log_in(app)
        with app.transaction() as tx:
            tx.execute(text("ANALYZE"))  # as autovacuum does a minute later, for both
        sides: dict[str, tuple[int, int, Callable[[], list[str]]]] = {}
        for name, factory in BARE.items():
            port = serving.free_port()
            command = serving.granian(factory, port)
            process = stack.enter_context(serving.serving(command, {bare_flask.URL: url}, port))
            sides[name] = (port, process, lambda: bare)
        port = serving.free_port()
        command = ["-m", "api", "web", "--workers", str(serving.WORKERS)]
        process = stack.enter_context(serving.serving(command, ours.environment(app, port), port))
        sides["Bihuan over HTTP"] = (port, process, lambda: ours.open_paths(app))
        table = {name: Seen() for name in sides}
        for number in range(rounds + 1):
            for name, (port, process, paths) in sides.items():
                wanted, before = paths(), serving.cpu_seconds(process, database)
                seconds = post_all(port, wanted, '{"variables": {"done": false}}', token)
                if number:
                    table[name].add(len(wanted), seconds, serving.cpu_seconds(process, database) - before)
        app.close()
        return {"HTTP, PostgreSQL, 8 clients": table}


def report(title: str, table: Table) -> None:
    """Print a Markdown table; the first row is the floor that the others are compared with."""
    print(f"\n| {title} | completions/s | of the first | CPU ms each | of the first |\n|---|---|---|---|---|")
    first = next(iter(table.values()))
    floor, cost = statistics.median(first.rates), statistics.median(first.costs)
    for name, seen in table.items():
        rate, cpu = statistics.median(seen.rates), statistics.median(seen.costs)
        spread = f"{min(seen.rates):,.0f}–{max(seen.rates):,.0f}"
        print(f"| {name} | {rate:,.0f} ({spread}) | {rate / floor:.2f} | {cpu:.2f} | {cpu / cost:.2f} |")


def main(rounds: int, only: str | None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder:
        for measure in (in_process, over_http):
            for title, table in measure(rounds, Path(folder)).items() if only in (None, measure.__name__) else ():
                report(title, table)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", choices=(in_process.__name__, over_http.__name__))
    chosen = options.parse_args()
    main(chosen.rounds, chosen.only)
