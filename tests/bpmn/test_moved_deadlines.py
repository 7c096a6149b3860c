"""The shipped chain when due moments move: an admin extends, a clock is stopped, a holiday table arrives."""

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import instances, messages, rescheduling
from engine.bpm.model import Task
from engine.bpm.rescheduling import Why
from engine.bpm.viewer import Viewer
from engine.calendar import Calendar
from engine.campaign import calendars, hazards
from engine.campaign.case_model import Deadline, Hazard, Rung
from engine.campaign.demo.journey import Journey
from tests.bpmn.test_on_real_registers import (
    CLERK,
    INSPECTOR,
    NUMBER,
    SECRETARY,
    a_place,
    drive,
    journey,
    local,
    nothing_failed,
    registered,
    rows,
)

__all__ = ["journey"]
ROOT = Viewer("root", admin=True)


def task_of(app: App, element: str) -> Task:
    with app.reading() as tx:
        return tx.scalars(select(Task).where(Task.element == element, Task.status == "open")).one()


def case_id(app: App) -> str:
    with app.reading() as tx:
        return tx.scalars(select(Hazard.instance_id).where(Hazard.number == NUMBER)).one() or ""


def test_an_extension_by_an_admin_moves_the_register_and_the_chain_with_the_task(journey: Journey, app: App) -> None:
    registered(journey, app)
    (was,) = [row for row in rows(app, Deadline) if row.kind == "整改"]
    task = task_of(app, "rectify")
    assert task.due_at == was.due_at
    later = was.due_at + timedelta(days=14)
    rescheduling.move_task(app, task.id, later, Why("root", "板材定制", "本地规则第三条"))
    old, new = [row for row in rows(app, Deadline) if row.kind == "整改"]
    assert (old.state, old.replaced_by, old.reason, old.actor) == ("replaced", new.id, "板材定制", "root")
    assert (new.state, new.due_at, new.clause) == ("open", later, "本地规则第三条")
    assert "板材定制" in new.trace[-1]
    assert messages.deliver_next(app)  # the chain hears of it
    journey.wind_to(later - timedelta(minutes=1))
    assert rows(app, Rung) == []
    journey.wind_to(later + timedelta(days=3))
    assert rows(app, Rung)
    assert nothing_failed(app)


def test_a_stopped_clock_puts_off_the_limits_in_the_register_and_the_chain(journey: Journey, app: App) -> None:
    registered(journey, app)
    (was,) = [row for row in rows(app, Deadline) if row.kind == "整改"]
    journey.wind_to(local("2026-09-08 09:00"))
    instances.suspend(app, case_id(app), by="root", reason="等待鉴定", clock="stopped")
    journey.wind_to(local("2026-10-28 09:00"))
    assert rows(app, Rung) == []
    shown = hazards.show(app, NUMBER, viewer=ROOT)
    assert (shown.lamp, shown.lamp_reason[:2], shown.overlays) == ("green", "挂起", ())
    assert hazards.list_hazards(app, ROOT, lamp="green").total == 1
    instances.resume(app, case_id(app), by="root", reason="鉴定完毕")
    put_off = was.due_at + timedelta(days=50)
    _, new = [row for row in rows(app, Deadline) if row.kind == "整改"]
    assert (new.state, new.due_at) == ("open", put_off)
    assert task_of(app, "rectify").due_at == put_off
    journey.wind_to(put_off - timedelta(minutes=1))
    assert rows(app, Rung) == []
    journey.wind_to(put_off + timedelta(days=3))
    assert rows(app, Rung)
    assert nothing_failed(app)


def test_a_limit_that_is_put_off_before_anybody_signs_is_the_one_they_get(journey: Journey, app: App) -> None:
    place = a_place(app)
    drive(journey, "2026-09-07 09:00", "register", INSPECTOR, place=place, code="SQ-2", text="外窗封闭，未留逃生口。")
    drive(journey, "2026-09-07 09:30", "classify", CLERK, valid=True, suspected=False, fixable_now=False)
    drive(journey, "2026-09-07 10:00", "assign", CLERK, holder_unit="GH", requirement="开设逃生口")
    (was,) = [row for row in rows(app, Deadline) if row.kind == "整改"]
    instances.suspend(app, case_id(app), by="root", reason="等待鉴定", clock="stopped")
    journey.wind_to(local("2026-09-27 10:00"))
    instances.resume(app, case_id(app), by="root", reason="鉴定完毕")
    drive(journey, "2026-09-27 11:00", "sign", SECRETARY, signed=True)
    assert task_of(app, "rectify").due_at == was.due_at + timedelta(days=20)


@pytest.fixture
def known_until_2025(app: App) -> Calendar:
    """An installation to which the table of 2026 has not come yet; answers today's calendar."""
    full = app.calendar
    app.calendar = Calendar(
        {day: name for day, name in full._off.items() if day.year < 2026},
        {day: name for day, name in full._working.items() if day.year < 2026},
        full.published_years - {2026},
    )
    return full


def test_a_table_that_arrives_moves_limits_that_were_counted_without_it(
    known_until_2025: Calendar, journey: Journey, app: App
) -> None:
    registered(journey, app)
    (was,) = [row for row in rows(app, Deadline) if row.kind == "整改"]
    assert was.provisional
    app.calendar = known_until_2025.extended(
        2026, {was.due_on + timedelta(days=days): "国庆节" for days in range(-1, 3)}, {}
    )
    assert rescheduling.reproject(app) >= 1
    old, new = [row for row in rows(app, Deadline) if row.kind == "整改"]
    assert (old.state, old.reason) == ("replaced", rescheduling.TABLE_ARRIVED)
    assert (new.state, new.provisional) == ("open", False)
    assert new.due_on > was.due_on
    assert task_of(app, "rectify").due_at == new.due_at
    assert rescheduling.reproject(app) == 0
    journey.wind_to(new.due_at - timedelta(minutes=1))
    assert rows(app, Rung) == []
    assert nothing_failed(app)


def test_a_corrected_table_moves_limits_that_were_final_as_the_trial_showed(journey: Journey, app: App) -> None:
    """The Spring Festival of 2020 was made longer when it had begun; and people mistype."""
    registered(journey, app)
    (was,) = [row for row in rows(app, Deadline) if row.kind == "整改"]
    assert not was.provisional
    off, working = app.calendar.table(2026)
    off |= {was.due_on + timedelta(days=days): "国庆节" for days in range(-1, 3)}
    text = json.dumps(
        {
            "off": [{"name": name, "from": day.isoformat()} for day, name in sorted(off.items())],
            "working": [day.isoformat() for day in sorted(set(working) - set(off))],
        }
    )
    shown = calendars.trial(app, 2026, text, viewer=ROOT)
    assert shown.correction
    assert ("deadline", "整改") in {(one.what, one.title) for one in shown.effect.moved}
    done = calendars.save(app, 2026, text, version=0, source="更正通知", reason="假期延长", viewer=ROOT)
    assert asdict(done.effect) == asdict(shown.effect)
    old, new = [row for row in rows(app, Deadline) if row.kind == "整改"]
    assert (old.state, old.actor, "更正通知" in old.reason) == ("replaced", "root", True)
    assert new.due_on > was.due_on
    assert task_of(app, "rectify").due_at == new.due_at
    assert nothing_failed(app)
