"""Verbs on the hazard code table: which row is in force on a day, and adding one. Rows are data with a validity
period, never `if` statements.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history
from engine.campaign.model import HazardCode
from engine.campaign.pages import like
from engine.errors import Conflict, Invalid, Problem
from engine.said import Said, one_of

NOUN = "code"
LEVELS = ("一般", "较大")
LIMIT_UNITS = ("wd", "d", "h")
LONGEST = 366
CODE = re.compile(r"[A-Z]{1,8}-[0-9A-Z]{1,8}")


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


def list_codes(app: App, viewer: Viewer, *, on: date | None = None, q: str | None = None) -> list[CodeView]:
    """The codes in force on a local day (today when left out), in the order of the table; ``q`` in code or name."""
    day = on or app.clock().astimezone(app.zone).date()
    query = select(HazardCode).where(_in_force(day)).order_by(HazardCode.id)
    if q:
        query = query.where(HazardCode.code.like(like(q), escape="\\") | HazardCode.name.like(like(q), escape="\\"))
    with app.reading() as tx:
        return [view(row) for row in tx.scalars(query)]


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer) -> CodeView:
    """Add a row (the fields of CodeView; ``code_group`` follows from the code); an earlier row of the same code without
    an end gets one. Raises Conflict when another row covers the day, Invalid, NotAllowed.
    """
    now = app.clock()
    given = dict(values)
    reason = given.pop("reason", "")
    with app.transaction() as tx:
        authority.require(tx, viewer, "code.create")
        row = add(tx, given)
        made = view(row)
        told = {name: value for name, value in asdict(made).items() if value not in ("", None)}
        history.note(tx, NOUN, row.code, before={}, after=told, reason=reason, by=viewer.name, now=now)
        return made


def add(tx: Session, values: Mapping[str, Any]) -> HazardCode:
    """Write one row in a running transaction."""
    row = HazardCode(**values, code_group=str(values.get("code", "")).partition("-")[0])
    _check(row)
    _end_the_row_before(tx, row)
    tx.add(row)
    tx.flush()
    return row


def _check(row: HazardCode) -> None:
    wrong = [
        Problem(field=field, rule="choice", message=message)
        for failed, field, message in (
            (
                not CODE.fullmatch(row.code or ""),
                "code",
                Said("代码应为“字母-数字”，例如 RF-01", "Letters, a hyphen and digits, such as RF-01"),
            ),
            (row.local_level not in LEVELS, "local_level", one_of("等级", "level", LEVELS)),
            (row.default_unit not in LIMIT_UNITS, "default_unit", one_of("时限单位", "unit of the limit", LIMIT_UNITS)),
            (
                row.default_roll not in ("F", "N"),
                "default_roll",
                Said("顺延方式为 F（顺延）或 N（不顺延）", "F (rolls to the next working day) or N (does not)"),
            ),
            (
                not 0 < (row.default_n or 0) <= LONGEST,
                "default_n",
                Said(f"时限数量为 1 到 {LONGEST}", f"A limit of 1 to {LONGEST}"),
            ),
            (row.valid_to is not None and row.valid_to < row.valid_from, "valid_to", "失效日期不能早于生效日期"),
        )
        if failed
    ]
    if wrong:
        raise Invalid(
            "代码没有保存：" + "；".join(problem["message"] for problem in wrong) + "。",
            en=f"The code was not saved; wrong: {', '.join(problem['field'] for problem in wrong)}.",
            problems=wrong,
        )


def _end_the_row_before(tx: Session, row: HazardCode) -> None:
    others = tx.scalars(select(HazardCode).where(HazardCode.code == row.code).order_by(HazardCode.valid_from)).all()
    for other in others:
        if other.valid_to is None and other.valid_from < row.valid_from:
            other.valid_to = row.valid_from - timedelta(days=1)
        elif (row.valid_to is None or other.valid_from <= row.valid_to) and (
            other.valid_to is None or other.valid_to >= row.valid_from
        ):
            raise Conflict(
                f"代码“{row.code}”在这段日期里已有条目（{other.valid_from.isoformat()} 起），请错开生效日期。",
                en=f"Code {row.code} has a row from {other.valid_from.isoformat()} that overlaps; choose other dates.",
            )


def on_day(tx: Session, code: str, day: date) -> HazardCode:
    """The row of this code on this day; raises Invalid when the table has none."""
    return on_day_of(tx.scalars(select(HazardCode).where(HazardCode.code == code, _in_force(day))), code, day)


def on_day_of(rows: Iterable[HazardCode], code: str, day: date) -> HazardCode:
    """The same among rows that were read before."""
    row = next((row for row in rows if row.code == code and _holds(row, day)), None)
    if row is None:
        raise Invalid(
            f"隐患代码“{code}”在 {day.isoformat()} 没有生效的条目，请从代码表中选择。",
            en=f"Hazard code {code} is not in force on {day.isoformat()}; choose one from the table.",
            problems=[{"field": "code", "rule": "choice", "message": "请从隐患代码表中选择"}],
        )
    return row


def _in_force(day: date) -> ColumnElement[bool]:
    return (HazardCode.valid_from <= day) & or_(HazardCode.valid_to.is_(None), HazardCode.valid_to >= day)


def _holds(row: HazardCode, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)


def view(row: HazardCode) -> CodeView:
    """The row as it is shown."""
    return CodeView(**{name: getattr(row, name) for name in CodeView.__slots__})
