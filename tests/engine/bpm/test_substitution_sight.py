"""What a substitute sees, as a property: their own and what the scope has of the absent persons, never more."""

from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from engine.app import App
from engine.bpm import instances, queries
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.sight import sees
from engine.bpm.task_step import opened_task
from engine.bpm.viewer import StandIn, Viewer
from engine.errors import NotFound
from engine.testing import START

ADMIN = Viewer("root", admin=True)
PEOPLE = ("li", "wang", "qian", "zhao")
GROUPS = ("office", "leader", "elsewhere")
SOMEBODY = st.sampled_from((None, *PEOPLE))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(("review", "strict")), SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY,
        st.sets(st.sampled_from([f"user:{name}" for name in PEOPLE] + [f"group:{name}" for name in GROUPS])),
    ),
    min_size=1, max_size=6,
)  # fmt: skip
STAND_INS = st.lists(
    st.builds(
        StandIn, st.sampled_from(("li", "wang", "zhao")), st.frozensets(st.sampled_from(GROUPS)),
        st.frozensets(st.sampled_from(("review", "strict"))),
    ),
    max_size=3,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, stands_in=STAND_INS, groups=st.frozensets(st.sampled_from(GROUPS)))
def test_a_substitute_sees_exactly_their_own_and_the_scope_of_the_absent(
    deployed: App, rows: list[Any], stands_in: list[StandIn], groups: frozenset[str]
) -> None:
    viewer = Viewer("qian", groups, stands_in=tuple(stands_in))
    cases = _bare_cases(deployed)
    expected, instead = set(), {}
    with deployed.transaction() as tx:
        tx.execute(delete(TaskCandidate))
        tx.execute(delete(Task))
        for number, (key, assignee, owner, done_by, behalf, candidates) in enumerate(rows):
            name = f"t{number}"
            tx.add(Task(
                id=name, instance_id=cases[key], element="x", name="x", type="userTask", status="open",
                assignee=assignee, owner=owner, completed_by=done_by, on_behalf_of=behalf, created_at=START,
            ))  # fmt: skip
            tx.flush()
            tx.add_all(TaskCandidate(task_id=name, candidate=each) for each in candidates)
            row = SimpleNamespace(assignee=assignee, owner=owner, completed_by=done_by, on_behalf_of=behalf)
            if _own(row, viewer, candidates) or any(_theirs(row, key, each, candidates) for each in stands_in):
                expected.add(name)
                instead[name] = viewer.on_behalf_of(row, key, candidates)
            assert _own(row, viewer, candidates) == sees(viewer, row, candidates)
    listed = queries.tasks(deployed, viewer).items
    assert {task["id"]: task["substitute_for"] for task in listed} == instead
    for number in range(len(rows)):
        name = f"t{number}"
        assert _opened_for(deployed, viewer, name) == ([instead[name]] if name in expected else [])
    for wanted in (True, False):
        found = {task["id"] for task in queries.tasks(deployed, viewer, substituted=wanted).items}
        assert found == {name for name, absent in instead.items() if (absent is not None) == wanted}


def _own(task: Any, viewer: Viewer, candidates: set[str]) -> bool:
    named = viewer.name in (task.assignee, task.owner, task.completed_by, task.on_behalf_of)
    return named or bool(candidates & set(viewer.candidates))


def _theirs(task: Any, key: str, stand_in: StandIn, candidates: set[str]) -> bool:
    if stand_in.definitions and key not in stand_in.definitions:
        return False
    free = task.assignee is None and stand_in.person in (task.owner, task.on_behalf_of)
    offered = f"user:{stand_in.person}" in candidates or any(f"group:{each}" in candidates for each in stand_in.groups)
    return task.assignee == stand_in.person or free or offered


def _opened_for(app: App, viewer: Viewer, task_id: str) -> list[str | None]:
    """For whom this person would act on the task, if they may see it."""
    with app.transaction() as tx:
        try:
            with opened_task(app, tx, task_id, viewer, app.clock()) as task:
                return [task.case.stands_for]
        except NotFound:
            return []


def _bare_cases(app: App) -> dict[str, str]:
    """An instance of each definition to hang tasks on."""
    for key in {"review", "strict"} - {row["definition"] for row in queries.instances(app, ADMIN).items}:
        instances.start(app, key, {}, by="root")
    return {row["definition"]: row["id"] for row in queries.instances(app, ADMIN).items}
