"""The built-in functions, seen from an expression, on the sample morning of 2026-10-12 09:00."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.bpm.expressions import EvaluationFailed, evaluate
from engine.bpm.functions import BUILTIN_NAMES, builtin_functions
from engine.calendar import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
FUNCTIONS = builtin_functions(NOW, Calendar.default(), SHANGHAI)


def value(source: str, variables: dict[str, Any] | None = None) -> Any:
    return evaluate(source, variables or {}, FUNCTIONS)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_every_function_is_listed_by_name() -> None:
    assert set(FUNCTIONS) == BUILTIN_NAMES


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("now()", "2026-10-12 09:00"),
        ("days(3)", "2026-10-16 00:00"),
        ("days(0)", "2026-10-13 00:00"),
        ("workdays(3)", "2026-10-16 00:00"),
        ("workdays(5)", "2026-10-20 00:00"),
        ("hours(24)", "2026-10-13 09:00"),
        ("hours(0.5)", "2026-10-12 09:30"),
        ("workhours(4)", "2026-10-12 15:30"),
        ("next_workday('08:30')", "2026-10-13 08:30"),
        ("next_workday('9:30')", "2026-10-12 09:30"),
        ("next_workday()", "2026-10-13 08:30"),
        ("date('2026-10-10')", "2026-10-10 00:00"),
        ("date('2026-10-10T08:30:00+08:00')", "2026-10-10 08:30"),
        ("date('2026-10-10T08:30:00')", "2026-10-10 08:30"),
    ],
)
def test_moments_are_aware_and_in_utc(source: str, moment: str) -> None:
    assert value(source) == local(moment)
    assert value(source).tzinfo is UTC


@pytest.mark.parametrize(
    ("due", "overdue", "left"),
    [
        ("2026-09-30 00:00", 5, 0),  # 24:00 of 29 September
        ("2026-10-01 00:00", 4, 0),
        ("2026-10-10 00:00", 2, 0),
        ("2026-10-09 00:00", 3, 0),
        ("2026-10-12 00:00", 1, 0),  # since midnight
        ("2026-10-12 09:00", 0, 0),
        ("2026-10-13 00:00", 0, 0),  # due today
        ("2026-10-14 00:00", 0, 1),
        ("2026-10-24 00:00", 0, 9),
    ],
)
def test_overdue_and_left_count_working_days_of_the_local_due_date(due: str, overdue: int, left: int) -> None:
    variables = {"due_at": local(due), "text": local(due).isoformat()}
    assert value("overdue_workdays(due_at)", variables) == overdue
    assert value("overdue_workdays(text)", variables) == overdue
    assert value("workdays_left(due_at)", variables) == left


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("deadline('2026-09-24T09:00:00+08:00', 3, 'wd', 'F')", "2026-10-01 00:00"),
        ("deadline('2026-09-01', 30, 'd', 'F')", "2026-10-09 00:00"),  # 1 October rolls to the 8th
        ("deadline('2026-09-01', 30, 'd')", "2026-10-09 00:00"),
        ("deadline('2026-09-07', 30, 'd', 'N')", "2026-10-08 00:00"),
        ("deadline('2026-09-30T16:00:00+08:00', 24, 'h', 'N')", "2026-10-01 16:00"),
        ("latest_decision(deadline('2026-09-07', 30, 'd', 'N'))", "2026-10-01 00:00"),  # before the holiday
        ("latest_decision(deadline('2026-09-22', 30, 'd', 'N'))", "2026-10-23 00:00"),
        ("workdays_before('2026-10-01T00:00:00+08:00', 5)", "2026-09-22 08:30"),
        ("workdays_before('2026-10-23T00:00:00+08:00', 5)", "2026-10-15 08:30"),
    ],
)
def test_periods_end_as_the_law_counts_them(source: str, moment: str) -> None:
    assert value(source) == local(moment)


def test_the_due_date_is_the_day_that_ends() -> None:
    assert value("due_date('2026-10-09T00:00:00+08:00')") == "2026-10-08"
    assert value("deadline(due_date(due_at), 15, 'd', 'F')", {"due_at": local("2026-10-09 00:00")}) == local(
        "2026-10-24 00:00"
    )


def test_moments_compare_with_their_texts() -> None:
    variables = {"due_at": "2026-10-12T08:30:00+08:00"}
    assert value("now() > due_at", variables) is True
    assert value("date(due_at) < now()", variables) is True
    assert value("due_at == date('2026-10-12T00:30:00Z')", variables) is True


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("len('青云')", 2), ("min(3, 1)", 1), ("max([1, 5, 2])", 5), ("round(2.567, 2)", 2.57), ("round(2.4)", 2),
        ("str(5) + '天'", "5天"), ("str(true)", "true"), ("int('12') + 1", 13), ("int(3.9)", 3), ("min('b', 'a')", "a"),
    ],
)  # fmt: skip
def test_plain_functions(source: str, result: object) -> None:
    assert value(source) == result


@pytest.mark.parametrize(
    "source",
    [
        "days('x')", "days(1.5)", "days(true)", "workdays(10 ** 9)", "hours(null)", "workhours(-1)",
        "next_workday('25:00')", "next_workday(8)", "next_workday('8')", "date('gestern')", "date(5)", "len(5)",
        "min()", "max([])", "min(1, 'a')", "round('x')", "round(1, -10 ** 9)", "int('x')", "int('99') + 'a'", "str()",
        "workdays()", "days(10 ** 4 + 1)", "overdue_workdays(null)", "date(null)", "hours(1, 2)",
        "deadline('2026-10-10', 3, 'week', 'F')",
        "deadline('2026-10-10', 3, 'wd', 'X')", "deadline('2026-10-10', 10 ** 9, 'd', 'F')", "due_date(null)",
        "latest_decision('x')", "workdays_before('2026-10-10', 1.5)",
        "overdue_workdays('0001-01-01')", "workdays_left('9999-12-31')", "[" + ",".join(["workdays(4000)"] * 6) + "]",
            "deadline('2300-01-01', 1, 'wd')",
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(source: str) -> None:
    with pytest.raises(EvaluationFailed):
        value(source)
