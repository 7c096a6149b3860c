"""APScheduler as the tick, and only that: what is due, and who does it, is decided in the database.

Each job has its own wake-up, set to the moment its next work is due, at most ``LOOK`` ahead. The look costs one index
read for each job; it notices what other processes armed, and an admin who moved the demo clock.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Iterable
from datetime import UTC, timedelta
from uuid import uuid4

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from engine.app import App
from engine.bpm import heartbeats, rescheduling
from engine.errors import Unavailable
from scheduler.jobs import JOBS, Job

log = structlog.get_logger("scheduler")

LOOK = timedelta(seconds=1)
LONGEST_REST = timedelta(milliseconds=100)  # a unit that took longer waited for others: a mail server, a lock
PAUSE = timedelta(milliseconds=50)  # between two runs of a job: what another process has claimed still looks due


class Clockwork:
    """The scheduler of one process; ``start`` it after the database is ready, ``stop`` it before the app is closed."""

    def __init__(self, app: App, jobs: Iterable[Job] = JOBS) -> None:
        self._app = app
        self._jobs = tuple(jobs)
        self._life = heartbeats.Life(uuid4().hex, socket.gethostname(), os.getpid(), app.wall())
        self._ended = threading.Event()
        self._waking = threading.Lock()
        self._poked = False
        self._ticks = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._jobs) + 1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Catch up with new holidays and with what fell due while nothing ran, then follow the clock."""
        try:
            rescheduling.reproject(self._app)
        except Unavailable:  # the database is away for a moment; new holidays are counted at the next start
            log.warning("provisional dates were not counted again")
        self._ended.clear()
        for job in self._jobs:
            self._ticks.add_job(
                self._run,
                IntervalTrigger(seconds=LOOK.total_seconds(), timezone=UTC),
                args=[job],
                id=job.name,
                next_run_time=self._app.wall(),
            )
        self._ticks.add_job(
            self._beat,
            IntervalTrigger(seconds=heartbeats.BEAT.total_seconds(), timezone=UTC),
            id="heartbeat",
            next_run_time=self._app.wall(),
        )
        self._ticks.start()
        self._app.after_commit.append(self.poke)

    def stop(self) -> None:
        """Finish the step in hand and return; what is still due stays due in the database."""
        with self._waking:  # from here on nobody wakes a job: APScheduler waits for the steps with the lock it needs
            self._ended.set()
        self._app.after_commit.remove(self.poke)
        self._ticks.shutdown(wait=True)
        with contextlib.suppress(Unavailable):  # it will be found silent
            heartbeats.end(self._app, self._life)

    def poke(self) -> None:
        """Look soon: something was committed in this process. Many pokes in a row are one look."""
        if not self._poked:
            self._poked = True
            for job in self._jobs:
                self._wake(job, PAUSE)

    def _beat(self) -> None:
        try:
            heartbeats.beat(self._app, self._life)
        except Unavailable as error:
            log.warning("database unavailable", job="heartbeat", reason=error.en)

    def _run(self, job: Job) -> None:
        self._poked = False
        try:
            wait = job.wait(self._app)
            if wait is not None and wait <= timedelta():
                job.run(self._app, self._rest)
                wait = job.wait(self._app)
        except Unavailable as error:  # away for a minute, full, restarted: the next look tries again
            log.warning("database unavailable", job=job.name, reason=error.en)
        except Exception:
            log.exception("job failed", job=job.name)
        else:
            if wait is not None and wait < LOOK:
                self._wake(job, max(wait, PAUSE))

    def _rest(self, worked: timedelta) -> bool:
        """Leave people half as much of the machine as was just taken from them; answers whether this is the end."""
        return self._ended.wait(min(worked / 2, LONGEST_REST).total_seconds())

    def _wake(self, job: Job, wait: timedelta) -> None:
        with self._waking:
            if not self._ended.is_set():
                self._ticks.modify_job(job.name, next_run_time=self._app.wall() + wait)
