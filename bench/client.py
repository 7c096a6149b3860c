"""An HTTP server on a free port and a client that posts to it, the same for both HTTP sides."""

import http.client
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import waitress
from flask import Flask

THREADS = 8


@contextmanager
def serving(web: Flask) -> Iterator[int]:
    """Serve from threads of this process as ``bihuan serve`` does; gives the port."""
    server = waitress.create_server(web, host="127.0.0.1", port=0, threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        thread.join(timeout=5)


def post_all(port: int, paths: Sequence[str], body: str, token: str) -> None:
    """Post to each path once, from several kept connections; raises RuntimeError for any refusal."""

    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def run(mine: Sequence[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for path in mine:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{path}: {answer.status} {content.decode()}")
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, [paths[number::THREADS] for number in range(THREADS)]))
