"""Transfers on both databases: to whom, signed, given back once, ruled, answered, and what the chain hears of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Incident, Task
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, competence, evidence, hazards, people, transfers
from engine.campaign.case_model import Hazard, Rung
from engine.campaign.demo.journey import Journey
from engine.campaign.demo.photos import photo
from engine.campaign.transfer_views import TransferView
from engine.errors import Conflict, Invalid, NotAllowed, NotFound


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def journey(campaign: App) -> Journey:
    """The sample registers, the shipped diagrams, and one hazard at a small restaurant on 2026-10-12 09:00."""
    journey = Journey(campaign, local("2026-10-12 09:00"))
    campaign.clock = journey.clock
    values = {"place": "P019", "code": "RF-05", "text": "插线板串接"}
    hazards.register(campaign, values, viewer=who(campaign, "clerk-safety-office"))
    return journey


def who(app: App, name: str) -> Viewer:
    return people.viewer(people.show(app, name))


def hazard_of(app: App) -> str:
    with app.reading() as tx:
        return tx.scalars(select(Hazard.number)).one()


def begun(app: App, **more: Any) -> TransferView:
    values = {"hazard": hazard_of(app), "reason": "现场拒不配合", **more}
    return transfers.start(app, values, viewer=who(app, "clerk-safety-office"))


def officer(app: App, unit: str | None) -> Viewer:
    return who(app, f"officer-{(unit or '').replace('_', '-')}")


def open_tasks(app: App) -> set[str]:
    with app.reading() as tx:
        assert tx.scalar(select(Incident.message).limit(1)) is None
        return set(tx.scalars(select(Task.element).where(Task.status == "open")))


def test_the_street_gives_a_hazard_to_the_lead_of_table_d3_without_waiting(journey: Journey, app: App) -> None:
    made = begun(app)

    lead = next(each.unit for each in made.competent if each.lead)
    assert (made.number, made.state, made.unit) == ("YJ-2026-0001", "待签收", lead)
    assert made.letter == "青街安移〔2026〕1号"
    assert (made.due_at, made.sign_due_at) == (local("2026-10-14 00:00"), local("2026-10-14 00:00"))
    assert made.opened_by == "clerk-safety-office"
    assert "sign_transfer" in open_tasks(app)


def test_signed_answered_and_reviewed_it_is_over(journey: Journey, app: App) -> None:
    made = begun(app, requested="建议吊销")
    department, clerk = officer(app, made.unit), who(app, "clerk-safety-office")
    signed = transfers.sign(app, made.number, viewer=department)
    assert (signed.state, signed.due_at) == ("待答复", local("2026-10-20 00:00"))
    file = evidence.add(app, photo("decision", journey.clock()), filename="决定书.jpg", viewer=department)
    said = transfers.answer(
        app, made.number, decision="立案查处", text="已立案", document="示例〔2026〕1号", files=[file.id],
        viewer=department,
    )  # fmt: skip
    assert (said.state, said.decision, said.answer_number, said.files) == (
        "待研判", "立案查处", "示例〔2026〕1号", [file.id],
    )  # fmt: skip
    assert [found.id for found in evidence.list_evidence(app, said.hazard, viewer=clerk)] == [file.id]
    assert "立案" in hazards.show(app, said.hazard, viewer=clerk).overlays
    over = transfers.review(app, made.number, next_step="track", viewer=clerk)
    assert (over.state, over.due_at, over.overdue, over.answer) == ("已办结", None, False, "立案查处：已立案")
    assert not {"sign_transfer", "answer_transfer", "review_answer"} & open_tasks(app)
    assert begun(app).number == "YJ-2026-0002"  # the next one is possible


def test_a_body_without_the_duty_is_refused_quoting_the_table(journey: Journey, app: App) -> None:
    with pytest.raises(Invalid) as refusal:
        begun(app, body="education_bureau")
    assert "D3" in refusal.value.message and "安全生产法第六十九条" in refusal.value.message
    assert "安委办" in refusal.value.message  # and who may decide otherwise
    with pytest.raises(Invalid):
        begun(app, body="nowhere")
    assert transfers.list_transfers(app, who(app, "clerk-safety-office")).total == 0


def test_another_of_the_bodies_in_the_table_may_be_chosen(journey: Journey, app: App) -> None:
    with app.reading() as tx:
        able = competence.bodies(competence.rows_for(tx, app, tx.get_one(Hazard, hazard_of(app))))
    assert len(able) > 1
    made = begun(app, body=able[1])
    assert made.unit == able[1]
    assert {each.unit for each in made.competent} == set(able)


def returned(app: App) -> TransferView:
    made = begun(app)
    return transfers.give_back(
        app, made.number, clause="消防法第五十三条", reason="属于消防职责", viewer=officer(app, made.unit)
    )


def test_a_department_gives_it_back_once_and_the_ruling_binds(journey: Journey, app: App) -> None:
    back = returned(app)
    assert (back.state, back.returned_from, back.return_clause) == ("待裁定", back.unit, "消防法第五十三条")
    assert back.due_at == local("2026-10-15 00:00")  # two working days
    ruled = transfers.arbitrate(
        app, back.number, body="education_bureau", reason="行业主管", viewer=who(app, "clerk-safety-committee-office")
    )
    assert (ruled.state, ruled.unit, ruled.ruling, ruled.may_return) == (
        "待签收", "education_bureau", "行业主管", False,
    )  # fmt: skip
    assert ruled.letter == "青街安移〔2026〕2号"
    assert "sign_ruled" in open_tasks(app) and "sign_transfer" not in open_tasks(app)
    second = officer(app, "education_bureau")
    with pytest.raises(Conflict) as refusal:
        transfers.give_back(app, back.number, clause="某条", reason="仍不属本部门", viewer=second)
    assert "T46" in refusal.value.message and "一次" in refusal.value.message
    assert transfers.sign(app, back.number, viewer=second).state == "待答复"


def test_the_chain_hears_of_the_return_and_of_the_new_department(journey: Journey, app: App) -> None:
    back = returned(app)
    transfers.arbitrate(
        app, back.number, body="fire_rescue", reason="消防牵头", viewer=who(app, "clerk-safety-committee-office")
    )
    journey._deliver()
    journey.wind_to(local("2026-10-14 08:30"))
    assert "district_supervision" in open_tasks(app)
    with app.reading() as tx:
        assert [(rung.step, rung.at) for rung in tx.scalars(select(Rung))] == [("E2b", local("2026-10-14 08:30"))]


def test_after_five_working_days_it_can_only_be_signed(journey: Journey, app: App) -> None:
    made = begun(app)
    journey.wind_to(local("2026-10-20 00:00"))
    shown = transfers.show(app, made.number, viewer=officer(app, made.unit))
    assert (shown.may_return, shown.overdue) == (False, True)
    with pytest.raises(Conflict) as refusal:
        transfers.give_back(app, made.number, clause="某条", reason="不属本部门", viewer=officer(app, made.unit))
    assert "T46" in refusal.value.message and "2026-10-19" in refusal.value.message
    assert transfers.sign(app, made.number, viewer=officer(app, made.unit)).state == "待答复"


def test_a_return_after_the_limit_is_refused_also_before_a_scheduler_woke(journey: Journey, app: App) -> None:
    made = begun(app)
    app.clock = lambda: local("2026-10-20 09:00")
    with pytest.raises(Conflict) as refusal:
        transfers.give_back(app, made.number, clause="某条", reason="不属本部门", viewer=officer(app, made.unit))
    assert "T46" in refusal.value.message


def test_a_signed_transfer_cannot_be_given_back(journey: Journey, app: App) -> None:
    made = begun(app)
    transfers.sign(app, made.number, viewer=officer(app, made.unit))
    with pytest.raises(Conflict):
        transfers.give_back(app, made.number, clause="某条", reason="不属本部门", viewer=officer(app, made.unit))


def test_where_the_table_names_nobody_the_committees_office_does_with_a_reason(journey: Journey, app: App) -> None:
    clerk = who(app, "clerk-safety-office")
    number = hazards.register(app, {"place": "P019", "code": "RF-06", "text": "未演练"}, viewer=clerk).number
    made = transfers.start(app, {"hazard": number, "reason": "未演练"}, viewer=clerk)
    assert (made.state, made.unit, made.letter, made.competent) == ("待指定", None, None, [])
    office = who(app, "clerk-safety-committee-office")
    with pytest.raises(Invalid) as refusal:
        transfers.arbitrate(app, made.number, body="education_bureau", reason=" ", viewer=office)
    assert {found["field"] for found in refusal.value.problems or ()} == {"reason"}
    for body in ("GH-01", "street", "safety_office", "district"):
        with pytest.raises(Invalid, match="不能承接移交"):
            transfers.arbitrate(app, made.number, body=body, reason="就近", viewer=office)
    named = transfers.arbitrate(app, made.number, body="education_bureau", reason="行业主管", viewer=office)
    assert (named.state, named.unit, named.ruling) == ("待签收", "education_bureau", "行业主管")
    assert named.may_return  # it was named, not ruled upon: it may still be given back once


def test_each_sees_its_own_and_a_stranger_learns_nothing(journey: Journey, app: App) -> None:
    back = returned(app)
    transfers.arbitrate(
        app, back.number, body="fire_rescue", reason="消防牵头", viewer=who(app, "clerk-safety-committee-office")
    )
    seeing = ("clerk-safety-office", "clerk-safety-committee-office", "leader-street", "officer-fire-rescue")
    for name in seeing:
        assert transfers.list_transfers(app, who(app, name)).total == 1, name
    assert transfers.show(app, back.number, viewer=officer(app, back.unit)).number == back.number  # it sent it back
    for name in ("officer-housing-bureau", "secretary-wh"):
        stranger = who(app, name)
        assert transfers.list_transfers(app, stranger).total == 0, name
        for act in (transfers.show, transfers.sign):
            with pytest.raises(NotFound):
                act(app, back.number, viewer=stranger)


def test_the_office_cannot_sign_for_a_department_nor_a_department_rule(journey: Journey, app: App) -> None:
    made = begun(app)
    with pytest.raises(NotAllowed):
        transfers.sign(app, made.number, viewer=who(app, "clerk-safety-office"))
    back = transfers.give_back(
        app, made.number, clause="消防法第五十三条", reason="属于消防职责", viewer=officer(app, made.unit)
    )
    with pytest.raises(NotAllowed):
        transfers.arbitrate(app, back.number, body="fire_rescue", reason="消防", viewer=officer(app, made.unit))


def test_a_department_and_a_grid_inspector_cannot_begin_one(journey: Journey, app: App) -> None:
    made = begun(app)
    transfers.sign(app, made.number, viewer=officer(app, made.unit))
    values = {"hazard": made.hazard, "reason": "再移交"}
    with pytest.raises(NotAllowed):
        transfers.start(app, values, viewer=officer(app, made.unit))
    with pytest.raises(NotFound):
        transfers.start(app, values, viewer=who(app, "officer-housing-bureau"))


def test_while_one_runs_a_second_is_refused_and_a_closed_hazard_has_none(journey: Journey, app: App) -> None:
    made = begun(app)
    with pytest.raises(Conflict) as refusal:
        begun(app)
    assert made.number in refusal.value.message
    with app.transaction() as tx:
        assignments.close_all(tx, made.hazard, journey.clock())
        tx.get_one(Hazard, made.hazard).closed_at = journey.clock()
    assert transfers.show(app, made.number, viewer=who(app, "clerk-safety-office")).state == "已办结"
    with pytest.raises(Conflict):
        begun(app)


def test_a_repeated_request_answers_the_first(journey: Journey, app: App) -> None:
    values, clerk = {"hazard": hazard_of(app), "reason": "拒不配合"}, who(app, "clerk-safety-office")
    first, again = (transfers.start(app, values, viewer=clerk, key="k") for _ in range(2))
    assert first.number == again.number
    department = officer(app, first.unit)
    why = {"clause": "某条", "reason": "不属本部门", "viewer": department, "key": "back"}
    assert transfers.give_back(app, first.number, **why).state == "待裁定"
    assert transfers.give_back(app, first.number, **why).state == "待裁定"
    with pytest.raises(Conflict):
        transfers.sign(app, first.number, viewer=department, key="other")


def test_a_file_of_somebody_else_is_no_answer(journey: Journey, app: App) -> None:
    made = begun(app)
    department = officer(app, made.unit)
    transfers.sign(app, made.number, viewer=department)
    stolen = evidence.add(
        app, photo("other", journey.clock()), filename="x.jpg", viewer=who(app, "officer-housing-bureau")
    )
    for id in (stolen.id, "nothing"):
        with pytest.raises(Invalid):
            transfers.answer(app, made.number, decision="责令改正", text="已责令", files=[id], viewer=department)
    assert transfers.show(app, made.number, viewer=department).state == "待答复"


def test_the_list_is_narrowed_by_unit_state_overdue_and_hazard(journey: Journey, app: App) -> None:
    made, clerk = begun(app), who(app, "clerk-safety-office")

    def found(**wanted: Any) -> int:
        return transfers.list_transfers(app, clerk, **wanted).total

    assert (found(unit=made.unit), found(unit="housing_bureau")) == (1, 0)
    assert (found(hazard=made.hazard), found(hazard="YQ-2026-0999")) == (1, 0)
    assert {state: found(state=state) for state in ("待指定", "待签收", "待裁定", "待答复", "待研判", "已办结")} == {
        "待指定": 0, "待签收": 1, "待裁定": 0, "待答复": 0, "待研判": 0, "已办结": 0,
    }  # fmt: skip
    assert (found(overdue=True), found(overdue=False)) == (0, 1)
    journey.wind_to(local("2026-10-14 00:00"))
    assert (found(overdue=True), found(overdue=False)) == (1, 0)


def test_of_two_that_act_at_once_one_does_and_the_other_is_told(journey: Journey, app: App) -> None:
    def outcomes(act: Callable[[], TransferView]) -> list[str]:
        def tried(_: int) -> str:
            try:
                return act().state
            except Conflict:
                return "conflict"

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(tried, range(2)))

    assert outcomes(lambda: begun(app)) == ["conflict", "待签收"]
    found = transfers.list_transfers(app, who(app, "clerk-safety-office"))
    [made] = found.items
    department = officer(app, made.unit)
    assert outcomes(lambda: transfers.sign(app, made.number, viewer=department)) == ["conflict", "待答复"]
