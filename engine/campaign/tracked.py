"""重点跟踪: hazards of the code groups that the rules name, and those a person set with a reason."""

from sqlalchemy import ColumnElement, select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, hazard_views
from engine.campaign.case_model import Finding, Hazard
from engine.campaign.duty_kinds import kind_of
from engine.campaign.model import HazardCode
from engine.campaign.sight import seen

DUTY = "tracked_visit"  # the duty to look at such hazards every week says which groups


def condition() -> ColumnElement[bool]:
    """Rows of ``hazard`` that are tracked."""
    groups = list(kind_of(DUTY).select["code_groups"])
    by_code = Hazard.code_id.in_(select(HazardCode.id).where(HazardCode.code_group.in_(groups)))
    return by_code | Hazard.tracked_at.is_not(None)


def track(app: App, number: str, *, tracked: bool, reason: str, viewer: Viewer) -> hazard_views.HazardView:
    """Set or end it, with a reason that is kept. Raises NotFound, NotAllowed."""
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        authority.require(tx, viewer, "hazard.track")
        hazard.tracked_at = now if tracked else None
        hazard.tracked_by, hazard.tracked_reason = (viewer.name, reason.strip()) if tracked else (None, None)
        kind = "重点跟踪" if tracked else "取消重点跟踪"
        tx.add(Finding(hazard=number, kind=kind, at=now, text=reason.strip(), detail={"by": viewer.name}))
        tx.flush()
        return hazard_views.views(tx, app, [hazard], now)[0]
