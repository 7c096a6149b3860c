"""Small diagrams to play, and the shortest way to play them."""

from typing import Any

from engine.bpm.play import play
from tests.engine.bpm.diagrams import diagram, flows

NOW = "2026-09-24T09:00:00+08:00"


def task(identifier: str, name: str = "") -> str:
    return (
        f'<userTask id="{identifier}" name="{name}" camunda:candidateGroups="office" '
        f'camunda:dueDate="${{workdays(3)}}"/>'
    )


def message_catch(identifier: str, *, key: str = "") -> str:
    keys = (
        f'<extensionElements><camunda:properties><camunda:property name="correlation:case" value="${{{key}}}"/>'
        "</camunda:properties></extensionElements>"
        if key
        else ""
    )
    return (
        f'<intermediateCatchEvent id="{identifier}">{keys}<messageEventDefinition messageRef="m"/>'
        "</intermediateCatchEvent>"
    )


MESSAGES = '<message id="m" name="go"/><signal id="s" name="typhoon"/>'
WAITER = diagram(
    f'<startEvent id="start"/>{message_catch("wait", key="number")}<endEvent id="end"/>'
    f"{flows('start>wait', 'wait>end')}",
    extra=MESSAGES,
)
LOOP = diagram(
    '<startEvent id="start"/><userTask id="again"/><exclusiveGateway id="which" default="back"/><endEvent id="end"/>'
    '<sequenceFlow id="back" sourceRef="which" targetRef="again"/><sequenceFlow id="out" sourceRef="which" '
    f'targetRef="end"><conditionExpression>${{done}}</conditionExpression></sequenceFlow>'
    f"{flows('start>again', 'again>which')}"
)
OPERATOR = diagram(
    '<startEvent id="start"/><serviceTask id="call" camunda:type="external" camunda:topic="paper.print">'
    '<extensionElements><camunda:inputOutput><camunda:inputParameter name="title">第${n}号</camunda:inputParameter>'
    '</camunda:inputOutput></extensionElements></serviceTask><endEvent id="end"/><endEvent id="refused"/>'
    '<boundaryEvent id="no" attachedToRef="call"><errorEventDefinition errorRef="e"/></boundaryEvent>'
    f"{flows('start>call', 'call>end', 'no>refused')}",
    extra='<error id="e" errorCode="REFUSED"/>',
)


def played(*files: bytes, **scenario: Any) -> dict[str, Any]:
    """The answer of a play with the named parts of a scenario, without the linter's findings."""
    return play({f"{number}.bpmn": content for number, content in enumerate(files)}, {"now": NOW, **scenario})


def events(answer: dict[str, Any], element: str) -> list[str]:
    return [entry["event"] for entry in answer["trace"] if entry["element"] == element]
