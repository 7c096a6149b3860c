"""What a case on its way to the court tells of its papers: the demand 催告书 and the application 申请书."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import units
from engine.campaign.case_model import Hazard
from engine.campaign.court_model import CourtCase, CourtStep
from engine.campaign.document_model import Document
from engine.campaign.model import Place
from engine.errors import Invalid, Problem

ORDERS = ("现场处理措施决定书", "责令限期整改指令书")  # fulfilled when the hazard is closed; a penalty is not
DECISIONS = (  # the decisions with something to be done, of the types of documents.yaml
    "当场行政处罚决定书（单位）", "当场行政处罚决定书（个人）", "行政处罚决定书（单位）", "行政处罚决定书（个人）",
    *ORDERS,
)  # fmt: skip
URGE, APPLICATION = "强制执行催告书", "强制执行申请书"


def facts(tx: Session, app: App, type: str, hazard: Hazard, organ: str) -> Mapping[str, Any]:
    """Fields of such a paper, from this organ's case about the hazard that runs; nothing for other papers or without a
    case.
    """
    running = select(CourtCase).where(
        CourtCase.hazard == hazard.number, CourtCase.organ == organ, CourtCase.closed_at.is_(None)
    )
    case = tx.scalars(running.order_by(CourtCase.opened_at.desc()).limit(1)).one_or_none()
    if case is None or type not in (URGE, APPLICATION):
        return {}
    decision = tx.get_one(Document, case.document)
    reference = f"《{decision.type}》{decision.number}"
    served = f"{decision.served_at.astimezone(app.zone):%Y-%m-%d} 送达，" if decision.served_at else ""
    urge = tx.get(Document, case.urge) if case.urge else None
    urged = (
        [f"{case.urged_at.astimezone(app.zone):%Y-%m-%d} 送达催告书 {urge.number}"] if urge and case.urged_at else []
    )
    heard = select(CourtStep).where(CourtStep.court_case == case.number, CourtStep.kind == "陈述申辩")
    urged += [f"{step.at.astimezone(app.zone):%Y-%m-%d} 陈述申辩：{step.text}" for step in tx.scalars(heard)]
    return {
        "recipient": tx.get_one(Place, hazard.place).name, "receiver": units.require(tx, case.court).name,
        "reference": reference, "decision": [case.demand], "object": case.demand, "urged": urged,
        "facts": f"{reference}{served}履行期限至 {case.due_on}，当事人没有履行：{case.demand}。",
        "basis": "《中华人民共和国行政强制法》第五十三条、第五十四条",
        "court_request": f"强制执行{reference}确定的义务：{case.demand}",
    }  # fmt: skip


def check(tx: Session, case: CourtCase, number: str) -> None:
    """Where this organ drew up its application here, the number must be that of the approved paper; one that was
    drawn up elsewhere stands as it is. Raises Invalid.
    """
    mine = select(Document).where(
        Document.type == APPLICATION, Document.hazard == case.hazard, Document.organ == case.organ,
        Document.voided_at.is_(None),
    )  # fmt: skip
    drawn_up = tx.scalars(mine).all()
    if drawn_up and number not in {paper.number for paper in drawn_up}:
        known = "、".join(paper.number or "（还没有批准、编号）" for paper in drawn_up)
        raise Invalid(
            f"本部门就这件隐患制作的{APPLICATION}是 {known}，请填写它的文号；不用它的先作废。",
            en=f"{number} is not the number of the application drawn up here ({known}).",
            problems=[Problem(field="application_number", rule="number", message=f"应为 {known}")],
        )
