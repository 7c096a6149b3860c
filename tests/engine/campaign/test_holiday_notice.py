"""Holiday tables as offices have them: the notice, CSV, JSON; what cannot be one is refused with a sentence."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.campaign import holiday_notice
from engine.campaign.holiday_notice import read
from engine.errors import Invalid
from engine.holidays import published_days_off, published_working_weekends, statutory_holidays

# The way the State Council writes it, with the days of 2026 as the library knows them.
NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
"""


def wrong(text: str, year: int = 2026) -> str:
    with pytest.raises(Invalid) as refused:
        read(text, year)
    for said in (refused.value.en, *(problem["en"] for problem in refused.value.problems)):
        data = {*statutory_holidays(year).values(), *published_working_weekends().values()}
        assert [part for part in re.findall(r"[\u4e00-\u9fff]+", said) if part not in text and part not in data] == []
    return "；".join(problem["message"] for problem in refused.value.problems)


def changed(old: str, new: str) -> str:
    assert old in NOTICE
    return NOTICE.replace(old, new, 1)


def as_csv(off: dict[date, str], working: dict[date, str]) -> str:
    lines = [f"{day.isoformat()},{name},休" for day, name in off.items()]
    return "\n".join(["日期,节日,休/班", *lines, *(f"{day.isoformat()},{name},班" for day, name in working.items())])


def test_the_notice_itself_is_read_day_by_day() -> None:
    table = read(NOTICE, 2026)
    off = {day for day in published_days_off() if day.year == 2026}
    assert off <= set(table.off) and all(day.weekday() >= 5 for day in set(table.off) - off)
    assert set(table.working) == {day for day in published_working_weekends() if day.year == 2026}
    assert (table.off[date(2026, 10, 7)], table.working[date(2026, 9, 20)]) == ("国庆节", "国庆节")
    assert [name for name, _, _ in holiday_notice.runs(table.off)][:2] == ["元旦", "春节"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("关于2026年", "关于2025年", "这是 2025 年的通知，不是 2026 年的"),
        ("1月4日（周日）上班", "1月2日（周五）上班", "2026-01-02 既是元旦放假又是上班日"),
        ("1月4日（周日）上班", "1月5日（周一）上班", "2026-01-05（周一）本来就是工作日"),
        ("6月19日（周五）至21日", "6月19日（周四）至21日", "2026-06-19 是周五，通知写的是周四"),
        ("至21日（周日）放假，共3天", "至21日（周日）放假，共4天", "端午节：通知写共 4 天，按日期是 3 天"),
        ("4月4日（周六）至6日（周一）放假，共3天", "4月6日放假", "缺少法定节假日“清明”：4月5日 没有放假"),
        ("9月25日（周五）至27日（周日）", "9月27日至25日", "止日应在起日之后"),
        ("9月25日（周五）至27日（周日）放假，共3天", "10月7日放假", "2026-10-07 写了两次（中秋节、国庆节）"),
        ("2月28日（周六）上班", "2月30日上班", "没有 2026年2月30日 这一天"),
        ("1月4日（周日）上班", "2027年1月9日上班", "2027-01-09 不在 2026 年"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(old: str, new: str, told: str) -> None:
    assert told in wrong(changed(old, new))


@pytest.mark.parametrize(
    "text",
    ["", "你好", "0日1月", "2026-01-01", "[]", "{", '{"off": 1}', '{"off": [{"name": "元旦", "from": "x"}]}',
     "[" * 5000, '{"off": []}'],
)  # fmt: skip
def test_what_is_no_table_is_refused(text: str) -> None:
    assert wrong(text)


def test_a_table_that_is_too_long_or_of_no_year_is_refused() -> None:
    assert "太长" in wrong("1" * (holiday_notice.LONGEST + 1))
    assert "年份" in wrong(NOTICE, 1999)


def test_days_before_new_year_may_belong_to_the_table_of_the_year_after() -> None:
    days = statutory_holidays(2027) | {date(2026, 12, 31): "元旦"}
    assert date(2026, 12, 31) in read(as_csv(days, {}), 2027).off
    assert "2026-12-24 不在 2027 年" in wrong(as_csv(days | {date(2026, 12, 24): "元旦"}, {}), 2027)


def test_json_is_read_too() -> None:
    text = """{"year": 2031, "off": [{"name": "元旦", "from": "2031-01-01", "to": "2031-01-02"},
      {"name": "劳动节", "from": "2031-05-01", "to": "2031-05-02"},
      {"name": "国庆节", "from": "2031-10-01", "to": "2031-10-03"}], "working": ["2031-10-11"]}"""
    table = read(text, 2031)
    assert (len(table.off), list(table.working)) == (7, [date(2031, 10, 11)])
    assert "这是 2031 年的表" in wrong(text, 2030)


YEAR = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]


@given(
    more=st.sets(st.sampled_from(YEAR)), working=st.sets(st.sampled_from([day for day in YEAR if day.weekday() >= 5]))
)
def test_any_fitting_table_is_read_back_and_any_other_refused(more: set[date], working: set[date]) -> None:
    off = statutory_holidays(2028) | dict.fromkeys(more - set(statutory_holidays(2028)), "多放")
    works = dict.fromkeys(working, "多放")
    text = as_csv(off, works)
    if set(off) & set(works):
        assert "只能是一种" in wrong(text, 2028)
        return
    table = read(text, 2028)
    assert (table.off, table.working) == (off, works)
