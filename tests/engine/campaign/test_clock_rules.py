"""The clocks T1–T60: the file is checked, the dates agree with the rule book and with a plain day-by-day count."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.app import App
from engine.bpm.expressions import EvaluationFailed, evaluate
from engine.bpm.functions import functions_at
from engine.bpm.play import play
from engine.calendar import Calendar
from engine.calendar_words import sentence
from engine.campaign import clock_file, clock_rules, duty_kinds
from engine.campaign.clock_rules import BadClocks
from engine.campaign.periods import period_of
from engine.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar.default()
APP = cast(App, SimpleNamespace(zone=SHANGHAI, calendar=CALENDAR))
DAY = timedelta(days=1)
DAYS = [date(2007, 1, 1) + DAY * i for i in range((date(2026, 12, 31) - date(2007, 1, 1)).days + 1)]
WORKED = {day for day in DAYS if chinese_calendar.is_workday(day)}
SWAPPED = {day for day in DAYS if (day in WORKED) != (day.weekday() < 5)}  # a weekend worked, a weekday off
BESIDE_SWAPS = sorted(day for day in DAYS[:-40] if any(day + DAY * i in SWAPPED for i in range(-4, 5)))
ROW = "{code: T1, title: a, start: b, n: 3, unit: wd, roll: F, basis: law, clause: c, consequence: d, from: 2024-01-01}"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def words(start: str, n: int, unit: str, roll: str = "F") -> str:
    return sentence(CALENDAR, at(start), n, unit, roll, CALENDAR.count(at(start), n, unit, roll, SHANGHAI), SHANGHAI)


def test_all_sixty_clocks_are_there_and_each_says_its_clause_and_consequence() -> None:
    assert {clock.number for clock in clock_rules.clocks()} == set(range(1, 61))
    assert all(clock.clause and clock.consequence and clock.start for clock in clock_rules.clocks())
    assert {row.row for clock in clock_rules.clocks() for row in clock.reminders} == set(range(1, 9))


def test_a_limit_is_explained_in_one_sentence_with_its_basis_and_label() -> None:
    assert clock_rules.due(APP, "T5", at("2026-09-24T09:00")).words == (
        "从 2026-09-24 次日起算，3 个工作日，跳过 9-25…27 中秋，届满 2026-09-30；"
        "依据：《消防监督检查规定》第十九条（示例规则，需法制审核）"
    )
    assert "示例规则" not in clock_rules.due(APP, "T19", at("2026-09-24T09:00")).words


@pytest.mark.parametrize(
    ("start", "n", "unit", "told"),
    [
        ("2026-09-30", 5, "wd", "跳过 10-1…7 国庆节，10-10 调休上班计入，届满 2026-10-13"),
        ("2026-09-01", 30, "d", "末日 10-1 为国庆节，顺延，届满 2026-10-08"),
        ("2026-12-28", 10, "wd", "暂定"),
        ("2026-09-24", 4, "wh", "从 2026-09-24 00:00 起算，4 个工作小时，届满 2026-09-24 15:00"),
        ("2026-09-24", 0, "d", "2026-09-24 当日办结，届满 2026-09-24"),
        ("2022-01-28", 3, "wd", "跳过 1-31…2-6 春节"),
    ],
)
def test_the_sentence_names_what_is_skipped_rolled_or_not_yet_known(start: str, n: int, unit: str, told: str) -> None:
    assert told in words(start, n, unit)


@pytest.mark.parametrize(
    ("start", "end", "decide_by", "longest"),
    [
        ("2026-09-07", "2026-10-07", "2026-09-30", "2026-11-06"),
        ("2026-09-22", "2026-10-22", "2026-10-22", "2026-11-21"),
    ],
)
def test_a_seal_does_not_roll_and_is_decided_on_the_working_day_before(
    start: str, end: str, decide_by: str, longest: str
) -> None:
    seal = clock_rules.due(APP, "T19", at(start))
    assert seal.last_day == date.fromisoformat(end)
    assert clock_rules.latest(APP, seal) == CALENDAR.end_of_day(date.fromisoformat(decide_by), SHANGHAI)
    extended = clock_rules.due(APP, "T20", seal.due_at - timedelta(microseconds=1))
    assert extended.last_day == date.fromisoformat(longest)


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("T8", "2026-10-09T00:00", "2026-09-28"),  # 24:00 of 10-08 belongs to 10-08
        ("T9", "2026-10-09T00:00", "2026-09-03"),
        ("T26.notice", "2026-09-24T09:00", "2026-09-16"),  # 09-20 is a working Sunday
        ("T17", "2026-09-24T09:00", "2026-09-23"),
        ("T14", "2026-08-03T09:00", "2026-10-15"),
        ("T15", "2025-08-03T09:00", "2026-02-02"),  # 31 January 2026 is a Saturday
        ("T16", "2026-02-10T09:00", "2026-02-28"),
        ("T56.high_risk", "2026-03-10T09:00", "2026-06-30"),
        ("T57.week", "2026-09-21T09:00", "2026-09-25"),
        ("T60", "2024-02-29T09:00", "2026-02-28"),
    ],
)
def test_limits_before_a_moment_and_fixed_days(code: str, start: str, last: str) -> None:
    assert clock_rules.due(APP, code, at(start)).last_day == date.fromisoformat(last)


def test_each_date_of_a_duty_with_a_clock_is_the_one_of_its_clock_in_words() -> None:
    named = {}
    for kind in duty_kinds.rules().kinds:
        for each in kind.rhythms:
            period = period_of(each.rhythm, date(2026, 7, 1))
            clock = duty_kinds.clock_of(kind, period)
            words = duty_kinds.counted(APP, kind, period, duty_kinds.due_at(APP, kind, period))
            assert bool(words) == bool(clock) or clock == "T58", kind.key
            named |= {clock: words}
    assert {"T14", "T15", "T16", "T54", "T54.high_risk", "T55", "T56", "T56.high_risk", "T57"} <= named.keys()


def test_a_case_is_judged_by_the_rule_in_force_on_its_day() -> None:
    assert "核对" not in clock_rules.rule("T7", date(2026, 1, 31)).clause
    assert "核对" in clock_rules.rule("T7", date(2026, 2, 1)).clause
    with pytest.raises(Invalid, match="尚无生效的规则"):
        clock_rules.rule("T19", date(2011, 12, 31))


@pytest.mark.parametrize(
    ("code", "n", "said"),
    [
        ("T61", None, "没有时限"),
        ("T21", None, "由案件决定"),
        ("T19", 31, "应为 0 至 30"),
        ("T58", 29, "应为 30 至 90"),
        ("T31", None, "按次数"),
    ],
)
def test_what_the_rule_does_not_give_is_refused_and_the_rule_is_named(code: str, n: int | None, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        clock_rules.due(APP, code, at("2026-09-24T09:00"), n=n)


def test_three_penalties_in_180_days_reach_the_counter_and_two_do_not() -> None:
    clock, now = clock_rules.rule("T31", date(2026, 9, 24)), at("2026-09-24T09:00")
    inside, outside = now - timedelta(days=179), now - timedelta(days=180)
    assert clock_rules.reached(clock, [now, now - DAY, inside], now, SHANGHAI)
    assert not clock_rules.reached(clock, [now, now - DAY, outside], now, SHANGHAI)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("code: T1", "code: T61"), "应为 T1 至 T60"),
        (("unit: wd", "unit: weeks"), "unit 应为"),
        (("n: 3", "n: three"), "n 应为整数"),
        (("roll: F", "roll: X"), "roll 应为"),
        (("clause: c, ", ""), "缺少 clause"),
        (("from: 2024-01-01", "from: 2024-01-01, to: 2023-01-01"), "to 早于 from"),
        (("from:", "reminders: none, from:"), "不是已有的一组"),
        (("n: 3", "n: 3, limit: 4"), "不认识的字段"),
        (("from:", "extension: {times: 1}, from:"), "extension 不完整"),
        (("unit: wd", "unit: fixed, fixed: {period: moon}"), "fixed 应写"),
        (("unit: wd", "unit: counter, counter: {times: 3}"), "counter 应写"),
    ],
)
def test_a_broken_row_is_refused_with_its_reason(change: tuple[str, str], said: str) -> None:
    with pytest.raises(BadClocks, match=said):
        clock_file.read(f"clocks:\n  - {ROW.replace(*change)}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clocks: [", "不是 YAML"),
        ("a: 1", "缺少列表"),
        (f"clocks:\n  - {ROW}\n  - {ROW}", "同时有效"),
        ("reminders:\n  x:\n    - {row: 3, at: soon, to: [holder], how: app, text: t}\nclocks: []", "提醒 x"),
    ],
)
def test_a_broken_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadClocks, match=said):
        clock_file.read(text)


def test_expressions_know_the_clocks() -> None:
    functions = functions_at(at("2026-09-24T09:00"), CALENDAR, SHANGHAI, clock_rules.FUNCTIONS)
    assert evaluate('clock("T19", "2026-09-07")', {}, functions) == CALENDAR.end_of_day(date(2026, 10, 7), SHANGHAI)
    assert evaluate('clock("T18", now())', {}, functions) == at("2026-09-25T09:00")
    with pytest.raises(EvaluationFailed, match="没有时限"):
        evaluate('clock("T99", now())', {}, functions)
    with pytest.raises(EvaluationFailed, match="起点"):
        evaluate('clock("T19", 7)', {}, functions)


def test_a_diagram_may_name_a_clock_in_play() -> None:
    diagram = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t"><process id="p" isExecutable="true">'
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
        '<userTask id="t" camunda:candidateGroups="a" camunda:dueDate="${clock(&quot;T53&quot;, found_at)}"/>'
        '<sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"/></process></definitions>'
    )
    script = {"now": "2026-09-24T09:00:00+08:00", "variables": {"found_at": "2026-09-24T09:00:00+08:00"}}
    answer: dict[str, Any] = play({"p.bpmn": diagram.encode()}, script, functions=clock_rules.FUNCTIONS)
    assert answer["open"][0]["due_at"] == "2026-10-01T00:00:00+08:00"
    assert not [problem for problem in answer["problems"] if problem["rule"] == "function"]


def plain(start: date, n: int, unit: str, roll: str) -> date:
    """The last day, counted day by day on the days that the State Council let people work; nothing of ours is asked."""
    day, left = start, n
    if unit == "month":
        year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
        day = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    else:
        while left:
            day += DAY
            left -= unit == "d" or day in WORKED
    while roll == "F" and day not in WORKED:
        day += DAY
    return day


@settings(max_examples=120, deadline=None)
@given(
    st.dates(date(2007, 1, 1), date(2026, 3, 1)) | st.sampled_from([day for day in BESIDE_SWAPS if day.year < 2026]),
    st.integers(1, 90),
    st.sampled_from(["wd", "d", "month"]), st.sampled_from(["F", "N"]),
)  # fmt: skip
def test_every_unit_agrees_with_a_plain_count_from_2007_to_2026(start: date, n: int, unit: str, roll: str) -> None:
    n = min(n, 8) if unit == "month" else n
    assert CALENDAR.count(start, n, unit, roll, SHANGHAI).due == plain(start, n, unit, roll)


def test_on_both_sides_of_every_swapped_day_from_2007_to_2026() -> None:
    assert len(BESIDE_SWAPS) > 1700
    for start in BESIDE_SWAPS:
        for n in (1, 3, 5, 10):
            assert CALENDAR.add_workdays(start, n) == plain(start, n, "wd", "F"), (start, n)
        assert CALENDAR.add_days(start, 7) == plain(start, 7, "d", "F"), start
