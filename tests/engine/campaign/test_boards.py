"""The boards: every number is the total of the list behind it, for everybody who may look."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    board,
    board_leader,
    board_limits,
    board_lines,
    board_map,
    board_today,
    board_trends,
    hazards,
    lamp,
    snapshots,
)
from engine.errors import Invalid, NotFound

Cast = Callable[[App, str], Viewer]
VIEWERS = ("admin", "clerk-safety-office", "leader-street", "secretary-sm", "inspector-gh-01", "officer-fire-rescue")


def listed(app: App, viewer: Viewer, query: dict[str, Any]) -> int:
    """The total of the ledger under the filter of a number."""
    moments = {name: datetime.combine(query[name], time(), app.zone) for name in board_today.MOMENTS if name in query}
    return hazards.list_hazards(app, viewer, **{**query, **moments}, size=1).total


@pytest.mark.parametrize("name", VIEWERS)
def test_each_number_of_today_is_the_total_of_the_list_behind_it(demo: App, person: Cast, name: str) -> None:
    viewer = person(demo, name)
    shown = board_today.today(demo, viewer)
    for number in shown.numbers:
        if number.list == board_today.HAZARDS:
            assert listed(demo, viewer, number.query) == number.count, number.key
        else:
            assert board_lines.lines(demo, viewer, number.key, size=1).total == number.count, number.key
    for group in shown.waiting:
        found = board_lines.lines(demo, viewer, "waiting", group=group.group, size=200)
        assert (found.total, sum(line.late for line in found.items)) == (group.count, group.late)
        late = board_lines.lines(demo, viewer, "waiting", group=group.group, late=True, size=200)
        assert [line.key for line in late.items] == [line.key for line in found.items if line.late]


def test_the_morning_of_the_sample_street_has_something_of_everything(demo: App, root: Viewer) -> None:
    counted = {number.key: number.count for number in board_today.today(demo, root).numbers}
    assert counted["overdue"] == hazards.list_hazards(demo, root, overdue=True).total > 0
    assert counted["waiting"] > 0 and counted["due_today"] <= counted["due_week"]
    assert set(counted) == {
        "new", "due_today", "due_week", "overdue", "unsigned", "escalated", "measures_ending", "reports_unanswered",
        "waiting",
    }  # fmt: skip


@pytest.mark.parametrize("name", VIEWERS)
def test_each_cell_of_the_lamp_board_is_a_list_of_the_ledger(demo: App, person: Cast, name: str) -> None:
    viewer = person(demo, name)
    shown = board.matrix(demo, viewer)
    assert shown.board.total == hazards.list_hazards(demo, viewer, size=1).total
    assert shown.board == board.board(demo, viewer)
    for row in shown.sectors:
        assert row.sum.total == sum(cell.total for cell in row.cells)
        for cell in row.cells:
            for colour, count in cell.lamps.items():
                wanted = {"community": cell.community, "sector": row.sector, "lamp": colour}
                assert hazards.list_hazards(demo, viewer, **wanted, size=1).total == count
    for colour in board.COLOURS:
        assert shown.board.lamps[colour] == sum(row.sum.lamps[colour] for row in shown.sectors)


def test_the_map_colours_each_place_by_its_worst_open_hazard(demo: App, root: Viewer) -> None:
    shown = board_map.draw(demo, root)
    for spot in shown.places:
        open_here = hazards.list_hazards(demo, root, place=spot.id, size=200).items
        assert spot.total == len(open_here)
        assert spot.lamp == min((one.lamp for one in open_here), key=lamp.ORDER.index, default=board_map.CLEAR)
    assert (len(shown.places), shown.unplaced, shown.more) == (63, 0, 0)
    assert [area.code for area in shown.areas if area.geometry is None] == []
    community = next(area for area in shown.areas if area.code == "SM")
    grids = [area for area in shown.areas if area.parent == "SM"]
    assert community.total == sum(area.total for area in grids)
    assert community.total == hazards.list_hazards(demo, root, community="SM", size=1).total
    assert community.lamp == min((area.lamp for area in grids if area.total), key=lamp.ORDER.index)


def test_the_places_of_the_map_are_listed_the_worst_first(demo: App, root: Viewer, person: Cast) -> None:
    every = board_map.list_spots(demo, root, size=200)
    ranks = [board_map.RANKS.index(spot.lamp) for spot in every.items]
    assert ranks == sorted(ranks) and every.total == 63
    clear = board_map.list_spots(demo, root, worst=board_map.CLEAR, community="SM", size=200)
    assert {(spot.community, spot.total) for spot in clear.items} == {("SM", 0)}
    found = board_map.list_spots(demo, root, q="%", size=1)
    assert found.total == 0
    mine = board_map.draw(demo, person(demo, "secretary-sm"))
    assert {area.code for area in mine.areas if area.kind == "community"} == {"SM"}


def test_trends_count_what_the_ledger_lists(demo: App, root: Viewer) -> None:
    first, last = date(2026, 9, 1), date(2026, 10, 12)
    shown = board_trends.trends(demo, root, first=first, last=last)
    assert (shown.starts_on, shown.ends_on) == (date(2026, 8, 31), date(2026, 10, 18))
    time_asked = {"found_from": shown.starts_on, "found_to": date(2026, 10, 19)}
    found = {"status": "all", "voided": False, **time_asked}
    assert shown.total.found == listed(demo, root, found) > 0
    for share in shown.communities:
        assert share.sums.found == listed(demo, root, {**found, "community": share.key})
    for share in shown.sectors:
        assert share.sums.found == listed(demo, root, {**found, "sector": share.key})
    for share in shown.sources:
        assert share.sums.found == listed(demo, root, {**found, "source": share.key})
    closed = {"status": "all", "voided": False, "closed_from": shown.starts_on, "closed_to": date(2026, 10, 19)}
    assert shown.total.closed == listed(demo, root, closed) > 0
    assert shown.total.mean_days is not None and shown.total.late == shown.total.limits - shown.total.on_time
    assert shown.total.major_found == listed(demo, root, {**found, "is_major": True}) > 0
    assert shown.total.recurred == listed(demo, root, {**found, "recurred": True}) > 0
    assert listed(demo, root, {**found, "recurred": False}) == shown.total.found - shown.total.recurred


@pytest.mark.parametrize("name", ["leader-street", "secretary-sm"])
def test_the_limits_behind_the_trends_are_as_many_as_they_say(demo: App, person: Cast, name: str) -> None:
    viewer = person(demo, name)
    shown = board_trends.trends(demo, viewer, first=date(2026, 9, 1), last=date(2026, 10, 12))
    asked: dict[str, Any] = {"first": shown.starts_on, "last": shown.ends_on, "size": 200}
    shares = [("community", shown.communities), ("sector", shown.sectors), ("source", shown.sources)]
    parts = [({key: share.key}, share.sums) for key, group in shares for share in group]
    for part, sums in [({}, shown.total), *parts]:
        found = board_limits.limits(demo, viewer, **asked, **part)
        kept = board_limits.limits(demo, viewer, **asked, **part, kept=True)
        assert (found.total, kept.total) == (sums.limits, sums.on_time)
        assert board_limits.limits(demo, viewer, **asked, **part, kept=False).total == sums.late
        assert [line.late for line in kept.items] == [False] * sums.on_time
        assert sum(line.late for line in found.items) == sums.late


def test_trends_of_a_month_agree_with_the_report_of_that_month(demo: App, root: Viewer) -> None:
    shown = board_trends.trends(demo, root, by="month", first=date(2026, 9, 1), last=date(2026, 10, 12))
    for step in shown.steps:
        figures = {one["key"]: one for one in snapshots.report(demo, "monthly", root, period=step.period)["figures"]}
        assert step.sums.found == figures["found"]["numerator"]
        assert step.sums.closed == figures["closed"]["numerator"]
        assert (step.sums.on_time, step.sums.limits) == (
            figures["on_time"]["numerator"], figures["on_time"]["denominator"],
        )  # fmt: skip
        assert step.sums.recurrence_rate == figures["recurred"]["rate"]


def test_a_frozen_week_shows_its_frozen_figures_and_a_narrowed_one_is_counted(demo: App, person: Cast) -> None:
    viewer = person(demo, "leader-street")
    asked = {"first": date(2026, 10, 5), "last": date(2026, 10, 11)}
    (step,) = board_trends.trends(demo, viewer, **asked).steps
    frozen = snapshots.report(demo, "weekly", viewer, period="2026-W41")
    assert step.frozen == frozen["frozen"]["id"]
    assert step.sums.found == next(one["numerator"] for one in frozen["figures"] if one["key"] == "found")
    (counted,) = board_trends.trends(demo, viewer, **asked, community="SM").steps
    assert counted.frozen is None


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 10, 13), None), (date(2026, 10, 2), date(2026, 10, 1)), (date(2020, 1, 1), None)]
)
def test_a_time_that_is_none_is_refused(demo: App, root: Viewer, first: date, last: date | None) -> None:
    with pytest.raises(Invalid):
        board_trends.trends(demo, root, first=first, last=last)


@pytest.mark.parametrize("name", VIEWERS)
def test_the_two_minutes_say_what_the_lists_say(demo: App, person: Cast, name: str) -> None:
    viewer = person(demo, name)
    shown = board_leader.brief(demo, viewer)
    assert [number.key for number in shown.numbers] == ["open", "overdue", "major", "new_week", "on_time"]
    for number in shown.numbers[:4]:
        assert listed(demo, viewer, number.query) == number.value
    behind = shown.numbers[4].query
    rows = snapshots.records(demo, viewer=viewer, **behind, size=200).items
    kept = f"{sum(row.counted for row in rows)}/{len(rows)}" if rows else "无数据"
    assert shown.numbers[4].shown.startswith(kept)
    for unit in shown.units:
        assert listed(demo, viewer, {"overlay": "逾期", "holder": unit.unit}) == unit.count
    overdue = int(shown.numbers[1].value or 0)
    assert (f"目前逾期 {overdue} 项" if overdue else "目前没有逾期隐患") in shown.story.zh
    assert all(spot.total for spot in shown.places)


def test_a_number_that_the_board_does_not_have_is_not_found(demo: App, root: Viewer) -> None:
    with pytest.raises(NotFound):
        board_lines.lines(demo, root, "secrets")
