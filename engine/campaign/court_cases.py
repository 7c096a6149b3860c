"""Applications to the court to have a decision enforced (行政强制法 53-60): opening a case, the demand 催告, the
application, each step as a row that is only added, the end. Inside the caller's transaction; the clocks are the
diagram's, the dates come from the clock rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import (
    case_files,
    clock_rules,
    court_clock,
    court_papers,
    document_views,
    heads,
    named_hazards,
    powers,
    units,
)
from engine.campaign.case_model import Hazard
from engine.campaign.closure_model import Lawsuit
from engine.campaign.court_model import CourtCase, CourtStep
from engine.campaign.document_model import Document
from engine.campaign.numbers import next_number
from engine.errors import Conflict, Invalid, NotFound, Problem, lacks
from engine.said import Said, joined

PREFIX = "FZ"
ACT = "court_application"  # of table D9
URGE = court_papers.URGE
DECISIONS = court_papers.DECISIONS
PAPERS = {  # 行政强制法第五十五条
    "has_application": "强制执行申请书", "has_decision": "行政决定书及作出决定的事实、理由和依据",
    "has_opinions": "当事人的意见及行政机关催告情况", "has_object": "申请强制执行标的情况",
    "has_other": "法律、行政法规规定的其他材料",
}  # fmt: skip
CLOCKS = {  # the clause of a step's limit, by its kind
    "催告": "T35.serve", "陈述申辩": "T35", "申请": "T34", "受理": "T34.accept", "裁定": "T34.rule",
    "申请复议": "T34.object", "复议裁定": "T34.higher", "执行": "T34.execution",
}  # fmt: skip
WAITING, URGED, APPLIED = "待催告", "已催告", "已申请"

OBJECTED = {True: Said("申请复议", "Asked for a review"), False: Said("接受", "Accepted")}


@dataclass(frozen=True, slots=True)
class Window:
    """When the court can be asked: ``answer_by`` ends the demand (T35), ``opens_at`` is the first moment, ``ends_at``
    the end of the three months (T34).
    """

    answer_by: datetime
    opens_at: datetime
    ends_at: datetime


def open_in(
    tx: Session, app: App, hazard: Hazard, *, organ: str, court: str, document: str, demand: str, due_on: date,
    instance_id: str | None, by: str, now: datetime,
) -> CourtCase:  # fmt: skip
    """Open a case about a decision of this department that was served and not fulfilled by ``due_on``.

    Raises NotAllowed for a body without the power, Invalid for a paper that is no such decision or a day to come,
    Conflict while another case about it runs or a review or lawsuit about it does.
    """
    body, day = units.require(tx, organ), now.astimezone(app.zone).date()
    powers.entitled(tx, ACT, body, day=day)
    seat = units.require(tx, court)
    if powers.body_of(seat) != "justice":
        raise Invalid(
            f"“{seat.name}”不是人民法院。", en=f"{court} is no court.",
            problems=[Problem(field="court", rule="choice", message="请选择人民法院")],
        )  # fmt: skip
    paper = tx.scalars(select(Document).where(Document.id == document).with_for_update()).one_or_none()
    _decision(tx, paper, hazard, body.code, now)
    if due_on >= day:
        raise Invalid(
            f"决定的履行期限到 {due_on} 为止，还没有过。", en=f"The decision may be fulfilled until {due_on}.",
            problems=[Problem(field="due_on", rule="past", message="履行期限还没有过")],
        )  # fmt: skip
    running = select(CourtCase.number).where(
        CourtCase.document == document, CourtCase.hazard == hazard.number, CourtCase.closed_at.is_(None)
    )
    if (number := tx.scalar(running.limit(1))) is not None:
        raise Conflict(f"这份决定已有办理中的案件 {number}。", en=f"Case {number} about this decision runs already.")
    _not_sued(tx, document)
    serial = next_number(tx, f"court-{day.year}")
    row = CourtCase(
        number=f"{PREFIX}-{day.year}-{serial:04d}", year=day.year, serial=serial, hazard=hazard.number,
        instance_id=instance_id, organ=body.code, court=seat.code, document=document, demand=demand,
        due_on=due_on, state=WAITING, opened_at=now, opened_by=by,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    told = Said(f"当事人没有履行：{demand}", f"The party did not comply: {demand}")
    note(tx, app, row, "立案卷", told, now, by)
    return row


def urge(
    tx: Session, app: App, case: CourtCase, *, number: str, due_at: datetime | None, by: str, now: datetime
) -> Window:
    """The demand was served (54): from then on ten working days run. Raises Invalid unless ``number`` is that of a
    served 强制执行催告书 of this department about this hazard.
    """
    query = select(Document).where(
        Document.number == number.strip(), Document.organ == case.organ, Document.hazard == case.hazard,
        Document.type == URGE, Document.voided_at.is_(None),
    )  # fmt: skip
    paper = tx.scalars(query).one_or_none()
    if paper is None or paper.served_at is None or not document_views.served(paper, now):
        raise Invalid(
            f"没有文号为“{number}”、已经送达的{URGE}，请先签发、送达（行政强制法第五十四条）。",
            en=f"There is no served demand {number} of {case.organ}.",
            problems=[Problem(field="urge_number", rule="served", message="请填写已经送达的催告书文号")],
        )  # fmt: skip
    case.urge, case.urged_at, case.state = paper.id, paper.served_at, URGED
    note(tx, app, case, "催告", number.strip(), now, by, due_at=due_at)
    return window(tx, app, case)


def window(tx: Session, app: App, case: CourtCase) -> Window:
    """When the court can be asked, from the service of the decision and of the demand: the review and lawsuit periods
    are over (T32, T33, and a review or lawsuit about it), and ten working days since the demand.
    """
    served_at = tx.get_one(Document, case.document).served_at
    if served_at is None or case.urged_at is None:
        raise Conflict(f"案件 {case.number} 还没有催告。", en=f"The party of {case.number} was not urged yet.")
    last = court_clock.last_day(tx, app, case.document, served_at)
    answer_by = clock_rules.due(app, "T35", case.urged_at).due_at
    over = app.calendar.end_of_day(last, app.zone)
    limit = clock_rules.due(app, "T34", datetime.combine(last, time.min, app.zone))
    return Window(answer_by, max(answer_by, over), limit.due_at)


def apply(
    tx: Session, app: App, case: CourtCase, *, approved: bool, opinion: str, number: str, subject: str, urgent: bool,
    late_reason: str, papers: Mapping[str, bool], due_at: datetime | None, by: str, now: datetime,
) -> None:  # fmt: skip
    """Ask the court, signed by the head, with the papers of article 55 and in time. Raises NotAllowed for anybody but
    the head, Conflict (too early, sued, late without a reason, not signed), Invalid naming the papers that lack.
    """
    require_head(tx, case, by=by, now=now)
    if not approved:
        raise Conflict(f"负责人不同意：{opinion}", en="The head did not sign.")
    lacking = {key: words for key, words in PAPERS.items() if not papers.get(key)}
    if lacking:
        raise Invalid(
            f"申请材料还缺：{'、'.join(lacking.values())}（行政强制法第五十五条）。",
            en=f"Missing: {', '.join(lacking)}.",
            problems=lacks(lacking),
        )  # fmt: skip
    court_papers.check(tx, case, number.strip())
    _not_sued(tx, case.document)
    found = window(tx, app, case)
    if now < found.opens_at:
        raise Conflict(
            f"{found.opens_at.astimezone(app.zone):%Y-%m-%d} 以前不能申请：催告要满 10 日，复议、诉讼期限要届满"
            "（行政强制法第五十三条、第五十四条）。",
            en="The demand has to be ten working days old and the time for review and suit over.",
        )
    if now >= found.ends_at and not late_reason.strip():
        raise Conflict(
            "申请的 3 个月已过（行政强制法第五十三条），有正当理由的请写明。",
            en="The three months to ask the court are over; give the good reason there is.",
        )
    case.application, case.applied_at, case.state = number.strip(), now, APPLIED
    tx.flush()
    court_clock.follow(tx, app, case.document, now)
    late = [Said(f"逾期的理由：{late_reason}", f"late because: {late_reason}")] if now >= found.ends_at else []
    words = joined("；", "; ", (number.strip(), subject, *late))
    note(tx, app, case, "申请", words, now, by, due_at=due_at, papers=sorted(PAPERS), urgent=urgent, opinion=opinion)


def require_head(tx: Session, case: CourtCase, *, by: str, now: datetime) -> None:
    """Only the head in person signs the application; raises NotAllowed."""
    words = Said(
        "强制执行申请书由行政机关负责人签名（行政强制法第五十五条）", "Only the head signs an application to the court"
    )
    heads.require(tx, "court", [units.require(tx, case.organ)], by, words=words, now=now)


def object_to(
    tx: Session, app: App, case: CourtCase, *, review: bool, text: str, due_at: datetime, by: str, now: datetime
) -> bool:
    """Ask the higher court to review a refusal, or accept it. False: it is asked for after the 15 days, so it stays."""
    late = review and now >= due_at
    words = Said("已过 15 日，不能再申请复议", "15 days have passed, no review any more") if late else OBJECTED[review]
    note(tx, app, case, "申请复议", joined("：", ": ", (words, text)), now, by, due_at=due_at)
    return not late


def close(
    tx: Session, app: App, case: CourtCase, *, kind: str, text: str, state: str, due_at: datetime | None, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """End the case: fulfilled, not applied for, refused by the court, or executed."""
    note(tx, app, case, kind, text, now, by, due_at=due_at)
    case.state, case.closed_at = state, now
    tx.flush()
    court_clock.follow(tx, app, case.document, now)


def note(
    tx: Session, app: App, case: CourtCase, kind: str, text: str, at: datetime, by: str, *,
    due_at: datetime | None = None, **detail: object,
) -> None:  # fmt: skip
    """Add one step; its clause is that of the clock that ran for it."""
    clause = case_files.clause(CLOCKS, kind, at.astimezone(app.zone).date())
    case_files.add(tx, CourtStep, case.number, kind, text, at, by, due_at=due_at, clause=clause, detail=detail)


def existing(tx: Session, number: str) -> CourtCase:
    """The row of a case; raises NotFound."""
    row = tx.get(CourtCase, number)
    if row is None:
        raise NotFound(f"没有编号为“{number}”的案件，请核对。", en=f"There is no case {number}.")
    return row


def _decision(tx: Session, paper: Document | None, hazard: Hazard, organ: str, now: datetime) -> None:
    wrong = ""
    if paper is None or hazard.number not in named_hazards.all_of(tx, paper) or paper.organ != organ:
        wrong = "请选择本部门就这件隐患作出的决定书"
    elif paper.type not in DECISIONS:
        wrong = f"“{paper.type}”不能申请法院强制执行，可以的是：{'、'.join(DECISIONS)}"
    elif paper.voided_at is not None or not document_views.served(paper, now):
        wrong = "决定书还没有送达，或者已经作废"
    if wrong:
        raise Invalid(f"{wrong}。", en="Name a served decision of this department about the hazard.", problems=[
            Problem(field="document", rule="decision", message=wrong)])  # fmt: skip


def _not_sued(tx: Session, document: str) -> None:
    query = select(Lawsuit.kind).where(Lawsuit.document == document, Lawsuit.ended_on.is_(None))
    if (kind := tx.scalar(query.limit(1))) is not None:
        raise Conflict(
            f"这份决定的{kind}还没有办结，现在不能申请法院强制执行（行政强制法第五十三条）。",
            en="A review or lawsuit about this decision is running.",
        )
