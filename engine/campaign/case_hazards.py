"""Which hazard an instance belongs to: its own, the one its variables name, or the one in whose number it is filed."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select, true

from engine.app import App
from engine.bpm.family import PART
from engine.bpm.model import Instance
from engine.bpm.viewer import Page, Viewer
from engine.bpm.views import View
from engine.campaign import scope
from engine.campaign.case_model import Hazard


def told(app: App, page: Page[View]) -> Page[View]:
    """The same page of instances, each with ``hazard``, a number of the ledger or None."""
    return _told(app, page, "id", None)


def told_of_tasks(app: App, page: Page[View], viewer: Viewer) -> Page[View]:
    """The same page of tasks, each with ``hazard``: the number when this viewer may see that hazard, else None."""
    return _told(app, page, "instance_id", viewer)


def of_instances(app: App, ids: Iterable[str], viewer: Viewer | None) -> dict[str, str]:
    """The hazard of each of these instances that has one, for a viewer only those that this viewer may see."""
    named = select(Instance.id, Instance.business_key, Instance.variables["hazard"].as_string())
    with app.reading() as tx:
        rows = tx.execute(named.where(Instance.id.in_(set(ids)))).all()
        candidates = {id: {hazard, key, (key or "").partition(PART)[0]} - {None, ""} for id, key, hazard in rows}
        wanted = sorted({name for names in candidates.values() for name in names})
        seen = scope.hazards(viewer) if viewer else true()
        known = set(tx.scalars(select(Hazard.number).where(Hazard.number.in_(wanted), seen))) if wanted else set()
    return {id: min(names & known) for id, names in candidates.items() if names & known}


def _told(app: App, page: Page[View], instance: str, viewer: Viewer | None) -> Page[View]:
    of = of_instances(app, (view[instance] for view in page.items), viewer)
    return replace(page, items=[{**view, "hazard": of.get(view[instance])} for view in page.items])
