"""Nobody is told that 0 working days are left: on the due day it says so."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from engine.calendar import Calendar
from engine.campaign import clock_rules, left_words
from engine.said import Said

HAN = re.compile("[\u4e00-\u9fff]")
APP = SimpleNamespace(calendar=Calendar.default(), zone=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("last", "at", "words"),
    [
        (date(2026, 9, 15), datetime(2026, 9, 14, 1, tzinfo=UTC), "还剩 1 个工作日"),
        (date(2026, 9, 14), datetime(2026, 9, 14, 1, tzinfo=UTC), "今天到期"),
        (date(2026, 9, 14), datetime(2026, 9, 13, 17, tzinfo=UTC), "今天到期"),  # 01:00 local time
        (date(2026, 10, 7), datetime(2026, 9, 30, 1, tzinfo=UTC), "10 月 7 日到期，此前没有工作日"),  # a seal, T19
    ],
)
def test_the_time_that_is_left_in_words(last: date, at: datetime, words: str) -> None:
    assert left_words.left(APP, last, at) == words  # type: ignore[arg-type]
    assert left_words.filled(APP, f"期限{left_words.DAYS}，请决定", last, at) == f"期限{words}，请决定"  # type: ignore[arg-type]


def test_each_text_of_the_reminders_says_the_time_left_in_these_words() -> None:
    texts = {each.text for rule in clock_rules.clocks() for each in rule.reminders if "{left}" in each.text}
    assert texts and all(left_words.DAYS in text for text in texts)


def test_each_text_of_the_reminders_has_its_english_with_the_time_left_in_words() -> None:
    last, at = date(2026, 9, 15), datetime(2026, 9, 14, 1, tzinfo=UTC)
    for rule in clock_rules.clocks():
        for each in rule.reminders:
            told = left_words.filled(APP, each.text, last, at)  # type: ignore[arg-type]
            assert isinstance(told, Said), each.text
            assert not HAN.search(told.en) and "{" not in told.en
            assert ("1 working day left" in told.en) == (left_words.DAYS in each.text)
