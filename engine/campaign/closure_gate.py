"""The closure gate (table D8): eleven named checks; each says what is missing and how to get it. Writes nothing.

示例规则，需法制审核: the checks are a proposal against paper rectification (纸面整改), not a quotation of law.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import (
    clearances,
    clock_rules,
    closure_photos,
    deadlines,
    deferral_acts,
    deferral_views,
    documents,
    five,
    measure_pending,
    powers,
    publicity,
)
from engine.campaign.case_model import Assignment, Deadline, Hazard, Measure, Recheck
from engine.campaign.model import Person
from engine.campaign.report_model import CitizenReport
from engine.campaign.sight import seen

ON_THE_SPOT, MAJOR, SERIOUS = clearances.FIXED_AT_ONCE, clearances.MAJOR, "较大"
TRANSFERS = ("移交", "停用提请", "查封提请")
# The fix that is closed is what they waited for; what papers started (clock_rules.apart) is not about the fix.
ENDED_BY_CLOSING = (deadlines.RECTIFY, deadlines.SUPERVISE)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it ``applies`` here, what is ``missing`` (nothing: passed), how to get it, what to know."""

    no: int
    name: str
    applies: bool
    missing: list[str]
    how: str
    notes: list[str]

    @property
    def passed(self) -> bool:
        """Whether it does not stand against closing."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class _Case:
    tx: Session
    app: App
    hazard: Hazard
    now: datetime

    @property
    def major(self) -> bool:
        return self.hazard.is_major or self.hazard.local_level == MAJOR

    @property
    def failed_at(self) -> datetime | None:
        return publicity.last_check(self.tx, self.hazard.number, passed=False)

    @property
    def after_failed(self) -> str:
        return "（须在上次复查不合格之后重新出具）" if self.failed_at else ""

    @property
    def serious(self) -> bool:
        return self.major or self.hazard.local_level == SERIOUS


Found = tuple[bool, list[str], list[str]]  # applies, missing, notes


def show(app: App, number: str, *, viewer: Viewer) -> list[Check]:
    """What stands against closing a hazard now, check by check; raises NotFound."""
    now = app.clock()
    with app.reading() as tx:
        return table(tx, app, seen(tx, number, viewer), now)


def table(tx: Session, app: App, hazard: Hazard, now: datetime) -> list[Check]:
    """All eleven checks in their order."""
    case = _Case(tx, app, hazard, now)
    answers = []
    for number, (name, how, check) in enumerate(CHECKS, start=1):
        applies, missing, notes = check(case)
        answers.append(Check(number, name, applies, missing if applies else [], how, notes if applies else []))
    return answers


def transferred_to(tx: Session, number: str) -> str | None:
    """The department that signed for this hazard, if one did: it approves the closure."""
    query = select(Assignment.to_unit).where(
        Assignment.hazard == number, Assignment.kind == "移交", Assignment.returned_at.is_(None)
    )
    return tx.scalar(query.order_by(Assignment.id.desc()).limit(1))


def _photos(case: _Case) -> Found:
    found = closure_photos.look(case.tx, case.hazard)
    notes = [f"{words}；复查人说明：{found.reason}" for words in found.unsaid] if found.reason else []
    return True, found.missing + ([] if found.reason else [f"{words}，须说明原因" for words in found.unsaid]), notes


def _rechecked(case: _Case) -> Found:
    query = select(Recheck).where(Recheck.hazard == case.hazard.number).order_by(Recheck.no.desc()).limit(1)
    last = case.tx.scalars(query).one_or_none()
    applies = case.hazard.local_level not in (None, ON_THE_SPOT)
    if last is None or not last.passed:
        return applies, ["最近一次复查不合格或尚未复查"], []
    people = last.people or []
    failed = [name for name, good in (last.items or {}).items() if not good]
    missing = [f"复查第 {name} 项不合格" for name in failed]
    fixer = fixed_by(case.tx, case.hazard)
    units = set(case.tx.scalars(select(Person.unit).where(Person.name.in_(people))))
    if not people:
        missing.append("最近一次复查没有记录复查人")
    if fixer in people:
        missing.append("复查人就是申报整改完成的人")
    if case.hazard.holder_unit in units:
        missing.append("复查人是责任单位的人")
    if case.serious and len(set(people)) < 2:
        missing.append("较大、重大隐患须两人以上复查")
    return applies, missing, [f"复查人：{'、'.join(people)}"] if people else []


def _five(case: _Case) -> Found:
    empty, unproven = five.lacking(case.tx, case.hazard.number)
    missing = [f"五落实不完整，缺{'、'.join(empty)}"] if empty else []
    return case.serious, missing + ([f"五落实尚未证明：{'、'.join(unproven)}"] if unproven else []), []


def _accepted(case: _Case) -> Found:
    row = clearances.latest(case.tx, case.hazard.number, clearances.REPORTS, since=case.failed_at)
    if row is None:
        return case.major, ["缺验收报告或专家意见" + case.after_failed], []
    return case.major, [] if row.passed else [f"{row.kind}的结论是不合格"], [f"{row.kind}：{row.text}"]


def _department(case: _Case) -> Found:
    applies = case.major or transferred_to(case.tx, case.hazard.number) is not None
    row = clearances.latest(case.tx, case.hazard.number, (clearances.DEPARTMENT,), since=case.failed_at)
    if row is None:
        return applies, ["缺有权部门的审核意见" + case.after_failed], []
    return applies, [] if row.passed else ["有权部门不同意销号"], [f"{row.power}：{row.text}"]


def _measures(case: _Case) -> Found:
    rows = case.tx.scalars(select(Measure).where(Measure.hazard == case.hazard.number)).all()
    missing = [f"{row.kind}措施尚未解除" for row in rows if row.lifted_at is None]
    pending = measure_pending.words(case.tx, case.hazard)
    stops = [row for row in rows if powers.measure_act(row.kind) == "order_stop"]
    if stops:
        since = max(row.opened_at for row in stops)
        row = clearances.latest(case.tx, case.hazard.number, (clearances.RESUME,), since=since)
        missing += [] if row is not None and row.passed else ["停产停业、停用之后未经恢复审查"]
    return bool(rows or pending), missing + pending, []


def _published(case: _Case) -> Found:
    why = publicity.wanted(case.tx, case.hazard, major=case.major)
    row = publicity.newest(case.tx, case.hazard.number)
    state = publicity.state_of(case.tx, row, case.now) if row else ""
    checked_at = publicity.last_check(case.tx, case.hazard.number)
    if row is not None and checked_at is not None and row.begun_at < checked_at:
        return bool(why), ["公示早于最近一次复查，复查合格后须重新公示"], [why] if why else []
    words = {"": "尚未公示", "已撤下": "公示已撤下，须重新公示", "有异议": "公示有未答复或成立的异议", "公示期满": ""}
    if row is not None and state == "公示中":
        last = row.ends_at.astimezone(case.app.zone)
        return bool(why), [f"公示尚未期满（至 {last:%Y-%m-%d %H:%M}）"], [why]
    return bool(why), [words[state]] if words[state] else [], [why] if why else []


def _answered(case: _Case) -> Found:
    reports = select(CitizenReport.number, CitizenReport.replied_at).where(CitizenReport.hazard == case.hazard.number)
    rows = case.tx.execute(reports).all()
    return bool(rows), [f"群众举报 {row.number} 尚未答复举报人" for row in rows if row.replied_at is None], []


def _documents(case: _Case) -> Found:
    return True, documents.unfinished(case.tx, case.app, case.hazard), []


def _nothing_open(case: _Case) -> Found:
    transfers = select(Assignment).where(
        Assignment.hazard == case.hazard.number, Assignment.kind.in_(TRANSFERS), Assignment.closed_at.is_(None)
    )
    missing = [f"{row.kind}函 {row.number} 尚未答复" for row in case.tx.scalars(transfers)]
    running = select(Deadline).where(
        Deadline.hazard == case.hazard.number, Deadline.state == deadlines.OPEN,
        Deadline.kind.not_in(ENDED_BY_CLOSING), Deadline.clock.not_in(clock_rules.apart()),
        Deadline.kind.not_in(select(Measure.kind).where(Measure.hazard == case.hazard.number)),  # check 6 names them
    )  # fmt: skip
    missing += [f"“{row.kind}”时限尚未办结（{row.due_on}）" for row in case.tx.scalars(running)]
    deferred = deferral_acts.running(case.tx, case.hazard.number)
    if deferred is not None:
        state = deferral_views.state_of(deferred)
        missing.append(f"挂起（暂不具备条件）尚未结束：{state}，复核日期 {deferred.review_on}")
    return True, missing, []


def _spot(case: _Case) -> Found:
    return case.hazard.local_level == ON_THE_SPOT, [], ["整改人可以销号；销号后按 10% 抽取，由他人复核"]


def fixed_by(tx: Session, hazard: Hazard, *, step: str = "rectify") -> str | None:
    """Who said last that the fix is done; ``step`` fix_now: on the spot."""
    work = (Task.instance_id == hazard.instance_id) & (Task.element == step) & (Task.status == "completed")
    return tx.scalar(select(Task.completed_by).where(work).order_by(Task.ended_at.desc()).limit(1))


CHECKS: tuple[tuple[str, str, Callable[[_Case], Found]], ...] = (
    ("整改后照片", "到现场按整改前照片的角度重拍上传；照片没有时间或定位的，由复查人说明原因", _photos),
    ("复查", "由整改人、责任单位以外的人逐项复查；较大、重大隐患两人以上", _rechecked),
    ("五落实", "在隐患页面“五落实”逐项填写并上传凭证", _five),
    ("验收评估", "由责任单位提交验收报告，或由专家出具意见", _accepted),
    ("部门审核把关", "由有权部门审核同意，并经部门负责人批准", _department),
    ("措施解除、恢复审查", "请作出决定的部门解除措施；停产停业、停用的，还要由部门审查同意恢复", _measures),
    ("公示", "在隐患页面发起公示，期满无异议后再销号", _published),
    ("答复举报人", "在群众举报中答复举报人", _answered),
    ("文书", "补齐文书的审批、签名、盖章和送达", _documents),
    ("时限和移交", "请有关单位答复移交，办结未了的时限，结束挂起", _nothing_open),
    ("立改抽查", "不用办理", _spot),
)
