"""How fast one completed task is, as a ratio to what else could be done on the same machine in the same run.

    .venv/bin/python -m bench.step [--rounds 5]

In process, against (a): SpiffWorkflow alone: load the state from a row, complete the task, save it. Over HTTP, against
(b): a bare Flask route that updates one row and inserts one. Both sides of a ratio use SQLite with the same settings;
both HTTP sides the same server, threads and client. The sides take turns in each round, and medians are printed.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from bench.bare_flask import BareFlask
from bench.ours import InProcess, OverHttp
from bench.raw_spiff import RawSpiff

CASES = 200  # waiting cases in a round; one task of each is completed


def main(rounds: int) -> None:
    """Measure, then print medians and ratios."""
    seen: dict[str, list[float]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-bench-")))
        raw, in_process = RawSpiff(folder), InProcess(folder)
        bare = stack.enter_context(BareFlask(folder))
        over_http = stack.enter_context(OverHttp(in_process))
        for number in range(rounds + 1):
            for side in (raw, in_process, bare, over_http):
                complete_all = side.prepare(CASES)
                rate = CASES / _seconds(complete_all)
                if number:  # the round before warms the caches up
                    seen.setdefault(side.name, []).append(rate)
    for name, rates in seen.items():
        print(f"{name:28} {statistics.median(rates):6.0f} completions/s   ({min(rates):.0f} to {max(rates):.0f})")
    for ours, other in ((in_process, raw), (over_http, bare)):
        ratio = statistics.median(seen[ours.name]) / statistics.median(seen[other.name])
        print(f"{ours.name} / {other.name}: {ratio:.2f}")


def _seconds(act: Callable[[], None]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    main(options.parse_args().rounds)
