"""What a person's act at a step of the hazard's process needs besides its form, and what it leaves in the registers.

Acts of authority ask table D9 here, before the step is taken, so that a refusal changes nothing. The operators behind
the steps ask again: a diagram whose steps were renamed cannot get round it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm import notices
from engine.bpm.functions import functions_at
from engine.bpm.model import TaskCandidate
from engine.bpm.step import Opened
from engine.bpm.viewer import Viewer
from engine.campaign import (
    clearances,
    closing,
    closure_gate,
    competence,
    deferral_acts,
    deferrals,
    evidence,
    judgements,
    people,
    powers,
    powers_table,
    rechecks,
    revisits,
    units,
    written_limits,
)
from engine.campaign.case_model import Finding, Hazard
from engine.campaign.model import Person, Place, Unit
from engine.campaign.sight import existing
from engine.errors import Invalid, NotAllowed, NotFound
from engine.said import Said, joined
from engine.sql import Found

Given = Mapping[str, Any]
COMPETENCE = "competent_body"
POLICE = ("police", "justice")  # kinds of units that take a case of the police


def register(app: App) -> None:
    """Make these acts known to an installation."""
    acts = {
        "classify": classify, "judge_major": judge_major, "fix_now": fix_now, "recheck": recheck, "plan": plan,
        "close_review": close_review, "approve_closure": approve_closure, "fill_gaps": fill_gaps,
    }  # fmt: skip
    app.acts.update({("hazard", element): act for element, act in acts.items()})
    app.acts["hazard", "assign"] = assign
    app.acts["hazard", "rectify"] = rectify
    app.acts["criminal_referral", "police_receipt"] = police_receipt
    app.acts["transfer", "arbitrate"] = app.acts["transfer", "assign_body"] = name_body
    app.acts["revisit", "look_back"] = revisit
    app.acts["deferral", "approve_deferral"] = approve_deferral
    app.acts["deferral", "review_deferral"] = review_deferral


def classify(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """A limit written by hand keeps to D2, and whoever is named as its approver is told; whoever copies a department's
    judgement gives the whole of it, the judge is told.
    """
    approved = written_limits.at_classification(case, given, by=viewer.name)
    if approved is not None:
        number = _hazard(case).number
        told = {"by": viewer.name, "approver": approved.person}
        case.tx.add(Finding(hazard=number, kind="时限批准", at=case.now, text=approved.words, detail=told))
        notices.queue(
            case.app, case.tx, recipient=approved.person,
            subject=Said(f"您被登记为隐患 {number} 整改时限的批准人", f"Named as approver: limit of {number}"),
            body=joined("。\n", ".\n", (approved.words, _named_by(viewer))),
            now=case.now, address=approved.address, instance_id=case.row.id,
        )  # fmt: skip
    known = {**case.snapshot.variables, **given}
    if given.get("valid") is False or known.get("criteria_confirmed") is not True:
        return
    hazard = _hazard(case)
    row = judgements.judge_in(
        case.tx, case.app, hazard.number, known, bodies=_competent(case, given), by=viewer.name, now=case.now
    )
    judge = case.tx.get_one(Person, row.judge)
    notices.queue(
        case.app, case.tx, recipient=judge.name,
        subject=Said(f"您被登记为重大隐患 {hazard.number} 的判定人", f"You are named as the judge of {hazard.number}"),
        body=joined("\n", "\n", (f"{row.standard}{row.clause}：{row.quote}", _named_by(viewer))),
        now=case.now, address=judge.email or None, instance_id=case.row.id,
    )  # fmt: skip


def _named_by(viewer: Viewer) -> Said:
    return Said(
        f"登记人：{viewer.name}。如有不符，请立即联系街道安全应急办。",
        f"Written by {viewer.name}. If that is wrong, tell the safety office of the subdistrict at once.",
    )


def assign(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Given to a unit of the street, or to the enterprise of the place (table D9); a department takes a transfer."""
    hazard, code = _hazard(case), str(given.get("holder_unit") or "").strip()
    unit = case.tx.get(Unit, code)
    if unit is not None and (
        code == case.tx.get_one(Place, hazard.place).unit
        or (unit.kind in powers_table.FORCELESS and hazard.street in unit.path.split("/"))
    ):
        return
    words = f"没有编码为“{code}”的单位" if unit is None else f"“{unit.name}”不是街道所属单位，也不是这个场所的企业"
    rule = powers_table.decisive("assign", "street", powers.province(case.tx), _day(case))
    raise Invalid(
        f"不能交办：{words}（{rule.clause if rule else ''}）。请填写社区、网格、街道科室或者本场所企业的编码；"
        "需要部门办理的，请发起移交。",
        en=f"Only a unit of the subdistrict or the enterprise of the place is given a hazard, not {code}; transfer it "
        "to a department.",
        problems=[{"field": "holder_unit", "rule": "own-unit", "message": words}],
    )


def name_body(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """A ruling names a body that takes a transfer."""
    try:
        competence.require_named(units.require(case.tx, str(given.get("lead") or "").strip()))
    except (Invalid, NotFound) as error:
        problem = {"field": "lead", "rule": "competent-body", "message": error.message}
        raise Invalid(error.message, en=error.en, problems=[problem]) from error  # type: ignore[list-item]


def police_receipt(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """A case that is not theirs is passed on to another organ of the police or the justice (国务院令第310号第七条)."""
    if given.get("receipt") != "pass_on":
        return
    code = str(given.get("next_police") or "").strip()
    unit = case.tx.get(Unit, code)
    if unit is None or unit.kind not in POLICE:
        raise Invalid(
            f"“{unit.name if unit else code}”不是公安、司法机关，不能转送案件（国务院令第310号第七条）。",
            en=f"{code} is no organ of the police or the justice; a case is passed on to one.",
            problems=[{"field": "next_police", "rule": "police", "message": "请填写公安机关的单位编码"}],
        )


def plan(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """The plan's own limit keeps to the longest one of D2."""
    written_limits.of_plan(case, given)


def judge_major(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """The person who completes this step is the judge; an admin names one."""
    judge = given.get("judge") if viewer.admin else case.stands_for or viewer.name
    judgements.judge_in(
        case.tx, case.app, _hazard(case).number, {**given, "criteria_judge": judge},
        bodies=_competent(case, given), by=viewer.name, now=case.now,
    )  # fmt: skip


def fix_now(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Fixed on the spot: whoever says so closes it, and must be allowed to."""
    if given.get("fixed") is True:
        _street(case, task, viewer, "close_fixed", clearances.ON_THE_SPOT, passed=True, text="现场立改")
        if said := str(given.get("photo_reason") or "").strip():
            rechecks.note_in(case.tx, _hazard(case).number, said, by=viewer.name, now=case.now)


def recheck(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Who was there and what failed are known; passed means every item, seen by somebody else than who fixed it."""
    hazard = _hazard(case)
    rechecks.companions(case.tx, given.get("companions"))
    failed = rechecks.failed_items(case.tx, hazard.number, given.get("failed_items"))
    if given.get("result") != "pass":
        return
    if failed:
        raise Invalid(
            "有不合格的项，复查结论不能选“合格”。", en="Items failed; the result cannot be a pass.",
            problems=[{"field": "failed_items", "rule": "pass", "message": "全部合格时不填本项"}],
        )  # fmt: skip
    if viewer.name == closure_gate.fixed_by(case.tx, hazard) and not viewer.admin:
        raise NotAllowed("复查人不能是整改人，请由其他人复查。", en="Whoever fixed it may not re-inspect it.")


def close_review(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """The street's approval of a closure, or its first opinion on that of a major hazard."""
    text = str(given.get("close_opinion") or "")
    passed = given.get("approved") is True
    _street(case, task, viewer, clearances.act_of(_hazard(case)), clearances.STREET, passed=passed, text=text)


def approve_closure(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """The department's approval, with its head's."""
    hazard, unit = _hazard(case), _unit(case, task, viewer)
    files = given.get("approval_files") or ()
    evidence.attach(case.tx, files, hazard.number, viewer)
    rule = powers.entitled(case.tx, "close_major", unit, day=_day(case))
    clearances.write_in(
        case.tx, case.app, hazard, clearances.DEPARTMENT, passed=given.get("department_approved") is True,
        text=str(given.get("department_opinion") or ""), unit=unit, power=rule.clause, by=viewer.name, now=case.now,
        approver=str(given.get("approver") or ""), files=files,
    )  # fmt: skip


def fill_gaps(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """What was missing is there: the closure follows, so the same power is asked for, and nothing may lack any more."""
    hazard = _hazard(case)
    powers.entitled(case.tx, clearances.act_of(hazard), _unit(case, task, viewer), day=_day(case))
    closing.require_complete(case.tx, case.app, hazard, case.now)


def revisit(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Somebody else than the closer looks; the photos become evidence of the closed hazard."""
    revisits.not_the_closer(case, viewer)
    evidence.attach(case.tx, given.get("revisit_photos") or (), _hazard(case).number, viewer)


def rectify(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Whoever hands in the fix, or refuses it, ends a deferral: the clock runs on before anything else counts."""
    reason = "拒不整改" if given.get("outcome") == "refused" else "已整改并申请复查"
    deferrals.over_in(case.tx, _hazard(case).number, reason, by=viewer.name, now=case.now)


def approve_deferral(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Approved by somebody else than the asker, to a day within the rule."""
    if given.get("deferral_approved") is not True:
        return
    known = case.snapshot.variables
    row = deferral_acts.existing(case.tx, int(known["deferral"]))
    deferral_acts.check_approver(case.tx, row, str(known["approver"]), viewer.name, _day(case))
    deferral_acts.check_day(case.app, _date(given.get("review_on") or known["review_on"], "review_on"), case.now)


def review_deferral(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Looked at by somebody else than the asker and the owner, with photos; prolonged only when all measures are
    kept.
    """
    row = deferral_acts.existing(case.tx, int(case.snapshot.variables["deferral"]))
    next_on = given.get("next_review_on")
    deferral_acts.check_review(
        case.tx, case.app, row, failed=deferral_acts.failed_measures(case.tx, row, given.get("failed_measures")),
        outcome=str(given.get("review_outcome")), next_on=_date(next_on, "next_review_on") if next_on else None,
        by=viewer.name, now=case.now,
    )  # fmt: skip
    evidence.attach(case.tx, given.get("review_files") or (), row.hazard, viewer)


def _date(value: object, field: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise Invalid(
            "日期应写成 2026-10-10 的样子。", en="Write the day like 2026-10-10.",
            problems=[{"field": field, "rule": "date", "message": "请重新选择日期"}],
        ) from error  # fmt: skip


def _street(case: Opened, task: Found, viewer: Viewer, act: str, kind: str, *, passed: bool, text: str) -> None:
    unit = _unit(case, task, viewer)
    rule = powers.entitled(case.tx, act, unit, day=_day(case))
    clearances.write_in(
        case.tx, case.app, _hazard(case), kind, passed=passed, text=text, unit=unit, power=rule.clause,
        by=viewer.name, now=case.now,
    )  # fmt: skip


def _hazard(case: Opened) -> Hazard:
    return existing(case.tx, str(case.snapshot.variables.get("hazard")))


def _day(case: Opened) -> Any:
    return case.now.astimezone(case.app.zone).date()


def _unit(case: Opened, task: Found, viewer: Viewer) -> Unit:
    """In whose name: the actor's unit, the absent person's for a substitute, for an admin the unit the task is for."""
    person = people.require(case.tx, case.stands_for or viewer.name)
    code = person.unit
    if code is None and viewer.admin:
        groups = case.tx.scalars(select(TaskCandidate.candidate).where(TaskCandidate.task_id == task.id))
        wanted = {group.rpartition("@")[2] for group in groups}
        code = case.tx.scalar(select(Unit.code).where(Unit.code.in_(wanted)).order_by(Unit.code).limit(1))
    unit = case.tx.get(Unit, code) if code else None
    if unit is None:
        raise NotAllowed(
            "您的账号没有所属单位，不能以单位名义办理，请联系系统管理员。", en="Your account belongs to no unit."
        )
    return unit


def _competent(case: Opened, given: Given) -> set[str]:
    """The competent departments by table D3; none when the case knows no such table, or the table leaves it open."""
    table = case.model.decisions.get(COMPETENCE)
    if table is None:
        return set()
    functions = functions_at(case.now, case.app.calendar, case.app.zone, case.app.functions)
    rows = table.evaluate({**case.snapshot.variables, **given}, functions)
    rows = [row for row in rows if not row.get("assign")]  # the last row, for whatever no other row names
    named = [str(row.get("lead") or "") for row in rows]
    named += [code for row in rows for code in str(row.get("co") or "").split(",")]
    return {code.strip() for code in named if code.strip()}
