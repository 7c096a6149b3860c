"""What people may ask for while a case runs: more time, or that it be struck off; the diagram decides on it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import messages
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import authority, deadlines, extension_rules, hazards
from engine.campaign.case_model import Hazard
from engine.campaign.hazard_views import HazardView
from engine.campaign.model import Person, Place
from engine.campaign.sight import seen
from engine.errors import Conflict, NotAllowed, NotFound


def extension(
    app: App, number: str, *, reason: str, viewer: Viewer, n: int | None = None, unit: str = "d",
    until: date | None = None,
) -> HazardView:  # fmt: skip
    """Ask for ``n`` more days (``unit`` d) or working days (wd), or for a written day ``until``; only who must fix the
    hazard may, as often, as long and as early as the rule of the limit says (see extension_rules.py).

    Raises NotFound, NotAllowed, Invalid, Conflict also when nothing is being fixed or a request waits already.
    """
    now = app.clock()
    with app.reading() as tx:
        hazard = seen(tx, number, viewer)
        _of_holder(tx, hazard, viewer)
        asked = {"extension_n": n, "extension_unit": unit, "extension_reason": reason}
        row = deadlines.open_one(tx, deadlines.of_hazard(number), deadlines.RECTIFY)
        if row is not None and _worked_on(tx, hazard):
            _not_pending(tx, hazard)
            allowed = extension_rules.check(app, row, now=now, n=n, unit=unit, until=until)
            asked |= {"extension_n": allowed.days, "extension_unit": "d"}
    return _send(
        app, number, "extension_requested", asked, viewer, "该隐患当前不在整改中，不能申请延期，请核对所处环节。"
    )


def void(app: App, number: str, *, reason: str, viewer: Viewer) -> HazardView:
    """Ask that a hazard registered by mistake be struck off; a second person decides, the number is kept.

    Raises NotFound, NotAllowed, Conflict when the case has ended or the request is made already.
    """
    with app.reading() as tx:
        seen(tx, number, viewer)
        authority.require(tx, viewer, "hazard.void")
    return _send(
        app, number, "void_requested", {"void_reason": reason}, viewer, "该隐患已经结束或正在复核作废，不能再申请。"
    )


def _worked_on(tx: Session, hazard: Hazard) -> bool:
    return tx.scalar(_open_step(hazard, "rectify")) is not None


def _not_pending(tx: Session, hazard: Hazard) -> None:
    if since := tx.scalar(_open_step(hazard, "approve_extension")):
        raise Conflict(
            f"隐患 {hazard.number} 已有一份延期申请在审批（任务 {since}），请等待审批结果。",
            en="A request for an extension is being decided already; wait for the answer.",
        )


def _open_step(hazard: Hazard, element: str) -> Select[str]:
    mine = (Task.instance_id == hazard.instance_id) & (Task.element == element) & (Task.status == "open")
    return select(Task.id).where(mine).limit(1)


def _of_holder(tx: Session, hazard: Hazard, viewer: Viewer) -> None:
    """The unit is read from the person's row: a role that happens to be spelled like a unit opens nothing."""
    if viewer.admin:
        return
    asking, place = tx.get_one(Person, viewer.name), tx.get_one(Place, hazard.place)
    if asking.unit is None or asking.unit not in (hazard.holder_unit, place.unit):
        raise NotAllowed(
            f"只有责任单位可以申请延期，本隐患的责任单位是“{hazard.holder_unit}”。",
            en=f"Only the unit that must fix it ({hazard.holder_unit}) may ask for more time.",
        )


def _send(app: App, number: str, name: str, values: dict[str, Any], viewer: Viewer, refusal: str) -> HazardView:
    try:
        messages.send(app, name, {"hazard": number}, values, by=viewer.name)
    except NotFound as error:
        raise Conflict(refusal, en=f"The case does not wait for this now ({name}).") from error
    return hazards.show(app, number, viewer=viewer)
