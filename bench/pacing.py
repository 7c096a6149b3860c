"""People who complete tasks over HTTP at a pace, as they did before on the idle machine."""

import http.client
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import perf_counter

from tests.chaos.crew import Crew

PEOPLE, THINK = 4, 0.1  # clients, and seconds between an answer and the next request of each


class Requests:
    """People who complete tasks at a pace; the seconds each answer took."""

    def __init__(self, hands: Crew, token: str, paths: list[str]) -> None:
        self._port, self._paths = hands.ports[0], iter(paths)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def until(self, over: Callable[[], bool]) -> list[float]:
        """Go on until it is over."""
        with ThreadPoolExecutor(PEOPLE) as pool:
            return [each for took in pool.map(lambda _: self._one(over), range(PEOPLE)) for each in took]

    def _one(self, over: Callable[[], bool]) -> list[float]:
        line, took, pause = http.client.HTTPConnection("127.0.0.1", self._port), [], Event()
        while not over():
            began = perf_counter()
            line.request("POST", next(self._paths), '{"variables": {"done": false}}', self._headers)
            answer = line.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {content.decode()}")
            took.append(perf_counter() - began)
            pause.wait(THINK)
        line.close()
        return took
