"""Reads one flow node of a diagram (Camunda 7 dialect) into a Node; it judges only the node itself."""

from __future__ import annotations

from lxml import etree

from engine.bpm.expressions import compile_script
from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.items import read_copies
from engine.bpm.spiff.loop_markers import read_loop
from engine.bpm.spiff.model import MAPPED_RESULTS, AdHoc, Call, Human, Node, Work
from engine.bpm.spiff.people import read_people
from engine.bpm.spiff.triggers import Roots, correlation_of, properties_of, read_mappings, read_triggers
from engine.bpm.spiff.values import Value, literal
from engine.bpm.spiff.vocabulary import INSTEAD_OF_OPERATORS
from engine.bpm.spiff.xml import child, dialect_children, extension, extensions, local, reference, text

TASKS = ("task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask")
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
ACTIVITIES = (*TASKS, *SUBPROCESSES, "callActivity")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")
CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")
THROWING = ("endEvent", "intermediateThrowEvent")
FLOW_NODES = (*ACTIVITIES, *GATEWAYS, *CATCHING, *THROWING)
SCRIPT_FORMATS = ("", "python", "text/x-python", "application/x-python", "juel", "bihuan")


def read_node(element: etree._Element, identifier: str, roots: Roots, findings: Findings) -> Node:
    """The node with everything that its own XML says; flows, lanes and bodies are added by the parser."""
    tag = local(element)
    name = " ".join((element.get("name") or "").split())
    node = Node(identifier, tag, name, findings.file, default=element.get("default"))
    node.documentation = " ".join(text(child(element, "documentation")).split())
    node.properties = properties_of(element)
    node.copies_in = read_copies(element, "dataInputAssociation", identifier, roots.items, findings)
    node.copies_out = read_copies(element, "dataOutputAssociation", identifier, roots.items, findings)
    if tag in CATCHING or tag in THROWING:
        _read_event(element, node, roots, findings)
    elif tag in ACTIVITIES:
        _read_activity(element, node, roots, findings)
    node.instantiate = element.get("instantiate") == "true"
    node.initiator = extension(element, "initiator") if tag == "startEvent" else None
    if element.get("eventGatewayType") == "Parallel":
        node.parallel_multiple = True
    return node


def _read_event(element: etree._Element, node: Node, roots: Roots, findings: Findings) -> None:
    definition = child(element, "messageEventDefinition")
    topic = None if definition is None else extension(definition, "topic")
    if topic and node.tag in THROWING:
        node.work = Work(topic=topic.strip())  # a message that an operator sends
    else:
        node.triggers = read_triggers(element, node.id, roots, findings)
    node.parallel_multiple = element.get("parallelMultiple") == "true"
    node.attached_to = reference(element.get("attachedToRef")) or None
    flag = element.get("isInterrupting") if node.tag == "startEvent" else element.get("cancelActivity")
    node.interrupting = flag != "false"
    _add_correlation(element, node, findings)
    node.inputs, node.outputs = _read_input_output(element, node.id, findings)


def _add_correlation(element: etree._Element, node: Node, findings: Findings) -> None:
    """Correlation keys written on the event count for all its messages."""
    node.correlation = correlation_of(element, node.id, findings)
    for trigger in node.triggers:
        trigger.correlation = {**node.correlation, **trigger.correlation}


def _read_activity(element: etree._Element, node: Node, roots: Roots, findings: Findings) -> None:
    node.inputs, node.outputs = _read_input_output(element, node.id, findings)
    node.compensation = element.get("isForCompensation") == "true"
    node.loop = read_loop(element, node.id, roots, findings)
    if any(element.get(name, "1") != "1" for name in ("startQuantity", "completionQuantity")):
        findings.refuse(
            node.id,
            "quantity",
            "不支持 startQuantity/completionQuantity，请删除，改用并行网关或多实例。",
            "startQuantity and completionQuantity are not supported; use a gateway or multi-instance.",
        )
    if node.tag in ("userTask", "manualTask"):
        node.human = _read_human(element, node, roots, findings)
    elif node.tag == "adHocSubProcess":
        node.ad_hoc = _read_ad_hoc(element, node.id, findings)
    elif node.tag == "callActivity":
        node.call = _read_call(element, node.id, findings)
    elif node.tag in ("scriptTask", "serviceTask", "businessRuleTask", "sendTask"):
        node.work = _read_work(element, node, findings)
    if node.tag in ("sendTask", "receiveTask") and node.work is None:
        _read_message(element, node, roots, findings)


def _read_human(element: etree._Element, node: Node, roots: Roots, findings: Findings) -> Human:
    named = read_people(element, roots)

    def value(name: str) -> Value | None:
        given = extension(element, name) or named.get(name)
        return findings.template(node.id, given) if given and given.strip() else None

    form = extension(element, "formRef") or extension(element, "formKey")
    return Human(
        groups=value("candidateGroups"), users=value("candidateUsers"), assignee=value("assignee"),
        due=value("dueDate"), follow_up=value("followUpDate"), priority=value("priority"),
        form=form.rpartition(":")[2].strip() if form and form.strip() else None,
        no_deadline=node.properties.get("deadline") == "none",
    )  # fmt: skip


def _read_ad_hoc(element: etree._Element, owner: str, findings: Findings) -> AdHoc:
    condition = text(child(element, "completionCondition"))
    return AdHoc(
        sequential=element.get("ordering") == "Sequential",
        condition=findings.expression(owner, condition, "condition") if condition else None,
        cancel_remaining=element.get("cancelRemainingInstances") != "false",
    )


def _read_call(element: etree._Element, owner: str, findings: Findings) -> Call | None:
    called = (element.get("calledElement") or "").strip()
    if not called:
        findings.refuse(
            owner, "call", "调用活动没有指定被调用的流程，请填写。", "This call activity calls nothing; name a process."
        )
        return None
    process = findings.template(owner, called if "${" in called or "#{" in called else reference(called))
    if process is None:
        return None
    into, into_all = read_mappings(element, "in", owner, findings)
    out, out_all = read_mappings(element, "out", owner, findings)
    mapped_in, mapped_out = bool(extensions(element, "in")), bool(extensions(element, "out"))
    return Call(
        process, into if mapped_in else None, out if mapped_out else None, into_all, out_all,
        _business_key(element, owner, findings),
    )  # fmt: skip


def _business_key(element: etree._Element, owner: str, findings: Findings) -> Value | None:
    """The business key that the called process gets; Camunda's word for the caller's own one is understood."""
    given = next((key for entry in extensions(element, "in") if (key := entry.get("businessKey"))), None)
    if given is not None and given.strip()[2:-1].strip() == "execution.processBusinessKey":
        return findings.template(owner, "${business_key}")
    return findings.template(owner, given)


def _read_work(element: etree._Element, node: Node, findings: Findings) -> Work | None:
    owner, result = node.id, extension(element, "resultVariable")
    if node.tag == "scriptTask":
        return _read_script(element, owner, result, findings)
    topic = extension(element, "topic")
    if topic and extension(element, "type") in ("external", None):
        return Work(topic=topic.strip())
    decision = extension(element, "decisionRef")
    if node.tag == "businessRuleTask" and decision:
        mapping = extension(element, "mapDecisionResult") or "resultList"
        if mapping not in MAPPED_RESULTS:
            findings.refuse(
                owner,
                "decision",
                f"mapDecisionResult 的值“{mapping}”无效，请用 {'、'.join(MAPPED_RESULTS)}。",
                f"mapDecisionResult {mapping} is unknown; use one of {', '.join(MAPPED_RESULTS)}.",
            )
        value = findings.template(owner, decision)
        return Work(decision=value, result=result, mapping=mapping) if value is not None else None
    computed = extension(element, "expression")
    if computed:
        return Work(expression=findings.template(owner, computed), result=result)
    if node.tag == "sendTask" and not any(extension(element, name) for name in ("class", "delegateExpression", "type")):
        return None
    if any(extension(element, name) for name in INSTEAD_OF_OPERATORS):
        return Work()  # refused by its own word
    findings.refuse(
        owner,
        "operator",
        "没有指定要执行的操作：请选择一个已登记的操作（camunda:topic）、决策表或表达式。",
        "Nothing to execute: choose a registered operator (camunda:topic), a decision or an expression.",
    )
    return Work()


def _read_script(element: etree._Element, owner: str, result: str | None, findings: Findings) -> Work:
    source = text(child(element, "script"))
    language = (element.get("scriptFormat") or "").strip().lower()
    if language not in SCRIPT_FORMATS:
        findings.refuse(
            owner,
            "script",
            f"不支持脚本语言“{language}”，请改写为每行“变量 = 表达式”（scriptFormat 填 python）。",
            f"Script language {language} is not supported; write 'name = expression' lines (python).",
        )
        return Work()
    if not source:
        findings.refuse(
            owner, "script", "脚本是空的，请填写或删除该任务。", "The script is empty; fill it in or remove the task."
        )
        return Work()
    if result:
        return Work(expression=findings.expression(owner, source, "script"), result=result)
    return Work(script=findings.attempt(owner, "script", lambda: compile_script(source)))


def _read_message(element: etree._Element, node: Node, roots: Roots, findings: Findings) -> None:
    """A send or receive task carries its messageRef itself: read it as one message event definition."""
    definition = etree.Element(f"{{{etree.QName(element).namespace}}}messageEventDefinition")
    definition.set("messageRef", element.get("messageRef") or "")
    holder = child(element, "extensionElements")
    if holder is not None:
        definition.append(etree.fromstring(etree.tostring(holder)))
    wrapper = etree.Element("event")
    wrapper.append(definition)
    node.triggers = read_triggers(wrapper, node.id, roots, findings)


def _read_input_output(
    element: etree._Element, owner: str, findings: Findings
) -> tuple[list[tuple[str, Value]], list[tuple[str, Value]]]:
    inputs: list[tuple[str, Value]] = []
    outputs: list[tuple[str, Value]] = []
    for holder in extensions(element, "inputOutput"):
        for tag, found in (("inputParameter", inputs), ("outputParameter", outputs)):
            for entry in dialect_children(holder, tag):
                value = _read_value(entry, owner, findings)
                if value is not None and entry.get("name"):
                    found.append((entry.get("name") or "", value))
    return inputs, outputs


def _read_value(entry: etree._Element, owner: str, findings: Findings) -> Value | None:
    """The content of a parameter: text with `${…}`, a `camunda:list`, `camunda:map` or `camunda:script` expression."""
    for inner in entry:
        tag = local(inner)
        if tag == "list":
            items = [_read_value(item, owner, findings) or literal("") for item in inner]
            return Value("", items=tuple(items))
        if tag == "map":
            pairs = [(item.get("key") or "", _read_value(item, owner, findings) or literal("")) for item in inner]
            return Value("", entries=tuple(pairs))
        if tag == "script":
            return findings.expression(owner, text(inner), "script")
        findings.refuse(
            owner,
            "mapping",
            f"参数里不支持 {tag}，请改用文字、列表或映射。",
            f"{tag} is not supported in a parameter; use text, a list or a map.",
        )
        return None
    return findings.template(owner, text(entry))
