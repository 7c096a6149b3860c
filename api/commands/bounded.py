"""Computes an answer in a child process with limited time and memory, so that no file can hang or fill this machine."""

import gc
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from typing import Any

from engine.bpm.play import OutOfTime

SOFT_SECONDS = 12  # then the child stops by itself and shows what it has reached
HARD_SECONDS = 16  # then it is killed; with start-up that stays below 20 seconds
MEMORY_BYTES = 4 * 1024**3
_TICK, _ANSWER = b".", b"="

Compute = Callable[[Callable[[], None]], Any]


def bounded(compute: Compute, otherwise: Callable[[str], Any]) -> str:
    """The JSON text of `compute(tick)`; of `otherwise(reason)` when the child was too slow, too big or crashed.

    Each call of `tick` gives the child its full time again: it says that a step the caller asked for begins.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()  # what is loaded so far stays shared with the child instead of being copied by its garbage collector
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(compute, writer)
    os.close(writer)
    received, in_time = _receive(reader)
    os.close(reader)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, ending = os.waitpid(child, 0)
    _, found, answer = received.partition(_ANSWER)
    if found and in_time and ending == 0:
        return answer.decode()
    reason = "时间用完了，文件或场景太复杂。" if not in_time else "计算进程异常退出，可能是内存不够。"
    return json.dumps(otherwise(reason), ensure_ascii=False)


def _receive(reader: int) -> tuple[bytes, bool]:
    """Everything the child sends, and whether it kept within the time."""
    parts: list[bytes] = []
    while select.select([reader], [], [], HARD_SECONDS)[0]:
        part = os.read(reader, 1 << 20)
        if not part:
            return b"".join(parts), True
        parts.append(part)
    return b"", False


def _work(compute: Compute, writer: int) -> None:
    """The child's life: limits, the computation, one answer; it never returns."""
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        signal.signal(signal.SIGALRM, _out_of_time)
        tick = _ticker(writer)
        tick()
        answer = compute(tick)
        signal.setitimer(signal.ITIMER_REAL, 0)
        text = json.dumps(answer, ensure_ascii=False, default=str)
        _send(writer, _ANSWER + text.encode("utf-8", "replace"))
        code = 0
    except (Exception, OutOfTime) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _ticker(writer: int) -> Callable[[], None]:
    def tick() -> None:
        signal.setitimer(signal.ITIMER_REAL, SOFT_SECONDS)
        _send(writer, _TICK)

    return tick


def _send(writer: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(writer, view) :]


def _out_of_time(_signal: int, _frame: object) -> None:
    raise OutOfTime
