"""What people look up. Every list takes the viewer and scopes its rows in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import waiting
from engine.bpm.model import Definition, Event, Incident, Instance, Task, TaskCandidate, TaskComment, Timer
from engine.bpm.paging import choose, paged
from engine.bpm.returning import returnable
from engine.bpm.sight import seen_task, visible_task
from engine.bpm.task_search import TASK, matching
from engine.bpm.viewer import Page, Viewer
from engine.bpm.views import (
    View,
    attachment_view,
    definition_view,
    event_view,
    incident_view,
    instance_view,
    task_view,
    timer_view,
)  # fmt: skip
from engine.bpm.work_model import TaskAttachment
from engine.errors import NotFound

TASK_SORTS = {
    "due_at": (Task.due_at.is_(None), Task.due_at, Task.id),
    "-due_at": (Task.due_at.is_(None), Task.due_at.desc(), Task.id),
    "created_at": (Task.created_at, Task.id), "-created_at": (Task.created_at.desc(), Task.id),
    "priority": (Task.priority, Task.id), "-priority": (Task.priority.desc(), Task.id),
    "name": (Task.name, Task.id), "-name": (Task.name.desc(), Task.id),
}  # fmt: skip
# Built once: these run with every act on a task.
ONE_TASK = TASK.where(Task.id == bindparam("task_id")).execution_options(populate_existing=True)
CANDIDATES = select(TaskCandidate.task_id, TaskCandidate.candidate).where(
    TaskCandidate.task_id.in_(bindparam("tasks", expanding=True))
)


def tasks(
    app: App, viewer: Viewer, *, sort: str = "due_at", page: int = 1, size: int = 50, **wanted: Any
) -> Page[View]:
    """One page of the tasks that match; ``wanted`` is what ``matching`` takes.

    Each has ``substitute_for``, the absent person for whom this one would work it.
    """
    found, order = matching(app, viewer, **wanted), choose(TASK_SORTS, sort)
    with app.reading() as tx:
        return paged(tx, found, order, page, size, lambda rows: _task_rows(tx, app, rows, viewer))


def task(app: App, viewer: Viewer, task_id: str) -> View:
    """One task with its form, its comments and the variables its form shows. Raises NotFound."""
    with app.reading() as tx:
        if visible_task(tx, task_id, viewer) is None:
            raise NotFound(
                "没有这项任务，或它不在您的职责范围内。", en="There is no such task, or it is not yours to see."
            )
        return _with_form(tx, app, task_id, viewer)


def _with_form(tx: Session, app: App, task_id: str, viewer: Viewer) -> View:
    row, instance, definition = tx.execute(TASK.where(Task.id == task_id)).one()
    model = app.model(definition.bundle_hash, definition.key)
    form = model.forms.get(row.form) if row.form else None
    comments = tx.scalars(select(TaskComment).where(TaskComment.task_id == task_id).order_by(TaskComment.id))
    files = (
        select(TaskAttachment)
        .where(TaskAttachment.task_id == task_id, TaskAttachment.removed_at.is_(None))
        .order_by(TaskAttachment.at, TaskAttachment.id)
    )
    return {
        **one_task(tx, app, task_id, viewer),
        "form_schema": form.source if form else None,
        "variables": instance.variables,
        "documentation": model.documentation(row.element),
        "returnable": returnable(tx, model, instance, row),
        "comments": [{"at": c.at, "author": c.author, "text": c.text} for c in comments],
        "attachments": [attachment_view(row) for row in tx.scalars(files)],
    }


def one_task(tx: Session, app: App, task_id: str, viewer: Viewer | None = None) -> View:
    """One task as a list row, inside the caller's transaction; for a viewer with ``substitute_for``."""
    return _task_rows(tx, app, tx.execute(ONE_TASK, {"task_id": task_id}).all(), viewer)[0]


def _task_rows(tx: Session, app: App, rows: Sequence[Any], viewer: Viewer | None = None) -> list[View]:
    candidates: dict[str, list[str]] = {}
    for task_id, candidate in tx.execute(CANDIDATES, {"tasks": [row[0].id for row in rows]}):
        candidates.setdefault(task_id, []).append(candidate)
    views = [task_view(app, row[0], row[1], row[2], candidates.get(row[0].id, [])) for row in rows]
    if viewer:
        for view, (task, _, definition) in zip(views, rows, strict=True):
            view["substitute_for"] = viewer.on_behalf_of(task, definition.key, candidates.get(task.id, []))
    return views


def instances(
    app: App,
    viewer: Viewer,
    *,
    definition: str | None = None,
    status: str | None = None,
    business_key: str | None = None,
    q: str | None = None,
    page: int = 1,
    size: int = 50,
) -> Page[View]:
    """Instances this person started or has or had work in, newest first."""
    wanted = [seen_instance(app, viewer)]
    if definition:
        wanted.append(Definition.key == definition)
    if status:
        wanted.append(Instance.status == status)
    if business_key:
        wanted.append(Instance.business_key == business_key)
    if q:
        texts = (Instance.business_key, Definition.name)
        wanted.append(or_(*(column.icontains(q, autoescape=True) for column in texts)))
    with app.reading() as tx:
        return paged(
            tx,
            select(Instance, Definition).join(Definition).where(*wanted),
            (Instance.started_at.desc(), Instance.id),
            page,
            size,
            lambda rows: _instance_rows(tx, app, rows),
        )


def _instance_rows(tx: Session, app: App, rows: Sequence[Any]) -> list[View]:
    coming = waiting.next_events(tx, [row[0].id for row in rows], app.clock())
    return [{**instance_view(row[0], row[1]), "next_event_at": coming.get(row[0].id)} for row in rows]


def seen_instance(app: App, viewer: Viewer) -> ColumnElement[bool]:
    """Started by this person, with a task that this person may see, or seen for another registered reason."""
    if viewer.admin:
        return true()
    involved = exists().where(Task.instance_id == Instance.id, seen_task(viewer))
    return or_(Instance.started_by == viewer.name, involved, *(sight(viewer) for sight in app.sights))


# Of an instance of which somebody is shown the own tasks only.
APART: View = {"variables": {}, "timers": [], "incidents": [], "waiting": [], "next_event_at": None}


def instance(app: App, viewer: Viewer, instance_id: str) -> View:
    """One instance with its variables, open tasks (``yours``: those that the viewer may open), armed timers and open
    incidents; of some the viewer is shown the own tasks only (``App.own_parts``). Raises NotFound.
    """
    with app.reading() as tx:
        row, definition, apart = _visible_instance(tx, app, viewer, instance_id)
        mine = TASK.where(Task.instance_id == row.id, Task.status == "open", seen_task(viewer))
        tasks = _task_rows(tx, app, tx.execute(mine.order_by(Task.created_at, Task.id)).all())
        found = {**instance_view(row, definition), **APART} if apart else detail(tx, app, row, definition)
        yours = {task["id"] for task in tasks}
        return {**found, "tasks": [{**task, "yours": task["id"] in yours} for task in found.get("tasks", tasks)]}


def detail(tx: Session, app: App, row: Instance, definition: Definition) -> View:
    """One instance with all that it waits for, inside the caller's transaction."""
    open_tasks = TASK.where(Task.instance_id == row.id, Task.status == "open").order_by(Task.created_at, Task.id)
    armed = select(Timer).where(Timer.instance_id == row.id, Timer.status == "armed").order_by(Timer.due_at, Timer.id)
    unresolved = select(Incident).where(Incident.instance_id == row.id, Incident.resolved_at.is_(None))
    tasks, incidents = _task_rows(tx, app, tx.execute(open_tasks).all()), tx.scalars(unresolved).all()
    return {
        **instance_view(row, definition),
        "variables": row.variables,
        "tasks": tasks,
        "timers": [timer_view(timer) for timer in tx.scalars(armed)],
        "incidents": [incident_view(found, row, definition) for found in incidents],
        **waiting.of_instance(tx, app, row, definition, tasks, incidents),
    }


def own_part(app: App, viewer: Viewer) -> ColumnElement[bool]:
    """Instances of which this viewer is shown the own tasks only."""
    return or_(false(), *(part(viewer) for part in app.own_parts))


def _visible_instance(
    tx: Session, app: App, viewer: Viewer, instance_id: str
) -> tuple[Instance, Definition, bool]:  # fmt: skip
    seen = select(Instance, Definition, own_part(app, viewer)).join(Definition)
    found = tx.execute(seen.where(Instance.id == instance_id, seen_instance(app, viewer))).one_or_none()
    if found is None:
        raise NotFound(
            "没有这个流程实例，或它不在您的职责范围内。", en="There is no such instance, or it is not yours to see."
        )
    return found[0], found[1], bool(found[2])


def history(app: App, viewer: Viewer, instance_id: str, *, page: int = 1, size: int = 200) -> Page[View]:
    """Everything that happened in an instance, in order (S7)."""
    found = select(Event).where(Event.instance_id == instance_id)
    own = Event.task_id.in_(select(Task.id).where(Task.instance_id == instance_id, seen_task(viewer)))
    return _of_instance(app, viewer, instance_id, found, own, (Event.id,), event_view, page, size)


def timers(app: App, viewer: Viewer, instance_id: str, *, page: int = 1, size: int = 200) -> Page[View]:
    """All timers of an instance, armed and past, in due order."""
    found = select(Timer).where(Timer.instance_id == instance_id)
    return _of_instance(app, viewer, instance_id, found, false(), (Timer.due_at, Timer.id), timer_view, page, size)


def _of_instance(
    app: App, viewer: Viewer, instance_id: str, found: Any, own: ColumnElement[bool], order: Any, view: Any, page: int,
    size: int,
) -> Page[View]:  # fmt: skip
    with app.reading() as tx:
        *_, apart = _visible_instance(tx, app, viewer, instance_id)
        found = found.where(own) if apart else found
        return paged(tx, found, order, page, size, lambda rows: [view(row[0]) for row in rows])


def definitions(app: App, *, q: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """The newest version of each definition; everybody who is logged in may read them."""
    newest = select(Definition.key, func.max(Definition.version).label("version")).group_by(Definition.key).subquery()
    found = select(Definition).join(
        newest, and_(Definition.key == newest.c.key, Definition.version == newest.c.version)
    )
    if q:
        texts = (Definition.key, Definition.name)
        found = found.where(or_(*(column.icontains(q, autoescape=True) for column in texts)))
    with app.reading() as tx:
        return paged(tx, found, (Definition.key,), page, size, lambda rows: [definition_view(row[0]) for row in rows])


def versions(app: App, key: str, *, page: int = 1, size: int = 50) -> Page[View]:
    """All versions of a definition, newest first."""
    found = select(Definition).where(Definition.key == key)
    with app.reading() as tx:
        return paged(
            tx, found, (Definition.version.desc(),), page, size, lambda rows: [definition_view(row[0]) for row in rows]
        )


def incidents(app: App, viewer: Viewer, *, resolved: bool = False, page: int = 1, size: int = 50) -> Page[View]:
    """Incidents of the instances this person may see, oldest first."""
    state = Incident.resolved_at.is_not(None) if resolved else Incident.resolved_at.is_(None)
    found = (
        select(Incident, Instance, Definition)
        .select_from(Incident)
        .join(Instance, Instance.id == Incident.instance_id)
        .join(Definition, Definition.id == Instance.definition_id)
        .where(state, seen_instance(app, viewer), ~own_part(app, viewer))
    )
    with app.reading() as tx:
        return paged(
            tx,
            found,
            (Incident.opened_at, Incident.id),
            page,
            size,
            lambda rows: [incident_view(row[0], row[1], row[2]) for row in rows],
        )
