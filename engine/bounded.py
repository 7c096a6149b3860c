"""Computes an answer in a forked child with limited time and memory, so that no file can hang or fill this machine.

Time is what the child computes (processor time), so that a busy machine gives up nothing that a quiet one finishes; how
long that takes by the clock on the wall is bounded, too, but far beyond it. Only for a process with one thread, such as
a command; `engine.forker` does it for all others.
"""

import gc
import json
import math
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import TooLarge

_TICK, _ANSWER = b".", b"="
_OUT_OF_MEMORY, _OUT_OF_TIME = 3, 4  # exit codes

Compute = Callable[[Callable[[], None]], Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a computation may take; on a machine that has time for it, it is over with start-up within 20 seconds."""

    soft: float = 12.0  # seconds of the processor, then the child stops by itself and shows what it has reached
    hard: float = 16.0  # seconds of the processor (whole ones, rounded up), then the kernel ends it
    wall: float = 300.0  # seconds in which it may not be heard of: a machine so busy, or a child that waits for nothing
    memory: int = 4 * 1024**3  # bytes beyond what is mapped already: a database may be read as memory


STANDARD = Limits()


class OutOfTime(BaseException):
    """The time of this step is over. No `except Exception` on the way may take it for a failing element."""


class OutOfBounds(TooLarge):
    """A computation took too long or too much memory, and was given up."""


def bounded(compute: Compute, limits: Limits = STANDARD) -> str:
    """The JSON text of `compute(tick)`. Raises OutOfBounds when the child was too slow, too big or died.

    Each call of `tick` gives the child its full time again: it says that a step the caller asked for begins.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()  # what is loaded so far stays shared with the child instead of being copied by its garbage collector
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(compute, writer, limits)
    os.close(writer)
    received, in_time = _receive(reader, limits.wall)
    os.close(reader)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, ending = os.waitpid(child, 0)
    _, found, answer = received.partition(_ANSWER)
    if found and in_time and ending == 0:
        return answer.decode()
    code = os.waitstatus_to_exitcode(ending)
    raise out_of_time() if not in_time or code in (_OUT_OF_TIME, -signal.SIGXCPU) else died(code)


def out_of_time() -> OutOfBounds:
    """It took longer than it may."""
    return OutOfBounds(
        "时间用完了：文件或场景太复杂，请拆分或简化。",
        en="Out of time: the file or scenario is too complex; split or simplify it.",
    )


def died(code: int) -> OutOfBounds:
    """It ended without an answer."""
    if code == _OUT_OF_MEMORY:
        return OutOfBounds(
            "内存用完了：文件或场景太大，请拆分或简化。",
            en="Out of memory: the file or scenario is too large; split or simplify it.",
        )
    return OutOfBounds(
        "计算进程异常退出，可能是内存不够，请拆分或简化文件。",
        en="The computing process died, perhaps for lack of memory; split or simplify the file.",
    )


def _receive(reader: int, seconds: float) -> tuple[bytes, bool]:
    """Everything the child sends, and whether it kept within the time."""
    parts: list[bytes] = []
    while select.select([reader], [], [], seconds)[0]:
        part = os.read(reader, 1 << 20)
        if not part:
            return b"".join(parts), True
        parts.append(part)
    return b"", False


def _work(compute: Compute, writer: int, limits: Limits) -> None:
    """The child's life: limits, the computation, one answer; it never returns."""
    code = 1
    try:
        memory = _mapped() + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGPROF, _out_of_time)
        tick = _ticker(writer, limits)
        tick()
        answer = compute(tick)
        signal.setitimer(signal.ITIMER_PROF, 0)
        text = json.dumps(answer, ensure_ascii=False, default=str)
        _send(writer, _ANSWER + text.encode("utf-8", "replace"))
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except OutOfTime:
        code = _OUT_OF_TIME
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _mapped() -> int:
    pages, *_ = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(pages) * resource.getpagesize()


def _ticker(writer: int, limits: Limits) -> Callable[[], None]:
    _, most = resource.getrlimit(resource.RLIMIT_CPU)  # what the machine itself may have set for us

    def tick() -> None:
        signal.setitimer(signal.ITIMER_PROF, limits.soft)
        until = math.ceil(time.process_time() + limits.hard)
        resource.setrlimit(resource.RLIMIT_CPU, (until if most == resource.RLIM_INFINITY else min(until, most), most))
        _send(writer, _TICK)

    return tick


def _send(writer: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(writer, view) :]


def _out_of_time(_signal: int, _frame: object) -> None:
    raise OutOfTime
