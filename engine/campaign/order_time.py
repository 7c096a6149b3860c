"""What may be asked about the limit of an order (T3) and what would come of it: until when, how long at most, who
answers by when, and the day that would result with its count, before anything is sent. Writes nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deadline_rows, deadlines, extension_rules, order_extensions, order_limits
from engine.campaign.case_model import Deadline
from engine.campaign.clock_file import MARK, Clock, Extension
from engine.campaign.clock_rules import UNITS
from engine.campaign.extension_rules import Allowed
from engine.campaign.order_limits import Order, Request
from engine.count_lines import amount
from engine.errors import Conflict, Invalid
from engine.said import Said


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for its answer; ``files`` are the numbers of what proves it."""

    asked_on: date
    until: date
    reason: str
    files: list[str]
    by: str
    answer_by: date


@dataclass(frozen=True, slots=True)
class Would:
    """What would come of it: ``days`` natural days more, the last day, the count in words; ``answer_by`` is the last
    day of the answer and ``answer_trace`` its count.
    """

    days: int
    until: date
    due_at: datetime
    trace: list[str]
    provisional: bool
    answer_by: date
    answer_trace: list[str]


@dataclass(frozen=True, slots=True)
class OrderTime:
    """``asks``: as whom the viewer may ask (``party``, ``organ``, empty); ``answers``: whether the viewer may answer;
    ``ask_by`` the last day to ask, ``latest`` the furthest day, ``used`` of ``times`` extensions; ``refusal`` says why
    nothing can be asked today, empty when it can.
    """

    deadline: int
    kind: str
    due_on: date
    organ: str
    organ_name: str
    rule: str
    ask_by: date
    latest: date
    most_days: int
    times: int
    used: int
    asks: str
    answers: bool
    refusal: str
    waiting: Waiting | None
    would: Would | None


def show(
    app: App, id: int, *, days: int | None = None, until: date | None = None, asked_on: date | None = None,
    viewer: Viewer,
) -> OrderTime:  # fmt: skip
    """What may be asked about this limit, and what would come of so many days or of that day; of a request that waits,
    what would come of granting it. Raises as ``ask`` and ``answer`` of order_extensions do for what is given.
    """
    now = app.clock()
    with app.reading() as tx:
        order = order_limits.of(tx, id, viewer)
        row, waiting = order.row, order_limits.request(tx, order)
        clock, rule = extension_rules.rule_of(app, row)
        latest = extension_rules.furthest(app, row, rule)
        role = order_limits.asks(tx, order, viewer)
        return OrderTime(
            row.id, row.kind, row.due_on, order.organ.code, order.organ.name, _rule(app, order, clock, rule, now),
            deadlines.last_day(extension_rules.last_moment(app, row, rule), app), latest, (latest - row.due_on).days,
            rule.times, row.extensions, role,
            order_limits.answers(tx, order, viewer, now),
            _refusal(app, order, waiting, now), _waiting(app, waiting),
            _would(app, order, waiting, now, role, days=days, until=until, asked_on=asked_on),
        )  # fmt: skip


def _rule(app: App, order: Order, clock: Clock, rule: Extension, now: datetime) -> Said:
    answer, ask = order_limits.answer_rule(app, now), extension_rules.ask_words(rule)
    assert answer.n is not None  # answer_rule refuses another
    return Said(
        f"最多延期 {rule.times} 次，最长 {rule.n} {UNITS[rule.unit]}；{ask}；由{rule.role}批准，收到申请后 {answer.n} "
        f"{UNITS[answer.unit]}内答复（{clock.clause}；{answer.clause}；{MARK}）",
        f"At most {rule.times} time(s), by at most {amount(rule.n, rule.unit)}; {ask.en}; the head of "
        f"{order.organ.code} decides within {amount(answer.n, answer.unit)} ({clock.clause}; {answer.clause}; "
        f"{MARK.en})",
    )


def _refusal(app: App, order: Order, waiting: Request | None, now: datetime) -> str:
    try:
        order_limits.not_twice(app, order, waiting)
        extension_rules.may_be_asked(app, order.row, now=now)
    except Conflict as refused:
        return Said(refused.message, refused.en)
    return ""


def _waiting(app: App, waiting: Request | None) -> Waiting | None:
    if waiting is None:
        return None
    told: dict[str, Any] = waiting.detail
    return Waiting(
        waiting.limit.start_at.astimezone(app.zone).date(), waiting.until, told.get("reason", ""),
        told.get("files", []), told.get("by", ""), waiting.limit.due_on,
    )  # fmt: skip


def _would(
    app: App, order: Order, waiting: Request | None, now: datetime, role: str, *, days: int | None,
    until: date | None, asked_on: date | None,
) -> Would | None:  # fmt: skip
    if waiting is not None:
        try:
            allowed = order_limits.granted(app, order, waiting, days=days, until=until)
        except (Conflict, Invalid):
            if days is None and until is None:  # the limit has moved since: it can only be refused
                return None
            raise
        return _told(app, order, allowed, waiting.limit, now)
    if days is None and until is None:
        return None
    order_limits.only_one(days, until)
    begin = order_extensions.came(app, order.row, asked_on, now, role)
    allowed = extension_rules.check(app, order.row, now=begin, n=days, unit="d", until=until)
    answered = order_limits.answered(app, order, begin)
    return _told(app, order, allowed, deadline_rows.first(app, order.about, order.answer, **answered, now=now), now)


def _told(app: App, order: Order, allowed: Allowed, answer: Deadline, now: datetime) -> Would:
    due_at = app.calendar.end_of_day(allowed.until, app.zone)
    row = deadline_rows.longer(app, order.about, order.row, n=allowed.days, unit="d", due_at=due_at, now=now)
    row.clause = order.row.clause
    first = Said(
        f"原时限 {order.row.due_on}，获批准的从它届满起算",
        f"Was {order.row.due_on}; once granted, counted from its end",
    )
    row.trace = [first, *row.trace, *deadline_rows.based_on(row)]
    return Would(
        allowed.days, row.due_on, row.due_at, deadline_rows.marked(row).trace, row.provisional, answer.due_on,
        answer.trace,
    )  # fmt: skip
