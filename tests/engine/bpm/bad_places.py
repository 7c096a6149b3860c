"""An element for each place in which a diagram can hold an expression, with an unknown function there."""

from tests.engine.bpm.bad_models import catch, multi, service, task, work

WRONG = "wrokdays(3)"
CALL = f"${{{WRONG}}}"
ROOTS = (
    f'<message id="m" name="拒绝-{CALL}"/><message id="plain" name="拒绝"/><signal id="g" name="台风"/>'
    f'<error id="r" errorCode="one" camunda:errorMessage="{CALL}"/>'
)


def mapped(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def event(kind: str, pointer: str = "", inner: str = "") -> str:
    named = f'{kind}Ref="{pointer}"' if pointer else ""
    return f"<{kind}EventDefinition {named}>{inner}</{kind}EventDefinition>"


def behaviour(inner: str, condition: str = "${true}") -> str:
    return (
        '<multiInstanceLoopCharacteristics behavior="Complex"><loopCardinality>2</loopCardinality>'
        f"<complexBehaviorDefinition><condition>{condition}</condition><event>{inner}</event></complexBehaviorDefinition>"
        "</multiInstanceLoopCharacteristics>"
    )


def associated(direction: str) -> str:
    return f"<data{direction}Association><assignment><from>{CALL}</from><to>x</to></assignment></data{direction}Association>"


PAYLOAD = mapped(f'<camunda:in sourceExpression="{CALL}" target="x"/>')
CORRELATED = mapped(
    f'<camunda:properties><camunda:property name="correlation:hazard" value="{CALL}"/></camunda:properties>'
)
PLACES = {
    "candidate groups": task().replace("'office'", f"'{CALL}'"),
    "a due date": task().replace("P3D", CALL),
    "a follow-up date": task(f'camunda:followUpDate="{CALL}"'),
    "candidates": task(f'camunda:candidateUsers="{CALL}"'),
    "an assignee": task(f'camunda:assignee="{CALL}"'),
    "a priority": task(f'camunda:priority="{CALL}"'),
    "an input": service("paper.print", title=CALL),
    "an output": work("task", inner=mapped(f'<camunda:inputOutput><camunda:outputParameter name="x">{CALL}</camunda:outputParameter></camunda:inputOutput>')),
    "an entry of a list": work("task", inner=mapped(f'<camunda:inputOutput><camunda:inputParameter name="x"><camunda:list><camunda:value>{CALL}</camunda:value></camunda:list></camunda:inputParameter></camunda:inputOutput>')),
    "an entry of a map": work("task", inner=mapped(f'<camunda:inputOutput><camunda:inputParameter name="x"><camunda:map><camunda:entry key="k">{CALL}</camunda:entry></camunda:map></camunda:inputParameter></camunda:inputOutput>')),
    "a script": work("scriptTask", inner=f"<script>x = {WRONG}</script>"),
    "the expression of a service task": work("serviceTask", f'camunda:expression="{CALL}"'),
    "the decision of a rule": work("businessRuleTask", f'camunda:decisionRef="{CALL}"'),
    "a called process": work("callActivity", f'calledElement="{CALL}"'),
    "what a call sends in": work("callActivity", 'calledElement="deployed"', mapped(f'<camunda:in sourceExpression="{CALL}" target="x"/>')),
    "what a call brings out": work("callActivity", 'calledElement="deployed"', mapped(f'<camunda:out sourceExpression="{CALL}" target="x"/>')),
    "the business key of a call": work("callActivity", 'calledElement="deployed"', mapped(f'<camunda:in businessKey="{CALL}"/>')),
    "a cardinality": task(inner=multi(CALL)),
    "a collection": task(inner=f'<multiInstanceLoopCharacteristics camunda:collection="{CALL}"/>'),
    "a completion condition": task(inner=multi("2").replace("</multi", f"<completionCondition>{CALL}</completionCondition></multi")),
    "the condition of a loop": task(inner=f'<standardLoopCharacteristics loopMaximum="2"><loopCondition>{CALL}</loopCondition></standardLoopCharacteristics>'),
    "when passes throw an event": task(inner=behaviour(event("signal", "g"), CALL)),
    "what passes throw": task(inner=behaviour(event("signal", "g", PAYLOAD))),
    "a data input": task(inner=associated("Input")),
    "a data output": task(inner=associated("Output")),
    "a timer": catch(f"<timerEventDefinition><timeDuration>{CALL}</timeDuration></timerEventDefinition>"),
    "a condition waited for": catch(f"<conditionalEventDefinition><condition>{CALL}</condition></conditionalEventDefinition>"),
    "a message": catch(event("message", "m")),
    "a correlation": work("receiveTask", 'messageRef="plain"', CORRELATED),
    "the correlation of an event": work("intermediateCatchEvent", inner=CORRELATED + event("message", "plain")),
    "what is sent along": work("intermediateThrowEvent", inner=event("signal", "g", PAYLOAD)),
}  # fmt: skip
