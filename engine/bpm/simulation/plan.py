"""A simulation plan in checked form: which cases come, who works how long on what; nothing here runs anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.author_input import BadInput, answers, beginning, mapping, only, plain, text, whole
from engine.bpm.spiff import timers
from engine.calendar import WORKING_SPANS

DEFAULT_START = "2026-01-04T08:30:00+08:00"
ORDERS = ("due", "arrival", "priority")
LONGEST_HOURS = 10_000.0
MOST_STAFF = 10_000
_KEYS = ("process", "start", "seed", "order", "variables", "mix", "staff", "tasks", "messages", "operators",
         "name", "description")  # fmt: skip
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
OFFICE_DAY = sum((timedelta(hours=end.hour - begin.hour, minutes=end.minute - begin.minute)
                  for begin, end in WORKING_SPANS), timedelta())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """A duration in hours that varies: least, most likely and longest (a triangle)."""

    least: float
    likely: float
    most: float

    def draw(self, random: Random) -> float:
        """One duration in hours."""
        return self.least if self.least == self.most else random.triangular(self.least, self.most, self.likely)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way a case or a task can go, with its share of all."""

    share: float
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What people do with a task: ``wait`` passes by itself (natural hours), then ``takes`` keeps one person busy
    (office hours), then one of the ``outcomes`` is handed in; what the form requires besides is filled in by chance.
    """

    takes: Spread = Spread(0.5, 0.5, 0.5)
    wait: Spread = Spread(0, 0, 0)
    outcomes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A message that comes to a share of the cases, some time (natural hours) after they began."""

    name: str
    share: float
    after: Spread
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. ``staff`` and ``tasks`` are looked up by pattern, first match first (`inspector@*`)."""

    start: datetime
    process: str | None = None
    seed: str = "1"
    order: str = "due"
    variables: Mapping[str, Any] = field(default_factory=dict)
    mix: tuple[Choice, ...] = ()
    staff: Mapping[str, int] = field(default_factory=dict)
    tasks: Mapping[str, Work] = field(default_factory=dict)
    messages: tuple[Post, ...] = ()
    operators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def people(self, group: str) -> int:
        """How many people work for a group; 1 where the plan does not say."""
        return next((count for pattern, count in self.staff.items() if fnmatchcase(group, pattern)), 1)

    def work(self, element: str) -> Work:
        """What is done with a task; half an hour of work where the plan does not say."""
        return next((work for pattern, work in self.tasks.items() if fnmatchcase(element, pattern)), Work())

    def random(self, *place: object) -> Random:
        """Chance that depends on the seed and the place only, so that two versions meet the same luck."""
        return Random("/".join(map(str, (self.seed, *place))))


def choose(choices: Sequence[Choice], random: Random) -> Choice:
    """One of them, as often as its share says."""
    return random.choices(choices, [choice.share for choice in choices])[0]


def read_plan(source: Mapping[str, Any] | None, zone: ZoneInfo) -> Plan:
    """The plan in checked form; every part may be left out. Raises BadInput."""
    given = whole(source, "推演计划")
    only(given, _KEYS, "推演计划")
    process, order = given.get("process"), text(given.get("order") or "due")
    if order not in ORDERS:
        raise BadInput(f"order 应为 {'、'.join(ORDERS)} 之一。", en=f"order must be one of {', '.join(ORDERS)}.")
    return Plan(
        start=beginning(given.get("start") or DEFAULT_START, zone, "start"),
        process=None if process is None else text(process),
        seed=text(given.get("seed", 1)),
        order=order,
        variables=plain(mapping(given.get("variables"), "variables")),
        mix=_choices(given.get("mix"), "mix"),
        staff={text(group): _people(count, group) for group, count in mapping(given.get("staff"), "staff").items()},
        tasks={text(name): _work(work, f"tasks.{name}") for name, work in mapping(given.get("tasks"), "tasks").items()},
        messages=tuple(_posts(given.get("messages"))),
        operators=answers(given.get("operators")),
    )


def _work(source: Any, place: str) -> Work:
    given = mapping(source, place)
    only(given, ("takes", "wait", "outcomes"), place)
    return Work(
        _spread(given.get("takes", 0.5), f"{place}.takes", OFFICE_DAY),
        _spread(given.get("wait", 0), f"{place}.wait", _DAY),
        _choices(given.get("outcomes"), f"{place}.outcomes"),
    )


def _posts(source: Any) -> Iterator[Post]:
    for number, entry in enumerate(_list(source, "messages")):
        place = f"messages[{number}]"
        given = mapping(entry, place)
        only(given, ("name", "share", "after", "variables"), place)
        if not given.get("name"):
            raise BadInput(f"{place} 缺少 name。", en=f"{place} has no name.")
        after = _spread(given.get("after", 0), f"{place}.after", _DAY)
        sent = plain(mapping(given.get("variables"), place))
        yield Post(text(given["name"]), _number(given.get("share", 1), f"{place}.share", 1), after, sent)


def _choices(source: Any, place: str) -> tuple[Choice, ...]:
    found = []
    for number, entry in enumerate(_list(source, place)):
        given, here = mapping(entry, f"{place}[{number}]"), f"{place}[{number}]"
        only(given, ("share", "variables"), here)
        share = _number(given.get("share", 1), f"{here}.share", 1_000_000)
        found.append(Choice(share, plain(mapping(given.get("variables"), here))))
    if found and not sum(choice.share for choice in found):
        raise BadInput(f"{place} 的 share 不能全是 0。", en=f"The shares of {place} are all 0.")
    return tuple(found)


def _list(source: Any, place: str) -> list[Any]:
    if source is None:
        return []
    if not isinstance(source, list):
        raise BadInput(f"{place} 应为列表。", en=f"{place} must be a list.")
    return source


def _number(value: Any, place: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise BadInput(f"{place} 应为 0 到 {most:g} 的数。", en=f"{place} must be a number from 0 to {most:g}.")
    return float(value)


def _people(value: Any, group: Any) -> int:
    count = _number(value, f"staff.{group}", MOST_STAFF)
    if count != int(count):
        raise BadInput(f"staff.{group} 应为整数。", en=f"staff.{group} must be a whole number.")
    return int(count)


def _spread(source: Any, place: str, day: timedelta) -> Spread:
    """One duration, or the least, likely and longest one: numbers are hours, texts are ISO 8601 (`PT4H`, `P2D`).

    A day of work has the hours of an office day, a day of waiting has 24.
    """
    listed = source if isinstance(source, list) else [source] * 3
    if len(listed) != 3:
        raise BadInput(f"{place} 应为一个时长，或 [最短, 通常, 最长]。",
                       en=f"{place} must be one duration or [least, likely, longest].")  # fmt: skip
    least, likely, most = (_number(_hours(value, day), place, LONGEST_HOURS) for value in listed)
    if not least <= likely <= most:
        raise BadInput(f"{place} 应从短到长排列。", en=f"{place} must be in ascending order.")
    return Spread(least, likely, most)


def _hours(value: Any, day: timedelta) -> Any:
    if not isinstance(value, str):
        return value
    length = timers.duration(value)
    if length.months:
        raise BadInput(f"“{value}”：这里的时长请用天或小时。", en=f"{value!r}: use days or hours here.")
    return (length.exact // _DAY * day + length.exact % _DAY) / _HOUR
