"""Everything an author can draw either runs as BPMN says or is refused with the element and a sentence."""

import pytest

from engine.bpm.spiff import Refused, parse
from tests.engine.bpm.spiff.kit import HEAD, Case, boundary, bpmn, el, event, flow, script, timer

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B = el("userTask", "a"), el("userTask", "b")


def problems(files):
    with pytest.raises(Refused) as refused:
        parse(files)
    for problem in refused.value.problems:
        assert problem["message"]
        assert problem["en"]
        assert problem["severity"] == "error"
    return refused.value.problems


def refused(content, *, roots=""):
    return [problem["element"] for problem in problems(bpmn(content, roots=roots))]


@pytest.mark.parametrize("content", [
    b"", b"   ", b"not xml", b"<html><body/></html>", b"<a/>", b"\xff\xfe", b"\x00" * 50, b"<a" * 1000,
    b'<?xml version="1.0" encoding="nonsense"?><a/>', HEAD.encode(), (HEAD + "</bpmn:definitions>").encode(),
    b'<definitions xmlns="urn:other"><process id="p" isExecutable="true"/></definitions>',
    b"<a>" * 5000 + b"</a>" * 5000,
])  # fmt: skip
def test_what_is_no_runnable_bpmn_is_refused_with_a_sentence(content):
    assert problems({"x.bpmn": content})[0]["file"] == "x.bpmn"


@pytest.mark.parametrize("doctype", [
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">',
    '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    "<!DOCTYPE d>",
])  # fmt: skip
def test_any_doctype_is_refused(doctype):
    content = doctype + bpmn(START + A + flow("s->a"))["p.bpmn"].decode()
    assert "DOCTYPE" in problems({"x.bpmn": content.encode()})[0]["message"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_declared_encodings_are_read_as_they_are_declared(encoding):
    name = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{name}"?>' + bpmn(START + el("userTask", "整改", name="现场整改") + flow("s->整改"))["p.bpmn"].decode()
    assert Case({"p.bpmn": text.encode(encoding)}).at.tasks[0].name == "现场整改"


def test_names_ids_and_reserved_words_of_spiff_are_ordinary_ids():
    files = bpmn(el("startEvent", "Start") + el("userTask", "Root") + el("task", "p.EndJoin") + el("endEvent", "End") + flow("Start->Root->p.EndJoin->End"))
    case = Case(files)
    case.do("Root")
    assert case.completed == ["Start", "Root", "p.EndJoin", "End"]


def test_flows_without_ids_prefixed_references_and_comments_are_understood():
    text = bpmn('<bpmn:startEvent id="s"/><bpmn:scriptTask id="n"><bpmn:script><!-- note -->x = 1<?pi y?></bpmn:script></bpmn:scriptTask>'
                '<bpmn:sequenceFlow sourceRef="s" targetRef="n"/><bpmn:sequenceFlow sourceRef="n" targetRef="c"/>'
                '<bpmn:callActivity id="c" calledElement="tns:q"/>', more=f'<bpmn:process id="q">{el("startEvent", "qs")}{el("endEvent", "qe")}{flow("qs->qe")}</bpmn:process>')
    case = Case(text)
    assert (case.at.status, case.at.variables) == ("completed", {"x": 1})


def test_a_process_that_is_not_executable_is_left_alone_unless_there_is_no_other():
    black_box = '<bpmn:process id="q" isExecutable="false"><bpmn:complexGateway id="g"/></bpmn:process>'
    assert parse(bpmn(START + A + flow("s->a"), more=black_box)).executable == ("p",)
    text = bpmn(START)["p.bpmn"].replace(b'"true"', b'"false"')
    assert "可执行" in problems({"p.bpmn": text})[0]["message"]


def test_all_problems_are_reported_at_once_with_their_elements():
    found = refused(START + el("complexGateway", "g") + A + script("n", "import os") + el("endEvent", "e") + flow("s->g->n->e->a"))
    assert {"g", "n", "e_a"} <= set(found)


WRONG = {
    "complex gateway": (el("complexGateway", "x"), "x"),
    "unknown source of a flow": ('<bpmn:sequenceFlow id="x" sourceRef="nobody" targetRef="a"/>', "x"),
    "unknown target of a flow": ('<bpmn:sequenceFlow id="x" sourceRef="a" targetRef="nobody"/>', "x"),
    "flow without ends": ('<bpmn:sequenceFlow id="x"/>', "x"),
    "flow out of an end event": (el("endEvent", "e1") + flow("e1->a"), "e1_a"),
    "flow into a start event": (flow("a->s"), "a_s"),
    "boundary event on nothing": (boundary("x", "nobody", timer("Duration", "P1D")), "x"),
    "boundary event on a gateway": (el("parallelGateway", "g") + boundary("x", "g", timer("Duration", "P1D")), "x"),
    "boundary event without a type": (boundary("x", "a", ""), "x"),
    "catch event without a type": (el("intermediateCatchEvent", "x"), "x"),
    "compensation boundary event": (boundary("x", "a", "<bpmn:compensateEventDefinition/>"), "x"),
    "timer without value": (el("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition/>"), "x"),
    "timer with two values": (el("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition><bpmn:timeDate>2026-10-10</bpmn:timeDate>"
                                 "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"), "x"),
    "timer that is no time": (el("intermediateCatchEvent", "x", timer("Duration", "3 days")), "x"),
    "timer of the wrong kind": (el("intermediateCatchEvent", "x", timer("Date", "P3D")), "x"),
    "timer with a bad expression": (el("intermediateCatchEvent", "x", timer("Date", "${workdays(}")), "x"),
    "message that does not exist": (el("intermediateCatchEvent", "x", event("message", "M9")), "x"),
    "event without message": (el("intermediateCatchEvent", "x", event("message")), "x"),
    "receive task without message": (el("receiveTask", "x"), "x"),
    "error thrown between": (el("intermediateThrowEvent", "x", event("error")), "x"),
    "event definition reference to nothing": (el("intermediateCatchEvent", "x", "<bpmn:eventDefinitionRef>d9</bpmn:eventDefinitionRef>"), "x"),
    "link without catch": (el("intermediateThrowEvent", "x", '<bpmn:linkEventDefinition name="L"/>'), "x"),
    "link without throw": (el("intermediateCatchEvent", "x", '<bpmn:linkEventDefinition name="L"/>'), "x"),
    "cancel end outside of a transaction": (el("endEvent", "x", "<bpmn:cancelEventDefinition/>"), "x"),
    "ad-hoc sub-process with an end event": (el("adHocSubProcess", "h", B + el("endEvent", "x")), "x"),
    "empty sub-process": (el("subProcess", "x"), "x"),
    "sub-process that starts with a message": (el("subProcess", "x", el("startEvent", "s9", event("message", "M"))), "s9"),
    "event sub-process without event": (el("subProcess", "x", el("startEvent", "s9"), triggeredByEvent="true"), "s9"),
    "flow into an event sub-process": (el("subProcess", "x", el("startEvent", "s9", event("message", "M")), triggeredByEvent="true") + flow("a->x"), "x"),
    "two plain start events": (el("startEvent", "x"), "x"),
    "script in another language": (el("scriptTask", "x", "<bpmn:script>1</bpmn:script>", scriptFormat="groovy"), "x"),
    "script with code": (script("x", "__import__('os').system('id')"), "x"),
    "script that is empty": (el("scriptTask", "x"), "x"),
    "service task without operator": (el("serviceTask", "x"), "x"),
    "service task with a class": (el("serviceTask", "x", **{"c_class": "com.example.X"}), "x"),
    "call of nothing": (el("callActivity", "x"), "x"),
    "condition with code": (el("exclusiveGateway", "g") + flow("g->[().__class__] a"), "g_a"),
    "condition that does not parse": (el("exclusiveGateway", "g") + flow("g->[a >] a"), "g_a"),
    "condition behind a parallel gateway": (el("parallelGateway", "g") + flow("g->[true] a"), "g_a"),
    "gateway flow without condition": (el("exclusiveGateway", "g") + B + flow("g->[true] a\ng->b"), "g_b"),
    "default flow of another element": (el("exclusiveGateway", "x", default="s_a") + flow("x->[true] a"), "x"),
    "event gateway before a task": (el("eventBasedGateway", "g") + flow("g->a"), "g_a"),
    "parallel event gateway": (el("eventBasedGateway", "x", eventGatewayType="Parallel") + el("intermediateCatchEvent", "c", timer("Duration", "P1D")) + flow("x->c"), "x"),
    "start quantity": (el("task", "x", startQuantity="2"), "x"),
    "multi-instance behaviour": (el("task", "x", '<bpmn:multiInstanceLoopCharacteristics behavior="None"><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'), "x"),
    "multi-instance of nothing": (el("task", "x", "<bpmn:multiInstanceLoopCharacteristics/>"), "x"),
    "negative cardinality": (el("task", "x", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>-1</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"), "x"),
    "loop without end": (el("task", "x", "<bpmn:standardLoopCharacteristics/>"), "x"),
    "loop of minus one": (el("task", "x", '<bpmn:standardLoopCharacteristics loopMaximum="-1"/>'), "x"),
    "duplicate id": (el("userTask", "a"), "a"),
    "bad form of an assignment": (el("userTask", "x", c_assignee="${1 +}"), "x"),
    "reference to data that does not exist": ('<bpmn:dataObjectReference id="x" dataObjectRef="gone"/>', "x"),
    "association with data that does not exist": (el("task", "x", "<bpmn:dataInputAssociation><bpmn:sourceRef>gone</bpmn:sourceRef></bpmn:dataInputAssociation>"), "x"),
    "conditional start": (el("startEvent", "x", "<bpmn:conditionalEventDefinition><bpmn:condition>${true}</bpmn:condition></bpmn:conditionalEventDefinition>"), "x"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_would_run_wrongly_is_refused_at_its_element(case):
    content, element = WRONG[case]
    assert element in refused(START + A + flow("s->a") + content, roots='<bpmn:message id="M" name="m"/>')


def test_an_event_definition_of_the_file_can_be_shared_by_reference():
    roots = '<bpmn:timerEventDefinition id="d"><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>'
    case = Case(bpmn(START + el("intermediateCatchEvent", "c", "<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>") + A + flow("s->c->a"), roots=roots))
    assert len(case.at.timers) == 1


def test_data_objects_and_artifacts_are_documentation_and_never_hang_the_parser():
    content = START + A + flow("s->a\ns->sub") + '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="r" dataObjectRef="d"/>' \
        '<bpmn:textAnnotation id="t"><bpmn:text>note</bpmn:text></bpmn:textAnnotation><bpmn:property id="x" name="x"/>' \
        + el("subProcess", "sub", el("subProcess", "sub2", B + '<bpmn:dataObjectReference id="r2" dataObjectRef="d"/>'))
    assert sorted(Case(bpmn(content)).open) == ["a", "b"]


def test_the_model_tells_its_starts_calls_elements_and_hash():
    files = bpmn(START + el("startEvent", "t", timer("Cycle", "R/P1D")) + el("callActivity", "c", calledElement="q") + flow("s->c\nt->c"))
    model = parse(files)
    assert {(start.element, start.kind, start.timer, start.timer_kind) for start in model.starts} == {("s", "none", None, None), ("t", "timer", "R/P1D", "cycle")}
    assert model.calls == (("c", "q"),)
    assert model.elements["c"].type == "callActivity"
    assert model.hash == parse(files).hash
    assert (model.key, model.name) == ("p", "p")
    assert parse({**files, "x.form": b'{"id": "f", "type": "default", "components": []}'}).hash != model.hash


def test_the_wanted_process_of_a_file_can_be_named():
    more = f'<bpmn:process id="q" name="second">{el("startEvent", "qs")}</bpmn:process>'
    files = bpmn(START + A + flow("s->a"), more=more)
    assert parse(files, "q").name == "second"
    with pytest.raises(Refused):
        parse(files, "nobody")


def test_a_form_given_by_file_name_is_known_by_its_id():
    form = b'{"id": "rectify", "type": "default", "components": []}'
    files = {**bpmn(START + el("userTask", "a", c_formKey="camunda-forms:deployment:fix.form") + flow("s->a")), "forms/fix.form": form}
    assert Case(files).at.tasks[0].form == "rectify"


def test_every_wrong_place_of_a_table_is_named():
    dmn = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="x"><decisionTable id="t" hitPolicy="FANCY">
      <input id="i"><inputExpression id="ie"><text>1 +</text></inputExpression></input><output id="o" name="a"/></decisionTable></decision></definitions>"""
    found = problems({**bpmn(START + A + flow("s->a")), "t.dmn": dmn})
    assert len(found) == 2
    assert {problem["file"] for problem in found} == {"t.dmn"}
    assert found[0]["element"] == "x"
