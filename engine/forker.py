"""Bounded computations for a process with threads: a process beside it, which has one thread, forks for it.

To fork a process with threads is dangerous: the child may hold a lock that nobody releases. So a second Python is
started once, when it is first needed; it keeps what computations import, and forks a child for each (`engine.bounded`).
It ends when the process that started it ends, however that happens: its standard input is closed then.
"""

import atexit
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO

from engine.bounded import STANDARD, Compute, Limits, OutOfBounds, bounded, died, out_of_time
from engine.errors import Unavailable

WAIT = 3.0  # seconds in which another computation may make room for this one
START = 60.0  # seconds that the forker itself may take, above all to start on a busy machine
_ANSWER, _REFUSAL = b"=", b"!"
_HEAD = 8  # bytes that give the length of a message


class Forker:
    """The process beside this one; started when it is needed, and again when it died."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def answer(self, compute: Compute, limits: Limits = STANDARD, *, patience: float | None = None) -> str:
        """The JSON text of `compute(tick)`, which can be pickled. Raises OutOfBounds; Unavailable when others are being
        computed for as long as the caller has ``patience`` (seconds; ``WAIT`` unless told otherwise).
        """
        request = pickle.dumps((compute, limits))
        if not self._turn.acquire(timeout=WAIT if patience is None else patience):
            raise Unavailable(
                "正在检查别的文件，请过几秒再试。", en="Other files are being checked; try again in a few seconds."
            )
        try:
            received = self._ask(request, limits.wall + START)
        finally:
            self._turn.release()
        if received[:1] == _ANSWER:
            return received[1:].decode()
        message, en = json.loads(received[1:])
        raise OutOfBounds(message, en=en)

    def close(self) -> None:
        """End the process beside this one."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            _end(process)

    def _ask(self, request: bytes, seconds: float) -> bytes:
        process = self._started()
        assert process.stdin is not None and process.stdout is not None  # both are pipes
        try:
            process.stdin.write(len(request).to_bytes(_HEAD, "big") + request)
            process.stdin.flush()
            if select.select([process.stdout], [], [], seconds)[0]:
                return _message(process.stdout)
            reason = out_of_time()
        except (OSError, EOFError):
            reason = died(1)
        self.close()
        raise reason

    def _started(self) -> "subprocess.Popen[bytes]":
        """The running process; a process that was forked off with ours belongs to the one that started it."""
        process = self._process
        if process is None or self._owner != os.getpid() or process.poll() is not None:
            self.close()
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "engine.forker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in sys.path)},
                start_new_session=True,  # Ctrl+C is for the program; and all of it can be killed together
            )
            self._process, self._owner = process, os.getpid()
        return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:  # otherwise its number may be that of another process by now
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it holds nothing that could be lost
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            pipe.close()  # type: ignore[union-attr]


def _message(stream: IO[bytes]) -> bytes:
    """One whole message. Raises EOFError when the other side is gone."""
    head = stream.read(_HEAD)
    content = stream.read(int.from_bytes(head, "big"))
    if len(head) < _HEAD or not content:
        raise EOFError
    return content


def _serve() -> None:
    """The life of the process beside: one request after the other, each in a child of its own."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # whatever a computation prints is no answer
    while True:
        try:
            compute, limits = pickle.loads(_message(requests))  # written by the process that started us
        except EOFError:
            return
        try:
            content = _ANSWER + bounded(compute, limits).encode()
        except OutOfBounds as refused:
            content = _REFUSAL + json.dumps([refused.message, refused.en]).encode()
        answers.write(len(content).to_bytes(_HEAD, "big") + content)
        answers.flush()


FORKER = Forker()
atexit.register(FORKER.close)

if __name__ == "__main__":
    atexit.unregister(FORKER.close)
    _serve()
