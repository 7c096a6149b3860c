"""The process of the plan tasks: reported, accepted, frozen, told; a bulletin proves itself when it is frozen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from engine.app import App
from engine.bpm import tasks, timers
from engine.bpm.model import Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import duty_creation, snapshots
from engine.campaign.duty_model import Duty
from engine.campaign.snapshot_model import Snapshot, TaskReport
from engine.errors import Invalid

Person = Callable[[App, str], Viewer]
OFFICE = "clerk-safety-committee-office"
LEAD = "clerk-fire-service-center"  # leads task 4
GIVEN = {"progress": "滞后", "evidence_note": "九小场所排查完成六成", "problems": "夜间留宿反复"}


def wind(app: App, moment: datetime, kind: str, subject: str | None = None) -> Duty:
    """Move on with the duties of one kind only, begin them, fire what is due; answers the duty."""
    app.clock.now = moment  # type: ignore[attr-defined]
    while duty_creation.create_ahead(app):
        pass
    with app.transaction() as tx:
        other = (Duty.kind != kind) | (Duty.subject != subject if subject else False)
        tx.execute(delete(Duty).where(other, Duty.instance_id.is_(None), Duty.state == "open"))
    while duty_creation.begin_next(app):
        pass
    while timers.fire_next(app):
        pass
    with app.reading() as tx:
        return tx.scalars(select(Duty).where(Duty.kind == kind).order_by(Duty.id).limit(1)).one()


def the_task(app: App, duty: Duty, element: str) -> str:
    with app.reading() as tx:
        return tx.scalars(
            select(Task.id).where(Task.instance_id == duty.instance_id, Task.element == element, Task.status == "open")
        ).one()


def state(app: App, duty: Duty) -> str:
    with app.reading() as tx:
        return tx.get_one(Duty, duty.id).state


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_a_task_is_reported_collected_and_frozen(campaign: App, person: Person) -> None:
    duty = wind(campaign, at("2026-09-28T09:30"), "plan_task", "04")
    assert duty.instance_id
    with pytest.raises(Invalid):
        tasks.complete(
            campaign, the_task(campaign, duty, "evidence"), {"evidence_note": "没有进度"}, viewer=person(campaign, LEAD)
        )
    tasks.complete(campaign, the_task(campaign, duty, "evidence"), GIVEN, viewer=person(campaign, LEAD))
    assert state(campaign, duty) == "submitted"
    refusal = {"passed": False, "check_opinion": "没有下步打算"}
    tasks.complete(campaign, the_task(campaign, duty, "check"), refusal, viewer=person(campaign, OFFICE))
    more = {**GIVEN, "next_steps": "组织夜查"}
    tasks.complete(campaign, the_task(campaign, duty, "evidence"), more, viewer=person(campaign, LEAD))
    accept: dict[str, Any] = {"passed": True, "check_opinion": "属实"}
    tasks.complete(campaign, the_task(campaign, duty, "check"), accept, viewer=person(campaign, OFFICE))
    assert state(campaign, duty) == "done"
    with campaign.reading() as tx:
        kept = tx.scalars(select(TaskReport)).one()
        frozen = tx.scalars(select(Snapshot)).one()
        told = set(tx.scalars(select(Notice.recipient).where(Notice.subject.contains("已核收并冻结"))))
    assert (kept.plan_task, kept.progress, kept.next_steps, kept.snapshot) == (4, "滞后", "组织夜查", frozen.id)
    assert (frozen.form, frozen.period, frozen.frozen_by) == ("task-04", "2026-09", OFFICE)
    assert {row["key"] for row in frozen.rows["figures"]} >= {"stock", "growth", "zero", "on_time"}
    assert told  # the leader and the units that support the task
    month = snapshots.report(campaign, "monthly", person(campaign, OFFICE), live=True)
    rows = next(one["rows"] for one in month["tables"] if one["key"] == "tasks")
    assert [row[0] for row in rows] == [4] and rows[0][-1] == "已核收"


def test_what_is_not_reported_by_the_end_of_the_month_is_listed(campaign: App, person: Person) -> None:
    wind(campaign, at("2026-09-28T09:30"), "plan_task", "04")
    duty = wind(campaign, at("2026-10-01T00:00"), "plan_task", "04")
    assert state(campaign, duty) == "missed"
    month = snapshots.report(campaign, "monthly", person(campaign, OFFICE), period="2026-09")
    rows = next(one["rows"] for one in month["tables"] if one["key"] == "unreported")
    assert [(row[1], row[2]) for row in rows] == [("消防安全服务中心", "2026-09")]


def test_the_quarterly_bulletin_is_signed_and_frozen_or_proven_by_what_is_frozen(campaign: App, person: Person) -> None:
    duty = wind(campaign, at("2026-09-24T09:00"), "quarter_bulletin")
    tasks.complete(campaign, the_task(campaign, duty, "evidence"), GIVEN, viewer=person(campaign, OFFICE))
    sign = {"passed": True, "check_opinion": "同意印发"}
    tasks.complete(campaign, the_task(campaign, duty, "check"), sign, viewer=person(campaign, "leader-street"))
    found = snapshots.report(campaign, "quarterly", person(campaign, OFFICE), period="2026-Q3")
    assert found["frozen"]["by"] == "leader-street" and state(campaign, duty) == "done"


def test_a_bulletin_frozen_by_hand_needs_no_second_report(campaign: App, person: Person) -> None:
    campaign.clock.now = at("2026-09-10T09:00")  # type: ignore[attr-defined]
    snapshots.freeze(campaign, "quarterly", viewer=person(campaign, OFFICE))
    duty = wind(campaign, at("2026-09-24T09:00"), "quarter_bulletin")
    assert state(campaign, duty) == "done"
    with campaign.reading() as tx:
        assert "第 1 版" in tx.get_one(Duty, duty.id).proof
