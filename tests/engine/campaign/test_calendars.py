"""Holiday tables that people save: the trial shows what saving does, who may, two at once, and who else must hear."""

import json
import random
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import definitions, instances, queries
from engine.bpm.viewer import Viewer
from engine.campaign import calendars
from engine.campaign.calendar_model import HolidayTable
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.holidays import statutory_holidays
from engine.testing import FakeClock
from tests.engine.bpm.test_rescheduling import COUNTED, UNKNOWN

ROOT, STRANGER = Viewer("root", admin=True), Viewer("stranger")
HOW = {"source": "国办发明电〔2026〕7号", "reason": "通知已公布"}


def text_of(year: int, off: dict[date, str], working: dict[date, str] | None = None) -> str:
    rows = [{"name": name, "from": day.isoformat()} for day, name in sorted(off.items())]
    works = [{"name": name, "day": day.isoformat()} for day, name in sorted((working or {}).items())]
    return json.dumps({"year": year, "off": rows, "working": works})


def october(year: int) -> str:
    """The holidays themselves, a long October, and one weekend that works."""
    off = statutory_holidays(year) | {date(year, 10, day): "国庆节" for day in range(1, 9)}
    return text_of(year, off, {date(2027, 10, 9): "国庆节"} if year == 2027 else {})


@pytest.fixture
def counted(app: App, clock: FakeClock) -> dict[str, Any]:
    """A case whose dates reach into a year without a holiday table."""
    definitions.deploy(app, {"counted.bpmn": COUNTED}, by="test")
    clock.now = UNKNOWN
    return instances.start(app, "counted", {}, by="li", business_key="YQ-2027-0901")


def due(app: App, case: dict[str, Any]) -> tuple[datetime, bool]:
    task = queries.instance(app, ROOT, case["id"])["tasks"][0]
    return task["due_at"], task["provisional"]


def test_a_trial_shows_what_moves_from_when_to_when_and_changes_nothing(app: App, counted: dict[str, Any]) -> None:
    before, version = due(app, counted), app.calendar_version
    shown = calendars.trial(app, 2027, october(2027), viewer=ROOT)
    assert (shown.correction, shown.version, shown.effect.failed) == (False, 0, [])
    assert [(one.what, one.number, one.title) for one in shown.effect.moved] == [
        ("timer", "YQ-2027-0901", "remind"), ("task", "YQ-2027-0901", "work"),
    ]  # fmt: skip
    assert shown.effect.moved[1].after == datetime(2027, 10, 11, 16, 0, tzinfo=UTC)
    group = shown.groups[0]
    assert (group["what_name"], group["to_day"], group["n"]) == ("任务", date(2027, 10, 11), 1)
    assert (due(app, counted), app.calendar_version) == (before, version)
    assert 2027 not in app.calendar.published_years


def test_saving_does_what_the_trial_showed_and_says_who_and_why(app: App, counted: dict[str, Any]) -> None:
    shown = calendars.trial(app, 2027, october(2027), viewer=ROOT)
    done = calendars.save(app, 2027, october(2027), version=0, **HOW, viewer=ROOT)
    assert asdict(done.effect) == asdict(shown.effect)
    assert due(app, counted) == (datetime(2027, 10, 11, 16, 0, tzinfo=UTC), False)
    old = queries.timers(app, ROOT, counted["id"]).items[0]
    assert (old["status"], old["changed_by"], HOW["source"] in old["reason"]) == ("replaced", "root", True)
    year = calendars.show(app, 2027, viewer=STRANGER)
    assert (year.state, year.version, year.by, year.source) == ("official", 1, "root", HOW["source"])
    assert year.working == [{"day": date(2027, 10, 9), "name": "国庆节"}]
    (kept,) = calendars.versions(app, 2027, viewer=STRANGER)
    assert (kept.by, kept.reason) == ("root", "通知已公布")


def test_the_trial_equals_saving_for_any_table(app: App, clock: FakeClock) -> None:
    """A year after the other, cases on random days, random tables: what was shown is what happens, date for date."""
    definitions.deploy(app, {"counted.bpmn": COUNTED}, by="test")
    draw = random.Random(20271001)
    for year in range(2027, 2033):
        clock.now = datetime(year, draw.randint(1, 12), draw.randint(1, 28), 2, 0, tzinfo=UTC)
        case = instances.start(app, "counted", {}, by="li")
        near = [clock.now.date() + timedelta(days=n) for n in range(1, 8)]
        off = statutory_holidays(year) | {day: "多放" for day in near if day.year == year and draw.random() < 0.5}
        weekends = [day for day in near if day.weekday() >= 5 and day.year == year and day not in off]
        text = text_of(year, off, {day: "多放" for day in weekends if draw.random() < 0.5})
        shown = calendars.trial(app, year, text, viewer=ROOT)
        done = calendars.save(app, year, text, version=0, **HOW, viewer=ROOT)
        assert asdict(done) == {**asdict(shown), "version": 1}
        (task,) = queries.instance(app, ROOT, case["id"])["tasks"]
        moved = {one.after for one in done.effect.moved if one.what == "task"}
        assert moved in (set(), {task["due_at"]})


def test_a_table_is_refused_when_somebody_saved_before_or_nothing_is_new(app: App) -> None:
    calendars.save(app, 2027, october(2027), version=0, **HOW, viewer=ROOT)
    with pytest.raises(Conflict, match="root 已保存第 1 版"):
        calendars.save(app, 2027, october(2027), version=0, **HOW, viewer=ROOT)
    with pytest.raises(Invalid, match="一致"):
        calendars.save(app, 2027, october(2027), version=1, **HOW, viewer=ROOT)
    with pytest.raises(Invalid):
        calendars.save(app, 2027, october(2027), version=1, source=" ", reason="x", viewer=ROOT)
    with pytest.raises(Invalid):
        calendars.save(app, 2027, october(2027), version=1, source="x", reason=" ", viewer=ROOT)
    other = text_of(2027, statutory_holidays(2027))
    assert calendars.save(app, 2027, other, version=1, **HOW, viewer=ROOT).version == 2


def test_only_an_admin_tries_and_saves_tables_and_everybody_sees_them(app: App) -> None:
    for act in (
        lambda: calendars.trial(app, 2027, october(2027), viewer=STRANGER),
        lambda: calendars.save(app, 2027, october(2027), version=0, **HOW, viewer=STRANGER),
    ):
        with pytest.raises(NotAllowed, match="导入放假安排"):
            act()
    years = {row.year: row.state for row in calendars.list_years(app, STRANGER)}
    assert (years[2026], years[2027]) == ("official", "provisional")
    with pytest.raises(NotFound):
        calendars.show(app, 1900, viewer=ROOT)


def test_another_process_counts_with_the_table_and_what_it_missed_is_settled(
    app: App, clock: FakeClock, counted: dict[str, Any]
) -> None:
    stale = app.calendar
    calendars.save(app, 2027, october(2027), version=0, **HOW, viewer=ROOT)
    app.calendar = stale  # a process that has not looked yet
    late = instances.start(app, "counted", {}, by="li")
    assert due(app, late)[1]
    app.calendar_version, app.calendar_looked = 0, None
    calendars.keep_fresh(app)
    assert 2027 in app.calendar.published_years
    assert (calendars.settling_due(app) or timedelta()) > timedelta()
    assert not calendars.settle_next(app)
    with app.transaction() as tx:
        tx.scalars(select(HolidayTable)).one().saved_at -= calendars.SETTLE
    assert calendars.settle_next(app)
    assert not due(app, late)[1]
    assert (calendars.settle_next(app), calendars.settling_due(app)) == (False, None)


def test_a_case_that_cannot_be_counted_stops_no_other_and_is_named(app: App, counted: dict[str, Any]) -> None:
    other = instances.start(app, "counted", {}, by="li", business_key="YQ-2027-0902")
    with app.transaction() as tx:
        tx.get_one(instances.Instance, counted["id"]).state = b"{}"
    done = calendars.save(app, 2027, october(2027), version=0, **HOW, viewer=ROOT)
    assert done.effect.failed == ["YQ-2027-0901"]
    assert due(app, other)[1] is False
