"""Models that between them use every word of BPMN and of the dialect that runs here, and the event matrix."""

from tests.engine.bpm.spiff.kit import boundary, bpmn, el, event, flow, script, sub, timer

ROOTS = (
    '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/><bpmn:resource id="R" name="office"/>'
    '<bpmn:error id="E" errorCode="one" camunda:errorMessage="坏了"/><bpmn:escalation id="X" escalationCode="up"/>'
)
START, END, TASK = el("startEvent", "s"), el("endEvent", "e"), el("userTask", "a", c_candidateGroups="office")
COMPENSATION = "<bpmn:compensateEventDefinition/>"
LINK = '<bpmn:linkEventDefinition name="L"><bpmn:{0}>L</bpmn:{0}></bpmn:linkEventDefinition>'
CONDITION = "<bpmn:conditionalEventDefinition{}><bpmn:condition>${{n &gt; 9}}</bpmn:condition></bpmn:conditionalEventDefinition>"


def ext(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def role(tag: str, inner: str) -> str:
    return f"<bpmn:{tag}>{inner}</bpmn:{tag}>"


def assigned(who: str) -> str:
    return (
        f"<bpmn:resourceAssignmentExpression><bpmn:formalExpression>{who}</bpmn:formalExpression>"
        "</bpmn:resourceAssignmentExpression>"
    )


def marker(inner: str, **attributes: str) -> str:
    return el("multiInstanceLoopCharacteristics", "marker", inner, **attributes)


def undone(host: str) -> str:
    return (
        boundary(f"{host}_c", host, COMPENSATION)
        + el("task", f"{host}_u", isForCompensation="true")
        + f'<bpmn:association id="{host}_as" sourceRef="{host}_c" targetRef="{host}_u"/>'
    )


MAPPING = ext(
    '<camunda:properties><camunda:property name="deadline" value="none"/></camunda:properties><camunda:inputOutput>'
    '<camunda:inputParameter name="x">1</camunda:inputParameter><camunda:outputParameter name="y">${x}'
    "</camunda:outputParameter></camunda:inputOutput>"
)
PEOPLE = (
    el("userTask", "u1", MAPPING, c_assignee="li", c_candidateUsers="li", c_candidateGroups="office", c_dueDate="P3D",
       c_followUpDate="P1D", c_priority="70", c_formRef="ask", c_formRefBinding="deployment")
    + el("userTask", "u2", role("humanPerformer", assigned("li")) + role("potentialOwner", "<bpmn:resourceRef>R</bpmn:resourceRef>"),
         c_formKey="ask")
    + el("manualTask", "m1", el("documentation", "d", "说明") + role("potentialOwner", assigned("user(li), group(office)").replace("formalExpression", "expression")))
)  # fmt: skip
LANES = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="街道"><bpmn:flowNodeRef>u1</bpmn:flowNodeRef><bpmn:childLaneSet id="cl">'
    '<bpmn:lane id="l2"/></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>'
)
WORK = (
    script("x1", "n = 1")
    + el("scriptTask", "x2", "<bpmn:script>n + 1</bpmn:script>", scriptFormat="python", c_resultVariable="k")
    + el("serviceTask", "x3", c_type="external", c_topic="say")
    + el("serviceTask", "x4", c_expression="${n + 1}", c_resultVariable="m")
    + el("businessRuleTask", "x5", c_decisionRef="level", c_decisionRefBinding="deployment", c_mapDecisionResult="singleEntry",
         c_resultVariable="level")
    + el("sendTask", "x6", ext('<camunda:in source="n" target="n"/>'), messageRef="M") + el("task", "x7")
)  # fmt: skip
CALLS = (
    el("callActivity", "c1", ext('<camunda:in variables="all"/><camunda:in businessKey="K"/><camunda:out source="n" target="n"/>'),
       calledElement="q", c_calledElementBinding="deployment")
    + "".join(el("callActivity", f"c_{tag}", calledElement=tag) for tag in ("gt", "gu", "gm", "gs", "gb"))
)  # fmt: skip
GLOBALS = (
    el("globalTask", "gt") + el("globalUserTask", "gu", c_candidateGroups="office") + el("globalManualTask", "gm")
    + el("globalScriptTask", "gs", "<bpmn:script>z = 1</bpmn:script>") + el("globalBusinessRuleTask", "gb", c_decisionRef="level")
)  # fmt: skip
CALLED = f'<bpmn:process id="q">{el("startEvent", "qs")}{el("endEvent", "qe")}{flow("qs->qe")}</bpmn:process>'
LOOPS = (
    el("task", "p1", marker("<bpmn:loopCardinality>2</bpmn:loopCardinality><bpmn:completionCondition>${false}</bpmn:completionCondition>"))
    + el("task", "p2", marker("", isSequential="true", c_collection="items", c_elementVariable="item").replace("marker", "marker2"))
    + el("task", "p3", '<bpmn:standardLoopCharacteristics id="l3" loopMaximum="2"><bpmn:loopCondition>${true}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>')
    + el("scriptTask", "p4", "<bpmn:script>r = i * 2</bpmn:script>" + marker(
        "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>results</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="i"/><bpmn:outputDataItem id="r"/>').replace("marker", "marker4"))
    + el("task", "p5", marker(
        "<bpmn:loopCardinality>2</bpmn:loopCardinality><bpmn:complexBehaviorDefinition><bpmn:condition>${true}</bpmn:condition>"
        f'<bpmn:event>{event("signal", "S")}</bpmn:event></bpmn:complexBehaviorDefinition><bpmn:complexBehaviorDefinition>'
        f'<bpmn:condition>${{true}}</bpmn:condition><bpmn:implicitThrowEvent>{event("signal", "S")}</bpmn:implicitThrowEvent>'
        "</bpmn:complexBehaviorDefinition>", behavior="Complex").replace("marker", "marker5"))
)  # fmt: skip
DATA = (
    '<bpmn:dataObject id="items"/><bpmn:dataObject id="results"/><bpmn:dataObjectReference id="ref" dataObjectRef="items"/>'
    '<bpmn:dataStoreReference id="store" dataStoreRef="depot"/><bpmn:property id="note" name="note"/>'
    + el("task", "t1",
         '<bpmn:ioSpecification id="io"><bpmn:dataInput id="given"/><bpmn:dataOutput id="made"/></bpmn:ioSpecification>'
         '<bpmn:dataInputAssociation id="di"><bpmn:sourceRef>ref</bpmn:sourceRef><bpmn:targetRef>given</bpmn:targetRef></bpmn:dataInputAssociation>'
         '<bpmn:dataOutputAssociation id="do"><bpmn:assignment><bpmn:from>len(given)</bpmn:from><bpmn:to>count</bpmn:to></bpmn:assignment></bpmn:dataOutputAssociation>')
)  # fmt: skip
GATEWAYS = (
    el("exclusiveGateway", "g1", default="g1_f") + el("parallelGateway", "f") + el("inclusiveGateway", "j") + el("eventBasedGateway", "g2")
    + el("intermediateCatchEvent", "w1", timer("Date", "2026-10-10T08:30:00+08:00")) + el("receiveTask", "w2", messageRef="M")
    + el("endEvent", "e2")
)  # fmt: skip
PATHS = flow("s->g1\ng1->[n &gt; 5] e2\ng1->f\nf->j\nf->a->j\nj->g2\ng2->w1->e\ng2->w2->e")
PATHS = PATHS.replace("conditionExpression>$", 'conditionExpression language="juel">$').replace("&amp;", "&")
ERRORS = '<bpmn:errorEventDefinition errorRef="E" camunda:errorCodeVariable="c" camunda:errorMessageVariable="m"/>'
ESCALATIONS = '<bpmn:escalationEventDefinition escalationRef="X" camunda:escalationCodeVariable="c"/>'
EVENTS = (
    sub("o", el("startEvent", "ps") + el("intermediateThrowEvent", "p1", event("escalation", "X")) + el("endEvent", "p2", event("error", "E"))
        + flow("ps->p1->p2"))
    + boundary("b1", "o", ERRORS) + boundary("b2", "o", ESCALATIONS, interrupting=False) + undone("o")
    + el("intermediateThrowEvent", "k0", el("messageEventDefinition", "md", c_type="external", c_topic="say"))
    + el("intermediateCatchEvent", "k1", event("signal", "S")) + el("intermediateThrowEvent", "k2", LINK.format("target"))
    + el("intermediateCatchEvent", "k3", LINK.format("source"))
    + el("intermediateCatchEvent", "k4", CONDITION.format(' camunda:variableName="n" camunda:variableEvents="create, update"'))
    + el("intermediateCatchEvent", "k5", "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>")
    + el("intermediateCatchEvent", "k6", timer("Cycle", "R/PT1H"))
    + el("endEvent", "k7", COMPENSATION) + el("endEvent", "k8", "<bpmn:terminateEventDefinition/>")
    + el("transaction", "tx", el("startEvent", "txs") + el("endEvent", "txe", "<bpmn:cancelEventDefinition/>") + flow("txs->txe"))
    + boundary("b3", "tx", "<bpmn:cancelEventDefinition/>")
    + el("adHocSubProcess", "ad", el("task", "ad1") + "<bpmn:completionCondition>${true}</bpmn:completionCondition>")
    + flow("s->o->k0->k1->k2\nk3->k4->k5->k6->tx->ad->k7\nb1->k8\nb2->e\nb3->e")
)  # fmt: skip
SHARED = '<bpmn:timerEventDefinition id="shared"><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>'
FORM = {"ask.form": b'{"id": "ask", "components": []}'}
TABLE = {
    "level.dmn": b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="level"><decisionTable>'
    b"<input><inputExpression><text>n</text></inputExpression></input><output name='level'/><rule><inputEntry><text>-</text>"
    b"</inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>"
}
PROCESS_WORDS = 'camunda:versionTag="1" camunda:candidateStarterGroups="office" camunda:candidateStarterUsers="li"'

MODELS = {
    "people": bpmn(
        el("startEvent", "s", c_initiator="who") + LANES + PEOPLE + END + flow("s->u1->u2->m1->e"), roots=ROOTS
    )
    | FORM,
    "work": bpmn(START + WORK + END + flow("s->x1->x2->x3->x4->x5->x6->x7->e"), roots=ROOTS) | TABLE,
    "calls": bpmn(
        START + CALLS + END + flow("s->c1->c_gt->c_gu->c_gm->c_gs->c_gb->e"), roots=ROOTS + GLOBALS, more=CALLED
    )
    | TABLE,
    "loops": bpmn(
        START + DATA + LOOPS + END + flow("s->t1->p1->p2->p3->p4->p5->e"), roots=ROOTS + '<bpmn:dataStore id="depot"/>'
    ),
    "gateways": bpmn(START + GATEWAYS + TASK + END + PATHS, roots=ROOTS + '<bpmn:extension mustUnderstand="false"/>'),
    "events": bpmn(START + EVENTS + END, roots=ROOTS + SHARED),
}
MODELS = {
    name: {file: text.replace(b'<bpmn:process id="p"', f'<bpmn:process id="p" {PROCESS_WORDS}'.encode()) for file, text in files.items()}
    for name, files in MODELS.items()
}  # fmt: skip

# The event matrix: kind of event → its definition; column → a model with the event "x" there.
DEFINITIONS = {
    "none": "", "message": event("message", "M"), "timer": timer("Duration", "P1D"), "signal": event("signal", "S"),
    "conditional": CONDITION.format(""), "error": event("error", "E"), "escalation": event("escalation", "X"),
    "cancel": "<bpmn:cancelEventDefinition/>", "compensate": COMPENSATION, "link": LINK.format("source"),
    "terminate": "<bpmn:terminateEventDefinition/>", "multiple": event("message", "M") + event("signal", "S"),
    "parallelMultiple": event("message", "M") + event("signal", "S"),
}  # fmt: skip
PLACES = ("start", "sub-int", "sub-non", "catch", "boundary-int", "boundary-non", "throw", "end")
PARTNER = {
    "catch": el("intermediateThrowEvent", "l", LINK.format("target")) + flow("a->l"),
    "throw": el("intermediateCatchEvent", "l", LINK.format("source")) + flow("l->e"),
}


# What else a model needs, so that the event at its place happens: what the host throws after "a", or how all ends.
ENDED = {"error": el("endEvent", "t", event("error", "E")), "cancel": el("endEvent", "t", DEFINITIONS["cancel"])}
THROWN = {"escalation": el("intermediateThrowEvent", "t", event("escalation", "X")) + TASK.replace('"a"', '"b"') + flow("t->b")}


def placed(kind: str, place: str, *, alive: bool = False) -> dict[str, bytes]:
    """A model with an event of this kind at this place, everything else as BPMN wants it there; ``alive``: something
    in it brings the event about where nothing from outside does.
    """
    definition = DEFINITIONS[kind]
    more = {"parallelMultiple": "true"} if kind == "parallelMultiple" else {}
    around = PARTNER.get(place, "") if kind == "link" else ""
    undoing = alive and kind == "compensate"
    end = el("endEvent", "e", COMPENSATION) if undoing and place not in ("throw", "end") else END
    thrown = {**ENDED, **THROWN}.get(kind, "") if alive else ""
    host = el("startEvent", "os") + TASK + flow("os->a") + thrown + (flow("a->t") if thrown else "")
    if place == "start":
        content = el("startEvent", "x", definition, **more) + TASK + end + flow("x->a->e")
    elif place.startswith("sub"):
        start = el("startEvent", "x", definition, isInterrupting=str(place == "sub-int").lower(), **more)
        handler = sub("h", start + el("endEvent", "he") + flow("x->he"), triggeredByEvent="true")
        beside = "" if undoing else undone("o")  # which would be asked first
        content = START + sub("o", host + handler) + beside + end + flow("s->o->e")
    elif place.startswith("boundary"):
        stays = str(place == "boundary-int").lower()
        attached = el("boundaryEvent", "x", definition, attachedToRef="o", cancelActivity=stays, **more)
        inside = el("transaction" if kind == "cancel" else "subProcess", "o", host)
        way = '<bpmn:association id="as" sourceRef="x" targetRef="u"/>' + el("task", "u", isForCompensation="true")
        content = START + inside + attached + end + flow("s->o->e") + (way if kind == "compensate" else flow("x->e"))
    elif place == "end" and kind == "cancel":
        inner = el("startEvent", "os") + el("endEvent", "x", definition) + flow("os->x")
        content = START + el("transaction", "o", inner) + boundary("b", "o", definition) + END + flow("s->o->e\nb->e")
    else:
        tag = {"catch": "intermediateCatchEvent", "throw": "intermediateThrowEvent", "end": "endEvent"}[place]
        onward = "" if place == "end" or (kind == "link" and place == "throw") else flow("x->e")
        before = "" if kind == "link" and place == "catch" else flow("a->x")
        work = TASK + (undone("a") if undoing else "")
        content = START + work + el(tag, "x", definition, **more) + end + flow("s->a") + before + onward + around
    return bpmn(content, roots=ROOTS)
