"""A fresh hazard of the sample grid GH-01 for a test that changes it; holds no test."""

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import hazards

INSPECTOR = Viewer("inspector-gh-01", frozenset({"GH-01", "inspector", "inspector@GH-01"}))


def register(app: App, viewer: Viewer = INSPECTOR, **facts: bool | str) -> str:
    """Register a hazard and return its number. After a test that closes one it is a recurrence, and its chain goes on
    where that one stood: a test that minds gives a place of its own.
    """
    found = hazards.register(
        app,
        {"place": "P057", "code": "RF-05", "text": "楼道插线板串接", "duplicate_reason": "另一处", **facts},
        viewer=viewer,
    )
    return found.number
