"""More time for what an order asked to be fixed (T3): the party asks in time (T8), the department answers within its
limit (T8.answer), its head decides. The street's own limits are extended in the case (requests.py).
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, evidence, extension_rules, heads, order_limits, started_clocks
from engine.campaign.case_model import Deadline, Finding
from engine.campaign.deadline_views import DeadlineView, view
from engine.campaign.english import word
from engine.campaign.model import Person
from engine.campaign.order_limits import ANSWERED, ASKED, Order, Request
from engine.errors import Conflict, Invalid, Problem
from engine.said import Said


def ask(
    app: App, id: int, *, days: int | None = None, until: date | None = None, reason: str, files: Sequence[str] = (),
    asked_on: date | None = None, viewer: Viewer,
) -> DeadlineView:  # fmt: skip
    """Ask that the limit of an order end so many natural days later, or on a later day; the party does, or the
    department notes on which day the written application came (``asked_on``, today when left out). ``files`` are
    uploads of the viewer that prove the reason. Answers the department's limit to answer it.

    Raises NotFound, NotAllowed, Invalid (too long, a day to come, a file that is not the viewer's), Conflict (asked too
    late, no such limit, asked already, extended as often as the rule allows).
    """
    now = app.clock()
    with app.transaction() as tx:
        order = order_limits.of(tx, id, viewer, lock=True)
        order_limits.may_ask(tx, app, order, viewer, now)
        begin = came(app, order.row, asked_on, now, order_limits.asks(tx, order, viewer))
        order_limits.not_twice(app, order, order_limits.request(tx, order))
        order_limits.only_one(days, until)
        allowed = extension_rules.check(app, order.row, now=begin, n=days, unit="d", until=until)
        evidence.attach(tx, files, order.hazard.number, viewer)
        made = deadlines.open_in(
            tx, app, order.about, order.answer, **order_limits.answered(app, order, begin), now=now
        )  # fmt: skip
        told = Said(
            f"申请将“{order.row.kind}”的期限由 {order.row.due_on} 延至 {allowed.until}：{reason.strip()}",
            f"Asked for more time for {word(order.row.kind)}, from {order.row.due_on} to {allowed.until}: "
            f"{reason.strip()}",
        )
        detail = {
            "limit": order.row.kind, "until": allowed.until.isoformat(), "by": viewer.name, "reason": reason.strip(),
            "files": list(files),
        }  # fmt: skip
        tx.add(Finding(hazard=order.hazard.number, kind=ASKED, at=now, text=told, detail=detail))
        return view(made)


def answer(
    app: App, id: int, *, granted: bool, reason: str, days: int | None = None, until: date | None = None, viewer: Viewer
) -> DeadlineView:  # fmt: skip
    """Answer the request: the head of the department that gave the order, or a substitute with a mandate, grants it,
    by so many days or until a day, as was asked for or less, or does not. Answers the limit of the order as it is then.
    Raises NotFound, NotAllowed, Conflict (nothing was asked), Invalid (later than asked, or no later than the limit).
    """
    now = app.clock()
    with app.transaction() as tx:
        order = order_limits.of(tx, id, viewer, lock=True)
        found = order_limits.may_answer(tx, app, order, viewer, now)
        waiting, row = order_limits.request(tx, order), order.row
        if waiting is None:
            raise Conflict("没有等待答复的延期申请。", en="No request waits for an answer.")
        if granted:
            allowed = order_limits.granted(app, order, waiting, days=days, until=until)
            row = deadlines.extend_in(
                tx, app, order.about, row.kind, n=allowed.days, unit="d", reason=reason.strip(), clause="", now=now,
                due_at=app.calendar.end_of_day(allowed.until, app.zone), actor=viewer.name,
            )  # fmt: skip
        deadlines.close_in(tx, order.about, now, kind=order.answer)
        how = Said(f"批准延至 {row.due_on}", f"extended to {row.due_on}")
        how = how if granted else Said(f"不予延期，仍为 {row.due_on}", f"not extended, still {row.due_on}")
        for_head = heads.words(tx, found.by, found.head, found.mandate)
        zh, en = (f"（{for_head}）", f" ({for_head.en})") if for_head else ("", "")
        told = Said(
            f"“{row.kind}”{how}：{reason.strip()}{zh}", f"Limit of {word(row.kind)} {how.en}: {reason.strip()}{en}"
        )
        detail = {"by": found.by, **({"for": found.head, "mandate": found.mandate} if found.mandate else {})}
        tx.add(Finding(hazard=order.hazard.number, kind=ANSWERED, at=now, text=told, detail=detail))
        heads.used(tx, "answer", found, about=f"隐患 {order.hazard.number} 的{row.kind}期限", now=now)
        started_clocks.moved(tx, app, row, now)
        _tell(app, tx, order, waiting, told, now)
        return view(row)


def _tell(app: App, tx: Session, order: Order, waiting: Request, told: Said, now: datetime) -> None:
    """Whoever asked learns the answer; the notice names no instance, see reminding.py."""
    asker = tx.get(Person, waiting.detail.get("by", ""))
    if asker is None or not asker.active:
        return
    number, organ = order.hazard.number, order.organ
    title = Said(
        f"隐患 {number}：“{organ.name}”已答复延期申请", f"Hazard {number}: {organ.code} answered about more time"
    )
    body = Said(f"{title}\n\n{told}", f"{title.en}\n\n{told.en}")
    notices.queue(app, tx, recipient=asker.name, subject=title, body=body, now=now, address=asker.email or None)


def came(app: App, row: Deadline, asked_on: date | None, now: datetime, role: str) -> datetime:
    """When a written application came, noted by whoever asks in this role (order_limits.asks). Raises Invalid for a day
    to come or before the order, and for an earlier day than today that the party itself gives.
    """
    today, first = (moment.astimezone(app.zone).date() for moment in (now, row.opened_at))
    if asked_on is None or asked_on == today:
        return now
    if not min(first, row.start_at.astimezone(app.zone).date()) <= asked_on < today:
        raise Invalid(
            "收到申请的日期应在责令之日至今天之间。", en="It came between the order and today.",
            problems=[{"field": "asked_on", "rule": "range", "message": "应在责令之日至今天之间"}],
        )  # fmt: skip
    if role != order_limits.ORGAN:
        told = Said("收到书面申请的日期由作出指令的部门登记", "The body that gave the order notes when it came")
        problem = Problem(field="asked_on", rule="organ", message=told, en=told.en)
        raise Invalid(f"{told}。", en=f"{told.en}.", problems=[problem])
    return datetime.combine(asked_on, time.min, app.zone)
