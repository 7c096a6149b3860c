"""Whether a hazard is a major one (重大事故隐患) is said by a person of a department with standard, clause, quoted
wording and date; the only way to ``is_major``. Until then it is 疑似重大. The local level stays apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.closure_model import Judgement
from engine.campaign.model import Person
from engine.campaign.sight import seen
from engine.errors import Invalid, NotAllowed, Problem
from engine.said import Said, english

PROOF = {
    "criteria_standard": "判定标准名称", "criteria_clause": "条款", "criteria_quote": "标准原文",
    "criteria_judge": "判定人", "criteria_date": "判定日期",
}  # fmt: skip
ENGLISH = {
    "criteria_standard": "name of the standard", "criteria_clause": "clause", "criteria_quote": "its wording",
    "criteria_judge": "judge", "criteria_date": "day of the judgement",
}  # fmt: skip
COPY = Said("请照抄标准原文", "Copy the wording of the standard")
SHORTEST_QUOTE = 4
NO, SUSPECTED, JUDGED, LIFTED = STATES = ("否", "疑似", "已判定", "已解除")


@dataclass(frozen=True, slots=True)
class JudgementView:
    """A judgement as it is shown."""

    id: int
    confirmed: bool
    standard: str
    clause: str
    quote: str
    judge: str
    judge_name: str
    unit: str
    unit_name: str
    judged_on: date
    opinion: str
    power: str
    at: datetime
    by: str


def list_judgements(app: App, number: str, *, viewer: Viewer) -> list[JudgementView]:
    """All judgements about a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        rows = tx.scalars(select(Judgement).where(Judgement.hazard == number).order_by(Judgement.id)).all()
        names = units.names(tx, {row.unit for row in rows})
        return [_view(tx, row, names) for row in rows]


def judge_in(
    tx: Session, app: App, hazard: str, given: Mapping[str, Any], *, bodies: Iterable[str], by: str, now: datetime
) -> Judgement:
    """Write a department's judgement in a running transaction. ``given``: ``criteria_confirmed`` and the ``PROOF``;
    ``bodies`` are the competent departments by table D3 (empty: any department).

    Raises Invalid, naming what is missing, and NotAllowed for a judge whose unit may not judge this.
    """
    confirmed = given.get("criteria_confirmed") is True
    today = now.astimezone(app.zone).date()
    _complete(given, confirmed)
    person, clause = _competent(tx, str(given["criteria_judge"]).strip(), set(bodies), today)
    judged_on = _day(given.get("criteria_date"), today)
    row = Judgement(
        hazard=hazard, confirmed=confirmed, standard=_text(given, "criteria_standard"),
        clause=_text(given, "criteria_clause"), quote=_text(given, "criteria_quote"), judge=person.name,
        unit=person.unit, judged_on=judged_on, opinion=str(given.get("judge") or "").strip(), power=clause, at=now,
        by=by,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def latest(tx: Session, hazard: str) -> Judgement | None:
    """The judgement that holds now."""
    query = select(Judgement).where(Judgement.hazard == hazard).order_by(Judgement.id.desc()).limit(1)
    return tx.scalars(query).one_or_none()


def classify_in(tx: Session, hazard: Hazard, level: str, *, is_major: bool, status: str, reason: str) -> None:
    """Write the level onto the ledger. Raises Invalid for a major hazard without a confirmed judgement, and lifts the
    status when the department judged anew that it is none.
    """
    judged = latest(tx, hazard.number)
    if is_major and (judged is None or not judged.confirmed):
        raise Invalid(
            f"隐患 {hazard.number} 没有部门的判定记录（标准、条款、原文、判定人、日期），不能列为重大；"
            "请先登记为疑似重大，由部门判定。",
            en=f"{hazard.number} has no judgement of a department; it stays suspected until there is one.",
        )
    was = hazard.is_major or hazard.major_status == LIFTED
    hazard.local_level, hazard.is_major, hazard.reason = level, is_major, reason
    hazard.major_status = JUDGED if is_major else LIFTED if was and status == NO else status


def unproven(given: Mapping[str, Any]) -> bool:
    """Whether somebody calls it a major hazard without the whole proof: then it is only suspected."""
    return given.get("criteria_confirmed") is True and any(not _text(given, name) for name in PROOF)


def _complete(given: Mapping[str, Any], confirmed: bool) -> None:
    wanted = PROOF if confirmed else {"criteria_judge": PROOF["criteria_judge"]}
    problems = [
        Problem(field=name, rule="required", message=Said(f"请填写{title}", f"Fill in: {ENGLISH[name]}"))
        for name, title in wanted.items()
        if not _text(given, name)
    ]
    if confirmed and 0 < len(_text(given, "criteria_quote")) < SHORTEST_QUOTE:
        problems.append(Problem(field="criteria_quote", rule="min_length", message=COPY))
    if problems:
        raise Invalid(
            "认定重大事故隐患须有判定标准、条款、原文、判定人和日期，缺一不可："
            + "；".join(p["message"] for p in problems) + "。",
            en="A major hazard needs standard, clause, quoted wording, judge and date; missing: "
            + "; ".join(english(p["message"]) for p in problems) + ".",
            problems=problems,
        )  # fmt: skip


def _competent(tx: Session, name: str, bodies: set[str], day: date) -> tuple[Person, str]:
    person = tx.get(Person, name)
    if person is None or not person.active or person.unit is None:
        raise Invalid(
            f"判定人“{name}”不是本系统登记的部门人员，请填写其登录名。",
            en=f"The judge {name} is no registered person of a department; give the login name.",
            problems=[{"field": "criteria_judge", "rule": "person", "message": "请填写部门判定人的登录名"}],
        )
    unit = units.require(tx, person.unit)
    rule = powers.entitled(tx, "judge_major", unit, day=day)
    if bodies and unit.code not in bodies:
        raise NotAllowed(
            f"“{unit.name}”不是这类隐患的主管部门（决策表 D3：{'、'.join(sorted(bodies))}），不能判定；"
            "请交主管部门判定。",
            en=f"{unit.code} is not competent for this hazard (table D3: {', '.join(sorted(bodies))}).",
        )
    return person, rule.clause


def _day(value: Any, today: date) -> date:
    if value in (None, ""):
        return today
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise _wrong_day(Said("判定日期应写成 2026-10-10", "Write the day of the judgement like 2026-10-10")) from error
    if day > today:
        raise _wrong_day(Said("判定日期不能晚于今天", "The day of the judgement is to come"))
    return day


def _wrong_day(message: Said) -> Invalid:
    return Invalid(
        f"{message}，请改正。", en=f"{message.en}.",
        problems=[{"field": "criteria_date", "rule": "date", "message": message}],
    )  # fmt: skip


def _text(given: Mapping[str, Any], name: str) -> str:
    return str(given.get(name) or "").strip()


def _view(tx: Session, row: Judgement, names: Mapping[str, str]) -> JudgementView:
    own = {name: getattr(row, name) for name in JudgementView.__slots__ if hasattr(row, name)}
    return JudgementView(**own, judge_name=tx.get_one(Person, row.judge).display_name, unit_name=names[row.unit])
