"""The written mandate of an absent head on both databases: what a substitute approves with it, what is kept, printed
and told, what stays with the head in person, and every way round it that was thought of.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import substitution, tasks
from engine.bpm.model import Event, Task
from engine.bpm.viewer import Viewer
from engine.campaign import (
    caps,
    document_approval,
    document_printing,
    document_types,
    documents,
    events,
    heads,
    inspections,
    mandates,
    measure_list,
    people,
    powers,
    register_audit,
    substitutes,
    units,
)
from engine.campaign.case_model import Finding
from engine.campaign.clearances import DEPARTMENT, write_in
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.campaign.sight import existing
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.engine.campaign.test_court_cases import ASKED, PAPERS, SIGNED
from tests.engine.campaign.test_court_cases import Cast as Court
from tests.engine.campaign.test_crime_cases import Cast as Crime
from tests.engine.campaign.test_document_powers import SCENE
from tests.engine.campaign.test_inspections import OFFICERS, asked
from tests.engine.campaign.test_measures import HEAD, NUMBER, OFFICER, SECOND, Case
from tests.engine.campaign.test_order_extensions import answer, ask
from tests.engine.campaign.test_started_clocks import APPROVED, ORDER, cast, paper
from tests.engine.campaign.test_stop_and_cut import CUT, decided

__all__ = ["cast"]
Person = Callable[[App, str], Viewer]
LETTER = "青应急授〔2026〕3号"
APPROVE = {"head_decision": "approve", "head_opinion": "同意"}


def away(app: App, head: str = HEAD, substitute: str = SECOND, mandate: str | None = LETTER, **scope: Any) -> str:
    """The head is away for a week; answers the substitution."""
    now, by = app.clock(), people.viewer(people.show(app, head))
    span = {"starts_at": now, "ends_at": now + timedelta(days=7), "reason": "出差", **scope}
    return str(substitutes.make(app, by=by, person=None, substitute=substitute, mandate=mandate, **span)["id"])


def acting(app: App, name: str) -> Viewer:
    """Somebody as they come in over HTTP, with whom they stand in for."""
    return replace(people.viewer(people.show(app, name)), stands_in=substitutes.of(app, name, app.clock()))


def complete(app: App, element: str, by: str, **values: Any) -> None:
    with app.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
    tasks.complete(app, task, values, viewer=acting(app, by))


def audit(app: App) -> list[tuple[str, str, str]]:
    found = register_audit.search(app, noun="mandate")["items"]
    return [(row["key"], row["by"], row["reason"]) for row in found]


def test_a_seal_is_approved_for_the_head_by_mandate_and_says_so_everywhere(campaign: App) -> None:
    case = Case(campaign)
    case.drafted()
    made = away(campaign, mandate=None)
    with pytest.raises(NotAllowed, match=r"查封须经部门负责人批准.*没有书面授权：请 .*“设置 → 代办”填写授权文号"):
        complete(campaign, "approve_seal", SECOND, **APPROVE)
    mandates.give(campaign, made, number=LETTER, by=case.who(HEAD))
    complete(campaign, "approve_seal", SECOND, **APPROVE)

    (decision,) = case.rows(MeasureDecision)
    assert (decision.approved_by, decision.approved_for, decision.approved_mandate) == (SECOND, HEAD, LETTER)
    names = [people.show(campaign, login).display_name for login in (SECOND, HEAD)]
    words = f"由 {names[0]} 代 {names[1]} 办理，授权：{LETTER}"
    assert [act.text for act in case.rows(MeasureAct)] == [f"部门负责人批准（{words}）"]
    assert audit(campaign) == [(HEAD, SECOND, LETTER)]
    (kept,) = [row for row in case.rows(Event) if row.on_behalf_of]
    assert (kept.actor, kept.on_behalf_of, kept.detail) == (SECOND, HEAD, {"mandate": LETTER})

    case.executed()
    measure = case.rows(MeasureDecision)[0].measure
    shown = measure_list.show(campaign, measure, viewer=case.who(OFFICER))
    assert (shown.approved_by, shown.approved_for, shown.approved_mandate) == (SECOND, HEAD, LETTER)
    case.do("lift_seal", seal_outcome="extend", seal_note="案情复杂", seal_extra=10)
    with pytest.raises(NotAllowed, match=r"第二十五条.*须由负责人本人办理.*有书面授权也不能代办"):
        complete(campaign, "approve_extension", SECOND, extension_approved=True, extension_opinion="同意")
    case.do("approve_extension", HEAD, extension_approved=True, extension_opinion="同意")


def test_an_expired_or_revoked_mandate_and_ones_own_draft_are_refused(campaign: App) -> None:
    case = Case(campaign)
    case.drafted()
    own = away(campaign, substitute=OFFICER)
    with pytest.raises(NotAllowed, match="起草人不能凭授权批准自己起草的决定"):
        complete(campaign, "approve_seal", OFFICER, **APPROVE)
    substitutes.revoke(campaign, own, by=case.who(HEAD), reason="换人")
    limited = away(campaign, definitions=["hazard"])
    away(campaign, mandate=None)  # this one opens the task
    with pytest.raises(NotAllowed, match="限于部分流程"):
        complete(campaign, "approve_seal", SECOND, **APPROVE)
    substitutes.revoke(campaign, limited, by=case.who(HEAD), reason="换人")
    full = away(campaign)
    with campaign.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == "approve_seal", Task.status == "open")).one()
    tasks.claim(campaign, task, viewer=acting(campaign, SECOND))
    substitutes.revoke(campaign, full, by=case.who(HEAD), reason="回来了")
    with pytest.raises(NotAllowed, match="没有书面授权"):  # the other substitution goes on
        complete(campaign, "approve_seal", SECOND, **APPROVE)
    case.to("2026-09-15 09:00")  # claimed in time, done too late
    with pytest.raises(NotAllowed, match=r"代办已经结束或者撤销，授权 .* 随之失效"):
        complete(campaign, "approve_seal", SECOND, **APPROVE)
    assert case.rows(MeasureAct) == [] and audit(campaign) == []


def test_what_is_for_the_head_in_person_is_refused_at_the_task_and_changes_nothing(campaign: App) -> None:
    crime = Crime(campaign)
    away(campaign)
    crime.start()
    crime.do("write_report", OFFICER, report_text="经核实")
    with pytest.raises(NotAllowed, match=r"310号令第五条.*须由负责人本人办理"):
        complete(campaign, "approve_transfer", SECOND, transfer_approved=True, transfer_opinion="同意")
    crime.do("approve_transfer", HEAD, transfer_approved=True, transfer_opinion="同意")


def test_the_application_to_the_court_is_signed_in_person(campaign: App) -> None:
    court = Court(campaign)
    court.urged()
    court.journey.wind_to(court.journey.clock() + timedelta(days=28))
    away(campaign)
    court.do("apply", OFFICER, **ASKED, **PAPERS)
    with pytest.raises(NotAllowed, match=r"第五十五条.*须由负责人本人办理"):
        complete(campaign, "sign_application", SECOND, **SIGNED)
    assert court.case().applied_at is None


def test_a_power_cut_is_approved_in_person(campaign: App) -> None:
    case = Case(campaign)
    decided(case, "停止供电")
    case.do("draft_cut", **CUT)
    away(campaign)
    with pytest.raises(NotAllowed, match=r"第七十条第一款.*有书面授权也不能代办"):
        complete(campaign, "approve_cut", SECOND, **APPROVE)
    assert case.rows(MeasureAct) == []


def test_documents_are_approved_by_mandate_by_nobody_who_drafted_them(campaign: App, person: Person) -> None:
    def submitted(by: str) -> str:
        values = {"type": "勘验笔录", "place": "P001", "officers": OFFICERS, "body": SCENE}
        made = documents.draft(campaign, values, viewer=person(campaign, by))
        return document_approval.submit(campaign, made.id, viewer=person(campaign, by)).id

    theirs, own, of_head = submitted(OFFICER), submitted(SECOND), submitted(HEAD)
    made = away(campaign, mandate=None)
    with pytest.raises(NotAllowed, match="没有书面授权"):
        document_approval.approve(campaign, theirs, viewer=acting(campaign, SECOND))
    mandates.give(campaign, made, number=LETTER, by=person(campaign, HEAD))
    for paper_id in (own, of_head):
        for act in (document_approval.approve, document_approval.reject):
            with pytest.raises(NotAllowed, match="起草"):
                act(campaign, paper_id, opinion="同意", viewer=acting(campaign, SECOND))
    with pytest.raises(NotAllowed, match="没有“审批文书”的权限"):
        document_approval.approve(campaign, own, viewer=acting(campaign, OFFICER))
    shown = document_approval.approve(campaign, theirs, viewer=acting(campaign, SECOND))
    assert (shown.approved_by, shown.approved_for, shown.approved_mandate) == (SECOND, HEAD, LETTER)
    assert f"授权：{LETTER}" in document_printing.printed(campaign, theirs, viewer=person(campaign, OFFICER))
    assert audit(campaign) == [(HEAD, SECOND, LETTER)]
    types = {one.type for one in document_types.all_types()}
    assert {name for act in heads.ACTS.values() for name in act.papers} <= types
    in_person = {code for code, act in heads.ACTS.items() if act.in_person}
    assert in_person == {"prolong", "cut", "crime", "court"} == {
        heads.of_paper(one) for one in types if heads.of_paper(one) != "document"
    }  # fmt: skip


def test_an_inspection_is_approved_by_mandate_but_by_none_of_its_officers(campaign: App, person: Person) -> None:
    people.create(
        campaign, "deputy", password="long-enough", unit="emergency_bureau", roles=["officer"], by=None
    )  # fmt: skip
    plan = {"year": 2026, "document": "2026 年检查计划"}
    caps.publish(campaign, plan, viewer=person(campaign, HEAD))
    made = inspections.request(campaign, asked(campaign), viewer=person(campaign, OFFICER))
    away(campaign)
    with pytest.raises(NotAllowed, match="检查人员本人不能批准"):
        inspections.approve(campaign, made.id, viewer=acting(campaign, SECOND))
    away(campaign, substitute="deputy")
    shown = inspections.approve(campaign, made.id, viewer=acting(campaign, "deputy"))
    assert (shown.approved_by, shown.approved_for, shown.approved_mandate) == ("deputy", HEAD, LETTER)
    with campaign.reading() as tx:  # the record asks whether the approval was the head's
        given = {"unit": "emergency_bureau", "officers": OFFICERS, "now": campaign.clock()}
        officer = person(campaign, OFFICER)
        assert powers.require(tx, campaign, officer, "inspect", approved_by=shown.approved_for, **given)
        with pytest.raises(Invalid):
            powers.require(tx, campaign, officer, "inspect", approved_by=shown.approved_by, **given)


def test_more_time_and_the_closure_of_a_major_hazard_are_approved_by_mandate(cast: Court) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)
    ask(cast, until=date(2026, 10, 30))
    away(cast.app, mandate=None)
    with pytest.raises(NotAllowed, match=r"延期由作出指令的.*没有书面授权"):
        answer(cast, by=SECOND)
    away(cast.app)
    answer(cast, by=SECOND)
    with cast.app.reading() as tx:
        finding = tx.scalars(select(Finding).where(Finding.kind == "延期答复")).one()
        assert finding.detail == {"by": SECOND, "for": HEAD, "mandate": LETTER} and LETTER in finding.text
    with cast.app.transaction() as tx:
        given = {"passed": True, "text": "同意", "unit": units.require(tx, "emergency_bureau"), "power": "第二十三条"}
        row = write_in(
            tx, cast.app, existing(tx, NUMBER), DEPARTMENT, **given, by=SECOND, now=cast.app.clock()
        )  # fmt: skip
        assert (row.by, row.approver, row.mandate) == (SECOND, HEAD, LETTER)
    assert len(audit(cast.app)) == 2


def test_only_the_head_gives_a_mandate_or_an_admin_with_the_signed_letter(
    campaign: App, person: Person, root: Viewer
) -> None:
    head, deputy = person(campaign, HEAD), person(campaign, SECOND)
    made = away(campaign, mandate=None)
    for by, error, words in (
        (deputy, NotAllowed, "不能给自己授权"), (replace(deputy, admin=True), NotAllowed, "不能给自己授权"),
        (person(campaign, OFFICER), NotFound, "与您无关"), (root, Invalid, "上传负责人签名的授权书"),
    ):  # fmt: skip
        with pytest.raises(error, match=words):
            mandates.give(campaign, made, number=LETTER, by=by)
    with pytest.raises(Invalid, match="不是您上传的"):
        mandates.give(campaign, made, number=LETTER, file="nope", by=root)
    with pytest.raises(Invalid, match="授权文号"):
        mandates.give(campaign, made, number=" ", by=head)
    assert mandates.give(campaign, made, number=LETTER, by=head)["mandate_by"] == HEAD
    with pytest.raises(Conflict, match="已有授权"):
        mandates.give(campaign, made, number="另一号", by=head)
    with pytest.raises(NotAllowed):
        mandates.withdraw(campaign, made, reason="不要", by=deputy)
    assert mandates.withdraw(campaign, made, reason="收回", by=head)["mandate"] is None
    with pytest.raises(Conflict, match="没有书面授权"):
        mandates.withdraw(campaign, made, reason="收回", by=head)
    substitutes.revoke(campaign, made, by=deputy, reason="谢绝")
    with pytest.raises(Conflict, match="撤销"):
        mandates.give(campaign, made, number=LETTER, by=head)
    told = register_audit.search(campaign, noun="substitution")["items"]
    assert [row["after"].get("mandate") for row in reversed(told)] == [None, LETTER, None, None]


def test_no_mandate_comes_from_who_is_no_head_or_goes_to_another_organ_or_on_to_a_third(campaign: App) -> None:
    case = Case(campaign)
    with pytest.raises(Invalid, match="不是单位负责人"):
        away(campaign, head=OFFICER, substitute=SECOND)
    with pytest.raises(Invalid, match="只能授权给本机关的人员"):
        away(campaign, substitute="officer-market-bureau")
    assert substitution.substitutions(campaign, case.who(HEAD)).total == 0, "refused as a whole"
    case.drafted()
    away(campaign)
    with pytest.raises(Invalid, match="不是单位负责人"):  # the substitute passes nothing on
        away(campaign, head=SECOND, substitute=OFFICER)
    away(campaign, head=SECOND, substitute=OFFICER, mandate=None)
    with pytest.raises(NotFound):
        complete(campaign, "approve_seal", OFFICER, **APPROVE)
    with campaign.reading() as tx:
        body = [units.require(tx, "emergency_bureau")]
        assert heads.approver(tx, "seal", body, OFFICER, now=campaign.clock()) is None
        other = [units.require(tx, "market_bureau")]
        assert heads.approver(tx, "seal", other, SECOND, now=campaign.clock()) is None
        found = heads.approver(tx, "seal", body, SECOND, now=campaign.clock())
        assert found == heads.Approver(SECOND, HEAD, LETTER)


def test_the_story_of_a_hazard_tells_the_mandate(case: App, person: Person) -> None:
    roles = ["head", "clerk"]
    people.create(case, "chief", password="long-enough", unit="safety_office", roles=roles, by=None)
    deputy = "clerk-safety-office-2"
    away(case, head="chief", substitute=deputy)
    with case.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == "classify", Task.status == "open")).one()
    tasks.claim(case, task, viewer=person(case, "chief"))
    complete(case, "classify", deputy, valid=True)
    name = people.show(case, deputy).display_name
    told = [line.text for line in events.list_events(case, "YQ-2026-0901", viewer=person(case, deputy))]
    assert f"由 {name} 代 chief 办理，授权：{LETTER}" in told
