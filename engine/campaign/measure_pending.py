"""What of a measure is on its way between the street's request and its execution, in words: nothing in between is
invisible to the closure gate. Reads only.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.bpm.model import Definition, Instance, Task
from engine.campaign.case_model import Hazard
from engine.campaign.english import word
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.said import Said, joined

PROCESS, REFUSED = "seal", "不同意"
APPROVED = Said("已经批准，尚未实施", "is approved and not carried out")
DRAFTED = Said("已经起草，尚未批准和实施", "is drafted, neither approved nor carried out")
STEPS = ("draft_seal", "draft_stop", "draft_cut")  # answered already, and no decision drafted yet


def words(tx: Session, hazard: Hazard) -> list[str]:
    """One sentence for each decision that is drafted or approved and not carried out, and for each that is being
    drafted.
    """
    return [*_decided(tx, hazard.number), *_drafting(tx, hazard)]


def _decided(tx: Session, hazard: str) -> Iterator[str]:
    """The newest decision of each kind in each case that runs, unless it was carried out or refused by the head."""
    later, refusal = aliased(MeasureDecision), aliased(MeasureAct)
    newest = ~exists().where(
        later.instance_id == MeasureDecision.instance_id, later.kind == MeasureDecision.kind,
        later.id > MeasureDecision.id,
    )  # fmt: skip
    refused = exists().where(refusal.decision == MeasureDecision.id, refusal.kind == REFUSED)
    rows = tx.scalars(
        select(MeasureDecision).join(Instance, Instance.id == MeasureDecision.instance_id).where(
            MeasureDecision.hazard == hazard, MeasureDecision.measure.is_(None), Instance.ended_at.is_(None), newest,
            ~refused,
        ).order_by(MeasureDecision.id)
    )  # fmt: skip
    for row in rows:
        state = APPROVED if row.approved_at is not None else DRAFTED
        what = Said(f"{row.kind}决定 {row.number} ", f"The {word(row.kind)} decision {row.number} ")
        yield joined("", "", (what, state))


def _drafting(tx: Session, hazard: Hazard) -> Iterator[str]:
    drafted = exists().where(MeasureDecision.instance_id == Task.instance_id, MeasureDecision.measure.is_(None))
    open_steps = select(Task.name).where(
        Task.instance_id.in_(select(Instance.id).where(_cases(hazard))), Task.element.in_(STEPS),
        Task.status == "open", ~drafted,
    )  # fmt: skip
    for name in tx.scalars(open_steps.order_by(Task.created_at)):
        yield Said(f"部门正在办理措施：{name}", f"The department works on a measure: {name}")


def _cases(hazard: Hazard) -> ColumnElement[bool]:
    """The case of the hazard, and a request that runs as a process of its own."""
    seals = select(Definition.id).where(Definition.key == PROCESS)
    own = (Instance.business_key == hazard.number) & Instance.definition_id.in_(seals) & Instance.ended_at.is_(None)
    return or_(Instance.id == hazard.instance_id, own)
