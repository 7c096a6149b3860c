"""Table D9 at every step of a document that is an act of authority: its type names the act (rules/documents.yaml), the
body, its officers and its head are asked for before it is drafted, handed in, approved, sealed or voided. The table
does not name service: what was issued with the power may be served after it ended.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import clearances, powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.document_types import DocumentType
from engine.campaign.model import Place, Unit
from engine.campaign.powers_table import ACTS, Rule
from engine.errors import NotAllowed

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


def approved_by(tx: Session, app: App, row: Document, type: DocumentType, names: Sequence[str], now: datetime) -> None:
    """Raise NotAllowed with the clause unless one of these people heads the body, where the act needs its head."""
    day = now.astimezone(app.zone).date()
    unit, organ = units.require(tx, row.unit), units.require(tx, row.organ)
    rule = entitled(tx, type, unit, day, hazard=_hazard(tx, row))
    if rule is None or not rule.approval:
        return
    if any(powers.approves(tx, body, name) for name in names for body in (unit, organ)):
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
