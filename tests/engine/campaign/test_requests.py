"""Asking for more time, or that a hazard be struck off: who may, and when."""

from collections.abc import Callable

import pytest

from engine.app import App
from engine.bpm import queries, tasks
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, requests
from engine.errors import Conflict, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
NUMBER = "YQ-2026-0901"


@pytest.fixture
def case(campaign: App, person: Person) -> App:
    """A registered hazard that waits to be classified."""
    values = {"place": "P019", "code": "RF-05", "text": "插线板串接"}
    hazards.register(campaign, values, viewer=person(campaign, "clerk-safety-office"))
    return campaign


def finish(app: App, root: Viewer, **values: object) -> None:
    """Complete the only open task of the case."""
    (task,) = queries.tasks(app, root).items
    tasks.complete(app, task["id"], values, viewer=root)


@pytest.fixture
def in_work(case: App, root: Viewer) -> App:
    """The hazard is signed for and being fixed."""
    finish(case, root, valid=True, suspected=False, immediate_danger=False, fixable_now=False, outside_cause=False)
    finish(case, root, holder_unit="GH", requirement="更换插线板")
    finish(case, root, signed=True)
    return case


def elements(app: App, root: Viewer) -> set[str]:
    return {task["element"] for task in queries.tasks(app, root).items}


def test_the_holder_asks_for_more_time_and_the_leader_decides(in_work: App, person: Person, root: Viewer) -> None:
    before = hazards.show(in_work, NUMBER, viewer=root)
    holder = person(in_work, "secretary-gh")
    requests.extension(in_work, NUMBER, n=15, unit="d", reason="材料未到", viewer=holder)
    assert elements(in_work, root) == {"rectify", "approve_extension"}
    (task,) = [task for task in queries.tasks(in_work, root).items if task["element"] == "approve_extension"]
    tasks.complete(in_work, task["id"], {"extension_approved": True, "extension_n": 10}, viewer=root)
    after = hazards.show(in_work, NUMBER, viewer=root)
    assert before.due_at and after.due_at and after.due_at > before.due_at


def test_nobody_else_may_ask_for_more_time(in_work: App, person: Person) -> None:
    with pytest.raises(NotAllowed, match="责任单位"):
        requests.extension(
            in_work, NUMBER, n=15, unit="d", reason="材料未到", viewer=person(in_work, "clerk-safety-office")
        )


def test_who_may_not_see_the_hazard_finds_none(in_work: App, person: Person) -> None:
    stranger = person(in_work, "secretary-xq")
    with pytest.raises(NotFound):
        requests.extension(in_work, NUMBER, n=15, unit="d", reason="材料未到", viewer=stranger)
    with pytest.raises(NotFound):
        requests.void(in_work, NUMBER, reason="重复登记", viewer=stranger)


def test_before_the_work_began_there_is_nothing_to_extend(case: App, root: Viewer) -> None:
    with pytest.raises(Conflict, match="不在整改中"):
        requests.extension(case, NUMBER, n=15, unit="d", reason="材料未到", viewer=root)


def test_a_clerk_asks_to_strike_off_and_a_second_person_decides(in_work: App, person: Person, root: Viewer) -> None:
    clerk = person(in_work, "clerk-safety-office")
    requests.void(in_work, NUMBER, reason="重复登记", viewer=clerk)
    assert "confirm_void" in elements(in_work, root)
    with pytest.raises(NotAllowed):
        requests.void(in_work, NUMBER, reason="重复登记", viewer=person(in_work, "secretary-gh"))
