"""Counting days: the test vectors of the rule book, and a plain day-by-day count beside every other result."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.calendar_words import sentence
from engine.holidays import FESTIVALS, published_days_off, statutory_holidays
from engine.said import english

CALENDAR = Calendar.default()
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
PUBLISHED_DAYS = st.dates(date(2010, 1, 1), date(2026, 6, 1))


def day(text: str) -> date:
    return date.fromisoformat(text)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def count(start: str, n: int, unit: str, roll: str = "F") -> date:
    return CALENDAR.count(day(start), n, unit, roll, SHANGHAI).due


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-24", 10, "2026-10-15"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 10, "2026-03-05"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-09-18", 2, "2026-09-21"),
        ("2024-09-30", 5, "2024-10-12"),
        ("2025-01-24", 7, "2025-02-10"),
    ],
)
def test_working_days_skip_holidays_and_count_working_weekends(start: str, n: int, due: str) -> None:
    assert count(start, n, "wd") == day(due) == CALENDAR.add_workdays(day(start), n)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-09-01", 30, "2026-10-08"),
        ("2026-09-10", 30, "2026-10-10"),
        ("2026-01-20", 30, "2026-02-24"),
        ("2026-10-23", 30, "2026-11-23"),
    ],
)
def test_natural_days_roll_over_a_day_off_but_not_over_a_working_saturday(start: str, n: int, due: str) -> None:
    assert count(start, n, "d") == day(due) == CALENDAR.add_days(day(start), n)


@pytest.mark.parametrize(
    ("start", "end", "decide_by", "warn", "longest"),
    [
        ("2026-09-07", "2026-10-07", "2026-09-30", "2026-09-22", "2026-11-06"),
        ("2026-09-22", "2026-10-22", "2026-10-22", "2026-10-15", "2026-11-21"),
    ],
)
def test_a_seal_never_rolls_and_is_decided_on_the_working_day_before(
    start: str, end: str, decide_by: str, warn: str, longest: str
) -> None:
    assert count(start, 30, "d", "N") == day(end)
    assert CALENDAR.last_workday(day(end)) == day(decide_by)
    assert CALENDAR.add_workdays(day(decide_by), -5) == day(warn)
    assert count(start, 60, "d", "N") == day(longest)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-15", 6, "2026-09-15"),
        ("2026-08-31", 6, "2027-03-01"),
        ("2026-11-30", 3, "2027-03-01"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(start: str, n: int, due: str) -> None:
    assert count(start, n, "month") == day(due)


def test_a_period_ends_at_24_hours_local_time() -> None:
    counted = CALENDAR.count(day("2026-09-24"), 3, "wd", "F", SHANGHAI)
    assert counted.due_at == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert counted.due_at.tzinfo is UTC


def test_a_moment_counts_from_its_local_day() -> None:
    late = datetime(2026, 9, 23, 17, tzinfo=UTC)  # 01:00 on the 24th in Shanghai
    assert CALENDAR.count(late, 3, "wd", "F", SHANGHAI).due == day("2026-09-30")


def test_hours_run_through_nights_and_holidays_and_working_hours_do_not() -> None:
    start = local("2026-09-30 17:00")
    assert CALENDAR.count(start, 24, "h", "N", SHANGHAI).due_at == local("2026-10-01 17:00")
    assert CALENDAR.count(start, 4, "wh", "N", SHANGHAI).due_at == local("2026-10-08 11:30")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-09-24 09:00", 4, "2026-09-24 15:30"),
        ("2026-09-24 09:00", 3, "2026-09-24 12:00"),
        ("2026-09-24 13:00", 1, "2026-09-24 15:30"),
        ("2026-09-24 17:30", 4, "2026-09-28 12:00"),
        ("2026-09-24 20:00", 0.5, "2026-09-28 09:00"),
        ("2026-09-20 06:00", 1, "2026-09-20 09:30"),
        ("2026-09-26 10:00", 0, "2026-09-26 10:00"),
    ],
)
def test_working_hours_pass_in_office_time_only(start: str, hours: float, end: str) -> None:
    assert CALENDAR.add_workhours(local(start), hours, SHANGHAI) == local(end)


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        ("2026-09-24 09:00", "2026-09-28 08:30"),
        ("2026-09-24 08:30", "2026-09-28 08:30"),
        ("2026-09-24 08:29", "2026-09-24 08:30"),
        ("2026-09-24 00:00", "2026-09-24 08:30"),
        ("2026-10-09 08:30", "2026-10-10 08:30"),
        ("2026-10-10 08:30", "2026-10-12 08:30"),
        ("2026-09-30 08:30", "2026-10-08 08:30"),
    ],
)
def test_the_next_working_morning_is_later_than_the_moment(after: str, moment: str) -> None:
    assert CALENDAR.next_workday(local(after), "08:30", SHANGHAI) == local(moment)


def test_the_explanation_says_each_step_in_chinese() -> None:
    assert CALENDAR.count(day("2026-09-24"), 3, "wd", "F", SHANGHAI).trace == (
        "起算日 2026-09-24（周四）不计入",
        "加 3 个工作日，至 2026-09-30（周三）：9月28日、9月29日、9月30日",
        "跳过中秋放假 9月25日至9月27日",
        "2026-09-30（周三） 24:00 到期",
    )
    rolled = "\n".join(CALENDAR.count(day("2026-09-01"), 30, "d", "F", SHANGHAI).trace)
    assert "末日 2026-10-01（周四）为国庆节休息日，顺延至 2026-10-08（周四）" in rolled
    kept = "\n".join(CALENDAR.count(day("2026-09-10"), 30, "d", "F", SHANGHAI).trace)
    assert "末日 2026-10-10（周六）为调休上班日，不顺延" in kept
    fixed = "\n".join(CALENDAR.count(day("2026-09-07"), 30, "d", "N", SHANGHAI).trace)
    assert "按规定不顺延" in fixed
    swapped = "\n".join(CALENDAR.count(day("2026-09-30"), 5, "wd", "F", SHANGHAI).trace)
    assert "10月10日（国庆节调休）上班，计入" in swapped


@pytest.mark.parametrize(
    ("start", "n", "unit", "roll", "told"),
    [
        ("2026-09-24", 3, "wd", "F", "Skipping the Mid-Autumn holiday, 09-25 to 09-27"),
        (
            "2026-09-01",
            30,
            "d",
            "F",
            "2026-10-01 (Thu) is off (National Day): moved on to 2026-10-08 (Thu)",
        ),
        ("2026-09-10", 30, "d", "F", "2026-10-10 (Sat) is a weekend that works: it is the last day"),
        ("2026-09-07", 30, "d", "N", "and by the rule does not move on"),
        ("2026-09-30", 5, "wd", "F", "10-10 works in exchange for National Day and counts"),
        ("2026-12-28", 10, "wd", "F", "The holidays of 2027 are not published yet"),
        ("2026-09-24 17:00", 4, "wh", "F", "Ends on 2026-09-28 (Mon) at 11:30"),
        ("2026-09-24", 1, "month", "F", "Plus 1 month, to 2026-10-24 (Sat)"),
    ],
)
def test_each_step_is_said_in_english_too(start: str, n: int, unit: str, roll: str, told: str) -> None:
    begins = local(start) if " " in start else day(start)
    counted = CALENDAR.count(begins, n, unit, roll, SHANGHAI)
    steps = [english(step) for step in counted.trace]
    assert any(told in step for step in steps), steps
    whole = sentence(CALENDAR, begins, n, unit, roll, counted, SHANGHAI).en
    assert not re.search(r"[\u4e00-\u9fff]", "".join([*steps, whole]))


def test_a_date_in_a_year_without_a_table_is_provisional_until_the_table_arrives() -> None:
    counted = CALENDAR.count(day("2026-12-28"), 10, "wd", "F", SHANGHAI)
    assert counted.provisional
    assert "2027 年放假安排尚未公布" in "\n".join(counted.trace)
    assert not CALENDAR.count(day("2026-12-28"), 10, "d", "N", SHANGHAI).provisional
    assert not CALENDAR.count(day("2026-12-01"), 10, "wd", "F", SHANGHAI).provisional
    with_table = CALENDAR.extended(2027, {day("2027-01-01"): "元旦", day("2027-01-04"): "元旦"}, {})
    settled = with_table.count(day("2026-12-28"), 10, "wd", "F", SHANGHAI)
    assert not settled.provisional
    assert settled.due == CALENDAR.add_workdays(counted.due, 1)


def test_statutory_holidays_are_thirteen_days_and_no_swapped_days() -> None:
    days = sorted(one for one in (date(2026, 1, 1) + DAY * i for i in range(365)) if CALENDAR.is_statutory_holiday(one))
    assert [one.isoformat()[5:] for one in days] == [
        "01-01", "02-16", "02-17", "02-18", "02-19", "04-05", "05-01", "05-02", "06-19", "09-25",
        "10-01", "10-02", "10-03",
    ]  # fmt: skip
    assert not CALENDAR.is_statutory_holiday(day("2026-10-06"))
    assert not CALENDAR.is_workday(day("2026-10-06"))
    assert len(statutory_holidays(2024)) == 11


def test_the_festivals_agree_with_every_published_table() -> None:
    off = published_days_off()
    for year in FESTIVALS.keys() & CALENDAR.published_years:
        wrong = [one for one in statutory_holidays(year) if one not in off]
        assert wrong == [], year


@pytest.mark.parametrize(
    ("start", "n", "unit", "roll"),
    [(date(2026, 1, 1), 3, "week", "F"), (date(2026, 1, 1), 3, "wd", "X"), (date(2026, 1, 1), 3, "h", "N"),
     (date(2026, 1, 1), 10_001, "wd", "F"), (date(2026, 1, 1), 10_001, "month", "F")],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(start: date, n: int, unit: str, roll: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|between|moment"):
        CALENDAR.count(start, n, unit, roll, SHANGHAI)


@settings(max_examples=100, deadline=None)
@given(PUBLISHED_DAYS, st.integers(1, 60))
def test_working_days_agree_with_a_plain_count(start: date, n: int) -> None:
    one, left = start, n
    while left:
        one += DAY
        left -= chinese_calendar.is_workday(one)
    assert CALENDAR.add_workdays(start, n) == one
    assert CALENDAR.workdays_between(start, one) == n
    assert CALENDAR.workdays_between(one, start) == 0


@settings(max_examples=100, deadline=None)
@given(PUBLISHED_DAYS, st.integers(1, 120))
def test_rolled_days_end_on_the_first_working_day_not_before_the_plain_end(start: date, n: int) -> None:
    plain = start + DAY * n
    rolled = plain
    while chinese_calendar.is_holiday(rolled):
        rolled += DAY
    assert CALENDAR.add_days(start, n) == rolled
    assert CALENDAR.add_days(start, n, "N") == plain


@settings(max_examples=60, deadline=None)
@given(PUBLISHED_DAYS, st.integers(0, 23), st.integers(1, 160))
def test_working_hours_agree_with_a_minute_by_minute_count(day: date, hour: int, halves: int) -> None:
    start = datetime(day.year, day.month, day.day, hour, 15, tzinfo=SHANGHAI)
    moment, left = start, halves * 30
    while left:
        minute = moment.hour * 60 + moment.minute
        open_now = 510 <= minute < 720 or 870 <= minute < 1080
        left -= open_now and chinese_calendar.is_workday(moment.date())
        moment += timedelta(minutes=1)
    assert CALENDAR.add_workhours(start, halves / 2, SHANGHAI) == moment


@settings(max_examples=100, deadline=None)
@given(PUBLISHED_DAYS, st.integers(-40, 40))
def test_counting_back_and_forth_are_mirror_images(start: date, n: int) -> None:
    start = CALENDAR.first_workday(start)
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, n), -n) == start
