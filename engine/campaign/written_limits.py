"""A limit that a person writes at a step of the hazard's process is held against table D2 before the step is taken: not
before today and not beyond the longest limit of the level. One longer than the code's own needs the approval that D2
names; beyond the cap more time is asked for later, as an extension.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpm.functions import functions_at
from engine.bpm.spiff import timers
from engine.bpm.step import Opened
from engine.campaign import authority, people, units
from engine.campaign.case_model import Hazard
from engine.campaign.deadlines import last_day
from engine.campaign.model import HazardCode
from engine.errors import Invalid, Problem
from engine.said import Said

LEVELS, LIMITS = "hazard_classification", "hazard_limit"  # tables D1 and D2
ON_THE_SPOT, TERM = "立改", "一般"  # what is not fixed on the spot becomes the second, and only then has a limit
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Approved:
    """Who approved a longer limit, where to write to, and what was approved."""

    person: str
    address: str | None
    words: Said


def at_classification(case: Opened, given: Given, *, by: str) -> Approved | None:
    """``written_n`` (``written_unit``, both optional) counts from when the hazard was found; longer than the code's own
    limit it names who approved it (``limit_approver``), who is answered. Raises Invalid.
    """
    known = {**case.snapshot.variables, **given}
    if given.get("valid") is False or known.get("written_n") in (None, "") or not _deployed(case):
        return None
    known["default_level"] = known.get("written_level") or known.get("default_level")
    known["default_n"] = known["written_n"]
    known["default_unit"] = known.get("written_unit") or known.get("default_unit")
    level = str(_row(case, LEVELS, known)["local_level"])
    known["local_level"] = TERM if level == ON_THE_SPOT else level
    row, found_at = _row(case, LIMITS, known), _found(case)
    roll = str(known.get("default_roll") or "F")
    due_at = _counted(case, found_at, int(known["written_n"]), str(known["default_unit"]), roll)
    _between(case, "written_n", due_at, found_at, row, str(known["local_level"]))
    own = _of_code(case)
    usual = _row(case, LIMITS, {**known, **own})
    usual_at = _counted(case, found_at, int(usual["n"]), str(usual["unit"]), str(usual["roll"]))
    if due_at <= usual_at or not row.get("extension_by"):  # versions deployed before know no approval
        return None
    last, other = last_day(due_at, case.app), last_day(usual_at, case.app)
    words = Said(f"手工时限 {last} 长于代码表的 {other}", f"The written limit {last} is longer than the usual {other}")
    return _approval(case, str(row["extension_by"]), str(given.get("limit_approver") or "").strip(), words, row, by)


def _of_code(case: Opened) -> Given:
    """The limit of the hazard's code, as it was when it was found: variables of the case may have been written over."""
    hazard = case.tx.get(Hazard, str(case.snapshot.variables.get("hazard")))
    code = case.tx.get(HazardCode, hazard.code_id) if hazard else None
    return {"default_n": code.default_n, "default_unit": code.default_unit} if code else {}


def _counted(case: Opened, found_at: datetime, n: int, unit: str, roll: str) -> datetime:
    return case.app.calendar.count(found_at, n, unit, roll, case.app.zone).due_at


def _approval(case: Opened, group: str, name: str, words: Said, row: Given, by: str) -> Approved:
    role, _, unit = group.partition("@")
    title = authority.ROLE_NAMES.get(role, units.require(case.tx, unit or role).name)
    for person in people.members(case.tx, group):
        if name in (person.name, person.display_name) and person.name != by:
            told = Said(
                f"{words}，{title} {person.display_name} 批准", f"{words.en}, approved by {title} {person.display_name}"
            )
            return Approved(person.name, person.email or None, told)
    asked = Said(
        f"{words}，须经{title}批准，请填写批准人的登录名或者姓名。依据决策表 D2：{row['basis']}",
        f"{words.en} and needs the approval of {title}: give the approver's login or name (table D2)",
    )
    raise _refused("limit_approver", "approval", asked)


def of_plan(case: Opened, given: Given) -> None:
    """``limit`` of a governance plan is its last day. Raises Invalid."""
    if not given.get("limit") or not _deployed(case):
        return
    try:
        due_at = timers.moment(given["limit"], case.app.zone, end_of_day=True)
    except timers.BadTimer as error:
        raise _refused(
            "limit", "date", Said(f"时限“{given['limit']}”不是日期，请重新填写", f"{given['limit']} is no day")
        ) from error
    known = case.snapshot.variables
    _between(case, "limit", due_at, _found(case), _row(case, LIMITS, known), str(known.get("local_level")))


def _between(case: Opened, field: str, due_at: datetime, found_at: datetime, row: Given, level: str) -> None:
    app, most = case.app, int(row["max_days"])
    today, last = case.now.astimezone(app.zone).date(), last_day(due_at, app)
    if last < today:
        told = Said(
            f"时限 {last.isoformat()} 早于今天 {today.isoformat()}（从发现之日起算），请改为今天或者以后",
            f"The limit {last} lies before today {today} (counted from the day of finding)",
        )
        raise _refused(field, "min", told)
    longest = app.calendar.count(found_at, most, "d", "F", app.zone).due_at
    if due_at > longest:
        cap = last_day(longest, app).isoformat()
        told = Said(
            f"时限 {last.isoformat()} 超过{level}隐患从发现之日起最长 {most} 日（{cap}），可以写短，不能写长；"
            f"确需更长的，整改中申请延期。依据决策表 D2：{row['basis']}",
            f"The limit {last} is longer than the {most} days from the finding ({cap}) of this level; write a shorter "
            "one, and ask for more time while it is fixed (table D2)",
        )
        raise _refused(field, "max", told)


def _refused(field: str, rule: str, words: Said) -> Invalid:
    problem = Problem(field=field, rule=rule, message=words)
    return Invalid(f"{words}。", en=f"{words.en}.", problems=[problem])


def _deployed(case: Opened) -> bool:
    return {LEVELS, LIMITS} <= case.model.decisions.keys()


def _row(case: Opened, table: str, known: Given) -> Given:
    functions = functions_at(case.now, case.app.calendar, case.app.zone, case.app.functions)
    row: Given = case.model.decisions[table].evaluate(known, functions)
    return row


def _found(case: Opened) -> datetime:
    return timers.moment(case.snapshot.variables["found_at"], case.app.zone)
