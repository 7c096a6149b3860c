"""What the diagram of a seal may do: thin operators over ``measure_acts``. What the law forbids is answered with the
words of the refusal (``accepted``, ``problem``), so that the diagram gives the work back to whoever must put it right.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import assignments, reminders
from engine.campaign import measure_acts as acts
from engine.campaign import measure_parameters as parameters
from engine.campaign.measure_model import MeasureDecision
from engine.campaign.sight import existing
from engine.errors import Conflict, EngineError
from engine.said import Said, joined

Result = Mapping[str, Any]
GIVEN = dict[str, Any]
NOTHING: Result = {}
WITHDRAWN = "街道撤回"
ACCEPTED: Result = {"accepted": True, "problem": ""}


def advise(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Tell the department what table D6 advises; the story of the hazard does not say it, for the party reads that."""
    text = joined("；", "; ", map(_advised, given["advice"])) or Said("没有建议", "no advice")
    title = Said(
        f"隐患 {given['hazard']} 的强制措施建议（表 D6，示例规则，需法制审核）：{text}",
        f"Hazard {given['hazard']}: advice on measures (table D6, sample rule, needs a legal review): {text.en}",
    )
    reminders.queue(app, tx, call, to=given["organ"], title=title, hazard=given["hazard"])
    return {"advice_text": text}


def _advised(row: Mapping[str, Any]) -> Said:
    zh, basis, checks = row.get("advice"), row.get("basis"), row.get("checks")
    advice_en, checks_en = row.get("advice_en") or zh, row.get("checks_en") or checks
    return Said(f"{zh}（{basis}；必查：{checks}）", f"{advice_en} ({basis}; check: {checks_en})")


def answer(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department answers the request of the street; a request that ended with its hazard needs none."""
    try:
        row = assignments.running(tx, given["hazard"], given["kind"])
    except Conflict:
        return NOTHING
    row.answered_at = row.closed_at = call.at
    row.answer = given["text"]
    return NOTHING


def withdraw(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The street takes its request back before the department has decided."""
    row = assignments.running(tx, given["hazard"], given["kind"])
    row.closed_at, row.answer = call.at, f"{WITHDRAWN}：{given['reason']}"
    return NOTHING


def draft(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Draft the decision; ``decision`` is its number for the acts that follow."""
    fields = (*acts.CONTENT, *acts.CONDITIONS, "collective", "advice")
    row: MeasureDecision | None = None

    def act() -> None:
        nonlocal row
        row = acts.draft(
            tx, app, existing(tx, given["hazard"]), given["kind"], organ=given["organ"], number=given["number"],
            content={key: given[key] for key in fields if given[key] not in ("", None)},
            instance_id=call.instance_id or None, by=_actor(tx), now=call.at,
        )  # fmt: skip

    return {**_tried(act), "decision": row.id if row is not None else 0}


def approve(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Whoever acts approves; only the head of the department may."""
    return _tried(lambda: acts.approve(tx, app, _of(tx, given), by=_actor(tx), now=call.at))


def execute(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Register the measure that was carried out."""
    dates = {key: given[key] for key in ("starts_on", "ends_at", "decide_by", "warn_at", "executed_at", "notified_at")}
    steps = {key: given[f"step_{key}"] for key in acts.STEPS if key != "approved"}
    return _tried(lambda: acts.execute(
        tx, app, _of(tx, given), **dates, officers=given["officers"], checklist=steps, emergency=given["emergency"],
        night=given["night"], by=_actor(tx), now=call.at,
    ))  # fmt: skip


def prolong(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Whoever acts extends the seal; only the head of the department may."""
    dates = {key: given[key] for key in ("ends_at", "decide_by", "warn_at")}
    return _tried(lambda: acts.prolong(
        tx, app, _of(tx, given), **dates, reason=given["reason"], by=_actor(tx), now=call.at
    ))  # fmt: skip


def suspend(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """A test begins: its days do not count."""
    return _tried(lambda: acts.suspend(
        tx, _of(tx, given), days=given["days"], starts_on=given["starts_on"], reason=given["reason"],
        number=given["number"], by=_actor(tx), now=call.at,
    ))  # fmt: skip


def resume(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The test has ended: the clock goes on."""
    dates = {key: given[key] for key in ("ends_at", "decide_by", "warn_at")}
    acts.resume(tx, app, _of(tx, given), days=given["days"], **dates, by=_actor(tx), now=call.at)
    return NOTHING


def lift(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The measure ends, with the ground and the reason."""
    acts.lift(tx, _of(tx, given), ground=given["ground"], reason=given["reason"], by=_actor(tx), now=call.at)
    return NOTHING


def tell(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write down a notice, an application or a review about the measure."""
    acts.note(tx, _of(tx, given), given["kind"], call.at, _actor(tx), given["text"])
    return NOTHING


def _tried(act: Callable[[], object]) -> dict[str, Any]:
    try:
        act()
    except EngineError as refusal:
        return {"accepted": False, "problem": Said(refusal.message, refusal.en)}
    return dict(ACCEPTED)


def _of(tx: Session, given: GIVEN) -> MeasureDecision:
    return acts.existing(tx, given["decision"])


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("measure.advise", "告知措施建议", parameters.Advise, advise, {"advice_text": ""}),
    ("measure.answer", "答复措施提请", parameters.Answer, answer, NOTHING),
    ("measure.withdraw", "登记撤回提请", parameters.Withdraw, withdraw, NOTHING),
    ("measure.draft", "起草措施决定", parameters.Draft, draft, {**ACCEPTED, "decision": 1}),
    ("measure.approve", "登记负责人批准", parameters.OfDecision, approve, ACCEPTED),
    ("measure.execute", "登记措施实施", parameters.Execute, execute, ACCEPTED),
    ("measure.prolong", "登记查封延长", parameters.Prolong, prolong, ACCEPTED),
    ("measure.suspend", "登记检测开始", parameters.Suspend, suspend, ACCEPTED),
    ("measure.resume", "登记检测结束", parameters.Resume, resume, NOTHING),
    ("measure.lift", "登记解除措施", parameters.Lift, lift, NOTHING),
    ("measure.tell", "登记措施经过", parameters.Tell, tell, NOTHING),
]
