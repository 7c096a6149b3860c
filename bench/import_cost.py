"""What writing the rows of an import costs in CPU, as a ratio to a floor of the same run.

    .venv/bin/python -m bench.import_cost [--rows 1000] [--kind ledger|places|visits] [--sqlite]

The rows are written by the verb that schedulers call, in this process. The floor are the very same rows, known
beforehand, written again into the same emptied tables with SQLAlchemy's executemany, a few hundred in a transaction:
nothing is checked, counted or decided. *CPU* is this process and the database together.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from bench import serving
from bench.imports import ROOT, installation, sheet
from engine.app import App
from engine.bpm.model import Event, Instance, Subscription, Task, TaskCandidate, Timer
from engine.campaign import ledger_import, places, sheet_kinds
from engine.campaign.case_model import Deadline, Finding, Hazard, Recheck, Reminder
from engine.campaign.exchange_model import ImportRow, LedgerEntry
from engine.campaign.model import Place, Visit
from engine.campaign.patrol_model import Patrol
from tests.postgres import CRASH_SAFE, server

TABLES = {
    sheet_kinds.LEDGER: (Instance, Hazard, Deadline, Reminder, Recheck, LedgerEntry, Finding, Task, TaskCandidate,
                         Timer, Subscription, Event),
    sheet_kinds.PLACES: (Place, Patrol), sheet_kinds.VISITS: (Visit,),
}  # what an import of each kind writes, in the order of their keys  # fmt: skip
PART = 500  # rows of one table in a transaction
Seen = tuple[float, float]  # seconds of CPU, seconds


def measured(work: Callable[[], Any], database: list[int]) -> Seen:
    """What it took."""
    began, cpu = perf_counter(), serving.cpu_seconds(os.getpid(), *database)
    work()
    return serving.cpu_seconds(os.getpid(), *database) - cpu, perf_counter() - began


def work_off(app: App) -> None:
    """As the scheduler does."""
    while ledger_import.work_next(app):
        pass


def write_again(app: App, rows: list[tuple[Table, list[dict[str, Any]]]]) -> None:
    """The floor."""
    for table, all_of_it in rows:
        for start in range(0, len(all_of_it), PART):
            with app.transaction() as tx:
                tx.execute(insert(table), all_of_it[start : start + PART])


def keys(app: App, table: Table) -> set[Any]:
    """What was there before."""
    with app.reading() as tx:
        return set(tx.scalars(select(next(iter(table.primary_key)))))


def new_rows(tx: Session, table: Table, before: set[Any]) -> list[dict[str, Any]]:
    """What came."""
    key = next(iter(table.primary_key)).name
    return [dict(row) for row in tx.execute(select(table)).mappings() if row[key] not in before]


def content_of(kind: str, rows: int, app: App, names: list[str]) -> bytes:
    """A sheet of this kind; of places, with names that nobody has yet."""
    if kind == sheet_kinds.LEDGER:
        return sheet(rows, names, app.clock().date())
    today = app.clock().date()
    if kind == sheet_kinds.PLACES:
        lines = [f"示例{rows}号店{number},餐饮,九小,GH-0{number % 2 + 1},某路 {number} 号" for number in range(rows)]
        return "\n".join(["单位名称,单位类型,场所类别,所属网格,地址", *lines]).encode()

    def line(number: int) -> str:
        at = f"{today - timedelta(days=1 + number % 300)} {8 + number // 300 % 10}:{rows % 60:02d}"
        return f"{at},{names[number % len(names)]},网格巡查,未发现问题,甲"

    return "\n".join(["检查时间,单位名称,检查类型,检查结果,检查人", *map(line, range(rows))]).encode()


def main(rows: int, kind: str, url: str, folder: Path, database: list[int]) -> None:
    """Measure and print."""
    written = [cast(Table, model.__table__) for model in TABLES[kind]]
    with installation(url, folder) as app:
        names = [place.name for place in places.list_places(app, ROOT, size=50).items]
        before = {table: keys(app, table) for table in written}
        for count in (50, rows):  # the first to read the diagrams and to compile the statements
            content = content_of(kind, count, app, names)
            name = f"{count}.{'xlsx' if kind == sheet_kinds.LEDGER else 'csv'}"
            made = ledger_import.create(app, content, filename=name, viewer=ROOT, kind=kind)
            ledger_import.start(app, made.id, viewer=ROOT, all_or_nothing=False)
            ours = measured(lambda: work_off(app), database)
        done = ledger_import.show(app, made.id, viewer=ROOT).counts["done"]
        with app.transaction() as tx:
            kept = [(table, new_rows(tx, table, before[table])) for table in written]
            for row in dict(kept).get(cast(Table, Hazard.__table__), ()):
                row["recurs"] = None  # a case of the same table, which may not be there yet
            tx.execute(update(ImportRow).values(place=None, visit=None))
            for table, new in reversed(kept):
                column = next(iter(table.primary_key))
                for start in range(0, len(new), PART):
                    tx.execute(delete(table).where(column.in_([row[column.name] for row in new[start : start + PART]])))
        floor = measured(lambda: write_again(app, kept), database)
        share = done / (done + 50)  # of the floor, which also wrote what warmed up
        print(f"| {app.engine.dialect.name}, {done:,} rows | CPU ms a row | rows/s of CPU | ratio |\n|---|---|---|---|")
        for name, (cpu, _), part in (("the same rows by executemany", floor, share), ("the import", ours, 1.0)):
            each = cpu * part / done
            print(f"| {name} | {1000 * each:.2f} | {1 / each:,.0f} | {each * done / floor[0] / share:.1f} |")
        print(f"\nBy the clock the import wrote {done / ours[1]:,.0f} rows/s.")


@contextmanager
def database_of(sqlite: bool, home: str) -> Iterator[tuple[str, list[int]]]:
    """Its address and the processes that are the database."""
    here = nullcontext(f"sqlite:///{home}/bench.sqlite3")
    with here if sqlite else server(CRASH_SAFE) as address:
        yield address, [] if sqlite else [serving.postmaster(address)]


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000)
    options.add_argument("--kind", choices=list(TABLES), default=sheet_kinds.LEDGER)
    options.add_argument("--sqlite", action="store_true")
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bihuan-bench-") as home,
        database_of(chosen.sqlite, home) as (address, processes),
    ):
        main(chosen.rows, chosen.kind, address, Path(home), processes)
