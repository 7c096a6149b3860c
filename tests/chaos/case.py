"""The process that is put through it: a ladder of timers with notices beside three acts, a limit, and a message."""

from datetime import timedelta

from tests.engine.bpm.diagrams import diagram, flows, timer

RUNGS = {"rung_1": timedelta(hours=1), "rung_2": timedelta(hours=13), "rung_3": timedelta(hours=37)}
PAUSE = timedelta(hours=2)  # after the first act
LIMIT = timedelta(hours=20)  # of the second act
ACTS = ("act_1", "act_2", "act_3")
SPAN = timedelta(hours=60)  # after which everything that does not depend on people has happened


def _notice(rung: str) -> str:
    values = {"to": "owner", "title": rung}
    written = '<camunda:inputParameter name="{}">{}</camunda:inputParameter>'.format
    inputs = "".join(written(*value) for value in values.items())
    return (
        f'<serviceTask id="tell_{rung}" camunda:type="external" camunda:topic="notice"><extensionElements>'
        f"<camunda:inputOutput>{inputs}</camunda:inputOutput></extensionElements></serviceTask>"
    )


def _act(name: str) -> str:
    return f'<userTask id="{name}" name="{name}" camunda:candidateGroups="owner" camunda:dueDate="${{days(30)}}"/>'


def _wait(name: str, span: str) -> str:
    return f'<intermediateCatchEvent id="{name}">{timer(span)}</intermediateCatchEvent>'


HANDED = '<message id="handed" name="handed"/>'
CASE = diagram(
    f"""
    <startEvent id="start"/><parallelGateway id="split"/><parallelGateway id="join"/><endEvent id="end"/>
    {_wait("rung_1", "PT1H")}{_wait("rung_2", "PT12H")}{_wait("rung_3", "P1D")}{"".join(map(_notice, RUNGS))}
    {"".join(map(_act, ACTS))}{_wait("pause", "PT2H")}
    <boundaryEvent id="late" attachedToRef="act_2">{timer("PT20H")}</boundaryEvent>
    <exclusiveGateway id="either"/>
    <intermediateThrowEvent id="hand"><messageEventDefinition messageRef="handed"/></intermediateThrowEvent>
    {flows(
        "start>split", "split>rung_1", "rung_1>tell_rung_1", "tell_rung_1>rung_2", "rung_2>tell_rung_2",
        "tell_rung_2>rung_3", "rung_3>tell_rung_3", "tell_rung_3>join",
        "split>act_1", "act_1>pause", "pause>act_2", "act_2>either", "late>either", "either>hand", "hand>act_3",
        "act_3>join", "join>end",
    )}
    """,
    key="case",
    extra=HANDED,
)  # fmt: skip
BOOK = diagram(
    f"""
    <startEvent id="start"><messageEventDefinition messageRef="handed"/></startEvent>
    <endEvent id="end"/>{flows("start>end")}
    """,
    key="book",
    extra=HANDED,
)
FILES = {"case.bpmn": CASE, "book.bpmn": BOOK}
