"""The plan's measures: stock, growth and zero at any date, with the records behind each number."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, true

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import plan, plan_measures
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.figures import Figure, percent
from engine.campaign.model import HazardCode, Milestone, Place
from engine.errors import NotFound

Person = Callable[[App, str], Viewer]
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def major(app: App, n: int, found: str, closed: str | None = None, **more: object) -> str:
    """A major hazard in the ledger of the first place, as an import of old years writes it."""
    with app.transaction() as tx:
        place = tx.scalars(select(Place).order_by(Place.id)).first()
        code = tx.scalars(select(HazardCode)).first()
        assert place is not None and code is not None
        row = Hazard(
            number=f"YQ-{n}", year=2023, month=1, serial=n, place=place.id, street=place.street,
            community=place.community, grid=place.grid, code=code.code, code_id=code.id, text="…", source="督导检查",
            finder="admin", found_at=at(found), registered_at=at(found), holder_unit=place.community, is_major=True,
            closed_at=at(closed) if closed else None, **more,
        )  # fmt: skip
        tx.add(row)
        return row.number


def limit(app: App, hazard: str, due: str, state: str, ended: str | None = None) -> None:
    with app.transaction() as tx:
        tx.add(Deadline(
            hazard=hazard, kind="整改", start_at=at("2026-09-01"), n=1, unit="d", roll="N", due_at=at(due),
            due_on=at(due).date(), trace=[], state=state, opened_at=at("2026-09-01"),
            ended_at=at(ended) if ended else None,
        ))  # fmt: skip


def test_stock_is_what_was_found_before_and_is_open_at_the_date(campaign: App) -> None:
    major(campaign, 1, "2023-05-01", "2024-03-01")
    major(campaign, 2, "2023-12-31T23:59", "2025-02-01")
    major(campaign, 3, "2024-01-01", None)
    major(campaign, 4, "2023-06-01", None, void_reason="重复登记")
    with campaign.reading() as tx:
        wanted = {"kind": "stock", "found_before": "2023-12-31"}
        then = plan_measures.measure(
            tx, true(), wanted, on=date(2024, 12, 31), today=date(2026, 9, 24), zone=campaign.zone
        )
        later = plan_measures.stock(tx, true(), date(2023, 12, 31), date(2025, 2, 1), campaign.zone)
        nothing = plan_measures.measure(
            tx, true(), {**wanted, "found_before": "2020-12-31"}, on=date(2024, 12, 31), today=date(2026, 9, 24),
            zone=campaign.zone,
        )  # fmt: skip
    assert (then.figure.numerator, then.figure.denominator, then.met) == (1, 2, False)
    assert [(row.key, row.counted) for row in then.figure.behind] == [("YQ-1", False), ("YQ-2", True)]
    assert later.numerator == 0
    assert (nothing.met, nothing.state, nothing.shown) == (None, "无数据", "无数据"), "nothing was measured"


def test_growth_is_held_against_as_many_days_before(campaign: App) -> None:
    for n, found in enumerate(("2024-06-01", "2024-12-31T12:00", "2025-01-01", "2025-12-31T23:00", "2026-01-01"), 1):
        major(campaign, n, found)
    with campaign.reading() as tx:
        found = plan_measures.growth(tx, true(), date(2025, 1, 1), date(2025, 12, 31), campaign.zone)
    assert (found.numerator, found.denominator) == (2, 2)
    assert {row.key for row in found.behind if row.counted} == {"YQ-3", "YQ-4"}


@pytest.mark.parametrize(
    ("due", "state", "ended", "closed", "late"),
    [
        ("2026-09-11", "met", "2026-09-12", "2026-09-12", []),
        ("2026-09-11", "open", None, None, [10, 11, 12, 13, 14]),
        ("2026-09-11", "missed", "2026-09-13", "2026-09-13", [10, 11]),
        ("2026-09-11", "missed", "2026-09-11", "2026-09-12T12:00", [10, 11]),
        ("2026-09-11", "replaced", "2026-09-10", None, []),
        ("2026-09-11", "replaced", "2026-09-12T09:00", None, [10, 11]),
        ("2026-10-11", "open", None, None, []),
    ],
)  # fmt: skip
def test_a_day_is_clear_when_nothing_was_overdue_at_its_end(
    campaign: App, due: str, state: str, ended: str | None, closed: str | None, late: list[int]
) -> None:
    number = major(campaign, 1, "2026-09-01", closed)
    limit(campaign, number, due, state, ended)
    with campaign.reading() as tx:
        found = plan_measures.zero(tx, true(), date(2026, 9, 8), date(2026, 9, 14), campaign.zone)
    assert [row.day.day for row in found.behind if row.day and not row.counted] == late
    assert (found.numerator, found.denominator) == (7 - len(late), 7)
    assert all(row.note == number for row in found.behind if not row.counted)


def test_a_milestone_shows_its_number_and_the_records_behind_it(campaign: App, person: Person, root: Viewer) -> None:
    major(campaign, 1, "2023-05-01", "2025-03-01")
    shown = {row.id: row for row in plan.list_milestones(campaign, root)}
    stock, zero = shown["2024-12-stock"].measure, shown["2026-12-zero"].measure
    assert stock and (stock.shown, stock.state, stock.on) == ("1/1（100.0%）", "未达到", date(2024, 12, 31))
    assert zero and (zero.state, zero.on) == ("进行中", date(2026, 9, 24))
    assert shown["2024-06-weld"].measure is None
    assert [row.key for row in plan.records(campaign, "2024-12-stock", root).items] == ["YQ-1"]
    stranger = person(campaign, "officer-police-station")
    assert plan.records(campaign, "2024-12-stock", stranger).total == 0
    for id in ("2024-06-weld", "nowhere"):
        with pytest.raises(NotFound):
            plan.records(campaign, id, root)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_share_is_rounded_as_on_paper(numerator: int, denominator: int) -> None:
    rate = percent(numerator, denominator)
    assert (rate is None) == (denominator == 0)
    if rate is not None:
        assert abs(rate - 100 * numerator / denominator) <= 0.05 + 1e-9
    assert Figure("k", "t", "w", "件", 1, 8).shown == "1/8（12.5%）"
    assert (
        Figure("k", "t", "w", "件", 0, 0).shown == "无数据" and Figure("k", "t", "w", "件", 0, 0).shown.en == "no data"
    )
    before = Figure("growth", "t", "w", plan_measures.CASES, 0, 0, beside=True)
    assert (before.shown, before.shown.en) == ("0 件（上期 0 件）", "0 hazards (0 before)"), "none more is data"


def test_a_measure_before_its_time_counts_nothing(campaign: App) -> None:
    with campaign.transaction() as tx:
        tx.add(
            Milestone(
                id="far",
                name="远",
                due_on=date(2030, 1, 1),
                target="…",
                measure={"kind": "growth", "since": "2029-01-01"},
            )
        )
    with campaign.reading() as tx:
        found = plan_measures.growth(tx, true(), date(2029, 1, 1), date(2026, 9, 24), campaign.zone)
        assert (found.numerator, found.denominator) == (0, 0)
        clear = plan_measures.zero(tx, true(), date(2029, 1, 1), date(2026, 9, 24), campaign.zone)
    assert (clear.denominator, clear.rate) == (0, None)
