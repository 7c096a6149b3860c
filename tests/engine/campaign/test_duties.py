"""Periodic duties: created ahead exactly once, reminded of, proven by records or evidence, listed when missing."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from PIL import Image
from sqlalchemy import delete, func, select

from engine.app import App
from engine.bpm import queries, tasks, timers
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import duties, duty_creation, duty_kinds, evidence, visits
from engine.campaign.duty_model import Duty
from engine.campaign.periods import Period, period_named, period_of, periods_between
from engine.errors import Conflict, Invalid, NotAllowed, NotFound


def photo_bytes() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(out, "JPEG")
    return out.getvalue()


Person = Callable[[App, str], Viewer]
PHOTO = photo_bytes()
OFFICE = "clerk-safety-committee-office"


def plan(app: App) -> None:
    while duty_creation.create_ahead(app):
        pass


def begin(app: App) -> int:
    begun = 0
    while duty_creation.begin_next(app):
        begun += 1
    return begun


def wind(app: App, moment: datetime, kind: str = "leader_hear") -> None:
    """Move on, with the duties of one kind only: a street owes hundreds, and each begun is a process."""
    app.clock.now = moment  # type: ignore[attr-defined]
    plan(app)
    with app.transaction() as tx:
        tx.execute(delete(Duty).where(Duty.kind != kind, Duty.instance_id.is_(None), Duty.state == "open"))
    begin(app)
    while timers.fire_next(app):
        pass


def the_duty(app: App, kind: str, period: str, subject: str | None = None) -> Duty:
    query = select(Duty).where(Duty.kind == kind, Duty.period == period)
    if subject:
        query = query.where(Duty.subject == subject)
    with app.reading() as tx:
        return tx.scalars(query.order_by(Duty.id).limit(1)).one()


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("rhythm", "key", "first", "last"),
    [
        ("day", "2026-10-12", "2026-10-12", "2026-10-12"), ("week", "2026-W53", "2026-12-28", "2027-01-03"),
        ("month", "2026-02", "2026-02-01", "2026-02-28"), ("quarter", "2026-Q4", "2026-10-01", "2026-12-31"),
        ("half", "2026-H1", "2026-01-01", "2026-06-30"), ("year", "2024", "2024-01-01", "2024-12-31"),
    ],
)  # fmt: skip
def test_a_period_is_found_by_any_of_its_days_and_by_its_key(rhythm: str, key: str, first: str, last: str) -> None:
    wanted = Period(key, date.fromisoformat(first), date.fromisoformat(last))

    assert period_of(rhythm, wanted.starts_on) == period_of(rhythm, wanted.ends_on) == period_named(key) == wanted


def test_the_periods_of_a_span_leave_no_day_out() -> None:
    for rhythm in ("day", "week", "month", "quarter", "half", "year"):
        found = list(periods_between(rhythm, date(2025, 12, 31), date(2027, 1, 1)))
        assert found[0].starts_on <= date(2025, 12, 31) and found[-1].ends_on >= date(2027, 1, 1)
        assert all(one.ends_on + timedelta(days=1) == other.starts_on for one, other in pairwise(found))


@pytest.mark.parametrize("key", ["", "2026-13", "2026-Q5", "2026-W60", "soon", "2026-10-40", "2026-Q0", "26-1"])
def test_a_key_that_names_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        period_named(key)


def test_each_kind_names_its_mechanisms_its_source_and_carries_the_label_unless_it_is_law() -> None:
    kinds = duty_kinds.rules().kinds

    assert len({kind.key for kind in kinds}) == len(kinds) >= 27
    for kind in kinds:
        assert kind.mechanisms and kind.quote and kind.evidence and kind.consequence, kind.key
        assert (kind.note == "示例规则，需法制审核") == (kind.mark not in ("V-text", "V-page")), kind.key


def test_statistics_are_due_on_the_fifteenth_after_the_quarter_rolled_and_on_the_last_of_january(app: App) -> None:
    quarter, year = duty_kinds.kind_of("statistics_quarter"), duty_kinds.kind_of("statistics_year")

    assert duty_kinds.due_at(app, quarter, period_named("2026-Q3")) == shanghai("2026-10-16T00:00")
    assert duty_kinds.due_at(app, quarter, period_named("2025-Q4")) == shanghai("2026-01-16T00:00")
    assert duty_kinds.due_at(app, quarter, period_named("2025-Q3")) == shanghai("2025-10-16T00:00")
    assert duty_kinds.due_at(app, year, period_named("2025")) == shanghai("2026-02-03T00:00")  # 31 January: a Saturday


def test_high_risk_places_owe_the_boss_led_check_monthly_and_all_others_quarterly(campaign: App) -> None:
    plan(campaign)

    with campaign.reading() as tx:
        rows = tx.execute(select(Duty.subject, Duty.period).where(Duty.kind == "boss_check"))
        owed = {row.subject: row.period for row in rows if row.period in ("2026-09", "2026-Q3")}
    assert owed["P017"] == "2026-09"  # a filling station
    assert owed["P008"] == "2026-Q3"
    drill = the_duty(campaign, "drill", "2026-H2", "P017")
    assert drill.due_at == shanghai("2027-01-01T00:00")
    told = duties.show(campaign, drill.id, viewer=Viewer("root", frozenset(), admin=True))
    assert told.clock == "T56.high_risk" and told.words.startswith("每半年固定日期 2026-12-31")


def test_a_date_in_a_year_without_holidays_follows_when_they_are_published(campaign: App) -> None:
    plan(campaign)
    assert the_duty(campaign, "statistics_year", "2026").due_at == shanghai("2027-02-02T00:00")  # rolled off a Sunday …
    campaign.calendar = campaign.calendar.extended(2027, {}, {date(2027, 1, 31): "春节"})  # … that works, it turns out
    campaign.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    plan(campaign)
    assert the_duty(campaign, "statistics_year", "2026").due_at == shanghai("2027-02-01T00:00")


def test_planning_again_creates_nothing_and_a_day_later_only_what_is_new(campaign: App) -> None:
    plan(campaign)
    with campaign.reading() as tx:
        before = tx.scalar(select(func.count()).select_from(Duty))
    assert duty_creation.planning_due(campaign) == timedelta(hours=15)  # at 24:00

    plan(campaign)
    campaign.clock.advance(days=1)  # type: ignore[attr-defined]
    assert duty_creation.planning_due(campaign) == timedelta()
    plan(campaign)

    with campaign.reading() as tx:
        added = tx.scalars(select(Duty.period).order_by(Duty.id).offset(before)).all()
    assert set(added) <= {"2026-10", "2026-Q4", "2026-W40"}  # the day after is a holiday: no daily dispatch


def test_what_was_due_before_the_first_plan_is_nobodys_omission(campaign: App) -> None:
    plan(campaign)
    campaign.clock.advance(days=1)  # type: ignore[attr-defined]
    plan(campaign)

    with campaign.reading() as tx:
        early = tx.scalars(select(Duty.title).where(Duty.due_at <= campaign.clock() - timedelta(days=1))).all()
        yearly = tx.scalars(select(Duty.period).where(Duty.kind == "responsibility_letter")).all()
    assert (list(early), [period for period in yearly if period == "2026"]) == ([], [])  # due on 31 March


def test_an_outage_loses_no_period(campaign: App) -> None:
    plan(campaign)
    wind(campaign, shanghai("2026-12-02T09:00"))

    for period in ("2026-09", "2026-10", "2026-11", "2026-12"):
        assert the_duty(campaign, "leader_hear", period, "leader-street")
    assert the_duty(campaign, "leader_hear", "2026-10", "leader-street").missed_at == shanghai("2026-11-01T00:00")


def test_schedulers_that_plan_and_begin_at_once_create_and_start_each_duty_once(campaign: App) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: plan(campaign), range(4)))
    campaign.clock.now = shanghai("2026-09-25T12:00")  # type: ignore[attr-defined]
    with ThreadPoolExecutor(4) as pool:
        begun = sum(pool.map(lambda _: sum(duty_creation.begin_next(campaign) for _ in range(5)), range(4)))

    with campaign.reading() as tx:
        started = tx.scalar(select(func.count(Duty.instance_id)))
        twice = tx.execute(select(Duty.kind).group_by(Duty.kind, Duty.subject, Duty.period).having(func.count() > 1))
        assert twice.all() == []
    assert begun == started > 0


def test_a_leader_is_reminded_hands_in_evidence_and_the_office_checks_it(campaign: App, person: Person) -> None:
    plan(campaign)
    wind(campaign, shanghai("2026-09-25T09:00"))
    duty, leader = the_duty(campaign, "leader_hear", "2026-09", "leader-street"), person(campaign, "leader-street")
    with campaign.reading() as tx:
        told = select(Notice.recipient).where(Notice.subject.contains(duty.title))
        assert tx.scalars(told).all() == ["leader-street"]

    shown = duties.give_evidence(campaign, duty.id, note="九月二十四日听取汇报，纪要附后", files=[], viewer=leader)
    assert (shown.state, shown.submitted_by) == ("submitted", "leader-street")
    [check] = [task for task in queries.tasks(campaign, person(campaign, OFFICE)).items if task["element"] == "check"]
    tasks.complete(campaign, check["id"], {"passed": True, "check_opinion": "属实"}, viewer=person(campaign, OFFICE))

    assert duties.show(campaign, duty.id, viewer=leader).state == "done"
    with pytest.raises(Conflict, match="已履职"):
        duties.give_evidence(campaign, duty.id, note="再交一次", files=[], viewer=leader)
    with pytest.raises(Conflict):
        duties.excuse(campaign, duty.id, reason="停产", viewer=leader)


def test_evidence_before_the_reminder_begins_the_duty(campaign: App, person: Person) -> None:
    plan(campaign)
    duty, head = the_duty(campaign, "sector_analysis", "2026-09", "police_station"), "head-police-station"

    shown = duties.give_evidence(campaign, duty.id, note="九月形势会商研判", files=[], viewer=person(campaign, head))

    assert shown.state == "submitted"


def test_a_visit_proves_the_monthly_check_without_a_second_entry(campaign: App, person: Person) -> None:
    plan(campaign)
    given = {"place": "P019", "kind": "网格巡查", "result": "未发现问题"}
    visits.create(campaign, given, viewer=person(campaign, "inspector-qs-02"))

    wind(campaign, shanghai("2026-10-01T00:00"), "monthly_check")

    assert the_duty(campaign, "monthly_check", "2026-09", "P019").state == "done"
    assert the_duty(campaign, "monthly_check", "2026-09", "P020").state == "missed"


def test_what_was_not_done_is_listed_and_may_be_made_up(campaign: App, person: Person) -> None:
    plan(campaign)
    leader = person(campaign, "leader-street")
    wind(campaign, shanghai("2026-10-01T00:00"))
    duty = the_duty(campaign, "leader_hear", "2026-09", "leader-street")

    missing = duties.list_duties(campaign, leader, missing=True, kind="leader_hear").items
    assert {row.subject for row in missing} == {"leader-street", "leader-street-2"}
    duties.give_evidence(campaign, duty.id, note="十月八日补开", files=[], viewer=leader)
    [check] = [
        task for task in queries.tasks(campaign, person(campaign, OFFICE), size=200).items
        if task["business_key"] == f"ZZ-{duty.id}"
    ]  # fmt: skip
    tasks.complete(campaign, check["id"], {"passed": True, "check_opinion": "属实"}, viewer=person(campaign, OFFICE))

    assert duties.show(campaign, duty.id, viewer=leader).state == "late"


def test_an_office_excuses_a_duty_before_and_after_it_began(campaign: App, person: Person) -> None:
    plan(campaign)
    early = the_duty(campaign, "boss_check", "2026-Q3", "P008")
    office = person(campaign, "clerk-safety-office")
    begun = the_duty(campaign, "leader_hear", "2026-09", "leader-street")

    assert duties.excuse(campaign, early.id, reason="停产检修", viewer=office).state == "excused"
    wind(campaign, shanghai("2026-09-25T09:00"))
    assert duties.excuse(campaign, begun.id, reason="外出培训", viewer=office).reason == "外出培训"
    with pytest.raises(NotAllowed):
        duties.excuse(campaign, begun.id, reason="外出", viewer=person(campaign, "discipline-discipline-office"))


def test_a_stranger_sees_no_duty_of_others_and_hands_in_nothing(campaign: App, person: Person) -> None:
    plan(campaign)
    duty, stranger = the_duty(campaign, "leader_hear", "2026-09"), person(campaign, "officer-education-bureau")

    seen = duties.list_duties(campaign, stranger, size=200).items
    assert {row.unit for row in seen if row.place is None} == {"education_bureau"}
    for act in (
        lambda: duties.show(campaign, duty.id, viewer=stranger),
        lambda: duties.give_evidence(campaign, duty.id, note="我来代办", files=[], viewer=stranger),
        lambda: duties.excuse(campaign, duty.id, reason="不办", viewer=stranger),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_duty_that_wants_photos_takes_no_evidence_without_or_with_anothers_file(
    campaign: App, person: Person
) -> None:
    plan(campaign)
    duty, owner = the_duty(campaign, "boss_check", "2026-Q3", "P001"), person(campaign, "owner-e-p001")

    with pytest.raises(Invalid):
        duties.give_evidence(campaign, duty.id, note="九月自查完成", files=[], viewer=owner)
    with pytest.raises(Invalid, match="不是您上传的"):
        duties.give_evidence(campaign, duty.id, note="九月自查完成", files=["nothing"], viewer=owner)


def test_the_office_opens_the_files_of_a_duty_that_it_checks_and_a_stranger_does_not(
    campaign: App, person: Person
) -> None:
    plan(campaign)
    duty, owner = the_duty(campaign, "boss_check", "2026-Q3", "P001"), person(campaign, "owner-e-p001")
    photo = evidence.add(campaign, PHOTO, filename="自查.jpg", viewer=owner)
    clerk = person(campaign, "clerk-safety-office")
    with pytest.raises(NotFound):
        evidence.read(campaign, photo.id, viewer=clerk)

    given = duties.give_evidence(campaign, duty.id, note="九月自查完成", files=[photo.id], viewer=owner)

    assert given.files == [photo.id]
    assert evidence.read(campaign, photo.id, viewer=clerk)[1] == PHOTO
    with pytest.raises(NotFound):
        evidence.read(campaign, photo.id, viewer=person(campaign, "inspector-gh-02"))
