"""Stop-use orders and power cuts through the shipped process on both databases: what is refused, and the rows."""

from typing import Any
from xml.etree import ElementTree

import pytest

from engine.app import App
from engine.bpm.model import Notice
from engine.campaign import measure_acts, measure_list, measure_work
from engine.campaign.case_model import Hazard, Measure
from engine.campaign.english import word
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.campaign.measure_parameters import KINDS
from engine.campaign.model import Place
from engine.errors import Conflict, Invalid, NotAllowed
from tests.bpmn.shipped import BPMN
from tests.engine.campaign.test_measures import FACTS, HEAD, OFFICER, SECOND, Case, local

CUT: dict[str, Any] = {
    "cut_number": "示例应急停〔2026〕1号", "cut_party": "某店", "cut_cause": "拒不停用", "cut_basis": "第七十条",
    "cut_recipient": "供电公司", "cut_not_homes": True,
    **dict.fromkeys(("cut_major", "cut_ordered", "cut_refused", "cut_danger", "cut_safe", "cut_written"), True),
}  # fmt: skip
APPROVE = {"head_decision": "approve", "head_opinion": "同意"}


@pytest.fixture
def case(campaign: App) -> Case:
    return Case(campaign)


def decided(case: Case, kind: str) -> None:
    case.do("examine", **FACTS)
    case.do("decide_seal", measure_kind=kind, seal_opinion="危险现实存在")


def refused(case: Case, words: str) -> bool:
    """Whether the department was told such a reason."""
    return any(words in notice.subject for notice in case.rows(Notice))


def test_a_stop_order_ends_only_after_a_review_that_passes(case: Case) -> None:
    decided(case, "停止使用")
    draft = {
        "stop_number": "示例应急现决〔2026〕1号",
        "stop_party": "某店",
        "stop_cause": "重大隐患",
        "stop_items": "后厨",
    }
    case.do("draft_stop", **draft, stop_basis="第六十五条", stop_months=6, stop_remedies="60 日内复议")
    measure_work.decide(case.app, "YQ-2026-0977", decision="approve", opinion="同意", viewer=case.who(HEAD))
    served = {"served_at": "2026-09-07T09:00:00+08:00", "stop_withdrawn": True}
    with pytest.raises(Invalid, match="2 名以上"):
        case.do("serve_stop", **served, stop_officers=OFFICER)
    case.app.acts.clear()  # a diagram whose steps have other names gets no further
    case.do("serve_stop", **served, stop_officers=OFFICER)
    assert case.rows(Measure) == [] and refused(case, "2 名以上")
    case.do("serve_stop", **served, stop_officers=f"{OFFICER} {SECOND}")

    (row,) = case.rows(Measure)
    assert (row.kind, row.ends_at) == ("停止使用", local("2027-03-08 00:00"))
    case.do("handle_stop", stop_outcome="apply", stop_note="申请恢复", applied_on="2026-09-07")
    case.do("review_resume", resume_passed=False, resume_opinion="报警器未装")
    assert case.rows(Measure)[0].lifted_at is None
    case.do("handle_stop", stop_outcome="apply", stop_note="再次申请", applied_on="2026-09-07")
    case.do("review_resume", resume_passed=True, resume_opinion="已装")
    shown = measure_list.show(case.app, row.id, viewer=case.who(OFFICER))
    assert shown.measure.lift_reason == "已作出处理决定：恢复审查合格：已装"
    assert [act.kind for act in shown.acts] == ["批准", "实施", "恢复申请", "恢复审查", "恢复申请", "恢复审查", "解除"]


def cut_notified(case: Case, notified: str, cut: str, **change: Any) -> None:
    given = {"cut_notice_number": "示例停通1号", "notified_at": f"{notified}:00+08:00", "cut_at": f"{cut}:00+08:00"}
    case.do("notify_cut", **{**given, "cut_emergency": False, **change})


def test_power_is_cut_after_a_notice_of_24_hours_in_daytime_and_restored(case: Case) -> None:
    decided(case, "停止供电")
    case.do("draft_cut", **CUT)
    with pytest.raises(NotAllowed, match="您不是其人员"):
        measure_work.decide(case.app, "YQ-2026-0977", decision="approve", opinion="同意", viewer=case.who(OFFICER))
    case.do("approve_cut", HEAD, **APPROVE)
    for cut, words in (("2026-09-08T08:59", "提前 24 小时"), ("2026-09-08T22:00", "夜间")):
        with pytest.raises(Invalid, match=words):
            cut_notified(case, "2026-09-07T09:00", cut)
    cut_notified(case, "2026-09-07T09:00", "2026-09-08T21:30")
    case.to("2026-09-08 22:30")
    executed = {"cut_executor": "供电所甲", "cut_executed_at": "2026-09-08T22:10:00+08:00"}
    for at, words in (("22:10", "夜间"), ("22:50", "不能晚于现在"), ("08:00", "提前 24 小时")):
        with pytest.raises(Invalid, match=words):
            case.do("execute_cut", **{**executed, "cut_executed_at": f"2026-09-08T{at}:00+08:00"})
    assert not case.rows(Measure) and not refused(case, "夜间"), "nothing went back: it was refused at once"
    case.do("execute_cut", **executed, night_reason="随时可能爆炸")

    (row,), (decision,) = case.rows(Measure), case.rows(MeasureDecision)
    assert (row.kind, decision.emergency, decision.approved_by) == ("停止供电", "随时可能爆炸", HEAD)
    assert decision.content["danger"] is True and decision.content["written"] is True
    assert "notified_at" not in decision.checklist
    with pytest.raises(Conflict, match="已有执行中的“停止供电”"), case.app.transaction() as tx:
        hazard = tx.get_one(Hazard, row.hazard)
        measure_acts.require_cut(tx, case.app, hazard, "停止供电", organ=row.organ, now=case.app.clock())
    measure_work.lift(case.app, row.id, ground="不再需要", reason="已清除", viewer=case.who(OFFICER))
    assert [act.kind for act in case.rows(MeasureAct)] == ["批准", "停电通知", "实施", "解除"]


def test_a_diagram_whose_steps_have_other_names_refuses_a_cut_too(case: Case) -> None:
    case.app.acts.clear()
    decided(case, "停止供电")
    case.do("draft_cut", **CUT)
    case.do("approve_cut", HEAD, **APPROVE)
    cut_notified(case, "2026-09-07T09:00", "2026-09-08T08:59")
    assert refused(case, "提前 24 小时")
    cut_notified(case, "2026-09-07T09:00", "2026-09-08T22:00")
    case.to("2026-09-08 22:30")
    case.do("execute_cut", cut_executor="供电所甲", cut_executed_at="2026-09-08T22:10:00+08:00")
    assert refused(case, "夜间") and case.rows(Measure) == []
    early = {"cut_executor": "供电所甲", "cut_executed_at": "2026-09-08T08:30:00+08:00", "night_reason": "随时可能爆炸"}
    case.do("execute_cut", **early)
    assert case.rows(Measure) == [], "a reason to cut at night is none to cut before the notice is over"


def test_explosives_are_stopped_on_the_same_conditions_without_the_24_hours_of_a_power_cut(case: Case) -> None:
    decided(case, "停止供应民用爆炸物品")
    case.do("draft_cut", **CUT)
    case.do("approve_cut", HEAD, **APPROVE)
    cut_notified(case, "2026-09-07T09:00", "2026-09-07T09:00")
    case.do("execute_cut", cut_executor="民爆公司甲", cut_executed_at="2026-09-07T09:00:00+08:00")

    ((row,), (decision,)) = case.rows(Measure), case.rows(MeasureDecision)
    assert (row.kind, decision.approved_by) == ("停止供应民用爆炸物品", HEAD)
    assert decision.content["refused"] is True
    assert [act.kind for act in case.rows(MeasureAct)] == ["批准", "停供通知", "实施"]


def test_homes_are_never_cut_off(case: Case) -> None:
    def lived_in(now: bool) -> None:
        with case.app.transaction() as tx:
            tx.get_one(Place, tx.get_one(Hazard, "YQ-2026-0977").place).residential = now

    case.do("examine", **FACTS)
    lived_in(True)
    wanted = {"measure_kind": "停止供电", "seal_opinion": "危险现实存在"}
    with pytest.raises(Conflict, match="居民"):
        case.do("decide_seal", **wanted)
    lived_in(False)
    case.do("decide_seal", **wanted)
    lived_in(True)
    with pytest.raises(Conflict, match="不得对居民生活停止供水、供电"):
        case.do("draft_cut", **CUT)
    assert case.rows(MeasureDecision) == []
    case.app.acts.clear()  # a diagram whose steps have other names gets no further
    case.do("draft_cut", **CUT)
    assert case.rows(MeasureDecision) == [] and refused(case, "居民")


def test_a_body_without_the_power_cannot_ask_for_a_cut(case: Case) -> None:
    with pytest.raises(NotAllowed, match="供电"), case.app.transaction() as tx:
        hazard = tx.get_one(Hazard, "YQ-2026-0977")
        measure_acts.require_cut(tx, case.app, hazard, "停止供电", organ="street", now=case.app.clock())


def test_steps_and_notices_name_no_power_where_explosives_may_be_stopped() -> None:
    root = ElementTree.parse(BPMN / "seal" / "power_cut.bpmn").getroot()
    names = {str(one.get("name")) for one in root.iter() if one.tag.endswith(("Task", "Event"))}
    assert {"起草停供决定", "审批停供", "执行停供", "恢复供应"} <= names
    assert not [name for name in names if "电" in name]
    titles = [str(one.text) for one in root.iter() if one.get("name") == "title"]
    assert len(titles) > 10 and all("${cut_kind}" in title and "电" not in title for title in titles)


def test_every_kind_of_measure_has_an_english_word() -> None:
    assert [kind for kind in KINDS if word(kind) == kind] == []
