"""Cases between units for the browser tests, begun through the verbs; holds no test."""

from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Instance, Task
from engine.bpm.viewer import Viewer
from engine.campaign import measure_work, people, transfers
from engine.campaign.transfer_views import TransferView
from tests.bpmn.sealing import DRAFT, FACTS
from tests.web.conftest import CLERK
from tests.web.registering import register

ONE, TWO, HEAD = "officer-emergency-bureau", "officer-emergency-bureau-2", "head-emergency-bureau"


def who(app: App, name: str) -> Viewer:
    """The viewer of a sample person."""
    return people.viewer(people.show(app, name))


def officer_of(unit: str | None) -> str:
    """The first officer of a department."""
    return f"officer-{(unit or '').replace('_', '-')}"


def transferred(app: App) -> TransferView:
    """A fresh hazard, just given to the department that table D3 names."""
    return transfers.start(app, {"hazard": register(app), "reason": "三次上门拒不配合"}, viewer=who(app, CLERK))


def complete(app: App, hazard: str, element: str, name: str, **values: Any) -> None:
    """Complete the open task at an element in the case of a hazard."""
    found = select(Task.id).join(Instance, Instance.id == Task.instance_id)
    with app.reading() as tx:
        [id] = tx.scalars(found.where(Instance.business_key == hazard, Task.element == element, Task.status == "open"))
    tasks.complete(app, id, values, viewer=who(app, name))


def requested(app: App) -> str:
    """A fresh hazard about which the emergency bureau has drafted the decision to seal; its number."""
    number = register(app, code="RF-02")
    asked = {"hazard": number, "organ": "emergency_bureau", "reason": "拒不停用"}
    measure_work.request(app, asked, viewer=who(app, CLERK))
    complete(app, number, "examine", ONE, **FACTS)
    complete(app, number, "decide_seal", ONE, measure_kind="查封", seal_opinion="应当查封")
    complete(app, number, "draft_seal", ONE, **DRAFT)
    return number
