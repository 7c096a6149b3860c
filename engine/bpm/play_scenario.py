"""A scenario in checked form: what `play` is told to do and what it should find; nothing here runs anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.author_input import BadInput, answers, beginning, mapping, only, plain, text, whole

DEFAULT_NOW = "2026-09-24T09:00:00+08:00"
MAXSTEPS = 100_000
EXPECTED = ("status", "completed", "open", "variables", "incidents")
_KEYS = ("process", "now", "variables", "auto", "steps", "expect", "operators", "name", "description")
STEPS: dict[str, tuple[str, ...]] = {
    "complete": ("task", "variables", "by"),
    "advance": (),
    "advance_to": (),
    "outage": (),
    "message": ("name", "correlation", "variables", "optional"),
    "signal": ("name", "variables"),
    "start": ("process", "variables"),
    "check": EXPECTED,
}
_SHORT = {"complete": "task", "message": "name", "signal": "name", "start": "process"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should be seen at one moment; what is None is not looked at."""

    status: str | None = None
    completed: tuple[str, ...] | None = None
    open: tuple[str, ...] | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    incidents: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its kind and its arguments; `number` counts from 1."""

    number: int
    kind: str
    name: str = ""  # of the task, message, signal or process
    variables: Mapping[str, Any] = field(default_factory=dict)
    correlation: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False
    time: str = ""  # the duration or moment as written
    expectation: Expectation = Expectation()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario; `operators` are the answers of service tasks by topic."""

    now: datetime
    process: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    auto: bool = False
    steps: tuple[Step, ...] = ()
    expect: Expectation = Expectation()
    operators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_scenario(source: Mapping[str, Any] | None, zone: ZoneInfo) -> Scenario:
    """The scenario in checked form; every part may be left out. Raises BadInput."""
    given = whole(source, "场景")
    only(given, _KEYS, "场景")
    steps = given.get("steps") or []
    if not isinstance(steps, list) or len(steps) > MAXSTEPS:
        raise BadInput(f"steps 应为列表，最多 {MAXSTEPS} 步。", en=f"steps must be a list of at most {MAXSTEPS}.")
    process = given.get("process")
    return Scenario(
        now=beginning(given.get("now") or DEFAULT_NOW, zone, "now"),
        process=text(process) if process is not None else None,
        variables=plain(mapping(given.get("variables"), "variables")),
        auto=given.get("auto") is True,
        steps=tuple(_step(step, number) for number, step in enumerate(steps, 1)),
        expect=_expectation(given.get("expect"), "expect"),
        operators=answers(given.get("operators")),
    )


def _step(source: Any, number: int) -> Step:
    place = f"第 {number} 步"
    if not isinstance(source, Mapping) or len(source) != 1:
        raise BadInput(
            f"{place}应当只写一个动作：{'、'.join(STEPS)}。", en=f"Step {number} must be one of {', '.join(STEPS)}."
        )
    kind, content = next(iter(source.items()))
    if kind not in STEPS:
        raise BadInput(
            f"{place}的动作“{kind}”不认识，请用：{'、'.join(STEPS)}。", en=f"Step {number}: unknown action {kind!r}."
        )
    if kind in ("advance", "advance_to", "outage"):
        return Step(number, kind, time=text(content))
    if kind == "check":
        return Step(number, kind, expectation=_expectation(content, f"{place} check"))
    arguments = {_SHORT[kind]: content} if isinstance(content, str) else mapping(content, place)
    only(arguments, STEPS[kind], place)
    name = arguments.get(_SHORT[kind])
    if name is None or name == "":
        raise BadInput(f"{place}缺少 {_SHORT[kind]}。", en=f"Step {number} has no {_SHORT[kind]}.")
    return Step(
        number, kind, text(name), plain(mapping(arguments.get("variables"), place)),
        plain(mapping(arguments.get("correlation"), place)), arguments.get("optional") is True,
    )  # fmt: skip


def _expectation(source: Any, place: str) -> Expectation:
    given = mapping(source, place)
    only(given, EXPECTED, place)
    status = given.get("status")
    return Expectation(
        None if status is None else text(status),
        _names(given, "completed", place),
        _names(given, "open", place),
        plain(mapping(given.get("variables"), place)),
        _names(given, "incidents", place),
    )


def _names(given: Mapping[str, Any], key: str, place: str) -> tuple[str, ...] | None:
    """A list of element ids or names; entries may also be objects with an `element`, as the answer prints them."""
    listed = given.get(key)
    if listed is None:
        return None
    if isinstance(listed, str):
        listed = [listed]
    if not isinstance(listed, list):
        raise BadInput(f"{place} 的 {key} 应为列表。", en=f"{key} of {place} must be a list.")
    return tuple(text(entry.get("element")) if isinstance(entry, Mapping) else text(entry) for entry in listed)
