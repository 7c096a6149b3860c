"""Where a visit stands, as one word: a patrol (track A) is written down when it was made; an inspection (track B) goes
from approval by notice and check-in to its record. The same words as a SQL condition, so that a list can ask for them.
What is left to write, and for whom, is a condition of the same kind.
"""

from sqlalchemy import ColumnElement, String, and_, cast, or_, select

from engine.campaign.checklist_model import Sheet
from engine.campaign.model import Visit
from engine.campaign.registers_model import Inspection
from engine.db import to_json

ASKED, APPROVED, EXPECTED, THERE, FILED = "待批准", "待通知", "待入企", "待记录", "已归档"
STAGES = (ASKED, APPROVED, EXPECTED, THERE, FILED)


def of(visit: Visit, inspection: Inspection | None) -> str:
    """The stage of one visit; ``inspection`` is None for a patrol."""
    if visit.filed_at is not None or inspection is None:
        return FILED
    if inspection.approved_at is None:
        return ASKED
    if inspection.checked_in_at is not None:
        return THERE
    told = inspection.notified_at is not None or visit.covert or bool(inspection.cause)
    return EXPECTED if told else APPROVED


def in_stage(stage: str) -> ColumnElement[bool]:
    """Rows of ``visit`` that stand there."""
    told = or_(Inspection.notified_at.is_not(None), Visit.covert, Inspection.cause != "")
    open_one = {
        ASKED: Inspection.approved_at.is_(None),
        APPROVED: and_(Inspection.approved_at.is_not(None), Inspection.checked_in_at.is_(None), ~told),
        EXPECTED: and_(Inspection.approved_at.is_not(None), Inspection.checked_in_at.is_(None), told),
        THERE: Inspection.checked_in_at.is_not(None),
    }
    running = select(Inspection.visit).where(Inspection.visit == Visit.id, Inspection.recorded_at.is_(None))
    if stage == FILED:
        return ~running.exists()
    return running.where(open_one[stage]).exists()


def unfinished() -> ColumnElement[bool]:
    """Rows of ``visit`` on which something is left to write: no record of the inspection yet, a finding of it without a
    hazard, or a sheet not filed.
    """
    missing = Inspection.recorded_at.is_(None) | (cast(Inspection.unregistered, String) != "[]")
    running = select(Inspection.visit).where(Inspection.visit == Visit.id, missing)
    open_sheet = select(Sheet.id).where(Sheet.visit == Visit.id, Sheet.filed_at.is_(None))
    return or_(running.exists(), open_sheet.exists())


def of_person(name: str) -> ColumnElement[bool]:
    """Rows of ``visit`` that this login name goes on: one of its people, or the leader with them."""
    return or_(Visit.leader == name, cast(Visit.people, String).contains(to_json(name), autoescape=True))
