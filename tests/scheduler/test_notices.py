"""The outbox: claimed once, sent at least once, retried with patience, never in the way of others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import notices
from engine.bpm.model import Notice
from engine.errors import Conflict
from engine.settings import Settings
from engine.testing import START, FakeClock
from scheduler import jobs
from scheduler.channels import Undeliverable


@pytest.fixture
def wall(app: App) -> FakeClock:
    """Real time of the test: sending does not follow process time."""
    app.wall = FakeClock(START)
    return app.wall


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> "Channel":
    """The console replaced by one that records, and fails when told."""
    made = Channel()
    monkeypatch.setitem(jobs.CHANNELS, "console", made)
    return made


class Channel:
    """Records what it is given; ``failing`` says with what it answers for a recipient."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failing: dict[str, Exception] = {}

    def __call__(self, settings: Settings, notice: Notice) -> None:
        """Send, as a channel does."""
        if notice.recipient in self.failing:
            raise self.failing[notice.recipient]
        self.sent.append(notice.id)


def queue(app: App, recipient: str = "owner", address: str | None = None) -> str:
    with app.transaction() as tx:
        return notices.queue(
            app, tx, recipient=recipient, address=address, subject="催办\n第一次", body="请整改", now=app.clock()
        )


def row(app: App, notice_id: str) -> Notice:
    with app.reading() as tx:
        return tx.get_one(Notice, notice_id)


def test_a_notice_is_sent_once_and_marked_with_real_time(app: App, wall: FakeClock, channel: Channel) -> None:
    sent = queue(app)
    jobs.deliver_notices.run(app)
    jobs.deliver_notices.run(app)
    assert channel.sent == [sent]
    assert (row(app, sent).status, row(app, sent).sent_at) == ("sent", wall())
    assert row(app, sent).subject == "催办 第一次"


def test_a_notice_of_a_refused_act_is_never_sent(app: App, wall: FakeClock, channel: Channel) -> None:
    with pytest.raises(Conflict), app.transaction() as tx:
        notices.queue(app, tx, recipient="owner", subject="催办", body="", now=app.clock())
        raise Conflict("no")
    jobs.deliver_notices.run(app)
    assert channel.sent == []


def test_one_recipient_that_fails_does_not_stop_the_others(app: App, wall: FakeClock, channel: Channel) -> None:
    failing, fine = queue(app, "colleague"), queue(app, "owner")
    channel.failing["colleague"] = ConnectionRefusedError("mail server is down")
    jobs.deliver_notices.run(app)
    assert channel.sent == [fine]
    assert (row(app, failing).status, row(app, failing).last_error) == ("pending", "mail server is down")


def test_a_failed_notice_waits_longer_each_time_and_goes_out_when_the_server_is_back(
    app: App, wall: FakeClock, channel: Channel
) -> None:
    late = queue(app)
    channel.failing["owner"] = TimeoutError()
    waited: list[timedelta] = []
    for _ in range(4):
        jobs.send_next(app, draw=lambda: 0.0)
        due_at = notices.next_due(app)
        assert due_at is not None
        waited.append(due_at - wall())
        wall.now = due_at
    assert waited == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    channel.failing.clear()
    jobs.deliver_notices.run(app)
    assert channel.sent == [late]
    assert notices.next_due(app) is None


def test_jitter_takes_up_to_half_off_and_the_delay_ends_at_six_hours() -> None:
    assert notices.delay(1, 1.0) == timedelta(seconds=15)
    assert notices.delay(50, 0.0) == timedelta(hours=6)


@pytest.mark.parametrize(("error", "attempts"), [(Undeliverable("550 no such mailbox"), 1), (TimeoutError("slow"), 20)])
def test_a_notice_is_given_up_when_refused_for_good_or_after_two_days(
    app: App, wall: FakeClock, channel: Channel, error: Exception, attempts: int
) -> None:
    lost = queue(app)
    channel.failing["owner"] = error
    while (due_at := notices.next_due(app)) is not None:
        wall.now = due_at
        jobs.deliver_notices.run(app)
    given_up = row(app, lost)
    assert (given_up.status, given_up.attempts, given_up.last_error) == ("failed", attempts, str(error))


def test_a_process_that_dies_while_sending_leaves_the_notice_to_another_after_the_lease(
    app: App, wall: FakeClock, channel: Channel
) -> None:
    orphan = queue(app)
    assert notices.claim_next(app) is not None
    jobs.deliver_notices.run(app)
    assert channel.sent == []
    wall.now += notices.LEASE
    jobs.deliver_notices.run(app)
    assert channel.sent == [orphan]


def test_a_late_failure_does_not_undo_what_another_process_sent(app: App, wall: FakeClock, channel: Channel) -> None:
    queue(app)
    slow = notices.claim_next(app)
    assert slow is not None
    wall.now += notices.LEASE
    jobs.deliver_notices.run(app)
    notices.mark_failed(app, slow, "timed out", permanent=True, jitter=0.0)
    assert row(app, slow.id).status == "sent"


def test_several_processes_share_the_outbox_without_sending_anything_twice(
    app: App, wall: FakeClock, channel: Channel
) -> None:
    queued = {queue(app) for _ in range(60)}
    together(4, lambda: jobs.deliver_notices.run(app))
    assert sorted(channel.sent) == sorted(queued)


def test_mail_is_used_when_there_is_a_server_and_an_address(app: App) -> None:
    app.settings = replace(app.settings, smtp_url="smtp://mail.example")
    with_address, without = queue(app, address="li@x.example"), queue(app)
    with app.reading() as tx:
        ways = {notice.id: notice.channel for notice in tx.scalars(select(Notice))}
    assert ways == {with_address: "smtp", without: "console"}


def together(count: int, act: Callable[[], object]) -> None:
    """Do the same thing in several threads that begin at the same moment; the first error is raised here."""
    barrier, errors = Barrier(count), list[BaseException]()

    def run() -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_the_next_moment_is_that_of_the_oldest_waiting_notice(app: App, wall: FakeClock) -> None:
    assert notices.next_due(app) is None
    queue(app)
    expected: datetime = wall()
    wall.advance(minutes=5)
    queue(app)
    assert notices.next_due(app) == expected
