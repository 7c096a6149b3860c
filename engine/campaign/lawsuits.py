"""Reviews and lawsuits (行政复议、行政诉讼) about a document or measure of a hazard, from filing to result."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, court_clock, named_hazards, once
from engine.campaign.case_model import Measure
from engine.campaign.closure_model import Lawsuit
from engine.campaign.document_model import Document
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotFound
from engine.said import Said

KINDS = ("行政复议", "行政诉讼")
UNNAMED = Said("请选择本隐患的文书或措施", "Choose a document or measure of this hazard")


@dataclass(frozen=True, slots=True)
class LawsuitView:
    """A review or lawsuit as it is shown; it runs while ``ended_on`` is empty."""

    id: int
    kind: str
    organ: str
    number: str
    document: str | None
    measure: int | None
    filed_on: date
    ended_on: date | None
    result: str
    at: datetime
    by: str


def list_lawsuits(app: App, number: str, *, viewer: Viewer) -> list[LawsuitView]:
    """All about a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        return [_view(row) for row in tx.scalars(select(Lawsuit).where(Lawsuit.hazard == number).order_by(Lawsuit.id))]


def file(
    app: App, hazard: str, *, kind: str, organ: str, filed_on: date, number: str = "", document: str | None = None,
    measure: int | None = None, viewer: Viewer, key: str | None = None,
) -> LawsuitView:  # fmt: skip
    """Note that one was filed. Raises NotFound, NotAllowed, Invalid (about neither, or not of this hazard, day to
    come).
    """
    now = app.clock()
    with app.transaction() as tx:
        seen(tx, hazard, viewer)
        authority.require(tx, viewer, "lawsuit.note")
        if made := once.earlier(tx, viewer, "lawsuit", key):
            return _view(tx.get_one(Lawsuit, int(made)))
        _about(tx, hazard, document, measure)
        _not_to_come(filed_on, now.astimezone(app.zone).date(), "filed_on")
        row = Lawsuit(
            hazard=hazard, kind=kind, organ=organ.strip(), number=number.strip(), document=document, measure=measure,
            filed_on=filed_on, result="", at=now, by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        court_clock.follow(tx, app, document, now)
        once.note(tx, viewer, "lawsuit", key, str(row.id))
        return _view(row)


def end(app: App, hazard: str, id: int, *, ended_on: date, result: str, viewer: Viewer) -> LawsuitView:
    """Note its result. Raises NotFound, NotAllowed, Invalid, Conflict when it has one."""
    today = app.clock().astimezone(app.zone).date()
    with app.transaction() as tx:
        seen(tx, hazard, viewer)
        authority.require(tx, viewer, "lawsuit.note")
        query = select(Lawsuit).where(Lawsuit.id == id, Lawsuit.hazard == hazard).with_for_update()
        row = tx.scalars(query).one_or_none()
        if row is None:
            raise NotFound("没有这件复议或诉讼。", en="There is no such review or lawsuit.")
        if row.ended_on is not None:
            raise Conflict(f"这件{row.kind}已于 {row.ended_on} 办结。", en=f"It ended on {row.ended_on} already.")
        _not_to_come(ended_on, today, "ended_on")
        row.ended_on, row.result = ended_on, result.strip()
        tx.flush()
        court_clock.follow(tx, app, row.document, app.clock())
        return _view(row)


def _about(tx: Session, hazard: str, document: str | None, measure: int | None) -> None:
    """One of the two is named, and what is named is of this hazard."""
    named: dict[str, bool] = {}
    if document is not None:
        paper = tx.get(Document, document)
        named["document"] = paper is not None and hazard in named_hazards.all_of(tx, paper)
    if measure is not None:
        row = tx.get(Measure, measure)
        named["measure"] = row is not None and row.hazard == hazard
    wrong = [field for field, ours in named.items() if not ours]
    if wrong or not named:
        raise Invalid(
            "请指明本隐患的哪一份文书或哪一项措施被复议、起诉。", en="Name the document or measure of this hazard.",
            problems=[
                {"field": field, "rule": "required", "message": UNNAMED}
                for field in wrong or ["document"]
            ],
        )  # fmt: skip


def _not_to_come(day: date, today: date, field: str) -> None:
    if day > today:
        raise Invalid("日期不能晚于今天。", en="The day is to come.", problems=[
            {"field": field, "rule": "past", "message": "不能晚于今天"}])  # fmt: skip


def _view(row: Lawsuit) -> LawsuitView:
    return LawsuitView(**{name: getattr(row, name) for name in LawsuitView.__slots__})
