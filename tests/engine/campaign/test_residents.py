"""A resident (驻厂、驻矿、驻项目) owes a report for each day at the place: a visit proves it, or it is listed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine.app import App
from engine.bpm import timers
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import duties, places, visits
from engine.campaign.duty_model import Duty
from engine.campaign.duty_subjects import Subject, resident_code
from engine.campaign.periods import Period
from engine.testing import FakeClock
from tests.engine.campaign.test_duties import plan, shanghai, the_duty, wind

Person = Callable[[App, str], Viewer]
KIND, RESIDENT, CLERK = "resident_report", "inspector-gh-02", "clerk-safety-office"
PLACE = "P045"


def send(app: App, viewer: Viewer, *residents: dict[str, Any], place: str = PLACE) -> None:
    revision = places.show(app, place, viewer=viewer).revision
    places.update(app, place, {"residents": list(residents)}, revision=revision, viewer=viewer)


def owed(app: App) -> list[tuple[str, str | None, str | None]]:
    with app.reading() as tx:
        rows = tx.scalars(select(Duty).where(Duty.kind == KIND).order_by(Duty.period, Duty.subject))
        return [(row.period, row.person, row.place) for row in rows]


def test_a_report_is_owed_for_each_day_of_the_assignment_and_by_nobody_else(
    campaign: App, person: Person, clock: FakeClock
) -> None:
    clerk = person(campaign, CLERK)
    send(campaign, clerk, {"person": RESIDENT, "since": "2026-09-25", "until": "2026-09-26"},
         {"person": "inspector-gh-01", "since": "2026-09-01", "until": "2026-09-20"})  # fmt: skip
    for _ in range(5):
        plan(campaign)
        plan(campaign)  # again the same day: nothing twice
        clock.advance(days=1)
    assert owed(campaign) == [("2026-09-25", RESIDENT, PLACE), ("2026-09-26", RESIDENT, PLACE)]


def test_the_visit_of_the_day_proves_it_without_a_second_entry(campaign: App, person: Person) -> None:
    send(campaign, person(campaign, CLERK), {"person": RESIDENT, "since": "2026-09-01"})
    plan(campaign)
    campaign.clock.now = shanghai("2026-09-25T15:00")  # type: ignore[attr-defined]
    told = {"place": PLACE, "kind": "驻点巡查", "result": "未发现问题", "note": "全天正常"}
    visit = visits.create(campaign, told, viewer=person(campaign, RESIDENT)).id
    wind(campaign, shanghai("2026-09-25T20:01"), KIND)
    done = the_duty(campaign, KIND, "2026-09-25", resident_code(PLACE, RESIDENT))
    assert (done.state, done.proof) == ("done", f"驻点巡查 {visit}：未发现问题")


def test_the_visit_of_another_kind_or_place_or_person_is_no_report_and_the_missing_one_is_listed(
    campaign: App, person: Person
) -> None:
    clerk, resident = person(campaign, CLERK), person(campaign, RESIDENT)
    send(campaign, clerk, {"person": RESIDENT, "since": "2026-09-01"})
    wind(campaign, shanghai("2026-09-25T10:00"), KIND)  # after the reminder of 09:00
    with campaign.reading() as tx:
        assert [one for one in tx.scalars(select(Notice.recipient)) if RESIDENT in one]
    here = {"place": PLACE, "result": "未发现问题"}
    visits.create(campaign, {**here, "kind": "网格巡查"}, viewer=resident)
    visits.create(campaign, {**here, "kind": "驻点巡查", "people": ["inspector-gh-01"]}, viewer=clerk)
    wind(campaign, shanghai("2026-09-25T20:01"), KIND)
    while timers.fire_next(campaign):
        pass
    late = duties.list_duties(campaign, clerk, kind=KIND, missing=True).items
    assert {(one.person, one.place) for one in late} == {(RESIDENT, PLACE)}
    assert late[-1].period == "2026-09-25"
    assert duties.list_duties(campaign, resident, kind=KIND, missing=True).total == len(late)
    assert duties.list_duties(campaign, person(campaign, "inspector-yh-02"), kind=KIND).total == 0


days = st.integers(0, 60).map(lambda n: date(2026, 9, 1) + timedelta(days=n))


@given(days, st.none() | days, st.none() | days)
def test_a_day_is_owed_when_it_lies_in_the_assignment(day: date, since: date | None, until: date | None) -> None:
    subject = Subject("P1/a", "甲", None, since=since, until=until)
    inside = (since or day) <= day <= (until or day)
    assert subject.owes(Period(day.isoformat(), day, day)) == inside


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=255))
def test_the_code_of_a_resident_fits_its_column(place: str, name: str) -> None:
    assert len(resident_code(place, name)) <= 64


def test_a_day_that_there_is_not_keeps_no_duty_from_being_created(campaign: App, person: Person) -> None:
    send(campaign, person(campaign, CLERK), {"person": RESIDENT, "since": "2026-99-99"})
    plan(campaign)
    assert owed(campaign)
    assert datetime.fromisoformat(f"{owed(campaign)[0][0]}T00:00")
