"""The pages among 100,000 hazards: the CPU of their main routes there, against the same on the sample alone.

    .venv/bin/python -m bench.crowd [--hazards 100000] [--sqlite] [--keep FOLDER] [--only WORD]

What is measured is told at once, the table at the end, after some minutes.

*CPU* is this process and the database together: the server answers in this process, over PostgreSQL (or SQLite). What
the machine does besides makes the clock slower, the CPU hardly.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from api.app import create_app
from api.compose import compose
from bench import serving
from bench.crowd_rows import fill
from bench.import_cost import database_of
from engine.app import App
from engine.campaign import accounts
from engine.campaign.demo import load
from engine.schema import migrate
from engine.settings import Settings

PEOPLE = ("clerk-safety-office", "inspector-gh-01", "officer-fire-rescue")
ROUTES = {
    "ledger by due date": "/hazards?counted=some",
    "ledger, all, newest": "/hazards?counted=some&status=all&sort=-number",
    "ledger, all, total exact": "/hazards?status=all&sort=-number",
    "ledger, red lamps": "/hazards?counted=some&lamp=red,deep_red&sort=lamp",
    "ledger, overdue": "/hazards?counted=some&overlay=逾期",
    "ledger, due this week": "/hazards?counted=some&due_from={today}&due_to={week}",
    "ledger, supervised": "/hazards?counted=some&overlay=督办中（街道）",
    "ledger, one stage": "/hazards?counted=some&stage=整改中",
    "ledger, one community": "/hazards?counted=some&status=all&community=GH&sort=-found_at",
    "ledger, words that are nowhere": "/hazards?counted=some&status=all&q=没有这样的",
    "lamps": "/board/lamps",
    "today": "/board/today",
    "what waits, page 1": "/board/lines/waiting",
    "map": "/board/map",
    "map, places": "/board/places",
    "trends": "/board/trends",
    "trends, three years": "/board/trends?by=month&from={years}",
    "leader": "/board/leader",
    "inbox": "/inbox",
    "inbox, sent": "/inbox?box=sent",
    "inbox, sent, page 1,000": "/inbox?box=sent&page=1000",
    "inbox, numbers": "/inbox/counts",
    "documents": "/documents",
    "documents, page 100": "/documents?page=100",
    "work list": "/tasks",
    "work list, page 2": "/tasks?page=2",
    "deadlines": "/deadlines",
    "one hazard": "/hazards/YQ-2026-0902",
}
ADMIN = {
    "heat of 30 days": "/cockpit/definitions/hazard/heat?since={month}T00:00:00",
    "definitions": "/cockpit/definitions",
    "health": "/cockpit/health",
    "instances": "/cockpit/instances",
    "instances that run, by key": "/cockpit/instances?state=open&q=YQ-2026-09",
    "timers": "/cockpit/timers",
    "incidents": "/cockpit/incident-groups",
    "audit": "/cockpit/audit",
}
LEAST = 0.1  # seconds of CPU until a number is believed: the system counts in hundredths
Seen = dict[tuple[str, str], float]


def main() -> None:
    """Print a line for each route and person: CPU in milliseconds among many, and how often that of the sample."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hazards", type=int, default=100_000)
    asked.add_argument("--sqlite", action="store_true")
    asked.add_argument("--keep", type=Path, help="a new folder in which the installation on SQLite stays")
    asked.add_argument("--only", default="", help="routes whose name has this word")
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        url, database = stack.enter_context(database_of(given.sqlite or given.keep is not None, str(folder)))
        app = compose(Settings(url, folder, secret_key="bench-" * 8))
        stack.callback(app.close)
        migrate(app)
        load.load(app)
        few = measured(app, database, given.only)
        begun = serving.cpu_seconds(os.getpid(), *database)
        fill(app, given.hazards)
        took = serving.cpu_seconds(os.getpid(), *database) - begun
        print(f"{app.engine.dialect.name}: {given.hazards} hazards written in {took:.0f} s of CPU")
        report(few, measured(app, database, given.only))


def report(few: Seen, many: Seen) -> None:
    """As a table."""
    print("| route | " + " | ".join(PEOPLE) + " |\n|---|" + "---|" * len(PEOPLE))
    for route in dict.fromkeys(route for route, _ in many):
        seen = [one for one in (*PEOPLE, "admin") if (route, one) in many]
        cells = [f"{many[route, one] * 1000:.0f}, {many[route, one] / few[route, one]:.1f}" for one in seen]
        print(f"| {route} | " + " | ".join(cells) + " |")


def measured(app: App, database: list[int], word: str = "") -> Seen:
    """Seconds of CPU of each route for each person."""
    web = create_app(app)
    found = {}
    for people, routes in ((PEOPLE, ROUTES), (("admin",), ADMIN)):
        for person in people:
            headers = {"Authorization": f"Bearer {accounts.issue_token(app, person, by=None)}"}
            for name, path in routes.items():
                if word in name:
                    found[name, person] = cost(web.test_client(), path.format(**days(app)), headers, database)
                    print(f"{name}, {person}: {found[name, person] * 1000:.0f} ms", file=sys.stderr, flush=True)
    return found


def days(app: App) -> dict[str, date]:
    """What the routes ask for, by the clock of the installation."""
    today = app.clock().astimezone(app.zone).date()
    back = {"week": -6, "month": 30, "years": 1095}
    return {"today": today, **{name: today - timedelta(days=n) for name, n in back.items()}}


def cost(client: FlaskClient, path: str, headers: dict[str, str], database: list[int]) -> float:
    """Seconds of CPU of one look, after a first that is not counted."""
    look(client, path, headers)
    begun, looks, used = serving.cpu_seconds(os.getpid(), *database), 0, 0.0
    while used < LEAST:
        look(client, path, headers)
        looks, used = looks + 1, serving.cpu_seconds(os.getpid(), *database) - begun
    return used / looks


def look(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    """Ask once, as the page does."""
    answer = client.get(f"/api/v1{path}", headers=headers)
    if answer.status_code not in (200, 404):
        raise SystemExit(f"{path}: {answer.status_code} {answer.text}")


if __name__ == "__main__":
    main()
