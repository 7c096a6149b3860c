"""What the law asks of whoever approves or carries out a measure, hands a case over or goes to the court, asked before
the step is taken, so that a refusal says its clause at once and changes nothing. The operators behind the steps ask
again, whatever a diagram calls them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm.spiff import timers
from engine.bpm.step import Opened
from engine.bpm.viewer import Viewer
from engine.campaign import court_cases, crime_cases, measure_acts, measure_heads, powers
from engine.campaign.case_model import Hazard
from engine.campaign.court_model import CourtCase
from engine.campaign.crime_model import CrimeCase
from engine.campaign.measure_model import MeasureDecision
from engine.campaign.model import Place
from engine.errors import Invalid, Problem
from engine.sql import Found

CUT = "power_cut"
Given = Mapping[str, Any]
Act = Callable[[Opened, Found, Given, Viewer], None]
# Process and element → the fields of its form: officers and moment of carrying out; the answer that approves.
CARRIED_OUT = {
    ("seal", "execute_seal"): ("seal_officers", "executed_at"),
    ("stop_use", "serve_stop"): ("stop_officers", "served_at"),
}  # fmt: skip
APPROVED = {
    ("seal", "approve_seal"): ("head_decision", "approve"), ("stop_use", "approve_stop"): ("head_decision", "approve"),
    ("power_cut", "approve_cut"): ("head_decision", "approve"), ("seal", "confirm_emergency"): ("confirmed", True),
}  # fmt: skip


def register(app: App) -> None:
    """Make these acts known to an installation."""
    app.acts.update({step: _carry_out(*fields) for step, fields in CARRIED_OUT.items()})
    app.acts.update({step: _approve(*answer) for step, answer in APPROVED.items()})
    app.acts["seal", "decide_seal"] = _decide_cut
    app.acts[CUT, "draft_cut"] = _draft_cut
    app.acts[CUT, "notify_cut"] = _notify_cut
    app.acts[CUT, "execute_cut"] = _execute_cut
    app.acts["seal", "approve_extension"] = prolong
    app.acts["criminal_referral", "approve_transfer"] = decide_transfer
    app.acts["court_execution", "sign_application"] = sign_application


def prolong(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Only the head in person extends a seal (行政强制法 25)."""
    decision = _newest(case)
    if decision is not None and given.get("extension_approved") is True:
        measure_heads.require_prolonging(case.tx, decision, by=viewer.name, now=case.now)


def decide_transfer(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Only the head in person decides whether a case goes to the police (310号令 5)."""
    row = case.tx.get(CrimeCase, str(case.snapshot.variables.get("crime") or ""))
    if row is not None:
        crime_cases.require_head(case.tx, row, by=viewer.name, now=case.now)


def sign_application(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Only the head in person signs the application to the court (行政强制法 55)."""
    row = case.tx.get(CourtCase, str(case.snapshot.variables.get("court_case") or ""))
    if row is not None:
        court_cases.require_head(case.tx, row, by=viewer.name, now=case.now)


def _carry_out(officers: str, at: str) -> Act:
    def act(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
        decision, zone = _newest(case), case.app.zone
        if decision is None:
            return
        moment = timers.moment(given[at], zone)
        if moment > case.now:
            raise _refused(at, "实施（送达）时间不能晚于现在", "It lies in the future.")
        try:
            measure_acts.require_officers(
                case.tx, decision, str(given.get(officers) or ""), moment.astimezone(zone).date()
            )
        except Invalid as error:
            raise _refused(officers, error.message.rstrip("。"), error.en) from error

    return act


def _approve(field: str, answer: object) -> Act:
    def act(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
        decision = _newest(case)
        if decision is not None and given.get(field) == answer:
            measure_heads.require(case.tx, case.app, decision, by=viewer.name, now=case.now)

    return act


def _decide_cut(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    _lawful_cut(case, str(given.get("measure_kind")))


def _draft_cut(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    known = case.snapshot.variables
    _lawful_cut(case, str(known.get("cut_kind") or known.get("measure_kind")))


def _lawful_cut(case: Opened, kind: str) -> None:
    known = case.snapshot.variables
    hazard, organ = case.tx.get(Hazard, str(known.get("hazard"))), known.get("organ") or known.get("lead")
    if kind in measure_acts.CUTS and hazard is not None and organ:
        measure_acts.require_cut(case.tx, case.app, hazard, kind, organ=str(organ), now=case.now)


def _notify_cut(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """The notice is early enough for the moment of the cut, by day; what it says is kept for the execution."""
    if (decision := _newest(case)) is None:
        return
    announced = str(given.get("cut_emergency_reason") or "") if given.get("cut_emergency") else ""
    _on_time(case, decision, given, ("notified_at", "cut_at"), given["notified_at"], announced, announced)
    decision.checklist = {"notified_at": str(given["notified_at"]), "emergency": announced}


def _execute_cut(case: Opened, task: Found, given: Given, viewer: Viewer) -> None:
    """Carried out after the notice, by day and not against homes, as it was in fact. A reason to cut at night is none
    to cut before the notice is over.
    """
    if (decision := _newest(case)) is None:
        return
    told, at = decision.checklist, "cut_executed_at"
    if timers.moment(given[at], case.app.zone) > case.now:
        raise _refused(at, "实际停供时间不能晚于现在", "It lies in the future.")
    announced = str(told.get("emergency") or "")
    night = announced or str(given.get("night_reason") or "")
    _on_time(case, decision, given, (at, at), told.get("notified_at"), announced, night)


def _on_time(
    case: Opened, decision: MeasureDecision, given: Given, fields: tuple[str, str], notified: object, announced: str,
    night: str,
) -> None:  # fmt: skip
    """``fields`` name what is wrong in the form: the notice, and the moment of the cut, by which the time is read."""
    app = case.app
    moment, hazard = timers.moment(given[fields[1]], app.zone), case.tx.get_one(Hazard, decision.hazard)
    _lawful_cut(case, decision.kind)
    try:
        if notified:  # what was announced before this was kept, the diagram alone has checked
            measure_acts.require_notice(app, decision.kind, timers.moment(notified, app.zone), moment, announced)
    except Invalid as error:
        raise _refused(fields[0], error.message.rstrip("。"), error.en) from error
    try:
        act = powers.measure_act(decision.kind)
        powers.check_moment(app, act, place=case.tx.get(Place, hazard.place), emergency=night, now=moment)
    except Invalid as error:
        raise _refused(fields[1], error.message.rstrip("。"), error.en) from error


def _newest(case: Opened) -> MeasureDecision | None:
    """The decision that this case drafted last."""
    drafted = select(MeasureDecision).where(MeasureDecision.instance_id == case.row.id)
    return case.tx.scalars(drafted.order_by(MeasureDecision.id.desc()).limit(1)).one_or_none()


def _refused(field: str, words: str, en: str) -> Invalid:
    return Invalid(f"{words}。", en=en, problems=[Problem(field=field, rule="lawful", message=words, en=en)])
