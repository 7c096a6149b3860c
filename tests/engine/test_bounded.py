"""Computations in limited time and memory, forked from a command or from the process beside a program with threads."""

import json
import mmap
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.bounded import Limits, OutOfBounds, OutOfTime, bounded
from engine.errors import Unavailable
from engine.forker import Forker

Tick = Callable[[], None]
Bounds = Callable[..., str]
ROOT = Path(__file__).parents[2]
SOON = Limits(soft=0.1, hard=0.3)


def answer(_tick: Tick) -> dict[str, Any]:
    print("what is printed is no answer")
    return {"zh": "好", "pid": os.getpid(), "long": "长" * 1_000_000}


def for_ever(_tick: Tick) -> None:
    while True:
        pass


def for_ever_in_c(_tick: Tick) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_IGN)  # as in a loop of a library, where no Python runs
    while True:
        pass


def in_steps(tick: Tick) -> int:
    for _ in range(3):
        tick()
        deadline = signal.getitimer(signal.ITIMER_PROF)[0]
        while signal.getitimer(signal.ITIMER_PROF)[0] > deadline / 2:
            pass
    return 3


def waiting_longer_than_it_may_compute(_tick: Tick) -> str:
    """As on a machine where others are computing: time goes by, and this child does nothing."""
    select.select([], [], [], 4 * SOON.hard)
    return "done"


def waiting_for_nothing(_tick: Tick) -> None:
    select.select([os.pipe()[0]], [], [])


def too_big(_tick: Tick) -> int:
    return len(bytearray(3 * 1024**3))


def dying(_tick: Tick) -> None:
    os._exit(9)


def failing(_tick: Tick) -> None:
    raise ZeroDivisionError


def waiting_for(gate: str, _tick: Tick) -> str:
    with open(gate) as opened:  # a named pipe: the test says when
        return opened.read()


@pytest.fixture
def forker() -> Iterator[Forker]:
    made = Forker()
    yield made
    made.close()


@pytest.fixture(params=["command", "beside"])
def bounds(request: pytest.FixtureRequest, forker: Forker) -> Bounds:
    return bounded if request.param == "command" else forker.answer


def test_an_answer_comes_back_whole_from_another_process(bounds: Bounds) -> None:
    found = json.loads(bounds(answer))
    assert (found["zh"], len(found["long"])) == ("好", 1_000_000)
    assert found["pid"] != os.getpid()
    assert json.loads(bounds(answer))["pid"] != found["pid"]


@pytest.mark.parametrize(
    ("compute", "limits", "words"),
    [
        (for_ever, Limits(soft=0.2), ("时间用完了", "Out of time")),
        (for_ever_in_c, SOON, ("时间用完了", "Out of time")),
        (waiting_for_nothing, Limits(wall=0.2), ("时间用完了", "Out of time")),
        (too_big, Limits(memory=2 * 1024**3), ("内存用完了", "Out of memory")),
        (dying, Limits(), ("异常退出", "died")),
        (failing, Limits(), ("异常退出", "died")),
    ],
)
def test_what_takes_too_much_is_given_up_with_a_reason(
    bounds: Bounds, compute: Callable[[Tick], Any], limits: Limits, words: tuple[str, str]
) -> None:
    with pytest.raises(OutOfBounds) as given_up:
        bounds(compute, limits)
    assert words[0] in given_up.value.message and "请" in given_up.value.message
    assert words[1] in given_up.value.en
    assert json.loads(bounds(answer))["zh"] == "好"


def test_what_the_program_has_mapped_is_not_counted() -> None:
    small = Limits(memory=1024**3)
    with mmap.mmap(-1, 3 * small.memory):
        assert json.loads(bounded(answer, small))["zh"] == "好"


def test_each_step_that_was_asked_for_has_the_full_time(bounds: Bounds) -> None:
    assert bounds(in_steps, Limits(soft=0.3)) == "3"


def test_what_counts_is_what_the_child_computes_not_how_long_a_busy_machine_takes_for_it(bounds: Bounds) -> None:
    assert bounds(waiting_longer_than_it_may_compute, SOON) == '"done"'


def test_running_out_of_time_passes_every_handler_of_errors() -> None:
    assert not issubclass(OutOfTime, Exception)


def test_no_child_is_left_behind(forker: Forker) -> None:
    for compute in (for_ever, dying):
        with pytest.raises(OutOfBounds):
            forker.answer(compute, Limits(soft=0.1, hard=0.2))
    assert forker._process is not None
    children = Path(f"/proc/{forker._process.pid}/task/{forker._process.pid}/children")
    assert children.read_text() == ""


def test_a_forker_that_was_killed_is_started_again(forker: Forker) -> None:
    forker.answer(answer)
    assert forker._process is not None
    os.kill(forker._process.pid, signal.SIGKILL)
    forker._process.wait()
    assert json.loads(forker.answer(answer))["zh"] == "好"


def test_threads_take_turns_and_one_that_waits_too_long_is_told(
    forker: Forker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = str(tmp_path / "gate")
    os.mkfifo(gate)
    found: list[str] = []
    first = threading.Thread(target=lambda: found.append(forker.answer(partial(waiting_for, gate))))
    first.start()
    with open(gate, "w") as opened:  # the first is being computed now
        monkeypatch.setattr("engine.forker.WAIT", 0.01)
        with pytest.raises(Unavailable, match="过几秒再试"):
            forker.answer(answer)
        monkeypatch.setattr("engine.forker.WAIT", 10)
        second = threading.Thread(target=lambda: found.append(json.loads(forker.answer(answer))["zh"]))
        second.start()
        opened.write("一")
    first.join()
    second.join()
    assert found == ['"一"', "好"]


def test_the_forker_ends_with_the_program_even_when_that_is_killed() -> None:
    program = (
        "import os, signal\nfrom engine.forker import FORKER\nfrom tests.engine.test_bounded import answer\n"
        "FORKER.answer(answer)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
    )
    # Its standard error is inherited by the forker: `run` returns only when that has ended, too.
    assert ran.returncode == -signal.SIGKILL
