"""How long a campaign takes to simulate: the shipped hazard process with its plan, in case-days for each second.

    .venv/bin/python -m bench.simulate [--cases 400] [--days 90]

Two floors are taken in the same run: the engine's own steps (what is above them are queues, people and counting), and
SpiffWorkflow alone that loads, completes and saves a case of `bench/loop.bpmn`, which no change of ours makes cheaper.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from api.commands.authoring import FUNCTIONS, campaign_operators
from api.commands.sources import process_files, scenario
from bench.raw_spiff import RawSpiff
from engine.bpm.simulation import simulate
from engine.bpm.spiff import run

BPMN = Path(__file__).parents[1] / "bpmn"


class Steps:
    """The engine's commands with a clock around them."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0
        for name in ("start", "advance", "complete", "deliver"):
            setattr(run, name, self._timed(getattr(run, name)))

    def _timed(self, command: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            began = process_time()
            try:
                return command(*given, **named)
            finally:
                self.count, self.seconds = self.count + 1, self.seconds + process_time() - began

        return timed


def main(cases: int, days: int) -> None:
    """Simulate once to warm up and once to measure, then print."""
    files = process_files([BPMN / "hazard/hazard.bpmn", BPMN])
    plan = scenario(BPMN / "hazard/simulation.yaml")
    steps = Steps()
    for count in (min(cases, 20), cases):
        steps.count, steps.seconds, began = 0, 0.0, process_time()
        answer = simulate(files, plan, cases=count, days=days, functions=FUNCTIONS, operators=campaign_operators())
        seconds = process_time() - began
    case_days, passed = answer["case_days"], sum(answer["elements"].values())
    print(f"{case_days:.0f} case-days, {steps.count} steps, {passed} elements passed, in {seconds:.1f} s of CPU")
    print(f"{case_days / seconds:.0f} case-days/s; 10,000 case-days: {10_000 * seconds / case_days:.1f} s")
    print(f"simulation / engine steps alone: {seconds / steps.seconds:.2f}")
    floor = spiff_step()
    print(
        f"one element / one completion by SpiffWorkflow alone: {seconds / passed / floor:.3f} ({floor * 1000:.2f} ms)"
    )


def spiff_step() -> float:
    """CPU seconds of one completion by SpiffWorkflow alone, the median of several turns."""
    with TemporaryDirectory(prefix="bihuan-bench-") as folder:
        side = RawSpiff(Path(folder))
        side.start(300)
        turns = []
        waiting = side.waiting()
        for begin in range(0, 300, 20):
            began = process_time()
            for each in waiting[begin : begin + 20]:
                side.complete(each)
            turns.append((process_time() - began) / 20)
        return median(turns)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=400)
    options.add_argument("--days", type=int, default=90)
    given = options.parse_args()
    main(given.cases, given.days)
