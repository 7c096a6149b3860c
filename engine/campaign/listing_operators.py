"""What the diagram of listed supervision (挂牌督办) may do: look for the assessment, record the review before use is
resumed, and take the listing off. The listing itself is the paper 挂牌督办 of the district's committee office.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import assignments, clearances, deadlines, powers, publicity, units
from engine.campaign.case_model import Assignment, Measure
from engine.campaign.english import word
from engine.campaign.model import Person
from engine.campaign.parameters import OfHazard, Text
from engine.campaign.sight import existing
from engine.errors import NotAllowed
from engine.said import Said

GIVEN = dict[str, Any]
Result = Mapping[str, Any]
PAPER, DELISTING, REVIEW = publicity.LISTED, "摘牌公布", clearances.RESUME


class Opinion(OfHazard):
    text = Text()


class Resume(Opinion):
    passed = fields.Boolean(required=True)


def check(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Whether the newest assessment since the listing is good, what is lacking, and whether a department ordered a stop
    since: then the diagram of that stop reviews before use is resumed.
    """
    paper = assignments.running(tx, given["hazard"], PAPER)
    row = clearances.latest(tx, paper.hazard, clearances.REPORTS, since=paper.sent_at)
    failed = row is not None and not row.passed
    lacking = UNASSESSED if row is None else Said(f"{row.kind}的结论是不合格", f"the {word(row.kind)} failed it")
    lacking = lacking if row is None or failed else Said("", "")
    kinds = tx.scalars(select(Measure.kind).where(Measure.hazard == paper.hazard))
    stopped = any(powers.measure_act(kind) == "order_stop" for kind in kinds)
    return {"assessed": not lacking, "lacking": lacking, "stop_ordered": stopped}


def resume(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Record the review on the spot for the actor's department. Raises NotAllowed without the power to order a stop."""
    hazard, by = existing(tx, given["hazard"]), str(tx.info.get(ACTOR, ENGINE))
    person = tx.get(Person, by)
    if person is None or person.unit is None:
        raise NotAllowed("恢复审查须由有权部门的人员办理。", en="A person of a department with the power reviews it.")
    unit = units.require(tx, person.unit)
    rule = powers.entitled(tx, clearances.ACTS[clearances.RESUME], unit, day=call.at.astimezone(app.zone).date())
    clearances.write_in(
        tx, app, hazard, clearances.RESUME, passed=given["passed"], text=given["text"], unit=unit, power=rule.clause,
        by=by, now=call.at,
    )  # fmt: skip
    deadlines.close_in(tx, deadlines.of_hazard(hazard.number), call.at, kind=REVIEW)
    return {}


def delist(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Take the listing off: the paper is answered and its deadlines end. Without a publicity begun since the listing it
    is not ``accepted``, with the ``problem`` in words.
    """
    paper = assignments.running(tx, given["hazard"], PAPER)
    shown = publicity.newest(tx, paper.hazard)
    if shown is None or shown.withdrawn_at is not None or shown.begun_at < paper.sent_at:
        return {"accepted": False, "problem": UNPUBLISHED}
    assignments.answer_in(tx, paper.hazard, PAPER, at=call.at, answer=f"摘牌，公布于{shown.venue}：{given['text']}")
    for kind in (PAPER, DELISTING):
        deadlines.close_in(tx, deadlines.of_hazard(paper.hazard), call.at, kind=kind)
    return dict(ACCEPTED)


def listed(tx: Session, hazard: str) -> Assignment | None:
    """The newest paper by which the hazard was listed, if it was."""
    query = select(Assignment).where(Assignment.hazard == hazard, Assignment.kind == PAPER)
    return tx.scalars(query.order_by(Assignment.id.desc()).limit(1)).one_or_none()


UNASSESSED = Said("缺挂牌以后的验收报告或专家意见", "no acceptance report or expert opinion since the listing")
UNPUBLISHED = Said(
    "还没有公布（T12），请先在隐患页面发起公示", "not published yet (T12): begin the publicity on the hazard's page"
)
ACCEPTED: Result = {"accepted": True, "problem": ""}
OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    (
        "listing.check",
        "核对挂牌验收评估",
        OfHazard,
        check,
        {"assessed": True, "lacking": "", "stop_ordered": False},
    ),
    ("listing.resume", "登记恢复审查", Resume, resume, {}),
    ("listing.delist", "登记摘牌", Opinion, delist, ACCEPTED),
]
