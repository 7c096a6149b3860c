"""What the diagrams write about a case: deadlines that are replaced and explained, papers, measures, the closure
gate.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.app import App
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, deadlines, hazards, measures, operators, organ_words
from engine.campaign.model import Setting
from engine.errors import Conflict, Invalid, NotFound

SEPTEMBER = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)
NUMBER = "YQ-2026-0901"


def run(app: App, topic: str, *, at: datetime = SEPTEMBER, **given: Any) -> Any:
    """Run an operator as a diagram would."""
    operator = app.operators.get(topic)
    assert operator is not None
    parameters = operator.parameters({"hazard": NUMBER, **given})
    with app.transaction() as tx:
        return operator.run(app, tx, OperatorCall(topic, given, "element", "name", {}, at), parameters)


def set_limit(app: App, **change: Any) -> None:
    given = {
        "type": "整改",
        "start_at": "2026-09-24T09:00:00+08:00",
        "n": 3,
        "unit": "wd",
        "roll": "F",
        "clause": "本地规则",
    }
    run(app, "deadline.open", **{**given, **change})


def test_a_deadline_set_again_replaces_the_open_one(case: App, root: Viewer) -> None:
    set_limit(case)
    set_limit(case, n=10)

    old, new = deadlines.list_deadlines(case, NUMBER, viewer=root)
    assert (old.due_date, old.state, old.replaced_by) == (date(2026, 9, 30), "replaced", new.id)
    assert (new.due_date, new.state) == (date(2026, 10, 15), "open")


def test_the_moment_that_the_diagram_gives_counts_and_a_difference_is_told(case: App, root: Viewer) -> None:
    set_limit(case, due_at="2026-09-29T12:00:00+08:00")

    (row,) = deadlines.list_deadlines(case, NUMBER, viewer=root)
    assert row.due_date == date(2026, 9, 29)
    assert "流程另行确定届满时刻为 2026-09-29 12:00，以此为准" in row.trace


def test_an_extension_counts_from_the_old_last_day(case: App, root: Viewer) -> None:
    set_limit(case, n=30, unit="d", start_at="2026-09-02T15:00:00+08:00")
    run(case, "deadline.extend", type="整改", n=15, unit="d", reason="板材定制", clause="")

    old, new = deadlines.list_deadlines(case, NUMBER, viewer=root)
    assert (old.due_date, old.reason) == (date(2026, 10, 8), "板材定制")
    assert new.due_date == date(2026, 10, 23)
    with pytest.raises(Conflict):
        run(case, "deadline.extend", type="治理方案", n=1, unit="d")


@pytest.mark.parametrize(
    ("at", "state"),
    [("2026-09-30T15:59:59+00:00", "met"), ("2026-09-30T16:00:00+00:00", "missed")],
)
def test_exactly_at_its_end_a_deadline_is_missed(case: App, root: Viewer, at: str, state: str) -> None:
    set_limit(case)
    run(case, "deadline.close", at=datetime.fromisoformat(at), type="整改")

    assert [row.state for row in deadlines.list_deadlines(case, NUMBER, viewer=root)] == [state]


def test_dates_that_reach_into_an_unpublished_year_are_provisional(case: App, root: Viewer) -> None:
    set_limit(case, start_at="2026-12-30T09:00:00+08:00", n=10)

    (row,) = deadlines.list_deadlines(case, NUMBER, viewer=root)
    assert row.provisional


@pytest.mark.parametrize(
    "change",
    [{"unit": "weeks"}, {"n": "many"}, {"start_at": "2026-09-24T09:00:00"}, {"start_at": "soon"}, {"colour": "red"}],
)
def test_wrong_parameters_are_refused_by_name(case: App, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        set_limit(case, **change)

    assert next(iter(change)) in refusal.value.message


def test_a_paper_is_signed_returned_or_answered_once(case: App, root: Viewer) -> None:
    run(case, "assignment.open", kind="移交", to_unit="fire_rescue", reason="拒不整改")
    run(case, "assignment.return", kind="移交", reason="不属于本部门职责")
    run(case, "assignment.open", kind="移交", to_unit="police_station", reason="拒不整改")
    run(case, "assignment.sign", kind="移交")
    run(case, "assignment.answer", kind="移交", answer="已责令改正")

    first, second = assignments.list_assignments(case, NUMBER, viewer=root)
    assert (first.number, first.state) == ("青街安移〔2026〕1号", "已退回")
    assert (second.number, second.state, second.answer) == ("青街安移〔2026〕2号", "已答复", "已责令改正")
    with pytest.raises(Conflict):
        run(case, "assignment.sign", kind="移交")


def test_a_paper_carries_the_word_of_the_organ_that_sends_it(case: App, root: Viewer) -> None:
    with case.transaction() as tx:
        tx.merge(Setting(key=organ_words.KEY, value={"street": {"area": "鲁", "word": "海街"}}))
    run(case, "assignment.open", kind="移交", to_unit="fire_rescue", reason="拒不整改")

    (paper,) = assignments.list_assignments(case, NUMBER, viewer=root)
    assert paper.number == "（鲁）海街移〔2026〕1号"


def test_a_paper_to_an_unknown_unit_is_refused(case: App) -> None:
    with pytest.raises(NotFound):
        run(case, "assignment.open", kind="移交", to_unit="nowhere")


SEAL = {
    "kind": "查封",
    "starts_on": "2026-09-24",
    "ends_at": "2026-10-25T00:00:00+08:00",
    "number": "示例〔2026〕1号",
    "basis": "消防法第五十四条",
}


def test_a_seal_makes_the_lamp_purple_until_it_is_lifted(case: App, root: Viewer) -> None:
    run(case, "measure.open", organ="fire_rescue", **SEAL)
    assert hazards.show(case, NUMBER, viewer=root).lamp == "purple"
    assert hazards.show(case, NUMBER, viewer=root).overlays == ("查封中",)

    run(case, "measure.close", kind="查封", reason="隐患消除")
    assert hazards.show(case, NUMBER, viewer=root).lamp == "green"
    assert [row.lift_reason for row in measures.list_measures(case, NUMBER, viewer=root)] == ["隐患消除"]


@pytest.mark.parametrize("organ", ["street", "safety_office", "GH", "GH-01", "E-P001"])
def test_a_body_of_the_street_never_seals(case: App, organ: str) -> None:
    with pytest.raises(Invalid) as refusal:
        run(case, "measure.open", organ=organ, **SEAL)

    assert "行政强制法第十七条" in refusal.value.message


def test_the_gate_names_each_thing_that_is_missing(case: App) -> None:
    with pytest.raises(Invalid):  # nobody judged
        run(case, "hazard.classify", local_level="重大", is_major=True, major_status="已判定")
    run(case, "hazard.classify", local_level="重大")
    run(case, "measure.open", organ="fire_rescue", **SEAL)
    run(case, "hazard.plan", measures="改造", responsible="甲", funds="", limit="2026-10-28", plan="断气")

    assert run(case, "hazard.gate") == {
        "gate_ok": False,
        "missing": [
            "缺整改后照片", "最近一次复查不合格或尚未复查", "五落实不完整，缺资金",
            "五落实尚未证明：措施、责任人、时限、预案", "缺验收报告或专家意见", "缺有权部门的审核意见",
            "查封措施尚未解除", "尚未公示",
        ],
    }  # fmt: skip

    run(case, "measure.close", kind="查封", reason="隐患消除")
    run(case, "hazard.recheck", number=1, result="fail", opinion="不合格")
    run(case, "hazard.recheck", number=2, result="pass", opinion="合格")
    run(case, "hazard.plan", measures="改造", responsible="甲", funds=3.5, limit="2026-10-28", plan="断气")
    assert run(case, "hazard.gate")["missing"] == [
        "缺整改后照片", "最近一次复查没有记录复查人", "较大、重大隐患须两人以上复查",
        "五落实尚未证明：措施、责任人、资金、时限、预案",
        *(f"缺{paper}（须在上次复查不合格之后重新出具）" for paper in ("验收报告或专家意见", "有权部门的审核意见")),
        "尚未公示",
    ]  # fmt: skip


def test_two_failed_rechecks_make_the_lamp_deep_red(case: App, root: Viewer) -> None:
    set_limit(case, n=30, unit="d")
    for number in (1, 2):
        run(case, "hazard.recheck", number=number, result="fail", opinion="未改")

    shown = hazards.show(case, NUMBER, viewer=root)
    assert (shown.lamp, shown.lamp_reason) == ("deep_red", "复查不合格 2 次")


def test_closing_ends_what_still_runs_and_voiding_keeps_the_number(case: App, root: Viewer) -> None:
    set_limit(case)
    run(case, "assignment.open", kind="交办", to_unit="QS")
    run(case, "hazard.void", reason="重复登记")

    shown = hazards.show(case, NUMBER, viewer=root)
    assert (shown.stage, shown.closure_no, shown.void_reason) == ("已作废", None, "重复登记")
    assert [row.state for row in deadlines.list_deadlines(case, NUMBER, viewer=root)] == ["void"]
    assert [row.state for row in assignments.list_assignments(case, NUMBER, viewer=root)] == ["已办结"]


def test_every_operator_declares_its_title_and_its_parameters(app: App) -> None:
    topics = [operator.topic for operator in app.operators]

    assert sorted(topics) == sorted(topic for topic, *_ in operators.OPERATORS)
    assert all(operator.title and operator.schema for operator in app.operators)
