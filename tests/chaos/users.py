"""People with phones: they start cases and finish tasks over HTTP, and repeat with the same key what got no answer."""

import http.client
import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from threading import Event, Lock
from typing import Any
from uuid import uuid4

ANSWER_IN = 20  # seconds
NO_ANSWER = 0


@dataclass
class Memory:
    """What people know afterwards: what they tried, and what was confirmed to them."""

    cases: int
    tried: set[str] = field(default_factory=set)  # business keys of cases
    begun: set[str] = field(default_factory=set)
    acts: Counter[str] = field(default_factory=Counter)  # task → attempts to finish it
    done: Counter[str] = field(default_factory=Counter)  # task → confirmations with keys of their own
    answers: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)  # answers that nobody should ever get
    lock: Lock = field(default_factory=Lock)

    @property
    def confirmed(self) -> int:
        """How much was confirmed to them so far."""
        return len(self.begun) + sum(self.done.values())


class Person:
    """One of them; ``live`` is the whole story."""

    def __init__(self, memory: Memory, ports: list[int], token: str, draw: Random, end: Event) -> None:
        self._memory, self._ports, self._draw, self._end = memory, ports, draw, end
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._line: http.client.HTTPConnection | None = None

    def live(self) -> None:
        """Start a case while there are too few, else finish a task; until the end."""
        while not self._end.is_set():
            if not (self._start_one() or self._finish_one()):
                self._end.wait(0.1)
        if self._line:
            self._line.close()

    def _start_one(self) -> bool:
        with self._memory.lock:
            if len(self._memory.begun) >= self._memory.cases:
                return False
            name = uuid4().hex
            self._memory.tried.add(name)
        while not self._end.is_set():
            status, _ = self._ask("POST", "/instances", {"definition": "case", "business_key": name}, name)
            if status == 201:
                with self._memory.lock:
                    self._memory.begun.add(name)
            if status not in (NO_ANSWER, 503):
                return True
        return True

    def _finish_one(self) -> bool:
        status, page = self._ask("GET", "/tasks?size=50&sort=-created_at")
        if status != 200 or not page["items"]:
            return False
        task, key = self._draw.choice(page["items"])["id"], uuid4().hex
        with self._memory.lock:
            self._memory.acts[task] += 1
        while not self._end.is_set():
            status, _ = self._ask("POST", f"/tasks/{task}/complete", {"variables": {}}, key)
            if status == 200:
                with self._memory.lock:
                    self._memory.done[task] += 1
            if status not in (NO_ANSWER, 503):
                return True
        return True

    def _call(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._draw.choice(self._ports), timeout=ANSWER_IN)

    def _ask(self, method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        try:
            self._line = self._line or self._call()
            self._line.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
            answer = self._line.getresponse()
            status, text = answer.status, answer.read()
            found = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError):
            if self._line:
                self._line.close()
            self._line, status, found, text = None, NO_ANSWER, None, b""
            self._end.wait(0.1)
        with self._memory.lock:
            self._memory.answers[status] += 1
            if status not in (NO_ANSWER, 200, 201, 404, 409, 503):
                self._memory.odd.append(f"{method} {path}: {status} {text.decode()[:300]}")
        return status, found
