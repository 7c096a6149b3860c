"""The oracle sees what it is there to see: a lost, a repeated, a changed notice."""

import json
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from engine.bpm.model import Notice
from tests.chaos.oracle import Found, wrong
from tests.chaos.users import Memory

NOW = datetime(2026, 9, 24, 1, tzinfo=UTC)
ID, OTHER = "a" * 32, "b" * 32


def notice(**told: object) -> Notice:
    facts = {"id": ID, "instance_id": "i", "recipient": "owner", "subject": "rung_1", "status": "sent", "attempts": 1}
    return Notice(**{**facts, "created_at": NOW, **told})


def line(**told: str) -> str:
    return json.dumps({"id": ID, "to": "owner", "body": "", "event": "rung_1", "level": "info", **told})


def said(rows: list[Notice], *lines: str, broken_off: int = 0) -> str:
    """What is said about sending; that these notices belong to no case is another matter."""
    found = Found([], 0, defaultdict(list), [], [], [], rows, [])
    words = wrong(found, Memory(0), now=NOW, calm=NOW, log="\n".join(lines), broken_off=broken_off)
    return "; ".join(each for each in words if not each.startswith("notices: "))


@pytest.mark.parametrize(
    ("rows", "lines", "broken_off", "words"),
    [
        ([notice()], [line()], 0, ""),
        ([notice(status="pending")], [], 1, ""),
        ([notice(attempts=2)], [line(), line()], 1, ""),  # the receiver drops the second by its id
        ([notice(attempts=2)], [line(), line()], 0, "1 sendings tried again"),
        ([notice()], [line(), line()], 1, "notice sent 2 times"),
        ([notice()], [], 0, "notice lost"),
        ([notice(status="pending", attempts=0)], [], 0, "notice waits"),
        ([notice(status="failed")], [line()], 0, "notice failed"),
        ([notice()], [line(), line(id=OTHER)], 0, "notice from nowhere"),
        ([notice()], [line(event="rung_2")], 0, "says another thing"),
        ([notice()], [line(to="clerk")], 0, "says another thing"),
        ([notice(), notice(id=OTHER)], [line(), line(id=OTHER)], 0, "rung arrived 2 times"),
        ([notice()], [line(), line(id=OTHER)[:60]], 0, ""),  # cut short by a kill
    ],
)
def test_notices_are_judged(rows: list[Notice], lines: list[str], broken_off: int, words: str) -> None:
    told = said(rows, *lines, broken_off=broken_off)
    assert words in told if words else not told
