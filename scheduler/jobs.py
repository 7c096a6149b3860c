"""What the scheduler does when it wakes: each job is "one after the other until there is no work", and nothing else.

A job may run in any number of processes at once: the verbs claim their row in the database. The clockwork asks
``wait`` first, so that a job without work never opens a writing transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random

import structlog

from engine.app import App
from engine.bpm import batches, messages, notices, timers
from engine.bpm.model import Notice
from engine.campaign import (
    calendars,
    duty_creation,
    ledger_import,
    patrol_planning,
    photo_looks,
    reminding,
    tracing,
)
from engine.settings import Settings
from scheduler.channels import Undeliverable, console, sms, smtp

log = structlog.get_logger("scheduler")

BATCH = 200  # steps of one run; when more is due the clockwork calls again at once, other jobs in between
CHANNELS: dict[str, Callable[[Settings, Notice], None]] = {
    "console": console.send, "smtp": smtp.send, "sms": sms.send,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """``one`` does one unit of work and says whether there was any; ``wait`` is the real time until there is some."""

    name: str
    one: Callable[[App], bool]
    wait: Callable[[App], timedelta | None]

    def run(self, app: App, rest: Callable[[timedelta], bool] = lambda _: False) -> None:
        """Work until there is none left, the batch is full, or ``rest`` says to stop.

        It is told after each unit how long that took, and may make a pause.
        """
        for _ in range(BATCH):
            began = app.wall()
            if not self.one(app) or rest(app.wall() - began):
                return


def send_next(app: App, draw: Callable[[], float] = random) -> bool:
    """Send one notice that is due and mark it; True when there was one. ``draw`` gives the jitter of a retry."""
    notice = notices.claim_next(app)
    if notice is None:
        return False
    try:
        CHANNELS[notice.channel](app.settings, notice)
    except Exception as error:
        permanent = isinstance(error, Undeliverable)
        reason = str(error) or type(error).__name__
        log.warning("notice not sent", id=notice.id, to=notice.recipient, permanent=permanent, reason=reason)
        notices.mark_failed(app, notice, reason, permanent=permanent, jitter=draw())
    else:
        notices.mark_sent(app, notice)
    return True


def _until(due_at: datetime | None, now: datetime) -> timedelta | None:
    return None if due_at is None else due_at - now


fire_due_timers = Job("timers", timers.fire_due, lambda app: _until(timers.next_due(app), app.clock()))
deliver_messages = Job("messages", messages.deliver_next, lambda app: timedelta() if messages.pending(app) else None)
deliver_notices = Job("notices", send_next, lambda app: _until(notices.next_due(app), app.wall()))
work_off_batches = Job("batches", batches.work_next, lambda app: timedelta() if batches.open_batches(app) else None)
find_candidates = Job("tracing", tracing.find_next, tracing.until_next)  # once a day
import_rows = Job("imports", ledger_import.work_next, lambda app: timedelta() if ledger_import.going(app) else None)
create_duties = Job("duties", duty_creation.create_ahead, duty_creation.planning_due)
begin_duties = Job("duty reminders", duty_creation.begin_next, duty_creation.beginning_due)
plan_patrols = Job("patrol", patrol_planning.plan_next, patrol_planning.planning_due)
send_reminders = Job("reminders", reminding.send_next, lambda app: _until(reminding.next_due(app), app.clock()))
settle_calendars = Job("calendars", calendars.settle_next, calendars.settling_due)
look_at_photos = Job("photo looks", photo_looks.look_next, photo_looks.until_next)  # once, after an upgrade
JOBS = (
    fire_due_timers, deliver_messages, deliver_notices, work_off_batches, find_candidates, import_rows, create_duties,
    begin_duties, plan_patrols, send_reminders, settle_calendars,
    look_at_photos,
)  # fmt: skip
