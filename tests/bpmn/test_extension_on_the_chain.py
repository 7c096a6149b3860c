"""More time that was asked for in time and granted after the limit: the chain goes by the new limit."""

from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Notice, Task
from engine.campaign import reminding
from engine.campaign.case_model import Assignment, Deadline, Rung
from engine.campaign.demo.journey import Journey
from tests.bpmn.test_on_real_registers import (
    CLERK,
    INSPECTOR,
    SECRETARY,
    drive,
    journey,
    local,
    nothing_failed,
    registered,
    rows,
)

__all__ = ["journey"]

LEADER = "leader-street"
ASKED = {"extension_n": 15, "extension_unit": "d", "extension_reason": "配件未到"}


def states(app: App, kind: str) -> list[str]:
    return [row.state for row in rows(app, Deadline) if row.kind == kind]


def open_tasks(app: App) -> set[str]:
    with app.reading() as tx:
        return set(tx.scalars(select(Task.element).where(Task.status == "open")))


def overdue(journey: Journey, app: App, until: str) -> None:
    """Due on 14 September; more time is asked for on the 8th, and nobody decides."""
    registered(journey, app)
    drive(journey, "2026-09-08 15:00", "send:extension_requested", SECRETARY, **ASKED)
    journey.wind_to(local(until))


def rungs(app: App) -> list[str]:
    return [row.step for row in rows(app, Rung)]


def test_what_was_granted_late_takes_the_supervision_back_that_the_old_limit_brought(
    journey: Journey, app: App
) -> None:
    overdue(journey, app, "2026-09-17 09:00")
    assert rungs(app) == ["E1", "E2"] and open_tasks(app) == {"rectify", "approve_extension", "sign_supervision"}
    drive(journey, "2026-09-17 10:00", "approve_extension", LEADER, extension_approved=True, extension_n=15)
    assert open_tasks(app) == {"rectify"} and states(app, "整改") == ["replaced", "open"]
    journey.wind_to(local("2026-09-29 23:00"))
    assert rungs(app) == ["E1", "E2"]
    journey.wind_to(local("2026-09-30 08:30"))
    assert rungs(app) == ["E1", "E2", "E1"], "the new limit has passed: the chain begins anew"
    assert nothing_failed(app)


def test_a_signed_supervision_ends_with_the_extension_and_hands_nothing_over(journey: Journey, app: App) -> None:
    overdue(journey, app, "2026-09-17 09:00")
    drive(journey, "2026-09-17 09:30", "sign_supervision", LEADER, supervision_n=2, supervision_opinion="限二日")
    drive(journey, "2026-09-17 10:00", "approve_extension", LEADER, extension_approved=True, extension_n=15)
    assert states(app, "督办") == ["replaced"]
    [paper] = [row for row in rows(app, Assignment) if row.kind == "督办"]
    assert paper.closed_at == local("2026-09-17 10:00") and "延期已获批准" in paper.answer
    journey.wind_to(local("2026-09-29 23:00"))
    assert rungs(app) == ["E1", "E2"] and open_tasks(app) == {"rectify"}
    assert nothing_failed(app)


def test_a_supervision_for_a_failed_re_inspection_stays(journey: Journey, app: App) -> None:
    registered(journey, app)
    drive(journey, "2026-09-08 10:00", "rectify", SECRETARY, outcome="done", rectified_note="已改")
    drive(journey, "2026-09-08 11:00", "recheck", INSPECTOR, result="fail", opinion="不合格")
    drive(journey, "2026-09-08 12:00", "sign_supervision", LEADER, supervision_n=2, supervision_opinion="限二日")
    drive(journey, "2026-09-08 15:00", "send:extension_requested", SECRETARY, **ASKED)
    drive(journey, "2026-09-08 16:00", "approve_extension", LEADER, extension_approved=True, extension_n=15)
    assert states(app, "督办") == ["open"] and rungs(app) == ["E2"]


def test_whoever_decides_about_more_time_is_warned_before_and_alarmed_after(journey: Journey, app: App) -> None:
    overdue(journey, app, "2026-09-08 16:00")
    told: dict[str, list[str]] = {}
    for at in ("2026-09-09 09:00", "2026-09-10 09:30", "2026-09-11 09:00"):
        journey.wind_to(local(at))
        while reminding.send_next(app):
            pass
    with app.reading() as tx:
        about = select(Notice).where(Notice.subject.contains("延期审批")).order_by(Notice.created_at)
        for notice in tx.scalars(about):
            told.setdefault(notice.recipient, []).append(notice.subject.split("：")[1])
    assert told[LEADER] == told[CLERK] and [text[:8] for text in told[LEADER]] == [
        "办理期限还剩 1", "办理期限今天届满", "办理期限已过，仍",
    ]  # fmt: skip
