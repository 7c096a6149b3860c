"""One small file for each rule of the linter that breaks it, with the finding that it must lead to."""

from dataclasses import dataclass
from itertools import product

from tests.engine.bpm.diagrams import diagram, flows, timer

X, AND, EVENT = "exclusiveGateway", "parallelGateway", "eventBasedGateway"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
TASK = "<userTask id='t' name='整改' camunda:candidateGroups='office' camunda:formRef='ask' camunda:dueDate='P3D'{}</userTask>"
FORM = b'{"id": "ask", "components": []}'


@dataclass(frozen=True)
class Bad:
    """Files, and the first finding about them besides layout: its rule, severity, element and that element's name."""

    files: dict[str, bytes]
    rule: str
    element: str = "t"
    name: str = "整改"
    severity: str = "error"


def task(attributes: str = "", inner: str = "", *, without: str = "") -> str:
    """The user task `t`, complete unless an attribute is left out."""
    text = TASK.replace(f"camunda:{without}=", "camunda:modelerTemplate=") if without else TASK
    return text.format(f" {attributes}>{inner}")


def work(tag: str, attributes: str = "", inner: str = "") -> str:
    """Another activity `t`."""
    return f'<{tag} id="t" name="整改" {attributes}>{inner}</{tag}>'


def service(topic: str, **inputs: str) -> str:
    """A service task `t` with an operator and its inputs."""
    given = "".join(
        f'<camunda:inputParameter name="{key}">{value}</camunda:inputParameter>' for key, value in inputs.items()
    )
    inner = f"<extensionElements><camunda:inputOutput>{given}</camunda:inputOutput></extensionElements>"
    return work("serviceTask", f'camunda:type="external" camunda:topic="{topic}"', inner)


def one(element: str, *, ways: str = "s>t t>e", extra: str = "", more: str = "") -> dict[str, bytes]:
    """A process of start, this element (and `more`) and end."""
    body = f'<startEvent id="s"/>{element}{more}<endEvent id="e"/>{flows(*ways.split())}'
    return {"case.bpmn": diagram(body, extra=extra), "ask.form": FORM}


def multi(value: str, attributes: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}><loopCardinality>{value}</loopCardinality></multiInstanceLoopCharacteristics>"


def boundary(definition: str, attributes: str = 'attachedToRef="t"') -> str:
    return f'<boundaryEvent id="b" name="逾期" {attributes}>{definition}</boundaryEvent>'


def catch(definition: str) -> str:
    return work("intermediateCatchEvent", inner=definition)


def conditional(source: str, target: str, condition: str, identifier: str = "c") -> str:
    return (
        f'<sequenceFlow id="{identifier}" sourceRef="{source}" targetRef="{target}"><conditionExpression>'
        f"{condition}</conditionExpression></sequenceFlow>"
    )


def table(
    rules: str = "", *, attributes: str = "", columns: str = "<output name='y'/>", test: str = "x"
) -> dict[str, bytes]:
    """A file with the decision `d`."""
    head = f"<input label='等级'><inputExpression><text>{test}</text></inputExpression></input>{columns}"
    body = f"<decision id='d' name='分级'><decisionTable {attributes}>{head}{rules}</decisionTable></decision>"
    return {"d.dmn": f'<definitions xmlns="{DMN}">{body}</definitions>'.encode()}


def row(cell: str, *results: str) -> str:
    """The row `r` of a decision table."""
    cells = "".join(f"<outputEntry><text>{result}</text></outputEntry>" for result in results)
    return f"<rule id='r'><inputEntry><text>{cell}</text></inputEntry>{cells}</rule>"


def form(components: str) -> dict[str, bytes]:
    return {"ask.form": f'{{"id": "ask", "components": [{components}]}}'.encode()}


def splits() -> dict[str, bytes]:
    """Twenty parallel splits into exclusive merges: 2^20 tokens."""
    elements, ways = "", "s>a0 "
    for n in range(20):
        after = f"a{n + 1}" if n < 19 else "e"
        elements += f'<{AND} id="a{n}"/><{X} id="x{n}"/><task id="y{n}"/>'
        ways += f"a{n}>x{n} a{n}>y{n} y{n}>x{n} x{n}>{after} "
    return one(elements, ways=ways)


def nested(*sizes: int) -> str:
    """Parallel multi-instance sub-processes in each other."""
    inner = ""
    for depth, size in enumerate(sizes):
        content = inner or f'<startEvent id="s{depth}"/><endEvent id="e{depth}"/>{flows(f"s{depth}>e{depth}")}'
        if inner:
            content = f'<startEvent id="s{depth}"/>{inner}{flows(f"s{depth}>p{depth - 1}")}'
        inner = f'<subProcess id="p{depth}" name="层{depth}">{multi(str(size))}{content}</subProcess>'
    return inner


def branching(size: int, branches: int) -> str:
    """A sub-process `t` of so many parallel instances, each with so many parallel branches."""
    names = [f"x{n}" for n in range(branches)]
    inside = "".join(f'<task id="{name}"/>' for name in names) + flows("s2>a", *(f"a>{name}" for name in names))
    return f'<subProcess id="t" name="整改">{multi(str(size))}<startEvent id="s2"/><{AND} id="a"/>{inside}</subProcess>'


MESSAGE = '<message id="m" name="拒绝"/>'
NAMED = {"element": "case", "name": "测试流程"}
FILE = {"element": "", "name": ""}
BAD: dict[str, Bad] = {
    # the file
    "nothing": Bad({"a.bpmn": b""}, "unreadable", **FILE),
    "no XML": Bad({"a.bpmn": b"<definitions"}, "unreadable", **FILE),
    "undeclared GBK": Bad({"a.bpmn": diagram("", name="流程").decode().encode("gbk")}, "unreadable", **FILE),
    "another root": Bad({"a.bpmn": b"<html/>"}, "xml", **FILE),
    "a DOCTYPE": Bad({"a.bpmn": b"<!DOCTYPE a><a/>"}, "xml", **FILE),
    "larger than 10 MB": Bad({"a.bpmn": b"<a>" + b" " * 10_000_001 + b"</a>"}, "size", **FILE),
    "nothing executable": Bad({"a.bpmn": diagram("").replace(b'isExecutable="true"', b'isExecutable="false"')}, "process", **FILE),
    "an id twice": Bad(one(task(), more='<task id="t"/>'), "duplicate"),
    "a process twice": Bad({**one(task()), "b.bpmn": diagram('<startEvent id="s"/>')}, "duplicate", "case", "测试流程"),
    "a form twice": Bad({**one(task()), "b.form": FORM}, "duplicate", **FILE),
    "an empty process": Bad({"a.bpmn": diagram("")}, "empty", **NAMED),
    "too many elements": Bad(one("".join(f'<task id="n{n}"/>' for n in range(20_001)), ways=""), "size", **NAMED),
    "sub-processes too deep": Bad(one('<subProcess id="q">' + "".join(f'<subProcess id="q{n}">' for n in range(201)) + "</subProcess>" * 202, ways=""), "depth", "q199", ""),
    # human work
    "no group": Bad(one(task(without="candidateGroups")), "group"),
    "a group of nobody": Bad(one(task().replace("office", "ghosts")), "group", severity="warning"),
    "no form": Bad(one(task(without="formRef")), "form", severity="warning"),
    "a form that is not there": Bad(one(task().replace("'ask'", "'missing'")), "form"),
    "no due date": Bad(one(task(without="dueDate")), "due-date", severity="warning"),
    "ways back that are neither drawn nor free": Bad(
        one(
            task(
                inner="<extensionElements><camunda:properties><camunda:property name='return' value='no'/>"
                "</camunda:properties></extensionElements>"
            )
        ),
        "return",
    ),
    "given to whom": Bad(
        one(
            task(
                inner="<extensionElements><camunda:properties><camunda:property name='give' value='no'/>"
                "</camunda:properties></extensionElements>"
            )
        ),
        "give",
    ),
    "a due date that is none": Bad(one(task().replace("P3D", "soon")), "due-date"),
    "a due date that cannot be computed": Bad(one(task().replace("P3D", "${workdays(1.5)}")), "due-date"),
    "a due date that repeats": Bad(one(task().replace("P3D", "R3/P1D")), "due-date"),
    "groups of blanks": Bad(one(task().replace("office", " , ")), "group"),
    "a priority that is none": Bad(one(task('camunda:priority="high"')), "priority"),
    # references
    "an unknown process": Bad(one(work("callActivity", 'calledElement="nobody"')), "call"),
    "no process to call": Bad(one(work("callActivity")), "call"),
    "an unknown decision": Bad(one(work("businessRuleTask", 'camunda:decisionRef="nothing"')), "decision"),
    "an unknown mapping of a decision": Bad(one(work("businessRuleTask", 'camunda:decisionRef="d" camunda:mapDecisionResult="all"')), "decision"),
    "an unknown operator": Bad(one(service("paper.shred")), "operator"),
    "a parameter missing": Bad(one(service("paper.print")), "operator"),
    "a parameter too many": Bad(one(service("paper.print", title="x", colour="red")), "operator"),
    "a parameter of a wrong kind": Bad(one(service("paper.print", title="x", copies="two")), "operator"),
    "a service task without operator": Bad(one(work("serviceTask")), "operator"),
    "a Java class": Bad(one(work("serviceTask", 'camunda:class="a.B"')), "operator"),
    "an unknown message": Bad(one(catch('<messageEventDefinition messageRef="gone"/>')), "reference"),
    "a message of no name": Bad(one(work("receiveTask")), "reference"),
    "an unknown event definition": Bad(one(work("intermediateCatchEvent", inner="<eventDefinitionRef>gone</eventDefinitionRef>")), "reference"),
    "a data object of nothing": Bad(one(task(), more='<dataObjectReference id="o" name="台账" dataObjectRef="gone"/>'), "reference", "o", "台账"),
    "a data association of nothing": Bad(one(task(inner="<dataInputAssociation><sourceRef>gone</sourceRef></dataInputAssociation>")), "reference"),
    # expressions and scripts
    "an unknown function": Bad(one(task().replace("P3D", "${wrokdays(3)}")), "function"),
    "an expression that does not parse": Bad(one(task().replace("P3D", "${1 +}")), "expression"),
    "an expression that always fails": Bad(one(service("paper.print", title="${1 / 0}")), "expression"),
    "a script that is no assignment": Bad(one(work("scriptTask", inner="<script>import os</script>")), "script"),
    "an empty script": Bad(one(work("scriptTask")), "script"),
    "a script in Groovy": Bad(one(work("scriptTask", 'scriptFormat="groovy"', "<script>x = 1</script>")), "script"),
    "a condition that does not parse": Bad(one(f'<{X} id="t" name="整改" default="f_t_e"/>', more='<endEvent id="e2"/>' + conditional("t", "e2", "a >")), "condition", "c", "整改 → e2"),
    "a condition in JavaScript": Bad(one(f'<{X} id="t" name="整改" default="f_t_e"/>', more='<endEvent id="e2"/>' + conditional("t", "e2", "a").replace("<conditionExpression>", '<conditionExpression language="javascript">')), "condition", "c", "整改 → e2"),
    "a condition that decides nothing": Bad(one(f'<{X} id="t" name="整改" default="f_t_e"/>', more='<endEvent id="e2"/>' + conditional("t", "e2", "'yes'")), "condition", "c", "整改 → e2"),
    "a flow that needs a condition": Bad(one(f'<{X} id="t" name="整改"/>', more='<endEvent id="e2"/>', ways="s>t t>e t>e2"), "condition", "f_t_e", "整改 → e"),
    "a mapping to nothing": Bad(one(work("callActivity", 'calledElement="case"', '<extensionElements><camunda:in source="a"/></extensionElements>')), "mapping"),
    # timers
    **{
        f"a {kind} that is {value}": Bad(one(catch(timer(value, f"time{kind}"))), "timer")
        for kind, value in [*product(("Date", "Duration", "Cycle"), ("soon", "")), ("Date", "P3D"), ("Duration", "2026-10-10"),
                            ("Cycle", "P1D"), ("Duration", "P"), ("Duration", "PT"), ("Cycle", "R0/P1D"), ("Cycle", "R3/PT0S"),
                            ("Date", "2026-13-01"), ("Date", "${date('x')}"), ("Duration", "${'soon'}"), ("Cycle", "${1 / 0}")]
    },
    "a start that needs a variable": Bad({"case.bpmn": diagram(f'<startEvent id="t" name="整改">{timer("${due_at}")}</startEvent><endEvent id="e"/>{flows("t>e")}')}, "timer"),
    "a cycle that never rests": Bad(one(task(), more=boundary(timer("R/PT1S", "timeCycle"), 'attachedToRef="t" cancelActivity="false"') + '<endEvent id="e2"/>', ways="s>t t>e b>e2"), "timer", "b", "逾期", "warning"),
    "a timer of two kinds": Bad(one(catch("<timerEventDefinition><timeDate>2026-10-10</timeDate><timeDuration>P1D</timeDuration></timerEventDefinition>")), "timer"),
    "a manual task for nobody": Bad(one(work("manualTask", 'camunda:dueDate="P3D"')), "group"),
    "a manual task due soon": Bad(one(work("manualTask", 'camunda:candidateGroups="office" camunda:dueDate="soon"')), "due-date"),
    # the flow
    "a dead end": Bad(one(task(), more=f'<{AND} id="a"/><task id="d" name="归档"/>', ways="s>a a>t a>d t>e"), "dead-end", "d", "归档", "warning"),
    "an unreachable element": Bad(one(task(), more='<task id="d" name="归档"/>', ways="s>t t>e d>e"), "unreachable", "d", "归档", "warning"),
    "a gateway without a way out": Bad(one(f'<{X} id="t" name="整改"/>', ways="s>t"), "gateway"),
    "no run that completes": Bad(one(f'<task id="t"/><{X} id="x"/>', ways="s>x x>t t>x"), "soundness", **NAMED),
    "a run that can hang": Bad(one(f'<{AND} id="t" name="整改"/><{X} id="x" default="f_x_t"/><{AND} id="a"/><task id="d"/>' + conditional("x", "e", "${yes}"), ways="s>a a>x a>d x>t d>t t>e"), "soundness", severity="warning"),
    "a branch that runs twice": Bad(one(f'<{AND} id="a"/><task id="b"/><task id="c"/><{X} id="t" name="整改"/>', ways="s>a a>b a>c b>t c>t t>e"), "twice", severity="warning"),
    "no run that completes, behind branches that meet": Bad(one(f'<{X} id="x" default="f_x_a"/><{AND} id="a"/><task id="b"/><task id="c"/><{X} id="m"/><task id="q"/><{AND} id="j"/>' + conditional("x", "q", "${yes}", "go"), ways="s>x x>a a>b a>c b>m c>m m>j q>j j>e"), "soundness", **NAMED),
    "tokens that double twenty times": Bad(splits(), "tokens", **NAMED),
    "instances that multiply": Bad(one(nested(100, 100), ways="s>p1 p1>e"), "tokens", "p0", "层0"),
    "instances with branches that multiply": Bad(one(branching(1_000, 6)), "tokens"),
    "a process that always calls itself": Bad(one(work("callActivity", 'calledElement="case"')), "call-circle"),
    "a sub-process that always calls its process": Bad(one('<subProcess id="q"><startEvent id="s2"/>' + work("callActivity", 'calledElement="case"') + flows("s2>t") + "</subProcess>", ways="s>q q>e"), "call-circle"),
    "a flow out of an end event": Bad(one(task(), ways="s>t t>e e>t"), "flow", "f_e_t", "e → 整改"),
    "a flow into a start event": Bad(one(task(), ways="s>t t>s t>e"), "flow", "f_t_s", "整改 → s"),
    "a flow from nowhere": Bad(one(task(), ways="s>t t>e gone>t"), "flow", "f_gone_t", "gone → 整改"),
    "a default flow of another": Bad(one(f'<{X} id="t" name="整改" default="f_s_t"/>'), "default"),
    "no start": Bad({"case.bpmn": diagram(f'<task id="t"/>{flows("t>t")}')}, "start", **NAMED),
    "two plain starts": Bad(one(task(), more='<startEvent id="s2" name="又一个"/>', ways="s>t s2>t t>e"), "start", "s2", "又一个"),
    # what is refused as long as it is not executed
    "a complex gateway": Bad(one('<complexGateway id="t" name="整改"/>'), "unsupported"),
    "a choreography": Bad(one(task(), more='<callChoreography id="k" name="编排"/>'), "unsupported", "k", "编排"),
    "a quantity": Bad(one(task('completionQuantity="2"')), "quantity"),
    "a start by a name that varies": Bad({"case.bpmn": diagram(f'<startEvent id="t" name="整改"><messageEventDefinition messageRef="m"/></startEvent><endEvent id="e"/>{flows("t>e")}', extra='<message id="m" name="拒绝-${hazard}"/>')}, "event"),
    "an event of nothing": Bad(one(catch("")), "event"),
    "a boundary event on nothing": Bad(one(task(), more=boundary(timer("P1D"), ""), ways="s>t t>e b>e"), "boundary", "b", "逾期"),
    "a boundary event on a gateway": Bad(one(f'<{X} id="t"/>', more=boundary(timer("P1D")), ways="s>t t>e b>e"), "boundary", "b", "逾期"),
    "a cancel end event outside of a transaction": Bad(one('<endEvent id="t" name="整改"><cancelEventDefinition/></endEvent>', ways="s>t"), "cancel"),
    "a link to nowhere": Bad(one('<intermediateThrowEvent id="t" name="整改"><linkEventDefinition name="甲"/></intermediateThrowEvent>', ways="s>t"), "link"),
    "a compensation of nothing": Bad(one(task(), more=boundary("<compensateEventDefinition/>")), "compensation", "b", "逾期"),
    "an event gateway before a task": Bad(one(task(), more=f'<{EVENT} id="g"/>', ways="s>g g>t t>e"), "gateway", "f_g_t", "g → 整改"),
    "an ad-hoc sub-process with a start": Bad(one('<adHocSubProcess id="q"><startEvent id="t" name="整改"/></adHocSubProcess>', ways="s>q q>e"), "ad-hoc"),
    # loops
    **{
        f"a cardinality of {value}": Bad(one(task(inner=multi(value))), "loop")
        for value in ("-1", "${-1}", "10000000", "${10000000}", "${10 ** 7}", "1.5", "'x'", "9" * 30, "${4001}")
    },
    "a sequence of too many": Bad(one(task(inner=multi("100001", 'isSequential="true"'))), "loop"),
    **{
        f"a loop at most {value} times": Bad(one(task(inner=f'<standardLoopCharacteristics loopMaximum="{value}"/>')), "loop")
        for value in ("-1", "0", "100001", "9" * 5_000, "²", "x")
    },
    "a loop without end": Bad(one(task(inner="<standardLoopCharacteristics/>")), "loop"),
    "instances of nothing": Bad(one(task(inner="<multiInstanceLoopCharacteristics/>")), "loop"),
    # tables
    "an unknown hit policy": Bad(table(attributes='hitPolicy="BEST"'), "decision", "d", "分级"),
    "an aggregation that is none": Bad(table(attributes='hitPolicy="COLLECT" aggregation="MEAN"'), "decision", "d", "分级"),
    "a cell that does not parse": Bad(table(row("&lt; &lt; 3", "1")), "decision", "r", "分级"),
    "a result that does not parse": Bad(table(row("-", "1 +")), "decision", "r", "分级"),
    "a row with too few cells": Bad(table(row("-")), "decision", "r", "分级"),
    "a row with too many cells": Bad(table(row("-", "1", "2")), "decision", "r", "分级"),
    "no output column": Bad(table(columns=""), "decision", "d", "分级"),
    "an input column of nothing": Bad(table(test=""), "decision", "d", "分级"),
    "a table that is no XML": Bad({"d.dmn": b"<definitions"}, "unreadable", **FILE),
    "a table of another format": Bad({"d.dmn": diagram("")}, "xml", **FILE),
    "a table with an unknown function": Bad({**one(task()), **table(row("-", "postcodes(x)"))}, "function", "d", "分级"),
    # forms
    "a form that is no JSON": Bad({"ask.form": b"{"}, "form", **FILE),
    "a form without components": Bad({"ask.form": b'{"id": "ask"}'}, "form", **FILE),
    "a form without id": Bad({"ask.form": b'{"components": []}'}, "form", **FILE),
    "a field without key": Bad(form('{"type": "textfield", "label": "姓名"}'), "form", **FILE),
    "a component without type": Bad(form('{"key": "a"}'), "form", "a", ""),
    "a pattern that is none": Bad(form('{"type": "textfield", "key": "a", "validate": {"pattern": "("}}'), "form", "a", ""),
    "a limit that is no number": Bad(form('{"type": "number", "key": "a", "label": "整改", "id": "t", "validate": {"min": true}}'), "form"),
    **{
        f"a field shown when {condition}": Bad(form(f'{{"type": "group", "components": [{{"type": "number", "key": "a", "label": "整改", "id": "t", "conditional": {{"hide": "={condition}"}}}}]}}'), "form", severity="warning")
        for condition in ("some x in items satisfies x > 3", "wrokdays(3)", "a >")
    },
    # what the diagram says in vain
    "an attribute of the wrong place": Bad(one(task('camunda:collection="a"')), "no-effect", severity="warning"),
    "another dialect": Bad(one(task('zeebe:retries="3" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"')), "no-effect", severity="warning"),
    "an attribute that changes nothing": Bad(one(task('camunda:asyncBefore="true"')), "ignored", severity="info"),
    "a data store": Bad(one(task(inner="<dataInputAssociation><sourceRef>d</sourceRef></dataInputAssociation>"), more='<dataStoreReference id="d"/>'), "data-store", severity="warning"),
}  # fmt: skip
