"""The processes in `bpmn/` do what their scenarios say, lint clean, and tell each person what to do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from engine.bpm.decisions import parse_decisions
from engine.bpm.forms import parse_form
from engine.bpm.functions import builtin_functions
from engine.bpm.lint import Known, lint
from engine.calendar import Calendar
from engine.campaign import clock_rules
from tests.bpmn.layout import BPMN as BPMN_NAMESPACE
from tests.bpmn.shipped import BPMN, DIAGRAMS, SCENARIOS, files, moments, played, registry

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
CHINESE = re.compile(r"[一-鿿]")
ESCALATION = BPMN / "escalation/escalation_rung.dmn"
NOW = datetime(2026, 10, 12, 1, tzinfo=UTC)
FUNCTIONS = builtin_functions(NOW, Calendar.default(), ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_scenario_holds(scenario: Path, play_once: Callable[[Path], dict[str, Any]]) -> None:
    answer = play_once(scenario)

    assert answer["error"] is None
    assert answer["differences"] == []
    assert answer["incidents"] == []
    assert answer["problems"] == []  # also: no form would refuse what the people of the scenario enter


def test_the_files_lint_without_any_finding() -> None:
    known = Known(operators=registry().schemas, functions=frozenset(clock_rules.FUNCTIONS))
    assert lint(files(), known=known) == []


def test_each_person_is_told_what_to_do_with_a_form_and_until_when() -> None:
    for diagram in DIAGRAMS:
        for task in etree.parse(diagram).iter(f"{BPMN_NAMESPACE}userTask"):
            told = task.findtext(f"{BPMN_NAMESPACE}documentation") or ""
            assert CHINESE.search(told) and told.endswith("。"), task.get("id")
            for attribute in ("candidateGroups", "formRef", "dueDate"):
                assert task.get(f"{CAMUNDA}{attribute}"), (task.get("id"), attribute)
            form = parse_form((diagram.parent / f"{task.get(f'{CAMUNDA}formRef')}.form").read_bytes())
            assert all(CHINESE.search(field.label) for field in form.fields)


def test_local_rules_carry_the_label_for_legal_review() -> None:
    for table in BPMN.glob("*/*.dmn"):
        assert "示例规则，需法制审核" in table.read_text(encoding="utf-8"), table.name
    for diagram in DIAGRAMS:
        told = [element.text for element in etree.parse(diagram).iter(f"{BPMN_NAMESPACE}documentation")]
        limits = [text for text in told if re.search(r"\d+ ?(个工作日|个工作小时|天|日|小时)", text)]
        assert limits
        assert [text for text in limits if "示例规则，需法制审核" not in text] == []


def test_a_general_hazard_is_reminded_at_its_due_moment_and_supervised_after_the_holiday() -> None:
    answer = played(BPMN / "hazard/scenarios/overdue_0902.yaml")

    assert moments(answer, "remind") == ["2026-09-30T00:00"]
    assert moments(answer, "call_supervision") == ["2026-10-09T08:30"]
    told = [call["parameters"] for call in answer["operators"] if call["topic"] == "notice"]
    (reminder,) = [each for each in told if each["template"] == "reminder_overdue"]
    assert reminder["to"] == "QS,GH"  # the unit it was given to, and the community


def test_an_outage_loses_no_rung_and_moves_none() -> None:
    answer = played(BPMN / "hazard/scenarios/outage.yaml")

    assert moments(answer, "remind") == ["2026-09-30T00:00"]
    assert moments(answer, "call_supervision") == ["2026-10-09T08:30"]


def test_a_working_saturday_counts() -> None:
    answer = played(BPMN / "hazard/scenarios/overdue_0903.yaml")

    assert moments(answer, "remind") == ["2026-10-08T08:30"]
    assert moments(answer, "call_supervision") == ["2026-10-10T08:30"]


def test_the_seal_clock_warns_five_working_days_before_the_last_day_to_decide() -> None:
    answer = played(BPMN / "seal/scenarios/extended.yaml")
    begun, extended = (
        call["parameters"] for call in answer["operators"] if call["topic"] in ("measure.execute", "measure.prolong")
    )

    assert moments(answer, "tell_lift_seal_warning") == ["2026-09-22T08:30"]
    assert local(begun["ends_at"]) == "2026-10-08T00:00"  # day 30 is 7 October, a holiday: it does not roll
    assert local(begun["decide_by"]) == "2026-10-01T00:00"  # 24:00 of 30 September
    assert local(extended["ends_at"]) == "2026-11-07T00:00"  # 60 days are the maximum


def local(moment: Any) -> str:
    read = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return f"{read.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M}"


def test_an_extension_moves_the_due_date_of_the_open_task_and_of_the_chain() -> None:
    answer = played(BPMN / "hazard/scenarios/extension_0912.yaml")
    (task,) = [entry for entry in answer["open"] if entry["element"] == "rectify"]

    assert task["due_at"] == "2026-10-24T00:00:00+08:00"  # 24:00 of 23 October
    assert moments(answer, "call_supervision") == ["2026-10-26T08:30"]


def test_editing_the_table_is_enough_to_supervise_a_day_earlier() -> None:
    stricter = ESCALATION.read_text(encoding="utf-8").replace("&gt;= 3", "&gt;= 2").encode()

    answer = played(BPMN / "hazard/scenarios/overdue_0902.yaml", {"escalation/escalation_rung.dmn": stricter})

    assert moments(answer, "call_supervision") == ["2026-10-08T08:30"]


def test_every_combination_of_facts_has_one_level_and_one_limit() -> None:
    levels = parse_decisions((BPMN / "hazard/hazard_classification.dmn").read_bytes())["hazard_classification"]
    limits = parse_decisions((BPMN / "hazard/hazard_limit.dmn").read_bytes())["hazard_limit"]
    facts = ("criteria_confirmed", "suspected", "immediate_danger", "fixable_now", "outside_cause")
    for values in product((True, False), repeat=len(facts)):
        for default_level, default_n in product(("一般", "较大"), (0, 7)):
            known = dict(zip(facts, values, strict=True)) | {"default_level": default_level, "default_n": default_n}
            level = levels.evaluate(known, FUNCTIONS)["local_level"]
            default = {"local_level": level, "default_unit": "d", "default_roll": "F"}
            limit = limits.evaluate(known | default, FUNCTIONS)  # UNIQUE: two rows at once would be refused
            assert limit["max_days"] >= limit["n"] or limit["unit"] == "h"
            if level == "立改":
                assert limit["clock"] == ("T1" if known["immediate_danger"] else "T2.spot")


def test_a_limit_written_by_hand_wins_over_the_code_table() -> None:
    answer = played(BPMN / "hazard/scenarios/written_limit_0911.yaml")
    (task,) = answer["open"]

    assert task["due_at"] == "2026-10-14T00:00:00+08:00"  # 24:00 of 13 October


def rung(**facts: Any) -> str:
    """The step D5 chooses for a general hazard in time, with these facts changed."""
    usual = {
        "local_level": "一般", "overdue_wd": 0, "failed_rechecks": 0, "refusal": False, "repeats": 0, "unsigned_wd": 0,
        "supervision_missed": False, "transfer_busy": False, "rungs": [],
    }  # fmt: skip
    table = parse_decisions(ESCALATION.read_bytes())["escalation_rung"]
    step: str = table.evaluate(usual | facts, FUNCTIONS)["step"]
    return step


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({}, "none"),
        ({"local_level": None, "repeats": 3}, "none"),  # not classified yet
        ({"overdue_wd": 1}, "E1"),
        ({"overdue_wd": 2, "rungs": ["E1"]}, "none"),
        ({"overdue_wd": 3, "rungs": ["E1"]}, "E2"),
        ({"overdue_wd": 4, "rungs": ["E1", "E2"]}, "none"),  # no second supervision the next day
        ({"overdue_wd": 8, "rungs": ["E1", "E2"]}, "E3"),
        ({"overdue_wd": 9, "rungs": ["E1", "E2", "E3"]}, "none"),
        ({"local_level": "较大", "overdue_wd": 1}, "E2"),
        ({"local_level": "重大"}, "E4"),
        ({"local_level": "重大", "rungs": ["E4"]}, "none"),
        ({"local_level": "重大", "overdue_wd": 1, "rungs": ["E4"]}, "E2"),
        ({"failed_rechecks": 1}, "E2"),
        ({"failed_rechecks": 1, "rungs": ["E2"]}, "none"),
        ({"failed_rechecks": 2}, "E3"),
        ({"refusal": True}, "E3"),
        ({"refusal": True, "transfer_busy": True}, "none"),
        ({"repeats": 1}, "none"),
        ({"repeats": 2}, "E3"),
        ({"supervision_missed": True, "rungs": ["E1", "E2"]}, "E3"),
        ({"refusal": True, "unsigned_wd": 2, "rungs": ["E3"]}, "E2b"),  # reached although the refusal goes on
        ({"refusal": True, "unsigned_wd": 5, "rungs": ["E3", "E2b"]}, "none"),
    ],
)
def test_each_rung_is_taken_once_and_the_unsigned_transfer_comes_first(facts: dict[str, Any], step: str) -> None:
    assert rung(**facts) == step


def test_a_governance_plan_without_funds_is_refused() -> None:
    form = parse_form((BPMN / "hazard/plan.form").read_bytes())
    whole = {
        "goal": "消除燃气风险", "measures": "改用电灶并拆除瓶组", "responsible": "店主", "funds": 3.5,
        "limit": "2026-10-20", "plan": "停用期间专人值守",
    }  # fmt: skip

    assert form.check(whole) == []
    for missing in whole:
        (problem,) = form.check({key: value for key, value in whole.items() if key != missing})
        assert problem["field"] == missing


def test_a_refusal_needs_its_evidence() -> None:
    form = parse_form((BPMN / "hazard/rectify.form").read_bytes())

    assert form.check({"outcome": "done", "rectified_note": "已改"}) == []
    assert [problem["field"] for problem in form.check({"outcome": "refused", "rectified_note": "拒绝"})] == [
        "refusal_evidence"
    ]


def test_a_seal_cannot_be_drafted_for_more_than_thirty_days_nor_carried_out_without_officers() -> None:
    draft, execute = (parse_form((BPMN / f"seal/{name}_seal.form").read_bytes()) for name in ("draft", "execute"))
    drafted = {
        "seal_number": "DEMO-1", "seal_party": "某店", "seal_cause": "气瓶不合格", "seal_basis": "第二十四条",
        "seal_days": 30, "seal_items": "气瓶两只", "seal_remedies": "60 日内复议", "emergency": False,
    }  # fmt: skip
    assert draft.check(drafted) == []
    [problem] = draft.check(drafted | {"seal_days": 31})
    assert problem["field"] == "seal_days" and "不能大于 30" in problem["message"]
    assert "行政强制法第二十五条第一款" in problem["message"], "a bound is told with the rule it comes from"
    assert [problem["field"] for problem in draft.check(drafted | {"emergency": True})] == ["emergency_reason"]
    assert "seal_officers" in {problem["field"] for problem in execute.check({})}


@pytest.mark.parametrize(
    ("code", "kind", "crowded", "lead"),
    [
        ("RF-03", "加油站/危化", False, "emergency_bureau"), ("RF-03", "餐饮", True, "urban_management"),
        ("RQ-01", "餐饮", False, "urban_management"), ("RF-01", "商超", True, "fire_rescue"),
        ("RF-01", "九小场所", False, "police_station"), ("RF-07", "仓储", False, "fire_rescue"),
        ("SQ-1", "老旧小区/楼院", False, "police_station"), ("RF-02", "建筑工地/装修", False, "housing_bureau"),
        ("RF-02", "工贸企业", False, "emergency_bureau"), ("GM-11", "工贸企业", False, "emergency_bureau"),
        ("TS-01", "商超", True, "market_bureau"), ("RF-06", "学校/幼儿园/培训", True, "safety_committee_office"),
    ],
)  # fmt: skip
def test_the_competent_body_follows_code_and_place(code: str, kind: str, crowded: bool, lead: str) -> None:
    table = parse_decisions((BPMN / "transfer/competent_body.dmn").read_bytes())["competent_body"]
    facts = {"code": code, "code_group": code.split("-")[0], "place_kind": kind, "crowded": crowded}

    bodies = table.evaluate(facts, FUNCTIONS)

    assert bodies[0]["lead"] == lead
    assert bodies[-1]["assign"] is True  # where no row fits, somebody has to name one
