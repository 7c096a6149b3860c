"""Small diagrams for tests: the body of a process in BPMN XML, wrapped."""

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://bihuan.test"'
)


def diagram(body: str, key: str = "case", name: str = "测试流程", extra: str = "") -> bytes:
    """A file with one executable process; ``extra`` stands beside it (messages, signals, errors)."""
    process = f'<process id="{key}" name="{name}" isExecutable="true">{body}</process>'
    return f"<definitions {NAMESPACES}>{extra}{process}</definitions>".encode()


def flows(*pairs: str) -> str:
    """Sequence flows from pairs like ``"start>check"``."""
    return "".join(
        f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
        for source, _, target in (pair.partition(">") for pair in pairs)
    )


def timer(value: str, kind: str = "timeDuration") -> str:
    """A timer event definition."""
    return f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{value}</{kind}></timerEventDefinition>'


# Rectify within three days; at the deadline a supervision task opens beside it. Then a re-check.
REVIEW = diagram(
    f"""
    <startEvent id="start"/>
    <userTask id="rectify" name="整改" camunda:candidateGroups="office" camunda:dueDate="${{days(3)}}"/>
    <boundaryEvent id="late" name="逾期" attachedToRef="rectify" cancelActivity="false">{timer("P3D")}</boundaryEvent>
    <userTask id="supervise" name="督办" camunda:candidateGroups="leader" camunda:dueDate="${{days(5)}}"/>
    <userTask id="recheck" name="复查" camunda:candidateGroups="office" camunda:dueDate="${{days(3)}}"/>
    <endEvent id="end"/><endEvent id="supervised"/>
    {flows("start>rectify", "rectify>recheck", "recheck>end", "late>supervise", "supervise>supervised")}
    """,
    key="review",
)

# Whoever completes after the deadline is too late: the task is gone.
STRICT = diagram(
    f"""
    <startEvent id="start"/>
    <userTask id="answer" name="答复" camunda:candidateGroups="office" camunda:dueDate="${{hours(1)}}"/>
    <boundaryEvent id="expired" attachedToRef="answer">{timer("PT1H")}</boundaryEvent>
    <userTask id="escalated" name="上报" camunda:candidateGroups="leader" camunda:dueDate="${{days(1)}}"/>
    <endEvent id="end"/><endEvent id="reported"/>
    {flows("start>answer", "answer>end", "expired>escalated", "escalated>reported")}
    """,
    key="strict",
)
