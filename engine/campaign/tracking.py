"""Which hazards are tracked (重点跟踪): those of the code groups that the rules name, and those a person set."""

from sqlalchemy import ColumnElement, select

from engine.campaign.case_model import Hazard
from engine.campaign.duty_kinds import kind_of
from engine.campaign.model import HazardCode

DUTY = "tracked_visit"  # the duty to look at such hazards every week says which groups


def condition() -> ColumnElement[bool]:
    """Rows of ``hazard`` that are tracked."""
    groups = list(kind_of(DUTY).select["code_groups"])
    by_code = Hazard.code_id.in_(select(HazardCode.id).where(HazardCode.code_group.in_(groups)))
    return by_code | Hazard.tracked_at.is_not(None)
