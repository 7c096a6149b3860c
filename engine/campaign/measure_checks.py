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
from engine.campaign import court_cases, crime_cases, measure_acts, measure_heads
from engine.campaign.court_model import CourtCase
from engine.campaign.crime_model import CrimeCase
from engine.campaign.measure_model import MeasureDecision
from engine.errors import Invalid, Problem
from engine.sql import Found

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


def _newest(case: Opened) -> MeasureDecision | None:
    """The decision that this case drafted last."""
    drafted = select(MeasureDecision).where(MeasureDecision.instance_id == case.row.id)
    return case.tx.scalars(drafted.order_by(MeasureDecision.id.desc()).limit(1)).one_or_none()


def _refused(field: str, words: str, en: str) -> Invalid:
    return Invalid(f"{words}。", en=en, problems=[Problem(field=field, rule="lawful", message=words, en=en)])
