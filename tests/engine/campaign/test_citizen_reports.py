"""Reports from the public on both databases: from the public door to the hazard, the answer and the reward."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import instances, messages, tasks, timers
from engine.bpm.model import Event, Incident, Instance, Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import citizen_reports, hazards, people, public_reports, reporters, rewards
from engine.campaign.case_model import Evidence
from engine.campaign.demo.photos import photo
from engine.campaign.report_model import CitizenReport, ReportAlarm
from engine.errors import Conflict, NotAllowed, NotFound
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
CLERK, OFFICER, HEAD = "clerk-safety-office", "officer-fire-rescue", "head-fire-rescue"
REPORT = {
    "text": "三楼安全出口上锁，我住在三单元", "category": "安全出口和疏散通道", "place_text": "桂花路 1 号",
    "name": "示例举报人", "phone": "13900000000",
}  # fmt: skip


@pytest.fixture
def number(campaign: App, clock: FakeClock) -> str:
    """A report that came through the public door on Monday 2026-10-12, 09:00 Shanghai time."""
    clock.now = datetime(2026, 10, 12, 1, tzinfo=UTC)
    public_reports.submit(campaign, REPORT, address="192.0.2.1", key="k")
    with campaign.reading() as tx:
        return tx.scalars(select(CitizenReport.number)).one()


def do(app: App, element: str, by: str, **values: Any) -> None:
    """Complete the open task at this element, and deliver what was thrown."""
    with app.reading() as tx:
        task = tx.scalars(select(Task).where(Task.element == element, Task.status == "open")).one()
    tasks.complete(app, task.id, values, viewer=people.viewer(people.show(app, by)))
    while messages.deliver_next(app):
        pass


def accepted(app: App, category: str = REPORT["category"]) -> None:
    do(app, "accept", CLERK, accept_outcome="accept", category=category, casualties=False, danger_now=False)


def verified(app: App, **values: Any) -> None:
    found = {"outcome": "substantiated", "place": "P020", "code": "RF-01", "hazard_text": "安全出口上锁"} | values
    do(app, "verify", OFFICER, **found)


def answered(app: App) -> None:
    do(app, "answer", OFFICER, reply_text="您反映的情况属实，已督促整改。", reply_way="查询码")


def row(app: App, number: str) -> CitizenReport:
    with app.reading() as tx:
        return tx.get_one(CitizenReport, number)


def test_a_verified_report_becomes_a_hazard_and_is_answered_and_rewarded(
    campaign: App, clock: FakeClock, number: str, person: Person
) -> None:
    code = public_reports.new_code(campaign, REPORT, "k")
    public_reports.add_photo(campaign, code, photo("report", clock.now), address="192.0.2.1")
    accepted(campaign)
    assert "2026-10-13" in public_reports.follow(campaign, code, address="192.0.2.1").message
    verified(campaign)
    do(campaign, "material", OFFICER, material_text="经现场核查，安全出口上锁属实。", measures_needed=True)
    do(campaign, "sign_material", HEAD, signed=True, sign_opinion="同意")
    answered(campaign)

    done = row(campaign, number)
    assert (done.outcome, done.joined, done.signed_by) == ("substantiated", False, HEAD)
    found = hazards.show(campaign, str(done.hazard), viewer=Viewer("root", admin=True))
    assert (found.source, found.finder, found.stage) == ("群众举报", OFFICER, "核实分级")
    with campaign.reading() as tx:
        assert tx.scalar(select(Evidence.kind).where(Evidence.hazard == done.hazard)) == "photo_before"
        assert tx.scalar(select(Incident.message)) is None
    progress = public_reports.follow(campaign, code, address="192.0.2.1")
    assert (progress.state, progress.photos) == ("已查实，正在整改", 1)
    assert progress.reply == "您反映的情况属实，已督促整改。"
    limits = {limit.kind: (limit.state, str(limit.due_date)) for limit in citizen_reports.show(
        campaign, number, viewer=person(campaign, OFFICER)).limits}  # fmt: skip
    assert limits == {"核查": ("met", "2026-10-13"), "答复": ("met", "2026-11-02")}

    asked = rewards.ask(campaign, number, fine=100_000, note="", viewer=person(campaign, CLERK))
    assert asked.suggested == 15_000
    with pytest.raises(Conflict):
        rewards.ask(campaign, number, fine=0, note="", viewer=person(campaign, CLERK))
    do(campaign, "decide_reward", "leader-street", reward_approved=True, reward_amount=15000, reward_reason="查实")
    do(campaign, "pay_reward", CLERK, reward_paid=True, reward_voucher="DEMO-1")
    paid = rewards.show(campaign, number, viewer=person(campaign, CLERK))
    assert (paid.amount, paid.voucher, paid.ended_by) == (15000, "DEMO-1", CLERK)
    with campaign.reading() as tx:
        assert tx.scalar(select(Instance.status).where(Instance.id == done.instance_id)) == "terminated"


def test_a_stopped_clock_puts_off_the_limits_of_a_report_with_its_tasks(
    campaign: App, clock: FakeClock, number: str, person: Person
) -> None:
    accepted(campaign)
    instance, officer = str(row(campaign, number).instance_id), person(campaign, OFFICER)
    before = {limit.kind: limit.due_at for limit in citizen_reports.show(campaign, number, viewer=officer).limits}
    instances.suspend(campaign, instance, by="root", reason="等待鉴定", clock="stopped")
    clock.advance(days=3)
    instances.resume(campaign, instance, by="root", reason="鉴定完成")

    limits = citizen_reports.show(campaign, number, viewer=officer).limits
    now = {limit.kind: limit.due_at for limit in limits if limit.state == "open"}
    assert now == {kind: due_at + timedelta(days=3) for kind, due_at in before.items()}
    with campaign.reading() as tx:
        assert tx.scalar(select(Task.due_at).where(Task.element == "verify", Task.status == "open")) == now["核查"]


def test_a_second_report_of_the_same_joins_the_open_hazard(campaign: App, number: str) -> None:
    accepted(campaign)
    verified(campaign)
    first = row(campaign, number).hazard
    do(campaign, "material", OFFICER, material_text="经现场核查，安全出口上锁属实。", measures_needed=False)
    public_reports.submit(campaign, REPORT | {"text": "还是锁着"}, address="192.0.2.2")
    accepted(campaign)
    verified(campaign)
    second = row(campaign, "JB-2026-0002")
    assert (second.hazard, second.joined) == (first, True)


def test_a_place_that_does_not_exist_is_corrected_and_stops_nothing(campaign: App, number: str) -> None:
    accepted(campaign)
    verified(campaign, place="P999")
    verified(campaign, code="ZZ-99")
    with campaign.reading() as tx:
        assert tx.scalar(select(Incident.message)) is None
        problem = tx.get_one(Instance, row(campaign, number).instance_id).variables["verify_problem"]
    assert "ZZ-99" in problem and row(campaign, number).hazard is None
    verified(campaign)
    assert row(campaign, number).hazard is not None


def test_who_reported_is_for_the_handling_group_alone_and_each_look_is_an_event(
    campaign: App, number: str, person: Person, root: Viewer
) -> None:
    seen = reporters.look(campaign, number, viewer=person(campaign, CLERK))
    assert (seen.name, seen.phone) == ("示例举报人", "13900000000")
    accepted(campaign)
    for name in (CLERK, "leader-street", HEAD):
        with pytest.raises(NotAllowed, match="第七十三条"):
            reporters.look(campaign, number, viewer=person(campaign, name))
    with pytest.raises(NotAllowed):
        reporters.look(campaign, number, viewer=root)
    with pytest.raises(NotFound):
        reporters.look(campaign, number, viewer=person(campaign, "officer-market-bureau"))
    assert reporters.look(campaign, number, viewer=person(campaign, OFFICER)).phone == "13900000000"
    with campaign.reading() as tx:
        looks = tx.scalars(select(Event.actor).where(Event.event == reporters.LOOKED).order_by(Event.id))
        assert list(looks) == [CLERK, OFFICER]


def test_who_reported_is_in_no_variable_event_notice_or_view(
    campaign: App, clock: FakeClock, number: str, root: Viewer
) -> None:
    clock.advance(days=2)
    while timers.fire_next(campaign):
        pass
    accepted(campaign)
    clock.advance(days=30)
    while timers.fire_next(campaign):
        pass
    with campaign.reading() as tx:
        told = [str(dict(row)) for kind in (Instance, Event, Task, Notice) for row in
                tx.execute(select(*kind.__table__.columns)).mappings()]  # fmt: skip
        alarms = set(tx.scalars(select(ReportAlarm.kind)))
    shown = str(citizen_reports.show(campaign, number, viewer=root))
    assert alarms == {"受理", "核查", "答复"}
    assert len(told) > 10
    for secret in ("示例举报人", "13900000000"):
        assert [text for text in [*told, shown] if secret in text or json.dumps(secret)[1:-1] in text] == []


def test_the_receiver_objects_once_within_five_working_days_and_the_committee_decides(
    campaign: App, clock: FakeClock, number: str, person: Person
) -> None:
    accepted(campaign)
    officer = person(campaign, OFFICER)
    with pytest.raises(NotAllowed):
        citizen_reports.object_to(campaign, number, clause="c", reason="r", viewer=person(campaign, CLERK))
    citizen_reports.object_to(campaign, number, clause="消防法第五十三条", reason="归派出所", viewer=officer)
    do(campaign, "arbitrate", "clerk-safety-committee-office", arbitration="move", new_receiver="police_station",
       arbitration_reason="派出所日常监督")  # fmt: skip
    assert (row(campaign, number).receiver, row(campaign, number).handler) == (
        "police_station", "officer@police_station"
    )  # fmt: skip
    police = person(campaign, "officer-police-station")
    with pytest.raises(Conflict, match="只能一次"):
        citizen_reports.object_to(campaign, number, clause="c", reason="r", viewer=police)


def test_an_objection_after_five_working_days_is_refused_with_the_rule(
    campaign: App, clock: FakeClock, number: str, person: Person
) -> None:
    accepted(campaign)
    clock.now = datetime(2026, 10, 19, 16, tzinfo=UTC)  # 24:00 of the fifth working day
    with pytest.raises(Conflict, match="2026-10-19"):
        citizen_reports.object_to(campaign, number, clause="c", reason="r", viewer=person(campaign, OFFICER))


def test_a_fire_report_is_never_put_off_and_another_once(
    campaign: App, clock: FakeClock, number: str, person: Person
) -> None:
    accepted(campaign)
    with pytest.raises(Conflict, match="二十日"):
        citizen_reports.extend(campaign, number, reason="忙", viewer=person(campaign, OFFICER))
    public_reports.submit(campaign, REPORT | {"category": "其他"}, address="192.0.2.2")
    accepted(campaign, "其他")
    clerk, then = person(campaign, CLERK), clock.now
    clock.now = datetime(2026, 12, 11, 16, tzinfo=UTC)  # 24:00 of the last day
    with pytest.raises(Conflict, match=r"申请延期太晚.*于 2026-12-11 届满.*信访工作条例"):
        citizen_reports.extend(campaign, "JB-2026-0002", reason="检测", viewer=clerk)
    clock.now = then
    citizen_reports.extend(campaign, "JB-2026-0002", reason="检测", viewer=clerk)
    do(campaign, "approve_extension", "leader-street", extension_approved=True, extension_opinion="同意")
    shown = citizen_reports.show(campaign, "JB-2026-0002", viewer=clerk)
    assert [(limit.state, str(limit.due_date)) for limit in shown.limits if limit.kind == "答复"] == [
        ("replaced", "2026-12-11"), ("open", "2027-01-11"),
    ]  # fmt: skip
    with pytest.raises(Conflict, match="一次"):
        citizen_reports.extend(campaign, "JB-2026-0002", reason="检测", viewer=clerk)
