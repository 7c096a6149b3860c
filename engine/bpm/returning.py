"""Return to a previous step: which earlier human steps an open task may go back to, and going there."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import record
from engine.bpm.model import Event, Instance, Task, Timer
from engine.bpm.spiff import Model, run
from engine.bpm.spiff.returning import Earlier, place_of
from engine.bpm.step import ACTOR, Opened
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.errors import Invalid, Problem

ANEW, KEPT = "anew", "kept"
HUMAN = ("userTask", "manualTask")


def returnable(tx: Session, model: Model, instance: Instance, task: Task) -> list[View]:
    """The earlier steps of the same scope, the latest completed first; empty for a task that is not open."""
    return (
        []
        if task.status != "open"
        else [_step(event) for event in _earlier(tx, model, instance.id, instance.state, task)]
    )


def to_earlier(
    app: App, tx: Session, case: Opened, task: Task, element: str, *, viewer: Viewer, reason: str, deadline: str
) -> str:
    """Cancel the task and open the earlier step for whoever completed it last, or had it completed by a substitute;
    for the step's candidates when that account is out of use. Answers the new task's id.

    Its deadlines start anew, or with ``deadline="kept"`` keep their moments if its due date has not passed. The caller
    has checked the permission. Raises Invalid for a step that is none, or would double or lose a token.
    """
    before = next(
        (event for event in _earlier(tx, case.model, case.row.id, case.row.state, task) if event.element == element),
        None,
    )
    if before is None or before.task_id is None:
        place = place_of(case.model, case.row.state, task.id)
        raise _refusal(case.model, element, task.name if place is not None and place.drawn else None)
    former = tx.get_one(Task, before.task_id)
    kept = deadline == KEPT and former.due_at is not None and former.due_at > case.now
    did = former.on_behalf_of or former.completed_by
    account = app.accounts(tx, [did] if did else []).get(did or "")
    earlier = Earlier(
        element,
        did if account is None or account.active else None,
        former.due_at if kept else None,
        _old_timers(tx, case, former) if kept else {},
    )
    tx.info[ACTOR] = viewer.name
    after, new_id = run.send_back(case.model, case.row.state, task.id, earlier, case.now, case.world)
    case.apply(after, actor=viewer.name)
    detail = {"to": element, "reason": reason, "task": new_id, "deadline": KEPT if kept else ANEW}
    record.note(
        tx, case.row.id, "sent_back", at=case.now, recorded_at=app.wall(), actor=viewer.name, task=task, detail=detail,
        on_behalf_of=case.stands_for,
    )  # fmt: skip
    tx.flush()
    return new_id


def _earlier(tx: Session, model: Model, instance_id: str, state: bytes, task: Task) -> list[Event]:
    """The last completion of each step to which the task may go back, the latest first."""
    place = place_of(model, state, task.id)
    if place is None or not place.reachable:
        return []
    scope = Event.detail["scope"].as_string()
    latest = (
        select(func.max(Event.id))
        .where(
            Event.instance_id == instance_id,
            Event.event == "completed",
            Event.type.in_(HUMAN),
            Event.element.in_(place.reachable),
            scope.is_(None) if place.scope is None else scope == place.scope,
        )
        .group_by(Event.element)
    )
    return list(tx.scalars(select(Event).where(Event.id.in_(latest)).order_by(Event.id.desc())))


def _old_timers(tx: Session, case: Opened, former: Task) -> dict[str, datetime]:
    """The moments that the border timers of the former task had, by element."""
    borders = {node.id for _, node in case.model.nodes() if node.attached_to == former.element}
    rows = tx.scalars(
        select(Timer)
        .where(
            Timer.instance_id == former.instance_id,
            Timer.element.in_(borders),
            Timer.armed_at >= former.created_at,
            Timer.armed_at <= (former.ended_at or case.now),
        )
        .order_by(Timer.id)
    )
    return {row.element: row.due_at for row in rows}


def _step(event: Event) -> View:
    return {
        "element": event.element,
        "name": event.name or event.element,
        "completed_by": event.actor,
        "completed_at": event.at,
    }


def _refusal(model: Model, element: str, drawn: str | None) -> Invalid:
    """Why the case cannot go back there: no such step, only the ways back that are ``drawn`` from this task, not done
    before, or tokens would be doubled or lost.
    """
    info = model.elements.get(element)
    name = info.name or element if info else element
    if info is None:
        words = f"流程图里没有环节“{element}”，请从可退回的环节中选择。", f"The diagram has no step {element}."
    elif info.type not in HUMAN:
        words = f"“{name}”不是人工环节，不能退回到那里。", f"{element} is no human step."
    elif drawn is not None:
        words = (
            f"“{drawn}”只能按流程图上的办法退回：请在表单里选退回、不同意等选项；没有这样的选项，就是不能退回。",
            f"From {drawn} only the ways back of the diagram are open: choose one in its form, where it has one.",
        )
    else:
        words = (
            f"不能退回到“{name}”：它在这里还没有办理过，或者与本环节之间隔着并行分支或汇合，退回会使分支重复或丢失。",
            f"Cannot return to {element}: it was not completed here, or a split or join lies between, so that a branch "
            "would be doubled or lost.",
        )
    problem = Problem(field="to", rule="choice", message=words[0], en=words[1])
    return Invalid(words[0], en=words[1], problems=[problem])
