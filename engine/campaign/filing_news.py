"""The named reporter of a lead for the market supervision is told within 5 working days whether a case was filed (T48,
市场监督管理投诉举报处理暂行办法 31): from the filing or from the finding that there is nothing, until the answer.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import deadlines
from engine.campaign.case_model import Deadline
from engine.campaign.document_model import Document
from engine.campaign.report_model import CitizenReport

TELL, CHECKED_BY, CLOCK, FILING = "告知立案", "T47", "T48", "立案审批表"


def of_hazard(tx: Session, app: App, hazard: str, organ: str, now: datetime) -> None:
    """Let the reports that led to this hazard follow what this organ filed about it."""
    mine = select(CitizenReport).where(CitizenReport.hazard == hazard, CitizenReport.receiver == organ)
    for report in tx.scalars(mine.order_by(CitizenReport.number)).all():
        follow(tx, app, report, now)


def follow(tx: Session, app: App, report: CitizenReport, now: datetime) -> None:
    """Open its limit at the decision, end it with the answer, take it back with the filing, or count from another one.
    To follow twice, or two at once, changes nothing: the report is locked.
    """
    tx.flush()
    tx.scalars(select(CitizenReport).where(CitizenReport.number == report.number).with_for_update()).one()
    about = deadlines.of_report(report.number)
    decided_at = _decided_at(tx, report)
    if report.replied_at is not None:
        deadlines.close_in(tx, about, now, kind=TELL, done_at=report.replied_at)
    elif decided_at is None:
        deadlines.close_in(tx, about, now, kind=TELL, state=deadlines.VOID)
    elif not report.anonymous and _is_lead(tx, report) and not deadlines.counts_from(tx, about, TELL, decided_at):
        rule = deadlines.rule_of(app, CLOCK, decided_at)
        if rule is not None and rule.n is not None:
            deadlines.open_in(
                tx, app, about, TELL, start_at=decided_at, n=rule.n, unit=rule.unit, roll=rule.roll, clock=CLOCK,
                duty_unit=report.receiver, now=now, reason=deadlines.BEGAN_ANEW,
            )  # fmt: skip


def _decided_at(tx: Session, report: CitizenReport) -> datetime | None:
    if report.outcome == "unfounded":
        return report.outcome_at
    filings = select(Document.approved_at).where(
        Document.hazard == report.hazard, Document.organ == report.receiver, Document.type == FILING,
        Document.approved_at.is_not(None), Document.voided_at.is_(None),
    )  # fmt: skip
    return tx.scalar(filings.order_by(Document.approved_at).limit(1)) if report.hazard else None


def _is_lead(tx: Session, report: CitizenReport) -> bool:
    """Whether it was checked as one (T47)."""
    lead = select(Deadline.id).where(Deadline.report == report.number, Deadline.clock == CHECKED_BY)
    return tx.scalar(lead.limit(1)) is not None
