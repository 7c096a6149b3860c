"""Adds campaigns, activities, frozen bulletins and the patrol plan to the sample installation, through the verbs."""

from datetime import datetime
from typing import Any

from engine.app import App
from engine.campaign import activities, campaigns, patrol_planning, people, snapshots
from engine.campaign.demo.sample import read


def write_campaigns(app: App) -> None:
    """Write all of the sample file; the clock stands at the end of the story."""
    given = read("campaigns")
    for row in given["campaigns"]:
        viewer = people.viewer(people.show(app, row["by"]))
        number = campaigns.create(app, row["values"], viewer=viewer).number
        campaigns.start(app, number, viewer=viewer)
        if row.get("summary"):
            campaigns.close(app, number, summary=row["summary"], viewer=viewer)
    for row in given["activities"]:
        viewer = people.viewer(people.show(app, row["by"]))
        activities.create(app, _held(app, row), viewer=viewer)
    for row in given["frozen"]:
        viewer = people.viewer(people.show(app, row["by"]))
        snapshots.freeze(app, row["form"], period=row["period"], viewer=viewer)


def plan_patrols(app: App) -> None:
    """Compute every line of the patrol plan that is marked."""
    while patrol_planning.plan_next(app):
        pass


def _held(app: App, row: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(row["held_at"]).replace(tzinfo=app.zone)
    return {name: value for name, value in row.items() if name != "by"} | {"held_at": at}
