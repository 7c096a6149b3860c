"""The closure gate (table D8): eleven named checks; each says what is missing and how to get it. Writes nothing.

示例规则，需法制审核: the checks are a proposal against paper rectification (纸面整改), not a quotation of law.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import (
    clearances,
    clock_kinds,
    closure_photos,
    deadlines,
    deferral_acts,
    deferral_views,
    document_gaps,
    english,
    five,
    measure_pending,
    powers,
    publicity,
    told,
)
from engine.campaign import closure_words as words
from engine.campaign.case_model import Assignment, Deadline, Hazard, Measure, Recheck
from engine.campaign.model import Person
from engine.campaign.report_model import CitizenReport
from engine.campaign.sight import seen
from engine.said import Said, joined

ON_THE_SPOT, MAJOR, SERIOUS = clearances.FIXED_AT_ONCE, clearances.MAJOR, "较大"
OF_THE_PARTY = (1, 2, 3, 4, 11)  # checks that an enterprise is told in full
TRANSFERS = ("移交", "停用提请", "查封提请")
# The fix that is closed is what they waited for; what papers started (clock_kinds.apart) is not about the fix.
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
        return words.GIVEN_ANEW if self.failed_at else ""

    @property
    def serious(self) -> bool:
        return self.major or self.hazard.local_level == SERIOUS


Found = tuple[bool, list[str], list[str]]  # applies, missing, notes


def show(app: App, number: str, *, viewer: Viewer) -> list[Check]:
    """What stands against closing a hazard now, check by check, as it is told to this viewer; raises NotFound."""
    now = app.clock()
    with app.reading() as tx:
        checks = table(tx, app, seen(tx, number, viewer), now)
        return [_told(check) for check in checks] if told.is_party(tx, viewer) else checks


def _told(check: Check) -> Check:
    """As an enterprise is told it: of what the authorities have to do only whether it is done."""
    if check.no in OF_THE_PARTY:
        return check
    return replace(check, missing=[words.OF_OTHERS] if check.missing else [], notes=[])


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
    if not found.reason:
        return True, found.missing + [joined("", "", (said, words.UNEXPLAINED)) for said in found.unsaid], []
    why = Said(f"；复查人说明：{found.reason}", f"; the re-inspector says: {found.reason}")
    return True, found.missing, [joined("", "", (said, why)) for said in found.unsaid]


def _rechecked(case: _Case) -> Found:
    query = select(Recheck).where(Recheck.hazard == case.hazard.number).order_by(Recheck.no.desc()).limit(1)
    last = case.tx.scalars(query).one_or_none()
    applies = case.hazard.local_level not in (None, ON_THE_SPOT)
    if last is None or not last.passed:
        return applies, [words.NOT_PASSED], []
    people = last.people or []
    failed = [name for name, good in (last.items or {}).items() if not good]
    missing: list[str] = [Said(f"复查第 {name} 项不合格", f"Item {name} failed the re-inspection") for name in failed]
    fixer = fixed_by(case.tx, case.hazard)
    units = set(case.tx.scalars(select(Person.unit).where(Person.name.in_(people))))
    if not people:
        missing.append(words.NOBODY)
    if fixer in people:
        missing.append(words.SAME)
    if case.hazard.holder_unit in units:
        missing.append(words.OWN)
    if case.serious and len(set(people)) < 2:
        missing.append(words.ALONE)
    names = "、".join(people)
    return applies, missing, [Said(f"复查人：{names}", f"Re-inspected by {names}")] if people else []


def _five(case: _Case) -> Found:
    empty, unproven = five.lacking(case.tx, case.hazard.number)
    lists = (
        ("五落实不完整，缺", "Of the five blocks these have no text: ", empty),
        ("五落实尚未证明：", "Of the five blocks these are not proven: ", unproven),
    )
    return case.serious, [joined("", "", (Said(*said), _listed(names))) for *said, names in lists if names], []


def _accepted(case: _Case) -> Found:
    row = clearances.latest(case.tx, case.hazard.number, clearances.REPORTS, since=case.failed_at)
    if row is None:
        return case.major, [joined("", "", (words.NO_REPORT, case.after_failed))], []
    kind = english.word(row.kind).capitalize()
    refused = Said(f"{row.kind}的结论是不合格", f"{kind}: not passed")
    return case.major, [] if row.passed else [refused], [Said(f"{row.kind}：{row.text}", f"{kind}: {row.text}")]


def _department(case: _Case) -> Found:
    applies = case.major or transferred_to(case.tx, case.hazard.number) is not None
    row = clearances.latest(case.tx, case.hazard.number, (clearances.DEPARTMENT,), since=case.failed_at)
    if row is None:
        return applies, [joined("", "", (words.NO_REVIEW, case.after_failed))], []
    return applies, [] if row.passed else [words.DISAGREED], [f"{row.power}：{row.text}"]


def _measures(case: _Case) -> Found:
    rows = case.tx.scalars(select(Measure).where(Measure.hazard == case.hazard.number)).all()
    missing: list[str] = [
        Said(f"{row.kind}措施尚未解除", f"The {english.word(row.kind)} is not lifted")
        for row in rows
        if row.lifted_at is None
    ]
    pending = measure_pending.words(case.tx, case.hazard)
    stops = [row for row in rows if powers.measure_act(row.kind) == "order_stop"]
    if stops:
        since = max(row.opened_at for row in stops)
        row = clearances.latest(case.tx, case.hazard.number, (clearances.RESUME,), since=since)
        missing += [] if row is not None and row.passed else [words.NOT_RESUMED]
    return bool(rows or pending), missing + pending, []


def _published(case: _Case) -> Found:
    why = publicity.wanted(case.tx, case.hazard, major=case.major)
    row = publicity.newest(case.tx, case.hazard.number)
    state = publicity.state_of(case.tx, row, case.now) if row else ""
    checked_at = publicity.last_check(case.tx, case.hazard.number)
    if row is not None and checked_at is not None and row.begun_at < checked_at:
        return bool(why), [words.PUBLISHED_BEFORE], [why] if why else []
    if row is not None and state == "公示中":
        last = f"{row.ends_at.astimezone(case.app.zone):%Y-%m-%d %H:%M}"
        return bool(why), [Said(f"公示尚未期满（至 {last}）", f"The publicity has not ended (until {last})")], [why]
    return bool(why), [words.PUBLICITY[state]] if words.PUBLICITY[state] else [], [why] if why else []


def _answered(case: _Case) -> Found:
    reports = select(CitizenReport.number, CitizenReport.replied_at).where(CitizenReport.hazard == case.hazard.number)
    rows = case.tx.execute(reports).all()
    waiting = [row.number for row in rows if row.replied_at is None]
    return bool(rows), [_unanswered(number) for number in waiting], []


def _documents(case: _Case) -> Found:
    return True, document_gaps.unfinished(case.tx, case.app, case.hazard), []


def _nothing_open(case: _Case) -> Found:
    transfers = select(Assignment).where(
        Assignment.hazard == case.hazard.number, Assignment.kind.in_(TRANSFERS), Assignment.closed_at.is_(None)
    )
    missing: list[str] = [
        Said(
            f"{row.kind}函 {row.number} 尚未答复", f"{english.word(row.kind).capitalize()} {row.number} is not answered"
        )
        for row in case.tx.scalars(transfers)
    ]
    running = select(Deadline).where(
        Deadline.hazard == case.hazard.number, Deadline.state == deadlines.OPEN,
        Deadline.kind.not_in(ENDED_BY_CLOSING), Deadline.clock.not_in(clock_kinds.apart()),
        Deadline.kind.not_in(select(Measure.kind).where(Measure.hazard == case.hazard.number)),  # check 6 names them
    )  # fmt: skip
    missing += [
        Said(f"“{row.kind}”时限尚未办结（{row.due_on}）", f"Limit still open: {english.word(row.kind)} ({row.due_on})")
        for row in case.tx.scalars(running)
    ]
    deferred = deferral_acts.running(case.tx, case.hazard.number)
    if deferred is not None:
        state = deferral_views.state_of(deferred)
        missing.append(
            Said(
                f"挂起（暂不具备条件）尚未结束：{state}，复核日期 {deferred.review_on}",
                f"The deferral has not ended: {english.word(state)}, review on {deferred.review_on}",
            )
        )
    return True, missing, []


def _spot(case: _Case) -> Found:
    return case.hazard.local_level == ON_THE_SPOT, [], [words.DRAWN]


def _listed(names: Sequence[str]) -> Said:
    return joined("、", ", ", [Said(name, english.word(name)) for name in names])


def _unanswered(number: str) -> Said:
    return Said(f"群众举报 {number} 尚未答复举报人", f"The reporter of {number} is not answered")


def fixed_by(tx: Session, hazard: Hazard, *, step: str = "rectify") -> str | None:
    """Who said last that the fix is done; ``step`` fix_now: on the spot."""
    work = (Task.instance_id == hazard.instance_id) & (Task.element == step) & (Task.status == "completed")
    return tx.scalar(select(Task.completed_by).where(work).order_by(Task.ended_at.desc()).limit(1))


LOOKS: tuple[Callable[[_Case], Found], ...] = (
    _photos, _rechecked, _five, _accepted, _department, _measures, _published, _answered, _documents, _nothing_open,
    _spot,
)  # fmt: skip
CHECKS = tuple(zip(*zip(*words.NAMES, strict=True), LOOKS, strict=True))
