"""Reads a holiday table as offices have it, the State Council's notice itself, CSV or JSON, and refuses what cannot be
one. Pure.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from engine.errors import Invalid, Problem
from engine.holidays import statutory_holidays
from engine.said import Said, joined

LONGEST = 100_000  # characters of a text; a notice has about a thousand
FIRST_YEAR, LAST_YEAR = 2004, 2100
TOLD, LISTED = 3, 50  # faults in the sentence of the refusal, and among its findings
EMPTY = Said(
    "没有读到放假的日期：请粘贴国务院办公厅通知的正文，或按“日期,节日,休/班”逐行填写",
    "no day off was found: paste the text of the State Council's notice, or write “date,holiday,off/work” line by line",
)
_DAY = timedelta(days=1)
_EVE = 25  # of December: from here on days may belong to the New Year of the next year's notice
_WEEKDAYS = "一二三四五六日"
_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(
    r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\((?:[^)]*?(?:周|星期|礼拜)([一二三四五六日天]))?[^)]*\))?"
)
_TO = re.compile(r"\s*(?:至|到|-|—|–|~)+\s*")
_HOLIDAY = re.compile(r"(?:[一二三四五六七八九十]+[、.]|\d+[、.])?\s*([\u4e00-\u9fff、]{2,12})\s*:")
_HOW_MANY = re.compile(r"(?:共|放假)(\d{1,2})天")
_TITLE = re.compile(r"(\d{4})年(?:部分)?节假日")
_OFF, _WORK = {"休", "放假", "休息", "节假日", "off", "holiday"}, {"班", "上班", "调休上班", "补班", "work", "workday"}


@dataclass
class Table:
    """The days off of a year with their holiday, and the weekend days that work. ``wrong`` is what does not fit."""

    year: int
    off: dict[date, str] = field(default_factory=dict)
    working: dict[date, str] = field(default_factory=dict)
    wrong: list[Said] = field(default_factory=list)

    def add(self, days: Iterable[date], name: str, *, works: bool = False) -> None:
        """Note days; one that is there already is wrong."""
        kept = self.working if works else self.off
        for day in days:
            if day in kept:
                self.no(f"{day} 写了两次（{kept[day]}、{name}）", f"{day} is there twice ({kept[day]}, {name})")
            kept[day] = name

    def no(self, zh: str, en: str) -> None:
        """Note what does not fit."""
        self.wrong.append(Said(zh, en))


def read(text: str, year: int) -> Table:
    """The table of a year out of a notice, CSV (日期,节日,休/班) or JSON. Raises Invalid naming all that is wrong."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        bounds = f"the year must be between {FIRST_YEAR} and {LAST_YEAR}"
        raise _refused([Said(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", bounds)])
    if len(text) > LONGEST:
        raise _refused([Said(f"内容太长，最多 {LONGEST} 个字", f"the text is too long; at most {LONGEST} characters")])
    table, plain = Table(year), unicodedata.normalize("NFKC", text).replace("\u2014", "-").strip()
    if plain.startswith(("{", "[")):
        _read_json(plain, table)
    elif re.search(r"\d月\s*\d{1,2}日", plain):
        _read_notice(re.sub(r"[ \t]", "", plain), table)
    else:
        _read_csv(plain, table)
    if wrong := [*table.wrong, *check(table)]:
        raise _refused(list(dict.fromkeys(wrong)))
    return table


def check(table: Table) -> Iterator[Said]:
    """What cannot be in a table of this year, sentence by sentence in both languages."""
    if not table.off:
        yield EMPTY
        return
    for day in sorted({*table.off, *table.working}):
        if day.year != table.year and not (day.year == table.year - 1 and day.month == 12 and day.day >= _EVE):
            yield Said(f"{day} 不在 {table.year} 年", f"{day} is not in {table.year}")
    for day in sorted(set(table.off) & set(table.working)):
        name = table.off[day]
        yield Said(
            f"{day} 既是{name}放假又是上班日，只能是一种",
            f"{day} is both a day off ({name}) and a working day; it can only be one",
        )
    for day in sorted(table.working):
        if day.weekday() < 5:
            yield Said(
                f"{day}（周{_WEEKDAYS[day.weekday()]}）本来就是工作日，调休上班日应是周六或周日",
                f"{day} ({_ENGLISH[day.weekday()]}) is a working day anyway; make-up days are Saturdays or Sundays",
            )
    missing: dict[str, list[date]] = {}
    for day, name in sorted(statutory_holidays(table.year).items()):
        if day not in table.off:
            missing.setdefault(name, []).append(day)
    for name, days in missing.items():
        told = joined("、", ", ", (Said(f"{day.month}月{day.day}日", day.isoformat()) for day in days))
        yield Said(
            f"缺少法定节假日“{name}”：{told} 没有放假",
            f"the statutory holiday “{name}” is missing: {told.en} must be off",
        )


def runs(days: Mapping[date, str]) -> list[tuple[str, date, date]]:
    """Days of one holiday that follow each other as (name, first, last), in order."""
    found: list[tuple[str, date, date]] = []
    for day in sorted(days):
        if found and found[-1][0] == days[day] and found[-1][2] == day - _DAY:
            found[-1] = (days[day], found[-1][1], day)
        else:
            found.append((days[day], day, day))
    return found


def _read_notice(text: str, table: Table) -> None:
    if (title := _TITLE.search(text)) and int(title[1]) != table.year:
        table.no(
            f"这是 {title[1]} 年的通知，不是 {table.year} 年的",
            f"this is the notice of {title[1]}, not of {table.year}",
        )
    name = ""
    for line in re.split(r"\n+|(?=[一二三四五六七八九十]、[\u4e00-\u9fff、]{2,12}:)", text):
        head = _HOLIDAY.match(line)
        name = head[1] if head else name
        if not name or not (body := line[head.end() :] if head else line):
            continue
        before = len(table.off)
        for sentence in re.split(r"[。;]", body):
            works = "上班" in sentence
            if works or "假" in sentence or "休" in sentence:
                table.add(_dates(sentence, table), name, works=works)
        days, told = len(table.off) - before, _HOW_MANY.search(body)
        if told and days and int(told[1]) != days:
            table.no(
                f"{name}：通知写共 {told[1]} 天，按日期是 {days} 天",
                f"{name}: the notice says {told[1]} days, its dates make {days}",
            )


def _dates(sentence: str, table: Table) -> Iterator[date]:
    """The days that a sentence names, ranges day by day; the month may be said once for several."""
    last, end, year, month = None, 0, table.year, 0
    for token in _TOKEN.finditer(sentence):
        ranged = last is not None and bool(_TO.fullmatch(sentence[end : token.start()]))
        year = int(token[1]) if token[1] else year if ranged or not token[2] else table.year
        month = int(token[2]) if token[2] else month
        day = _date(year, month, int(token[3]), table)
        end = token.end()
        if day is None:
            last = None
            continue
        if token[4] and _WEEKDAYS[day.weekday()] != token[4].replace("天", "日"):
            table.no(
                f"{day} 是周{_WEEKDAYS[day.weekday()]}，通知写的是周{token[4]}",
                f"{day} is a {_ENGLISH[day.weekday()]}, the notice says 周{token[4]}",
            )
        if ranged and last is not None:
            yield from _after(last, day, table)
        else:
            yield day
        last = day


def _after(first: date, last: date, table: Table) -> Iterator[date]:
    if not timedelta() < last - first < timedelta(days=31):
        table.no(
            f"{first} 至 {last}：止日应在起日之后，且不超过 31 天",
            f"{first} to {last}: the last day must be after the first, within 31 days",
        )
        return
    for n in range(1, (last - first).days + 1):
        yield first + n * _DAY


def _date(year: int, month: int, day: int, table: Table) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        table.no(f"没有 {year}年{month}月{day}日 这一天", f"there is no day {year}-{month:02}-{day:02}")
        return None


def _read_csv(text: str, table: Table) -> None:
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or (number == 1 and not any(sign.isdigit() for sign in cells[0])):
            continue
        day = _iso(cells[0], table)
        kind = next((cell.lower() for cell in cells[1:] if cell.lower() in _OFF | _WORK), None)
        names = [cell for cell in cells[1:] if cell.lower() not in _OFF | _WORK]
        if day is None or kind is None or len(cells) > 3:
            table.no(
                f"第 {number} 行看不懂，应为“日期,节日,休”或“日期,节日,班”",
                f"line {number} cannot be read; write “date,holiday,off” or “date,holiday,work”",
            )
            continue
        table.add([day], names[0] if names else "放假", works=kind in _WORK)


def _read_json(text: str, table: Table) -> None:
    try:
        given = json.loads(text)
        if given.get("year", table.year) != table.year:
            year = given["year"]
            table.no(f"这是 {year} 年的表，不是 {table.year} 年的", f"this is the table of {year}, not of {table.year}")
        for row in given["off"]:
            first, last = _iso(row["from"], table), _iso(row.get("to", row["from"]), table)
            if first and last:
                table.add([first, *(_after(first, last, table) if last != first else ())], str(row["name"]))
        for row in given.get("working", []):
            if day := _iso(row if isinstance(row, str) else row["day"], table):
                table.add([day], "调休" if isinstance(row, str) else str(row.get("name", "调休")), works=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        shape = '{"off": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}], "working": ["2027-01-09"]}'
        table.no(f"JSON 看不懂，应为 {shape}", f"the JSON cannot be read; write {shape}")


def _iso(text: Any, table: Table) -> date | None:
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", str(text).strip())
    if parts is None:
        given = str(text)[:40]
        table.no(f"“{given}”不是日期，应为 2027-01-01 这样", f"“{given}” is no date; write it like 2027-01-01")
        return None
    return _date(int(parts[1]), int(parts[2]), int(parts[3]), table)


def _refused(wrong: list[Said]) -> Invalid:
    told, more = joined("；", "; ", wrong[:TOLD]), len(wrong) > TOLD
    return Invalid(
        f"放假安排没有读入：{told}" + ("等。" if more else "。"),
        en=f"The holiday table was not taken: {told.en}" + (", and more." if more else "."),
        problems=[Problem(field="text", rule="holidays", message=message) for message in wrong[:LISTED]],
    )
