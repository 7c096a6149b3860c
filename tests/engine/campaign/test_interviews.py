"""What is found in the records (D11), who sees it, who decides, and the talk that follows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.app import App
from engine.bpm import messages, tasks
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import candidates, hazard_tracing, hazards, interviews, people, tracing
from engine.campaign.case_model import Assignment, Deadline, Finding, Hazard
from engine.campaign.model import Visit
from engine.campaign.report_model import Candidate
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
CLERK, DISCIPLINE = "clerk-safety-office", "discipline-discipline-office"
NOW = datetime(2026, 10, 12, 1, tzinfo=UTC)


@pytest.fixture
def history(campaign: App, clock: FakeClock, root: Viewer) -> App:
    """One month with something of everything that D11 looks for."""
    clock.now = NOW - timedelta(days=20)
    numbers = [
        hazards.register(campaign, {"place": "P020", "code": code, "text": "示例"}, viewer=root).number
        for code in ("RF-01", "RF-04", "RF-05")
    ]
    clock.now = NOW
    late = NOW - timedelta(days=3)
    with campaign.transaction() as tx:
        for place, number in enumerate(numbers):
            row = tx.get_one(Hazard, number)
            row.holder_unit = "WH"
            limit: dict[str, Any] = {"n": 7, "unit": "d", "roll": "F", "trace": [], "opened_at": late, "due_at": late,
                                     "due_on": late.date(), "start_at": late, "state": "open"}  # fmt: skip
            tx.add(Deadline(hazard=number, kind="整改", **limit))
            if place == 0:
                tx.add(Deadline(hazard=number, kind="督办", **limit))
                tx.add(Finding(hazard=number, kind="拒不整改", at=late, text="拒绝", detail={}))
            if place < 2:
                tx.add(Assignment(hazard=number, kind="交办", number=f"示例{place}", from_unit="safety_office",
                                  to_unit="WH", sent_at=late, sign_due_at=late))  # fmt: skip
        major = tx.get_one(Hazard, numbers[2])
        major.is_major, major.source = True, "上级交办"
        tx.add(Visit(kind="网格巡查", place="P020", at=major.found_at - timedelta(days=9), people=["inspector-wh-01"],
                     result="未发现问题", created_at=late, created_by="inspector-wh-01"))  # fmt: skip
    return campaign


def found(app: App) -> list[tuple[str, str]]:
    with app.reading() as tx:
        return sorted((row.reason, row.fact.split(":")[0]) for row in tx.scalars(select(Candidate)))


def test_each_fact_becomes_one_candidate_once(history: App, clock: FakeClock) -> None:
    wanted = [
        ("拒不整改", "refusal"), ("未签收", "unsigned"), ("查不出", "not_found"), ("超期", "overdue"),
        ("超期", "supervision"),
    ]  # fmt: skip
    assert search(history) == len(wanted)
    assert found(history) == sorted(wanted)
    assert search(history) == 0


def test_a_recurrence_within_ninety_days_of_closure_is_found(history: App, clock: FakeClock, root: Viewer) -> None:
    with history.transaction() as tx:
        first = tx.scalars(select(Hazard).where(Hazard.code == "RF-01")).one()
        first.closed_at = NOW - timedelta(days=1)
    hazards.register(history, {"place": "P020", "code": "RF-01", "text": "又堵了"}, viewer=root)
    search(history)
    assert ("虚假整改", "recurrence") in found(history)


def search(app: App) -> int:
    with app.transaction() as tx:
        return tracing.find_in(tx, app, NOW)


def test_schedulers_that_wake_at_once_search_once(history: App, clock: FakeClock) -> None:
    clock.now = NOW
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tracing.find_next, [history] * 4))  # none of them fails
    once = found(history)
    assert once and len(set(once)) == len(once)
    assert search(history) == 0


def test_the_search_runs_once_a_day_from_six_o_clock(history: App, clock: FakeClock) -> None:
    clock.now = datetime(2026, 10, 11, 21, tzinfo=UTC)  # 05:00
    assert tracing.until_next(history) == timedelta(hours=1)
    clock.now = NOW
    assert tracing.until_next(history) <= timedelta()
    assert tracing.find_next(history) is False
    assert found(history) != []
    assert tracing.until_next(history) == timedelta(hours=21)


def test_only_the_two_offices_see_candidates_and_a_person_decides(history: App, person: Person) -> None:
    search(history)
    for name in ("leader-street", "secretary-wh", "officer-fire-rescue"):
        with pytest.raises(NotAllowed):
            candidates.list_candidates(history, person(history, name))
    discipline = person(history, DISCIPLINE)
    first = candidates.list_candidates(history, discipline).items[0]
    with pytest.raises(Invalid):
        candidates.dismiss(history, first.id, reason=" ", viewer=discipline)
    assert candidates.dismiss(history, first.id, reason="已核实", viewer=discipline).decided_by == DISCIPLINE
    with pytest.raises(Conflict, match=DISCIPLINE):
        candidates.dismiss(history, first.id, reason="再说", viewer=person(history, CLERK))


def test_a_cadre_is_talked_to_by_the_discipline_office_alone(history: App, person: Person, root: Viewer) -> None:
    values = {"audience": "cadre", "step": "约谈", "reason": "三件超期", "unit": "WH"}
    for viewer in (person(history, CLERK), person(history, "leader-street"), root):
        with pytest.raises(NotAllowed, match="D9"):
            interviews.start(history, values, viewer=viewer)
    made = interviews.start(history, values, viewer=person(history, DISCIPLINE), key="1")
    assert interviews.start(history, values, viewer=person(history, DISCIPLINE), key="1").number == made.number
    with pytest.raises(NotFound):
        interviews.show(history, made.number, viewer=person(history, CLERK))
    with pytest.raises(Invalid, match="只能约谈"):
        interviews.start(history, values | {"step": "曝光"}, viewer=person(history, DISCIPLINE))


def test_a_talk_with_an_enterprise_is_held_and_followed_up(history: App, person: Person) -> None:
    search(history)
    clerk = person(history, CLERK)
    ids = [row.id for row in candidates.list_candidates(history, clerk).items]
    values = {"audience": "object", "step": "约谈", "reason": "三件超期", "place": "P020", "candidates": ids}
    made = interviews.start(history, values, viewer=clerk)
    assert candidates.list_candidates(history, clerk).total == 0 and made.hazards
    with pytest.raises(Conflict):
        interviews.start(history, values, viewer=clerk)
    for element, given in (
        ("notify_talk", {"talk_on": "2026-10-15", "talk_place": "会议室", "talk_matter": "三件超期"}),
        ("hold_talk", {"talk_outcome": "held", "talk_record": "表态整改", "talk_decisions": "十日内整改",
                       "follow_on": "2026-10-26"}),
        ("follow_up", {"followed": True, "follow_note": "已销号"}),
    ):  # fmt: skip
        with history.reading() as tx:
            task = tx.scalars(select(Task).where(Task.element == element, Task.status == "open")).one()
        tasks.complete(history, task.id, given, viewer=people.viewer(people.show(history, CLERK)))
        while messages.deliver_next(history):
            pass
    done = interviews.show(history, made.number, viewer=clerk)
    assert done.closed_at is not None
    assert [(step.kind, str(step.on_day)) for step in done.steps] == [
        ("约谈通知", "2026-10-15"), ("约谈", "2026-10-26"), ("已落实", "None"),
    ]  # fmt: skip


def test_the_tracing_report_has_everything_and_who_looked(history: App, person: Person) -> None:
    search(history)
    with history.reading() as tx:
        number = tx.scalars(select(Hazard.number).where(Hazard.code == "RF-05")).one()
    with pytest.raises(NotAllowed):
        hazard_tracing.trace(history, number, viewer=person(history, "leader-street"))
    with pytest.raises(NotFound):
        hazard_tracing.trace(history, number, viewer=person(history, "officer-market-bureau"))
    hazard_tracing.trace(history, number, viewer=person(history, CLERK))
    made = hazard_tracing.trace(history, number, viewer=person(history, DISCIPLINE))
    assert [look["by"] for look in made.looks] == [CLERK, DISCIPLINE]
    assert [each["reason"] for each in made.candidates] == ["查不出"]
    assert "未发现问题" in {visit["result"] for visit in made.visits}
    assert made.deadlines and made.tasks and made.story and made.hazard["number"] == number
    with pytest.raises(NotFound):
        hazard_tracing.trace(history, "YQ-2026-0999", viewer=person(history, CLERK))


def test_another_part_adds_a_candidate_once(campaign: App) -> None:
    with campaign.transaction() as tx:
        for _ in range(2):
            candidates.add(tx, "虚假整改", unit="WH", at=NOW, detail={"photo": "同一张照片"})
        assert tx.scalar(select(func.count()).select_from(Candidate)) == 1
        with pytest.raises(Invalid):
            candidates.add(tx, "别的", at=NOW, detail={})
