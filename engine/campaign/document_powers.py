"""Table D9 at every step of a document that is an act of authority: its type names the act (rules/documents.yaml), the
body, its officers and its head are asked for before it is drafted, handed in, approved, sealed or voided. The table
does not name service: what was issued with the power may be served after it ended.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, clearances, heads, powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.document_sight import seen, to_act
from engine.campaign.document_types import DocumentType
from engine.campaign.model import Place, Unit
from engine.campaign.powers_table import ACTS, Rule
from engine.errors import NotAllowed

APPROVE = "document.approve"  # of the roles
CLOSE = "close"  # which of the acts of closing it is follows from the hazard


def entitled(
    tx: Session, type: DocumentType, unit: Unit, day: date, *, hazard: Hazard | None = None, place: Place | None = None
) -> Rule | None:
    """The row of D9 that lets this body issue such a document; None when issuing it is no act of authority. Raises
    NotAllowed with the clause, Invalid for what may not be done to homes.
    """
    if not type.acts:
        return None
    acts = [clearances.act_of(hazard) if act == CLOSE and hazard is not None else act for act in type.acts]
    rule = _first(tx, acts, unit, day)
    powers.check_homes(rule.act, place)
    return rule


def required(tx: Session, app: App, row: Document, type: DocumentType, now: datetime) -> powers.Power | None:
    """The same for a document, with the certificates of its officers as they stand now; what is stored with it.
    Raises NotAllowed, Invalid.
    """
    day = now.astimezone(app.zone).date()
    unit = units.require(tx, row.unit)
    rule = entitled(tx, type, unit, day, hazard=_hazard(tx, row), place=_place(tx, row))
    if rule is None:
        return None
    held: tuple[dict[str, str], ...] = ()
    if rule.officers and type.certified:
        held = powers.certified(tx, row.officers, {row.unit, row.organ}, rule, day)
    return powers.Power(rule.act, unit.code, powers.body_of(unit), rule.clause, rule.note, held)


def to_decide(tx: Session, id: str, viewer: Viewer, now: datetime) -> tuple[Document, heads.Approver | None]:
    """The locked row for somebody who may approve it, and who does as its head: a mandate takes the place of the role.
    Raises NotFound, NotAllowed, which tells a substitute of the head what is missing.
    """
    row = seen(tx, id, viewer, lock=True)
    act, both = heads.of_paper(row.type), bodies(tx, row)
    found = heads.approver(tx, act, both, viewer.name, now=now)
    if found is None or not found.mandate:
        told = heads.lacking(tx, act, both, viewer.name, now=now)
        if told is not None and not authority.may(tx, viewer, APPROVE):
            raise NotAllowed(f"{told}。", en=f"{told.en}.")
        to_act(tx, id, viewer, APPROVE)
    return row, found


def not_the_drafter(row: Document, viewer: Viewer, found: heads.Approver | None) -> None:
    """Nobody approves their own draft, nor lets a substitute do it for them; raises NotAllowed."""
    drafters = (row.drafted_by, row.submitted_by)
    if viewer.name in drafters:
        raise NotAllowed("起草人不能审批自己的文书，请由他人审批。", en="Whoever drafted it may not approve it.")
    if found is not None and found.head in drafters:
        raise NotAllowed(
            f"这份文书由 {found.head} 起草，代办人不能代其审批自己的文书，请由其他负责人审批。",
            en=f"{found.head} drafted it: a substitute may not approve it for them.",
        )


def bodies(tx: Session, row: Document) -> list[Unit]:
    """Whose head may approve it: of the unit that drafted it, or of the organ in whose name it is."""
    return [units.require(tx, row.unit), units.require(tx, row.organ)]


def approved_by(
    tx: Session, app: App, row: Document, type: DocumentType, names: Sequence[str], now: datetime, *,
    acting: heads.Approver | None = None,
) -> None:  # fmt: skip
    """Raise NotAllowed with the clause unless one of these people heads the body, where the act needs its head, or
    ``acting`` does it for them.
    """
    day = now.astimezone(app.zone).date()
    unit, organ = units.require(tx, row.unit), units.require(tx, row.organ)
    rule = entitled(tx, type, unit, day, hazard=_hazard(tx, row))
    if rule is None or not rule.approval:
        return
    if acting is not None or any(powers.approves(tx, body, name) for name in names for body in (unit, organ)):
        return
    raise NotAllowed(
        f"《{type.type}》属于“{ACTS[rule.act].title}”，须经“{organ.name}”{rule.approval}批准"
        f"（{rule.clause}{f'【{rule.note}】' if rule.note else ''}），请由其办理。",
        en=f"“{type.type}” ({rule.act}) needs the head of {organ.code}.",
    )


def _first(tx: Session, acts: Sequence[str], unit: Unit, day: date) -> Rule:
    """The first of these acts that the body may do; the refusal is that of the first."""
    refusal: NotAllowed | None = None
    for act in acts:
        try:
            return powers.entitled(tx, act, unit, day=day)
        except NotAllowed as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _hazard(tx: Session, row: Document) -> Hazard | None:
    return tx.get(Hazard, row.hazard) if row.hazard else None


def _place(tx: Session, row: Document) -> Place | None:
    return tx.get(Place, row.place) if row.place else None
