"""Cases on their way to closure, for tests that close them; holds no test."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import closing, evidence, hazards
from engine.campaign.case_model import Hazard
from engine.campaign.demo.photos import photo
from engine.said import Said

Person = Callable[[App, str], Viewer]
CLERK, INSPECTOR = "clerk-safety-office", "inspector-gh-01"
FOUND: dict[str, Any] = {"place": "P057", "code": "RF-05", "text": "楼道插线板串接"}


def shoot(app: App, viewer: Viewer, number: str, kind: str, **change: Any) -> None:
    """A photo taken now in the open sea, unless something is changed."""
    at = change.pop("taken", app.clock())
    content = change.pop("content", None) or photo(f"{number}{kind}{at}", at.astimezone(app.zone), **change)
    evidence.add(app, content, filename="p.jpg", viewer=viewer, hazard=number, kind=kind, angle="")


def complete(app: App, viewer: Viewer, element: str, **values: Any) -> None:
    with app.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
    tasks.complete(app, task, values, viewer=viewer)


def lacking(app: App, number: str) -> list[str]:
    with app.reading() as tx:
        told = closing.missing(tx, app, tx.get_one(Hazard, number))
    assert all(isinstance(words, Said) for words in told), told  # each is said in English too
    return told


def serious_case(campaign: App, person: Person) -> str:
    """A hazard of the level 较大 whose fix was handed in, with photos."""
    clerk, inspector = person(campaign, CLERK), person(campaign, INSPECTOR)
    number = hazards.register(campaign, FOUND | {"code": "RF-07", "text": "彩钢板隔间"}, viewer=inspector).number
    shoot(campaign, inspector, number, "photo_before")
    complete(campaign, clerk, "classify", valid=True)
    complete(campaign, clerk, "assign", holder_unit="GH", requirement="拆除")
    complete(campaign, person(campaign, "secretary-gh"), "sign", signed=True)
    campaign.clock.now += timedelta(days=2)  # type: ignore[attr-defined]
    complete(campaign, person(campaign, "secretary-gh"), "rectify", outcome="done", rectified_note="已拆除")
    shoot(campaign, inspector, number, "photo_after")
    return number
