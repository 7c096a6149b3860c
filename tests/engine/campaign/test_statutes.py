"""Statutory limits in diagrams: the linter refuses what the law does not allow and quotes the clause."""

import pytest

from engine.bpm.lint import Known, lint
from engine.campaign import statutes
from tests.engine.bpm.diagrams import diagram, flows

PARAMETERS = {"hazard": "${hazard}", "kind": "查封", "organ": "${body}", "starts_on": "${seal_from}"}


def refused(topic: str, *, before: str = "", **parameters: str) -> list[str]:
    """The messages of the rule `statute` about one service task with these inputs, ``before`` it other elements."""
    inputs = "".join(
        f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>'
        for name, value in (PARAMETERS | parameters).items()
    )
    body = (
        f'<startEvent id="s"/><serviceTask id="seal" name="立查封期限" camunda:type="external" camunda:topic="{topic}">'
        f"<extensionElements><camunda:inputOutput>{inputs}</camunda:inputOutput></extensionElements></serviceTask>"
        f'<endEvent id="e"/>{before}{flows("s>seal", "seal>e")}'
    )
    problems = lint({"seal.bpmn": diagram(body)}, known=Known(rules=(statutes.check,)))
    return [problem["message"] for problem in problems if problem["rule"] in ("statute", "clock")]


@pytest.mark.parametrize(
    ("topic", "ends_at", "allowed"),
    [
        ("measure.open", '${deadline(seal_from, 30, "d", "N")}', True),
        ("measure.open", '${deadline(seal_from, 31, "d", "N")}', False),
        ("measure.open", '${deadline(seal_from, 2, "month", "N")}', False),
        ("measure.open", '${deadline(seal_from, min(int(seal_days), 30), "d", "N")}', True),
        ("measure.open", '${deadline(seal_from, min(int(seal_days), 45), "d", "N")}', False),
        ("measure.open", "${days(20 + 15)}", False),
        ("measure.open", "${days(chosen)}", True),
        ("measure.open", "${hours(2160)}", False),
        ("measure.open", "${workdays(22)}", True),
        ("measure.open", "${workdays(30)}", False),
        ("measure.open", '${deadline(seal_from, 30, "wd")}', False),
        ("measure.open", "${workhours(210)}", False),
        ("measure.open", '${clock("T19", seal_from)}', True),
        ("measure.open", '${clock("T4", seal_from)}', False),
        ("measure.extend", '${deadline(seal_from, 60, "d", "N")}', True),
        ("measure.extend", '${deadline(seal_from, min(total + extra, 90), "d", "N")}', False),
        ("measure.close", '${deadline(seal_from, 90, "d", "N")}', True),
    ],
)
def test_a_seal_lasts_at_most_thirty_and_thirty_days(topic: str, ends_at: str, allowed: bool) -> None:
    messages = refused(topic, ends_at=ends_at)
    assert (messages == []) is allowed
    assert all("《行政强制法》第二十五条" in message for message in messages)


@pytest.mark.parametrize(("organ", "allowed"), [("street", False), ("fire_rescue", True), ("${body}", True)])
def test_the_subdistrict_cannot_be_the_body_that_seals(organ: str, allowed: bool) -> None:
    for messages in (
        refused("measure.open", ends_at="${days(30)}", organ=organ),
        refused("measure.draft", kind="${measure_kind}", organ=organ),
    ):
        assert (messages == []) is allowed
        assert all("第十七条" in message for message in messages)


@pytest.mark.parametrize(
    ("topic", "given", "said"),
    [
        ("court.open", {"organ": "street"}, "行政强制法第五十三条"),
        ("court.open", {"organ": "fire_rescue"}, ""),
        ("crime.open", {"organ": "safety_office"}, "国务院令第310号"),
        ("document.draft", {"type": "强制执行催告书", "unit": "leader@street"}, "行政强制法第五十三条"),
        ("document.draft", {"type": "交办单", "unit": "street"}, ""),
        ("document.draft", {"type": "责令限期改正指令书", "unit": "street"}, ""),  # in some provinces it may
        ("document.draft", {"type": "强制执行催告书", "unit": "${organ}"}, ""),
    ],
)
def test_no_unit_is_given_an_act_that_no_province_gives_it(topic: str, given: dict[str, str], said: str) -> None:
    messages = refused(topic, **given)
    assert len(messages) == bool(said)
    assert all(said in message and "请" in message for message in messages)


@pytest.mark.parametrize(
    ("kind", "topic", "ends_at", "allowed"),
    [
        ("查封", "measure.execute", "${days(90)}", False),
        ("${measure_kind}", "measure.execute", "${days(30)}", True),
        ("${measure_kind}", "measure.prolong", "${days(300)}", False),
        ("${measure_kind}", "measure.execute", '${clock("T4", now())}', True),  # of what is no seal
        ("扣押", "measure.execute", '${clock("T4", now())}', False),
        ("停止供电", "measure.execute", "${days(90)}", True),
    ],
)
def test_what_was_drafted_as_a_seal_lasts_no_longer(kind: str, topic: str, ends_at: str, allowed: bool) -> None:
    tasks = {"draft": ("measure.draft", "kind", kind), "carry": (topic, "ends_at", ends_at)}
    steps = "".join(
        f'<serviceTask id="{id}" camunda:type="external" camunda:topic="{work}"><extensionElements>'
        f'<camunda:inputOutput><camunda:inputParameter name="{name}">{value}</camunda:inputParameter>'
        f"</camunda:inputOutput></extensionElements></serviceTask>"
        for id, (work, name, value) in tasks.items()
    )
    body = f'<startEvent id="s"/>{steps}<endEvent id="e"/>{flows("s>draft", "draft>carry", "carry>e")}'
    problems = lint({"seal.bpmn": diagram(body)}, known=Known(rules=(statutes.check,)))
    assert ([one for one in problems if one["rule"] == "statute"] == []) is allowed


@pytest.mark.parametrize(
    ("script", "ends_at", "allowed"),
    [
        ('last = deadline(seal_from, 30, "d", "N")', "${last}", True),
        ('last = deadline(seal_from, 90, "d", "N")', "${last}", False),
        ("later = days(90)\nlast = later if hard else days(30)", "${last if ready else chosen}", False),
        ("last = days(90)", "${deadline(last, 3)}", True),  # where it begins is another matter
        ("last = later\nlater = last", "${last}", True),
    ],
)
def test_a_seal_lasts_no_longer_when_its_end_is_computed_before(script: str, ends_at: str, allowed: bool) -> None:
    counted = f'<scriptTask id="count" name="计算期限"><script>{script}</script></scriptTask>'
    messages = refused("measure.open", before=counted, ends_at=ends_at)
    assert (messages == []) is allowed
    assert all("第二十五条" in message for message in messages)


def test_other_measures_have_other_limits() -> None:
    assert refused("measure.open", kind="停止使用", ends_at="${days(180)}") == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"clock": "T2"}, []),
        ({"clock": "${limit_row.clock}"}, []),
        ({"clock": "T2.nothing"}, ["没有时限“T2.nothing”"]),
        ({"clock": ""}, ["没有写明时限编号"]),
        ({}, ["没有写明时限编号"]),
    ],
)
def test_a_deadline_names_a_known_clock(given: dict[str, str], said: list[str]) -> None:
    messages = refused("deadline.open", **given)
    assert len(messages) == len(said)
    assert all(part in message for part, message in zip(said, messages, strict=True))


@pytest.mark.parametrize(("code", "known"), [("T7.local", True), ("T77", False)])
def test_a_user_task_names_a_known_clock(code: str, known: bool) -> None:
    body = (
        '<startEvent id="s"/><userTask id="check" camunda:candidateGroups="a" camunda:dueDate="${workdays(3)}">'
        f'<extensionElements><camunda:properties><camunda:property name="clock" value="{code}"/></camunda:properties>'
        f'</extensionElements></userTask><endEvent id="e"/>{flows("s>check", "check>e")}'
    )
    problems = lint({"check.bpmn": diagram(body)}, known=Known(rules=(statutes.check,)))
    assert ([problem["element"] for problem in problems if problem["rule"] == "clock"] == []) is known


@pytest.mark.parametrize(
    ("topic", "severity"),
    [("measure.open", ["error"]), ("measure.extend", ["error"]), ("measure.close", ["error"]), ("measure.execute", [])],
)
def test_a_new_diagram_registers_no_measure_past_the_heads_approval(topic: str, severity: list[str]) -> None:
    body = (
        f'<startEvent id="s"/><serviceTask id="seal" name="登记查封" camunda:type="external" camunda:topic="{topic}"/>'
        f'<endEvent id="e"/>{flows("s>seal", "seal>e")}'
    )
    problems = lint({"seal.bpmn": diagram(body)}, known=Known(rules=(statutes.check,)))
    found = [problem for problem in problems if problem["rule"] == "approval"]
    assert [problem["severity"] for problem in found] == severity
    assert all(problem["element"] == "seal" and "第十八条" in problem["message"] for problem in found)
