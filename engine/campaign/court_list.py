"""Applications to the court as they are started and looked up. Only the department that made the decision starts one;
the street sees those of its hazards, the court those that came to it; the people of the place see none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Instance
from engine.bpm.step import ACTOR
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, case_files, court_cases, once, powers, scope, units
from engine.campaign.case_files import StepView
from engine.campaign.case_model import Hazard
from engine.campaign.court_model import CourtCase, CourtStep
from engine.campaign.document_model import Document
from engine.campaign.model import Place
from engine.campaign.pages import read_page
from engine.campaign.sight import seen as seen_hazard
from engine.errors import Conflict

DEFINITION = "court_execution"
COURT, HIGHER = "people_court", "intermediate_court"  # of the usual organisation


@dataclass(frozen=True, slots=True)
class CourtView:
    """A case as it is shown. ``decision`` is the number of the decision; ``answer_by``, ``opens_at`` and ``ends_at``
    say until when the party may answer the demand and from when until when the court can be asked, once the demand was
    served. ``steps`` is empty in a list.
    """

    number: str
    hazard: str
    place_name: str
    instance_id: str | None
    organ: str
    organ_name: str
    court: str
    court_name: str
    document: str
    decision: str
    demand: str
    due_on: date
    urged_at: datetime | None
    answer_by: datetime | None
    opens_at: datetime | None
    ends_at: datetime | None
    application: str
    applied_at: datetime | None
    state: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    steps: list[StepView]


def start(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> CourtView:
    """Begin with a decision that is not fulfilled (``hazard, document, demand, due_on``, and ``court, higher_court,
    organ`` where they differ from the usual). The same ``key`` from the same person answers the first.

    Raises NotFound, NotAllowed (D9: not the department that decided), Conflict with the words of ``open_in``.
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen_hazard(tx, values["hazard"], viewer)
        authority.require(tx, viewer, "court.start")
        organ = powers.acting_unit(tx, viewer, values.get("organ"))
        powers.entitled(tx, court_cases.ACT, organ, day=now.astimezone(app.zone).date())
        if earlier := once.earlier(tx, viewer, "court", key):
            return _views(tx, app, [court_cases.existing(tx, earlier)], steps=True)[0]
        tx.info[ACTOR] = viewer.name
        place = tx.get_one(Place, hazard.place).name
        instance_id = instances.start_in(
            tx, app, DEFINITION, {
                "hazard": hazard.number, "subject": place, "place_name": place, "organ": organ.code,
                "court": values.get("court") or COURT, "higher_court": values.get("higher_court") or HIGHER,
                "document": values["document"], "demand": values["demand"].strip(),
                "due_on": values["due_on"].isoformat(),
            }, by=viewer.name, now=now, business_key=hazard.number,
        )  # fmt: skip
        tx.flush()
        found = tx.scalars(select(CourtCase).where(CourtCase.instance_id == instance_id)).one_or_none()
        if found is None:
            raise Conflict(str(tx.get_one(Instance, instance_id).variables["problem"]), en="The case was not opened.")
        once.note(tx, viewer, "court", key, found.number)
        return _views(tx, app, [found], steps=True)[0]


def list_cases(
    app: App, viewer: Viewer, *, hazard: str | None = None, state: str | None = None, open_only: bool = False,
    page: int = 1, size: int = 50,
) -> Page[CourtView]:  # fmt: skip
    """The cases this viewer may see, newest first."""
    query = case_files.narrowed(_seen(viewer), CourtCase, hazard=hazard, state=state, open_only=open_only)
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda row: row)
        return Page(_views(tx, app, found.items, steps=False), found.total, found.page, found.size)


def show(app: App, number: str, *, viewer: Viewer) -> CourtView:
    """One case with its steps; raises NotFound, for a stranger as for a number that does not exist."""
    with app.reading() as tx:
        row = case_files.one(tx, _seen(viewer), CourtCase, number)
        return _views(tx, app, [row], steps=True)[0]


def _seen(viewer: Viewer) -> Select[CourtCase]:
    own = scope.own_unit(viewer)
    of_street = select(Hazard.number).where(Hazard.street.in_(scope.areas(viewer)))
    to_court = CourtCase.court.in_(own) & CourtCase.applied_at.is_not(None)
    allowed = CourtCase.organ.in_(own) | to_court | CourtCase.hazard.in_(of_street)
    return select(CourtCase).where(true() if viewer.admin else allowed)


def _views(tx: Session, app: App, rows: Sequence[CourtCase], *, steps: bool) -> list[CourtView]:
    names = units.names(tx, {code for row in rows for code in (row.organ, row.court)})
    places = case_files.place_names(tx, rows)
    papers = select(Document.id, Document.number).where(Document.id.in_({row.document for row in rows}))
    numbers = {row.id: row.number or "" for row in tx.execute(papers)}
    own = [name for name in CourtView.__slots__ if name in CourtCase.__mapper__.columns]
    found = []
    for row in rows:
        window = court_cases.window(tx, app, row) if row.urged_at else None
        found.append(CourtView(
            **{name: getattr(row, name) for name in own}, place_name=places[row.hazard],
            organ_name=names[row.organ], court_name=names[row.court], decision=numbers[row.document],
            answer_by=window.answer_by if window else None, opens_at=window.opens_at if window else None,
            ends_at=window.ends_at if window else None,
            steps=case_files.steps(tx, CourtStep, row.number) if steps else [],
        ))  # fmt: skip
    return found
