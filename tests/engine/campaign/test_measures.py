"""The shipped process of a seal against real registers on both databases: what the program refuses, whatever a form
says, and what stays as rows.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Incident, Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import closing, hazards, measure_list, measure_pending, measure_work, people
from engine.campaign.case_model import Assignment, Finding, Hazard, Measure
from engine.campaign.demo.journey import Journey
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.bpmn.sealing import DRAFT, FACTS, STEPS

NUMBER = "YQ-2026-0977"
CLERK, OFFICER, SECOND, HEAD = (
    "clerk-safety-office", "officer-emergency-bureau", "officer-emergency-bureau-2", "head-emergency-bureau",
)  # fmt: skip


class Case:
    """One hazard before the emergency bureau, and the people who act on it."""

    def __init__(self, app: App) -> None:
        self.app, self.journey = app, Journey(app, local("2026-09-07 09:00"))
        app.clock = self.journey.clock
        hazards.register(
            app, {"number": NUMBER, "place": "P019", "code": "RF-03", "text": "气瓶不合格"}, viewer=self.who(CLERK)
        )
        self.request()

    def who(self, name: str) -> Viewer:
        return people.viewer(people.show(self.app, name))

    def request(self) -> None:
        values = {"hazard": NUMBER, "organ": "emergency_bureau", "reason": "拒不停用，存在现实危险"}
        measure_work.request(self.app, values, viewer=self.who(CLERK))

    def open(self) -> list[str]:
        with self.app.reading() as tx:
            return sorted(tx.scalars(select(Task.element).where(Task.status == "open", Task.form.in_(FORMS))))

    def do(self, element: str, by: str = OFFICER, **values: Any) -> None:
        with self.app.reading() as tx:
            found = select(Task.id).where(Task.element == element, Task.status == "open")
            task = tx.scalars(found.order_by(Task.created_at)).first()
        assert task is not None, (element, self.open())
        tasks.complete(self.app, task, values, viewer=self.who(by))

    def rows(self, table: type[Any]) -> list[Any]:
        with self.app.reading() as tx:
            found = list(tx.scalars(select(table).order_by(table.id)))
            tx.expunge_all()
            return found

    def to(self, at: str) -> None:
        self.journey.wind_to(local(at))

    def drafted(self, **change: Any) -> None:
        self.do("examine", **FACTS)
        self.do("decide_seal", measure_kind="查封", seal_opinion="危险现实存在")
        self.do("draft_seal", **{**DRAFT, **change})

    def executed(self, officers: str = f"{OFFICER} {SECOND}", **change: Any) -> None:
        at = self.journey.clock().isoformat()
        self.do("execute_seal", **{"executed_at": at, "seal_officers": officers, **STEPS, **change})

    def sealed(self) -> int:
        self.drafted()
        self.do("approve_seal", HEAD, head_decision="approve", head_opinion="同意")
        self.executed()
        (row,) = self.rows(Measure)
        return int(row.id)


FORMS = (
    "examine_request", "decide_measure", "draft_seal", "approve_seal", "execute_seal", "confirm_emergency",
    "handle_seal", "handle_extended", "approve_seal_extension", "testing",
)  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def case(campaign: App) -> Case:
    return Case(campaign)


def test_a_seal_is_requested_decided_extended_once_and_lifted(case: Case) -> None:
    number = case.sealed()
    (row,) = case.rows(Measure)
    assert (row.ends_at, row.decide_by, row.warn_at) == (
        local("2026-10-08 00:00"), local("2026-10-01 00:00"), local("2026-09-22 08:30"),
    )  # fmt: skip
    case.to("2026-09-22 09:00")
    measure_work.extend(case.app, number, days=30, reason="案情复杂", viewer=case.who(OFFICER))
    shown = measure_work.confirm(case.app, number, approved=True, opinion="同意", viewer=case.who(HEAD))
    assert shown.measure.ends_at == local("2026-11-07 00:00")
    assert case.open() == ["lift_extended"]
    with pytest.raises(Conflict):
        measure_work.extend(case.app, number, days=1, reason="再延", viewer=case.who(OFFICER))
    shown = measure_work.lift(case.app, number, ground="不再需要", reason="隐患已消除", viewer=case.who(OFFICER))

    assert (shown.measure.state, shown.measure.lift_reason) == ("lifted", "不再需要：隐患已消除")
    assert [(act.kind, act.by) for act in case.rows(MeasureAct)] == [
        ("批准", HEAD), ("实施", OFFICER), ("延长", HEAD), ("解除", OFFICER),
    ]  # fmt: skip
    assert [paper.answer for paper in case.rows(Assignment) if paper.kind == "查封提请"] == ["查封：危险现实存在"]
    told = {notice.recipient for notice in case.rows(Notice) if "强制措施建议" in notice.subject}
    assert told == {OFFICER, SECOND, HEAD} and case.rows(Finding) == []  # the party reads the story of the hazard
    assert case.open() == [] and case.rows(Incident) == []


def test_a_seal_without_the_heads_approval_is_refused_by_the_program(case: Case) -> None:
    case.drafted()
    root = Viewer("root", frozenset(), admin=True)  # may act on any task, but does not head the department
    with case.app.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == "approve_seal", Task.status == "open")).one()
    approve = {"head_decision": "approve", "head_opinion": "同意"}
    with pytest.raises(NotAllowed, match=r"查封须经部门负责人批准（.*第十八条.*不是该机关负责人"):
        tasks.complete(case.app, task, approve, viewer=root)
    case.app.acts.clear()  # a diagram whose steps have other names gets no further
    tasks.complete(case.app, task, approve, viewer=root)

    assert case.open() == ["approve_seal"]
    assert any("不是该机关负责人" in notice.subject for notice in case.rows(Notice))
    assert case.rows(Measure) == [] and case.rows(MeasureAct) == []


@pytest.mark.parametrize(
    ("change", "words", "field"),
    [
        ({"officers": OFFICER}, "2 名以上", "seal_officers"),
        ({"officers": "nobody"}, "nobody", "seal_officers"),
        ({"officers": f"{OFFICER} officer-fire-rescue"}, "持有效执法证", "seal_officers"),
        ({"executed_at": "2026-09-08T09:00:00+08:00"}, "晚于现在", "executed_at"),
        ({"executed_at": "2026-07-01T09:00:00+08:00"}, "已经届满", None),
    ],
)
def test_an_unlawful_execution_is_refused_and_given_back_with_the_reason(
    case: Case, change: dict[str, Any], words: str, field: str | None
) -> None:
    case.drafted()
    case.do("approve_seal", HEAD, head_decision="approve", head_opinion="同意")
    if field:
        with pytest.raises(Invalid, match=words) as refusal:
            case.executed(**change)
        assert [problem["field"] for problem in refusal.value.problems] == [field]
        case.app.acts.clear()  # a diagram whose steps have other names gets no further
    case.executed(**change)

    assert case.open() == ["execute_seal"] and case.rows(Measure) == []
    assert any(words in notice.subject for notice in case.rows(Notice))
    case.executed()
    assert case.open() == ["lift_seal"]


def test_steps_of_article_18_are_all_needed(case: Case) -> None:
    case.drafted()
    case.do("approve_seal", HEAD, head_decision="approve", head_opinion="同意")
    with pytest.raises(Invalid):
        case.executed(step_witness=False)


def test_in_an_emergency_the_head_approves_afterwards_or_the_seal_ends_at_once(case: Case) -> None:
    case.drafted(emergency=True, emergency_reason="气瓶正在泄漏")
    case.executed()
    (decision,) = case.rows(MeasureDecision)
    assert (decision.emergency, decision.approved_by) == ("气瓶正在泄漏", "")
    case.to("2026-09-08 09:00")
    told = [notice.recipient for notice in case.rows(Notice) if "已经逾期" in notice.subject]
    assert {HEAD, "clerk-safety-office"} <= set(told)
    measure_work.confirm(case.app, decision.measure, approved=False, opinion="证据不足", viewer=case.who(HEAD))

    (row,) = case.rows(Measure)
    assert (row.lifted_at, row.lift_reason) == (local("2026-09-08 09:00"), "负责人不同意：证据不足")
    assert case.open() == []


def test_a_test_stops_the_clock_and_moves_the_end_by_its_days(case: Case) -> None:
    number = case.sealed()
    case.to("2026-09-10 09:00")
    measure_work.test(
        case.app, number, starts_on=date(2026, 9, 10), days=10, number="示例检告〔2026〕1号", reason="送检",
        viewer=case.who(OFFICER),
    )  # fmt: skip
    assert measure_list.show(case.app, number, viewer=case.who(CLERK)).measure.state == "testing"
    case.to("2026-09-21 00:00")

    shown = measure_list.show(case.app, number, viewer=case.who(CLERK))
    assert (shown.measure.state, shown.tested_days) == ("running", 10)
    assert shown.measure.ends_at == local("2026-10-18 00:00")
    measure_work.extend(case.app, number, days=30, reason="案情复杂", viewer=case.who(OFFICER))
    shown = measure_work.confirm(case.app, number, approved=True, opinion="同意", viewer=case.who(HEAD))
    assert shown.measure.ends_at == local("2026-11-17 00:00")  # 60 days and the 10 of the test


def test_after_its_end_a_seal_is_only_lifted(case: Case) -> None:
    number = case.sealed()
    case.to("2026-10-08 00:00")
    shown = measure_list.show(case.app, number, viewer=case.who(CLERK))
    assert (shown.measure.state, shown.measure.workdays_left) == ("expired", None)
    assert any("应当立即解除" in notice.subject for notice in case.rows(Notice))
    measure_work.extend(case.app, number, days=30, reason="案情复杂", viewer=case.who(OFFICER))
    with pytest.raises(Conflict, match="没有登记"):
        measure_work.confirm(case.app, number, approved=True, opinion="同意", viewer=case.who(HEAD))
    assert case.open() == ["lift_seal"]
    assert measure_work.lift(
        case.app, number, ground="期限届满", reason="期满", viewer=case.who(OFFICER)
    ).measure.lifted_at


def test_nobody_else_decides_or_looks(case: Case) -> None:
    number = case.sealed()
    with pytest.raises(NotAllowed):
        measure_work.lift(case.app, number, ground="不再需要", reason="街道", viewer=case.who(CLERK))
    stranger = case.who("officer-market-bureau")
    with pytest.raises(NotFound):
        measure_list.show(case.app, number, viewer=stranger)
    assert measure_list.list_measures(case.app, stranger).total == 0
    assert measure_list.list_measures(case.app, case.who(CLERK), state="running", kind="查封").total == 1
    with pytest.raises(NotFound):
        measure_work.request(case.app, {"hazard": NUMBER, "organ": "emergency_bureau", "reason": "x"}, viewer=stranger)


def test_the_street_only_requests_and_only_once(case: Case) -> None:
    with pytest.raises(Conflict):
        case.request()
    values = {"hazard": NUMBER, "organ": "safety_office", "reason": "自己查封"}
    with pytest.raises((Invalid, Conflict)):
        measure_work.request(case.app, values, viewer=case.who(CLERK))
    with pytest.raises(NotAllowed):
        measure_work.request(case.app, {**values, "organ": "fire_rescue"}, viewer=case.who(OFFICER))


def test_the_same_act_sent_twice_counts_once(case: Case) -> None:
    number, officer = case.sealed(), case.who(OFFICER)
    first = measure_work.lift(case.app, number, ground="不再需要", reason="已消除", viewer=officer, key="k1")
    again = measure_work.lift(case.app, number, ground="不再需要", reason="已消除", viewer=officer, key="k1")

    assert first.measure.lifted_at == again.measure.lifted_at and len(case.rows(MeasureAct)) == 3


def test_the_closure_gate_sees_a_measure_from_the_request_to_its_execution(case: Case) -> None:
    def told() -> list[str]:
        with case.app.reading() as tx:
            found = closing.missing(tx, case.app, tx.get_one(Hazard, NUMBER), case.app.clock())
        return [words for words in found if "查封" in words]

    assert any("查封提请函" in words for words in told())
    case.do("examine", **FACTS)
    case.do("decide_seal", measure_kind="查封", seal_opinion="危险现实存在")
    assert told() == ["部门正在办理措施：起草查封决定书"]
    case.do("draft_seal", **DRAFT)
    assert told() == [f"查封决定 {DRAFT['seal_number']} 已经起草，尚未批准和实施"]
    case.do("approve_seal", HEAD, head_decision="revise", head_opinion="补充理由")
    case.do("draft_seal", **DRAFT)
    case.do("approve_seal", HEAD, head_decision="approve", head_opinion="同意")
    assert told() == [f"查封决定 {DRAFT['seal_number']} 已经批准，尚未实施"]
    case.executed()
    assert told() == ["查封措施尚未解除"]


def test_a_decision_that_the_head_refused_stands_against_nothing(case: Case) -> None:
    case.drafted()
    case.do("approve_seal", HEAD, head_decision="refuse", head_opinion="先责令整改")
    with case.app.reading() as tx:
        assert measure_pending.words(tx, tx.get_one(Hazard, NUMBER)) == []
