"""Reads the file of clocks and refuses what is wrong in it, with the row and the field; it counts nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import yaml

from engine.errors import SettingsError
from engine.said import Said, both

MARK = Said("示例规则，需法制审核", "Sample rule, needs a legal review")
_CODE = re.compile(r"T([1-9]|[1-5]\d|60)(\.[a-z_]+)?")
_AT = re.compile(r"start|over|\+\d{1,3}(wd|wh)|-\d{1,3}wd|day ([01]\d|2[0-3]):[0-5]\d")
_ASK = re.compile(r"\d{1,3}(wd|d)")
_UNITS = ("wd", "d", "h", "wh", "month", "year", "counter", "fixed")
_RUNS = ("case", "paper", "penalty")
_PERIODS = ("day", "week", "month", "quarter", "half", "year")
_KEYS = {
    "code", "title", "start", "n", "unit", "max", "before", "repeats", "counter", "fixed", "roll", "basis", "clause",
    "side", "consequence", "runs", "told", "right", "accrues", "reminders", "extension", "from", "to",
}  # fmt: skip
AUDIENCE = frozenset({
    "holder", "holder_leader", "object", "grid_inspector", "secretary", "reinspector", "office", "department",
    "responsible", "responsible_leader",
})  # fmt: skip


class BadClocks(SettingsError):
    """The file of clocks cannot be used; the message names the row."""


@dataclass(frozen=True, slots=True)
class Reminding:
    """One reminder of a clock (D4): when, to whom, how, and what it says (in English too, where the file has it)."""

    row: int
    at: str
    to: tuple[str, ...]
    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Extension:
    """Whether and how a limit may be extended: how often, by at most how much, by whom, asked how long before."""

    times: int
    n: int
    unit: str
    by: str
    role: str
    ask: str


@dataclass(frozen=True, slots=True)
class Counter:
    """So many events within a window."""

    times: int
    within: int
    unit: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fixed day of each period; ``month`` months after its last one."""

    period: str
    month: int
    day: int | str
    at: str


@dataclass(frozen=True, slots=True)
class Accrual:
    """What grows with each day after its start: ``percent`` of the fine, up to ``most`` percent in sum (0: no end)."""

    percent: int
    most: int


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit as it is in force from one day to another."""

    code: str
    title: str
    start: str
    n: int | None
    unit: str
    roll: str
    clause: str
    consequence: str
    verified: bool
    valid_from: date
    valid_to: date | None
    most: int | None
    before: bool
    repeats: str
    counter: Counter | None
    fixed: Fixed | None
    extension: Extension | None
    reminders: tuple[Reminding, ...]
    side: str = "own"
    runs: str = "case"  # with the case; with its paper, until the hazard is closed; with its penalty, past that too
    told: str = ""  # organ: shown to the body that deals with it and to the street alone
    right: bool = False  # of the party: letting it pass is no fault
    accrues: Accrual | None = None

    @property
    def note(self) -> str:
        """The label of a rule whose text was not verified."""
        return "" if self.verified else MARK

    @property
    def number(self) -> int:
        """19 for T19 and its further limits."""
        return int(self.code.split(".")[0][1:])


def read(text: str, name: str = "clocks.yaml") -> tuple[Clock, ...]:
    """The clocks of a file; raises BadClocks with the row and the reason."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        raise _bad(name, f"不是 YAML：{error}", f"no YAML: {error}") from error
    if not isinstance(content, Mapping) or not isinstance(content.get("clocks"), list):
        raise _bad(name, "缺少列表 clocks", "the list clocks is missing")
    sets = {key: _reminders(name, key, rows) for key, rows in (content.get("reminders") or {}).items()}
    found = tuple(_clock(name, row, sets) for row in content["clocks"])
    _no_overlap(name, found)
    return found


def _clock(name: str, row: Any, sets: Mapping[str, tuple[Reminding, ...]]) -> Clock:
    code = row.get("code") if isinstance(row, Mapping) else None
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise _bad(name, f"编号 {code!r} 应为 T1 至 T60，或 T8.answer 的样子", f"{code!r} is no code T1 to T60")
    checks = [
        (not set(row) <= _KEYS, f"不认识的字段 {'、'.join(sorted(map(str, set(row) - _KEYS)))}"),
        *((not row.get(key), f"缺少 {key}") for key in ("title", "start", "clause", "consequence")),
        (row.get("unit") not in _UNITS, f"unit 应为 {'、'.join(_UNITS)} 之一"),
        (row.get("roll") not in ("F", "N"), "roll 应为 F 或 N"),
        (row.get("basis") not in ("law", "sample"), "basis 应为 law 或 sample"),
        (not isinstance(row.get("from"), date), "from 应为日期"),
        (not isinstance(row.get("to"), date | None), "to 应为日期"),
        (isinstance(row.get("to"), date) and row["to"] < row["from"], "to 早于 from"),
        (row.get("reminders") is not None and row["reminders"] not in sets, "reminders 不是已有的一组"),
        (row.get("unit") not in ("counter", "fixed") and not _whole(row.get("n")) and row.get("n") != "given",
         "n 应为整数，或 given"),
        (row.get("max") is not None and not _whole(row["max"]), "max 应为整数"),
        (row.get("repeats") not in (None, "day"), "repeats 只能是 day"),
        (row.get("side", "own") not in ("own", "party"), "side 应为 own 或 party"),
        (row.get("runs", "case") not in _RUNS, f"runs 应为 {'、'.join(_RUNS)} 之一"),
        (row.get("told") not in (None, "organ"), "told 只能是 organ"),
    ]  # fmt: skip
    wrong = [words for failed, words in checks if failed]
    if wrong:
        raise _bad(name, f"{code}：{'；'.join(wrong)}", f"{code}: {'; '.join(wrong)}")
    return Clock(
        code, row["title"], row["start"], row["n"] if _whole(row.get("n")) else None, row["unit"], row["roll"],
        row["clause"], row["consequence"], row["basis"] == "law", row["from"], row.get("to"), row.get("max"),
        row.get("before") is True, row.get("repeats") or "", _counter(name, row), _fixed(name, row),
        _extension(name, row), sets[row["reminders"]] if row.get("reminders") else (),
        row.get("side", "own"), row.get("runs", "case"), row.get("told") or "", row.get("right") is True,
        _accrual(name, row),
    )  # fmt: skip


def _reminders(name: str, key: str, rows: Any) -> tuple[Reminding, ...]:
    found = []
    row: Any
    for row in rows if isinstance(rows, list) else [None]:
        good = (
            isinstance(row, Mapping)
            and _whole(row.get("row"))
            and _AT.fullmatch(str(row.get("at")))
            and row.get("how") in ("app", "sms", "app+sms")
            and isinstance(row.get("to"), list)
            and set(row["to"]) <= AUDIENCE
            and row.get("text")
            and isinstance(row.get("text_en"), str | None)
        )
        if not good:
            raise _bad(name, f"提醒 {key} 有一行不对：{row!r}", f"a row of the reminders {key} is wrong: {row!r}")
        text = both(row["text"], row.get("text_en"))
        found.append(Reminding(row["row"], str(row["at"]), tuple(row["to"]), row["how"], text))
    return tuple(found)


def _counter(name: str, row: Mapping[str, Any]) -> Counter | None:
    if row["unit"] != "counter":
        return None
    given = row.get("counter")
    if not isinstance(given, Mapping) or not (_whole(given.get("times")) and _whole(given.get("within"))):
        raise _bad(
            name, f"{row['code']}：counter 应写 times 和 within", f"{row['code']}: counter needs times and within"
        )
    if given.get("unit") not in ("d", "year"):
        raise _bad(name, f"{row['code']}：counter 的 unit 应为 d 或 year", f"{row['code']}: counter in d or year")
    return Counter(given["times"], given["within"], given["unit"])


def _fixed(name: str, row: Mapping[str, Any]) -> Fixed | None:
    if row["unit"] != "fixed":
        return None
    given: Any = row.get("fixed")
    try:
        period, day, at = given["period"], given.get("day", "last"), given.get("at", "")
        month = given.get("month", 0)
        good = period in _PERIODS and _whole(month) and (day == "last" or (_whole(day) and 1 <= day <= 31))
        good = good and (period != "week" or (_whole(day) and day <= 7))
        if at:
            time.fromisoformat(at)
    except (TypeError, AttributeError, KeyError, ValueError):
        good = False
    if not good:
        raise _bad(
            name, f"{row['code']}：fixed 应写 period、month、day", f"{row['code']}: fixed needs period, month, day"
        )
    return Fixed(period, month, day, at)


def _accrual(name: str, row: Mapping[str, Any]) -> Accrual | None:
    given = row.get("accrues")
    if given is None:
        return None
    if not (isinstance(given, Mapping) and set(given) == {"percent", "most"} and all(map(_whole, given.values()))):
        raise _bad(
            name, f"{row['code']}：accrues 应写 percent 和 most", f"{row['code']}: accrues needs percent and most"
        )
    return Accrual(given["percent"], given["most"])


def _extension(name: str, row: Mapping[str, Any]) -> Extension | None:
    given = row.get("extension")
    if given is None:
        return None
    good = (
        isinstance(given, Mapping)
        and set(given) == {"times", "n", "unit", "by", "role", "ask"}
        and _whole(given["times"])
        and _whole(given["n"])
        and given["unit"] in ("wd", "d", "month")
        and _ASK.fullmatch(str(given["ask"]))
    )
    if not good:
        raise _bad(name, f"{row['code']}：extension 不完整", f"{row['code']}: the extension is not complete")
    return Extension(given["times"], given["n"], given["unit"], given["by"], given["role"], str(given["ask"]))


def _no_overlap(name: str, clocks: Iterable[Clock]) -> None:
    """Two rows of one code in force on the same day would make the answer depend on their order."""
    seen: dict[str, list[Clock]] = {}
    for clock in clocks:
        for other in seen.setdefault(clock.code, []):
            first, second = sorted((clock, other), key=lambda one: one.valid_from)
            if first.valid_to is None or first.valid_to >= second.valid_from:
                raise _bad(
                    name, f"{clock.code} 有两行在 {second.valid_from} 同时有效，请给旧行写 to",
                    f"two rows of {clock.code} are in force on {second.valid_from}; end the older one",
                )  # fmt: skip
        seen[clock.code].append(clock)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _bad(name: str, zh: str, en: str) -> BadClocks:
    return BadClocks(f"时限表 {name} 不能使用：{zh}。", en=f"The clocks in {name} cannot be used: {en}.")
