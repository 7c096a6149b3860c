"""What an import of a long ledger costs: seconds and memory to check and to write it, and how others fare beside it.

    .venv/bin/python -m bench.imports [--rows 5000] [--seconds 3600] [--sqlite] [--no-fsync]

A sheet of so many rows, half of them closed on paper, half open (each starts a case). Real processes: one scheduler
writes the rows; the sheet is checked in this process, as a web worker does it. Meanwhile somebody edits the file of a
place, ten times a second, as before on the idle machine. Progress is read as the pages read it. After so many
seconds of writing it stops and tells the rate so far. *CPU* is all of it: this process with the edits, the scheduler
with its start, the database.
"""

import argparse
import io
import os
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic, perf_counter
from typing import Any

import openpyxl

from api.compose import compose
from bench import serving
from bench.ours import SECRET
from engine.app import App
from engine.bpm import definitions
from engine.bpm.viewer import Viewer
from engine.campaign import ledger_import, places
from engine.campaign.demo.load import diagrams
from engine.campaign.demo.registers import write_registers
from engine.schema import migrate
from engine.settings import Settings
from tests.chaos.crew import crew
from tests.postgres import CRASH_SAFE, DURABLE, server

ROOT = Viewer("system", admin=True)
QUIET, THINK, LOOK = 5.0, 0.1, 0.5  # seconds on the idle machine, between two edits, between two looks
HEAD = ["编号", "发现时间", "单位名称", "隐患类别", "隐患描述", "整改时限", "责任人", "整改完成时间"]


def sheet(rows: int, names: list[str], today: date) -> bytes:
    """A ledger of so many rows about these places, every other one closed."""
    book = openpyxl.Workbook(write_only=True)
    page: Any = book.create_sheet("隐患台账")
    page.append(HEAD)
    for number in range(rows):
        found = today - timedelta(days=300 - number % 280)
        closed = found + timedelta(days=5) if number % 2 else None
        text = f"插线板串接，第 {number} 处"
        page.append([number, found, names[number % len(names)], "RF-05", text, found + timedelta(days=7), "甲", closed])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@contextmanager
def installation(url: str, folder: Path) -> Iterator[App]:
    """With the sample registers and processes."""
    app = compose(Settings(url, folder, secret_key=SECRET))
    migrate(app)
    write_registers(app, password_hash="!")
    definitions.deploy(app, diagrams(), by="system")
    yield app
    app.close()


class Editor:
    """Somebody who edits a place at a pace; ``took`` are the seconds of each edit."""

    def __init__(self, app: App) -> None:
        self._app, self._id = app, places.list_places(app, ROOT, size=1).items[0].id
        self._revision = places.show(app, self._id, viewer=ROOT).revision

    def until(self, over: Callable[[], bool]) -> list[float]:
        """Go on until it is over."""
        took: list[float] = []
        while not over():
            began = perf_counter()
            phone = {"phone": f"1380000{self._revision:04d}"}
            place = places.update(self._app, self._id, phone, revision=self._revision, viewer=ROOT)
            took.append(perf_counter() - began)
            self._revision = place.revision
            Event().wait(THINK)
        return took


def beside(editor: Editor, work: Callable[[], Any]) -> tuple[Any, float, list[float]]:
    """What the work answers, its seconds, and those of the edits meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        began = monotonic()
        working = pool.submit(work)
        took = editor.until(working.done)
        return working.result(), monotonic() - began, took


def follow(app: App, id: str, seconds: float) -> tuple[int, int]:
    """Wait until an import is finished, or so long; answers how many rows are done and at how many looks it had come
    further.
    """
    seen, until = [0], monotonic() + seconds
    while (now := ledger_import.show(app, id, viewer=ROOT)).status == "running" and monotonic() < until:
        seen.append(now.done)
        Event().wait(LOOK)
    if now.counts.get("failed"):
        raise RuntimeError(str(now.counts))
    return now.done, sum(one > before for before, one in pairwise(seen))


def highest(process: int) -> int:
    """The most memory a process ever had, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def main(rows: int, seconds: float, url: str, folder: Path, database: list[int]) -> None:
    """Measure and print."""
    with installation(url, folder) as app:
        names = [place.name for place in places.list_places(app, ROOT, size=50).items]
        content = sheet(rows, names, app.clock().date())
        editor, idle = Editor(app), monotonic() + QUIET
        quiet = editor.until(lambda: monotonic() > idle)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        cpu = [serving.cpu_seconds(os.getpid(), *database)]
        made, checking, checked = beside(
            editor, lambda: ledger_import.create(app, content, filename="台账.xlsx", viewer=ROOT)
        )
        cpu.append(serving.cpu_seconds(os.getpid(), *database))
        _, starting, started = beside(editor, lambda: ledger_import.start(app, made.id, viewer=ROOT))
        cpu.append(serving.cpu_seconds(os.getpid(), *database))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - before
        print(f"| measured on {app.engine.dialect.name} | seen |\n|---|---|")
        print(f"| {rows:,} rows read and checked (the upload) | {checking:.1f} s, {grown} MiB more in the web worker |")
        print(f"| checked again and started | {starting:.1f} s |", flush=True)
        with crew(app.settings, Random(1), webs=0, workers=0, schedulers=1) as hands:
            (done, looks), writing, busy = beside(editor, lambda: follow(app, made.id, seconds))
            memory = highest(hands.schedulers[0].pid)
            cpu.append(serving.cpu_seconds(os.getpid(), *database))
    spent = [after - earlier for earlier, after in pairwise(cpu)]
    print("| CPU: upload, start, writing | " + " + ".join(f"{each:.1f}" for each in spent) + f" = {sum(spent):.1f} s |")
    print(
        f"| {done:,} rows written, 1 scheduler | {writing:.0f} s, {done / writing:.1f} rows/s; "
        f"scheduler at most {memory} MiB |"
    )
    print(f"| progress | came further at {looks} looks, one each {LOOK} s |")
    for title, took in (("idle", quiet), ("upload", checked), ("start", started), ("writing", busy)):
        if took:
            shown = f"median {statistics.median(took) * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms"
            print(f"| an edit by somebody else: {title} | {shown} |")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=5_000)
    options.add_argument("--seconds", type=float, default=3_600)
    options.add_argument("--sqlite", action="store_true")
    options.add_argument("--no-fsync", action="store_true", help="where many share the disk")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as home:
        postgres = server(CRASH_SAFE if chosen.no_fsync else DURABLE)
        with nullcontext(f"sqlite:///{home}/bench.sqlite3") if chosen.sqlite else postgres as address:
            processes = [] if chosen.sqlite else [serving.postmaster(address)]
            main(chosen.rows, chosen.seconds, address, Path(home), processes)
