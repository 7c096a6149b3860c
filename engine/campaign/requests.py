"""What people may ask for while a case runs: more time, or that it be struck off; the diagram decides on it."""

from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import messages
from engine.bpm.viewer import Viewer
from engine.campaign import authority, hazards
from engine.campaign.case_model import Hazard
from engine.campaign.hazard_views import HazardView
from engine.campaign.model import Person, Place
from engine.campaign.sight import seen
from engine.errors import Conflict, NotAllowed, NotFound


def extension(app: App, number: str, *, n: int, unit: str, reason: str, viewer: Viewer) -> HazardView:
    """Ask for ``n`` more days (``unit`` d) or working days (wd); only who must fix the hazard may.

    Raises NotFound, NotAllowed, Conflict when nothing is being fixed at the moment.
    """
    with app.reading() as tx:
        _of_holder(tx, seen(tx, number, viewer), viewer)
    values = {"extension_n": n, "extension_unit": unit, "extension_reason": reason}
    return _send(
        app, number, "extension_requested", values, viewer, "该隐患当前不在整改中，不能申请延期，请核对所处环节。"
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
