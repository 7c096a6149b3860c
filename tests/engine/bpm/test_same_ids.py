"""Processes of one deployment may use the same element ids: each is shown, compared and counted by its own."""

import pytest

from engine.app import App
from engine.bpm import definitions, instances, queries, tasks
from engine.bpm.definition_diff import compare
from engine.bpm.spiff import parse
from engine.bpm.viewer import Viewer
from tests.engine.bpm.diagrams import diagram, flows

ROOT = Viewer("root", admin=True)


def process(key: str, name: str, wait: str = "") -> bytes:
    body = f"""<startEvent id="s"/>
        <userTask id="task_1" name="{name}" camunda:candidateGroups="office" camunda:dueDate="${{days(3)}}">
        <documentation>{name}的做法</documentation></userTask>
        {wait or '<userTask id="then" name="然后" camunda:candidateGroups="office" camunda:dueDate="${days(1)}"/>'}
        <endEvent id="e"/>{flows("s>task_1", "task_1>then", "then>e")}"""
    return diagram(body, key=key, extra='<message id="m" name="reply"/>')


WAITS = '<receiveTask id="then" name="等回函" messageRef="m"/>'
FILES = {"a.bpmn": process("a", "登记", wait=WAITS), "b.bpmn": process("b", "复核")}


@pytest.mark.parametrize("order", [list(FILES), list(reversed(FILES))])
def test_a_task_and_what_a_case_waits_for_are_named_by_the_process_that_runs(app: App, order: list[str]) -> None:
    definitions.deploy(app, {name: FILES[name] for name in order}, by="test")
    for key, name, then in (("a", "登记", ("message", "等回函")), ("b", "复核", ("task", "然后"))):
        case = instances.start(app, key, {}, by="li")["id"]
        (task,) = queries.instance(app, ROOT, case)["tasks"]
        assert queries.task(app, ROOT, task["id"])["documentation"] == f"{name}的做法"
        tasks.complete(app, task["id"], {}, viewer=ROOT)
        assert [(one["kind"], one["name"]) for one in queries.instance(app, ROOT, case)["waiting"]] == [then]


def test_what_changed_in_either_process_is_found() -> None:
    for name, new in (("a.bpmn", "登记好"), ("b.bpmn", "复核好")):
        old = "登记" if name == "a.bpmn" else "复核"
        after = FILES | {name: FILES[name].replace(f'name="{old}"'.encode(), f'name="{new}"'.encode())}
        rows = compare(parse(FILES), parse(after))
        assert [(row["process"], row["id"], row["name"]) for row in rows] == [(name[0], "task_1", new)]


def test_a_called_process_comes_before_a_strange_one() -> None:
    caller = diagram(
        f'<startEvent id="s"/><callActivity id="c" calledElement="b"/><endEvent id="e"/>{flows("s>c", "c>e")}',
        key="top",
    )
    model = parse({"a.bpmn": FILES["a.bpmn"], "b.bpmn": FILES["b.bpmn"], "top.bpmn": caller}, "top")
    assert {name: model.elements[name].process for name in ("s", "c", "task_1", "then")} == {
        "s": "top", "c": "top", "task_1": "b", "then": "b",
    }  # fmt: skip
