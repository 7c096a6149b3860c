"""The deferral of a sample case: asked for with its interim measures and their photos, and decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deferrals
from engine.campaign.demo.inspections import taken


def act(app: App, do: str, number: str, values: Mapping[str, Any], viewer: Viewer) -> None:
    """One step: ask or decide."""
    if do == "decide":
        deferrals.decide(app, number, approved=values["approved"], opinion=values["opinion"], viewer=viewer)
        return
    measures = [
        {**row, "files": [taken(app, f"{number}-M{no}", app.clock(), viewer)]}
        for no, row in enumerate(values["measures"], start=1)
    ]
    day = date.fromisoformat(values["review_on"])
    deferrals.ask(
        app, number, {"reason": values["reason"], "review_on": day, "measures": measures}, viewer=viewer
    )  # fmt: skip
