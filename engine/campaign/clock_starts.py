"""Which papers start which clocks, as data (rules/started_clocks.yaml), and the days that papers name in words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "rules" / "started_clocks.yaml"
SERVED, PAID, FOUND = "served", "paid", "found"
_DAY = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Start:
    """One clock that papers ``of`` these types start: ``at`` a moment of the paper or a field that names a day, or
    ``after`` another clock of the same paper; ``until`` a paper of these types (of the ``same`` case), each of ``each``
    for one paper only, what is ``done``, or where ``rechecked`` a re-inspection of the case by the body itself;
    ``named``: only when ``due`` names a day; ``duty`` is who deals with it where its side does not say so; one that is
    ``refused`` begins when the order was fined for and found not to be followed, and ends when it was (refusals.py).
    """

    clock: str
    title: str
    of: tuple[str, ...]
    organs: tuple[str, ...] = ()
    at: str = ""
    after: str = ""
    applied: bool = False
    says: str = ""
    where: str = "decision"
    refused: bool = False
    due: str = ""
    named: bool = False
    until: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    same: bool = False
    done: str = ""
    rechecked: bool = False
    duty: str = ""


@lru_cache(maxsize=1)
def all_starts() -> tuple[Start, ...]:
    """Every line of the file, in its order: a clock stands below the one ``after`` which it runs."""
    given = yaml.load(FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple(_start(row) for row in given["starts"])


def of(type: str, organ: str) -> list[Start]:
    """Those that a paper of this type and organ starts."""
    return [start for start in all_starts() if type in start.of and organ in (start.organs or (organ,))]


@lru_cache(maxsize=1)
def papers() -> frozenset[str]:
    """The types of papers that start or end a clock."""
    return frozenset(type for start in all_starts() for type in (*start.of, *start.until, *start.each))


@lru_cache(maxsize=1)
def followed() -> frozenset[str]:
    """The clocks after which another one runs."""
    return frozenset(start.after for start in all_starts() if start.after)


def days(texts: Iterable[Any]) -> list[date]:
    """The days that these texts name, such as 2026-09-28 or 2026年9月28日; what is no day names none."""
    found = []
    for match in (match for text in texts for match in _DAY.finditer(str(text or ""))):
        try:
            found.append(date(*map(int, match.groups())))
        except ValueError:
            continue
    return found


def named(body: Mapping[str, Any], field: str, hazard: str = "", text: str = "") -> list[date]:
    """The days that a field of a paper names, one text or the ``due`` of each of its items; of several hazards those of
    the items that have the number of this one, or say just what it says, where some do.
    """
    said = (body.get(field) or ()) if field else ()
    rows = [row for row in ([{"due": said}] if isinstance(said, str) else said) if isinstance(row, Mapping)]
    own = re.compile(rf"{re.escape(hazard)}(?!\d)")
    ours = [row for row in rows if hazard and any(own.search(str(part)) for part in row.values())]
    ours = ours or [row for row in rows if text.strip() and str(row.get("text") or "").strip() == text.strip()]
    return days(row.get("due") for row in ours or rows)


def lines(body: Mapping[str, Any], field: str) -> list[str]:
    """What a field of a paper says, line by line."""
    said = body.get(field) or ()
    return [str(line) for line in (said if isinstance(said, list | tuple) else [said])]


def _start(row: Mapping[str, Any]) -> Start:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Start(**given)
