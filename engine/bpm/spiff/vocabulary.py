"""What each word of BPMN 2.0.2 and of the Camunda 7 dialect means here: it runs, is read and ignored, or is refused.

The lists are closed: `wording.py` speaks about every word that is not among those that run, and a test holds them
against the schema and against docs/guide/bpmn-support.md. Reasons are (Chinese, English).
"""

from __future__ import annotations

Reason = tuple[str, str]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# BPMN elements that the parser reads, whole or as part of what it reads.
RUN = _set(
    """
    definitions process startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent task userTask
    manualTask scriptTask serviceTask businessRuleTask sendTask receiveTask callActivity script subProcess transaction
    adHocSubProcess completionCondition exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway
    sequenceFlow conditionExpression formalExpression expression messageEventDefinition signalEventDefinition
    timerEventDefinition errorEventDefinition escalationEventDefinition conditionalEventDefinition
    cancelEventDefinition compensateEventDefinition terminateEventDefinition linkEventDefinition eventDefinitionRef
    condition timeDate timeDuration timeCycle source target message signal error escalation
    multiInstanceLoopCharacteristics loopCardinality loopDataInputRef loopDataOutputRef inputDataItem outputDataItem
    complexBehaviorDefinition event implicitThrowEvent standardLoopCharacteristics loopCondition dataObject
    dataObjectReference dataStore dataStoreReference property ioSpecification dataInput dataOutput
    dataInputAssociation dataOutputAssociation sourceRef targetRef assignment from to globalTask globalUserTask
    globalManualTask globalScriptTask globalBusinessRuleTask humanPerformer potentialOwner
    resourceAssignmentExpression resource resourceRef laneSet childLaneSet lane flowNodeRef association extension
    extensionElements documentation
    """
)

# BPMN elements that describe, declare or draw: nothing runs differently with or without them.
PAPER = _set(
    """
    collaboration participant participantMultiplicity participantAssociation messageFlow messageFlowAssociation
    conversation subConversation callConversation conversationNode conversationLink conversationAssociation
    globalConversation choreography globalChoreographyTask correlationKey correlationProperty
    correlationPropertyRetrievalExpression correlationPropertyBinding dataPath messagePath correlationPropertyRef
    textAnnotation text group category categoryValue categoryValueRef incoming outgoing auditing monitoring dataState
    inputSet outputSet dataInputRefs dataOutputRefs optionalInputRefs optionalOutputRefs inputSetRefs outputSetRefs
    itemDefinition import interface operation operationRef supportedInterfaceRef ioBinding inMessageRef outMessageRef
    interfaceRef errorRef endPoint endPointRef partnerEntity partnerRole participantRef innerParticipantRef
    outerParticipantRef messageFlowRef choreographyRef relationship rendering resourceParameter resourceRole performer
    supports
    """
)

# Names that the schema uses for what other elements have in common; no file contains them.
ABSTRACT = _set(
    """
    activity artifact baseElement baseElementWithMixedContent callableElement catchEvent throwEvent
    choreographyActivity dataAssociation eventDefinition flowElement flowNode gateway loopCharacteristics rootElement
    """
)

REFUSED: dict[str, Reason] = {
    "complexGateway": ("不支持复杂网关，请用包容网关或并行网关改画。", "Use inclusive or parallel gateways."),
    "activationCondition": ("不支持复杂网关，请用包容网关或并行网关改画。", "Use inclusive or parallel gateways."),
    "callChoreography": ("编排图不能执行，请画成流程。", "A choreography is not executed; draw a process."),
    "choreographyTask": ("编排图不能执行，请画成流程。", "A choreography is not executed; draw a process."),
    "subChoreography": ("编排图不能执行，请画成流程。", "A choreography is not executed; draw a process."),
    "correlationSubscription": (
        "请改用属性 correlation:键 写在收发消息的元素上。",
        "Write a property correlation:KEY on the elements that send and receive the message.",
    ),
    "whileExecutingInputRefs": (
        "数据只在活动开始时读入，请删除或改用 dataInputRefs。",
        "Data is read when an activity starts; use dataInputRefs.",
    ),
    "whileExecutingOutputRefs": (
        "数据只在活动完成时写出，请删除或改用 dataOutputRefs。",
        "Data is written when an activity completes; use dataOutputRefs.",
    ),
    "transformation": ("请改用 assignment 写明怎样取值。", "Write an assignment that says how to compute the value."),
    "resourceParameterBinding": (
        "请用 resourceAssignmentExpression 或 camunda:candidateGroups 写明由谁办理。",
        "Say who does it with resourceAssignmentExpression or camunda:candidateGroups.",
    ),
    "partitionElement": ("请为每条泳道列出 flowNodeRef。", "List the flowNodeRefs of each lane."),
}

# BPMN attributes whose other values mean something that is not done: attribute → (values that are fine, reason).
LIMITED: dict[str, tuple[frozenset[str], Reason]] = {
    "mustUnderstand": (frozenset({"false"}), (
        "文件声明有必须理解的扩展，本引擎不认识它，请删除该扩展或改画。",
        "The file declares an extension that must be understood; remove it.",
    )),
    "method": (frozenset({"##compensate", "compensate"}), (
        "事务只能用补偿的办法撤销，请把 method 改为 ##Compensate 或删除。",
        "Transactions are undone by compensation only; remove method or write ##Compensate.",
    )),
    "language": (frozenset({"juel", "python", "bihuan", "http://www.jcp.org/en/jsr/detail?id=245"}), (
        "表达式请写成 ${…}，不支持其他语言。", "Write expressions as ${…}; other languages are not supported.",
    )),
}  # fmt: skip

ATTRIBUTES = _set(
    """
    activityRef associationDirection attachedToRef behavior calledChoreographyRef calledCollaborationRef calledElement
    cancelActivity cancelRemainingInstances capacity categoryValueRef completionQuantity correlationKeyRef
    correlationPropertyRef dataObjectRef dataStoreRef default definition definitionalCollaborationRef direction
    errorCode errorRef escalationCode escalationRef evaluatesToTypeRef eventGatewayType gatewayDirection id
    implementation implementationRef initiatingParticipantRef innerConversationNodeRef innerMessageFlowRef
    inputDataRef instantiate isClosed isCollection isExecutable isForCompensation isImmediate isInterrupting
    isRequired isSequential isUnlimited itemKind itemRef itemSubjectRef language loopMaximum loopType maximum
    messageRef method minimum mustUnderstand name noneBehaviorEventRef oneBehaviorEventRef operationRef ordering
    outerConversationNodeRef outerMessageFlowRef outputDataRef parallelMultiple parameterRef partitionElementRef
    processRef processType scriptFormat scriptLanguage signalRef sourceRef startQuantity structureRef targetRef
    testBefore textFormat triggeredByEvent type value waitForCompletion messageRef targetNamespace expressionLanguage
    typeLanguage exporter exporterVersion importType location namespace
    """
)

_PEOPLE = frozenset({"userTask", "manualTask", "globalUserTask", "globalManualTask"})
_WORK = frozenset({"serviceTask", "businessRuleTask", "sendTask"})
_TABLE = frozenset({"businessRuleTask", "globalBusinessRuleTask"})
_MULTI = frozenset({"multiInstanceLoopCharacteristics"})
_PROCESS = frozenset({"process"})

# Attributes of the dialect and the elements on which they are read.
DIALECT: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("assignee", "candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority", "formKey", "formRef",
         "formRefBinding"), _PEOPLE),
    **dict.fromkeys(("topic", "type"), _WORK | {"messageEventDefinition"}),
    "expression": _WORK,
    "resultVariable": _WORK | _TABLE | {"scriptTask", "globalScriptTask"},
    **dict.fromkeys(("decisionRef", "decisionRefBinding", "mapDecisionResult"), _TABLE),
    "calledElementBinding": frozenset({"callActivity"}),
    **dict.fromkeys(("collection", "elementVariable"), _MULTI),
    **dict.fromkeys(("errorCodeVariable", "errorMessageVariable"), frozenset({"errorEventDefinition"})),
    "escalationCodeVariable": frozenset({"escalationEventDefinition"}),
    "errorMessage": frozenset({"error"}),
    **dict.fromkeys(("variableName", "variableEvents"), frozenset({"conditionalEventDefinition"})),
    "initiator": frozenset({"startEvent"}),
    **dict.fromkeys(("versionTag", "candidateStarterGroups", "candidateStarterUsers"), _PROCESS),
}  # fmt: skip

_ASYNC = ("每个元素本来就在事务里推进并留痕", "each step is one transaction anyway")
_JOBS = ("到期的先到先办，没有作业优先级", "what is due first is done first")
_DRAWN = ("只供建模工具使用", "it is for the modeler only")
IGNORED: dict[str, Reason] = {
    **dict.fromkeys(("async", "asyncBefore", "asyncAfter", "exclusive"), _ASYNC),
    **dict.fromkeys(("jobPriority", "taskPriority"), _JOBS),
    "historyTimeToLive": ("历史一律保存", "history is kept"),
    "isStartableInTasklist": ("谁能启动由 candidateStarterGroups 决定", "candidateStarterGroups says who may start"),
}
DRAWN = frozenset({"diagramRelationId", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})

BINDINGS = ("calledElementBinding", "decisionRefBinding", "formRefBinding")
_JAVA: Reason = (
    "Java 类和委托不能执行，请改用已登记的操作（camunda:topic）。",
    "Java classes and delegates are not run; use a registered operator (camunda:topic).",
)
_PINNED: Reason = (
    "被调用的流程、决策表和表单一律用部署时的那一版，请删除版本设置。",
    "Called processes, tables and forms are those of the deployment; remove the version.",
)
_TENANT: Reason = ("没有租户之分，请删除。", "There are no tenants; remove it.")
_CMMN: Reason = ("不支持 CMMN 案例，请改为调用流程。", "CMMN cases are not supported; call a process.")
DIALECT_REFUSED: dict[str, Reason] = {
    **dict.fromkeys(("class", "delegateExpression", "variableMappingClass", "variableMappingDelegateExpression",
                     "formHandlerClass"), _JAVA),
    **dict.fromkeys(("calledElementVersion", "calledElementVersionTag", "decisionRefVersion", "decisionRefVersionTag",
                     "formRefVersion"), _PINNED),
    **dict.fromkeys(("calledElementTenantId", "decisionRefTenantId"), _TENANT),
    **dict.fromkeys(("caseRef", "caseBinding", "caseVersion", "caseTenantId"), _CMMN),
    "resource": ("脚本和条件要写在图里，请把内容粘贴进来。", "Scripts and conditions stand in the diagram."),
}  # fmt: skip

# Elements of the dialect, inside extensionElements, and where they are read; None: everywhere.
_MAPPED = _set(
    """
    task userTask manualTask scriptTask serviceTask businessRuleTask sendTask receiveTask callActivity subProcess
    transaction adHocSubProcess startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent
    globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask
    """
)
DIALECT_ELEMENTS: dict[str, frozenset[str] | None] = {
    "properties": None,
    "inputOutput": _MAPPED,
    "in": frozenset({"callActivity", "sendTask", "messageEventDefinition", "signalEventDefinition",
                     "escalationEventDefinition"}),
    "out": frozenset({"callActivity"}),
}  # fmt: skip
ELEMENTS_IGNORED: dict[str, Reason] = {
    "failedJobRetryTimeCycle": ("失败即成为故障，由人重试", "a failure is an incident that a person retries"),
}
_LISTENER: Reason = (
    "监听器不会执行，请改成流程里的脚本任务、服务任务或输入输出映射。",
    "Listeners are not run; draw a script or service task, or use an input/output mapping.",
)
_FORM_FIELDS: Reason = (
    "写在图里的表单不显示，请做成 .form 文件并用 camunda:formRef 引用。",
    "A form written in the diagram is not shown; make a .form file and refer to it with camunda:formRef.",
)
ELEMENTS_REFUSED: dict[str, Reason] = {
    **dict.fromkeys(("executionListener", "taskListener"), _LISTENER),
    **dict.fromkeys(("formData", "formProperty"), _FORM_FIELDS),
    "connector": (
        "连接器不会执行，请改用操作（camunda:topic）。", "Connectors are not run; use an operator (camunda:topic).",
    ),
    "field": _JAVA,
    "errorEventDefinition": (
        "请让操作自己抛出 BPMN 错误，再用错误边界事件捕获。",
        "Let the operator raise the BPMN error and catch it with an error boundary event.",
    ),
    "potentialStarter": (
        "请在流程上写 camunda:candidateStarterGroups。", "Write camunda:candidateStarterGroups on the process.",
    ),
}  # fmt: skip
INSTEAD_OF_OPERATORS = frozenset({"class", "delegateExpression"})
FORM_RULES = frozenset({"formData", "formProperty"})  # about human work: a play goes on with a warning

FOREIGN = {
    "http://camunda.org/schema/zeebe/1.0": "Zeebe（Camunda 8）",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://bpmn.io/schema/bpmn/spiffworkflow": "SpiffWorkflow",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}
