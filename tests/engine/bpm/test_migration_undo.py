"""After an undone migration a case goes on as if it had never been moved."""

from engine.app import App
from engine.bpm import assignment, batches, definitions, queries, tasks, timers
from engine.bpm.model import Task, Timer
from engine.bpm.viewer import Viewer
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW, diagram, flows, timer
from tests.engine.bpm.test_migration import ADMIN, RENAMED, ordered, rows, started

# Without the deadline; and with a further one that stands in the calendar.
TIMELESS = diagram(
    f"""
    <startEvent id="start"/><userTask id="rectify" name="整改" camunda:candidateGroups="office"/>
    <userTask id="recheck" name="复查" camunda:candidateGroups="office"/><endEvent id="end"/>
    {flows("start>rectify", "rectify>recheck", "recheck>end")}
    """,
    key="review",
)
DATED = REVIEW.replace(
    b'<endEvent id="supervised"/>',
    f"""<boundaryEvent id="fixed" attachedToRef="rectify" cancelActivity="false">
    {timer("2031-01-01T00:00:00Z", "timeDate")}</boundaryEvent><endEvent id="passed"/>
    {flows("fixed>passed")}<endEvent id="supervised"/>""".encode(),
)


def test_after_an_undo_a_case_goes_on_to_its_end_and_can_be_moved_again(deployed: App, clock: FakeClock) -> None:
    [case] = started(deployed)
    definitions.deploy(deployed, {"review.bpmn": DATED}, by="c")
    order = ordered(deployed)
    batches.undo(deployed, order["id"], by="root", reason="换错了")
    again = ordered(deployed)
    assert again["counts"] == {"done": 1}
    assert [timer.status for timer in rows(deployed, Timer, case)] == ["armed", "cancelled", "armed"]
    batches.undo(deployed, again["id"], by="root", reason="又错了")
    clock.advance(days=4)
    timers.fire_next(deployed)
    for element in ("rectify", "recheck", "supervise"):
        [task] = [one for one in rows(deployed, Task, case) if (one.element, one.status) == (element, "open")]
        tasks.complete(deployed, task.id, {}, viewer=ADMIN)
    assert queries.instance(deployed, ADMIN, case)["status"] == "completed"


def test_an_undo_arms_a_deadline_again_that_the_move_gave_up(deployed: App, clock: FakeClock) -> None:
    [case] = started(deployed)
    [before] = rows(deployed, Timer, case)
    definitions.deploy(deployed, {"review.bpmn": TIMELESS}, by="c")
    order = ordered(deployed, drop_gone=True)
    assert [timer.status for timer in rows(deployed, Timer, case)] == ["cancelled"]
    assert batches.undo(deployed, order["id"], by="root", reason="期限丢了")["counts"] == {"undone": 1}
    [timer] = rows(deployed, Timer, case)
    assert (timer.status, timer.due_at, timer.ended_at) == ("armed", before.due_at, None)
    clock.advance(days=4)
    timers.fire_next(deployed)
    assert "supervise" in [task.element for task in rows(deployed, Task, case)]


def test_what_was_handed_over_before_the_move_is_offered_so_again(deployed: App, owner: Viewer) -> None:
    deployed.groups = lambda: frozenset({"leader"})
    [case] = started(deployed)
    task = rows(deployed, Task, case)[0].id
    assignment.hand_over_to_group(deployed, task, viewer=owner, group="leader", reason="属地")
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    order = ordered(deployed)
    assert queries.task(deployed, ADMIN, task)["groups"] == ["field", "leader"]
    assert batches.undo(deployed, order["id"], by="root", reason="换错了")["counts"] == {"undone": 1}
    assert queries.task(deployed, ADMIN, task)["groups"] == ["leader"]


def test_who_took_a_task_since_keeps_the_version_it_was_taken_in(deployed: App, owner: Viewer) -> None:
    claimed, told = started(deployed, 2)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    order = ordered(deployed)
    tasks.claim(deployed, rows(deployed, Task, claimed)[0].id, viewer=ADMIN)
    tasks.comment(deployed, rows(deployed, Task, told)[0].id, viewer=ADMIN, text="按新版办")
    assert batches.undo(deployed, order["id"], by="root", reason="换错了")["counts"] == {"kept": 2}
