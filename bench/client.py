"""A client in a process of its own that posts over several kept connections; ``post_all`` starts it and waits.

It speaks to sockets directly: the machine's cores belong to what is measured, and both sides have the same client.
"""

import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

CLIENTS = 8


def post_all(port: int, paths: Sequence[str], body: str, token: str) -> float:
    """Post to each path once; answers the seconds it took. Raises CalledProcessError for any refusal."""
    command = [sys.executable, "-m", "bench.client", str(port), body, token]
    done = subprocess.run(command, input="\n".join(paths), text=True, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def _run(port: int, paths: Sequence[str], head: str, body: str) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for path in paths:
            connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n\r\n{body}".encode())
            status, size = answers.readline(), 0
            while line := answers.readline().strip().lower():
                if line.startswith(b"content-length:"):
                    size = int(line.partition(b":")[2])
            content = answers.read(size)
            if not status.split()[1].startswith(b"2"):
                raise RuntimeError(f"{path}: {status.decode()} {content.decode()}")


def main(port: int, body: str, token: str, paths: list[str]) -> None:
    """Post, then print the seconds."""
    lines = ["Host: bench", "Content-Type: application/json", f"Authorization: Bearer {token}"]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}"])
    began = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda number: _run(port, paths[number::CLIENTS], head, body), range(CLIENTS)))
    print(perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.stdin.read().split())
