"""Which hazard an instance belongs to: its own, the one its variables name, or the one in whose number it is filed."""

from dataclasses import replace

from sqlalchemy import select

from engine.app import App
from engine.bpm.family import PART
from engine.bpm.model import Instance
from engine.bpm.viewer import Page
from engine.bpm.views import View
from engine.campaign.case_model import Hazard


def told(app: App, page: Page[View]) -> Page[View]:
    """The same page of instances, each with ``hazard``, a number of the ledger or None."""
    ids = [view["id"] for view in page.items]
    named = select(Instance.id, Instance.business_key, Instance.variables["hazard"].as_string())
    with app.reading() as tx:
        rows = tx.execute(named.where(Instance.id.in_(ids))).all()
        candidates = {id: {hazard, key, (key or "").partition(PART)[0]} - {None, ""} for id, key, hazard in rows}
        wanted = sorted({name for names in candidates.values() for name in names})
        known = set(tx.scalars(select(Hazard.number).where(Hazard.number.in_(wanted))))
    of = {id: next(iter(sorted(names & known)), None) for id, names in candidates.items()}
    return replace(page, items=[{**view, "hazard": of.get(view["id"])} for view in page.items])
