"""Who may not order does not write as if: hazards, visits and advice say what to write instead."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import documents, duplicates, hazards, visits, wording
from engine.campaign.case_model import Hazard
from engine.errors import Invalid

Person = Callable[[App, str], Viewer]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("责令立即整改", "责令"), ("现场责令停业", "责令"), ("应予罚款五千元", "罚款"), ("查封该店", "查封"),
        ("通道堵塞，给予处罚", "处罚"), ("要求停产停业", "停产停业"),
        ("被责令停产后擅自复工", None), ("区应急局责令停用后继续使用", None), ("建议有权部门处罚", None),
        ("通道堵塞", None), ("", None),
    ],
)  # fmt: skip
def test_an_order_is_told_from_a_fact(text: str, word: str | None) -> None:
    found = wording.AS_AN_ORDER.search(text)
    assert (found[0] if found else None) == word


def test_a_grid_inspector_describes_and_a_department_may_order(campaign: App, person: Person) -> None:
    inspector, officer = person(campaign, "inspector-gh-01"), person(campaign, "officer-fire-rescue")
    order = {"place": "P001", "code": "RF-05", "text": "插线板串接，责令立即整改"}
    with campaign.reading() as tx:
        wording.check(tx, campaign, officer, text=order["text"])
        with pytest.raises(Invalid, match=r"不得写“责令”.*请写“建议") as refusal:
            wording.check(tx, campaign, inspector, text=order["text"], part="配电室")
    assert [problem["field"] for problem in refusal.value.problems] == ["text"]
    clerk = person(campaign, "clerk-safety-office")
    with pytest.raises(Invalid, match="只作提示和报告"):
        hazards.register(campaign, order, viewer=clerk)
    fact = {**order, "text": "被责令停用后仍在使用"}
    assert hazards.register(campaign, fact, viewer=clerk).text == fact["text"]


def test_the_refusal_of_a_visit_says_what_to_write(campaign: App, person: Person) -> None:
    values = {"place": "P001", "kind": "网格巡查", "result": "发现隐患", "advice": "查封电箱"}
    with pytest.raises(Invalid, match="提请有权部门决定"):
        visits.create(campaign, values, viewer=person(campaign, "clerk-safety-office"))


def test_a_remark_on_a_task_and_what_is_printed_are_no_orders_of_the_street(campaign: App, person: Person) -> None:
    clerk, officer = person(campaign, "clerk-safety-office"), person(campaign, "officer-fire-rescue")
    made = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    with campaign.reading() as tx:
        instance = tx.get_one(Hazard, made.number).instance_id
        task = tx.scalars(select(Task.id).where(Task.instance_id == instance)).first()
    assert task is not None
    with pytest.raises(Invalid, match=r"不得写“责令”") as refusal:
        tasks.comment(campaign, task, "责令今天改完", viewer=clerk)
    assert [problem["field"] for problem in refusal.value.problems] == ["text"]
    tasks.comment(campaign, task, "建议今天改完", viewer=clerk)
    with pytest.raises(Invalid, match="只作提示和报告"):
        duplicates.add_finding(campaign, made.number, text="罚款两千", viewer=clerk)
    for step in wording.PRINTED:
        assert step in campaign.acts
    with campaign.reading() as tx:
        wording.check(tx, campaign, officer, text="责令今天改完")


def test_a_drafter_of_the_street_writes_no_order_into_a_letter_but_may_ask_a_department(
    campaign: App, person: Person
) -> None:
    clerk = person(campaign, "clerk-safety-office")
    letter = {"type": "工作提醒函", "body": {"facts": "责令你社区停产停业"}}
    with pytest.raises(Invalid, match="责令") as refusal:
        documents.draft(campaign, letter, viewer=clerk)
    assert [problem["field"] for problem in refusal.value.problems] == ["facts"]
    made = documents.draft(campaign, {"type": "工作提醒函"}, viewer=clerk)
    with pytest.raises(Invalid, match="处罚"):
        documents.edit(campaign, made.id, revision=1, body={"facts": "给予处罚"}, viewer=clerk)
    asked = {"type": "隐患移交函", "place": "P019", "body": {"facts": "商户拒不整改，请依法查封", "request": "查封"}}
    assert documents.draft(campaign, asked, viewer=clerk).body["request"] == "查封"
    with pytest.raises(Invalid):
        documents.draft(campaign, {"type": "工作提醒函", "body": {"viewer": "x", "tx": 1}}, viewer=clerk)
