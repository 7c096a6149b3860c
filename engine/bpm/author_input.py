"""Reads what an author wrote in YAML or JSON, a scenario or a simulation plan: right shapes, or a sentence on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.expression_limits import text_of, weight
from engine.bpm.spiff import timers
from engine.errors import Invalid

MAX_PARTS = 1_000_000
YEARS = range(1900, 2200)  # in which a clock may begin: days can be counted there, and for a long time after


class BadInput(Invalid):
    """The file cannot be used; the message names the place."""


def mapping(value: Any, place: str) -> Mapping[str, Any]:
    """An object; nothing counts as an empty one. Raises BadInput."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadInput(f"{place}应当是“键: 值”的形式。", en=f"{place} must be an object.")
    return value


def whole(value: Any, place: str) -> Mapping[str, Any]:
    """The object that a file is, of a size that can be gone through: a reference of YAML may hold itself. Raises
    BadInput.
    """
    given = mapping(value, place)
    if weight(given, MAX_PARTS) > MAX_PARTS:
        raise BadInput(f"{place}太大。", en="The file is too large.")
    return given


def beginning(value: Any, zone: ZoneInfo, place: str) -> datetime:
    """The moment at which a virtual clock begins. Raises BadInput, or BadTimer for what is no moment."""
    moment = timers.moment(text(value), zone)
    if moment.year not in YEARS:
        raise BadInput(
            f"{place} 应在 {YEARS.start} 年到 {YEARS.stop - 1} 年之间。",
            en=f"{place} must be a moment of the years {YEARS.start} to {YEARS.stop - 1}.",
        )
    return moment


def only(given: Mapping[str, Any], allowed: tuple[str, ...], place: str) -> None:
    """Refuse keys that nobody would read. Raises BadInput."""
    unknown = [str(key) for key in given if key not in allowed]
    if unknown:
        raise BadInput(
            f"{place}里有不认识的项“{unknown[0]}”，可以用：{'、'.join(allowed)}。",
            en=f"{place}: unknown key {unknown[0]!r}; known are {', '.join(allowed)}.",
        )


def text(value: Any) -> str:
    """One word or number as text. Raises BadInput."""
    if isinstance(value, (Mapping, list, tuple)):
        raise BadInput("这里应当是文字，不是列表或对象。", en="A text is needed here, not a list or object.")
    return text_of(value)


def answers(value: Any) -> dict[str, Mapping[str, Any]]:
    """What operators answer, by topic: nothing is executed. Raises BadInput."""
    given = mapping(value, "operators")
    return {str(topic): mapping(answer, f"operators.{topic}") for topic, answer in given.items()}


def plain(value: Any) -> Any:
    """Values as JSON has them: string keys, and moments as ISO 8601 texts."""
    if isinstance(value, Mapping):
        return {text_of(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else text_of(value)
