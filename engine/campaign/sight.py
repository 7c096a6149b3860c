"""One hazard as far as the viewer may see it; whoever may not gets the same answer as for a number that does not
exist.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import scope
from engine.campaign.case_model import Hazard
from engine.errors import NotFound


def seen(tx: Session, number: str, viewer: Viewer) -> Hazard:
    """The row of a hazard the viewer may see; raises NotFound."""
    hazard = tx.scalars(select(Hazard).where(Hazard.number == number, scope.hazards(viewer))).one_or_none()
    if hazard is None:
        raise NotFound(
            f"没有编号为“{number}”的隐患，或不在您的职责范围内，请核对编号。",
            en=f"There is no hazard {number}, or it is not yours to see.",
        )
    return hazard


def existing(tx: Session, number: str) -> Hazard:
    """The row of a hazard for the engine itself; raises NotFound."""
    hazard = tx.get(Hazard, number)
    if hazard is None:
        raise NotFound(f"台账中没有隐患“{number}”，请核对流程变量 hazard。", en=f"The ledger has no hazard {number}.")
    return hazard
