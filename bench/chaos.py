"""Many processes over one database, killed and restarted at random for a long time; the oracle of tests/chaos judges.

    .venv/bin/python -m bench.chaos [--cases 2000] [--blows 60] [--seed 1] [--only postgresql|sqlite]

PostgreSQL: 4 web workers in two servers and 3 schedulers, and the database server itself is restarted as after a crash.
SQLite: one of each. Exits with 1 when a promise was broken; each is printed.
"""

import argparse
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random

from tests.chaos.run import Outcome, Size, run
from tests.postgres import CRASH_SAFE, server


def report(kind: str, size: Size, outcome: Outcome) -> None:
    """Print what was done, what was checked and what was found."""
    found, memory = outcome.found, outcome.memory
    timers = Counter(timer.status for timer in found.timers)
    sent = Counter(notice.status for notice in found.notices)
    rows = {
        "processes": f"{size.webs} × {size.workers} web workers, {size.schedulers} schedulers",
        "killed or restarted": ", ".join(f"{count} × {whom}" for whom, count in sorted(outcome.blows.items())),
        "answers by status (0: none)": ", ".join(
            f"{status}: {count}" for status, count in sorted(memory.answers.items())
        ),
        "cases begun, each confirmed one is there once": f"{len(found.cases)}",
        "acts confirmed, each is there once": f"{sum(memory.done.values())} of {sum(memory.acts.values())} tried",
        "timers fired, each due rung once and at its moment": f"{timers['fired']}",
        "messages, each received once": f"{len(found.messages)}",
        "notices, one for each rung, arrived once by their ids": f"{len(found.notices)} ({sent['sent']} sent)",
        "events, each thing once and after its beginning": f"{sum(map(len, found.events.values()))}",
        "incidents": f"{len(found.incidents)}",
        "seconds": f"{outcome.seconds:.0f}",
        "broken promises": f"{len(outcome.wrong)}",
    }
    print(f"\n| {kind} | |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    for words in outcome.wrong[:50]:
        print(f"  ! {words}")


def main(cases: int, blows: int, seed: int, only: str | None) -> int:
    """Run and print; answers the exit code."""
    wrong = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-chaos-")))
        if only != "sqlite":
            size = Size(cases=cases, webs=2, workers=2, schedulers=3, blows=blows)
            outcome = run(stack.enter_context(server(CRASH_SAFE)), folder / "postgresql", size, Random(seed))
            report("PostgreSQL", size, outcome)
            wrong += len(outcome.wrong)
        if only != "postgresql":
            size = Size(cases=cases // 4, webs=1, workers=1, schedulers=1, blows=blows // 2)
            outcome = run(f"sqlite:///{folder / 'chaos.sqlite3'}", folder / "sqlite", size, Random(seed))
            report("SQLite", size, outcome)
            wrong += len(outcome.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=2000)
    options.add_argument("--blows", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", choices=("postgresql", "sqlite"))
    chosen = options.parse_args()
    sys.exit(main(chosen.cases, chosen.blows, chosen.seed, chosen.only))
