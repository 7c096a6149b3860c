"""Transfers as they are shown and listed: who sees which, where each stands, read for a whole page at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import competence, scope, shown_dates, units
from engine.campaign.case_model import Assignment, Hazard
from engine.campaign.model import Place
from engine.campaign.transfer_model import Transfer
from engine.errors import NotFound

ASSIGN, SIGN, RULE, ANSWER, REVIEW, OVER = "待指定", "待签收", "待裁定", "待答复", "待研判", "已办结"
STATES = (ASSIGN, SIGN, RULE, ANSWER, REVIEW, OVER)
OVERSEER, SUPPORT = "district_committee_office", "协办"


@dataclass(frozen=True, slots=True)
class CompetentView:
    """A body that table D3 names, and whether it leads."""

    unit: str
    name: str
    lead: bool


@dataclass(frozen=True, slots=True)
class SupportView:
    """The letter to a body that helps 协办: ``state`` is 待签收, 待意见, 已答复, 已失效 or 已结束."""

    unit: str
    name: str
    letter: str
    state: str
    due_at: datetime | None
    signed_at: datetime | None
    answered_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer as it is shown: ``unit`` has it now, ``due_at`` is when the step that is waited for is due;
    ``returned_from`` gave it back, ``ruling`` says why the committee's office named ``unit``. Only of one that is
    looked at: until when it can be given back, or why it cannot be any more.
    """

    number: str
    hazard: str
    place: str
    place_name: str
    code: str
    kind: str
    reason: str
    requested: str
    competent: list[CompetentView]
    supports: list[SupportView]
    state: str
    overdue: bool
    due_at: datetime | None
    unit: str | None
    unit_name: str
    opened_at: datetime
    opened_by: str
    letter: str | None
    sent_at: datetime | None
    sign_due_at: datetime | None
    signed_at: datetime | None
    signed_by: str
    returned_from: str | None
    returned_from_name: str
    returned_at: datetime | None
    returned_by: str
    return_clause: str
    return_reason: str
    may_return: bool
    ruled_at: datetime | None
    ruled_by: str
    ruling: str
    answer_due_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    decision: str
    answer: str
    answer_number: str
    files: list[str]
    next_step: str
    reviewed_by: str
    closed_at: datetime | None
    return_due_at: datetime | None = None
    return_refusal: str = ""


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``transfer`` this viewer may see: the street's own area, a department what was sent to it and nothing
    else, the district's office those of hazards it was asked about.
    """
    if viewer.admin:
        return true()
    area, unit = scope.areas(viewer), scope.own_unit(viewer)
    ours = or_(Hazard.street.in_(area), Hazard.community.in_(area), Hazard.grid.in_(area))
    letters = select(Assignment.id).where(Assignment.to_unit.in_(unit))
    found = [
        Transfer.hazard.in_(select(Hazard.number).where(ours)),
        Transfer.letter.in_(letters),
        Transfer.returned_letter.in_(letters),
    ]
    if OVERSEER in viewer.groups:
        found.append(Transfer.hazard.in_(select(Hazard.number).where(scope.hazards(viewer))))
    return or_(*found)


def require(tx: Session, number: str, viewer: Viewer) -> Transfer:
    """The row of a transfer this viewer may see; raises NotFound."""
    row = tx.scalars(select(Transfer).where(Transfer.number == number, seen_by(viewer))).one_or_none()
    if row is None:
        raise NotFound(
            f"没有编号为“{number}”的移交，或不在您的职责范围内，请核对编号。",
            en=f"There is no transfer {number}, or it is not yours to see.",
        )
    return row


def query(
    viewer: Viewer, now: datetime, *, unit: str | None = None, state: str | None = None, overdue: bool | None = None,
    hazard: str | None = None,
) -> Select[Transfer]:  # fmt: skip
    """Transfers this viewer may see that match, what is due first in front, the closed ones last."""
    rows = select(Transfer).where(seen_by(viewer))
    if unit:
        rows = rows.where(Transfer.body == unit)
    if hazard:
        rows = rows.where(Transfer.hazard == hazard)
    if state:
        rows = rows.where(_at(state))
    if overdue is not None:
        due_at = shown_dates.running(Transfer.hazard, Transfer.kind, Transfer.due_at)
        late = and_(Transfer.closed_at.is_(None), due_at.is_not(None), due_at <= now)
        rows = rows.where(late if overdue else or_(due_at.is_(None), due_at > now))
    return rows.order_by(
        Transfer.closed_at.desc().nulls_first(), Transfer.due_at.asc().nulls_last(), Transfer.number.asc()
    )


def _at(state: str) -> ColumnElement[bool]:
    """The same as ``_state``, in SQL."""
    if state == OVER:
        return Transfer.closed_at.is_not(None)
    signed = Transfer.letter.in_(select(Assignment.id).where(Assignment.signed_at.is_not(None)))
    answered = Transfer.letter.in_(select(Assignment.id).where(Assignment.answered_at.is_not(None)))
    returned = Transfer.letter.in_(select(Assignment.id).where(Assignment.returned_at.is_not(None)))
    where = {
        ASSIGN: Transfer.letter.is_(None), RULE: returned, REVIEW: answered, ANSWER: and_(signed, ~answered),
        SIGN: and_(Transfer.letter.is_not(None), ~signed, ~returned),
    }[state]  # fmt: skip
    return and_(Transfer.closed_at.is_(None), where)


def _state(row: Transfer, letter: Assignment | None) -> str:
    if row.closed_at:
        return OVER
    if letter is None:
        return ASSIGN
    if letter.answered_at:
        return REVIEW
    if letter.returned_at:
        return RULE
    return ANSWER if letter.signed_at else SIGN


def views(tx: Session, rows: Sequence[Transfer], now: datetime) -> list[TransferView]:
    """These rows as shown at this moment; a fixed number of queries, however many rows."""
    letters = _by_key(tx, Assignment.id, {id for row in rows for id in (row.letter, row.returned_letter) if id})
    hazards = _by_key(tx, Hazard.number, {row.hazard for row in rows})
    places = _by_key(tx, Place.id, {hazard.place for hazard in hazards.values()})
    helping = tx.scalars(
        select(Assignment).where(Assignment.hazard.in_(hazards), Assignment.kind == SUPPORT).order_by(Assignment.id)
    ).all()
    able = {row.number: competence.bodies(row.competent) for row in rows}
    named = {code for codes in able.values() for code in codes}
    named |= {row.body for row in rows if row.body} | {letter.to_unit for letter in letters.values()}
    names = units.names(tx, named | {letter.to_unit for letter in helping})
    still = shown_dates.stopped(tx, hazards)
    return [
        _view(
            row, letters, hazards[row.hazard], places, able[row.number],
            _supports(row, helping, hazards, names, still), names, still, now,
        )
        for row in rows
    ]  # fmt: skip


def _supports(
    row: Transfer, helping: Sequence[Assignment], hazards: dict[Any, Any], names: dict[str, str],
    still: shown_dates.Still,
) -> list[SupportView]:  # fmt: skip
    """The letters to those that help, sent while this transfer ran."""
    ours = [
        letter for letter in helping
        if letter.hazard == row.hazard and letter.sent_at >= row.opened_at
        and (row.closed_at is None or letter.sent_at <= row.closed_at)
    ]  # fmt: skip
    return [_support(letter, hazards[row.hazard], names, still) for letter in ours]


def _support(letter: Assignment, hazard: Hazard, names: dict[str, str], still: shown_dates.Still) -> SupportView:
    sign_by, answer_by = shown_dates.of_paper(letter, still)
    due_at = answer_by if letter.signed_at else sign_by
    state = "待意见" if letter.signed_at else "待签收"
    if letter.answered_at:
        state = "已答复"
    elif letter.closed_at:
        state = "已结束" if hazard.closed_at and letter.closed_at >= hazard.closed_at else "已失效"
    return SupportView(
        letter.to_unit, names.get(letter.to_unit, ""), letter.number, state, None if letter.closed_at else due_at,
        letter.signed_at, letter.answered_at, letter.answer,
    )  # fmt: skip


def _view(
    row: Transfer, letters: dict[Any, Any], hazard: Hazard, places: dict[Any, Any], able: list[str],
    supports: list[SupportView], names: dict[str, str], still: shown_dates.Still, now: datetime,
) -> TransferView:  # fmt: skip
    letter, back = letters.get(row.letter), letters.get(row.returned_letter)
    leads = {str(each.get("lead")) for each in row.competent[:1]}
    state = _state(row, letter)
    own = {
        name: getattr(row, name)
        for name in TransferView.__slots__
        if name in Transfer.__mapper__.columns and name not in ("competent", "letter", "files")
    }
    of_letter: dict[str, Any] = {
        name: getattr(letter, name, None)
        for name in ("sent_at", "sign_due_at", "signed_at", "answer_due_at", "answered_at")
    }
    if letter is not None:
        of_letter["sign_due_at"], of_letter["answer_due_at"] = shown_dates.of_paper(letter, still)
    if any((row.hazard, kind, row.due_at) in still for kind in shown_dates.kinds_of(row.kind)):
        own["due_at"] = None
    return TransferView(
        **own, **of_letter, place=hazard.place, place_name=places[hazard.place].name, code=hazard.code,
        competent=[CompetentView(code, names.get(code, code), code in leads) for code in able], supports=supports,
        state=state, unit=row.body,
        overdue=row.closed_at is None and own["due_at"] is not None and own["due_at"] <= now,
        unit_name=names.get(row.body, "") if row.body else "", letter=letter.number if letter else None,
        returned_from=back.to_unit if back else None, returned_from_name=names.get(back.to_unit, "") if back else "",
        returned_at=back.returned_at if back else None, return_reason=back.return_reason if back else "",
        may_return=state == SIGN and back is None and row.lapsed_at is None, answer=letter.answer if letter else "",
        files=list(row.files),
    )  # fmt: skip


def _by_key(tx: Session, key: Any, wanted: set[Any]) -> dict[Any, Any]:
    rows = tx.scalars(select(key.class_).where(key.in_(wanted))).all()
    return {getattr(row, key.key): row for row in rows}
