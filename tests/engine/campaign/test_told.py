"""What an enterprise is told of its own case: its own steps, papers and limits, and nothing that the authorities draft
and weigh among themselves.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from engine.app import App
from engine.bpm import queries
from engine.bpm.viewer import Viewer
from engine.campaign import (
    assignments,
    board_trends,
    case_papers,
    closure_gate,
    dossiers,
    events,
    evidence,
    hazards,
    ledger_export,
    measure_list,
    revisits,
    tracked,
)
from engine.campaign.case_model import Evidence, Hazard
from engine.campaign.closure_model import Revisit
from engine.campaign.closure_words import OF_OTHERS
from engine.errors import NotFound
from tests.bpmn.sealing import DRAFT, FACTS, STEPS
from tests.engine.campaign.closing_case import complete, shoot

Person = Callable[[App, str], Viewer]
ONE, TWO, HEAD = "officer-fire-rescue", "officer-fire-rescue-2", "head-fire-rescue"
NUMBER = "YQ-2026-0901"


@pytest.fixture
def owner(campaign: App, person: Person) -> Viewer:
    return person(campaign, "owner-e-p020")


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


@pytest.fixture
def drafted(campaign: App, person: Person, clerk: Viewer, owner: Viewer) -> str:
    """The instance of a hazard that the enterprise refuses to fix, after a department filed it and drafted a seal."""
    campaign.clock.now = datetime(2026, 9, 7, 1, tzinfo=UTC)  # type: ignore[attr-defined]
    made = hazards.register(campaign, {"place": "P020", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    assert made.number == NUMBER and made.instance_id
    complete(campaign, clerk, "classify", valid=True)
    complete(campaign, clerk, "assign", holder_unit="E-P020", requirement="更换线路")
    complete(campaign, owner, "sign", signed=True)
    complete(campaign, owner, "rectify", outcome="refused", rectified_note="不改", refusal_evidence="视频一段")
    tracked.track(campaign, NUMBER, tracked=True, reason="老板不配合，须盯住", viewer=clerk)
    officer = person(campaign, ONE)
    complete(campaign, officer, "sign_transfer", transfer_outcome="sign")
    complete(campaign, officer, "answer_transfer", answer_action="立案查处", answer_text="已经立案")
    complete(campaign, clerk, "review_answer", next_step="seal", seal_reason="存在现实危险")
    complete(campaign, officer, "examine", **FACTS)
    complete(campaign, officer, "decide_seal", measure_kind="查封", seal_opinion="危险现实存在")
    complete(campaign, officer, "draft_seal", **DRAFT, seal_collective="集体讨论决定")
    return made.instance_id


def test_of_the_process_an_enterprise_sees_its_own_tasks_and_no_draft_of_a_department(
    campaign: App, drafted: str, owner: Viewer, clerk: Viewer, person: Person
) -> None:
    shown, whole = queries.instance(campaign, owner, drafted), queries.instance(campaign, clerk, drafted)
    assert ([task["element"] for task in shown["tasks"]], shown["variables"]) == (["rectify"], {})
    assert shown["timers"] == shown["waiting"] == [] and whole["timers"] and whole["waiting"]
    assert {"rectify", "approve_seal"} <= {task["element"] for task in whole["tasks"]} and "code" in whole["variables"]
    passed = queries.history(campaign, owner, drafted)
    assert {event["element"] for event in passed.items} == {"sign", "rectify"}
    assert queries.history(campaign, clerk, drafted).total > passed.total
    assert queries.timers(campaign, owner, drafted).total == 0
    assert queries.timers(campaign, clerk, drafted).total > 0
    assert queries.incidents(campaign, owner).total == 0
    with pytest.raises(NotFound):
        queries.instance(campaign, person(campaign, "owner-e-p001"), drafted)


def test_of_papers_story_and_gate_an_enterprise_is_told_what_concerns_it(
    campaign: App, drafted: str, owner: Viewer, clerk: Viewer
) -> None:
    assert hazards.show(campaign, NUMBER, viewer=clerk).tracked_reason == "老板不配合，须盯住"
    assert hazards.show(campaign, NUMBER, viewer=owner).tracked_reason is None

    def kinds(viewer: Viewer) -> list[str]:
        return [paper.kind for paper in assignments.list_assignments(campaign, NUMBER, viewer=viewer)]

    assert (kinds(owner), kinds(clerk)) == (["交办"], ["交办", "移交", "协办", "查封提请"])
    assert [one.kind for one in case_papers.list_papers(campaign, NUMBER, viewer=owner)] == ["交办"]
    story = [f"{line.title}{line.text}" for line in events.list_events(campaign, NUMBER, viewer=owner)]
    assert not [line for line in story if "查封" in line or "盯住" in line or "立案" in line], story
    assert {"完成：核实分级", "完成：交办", "完成：签收", "完成：整改"} <= set(story) and "拒不整改不改" in story
    with campaign.transaction() as tx:
        tx.get_one(Hazard, NUMBER).major_status = "疑似"
    parts = [{part.title for part in dossiers.show(campaign, NUMBER, viewer=viewer).parts} for viewer in (clerk, owner)]
    assert parts[0] - parts[1] == {"同日报告", "挂牌督办提请", "部门处理结果"}
    whole = [line.title for line in events.list_events(campaign, NUMBER, viewer=clerk)]
    assert {"完成：起草查封决定书", "重点跟踪"} <= set(whole)
    checks = {check.no: check.missing for check in closure_gate.show(campaign, NUMBER, viewer=owner)}
    assert (checks[5], checks[6]) == ([OF_OTHERS], [OF_OTHERS]) and "缺整改后照片" in checks[1]
    with campaign.transaction() as tx:
        seed = {"seed": "s", "clock": "T58", "closer": clerk.name, "done_by": "", "result": "", "note": ""}
        days = {"begin_at": campaign.clock(), "due_at": campaign.clock()}
        tx.add(Revisit(hazard=NUMBER, no=1, kind="回访", **seed, **days))
    looks = [revisits.list_revisits(campaign, NUMBER, viewer=viewer) for viewer in (owner, clerk)]
    assert [len(each) for each in looks] == [0, 1], "the drawn day is not announced"
    assert OF_OTHERS not in str(closure_gate.show(campaign, NUMBER, viewer=clerk))


def test_who_may_have_reported_and_the_advice_to_a_department_are_not_for_the_enterprise(
    campaign: App, drafted: str, owner: Viewer, clerk: Viewer, person: Person
) -> None:
    with campaign.transaction() as tx:
        tx.get_one(Hazard, NUMBER).source = "群众举报"
    assert [hazards.show(campaign, NUMBER, viewer=viewer).source for viewer in (clerk, owner)] == ["群众举报", ""]
    for found, viewer in ((1, clerk), (0, owner)):
        assert hazards.list_hazards(campaign, viewer, source="群众举报", place="P020").total == found
        assert bool(board_trends.trends(campaign, viewer).sources) == bool(found)
        with ledger_export.export(campaign, viewer, format="csv", place="P020") as file:
            csv = file.read().decode("utf-8-sig")
        assert NUMBER in csv and ("群众举报" in csv) == bool(found)
    shoot(campaign, clerk, NUMBER, "photo_before")
    (ours,) = evidence.list_evidence(campaign, NUMBER, viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Evidence, ours.id).uploaded_by = "public"
    assert evidence.list_evidence(campaign, NUMBER, viewer=owner) == []
    assert hazards.show(campaign, NUMBER, viewer=owner).photos == []
    with pytest.raises(NotFound):
        evidence.read(campaign, ours.id, viewer=owner)
    assert evidence.read(campaign, ours.id, viewer=clerk)[0].id == ours.id

    complete(campaign, person(campaign, HEAD), "approve_seal", head_decision="approve", head_opinion="同意")
    campaign.clock.now += timedelta(minutes=5)  # type: ignore[attr-defined]
    at = campaign.clock().isoformat()
    complete(campaign, person(campaign, ONE), "execute_seal", executed_at=at, seal_officers=f"{ONE} {TWO}", **STEPS)
    (line,) = measure_list.list_measures(campaign, owner).items
    party, office = (measure_list.show(campaign, line.id, viewer=viewer).content for viewer in (owner, clerk))
    assert set(office) - set(party) == {"advice", "collective"} and party["remedies"]
