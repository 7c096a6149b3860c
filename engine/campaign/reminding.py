"""Sends the reminders that are due: each once, by whichever scheduler comes first, and after an outage only what still
makes sense.

What was due meanwhile of one deadline is one reminder, the last; one that speaks of an end that has passed is not sent:
from then on the escalation chain speaks.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.bpm.model import Instance
from engine.campaign import audiences, clock_kinds, clock_rules, deadlines, lamp, left_words, people
from engine.campaign.arming import ARMED, DROPPED, SENT, SKIPPED
from engine.campaign.case_model import Deadline, Hazard, Reminder
from engine.campaign.clock_file import Clock
from engine.campaign.english import word
from engine.campaign.report_model import CitizenReport
from engine.said import Said, english, joined


def send_next(app: App) -> bool:
    """Deal with one deadline of which a reminder is due; answers whether there was one.

    The deadline's row is the lock, the notices go into the outbox in the same transaction.
    """
    now = app.clock()
    with app.transaction() as tx:
        query = select(Deadline).join(Reminder, Reminder.deadline == Deadline.id)
        query = query.where(Reminder.state == ARMED, Reminder.due_at <= now).order_by(Reminder.due_at, Reminder.id)
        row = tx.scalar(query.limit(1).with_for_update(skip_locked=True, of=Deadline))
        if row is None:
            return False
        mine = select(Reminder).where(Reminder.deadline == row.id, Reminder.state == ARMED, Reminder.due_at <= now)
        due = tx.scalars(mine.order_by(Reminder.due_at, Reminder.id).with_for_update()).all()
        chosen = None if _stopped(tx, row) else choose(due, row, now)
        for each in due:
            each.state, each.ended_at = (SENT if each is chosen else SKIPPED), now
        if chosen is not None and not _handed_in(tx, row):
            _write(app, tx, row, chosen, now)
        elif chosen is not None:
            chosen.state = DROPPED
        return True


def next_due(app: App) -> datetime | None:
    """The process time at which the next reminder is due."""
    with app.reading() as tx:
        armed = select(Reminder.due_at).where(Reminder.state == ARMED).order_by(Reminder.due_at).limit(1)
        return tx.scalar(armed)


def choose(due: Sequence[Reminder], row: Deadline, now: datetime) -> Reminder | None:
    """The one of these due reminders, in their order, that is still to be sent; None when all came too late."""
    sensible = [each for each in due if now < row.due_at or each.at.startswith(("start", "+", "over"))]
    return sensible[-1] if sensible and row.state == deadlines.OPEN else None


def _stopped(tx: Session, row: Deadline) -> bool:
    """Whether the clock of the whole case stands still: it starts again with another deadline and other reminders.
    Those of papers run on.
    """
    if row.clock in clock_kinds.apart():
        return False
    of_hazard = select(Hazard.instance_id).where(Hazard.number == row.hazard)
    of_report = select(CitizenReport.instance_id).where(CitizenReport.number == row.report)
    mine = Instance.id.in_(of_hazard if row.hazard else of_report)
    return tx.scalar(select(Instance.id).where(mine, Instance.clock_stopped)) is not None


def _handed_in(tx: Session, row: Deadline) -> bool:
    """Whether the fix waits for us: then nobody is urged to fix."""
    if row.kind not in (deadlines.RECTIFY, deadlines.SUPERVISE):
        return False
    return tx.scalar(select(Hazard.number).where(Hazard.number == row.hazard, lamp.applied())) is not None


def _write(app: App, tx: Session, row: Deadline, chosen: Reminder, now: datetime) -> None:
    """The notices name no instance: to refer to its row would wait for whoever works on the case, who may wait for
    this deadline.
    """
    rule, ends = _rule(row, app), f"{row.due_at.astimezone(app.zone):%Y-%m-%d %H:%M}"
    says = left_words.filled(app, _in_both(chosen, rule), row.due_on, now)
    limit = Said(f"时限：{row.clock} {rule.title if rule else ''}", f"Limit: {row.clock}, {word(row.kind)}")
    number = row.hazard or row.report
    about, about_en = ("隐患", "hazard") if row.hazard else ("举报", "report")
    subject = Said(
        f"【{row.kind}】{about} {number}：{says}", f"[{word(row.kind)}] {about_en} {number}: {english(says)}"
    )
    lines = [
        subject, "", Said(f"届满：{ends}", f"Ends: {ends}"), limit,
        Said(f"逾期后果：{row.consequence}", f"When it passes: {row.consequence}"), *row.trace,
    ]  # fmt: skip
    if not any("依据：" in line for line in row.trace):
        lines.append(Said(f"依据：{row.clause}", f"Basis: {row.clause}"))
    body = joined("\n", "\n", lines)
    reached = audiences.recipients(tx, row, chosen.audience)
    for name, address in reached:
        notices.queue(app, tx, recipient=name, subject=subject, body=body, now=now, address=address or None)
    if app.settings.sms is not None and notices.SMS in chosen.how:
        text = Said(f"{subject}，届满 {ends}", f"{subject.en}, ends {ends}")
        phones = people.phones(tx, [name for name, _ in reached])
        for name, _ in reached:
            notices.queue_text(app, tx, recipient=name, phone=phones.get(name, ""), text=text, now=now)


def _rule(row: Deadline, app: App) -> Clock | None:
    return clock_rules.on_day(row.clock, row.start_at.astimezone(app.zone).date())


def _in_both(chosen: Reminder, rule: Clock | None) -> str:
    """The text with its English as the file has it beside the same text; what is not there is Chinese only."""
    told = (each.text for each in rule.reminders if each.text == chosen.text) if rule else iter(())
    return next(told, chosen.text)
