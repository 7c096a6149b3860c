"""Several numbers of hazards from one look: who sees which is the dear part, and is asked once for all of them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import scope
from engine.campaign.case_model import Hazard


def counts(
    tx: Session, viewer: Viewer, wanted: Mapping[str, ColumnElement[bool]], *, since: datetime
) -> dict[str, int]:
    """Key → how many of the hazards this viewer may see fulfil its condition, among those that are open or were found
    or closed at or after ``since``: a condition that others could fulfil is not for here.
    """
    each = [func.count().filter(condition) for condition in wanted.values()]
    recent = or_(Hazard.closed_at.is_(None), Hazard.closed_at >= since, Hazard.found_at >= since)
    query = select(*each).select_from(Hazard).where(recent, scope.hazards(viewer))
    return dict(zip(wanted, tx.execute(query).one(), strict=True))
