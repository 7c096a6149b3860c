"""What an enterprise is told of the case about it: what it has to know and do, and nothing of what the authorities
write, draft and weigh among themselves. Everybody else who sees a hazard sees all of it. Conditions in SQL, one a list.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from engine.bpm.model import Event, Instance
from engine.bpm.viewer import Viewer
from engine.campaign.case_model import Assignment, Evidence, Finding, Hazard, Rung
from engine.campaign.model import Person, Unit
from engine.campaign.scope import own_unit

PUBLIC = "public"  # who uploaded what came with a report of anybody: a photo can tell who stood where
PAPERS = ("交办", "督办", "挂牌督办")  # what is given to whoever must fix it; letters between authorities are theirs
RUNGS = ("E1", "E2")
SOURCES = ("企业自查",)  # from any other it could guess which neighbour or employee reported
STEPS = (
    "classify", "fix_now", "assign", "sign", "plan", "rectify", "recheck", "approve_extension", "close_review",
    "interim_control", "progress", "confirm_plan",
)  # fmt: skip
FINDINGS = (
    "再次发现", "拒不整改", "治理方案", "方案确认", "方案退回", "临时管控", "治理进展", "挂牌公布", "挂牌不延期",
    "延期不受理", "延期申请", "延期答复", "挂起申请", "挂起批准", "挂起到期", "挂起复核", "挂起结束", "时限中止",
    "时限恢复", "时限变更", "查封延长", "扣押延长",
)  # fmt: skip


def party(viewer: Viewer | None) -> ColumnElement[bool]:
    """Whether this viewer is of an enterprise; a paper (no viewer) and an admin are not."""
    if viewer is None or viewer.admin:
        return false()
    return select(Unit.code).where(Unit.kind == "enterprise", Unit.code.in_(own_unit(viewer))).exists()


def is_party(tx: Session, viewer: Viewer | None) -> bool:
    """The same, asked at once."""
    return bool(tx.scalar(select(party(viewer))))


def papers(viewer: Viewer | None) -> ColumnElement[bool]:
    """Rows of ``assignment`` about a hazard this viewer sees."""
    if viewer is None or viewer.admin:
        return true()
    return or_(~party(viewer), Assignment.kind.in_(PAPERS), Assignment.to_unit.in_(own_unit(viewer)))


def findings(viewer: Viewer | None) -> ColumnElement[bool]:
    """Rows of ``finding`` about a hazard this viewer sees; of a kind that is new here an enterprise learns nothing."""
    return or_(~party(viewer), Finding.kind.in_(FINDINGS))


def rungs(viewer: Viewer | None) -> ColumnElement[bool]:
    """Rows of ``rung`` about a hazard this viewer sees."""
    return or_(~party(viewer), Rung.step.in_(RUNGS))


def files(viewer: Viewer | None) -> ColumnElement[bool]:
    """Rows of ``evidence`` of a hazard this viewer sees."""
    return or_(~party(viewer), Evidence.uploaded_by != PUBLIC)


def sources(viewer: Viewer | None) -> ColumnElement[bool]:
    """Rows of ``hazard`` of which this viewer learns from where they came."""
    return or_(~party(viewer), Hazard.source.in_(SOURCES))


def happened(viewer: Viewer | None) -> ColumnElement[bool]:
    """Rows of ``event`` of a hazard's process: the steps of its fix, and what the own people did."""
    if viewer is None or viewer.admin:
        return true()
    own = Event.actor.in_(select(Person.name).where(Person.unit.in_(own_unit(viewer))))
    return or_(~party(viewer), own, and_(Event.event == "completed", Event.element.in_(STEPS)))


def own_part(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``instance`` of which this viewer is shown the own tasks only: the case of a hazard holds what a
    department drafts and has not decided.
    """
    cases = select(Hazard.instance_id).where(Hazard.instance_id.is_not(None))
    return and_(party(viewer), Instance.id.in_(cases))
