"""The lamp of a hazard, in Python for one and in SQL for lists; computed when it is read, never stored
(示例规则，需法制审核).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, literal, select

from engine import lamp
from engine.app import App
from engine.bpm.model import Instance, Task
from engine.campaign import english, left_words, stages
from engine.campaign.case_model import Deadline, Hazard, Measure, Recheck
from engine.campaign.deadlines import ON_THE_LAMP, OPEN
from engine.count_lines import amount
from engine.lamp import DEEP_RED, GREEN, ORANGE, RED, YELLOW
from engine.said import Said

PURPLE, GREY = "purple", "grey"
NAMES = {
    PURPLE: "紫灯", DEEP_RED: "深红灯", RED: "红灯", ORANGE: "橙灯", YELLOW: "黄灯", GREEN: "绿灯", GREY: "已销号",
}  # fmt: skip
ORDER = list(NAMES)
HANDED_IN = Said("整改已提交，等待复查和销号", "Fix handed in, waits for re-inspection and closure")
STOPPED = Said("挂起，停止计时，恢复后顺延", "Suspended, the clock stands still and runs on afterwards")
NO_LIMIT = Said("尚未确定时限", "No limit set yet")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lamp of one hazard depends on."""

    due_at: datetime | None
    kind: str = ""
    ended: str = ""  # 已销号 or 已作废
    failed_rechecks: int = 0
    applied: bool = False
    measure: str = ""
    stopped: bool = False  # suspended with its clock stopped


@dataclass(frozen=True, slots=True)
class Lamp:
    """A colour with its reason in one sentence and the working days over or left; both None when nothing is due."""

    colour: str
    reason: str
    overdue_workdays: int | None = None
    workdays_left: int | None = None

    @property
    def name(self) -> str:
        """The colour in Chinese."""
        return NAMES[self.colour]


def of(app: App, facts: Facts, now: datetime) -> Lamp:
    """The lamp of one hazard at a moment."""
    if facts.ended:
        return Lamp(GREY, Said(facts.ended, english.word(facts.ended)))
    days = _days(app, facts.due_at, now) if facts.due_at else None
    over, left = days or (None, None)
    if facts.measure:
        return Lamp(PURPLE, Said(f"{facts.measure}措施执行中", f"{english.word(facts.measure)} in force"), over, left)
    if facts.failed_rechecks >= 2:
        return Lamp(DEEP_RED, _failed(facts.failed_rechecks), over, left)
    if facts.applied:
        return Lamp(GREEN, HANDED_IN)
    if facts.stopped:
        return Lamp(GREEN, STOPPED)
    if facts.due_at is None:
        return Lamp(GREEN, NO_LIMIT)
    colour = lamp.due_lamp(facts.due_at, now, app.calendar, app.zone)
    return Lamp(colour, _sentence(app, facts, facts.due_at, now, over), over, left)


def column(app: App, now: datetime) -> ColumnElement[str]:
    """The colour as an SQL expression over ``hazard``; the same rule as ``of``, with the days turned into dates
    beforehand.
    """
    deep, orange, yellow = _thresholds(app, now)
    return case(
        (Hazard.closed_at.is_not(None), literal(GREY)),
        (Hazard.number.in_(select(Measure.hazard).where(Measure.lifted_at.is_(None))), literal(PURPLE)),
        (Hazard.number.in_(_failed_twice()), literal(DEEP_RED)),
        (_case_in(_waiting()) | _case_in(_halted()), literal(GREEN)),
        (has_due(Deadline.due_at <= now), case((has_due(Deadline.due_on <= deep), DEEP_RED), else_=RED)),
        (has_due(Deadline.due_on <= orange), literal(ORANGE)),
        (has_due(Deadline.due_on <= yellow), literal(YELLOW)),
        else_=literal(GREEN),
    )


def late(now: datetime) -> ColumnElement[bool]:
    """Whether a hazard is overdue, as an SQL condition; what waits for us after the fix was handed in is not, nor what
    is suspended with its clock stopped.
    """
    return and_(has_due(Deadline.due_at <= now), owed())


def owed() -> ColumnElement[bool]:
    """Whether the fix is neither handed in nor suspended with its clock stopped, for all hazards as ``late``."""
    return and_(~_case_in(_waiting()), ~_case_in(_halted()))


def late_one_by_one(now: datetime) -> ColumnElement[bool]:
    """The same, looked up for each hazard: for a page of them instead of all."""
    stopped = _halted().where(Instance.id == Hazard.instance_id).correlate(Hazard).exists()
    return and_(next_due() <= now, ~applied(), ~stopped)


def applied() -> ColumnElement[bool]:
    """Whether the fix of one hazard was handed in and waits for re-inspection or closure, as an SQL condition."""
    return _waiting().where(Task.instance_id == Hazard.instance_id).correlate(Hazard).exists()


def has_due(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an open deadline that counts for the lamp is ``when``, as an SQL condition over ``hazard``.

    Of "not later than" this says whether the earliest is: what is asked is read once and from an index, where the
    earliest would be looked for anew for each hazard.
    """
    return Hazard.number.in_(select(Deadline.hazard).where(*running(), Deadline.hazard.is_not(None), *when))


def next_due() -> ScalarSelect[datetime]:
    """When the earliest open deadline of a hazard that counts for its lamp is due, as a correlated subquery over
    ``hazard``. (The earliest day SQLite would look for among those of all hazards.)
    """
    earliest = select(func.min(Deadline.due_at)).where(Deadline.hazard == Hazard.number, *running())
    return earliest.correlate(Hazard).scalar_subquery()


def running() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Rows of ``deadline`` that count for a lamp."""
    return Deadline.state == OPEN, Deadline.kind.in_(ON_THE_LAMP)


def _failed_twice() -> Select[str]:
    failed = select(Recheck.hazard).where(Recheck.passed.is_(False)).group_by(Recheck.hazard)
    return failed.having(func.count() >= 2)


def _waiting() -> Select[str]:
    """The cases whose fix was handed in."""
    return select(Task.instance_id).where(Task.status == "open", Task.element.in_(stages.APPLIED))


def _halted() -> Select[str]:
    """The cases that are suspended with the clock stopped."""
    return select(Instance.id).where(Instance.suspended_at.is_not(None), Instance.clock_stopped)


def _case_in(instances: Select[str]) -> ColumnElement[bool]:
    """False, not unknown, for a hazard without a case."""
    return and_(Hazard.instance_id.is_not(None), Hazard.instance_id.in_(instances))


def _thresholds(app: App, now: datetime) -> tuple[date, date, date]:
    """The latest last day that is 3 working days over, has at most 1 left, has at most 3 left."""
    today = now.astimezone(app.zone).date()
    day = timedelta(days=1)
    third_back = app.calendar.add_workdays(today + day, -3)
    return (
        third_back - day,
        app.calendar.add_workdays(today, 2) - day,
        app.calendar.add_workdays(today, 4) - day,
    )


def _days(app: App, due_at: datetime, now: datetime) -> tuple[int, int]:
    last_day = (due_at.astimezone(app.zone) - due_at.resolution).date()
    today = now.astimezone(app.zone).date()
    over = app.calendar.workdays_between(last_day, today) if now >= due_at else 0
    return over, app.calendar.workdays_between(today, last_day)


def _failed(times: int) -> Said:
    return Said(f"复查不合格 {times} 次", f"Failed re-inspection {times} times")


def _sentence(app: App, facts: Facts, due_at: datetime, now: datetime, over: int | None) -> Said:
    what = english.word(facts.kind).capitalize()
    if over:
        return Said(f"{facts.kind}已逾期 {over} 个工作日", f"{what}: {amount(over, 'wd')} overdue")
    if now >= due_at:
        return Said(f"{facts.kind}期限刚刚届满", f"{what}: has just ended")
    last = (due_at.astimezone(app.zone) - due_at.resolution).date()
    left = left_words.left(app, last, now)
    return Said(f"{facts.kind}期限{left}", f"{what}: {left.en}")
