"""Whose approval a decision about a measure needs; asked before the step and by the operator behind it."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import heads, powers, units
from engine.campaign.measure_model import MeasureDecision
from engine.campaign.measures import SEALS
from engine.errors import NotAllowed
from engine.said import Said, english


def act_of(decision: MeasureDecision) -> str:
    """Which approval of the head (rules/heads.yaml) that of this decision is now."""
    if powers.measure_act(decision.kind) == "cut_power":
        return "cut"
    return "afterwards" if decision.measure is not None else "seal" if decision.kind in SEALS else "stop"


def require(tx: Session, app: App, decision: MeasureDecision, *, by: str, now: datetime) -> tuple[str, heads.Approver]:
    """Whose approval it is (部门负责人 …) and who gives it; raises NotAllowed with the clause for anybody else."""
    organ, day = units.require(tx, decision.organ), now.astimezone(app.zone).date()
    rule = powers.entitled(tx, powers.measure_act(decision.kind), organ, day=day)
    words = Said(
        f"{decision.kind}须经{rule.approval}批准（{rule.clause}）",
        f"This needs the approval of the {english(rule.approval)} ({rule.clause})",
    )
    act, instance = act_of(decision), decision.instance_id
    found = heads.require(tx, act, [organ], by, words=words, now=now, instance=instance)
    if found.mandate and found.by == decision.drafted_by:
        raise NotAllowed(
            f"{words}，起草人不能凭授权批准自己起草的决定，请由 {found.head} 本人办理。",
            en=f"{words.en}: whoever drafted it does not approve it under a mandate; ask {found.head}.",
        )
    return rule.approval, found


def require_prolonging(tx: Session, decision: MeasureDecision, *, by: str, now: datetime) -> None:
    """Only the head in person extends a seal; raises NotAllowed with the clause."""
    words = Said(
        "延长查封、扣押期限须经行政机关负责人批准（行政强制法第二十五条）",
        "The head approves the extension of a seal (Administrative Coercion Law, art. 25)",
    )
    heads.require(tx, "prolong", [units.require(tx, decision.organ)], by, words=words, now=now)
