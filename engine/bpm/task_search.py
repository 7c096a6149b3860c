"""Which tasks a question of the work list means: one statement for lists, counts and saved filters."""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from engine.app import App
from engine.bpm.clocks import OPEN, has_passed
from engine.bpm.model import Definition, Instance, Task, TaskCandidate
from engine.bpm.sight import candidate_in, in_stead, seen_task, to_take
from engine.bpm.viewer import Viewer

TASK = (
    select(Task, Instance, Definition)
    .select_from(Task)
    .join(Instance, Instance.id == Task.instance_id)
    .join(Definition, Definition.id == Instance.definition_id)
)


def _offered_to(unit: str) -> ColumnElement[bool]:
    """Offered to the unit itself or to a role in it (``role@unit``)."""
    role_in_it = TaskCandidate.candidate.endswith(f"@{unit}", autoescape=True)
    return candidate_in([f"group:{unit}"]) | exists().where(TaskCandidate.task_id == Task.id, role_in_it)


def matching(
    app: App,
    viewer: Viewer,
    *,
    assignee: str | None = None,
    candidate: str | None = None,
    unit: str | None = None,
    overdue: bool | None = None,
    follow_up: str | None = None,
    substituted: bool | None = None,
    definition: str | None = None,
    instance: str | None = None,
    name: str | None = None,
    q: str | None = None,
    status: str = "open",
) -> Select[Task, Instance, Definition]:
    """Tasks this person may see. ``assignee``/``candidate`` take a login name or ``me``; ``unit`` a group.

    ``name`` is how a task's name begins: all that is only to be signed for begins with 签收.
    """
    wanted = [seen_task(viewer)]
    if status != "all":
        wanted.append(Task.status == status)
    if status == "open":
        wanted.append(OPEN)  # so anyway, but the database need not look at the instances that ended
    if assignee:
        wanted.append(Task.assignee == (viewer.name if assignee == "me" else assignee))
    if candidate == "me":
        wanted.append(to_take(viewer))
    elif candidate:
        wanted += [Task.assignee.is_(None), candidate_in([f"user:{candidate}"])]
    if unit:
        wanted.append(_offered_to(unit))
    if overdue is not None:
        late = has_passed(Task.due_at, app.clock())
        wanted.append(late if overdue else ~late)
    if follow_up:
        later = and_(Task.follow_up_at.is_not(None), Task.follow_up_at > app.clock())
        wanted.append(later if follow_up == "later" else ~later)
    if substituted is not None:
        wanted.append(in_stead(viewer) if substituted else ~in_stead(viewer))
    if definition:
        wanted.append(Definition.key == definition)
    if instance:
        wanted.append(Task.instance_id == instance)
    if name:
        wanted.append(Task.name.istartswith(name, autoescape=True))
    if q:
        texts = (Task.name, Instance.business_key, Definition.name)
        wanted.append(or_(*(column.icontains(q, autoescape=True) for column in texts)))
    return TASK.where(*wanted)
