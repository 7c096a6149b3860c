"""Reminders belong to their deadline: sent once, by one of many schedulers, and dead when it is replaced or over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from engine import sms_gateway
from engine.app import App
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import arming, audiences, clock_rules, deadlines, hazards, reminding
from engine.campaign.case_model import Deadline, Reminder
from engine.campaign.model import Person as Account
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
START = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)  # Thursday 09:00 in Shanghai
NUMBER = "YQ-2026-0901"
ABOUT = deadlines.of_hazard(NUMBER)
DAY = timedelta(days=1)


@pytest.fixture
def case(campaign: App, person: Person) -> App:
    """An installation with one registered hazard and a clock that is moved by hand."""
    campaign.clock = FakeClock(START)
    values = {"place": "P019", "code": "RF-05", "text": "插线板串接"}
    hazards.register(campaign, values, viewer=person(campaign, "clerk-safety-office"))
    return campaign


def opened(app: App, kind: str = "整改", clock: str = "T2", n: int = 7, unit: str = "d", **more: Any) -> int:
    with app.transaction() as tx:
        return deadlines.open_in(
            tx, app, ABOUT, kind, start_at=app.clock(), n=n, unit=unit, roll="F", clock=clock, now=app.clock(), **more
        ).id


def sent(app: App) -> list[str]:
    """The subjects of the reminders in the outbox, each once."""
    with app.reading() as tx:
        return list(dict.fromkeys(tx.scalars(select(Notice.subject).order_by(Notice.created_at))))


def states(app: App) -> list[tuple[str, str]]:
    with app.reading() as tx:
        return [(row.at, row.state) for row in tx.scalars(select(Reminder).order_by(Reminder.id))]


def run_until(app: App, moment: datetime, step: timedelta = timedelta(hours=1)) -> None:
    """A scheduler that looks every hour up to then."""
    while app.clock() < moment:
        app.clock = FakeClock(min(app.clock() + step, moment))
        while reminding.send_next(app):
            pass


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


def test_a_rectification_is_reminded_of_three_times_with_the_days_that_are_left(case: App) -> None:
    opened(case, n=15)  # to 10-09
    run_until(case, local("2026-10-12 09:00"))
    assert sent(case) == [
        f"【整改】隐患 {NUMBER}：整改期限还剩 3 个工作日",
        f"【整改】隐患 {NUMBER}：整改期限还剩 1 个工作日",
        f"【整改】隐患 {NUMBER}：整改期限今天届满",
    ]
    with case.reading() as tx:
        notices = tx.scalars(select(Notice).where(Notice.subject.contains("今天届满"))).all()
    assert len({notice.recipient for notice in notices}) == len(notices) > 2
    assert all(local("2026-10-09 09:00") == notice.created_at for notice in notices)
    assert "逾期后果：逾期即催办" in notices[0].body and notices[0].body.count("依据：") == 1


def test_what_is_not_signed_is_reminded_of_after_four_working_hours_and_the_next_morning(case: App) -> None:
    opened(case, "交办签收", "T51", 4, "wh")
    run_until(case, local("2026-09-29 18:00"), timedelta(minutes=30))
    with case.reading() as tx:
        found = tx.scalars(select(Reminder).order_by(Reminder.id)).all()
        assert [(row.at, row.state, row.how) for row in found] == [
            ("start", "sent", "app+sms"), ("+4wh", "sent", "sms"), ("+1wd", "sent", "sms"),
        ]  # fmt: skip
        assert found[1].due_at == local("2026-09-24 15:30")
        assert found[2].due_at == local("2026-09-29 08:30")  # 09-25 to 27 are off; the morning after the 28th


def test_with_a_gateway_those_that_say_so_are_text_messages_too(case: App) -> None:
    case.settings = replace(case.settings, sms=sms_gateway.from_env({"BIHUAN_SMS_URL": "https://sms.example"}))
    opened(case, "交办签收", "T51", 4, "wh")
    with case.transaction() as tx:
        somebody = tx.scalars(select(Account).where(Account.unit.is_not(None)).order_by(Account.name)).all()
        for person in somebody[::2]:
            person.phone = "138 0000 0000"
    run_until(case, START + timedelta(minutes=1))
    with case.reading() as tx:
        rows = tx.scalars(select(Notice).where(Notice.created_at == case.clock())).all()
        phones = {person.name: person.phone for person in tx.scalars(select(Account))}
    texts = {row.recipient: row for row in rows if row.channel == "sms"}
    assert set(texts) == {row.recipient for row in rows if row.channel != "sms"}
    for name, row in texts.items():
        assert (row.status, row.address) == (("pending", "13800000000") if phones.get(name) else ("failed", None))
        assert "届满" in row.body and "\n" not in row.body


def test_a_signature_ends_the_reminders(case: App) -> None:
    opened(case, "交办签收", "T51", 4, "wh")
    run_until(case, START + timedelta(minutes=1))
    with case.transaction() as tx:
        deadlines.close_in(tx, ABOUT, case.clock(), kind="交办签收")
    run_until(case, START + 10 * DAY)
    assert states(case) == [("start", "sent"), ("+4wh", "dropped"), ("+1wd", "dropped")]
    assert len(sent(case)) == 1


def test_a_replaced_deadline_takes_its_reminders_with_it_and_the_new_one_has_its_own(case: App) -> None:
    opened(case, n=15)
    with case.transaction() as tx:
        deadlines.extend_in(tx, case, ABOUT, "整改", n=15, unit="d", reason="板材", clause="", now=case.clock())
    run_until(case, local("2026-10-13 09:00"))
    assert sent(case) == []
    run_until(case, local("2026-10-30 09:00"))
    assert len(sent(case)) == 3
    assert [state for _, state in states(case)] == ["dropped"] * 3 + ["sent"] * 3


def test_after_an_outage_one_deadline_is_reminded_of_once_and_of_no_end_that_has_passed(case: App) -> None:
    opened(case, n=15)
    run_until(case, local("2026-10-09 10:00"), timedelta(days=40))
    assert sent(case) == [f"【整改】隐患 {NUMBER}：整改期限今天届满"]
    assert [state for _, state in states(case)] == ["skipped", "skipped", "sent"]
    opened(case, "治理方案", "T53", 3, "wd")
    run_until(case, case.clock() + 60 * DAY, timedelta(days=60))
    assert len(sent(case)) == 1
    assert reminding.next_due(case) is None


def test_many_schedulers_send_each_reminder_once(case: App) -> None:
    for n in range(6):
        opened(case, f"第{n}项", n=15)
    case.clock = FakeClock(local("2026-10-09 10:00"))
    start = Barrier(4)

    def work() -> None:
        start.wait()
        while reminding.send_next(case):
            pass

    crew = [Thread(target=work) for _ in range(4)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    while reminding.send_next(case):
        pass
    with case.reading() as tx:
        pairs = tx.execute(select(Notice.subject, Notice.recipient)).all()
    assert len({subject for subject, _ in pairs}) == 6
    assert len(set(pairs)) == len(pairs)


def test_every_audience_of_the_table_is_somebody(case: App) -> None:
    with case.transaction() as tx:
        row = tx.get_one(Deadline, opened_in(tx, case))
        for clock in clock_rules.clocks():
            for each in clock.reminders:
                assert audiences.recipients(tx, row, each.to)


def opened_in(tx: Any, app: App) -> int:
    return deadlines.open_in(
        tx,
        app,
        ABOUT,
        "查封",
        start_at=START,
        n=30,
        unit="d",
        roll="N",
        clock="T19",
        duty_unit="fire_rescue",
        now=START,
    ).id


def test_a_seal_is_reminded_of_five_working_days_and_one_before_it_ends(case: App) -> None:
    opened(case, "查封", "T19", 30, duty_unit="fire_rescue")
    run_until(case, local("2026-10-27 09:00"))
    assert states(case) == [("-5wd", "sent"), ("-1wd", "sent")]
    with case.reading() as tx:
        who = set(tx.scalars(select(Notice.recipient)))
    assert {"officer-fire-rescue", "clerk-safety-office"} <= who


@dataclass
class Oracle:
    """The plain rule: at each look, of an open deadline, the last due reminder that still makes sense; each once."""

    due_on: date
    due_at: datetime
    moments: dict[str, datetime]
    alive: bool = True
    handled: set[str] = field(default_factory=set)

    def look(self, now: datetime) -> list[tuple[date, str]]:
        if not self.alive:
            return []
        due = [at for at, moment in self.moments.items() if moment <= now and at not in self.handled]
        self.handled |= set(due)
        good = [at for at in due if now < self.due_at]
        return [(self.due_on, max(good, key=self.moments.__getitem__))] if good else []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["look", "replace", "extend", "suspend", "close"]), st.integers(1, 40), st.integers(1, 30)
    ),
    max_size=9,
)


@pytest.fixture
def emptied(case: App) -> Iterator[Callable[[], App]]:
    """The same case again without any deadline."""

    def again() -> App:
        case.clock = FakeClock(START)
        with case.transaction() as tx:
            for table in (Reminder, Notice, Deadline):
                tx.execute(delete(table))
        return case

    yield again


def oracle_of(app: App, row: Deadline) -> Oracle:
    zone, calendar = app.zone, app.calendar
    mornings = {
        f"-{n}wd": datetime.combine(calendar.add_workdays(row.due_on, -n), datetime.min.time(), zone)
        + timedelta(hours=8, minutes=30)
        for n in (3, 1)
    }
    mornings["day 09:00"] = datetime.combine(row.due_on, datetime.min.time(), zone) + timedelta(hours=9)
    return Oracle(row.due_on, row.due_at, {at: when for at, when in mornings.items() if when >= app.clock()})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n=st.integers(0, 30), acts=ACTS)
def test_what_is_sent_is_what_a_simple_rule_says(
    emptied: Callable[[], App], n: int, acts: list[tuple[str, int, int]]
) -> None:
    app = emptied()
    opened(app, n=n)
    expected: list[tuple[date, str]] = []
    oracle = current(app)
    for act, hours, more in [*acts, ("look", 24 * 60, 1)]:
        app.clock = FakeClock(app.clock() + timedelta(hours=hours))
        expected += oracle.look(app.clock())
        while reminding.send_next(app):
            pass
        with app.transaction() as tx:
            row = deadlines.open_one(tx, ABOUT, "整改")
            if act == "close" or (act == "suspend" and row):
                oracle.alive = False
            if act == "close":
                deadlines.close_in(tx, ABOUT, app.clock())
            elif act == "suspend" and row:
                deadlines.suspend_in(tx, row, app.clock(), reason="鉴定", actor="root")
            elif act == "extend" and row:
                deadlines.extend_in(tx, app, ABOUT, "整改", n=more, unit="d", reason="a", clause="", now=app.clock())
        if act == "replace":
            opened(app, n=more)
        if act == "replace" or (act == "extend" and row):
            oracle = current(app)
    with app.reading() as tx:
        found = select(Deadline.due_on, Reminder.at).join(Deadline, Deadline.id == Reminder.deadline)
        found = found.where(Reminder.state == arming.SENT).order_by(Reminder.ended_at, Reminder.id)
        assert [tuple(pair) for pair in tx.execute(found)] == expected


def current(app: App) -> Oracle:
    with app.reading() as tx:
        row = deadlines.open_one(tx, ABOUT, "整改")
        assert row is not None
        return oracle_of(app, row)
