"""The ledger from row to row: the same rows in the same order as by page number, both ways; and a total that stops."""

import base64
import json
from datetime import date
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import campaigns, hazards, ledger_pages
from engine.campaign.ledger_pages import LedgerPage
from engine.errors import Invalid

SORTS = ["due_at", "-due_at", "number", "-number", "found_at", "-found_at", "lamp", "-lamp"]


def numbers(page: LedgerPage) -> list[str]:
    return [row.number for row in page.items]


def ledger(app: App, viewer: Viewer, **wanted: Any) -> LedgerPage:
    return hazards.list_hazards(app, viewer, **{"status": "all", "size": 5, **wanted})


@pytest.mark.parametrize("sort", SORTS)
def test_walking_from_row_to_row_meets_each_hazard_once_both_ways(demo: App, root: Viewer, sort: str) -> None:
    whole = numbers(ledger(demo, root, sort=sort, size=200))
    page = ledger(demo, root, sort=sort)
    assert page.previous is None
    forth = [numbers(page)]
    while page.next:
        page = ledger(demo, root, sort=sort, after=page.next)
        forth.append(numbers(page))
    assert [number for part in forth for number in part] == whole
    assert [len(part) for part in forth] == [5, 5, 5, 5, 2]

    page = ledger(demo, root, sort=sort, before=ledger_pages.END)
    assert (page.next, numbers(page)) == (None, whole[-5:])
    while page.previous:
        page = ledger(demo, root, sort=sort, before=page.previous)
    assert (page.page, numbers(page)) == (1, whole[:5])  # a whole first page, not the two that were left over
    assert numbers(ledger(demo, root, sort=sort, after=page.next)) == whole[5:10]


def test_pages_by_number_lead_on_with_a_cursor(demo: App, root: Viewer) -> None:
    third = ledger(demo, root, sort="number", page=3)
    assert third.total == 22 and not third.capped
    assert numbers(ledger(demo, root, sort="number", before=third.previous)) == numbers(
        ledger(demo, root, sort="number", page=2)
    )
    last = ledger(demo, root, sort="number", page=5)
    assert (len(last.items), last.next) == (2, None)
    assert ledger(demo, root, sort="number", page=6).items == []


def test_the_total_stops_at_a_limit_when_it_may(demo: App, root: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_pages, "MOST_COUNTED", 20)
    some, every = ledger(demo, root, counted="some"), ledger(demo, root, counted="all")
    assert (some.total, some.capped, every.total, every.capped) == (20, True, 22, False)
    few = ledger(demo, root, counted="some", lamp="grey")
    assert (few.total, few.capped) == (7, False)


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "?", "AAAA", packed([]), packed({"due_at": 1}), packed(["number", "YQ-2026-0901", "YQ-2026-0901"]),
        packed(["due_at", "yesterday", "YQ-2026-0901"]), packed(["due_at", 5, "YQ-2026-0901"]),
        packed(["due_at", "2026-10-12T00:00:00", "YQ-2026-0901"]), packed(["due_at", None, 7]),
        packed(["due_at", "9999-12-31T23:59:59-12:00", "A"]), packed(["due_at", None, "\0"]),
        packed(["due_at", None, "\ud800"]), "W" * 4000,
    ],
)  # fmt: skip
def test_a_cursor_that_does_not_fit_is_refused(demo: App, root: Viewer, cursor: str) -> None:
    with pytest.raises(Invalid, match="第一页"):
        ledger(demo, root, after=cursor)


@pytest.mark.parametrize(
    ("sort", "key"), [("lamp", 99), ("lamp", True), ("lamp", "red"), ("number", 1), ("found_at", None)]
)
def test_a_cursor_with_a_wrong_key_is_refused(demo: App, root: Viewer, sort: str, key: object) -> None:
    with pytest.raises(Invalid):
        ledger(demo, root, sort=sort, before=packed([sort, key, "YQ-2026-0901"]))


def test_one_direction_at_a_time(demo: App, root: Viewer) -> None:
    with pytest.raises(Invalid, match="只能用一个"):
        ledger(demo, root, after=packed(["due_at", None, "A"]), before=ledger_pages.END)


def test_a_cursor_opens_nothing_to_a_stranger(demo: App, root: Viewer) -> None:
    cursor = ledger(demo, root, sort="number").next
    page = ledger(demo, Viewer("nobody"), sort="number", after=cursor)
    assert (page.items, page.total, page.next, page.previous) == ([], 0, None, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"sector": "没有"}, set()),
        ({"holder": "E-P042", "status": "open"}, {"YQ-2026-0905"}),
        ({"finder": "inspector-sm-03"}, {"YQ-2026-0905"}),
        (
            {"due_from": date(2026, 10, 8), "due_to": date(2026, 10, 8)},
            {"YQ-2026-0905", "YQ-2026-0908", "YQ-2026-0915"},
        ),
        ({"campaign": "ZX-0000-000"}, set()),
    ],
)
def test_the_ledger_is_narrowed(demo: App, root: Viewer, wanted: dict[str, Any], expected: set[str]) -> None:
    assert set(numbers(ledger(demo, root, size=200, **wanted))) == expected


def test_each_filter_finds_what_the_rows_say(demo: App, root: Viewer) -> None:
    rows = ledger(demo, root, size=200).items
    for field, name in (
        ("source", "source"),
        ("major", "major_status"),
        ("finder", "finder"),
        ("holder", "holder_unit"),
    ):
        for value in {getattr(row, name) for row in rows}:
            found = set(numbers(ledger(demo, root, size=200, **{field: value})))
            assert found == {row.number for row in rows if getattr(row, name) == value}, (field, value)


def test_a_campaign_lists_what_counts_for_it(demo: App, root: Viewer) -> None:
    for row in campaigns.list_campaigns(demo, root).items:
        found = ledger(demo, root, size=200, campaign=row.number)
        part = next(
            figure for figure in campaigns.show(demo, row.number, viewer=root).figures if figure.key == "closed"
        )
        assert found.total == part.denominator
