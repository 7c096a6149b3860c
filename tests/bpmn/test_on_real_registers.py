"""The shipped chain against real registers on both databases: papers, measures and closing as rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Incident, Task
from engine.campaign import interviews
from engine.campaign.case_model import Assignment, Deadline, Hazard, Measure, Rung
from engine.campaign.demo.journey import Journey, Step
from engine.campaign.model import Place
from engine.campaign.report_model import Interview
from engine.errors import Conflict
from tests.bpmn.sealing import DRAFT, FACTS, STEPS
from tests.copies import States
from tests.engine.campaign.conftest import write_campaign

NUMBER = "YQ-2026-0977"
CLERK, INSPECTOR, SECRETARY = "clerk-safety-office", "inspector-gh-01", "secretary-gh"


@pytest.fixture
def journey(app: App, states: States) -> Journey:
    """The sample registers and the shipped diagrams on the morning of 2026-09-07."""
    journey = Journey(app, local("2026-09-07 09:00"))
    app.clock = journey.clock
    states.begin(app, write_campaign)
    return journey


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


def drive(journey: Journey, at: str, do: str, by: str, **values: Any) -> None:
    journey.drive([Step(local(at), NUMBER, do, by, values)])


def registered(journey: Journey, app: App, code: str = "SQ-2") -> None:
    """A hazard found on 7 September, given to the community, signed and in rectification."""
    place = a_place(app)
    drive(journey, "2026-09-07 09:00", "register", INSPECTOR, place=place, code=code, text="外窗封闭，未留逃生口。")
    drive(journey, "2026-09-07 09:30", "classify", CLERK, valid=True, suspected=False, fixable_now=False)
    drive(journey, "2026-09-07 10:00", "assign", CLERK, holder_unit="GH", requirement="开设逃生口")
    drive(journey, "2026-09-07 11:00", "sign", SECRETARY, signed=True)


def a_place(app: App) -> str:
    with app.reading() as tx:
        return tx.scalars(select(Place.id).where(Place.grid == "GH-01").order_by(Place.id)).first() or ""


def rows(app: App, table: type[Any]) -> list[Any]:
    with app.reading() as tx:
        found = list(tx.scalars(select(table).where(table.hazard == NUMBER).order_by(table.id)))
        tx.expunge_all()
        return found


def officer(app: App) -> tuple[str, str]:
    """The unit the case was transferred to, and the login of one of its officers."""
    unit = next(row.to_unit for row in rows(app, Assignment) if row.kind == "移交")
    return unit, f"officer-{unit.replace('_', '-')}"


def nothing_failed(app: App) -> bool:
    with app.reading() as tx:
        return tx.scalar(select(Incident.id).limit(1)) is None


def sealed(journey: Journey, app: App) -> tuple[str, str]:
    """A refusal that ended in a seal on 7 September: the department that decided, and its officer."""
    registered(journey, app)
    drive(
        journey,
        "2026-09-07 15:00",
        "rectify",
        SECRETARY,
        outcome="refused",
        rectified_note="拒绝",
        refusal_evidence="视频 V-17",
    )
    unit, who = officer(app)
    drive(journey, "2026-09-07 15:30", "sign_transfer", who, transfer_outcome="sign")
    drive(journey, "2026-09-07 16:00", "answer_transfer", who, answer_action="责令停用", answer_text="拒不停用")
    drive(journey, "2026-09-07 16:10", "review_answer", CLERK, next_step="seal", seal_reason="存在现实危险")
    head = f"head-{unit.replace('_', '-')}"
    drive(journey, "2026-09-07 16:20", "examine", who, **FACTS)
    drive(journey, "2026-09-07 16:30", "decide_seal", who, measure_kind="查封", seal_opinion="危险现实存在")
    drive(journey, "2026-09-07 16:40", "draft_seal", who, **DRAFT, seal_collective="集体讨论决定")
    drive(journey, "2026-09-07 16:50", "approve_seal", head, head_decision="approve", head_opinion="同意")
    drive(journey, "2026-09-07 17:00", "execute_seal", who, executed_at="2026-09-07T16:55:00+08:00",
          seal_officers=f"{who} {who}-2", **STEPS)  # fmt: skip
    return unit, who


def test_a_refusal_leads_to_a_seal_that_the_department_decides_extends_and_lifts(journey: Journey, app: App) -> None:
    unit, who = sealed(journey, app)
    (measure,) = rows(app, Measure)

    assert (measure.organ, measure.ends_at, measure.decide_by, measure.warn_at) == (
        unit, local("2026-10-08 00:00"), local("2026-10-01 00:00"), local("2026-09-22 08:30"),
    )  # fmt: skip

    head = f"head-{unit.replace('_', '-')}"
    drive(journey, "2026-09-22 10:00", "lift_seal", who, seal_outcome="extend", seal_note="案情复杂", seal_extra=30)
    drive(journey, "2026-09-22 11:00", "approve_extension", head, extension_approved=True, extension_opinion="同意")
    drive(journey, "2026-09-23 10:00", "lift_extended", who, seal_outcome="lift", seal_note="隐患已消除",
          lift_ground="不再需要")  # fmt: skip
    (measure,) = rows(app, Measure)

    assert (measure.ends_at, measure.lifted_at) == (local("2026-11-07 00:00"), local("2026-09-23 10:00"))
    assert [row.kind for row in rows(app, Assignment)] == ["交办", "移交", "协办", "查封提请"]
    assert nothing_failed(app)


def test_a_hazard_under_seal_cannot_be_closed_until_the_seal_is_lifted(journey: Journey, app: App) -> None:
    unit, who = sealed(journey, app)
    drive(journey, "2026-09-08 09:00", "photo_before", INSPECTOR)
    drive(journey, "2026-09-08 10:00", "rectify", SECRETARY, outcome="done", rectified_note="已开设逃生口")
    drive(journey, "2026-09-08 10:50", "photo_after", INSPECTOR)
    drive(journey, "2026-09-08 11:00", "recheck", INSPECTOR, result="pass", opinion="逐间合格")
    drive(journey, "2026-09-08 12:00", "close_review", CLERK, approved=True, close_opinion="同意")
    head = f"head-{unit.replace('_', '-')}"  # what was transferred is closed with the department's approval
    drive(journey, "2026-09-08 13:00", "approve_closure", head, department_approved=True, department_opinion="同意",
          approver="本人")  # fmt: skip
    with app.reading() as tx:
        assert tx.scalar(select(Task.element).where(Task.element == "fill_gaps", Task.status == "open")) is not None
    drive(journey, "2026-09-08 15:00", "lift_seal", who, seal_outcome="lift", seal_note="隐患已消除",
          lift_ground="不再需要")  # fmt: skip
    drive(journey, "2026-09-08 16:00", "fill_gaps", CLERK, gap_note="查封已解除")

    with app.reading() as tx:
        hazard = tx.scalars(select(Hazard).where(Hazard.number == NUMBER)).one()
        assert hazard.closed_at == local("2026-09-08 16:00")
    assert nothing_failed(app)


def test_a_second_failed_recheck_resets_the_supervision_and_transfers(journey: Journey, app: App) -> None:
    registered(journey, app)
    for day, opinion in (("2026-09-08", "一间未开"), ("2026-09-10", "仍有一间未开")):
        drive(journey, f"{day} 10:00", "rectify", SECRETARY, outcome="done", rectified_note="已开设")
        drive(journey, f"{day} 11:00", "recheck", INSPECTOR, result="fail", opinion=opinion)
    supervise = {"at": "2026-09-10 15:00", "do": "sign_supervision", "by": "leader-street", "supervision_n": 3}
    with pytest.raises(Conflict, match="不得写“责令”"):  # asked in a called process too: the street only supervises
        drive(journey, **supervise, supervision_opinion="责令停产停业")
    drive(journey, **supervise, supervision_opinion="限三日")

    assert [row.step for row in rows(app, Rung)] == ["E2", "E3"]
    found = [(row.kind, row.clock, row.state) for row in rows(app, Deadline)]
    assert found == [
        ("整改", "T2", "open"),
        ("交办签收", "T51", "met"),
        ("复查", "T7.local", "met"),
        ("复查", "T7.local", "met"),
        ("移交签收", "T49", "open"),
        ("督办", "T2.supervise", "open"),
    ]
    assert nothing_failed(app)


def test_eight_working_days_over_it_is_transferred_and_the_enterprise_is_talked_to_once(
    journey: Journey, app: App
) -> None:
    """Table D5: E3 with a talk; the supervision that nobody signed puts nothing off."""
    registered(journey, app)
    journey.wind_to(local("2026-09-24 09:00"))
    assert [row.step for row in rows(app, Rung)] == ["E1", "E2", "E3"]
    with app.transaction() as tx:
        (talk,) = tx.scalars(select(Interview)).all()
        assert (talk.hazards, talk.audience, talk.opened_by) == ([NUMBER], "object", "engine")
        assert "逾期 8 个工作日以上" in talk.reason
        first = select(Task.element).where(Task.instance_id == talk.instance_id, Task.status == "open")
        assert tx.scalars(first).all() == ["notify_talk"]
        again = interviews.begin_in(tx, app, tx.get_one(Hazard, NUMBER), reason="又一次", now=app.clock())
        assert again is None, "one about this hazard is open"
    assert nothing_failed(app)
