"""The linter: each rule on the smallest file that breaks it, and files of any kind without a crash."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields

from engine.bpm.lint import Known, lint
from engine.bpm.operators import Registry
from engine.bpm.spiff import Model
from engine.errors import Problem
from tests.engine.bpm.diagrams import diagram, flows

LAYOUT = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"><bpmndi:BPMNPlane>'
    '<bpmndi:BPMNShape bpmnElement="{}"/></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
)
GOOD_TASK = '<userTask id="t" camunda:candidateGroups="office" camunda:formRef="ask" camunda:dueDate="${workdays(3)}"/>'
FORM = b'{"id": "ask", "components": []}'
TABLE = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="level"><decisionTable><input>'
    b"<inputExpression><text>x</text></inputExpression></input><output name='y'/><rule><inputEntry><text>-</text>"
    b"</inputEntry><outputEntry><text>CELL</text></outputEntry></rule></decisionTable></decision></definitions>"
)


class Print(Schema):
    title = fields.String(required=True)
    copies = fields.Integer(load_default=1)


def registry() -> Registry:
    operators = Registry()
    operators.operator("paper.print", title="打印", schema=Print)(lambda *_: {})
    return operators


KNOWN = Known(operators=registry().schemas, functions=frozenset({"postcode"}), processes=frozenset({"deployed"}),
              groups=frozenset({"office"}))  # fmt: skip


def found(*elements: str, ways: str = "", known: Known | None = KNOWN, **files: bytes) -> list[tuple[str, str, str]]:
    """(rule, severity, element) of the findings about a process of these elements, layout left aside."""
    body = f'<startEvent id="s"/>{"".join(elements)}<endEvent id="e"/>{flows(*(ways or "s>t t>e").split())}'
    extra = {name.replace("_", "."): content for name, content in files.items()}
    problems = lint({"case.bpmn": diagram(body), "ask.form": FORM, **extra}, known=known)
    return [
        (problem["rule"], problem["severity"], problem["element"])
        for problem in problems
        if problem["rule"] != "layout"
    ]


def service(topic: str, **parameters: str) -> str:
    inputs = "".join(
        f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>' for name, value in parameters.items()
    )
    return (
        f'<serviceTask id="t" camunda:type="external" camunda:topic="{topic}"><extensionElements><camunda:inputOutput>'
        f"{inputs}</camunda:inputOutput></extensionElements></serviceTask>"
    )


def test_a_complete_process_has_no_findings() -> None:
    assert found(GOOD_TASK) == []


def human(**attributes: str) -> str:
    given_attributes = {"candidateGroups": "office", "formRef": "ask", "dueDate": "P3D"} | attributes
    given = "".join(f' camunda:{name}="{value}"' for name, value in given_attributes.items() if value)
    return f'<userTask id="t"{given}/>'


NO_DEADLINE = human(dueDate="").replace(
    "/>",
    '><extensionElements><camunda:properties><camunda:property name="deadline" value="none"/></camunda:properties>'
    "</extensionElements></userTask>",
)


@pytest.mark.parametrize(
    ("element", "findings"),
    [
        (human(candidateGroups=""), [("group", "error", "t")]),
        (human(candidateGroups="", assignee="${owner}"), []),
        (human(candidateGroups="", candidateUsers="li"), []),
        (human(candidateGroups="office, ghosts"), [("group", "warning", "t")]),
        (human(candidateGroups="${unit}"), []),
        (human(formRef=""), [("form", "warning", "t")]),
        (human(formRef="missing"), [("form", "error", "t")]),
        (human(formRef="", formKey="camunda-forms:deployment:ask.form"), []),
        (human(dueDate=""), [("due-date", "warning", "t")]),
        (human(dueDate="next week"), [("due-date", "error", "t")]),
        (human(dueDate="2026-10-10T08:30:00+08:00"), []),
        (human(dueDate="${due_at}"), []),
        (NO_DEADLINE, []),
        (human(dueDate="${wrokdays(3)}"), [("function", "error", "t")]),
        (human(assignee="${postcode(place)}"), []),
        (human(dueDate="${1 +}"), [("expression", "error", "t")]),
    ],
)
def test_human_work_needs_somebody_a_form_and_a_date(element: str, findings: list[Any]) -> None:
    assert found(element) == findings


@pytest.mark.parametrize(
    ("element", "findings"),
    [
        ('<callActivity id="t" calledElement="nobody"/>', [("call", "error", "t")]),
        ('<callActivity id="t" calledElement="deployed"/>', []),
        ('<callActivity id="t" calledElement="${which}"/>', []),
        ('<businessRuleTask id="t" camunda:decisionRef="level"/>', [("decision", "error", "t")]),
        (service("paper.print", title="x"), []),
        (service("paper.print", title="x", copies="2"), []),
        (service("paper.print", title="x", copies="two"), [("operator", "error", "t")]),
        (service("paper.print", title="x", copies="${n}"), []),
        (service("paper.print"), [("operator", "error", "t")]),
        (service("paper.print", title="x", colour="red"), [("operator", "error", "t")]),
        (service("paper.shred"), [("operator", "error", "t")]),
        ('<scriptTask id="t"><script>x = postcodes(1)</script></scriptTask>', [("function", "error", "t")]),
    ],
)  # fmt: skip
def test_what_an_element_refers_to_must_exist(element: str, findings: list[Any]) -> None:
    assert found(element) == findings


def test_what_is_not_known_is_not_judged() -> None:
    assert found(service("paper.shred"), known=None) == []
    assert found(human(candidateGroups="ghosts"), known=None) == []


def test_files_resolve_each_other() -> None:
    rule = '<businessRuleTask id="t" camunda:decisionRef="level" camunda:resultVariable="r"/>'
    assert found(rule, level_dmn=TABLE.replace(b"CELL", b"1")) == []
    call = '<callActivity id="t" calledElement="other"/>'
    other = diagram(f'<startEvent id="s2"/><endEvent id="e2"/>{flows("s2>e2")}', key="other")
    assert found(call, other_bpmn=other) == []


@pytest.mark.parametrize(
    ("cell", "rule"), [(b"1 +", "decision"), (b"().__class__", "decision"), (b"postcodes(x)", "function")]
)
def test_a_wrong_cell_of_a_table_is_found(cell: bytes, rule: str) -> None:
    (problem,) = lint({"level.dmn": TABLE.replace(b"CELL", cell)}) if rule == "decision" else [
        problem for problem in lint({"a.bpmn": diagram(f'<startEvent id="s"/><endEvent id="e"/>{flows("s>e")}'),
                                     "level.dmn": TABLE.replace(b"CELL", cell)}) if problem["rule"] == rule
    ]  # fmt: skip
    assert (problem["rule"], problem["severity"], problem["element"]) == (rule, "error", "level")


def test_tables_and_forms_may_be_checked_alone() -> None:
    assert lint({"level.dmn": TABLE.replace(b"CELL", b"1"), "ask.form": FORM}) == []
    (problem,) = lint({"ask.form": b"{}"})
    assert (problem["file"], problem["rule"], problem["severity"]) == ("ask.form", "form", "error")


X, AND, OR = "exclusiveGateway", "parallelGateway", "inclusiveGateway"


def boxes(**kinds: str) -> list[str]:
    return [f'<{kind} id="{name}"/>' for name, kind in kinds.items()]


@pytest.mark.parametrize(
    ("kinds", "ways", "findings"),
    [
        ({"a": AND, "b": "task", "c": "task", "j": AND}, "s>a a>b a>c b>j c>j j>e", []),
        ({"a": AND, "b": "task", "c": "task", "j": X}, "s>a a>b a>c b>j c>j j>e",
         [("twice", "warning", "j")]),
        ({"a": OR, "b": "task", "j": AND}, "s>a a>b b>j j>e", []),
        ({"a": "task", "b": "task"}, "s>a a>e", [("unreachable", "warning", "b")]),
        ({"a": "task", "b": "task"}, "s>a a>e b>e", [("unreachable", "warning", "b")]),
        ({"a": AND, "b": "task"}, "s>a a>b a>e", [("dead-end", "warning", "b")]),
        ({"a": X}, "s>a", [("gateway", "error", "a"), ("unreachable", "warning", "e")]),
        ({"a": "task", "b": "task"}, "s>a a>b b>a", [("soundness", "error", "case"), ("unreachable", "warning", "e")]),
        ({"a": "task", "j": AND}, "s>j j>a a>j a>e", [("soundness", "error", "case")]),
    ],
)  # fmt: skip
def test_the_flow_must_hold_together(kinds: dict[str, str], ways: str, findings: list[Any]) -> None:
    assert found(*boxes(**kinds), ways=ways) == findings


def conditional(source: str, target: str) -> str:
    return (
        f'<sequenceFlow id="c_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        "<conditionExpression>${yes}</conditionExpression></sequenceFlow>"
    )


def test_a_join_that_waits_for_a_branch_not_taken_is_a_warning() -> None:
    elements = [*boxes(j=AND), '<exclusiveGateway id="x" default="f_x_j"/>', *boxes(a=AND, b="task"),
                conditional("x", "e")]  # fmt: skip
    assert found(*elements, ways="s>a a>x a>b x>j b>j j>e") == [("soundness", "warning", "j")]


def test_a_boundary_event_beside_a_task_is_sound() -> None:
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    beside = f'<boundaryEvent id="b" attachedToRef="t" cancelActivity="false">{timer}</boundaryEvent>'
    assert found(GOOD_TASK, beside, *boxes(r="task"), '<endEvent id="e2"/>', ways="s>t t>e b>r r>e2") == []
    merged = found(GOOD_TASK, beside, *boxes(r="task"), ways="s>t t>r b>r r>e")
    assert merged == [("twice", "warning", "r")]


def test_parallel_splits_that_double_the_tokens_again_and_again_are_refused() -> None:
    names = [f"{kind}{number}" for number in range(20) for kind in ("a", "x")]
    elements = [f'<{AND if name[0] == "a" else X} id="{name}"/>' for name in names]
    ways = " ".join(
        f"a{number}>x{number} a{number}>y{number} y{number}>x{number} x{number}>a{number + 1}" for number in range(20)
    ).replace("a20", "e")
    elements += boxes(**{f"y{number}": "task" for number in range(20)})
    assert ("tokens", "error", "case") in found(*elements, ways=f"s>a0 {ways}")


def test_what_takes_long_to_look_at_hides_no_other_finding() -> None:
    """Twenty-five choices that meet in one join have 2^25 markings; the sub-process beside them 2^13 tokens."""
    choices = [f'<{X} id="c{number}" default="f_c{number}_j"/>' for number in range(25)]
    choices += [conditional(f"c{number}", "e") for number in range(25)]
    ways = [f"a>c{number} c{number}>j" for number in range(25)]
    names = [f"{kind}{number}" for number in range(13) for kind in ("p", "x")]
    inner = "".join(f'<{AND if name[0] == "p" else X} id="{name}"/>' for name in names)
    inside = [f"p{number}>x{number} p{number}>y{number} y{number}>x{number}" for number in range(13)]
    inside += [f"x{number}>p{number + 1}" for number in range(12)]
    inner += "".join(boxes(**{f"y{number}": "task" for number in range(13)}))
    inner += '<startEvent id="is"/><endEvent id="ie"/>' + flows(*" ".join(["is>p0", "x12>ie", *inside]).split())
    told = found(f'<{AND} id="a"/><{AND} id="j"/>', *choices, f'<subProcess id="inner">{inner}</subProcess>',
                 ways=" ".join(["s>a", *ways, "j>inner", "inner>e"]))  # fmt: skip
    assert ("tokens", "error", "inner") in told


def test_parallel_blocks_in_a_row_are_legal_and_quick() -> None:
    elements, ways = [], ["s>a0"]
    for number in range(20):
        elements += boxes(**{f"a{number}": AND, f"b{number}": "task", f"c{number}": "task", f"j{number}": AND})
        following = f"a{number + 1}" if number < 19 else "e"
        ways += [f"a{number}>b{number}", f"a{number}>c{number}", f"b{number}>j{number}", f"c{number}>j{number}",
                 f"j{number}>{following}"]  # fmt: skip
    began = time.perf_counter()
    assert found(*elements, ways=" ".join(ways)) == []
    assert time.perf_counter() - began < 2


def test_a_process_that_always_calls_itself_is_refused() -> None:
    assert ("call-circle", "error", "t") in found('<callActivity id="t" calledElement="case"/>')
    perhaps = found('<callActivity id="t" calledElement="case"/>', '<exclusiveGateway id="x" default="f_x_t"/>',
                    conditional("x", "e"), ways="s>x x>t t>e")  # fmt: skip
    assert perhaps == []


def test_a_file_without_layout_and_one_with_missing_shapes_only_warn() -> None:
    body = f'<startEvent id="s"/><endEvent id="e"/>{flows("s>e")}'
    (problem,) = lint({"a.bpmn": diagram(body)})
    assert (problem["rule"], problem["severity"], problem["element"]) == ("layout", "warning", "")
    drawn = diagram(body).replace(b"</definitions>", LAYOUT.format("s").encode() + b"</definitions>")
    (problem,) = lint({"a.bpmn": drawn})
    assert (problem["rule"], problem["element"]) == ("layout", "e")


def test_an_installation_may_add_rules_of_its_own() -> None:
    def no_sealing(model: Model) -> Iterator[Problem]:
        yield Problem(element=model.key, rule="statute", severity="error", message="行政强制法第25条", en="Art. 25")

    assert found(GOOD_TASK, known=Known(rules=(no_sealing,))) == [("statute", "error", "case")]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "unreadable"), (b"no xml", "unreadable"), (b"<a>", "unreadable"), (b"\x00\x01", "unreadable"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml"), (b"<html/>", "xml"),
        (diagram("", key="p").replace(b'isExecutable="true"', b'isExecutable="false"'), "process"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_process_is_an_error(content: bytes, rule: str) -> None:
    problems = lint({"a.bpmn": content})
    assert [(problem["file"], problem["rule"], problem["severity"]) for problem in problems][:1] in (
        [("a.bpmn", rule, "error")], [("", rule, "error")],
    )  # fmt: skip


def test_every_finding_is_complete_and_errors_come_first() -> None:
    problems = lint({"a.bpmn": diagram('<startEvent id="s"/><userTask id="t"/><exclusiveGateway id="g"/>'
                                       + flows("s>t", "t>g"))})  # fmt: skip
    assert all(set(problem) >= {"file", "element", "rule", "severity", "message", "en"} for problem in problems)
    severities = [problem["severity"] for problem in problems]
    assert severities == sorted(severities)
    assert problems[0]["severity"] == "error"


@settings(max_examples=150, deadline=2_000)
@given(st.binary(max_size=80), st.sampled_from(["a.bpmn", "a.dmn", "a.form", "a.txt"]), st.integers(0, 2_000))
def test_any_bytes_are_answered_and_never_raise(noise: bytes, name: str, place: int) -> None:
    whole = {"a.dmn": TABLE, "a.form": FORM}.get(name, diagram(f'<startEvent id="s"/>{GOOD_TASK}{flows("s>t")}'))
    assert isinstance(lint({name: noise}), list)
    assert isinstance(lint({name: whole[:place] + noise + whole[place:]}), list)
