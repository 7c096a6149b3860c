"""Reading the hazard code table: which row is in force on a day. Rows are data with a validity period, never `if`
statements.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign.model import HazardCode
from engine.errors import Invalid


@dataclass(frozen=True, slots=True)
class CodeView:
    """One code as it is shown; ``default_unit`` is wd, d or h, ``legal_note`` marks rules that still need a legal
    review.
    """

    code: str
    name: str
    code_group: str
    local_level: str
    suspected: bool
    default_n: int
    default_unit: str
    default_roll: str
    lead: str
    clause: str
    photo_rule: str
    close_rule: str
    legal_note: str
    valid_from: date
    valid_to: date | None


def list_codes(app: App, viewer: Viewer, *, on: date | None = None) -> list[CodeView]:
    """The codes in force on a local day (today when left out), in the order of the table."""
    day = on or app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        rows = tx.scalars(select(HazardCode).where(_in_force(day)).order_by(HazardCode.id))
        return [CodeView(**{name: getattr(row, name) for name in CodeView.__slots__}) for row in rows]


def on_day(tx: Session, code: str, day: date) -> HazardCode:
    """The row of this code on this day; raises Invalid when the table has none."""
    row = tx.scalars(select(HazardCode).where(HazardCode.code == code, _in_force(day))).one_or_none()
    if row is None:
        raise Invalid(
            f"隐患代码“{code}”在 {day.isoformat()} 没有生效的条目，请从代码表中选择。",
            en=f"Hazard code {code} is not in force on {day.isoformat()}; choose one from the table.",
            problems=[{"field": "code", "rule": "choice", "message": "请从隐患代码表中选择"}],
        )
    return row


def _in_force(day: date) -> ColumnElement[bool]:
    return (HazardCode.valid_from <= day) & or_(HazardCode.valid_to.is_(None), HazardCode.valid_to >= day)
