"""The end of a hazard: closing, for which the gate must be open and somebody have the power, and voiding."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.campaign import (
    assignments,
    clearances,
    clock_kinds,
    closure_gate,
    court_clock,
    deadlines,
    document_numbers,
    inspection_lock,
    judgements,
    powers,
    publicity,
    revisits,
    units,
    visit_findings,
)
from engine.campaign.case_model import Hazard
from engine.campaign.handing_in import handed_in_at
from engine.campaign.model import Person
from engine.errors import Conflict, Invalid, NotAllowed, Problem
from engine.said import Said, english, joined

GATE = "销号关口，决策表 D8，示例规则，需法制审核"
OWN_APPROVAL = (clearances.STREET, clearances.ON_THE_SPOT)


def missing(tx: Session, app: App, hazard: Hazard, now: datetime | None = None) -> list[str]:
    """What stands against closing (now, when no moment is given), one sentence each; empty when nothing does
    (示例规则，需法制审核).
    """
    checks = closure_gate.table(tx, app, hazard, now or app.clock())
    return [words for check in checks for words in check.missing]


def require_complete(tx: Session, app: App, hazard: Hazard, now: datetime) -> None:
    """Raise Invalid that names the rule and each check that is missing."""
    if against := missing(tx, app, hazard, now):
        problems = [Problem(field="gap_note", rule="gate", message=words, en=english(words)) for words in against]
        zh, en = _shut(hazard, against)
        raise Invalid(zh, en=en, problems=problems)


def close(tx: Session, app: App, hazard: Hazard, opinion: str, now: datetime, *, by: str) -> None:
    """Write the closure with its number; open deadlines and papers end with it, those of penalties run on. Raises
    Conflict while the gate is shut, NotAllowed when nobody with the power approved it.
    """
    if against := missing(tx, app, hazard, now):
        zh, en = _shut(hazard, against)
        raise Conflict(zh, en=en)
    _approved(tx, app, hazard, by, now)
    hazard.closed_at, hazard.closure_opinion = now, opinion
    hazard.closure_no = document_numbers.give(tx, units.require(tx, hazard.street), "销", now.astimezone(app.zone).year)
    if hazard.is_major:
        hazard.major_status = judgements.LIFTED
    about, running = deadlines.of_hazard(hazard.number), clock_kinds.lasting()
    deadlines.close_in(tx, about, now, deadlines.OF_THE_FIX, done_at=handed_in_at(tx, hazard), but=running)
    deadlines.close_in(tx, about, now, but=running)  # our own limits last until now, whenever the fix was handed in
    court_clock.fulfilled(tx, hazard.number, now)
    assignments.close_all(tx, hazard.number, now)
    approval = clearances.latest(tx, hazard.number, OWN_APPROVAL)
    revisits.draw_in(tx, app, hazard, closer=approval.by if approval else by, now=now)
    _feed_back(tx, app, hazard, by, now)


def _feed_back(tx: Session, app: App, hazard: Hazard, by: str, now: datetime) -> None:
    """Whoever found it learns that it is closed (结果反馈); the notice names no instance, see reminding.py."""
    finder = tx.get(Person, hazard.finder)
    if finder is None or not finder.active or finder.name == by:
        return
    title = Said(
        f"您发现的隐患 {hazard.number} 已销号（{hazard.closure_no}）",
        f"The hazard {hazard.number} that you found was closed ({hazard.closure_no})",
    )
    opinion = Said(f"销号意见：{hazard.closure_opinion}", f"Opinion: {hazard.closure_opinion}")
    body = joined("\n", "\n", (title, "", hazard.text, opinion))
    notices.queue(app, tx, recipient=finder.name, subject=title, body=body, now=now, address=finder.email or None)


def void(tx: Session, hazard: Hazard, reason: str, now: datetime) -> None:
    """End a hazard that was none; its deadlines become void."""
    held = inspection_lock.hold_at(tx, hazard.place)
    hazard.closed_at, hazard.void_reason = now, reason
    deadlines.close_in(tx, deadlines.of_hazard(hazard.number), now, state=deadlines.VOID)
    assignments.close_all(tx, hazard.number, now)
    visit_findings.voided(tx, hazard, held)


def _shut(hazard: Hazard, against: list[str]) -> tuple[str, str]:
    """The refusal in both languages."""
    return (
        f"隐患 {hazard.number} 暂不能销号（{GATE}）：{'；'.join(against)}。",
        f"{hazard.number} cannot be closed yet (table D8): {'; '.join(english(words) for words in against)}.",
    )


def _approved(tx: Session, app: App, hazard: Hazard, by: str, now: datetime) -> None:
    """The street's approval was written by the step before; in a diagram without it the actor needs the power."""
    failed = publicity.last_check(tx, hazard.number, passed=False)
    row = clearances.latest(tx, hazard.number, OWN_APPROVAL, since=failed)
    if row is not None and row.passed:
        return
    person = tx.get(Person, by)
    if person is None or person.unit is None:
        raise NotAllowed(
            "销号须由有权单位的人员审核，请先办理销号审核。", en="A person of a body with the power must close it."
        )
    day = now.astimezone(app.zone).date()
    powers.entitled(tx, clearances.act_of(hazard), units.require(tx, person.unit), day=day)
