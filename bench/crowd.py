"""The pages among 100,000 hazards: what their main routes take there, against the same on the sample alone.

.venv/bin/python -m bench.crowd [--hazards 100000] [--url postgresql+psycopg://…] [--keep FOLDER]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from flask.testing import FlaskClient

from api.app import create_app
from api.compose import compose
from bench.crowd_rows import fill
from engine.app import App
from engine.campaign import accounts
from engine.campaign.demo import load
from engine.schema import migrate
from engine.settings import Settings

PEOPLE = ("clerk-safety-office", "inspector-gh-01", "officer-health-bureau")
ROUTES = {
    "ledger by due date": "/hazards?counted=some",
    "ledger, all, newest": "/hazards?counted=some&status=all&sort=-number",
    "ledger, all, total exact": "/hazards?status=all&sort=-number",
    "ledger, red lamps": "/hazards?counted=some&lamp=red,deep_red&sort=lamp",
    "ledger, supervised": "/hazards?counted=some&overlay=督办中（街道）",
    "ledger, one stage": "/hazards?counted=some&stage=整改中",
    "ledger, words that are nowhere": "/hazards?counted=some&status=all&q=没有这样的",
    "lamp board": "/board",
    "today": "/board/today",
    "map": "/board/map",
    "trends": "/board/trends",
    "leader": "/board/leader",
    "work list": "/tasks",
    "one hazard": "/hazards/YQ-2026-0902",
}
ROUNDS = 5


def main() -> None:
    """Print a line for each route and person: milliseconds among many, and how often as long as on the sample."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hazards", type=int, default=100_000)
    asked.add_argument("--url", help="an empty database; SQLite in a temporary folder without")
    asked.add_argument("--keep", type=Path, help="a new folder in which the installation stays, for use by hand")
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        app = compose(Settings(given.url or f"sqlite:///{folder / 'bihuan.sqlite3'}", folder, secret_key="bench-" * 8))
        stack.callback(app.close)
        migrate(app)
        load.load(app)
        few = measured(app)
        begun = time.process_time()
        fill(app, given.hazards)
        print(f"{given.hazards} hazards written in {time.process_time() - begun:.0f} s of this process")
        many = measured(app)
    print("| route | " + " | ".join(f"{person}: ms, ratio" for person in PEOPLE) + " |")
    for route in ROUTES:
        cells = [f"{many[route, one] * 1000:.0f}, {many[route, one] / few[route, one]:.1f}" for one in PEOPLE]
        print(f"| {route} | " + " | ".join(cells) + " |")


def measured(app: App) -> dict[tuple[str, str], float]:
    """The median seconds of each route for each person, in this process; on SQLite the database's work included."""
    web = create_app(app)
    found = {}
    for person in PEOPLE:
        headers = {"Authorization": f"Bearer {accounts.issue_token(app, person, by=None)}"}
        for name, path in ROUTES.items():
            found[name, person] = _median(lambda path=path, headers=headers: _get(web.test_client(), path, headers))
    return found


def _get(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    answer = client.get(f"/api/v1{path}", headers=headers)
    if answer.status_code not in (200, 404):
        raise SystemExit(f"{path}: {answer.status_code} {answer.text}")


def _median(act: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
