"""The verb of 重点跟踪: a person sets or ends it with a reason; which code groups are tracked anyway: tracking.py."""

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, hazard_views
from engine.campaign.case_model import Finding
from engine.campaign.sight import seen


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
        return hazard_views.views(tx, app, [hazard], now, viewer)[0]
