"""Words of a diagram beyond its elements: performers, initiators, error texts, dialects, and what has no effect."""

from __future__ import annotations

import pytest

from engine.bpm.spiff import Refused, parse
from tests.engine.bpm.spiff.coverage_models import ROOTS, assigned, ext, role
from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, script, sub, timer

START, END = el("startEvent", "s"), el("endEvent", "e")
A = el("userTask", "a")


def remarks(content: str, roots: str = "") -> list[tuple[str, str, str]]:
    return [(one["rule"], one["severity"], one["element"]) for one in parse(bpmn(content, roots=roots)).remarks]


def test_bpmns_own_performers_are_the_assignee_and_the_candidates() -> None:
    named = role("humanPerformer", assigned("${boss}")) + role("potentialOwner", assigned("user(wang), group(clerk), lead"))
    by_role = role("potentialOwner", "<bpmn:resourceRef>R</bpmn:resourceRef>")
    case = Case(bpmn(START + el("userTask", "a", named + by_role) + flow("s->a"), roots=ROOTS), {"boss": "li"})
    task = case.at.tasks[0]
    assert (task.assignee, task.users, task.groups) == ("li", ("wang",), ("clerk", "lead", "office"))


def test_the_dialects_attribute_goes_before_bpmns_performer() -> None:
    case = Case(bpmn(START + el("userTask", "a", role("humanPerformer", assigned("li")), c_assignee="wang") + flow("s->a")))
    assert case.at.tasks[0].assignee == "wang"


@pytest.mark.parametrize(("given", "who"), [({}, "li"), ({"who": "zhao"}, "zhao")])
def test_the_initiator_variable_is_whoever_started_the_process(given, who) -> None:
    files = bpmn(el("startEvent", "s", c_initiator="who") + el("userTask", "a", c_assignee="${who}") + flow("s->a"))
    assert Case(files, given, started_by="li").at.tasks[0].assignee == who


def test_a_thrown_error_carries_its_message() -> None:
    inner = el("startEvent", "s1") + el("endEvent", "e1", event("error", "E")) + flow("s1->e1")
    caught = '<bpmn:errorEventDefinition errorRef="E" camunda:errorCodeVariable="c" camunda:errorMessageVariable="m"/>'
    case = Case(bpmn(START + sub("o", inner) + boundary("b", "o", caught) + END + flow("s->o->e\nb->e"), roots=ROOTS))
    assert case.at.variables == {"c": "one", "m": "坏了"}


@pytest.mark.parametrize(("given", "key"), [("K-${n}", "K-1"), ("#{execution.processBusinessKey}", "Q-7")])
def test_a_called_process_gets_its_own_business_key(given, key) -> None:
    called = f'<bpmn:process id="q">{el("startEvent", "qs")}{script("k", "seen = business_key")}{flow("qs->k")}</bpmn:process>'
    call = el("callActivity", "c", ext(f'<camunda:in businessKey="{given}"/><camunda:in variables="all"/>'), calledElement="q")
    case = Case(bpmn(START + call + END + flow("s->c->e"), more=called), {"n": 1}, business_key="Q-7")
    assert case.at.variables == {"n": 1, "seen": key}


def test_mappings_on_boundary_events_and_behind_event_gateways_see_their_inputs() -> None:
    mapped = ext('<camunda:inputOutput><camunda:inputParameter name="x">1</camunda:inputParameter><camunda:outputParameter '
                 'name="y">${x + "!"}</camunda:outputParameter></camunda:inputOutput>')  # fmt: skip
    late = el("boundaryEvent", "b", mapped + timer("Duration", "PT1H"), attachedToRef="a")
    case = Case(bpmn(START + A + late + END + flow("s->a->e\nb->e")))
    case.wait(hours=1)
    assert case.at.variables == {"y": "1!"}
    race = el("eventBasedGateway", "g") + el("intermediateCatchEvent", "c", mapped + event("message", "M"))
    case = Case(bpmn(START + race + END + flow("s->g->c->e"), roots=ROOTS))
    case.tell("ping")
    assert case.at.variables == {"y": "1!"}


def test_an_event_gateway_that_starts_the_process_is_in_the_trace() -> None:
    race = el("eventBasedGateway", "g", instantiate="true") + el("receiveTask", "r", messageRef="M")
    case = Case(bpmn(race + END + flow("g->r->e"), roots=ROOTS), start_element="r")
    assert case.events[:5] == ["g entered", "g completed", "r entered", "r fired", "r completed"]


@pytest.mark.parametrize(("content", "found"), [
    (el("userTask", "a", c_topic="say"), ("no-effect", "warning", "a")),
    (el("serviceTask", "a", c_type="external", c_topic="say", c_assignee="li"), ("no-effect", "warning", "a")),
    (el("userTask", "a", colour="red"), ("no-effect", "warning", "a")),
    (el("userTask", "a", ext('<camunda:out source="x" target="y"/>')), ("no-effect", "warning", "a")),
    (el("exclusiveGateway", "a", ext("<camunda:inputOutput/>")), ("no-effect", "warning", "a")),
    (el("userTask", "a", ext('<z:form xmlns:z="http://camunda.org/schema/zeebe/1.0"/>')), ("no-effect", "warning", "a")),
    (el("userTask", "a", ext("<camunda:formData/>")), ("form", "error", "a")),
    (el("userTask", "a", c_asyncBefore="true", c_jobPriority="9"), ("ignored", "info", "a")),
    (el("userTask", "a", c_formRef="f", c_formRefBinding="latest"), ("ignored", "info", "a")),
    (el("task", "a", '<bpmn:dataOutputAssociation id="d"><bpmn:targetRef>store</bpmn:targetRef></bpmn:dataOutputAssociation>')
     + '<bpmn:dataStoreReference id="store"/>', ("data-store", "warning", "a")),
])  # fmt: skip
def test_what_has_no_effect_where_it_stands_is_said_at_its_element(content, found) -> None:
    assert remarks(START + content + END + flow("s->a->e")) == [found]


def test_a_message_payload_is_read_where_it_is_sent_and_not_where_it_is_caught() -> None:
    payload = '<bpmn:messageEventDefinition messageRef="M">' + ext('<camunda:in source="n" target="n"/>') + "</bpmn:messageEventDefinition>"
    assert remarks(START + el("intermediateThrowEvent", "a", payload) + END + flow("s->a->e"), ROOTS) == []
    assert remarks(START + el("intermediateCatchEvent", "a", payload) + END + flow("s->a->e"), ROOTS) == [("no-effect", "warning", "a")]


@pytest.mark.parametrize(("content", "rule"), [
    (el("transaction", "a", el("task", "t"), method="##Image"), "unsupported"),
    (el("callActivity", "a", calledElement="p", c_calledElementBinding="version"), "unsupported"),
    (el("intermediateCatchEvent", "a", '<bpmn:conditionalEventDefinition camunda:variableName="n"><bpmn:condition>${n &gt; m}'
        "</bpmn:condition></bpmn:conditionalEventDefinition>"), "condition"),
    (el("intermediateCatchEvent", "a", '<bpmn:conditionalEventDefinition camunda:variableEvents="delete"><bpmn:condition>${n}'
        "</bpmn:condition></bpmn:conditionalEventDefinition>"), "condition"),
    (el("task", "a", '<bpmn:standardLoopCharacteristics id="l"><bpmn:loopCondition language="feel">n = 1</bpmn:loopCondition>'
        "</bpmn:standardLoopCharacteristics>"), "condition"),
    (el("usertask", "a"), "unsupported"),
])  # fmt: skip
def test_what_would_mean_something_else_is_refused_at_its_element(content, rule) -> None:
    with pytest.raises(Refused) as refused:
        parse(bpmn(START + content + END + flow("s->a->e"), roots=ROOTS))
    assert (rule, "a") in [(one["rule"], one["element"]) for one in refused.value.problems]


def test_an_extension_that_must_be_understood_refuses_the_file() -> None:
    with pytest.raises(Refused, match="mustUnderstand"):
        parse(bpmn(START + A + flow("s->a"), roots='<bpmn:extension definition="x" mustUnderstand="true"/>'))


def test_words_beside_the_executable_processes_are_left_alone() -> None:
    drawn = '<bpmn:collaboration id="c"><bpmn:participant id="x" camunda:class="Y"/></bpmn:collaboration>'
    black_box = '<bpmn:process id="q" isExecutable="false"><bpmn:task id="t" camunda:asyncBefore="true"/></bpmn:process>'
    assert parse(bpmn(START + A + flow("s->a"), roots=drawn, more=black_box)).remarks == ()
