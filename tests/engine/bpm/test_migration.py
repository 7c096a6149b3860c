"""Running instances in a new version: nothing due moves, rows follow, refusals leave everything, many at once, undo."""

from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import assignment, batches, definitions, incidents, instances, migration, queries, tasks, timers
from engine.bpm.model import Task, Timer
from engine.bpm.spiff.migrate import CannotMigrate
from engine.bpm.spiff.translation import Plan
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotFound
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW, STRICT

ADMIN = Viewer("root", admin=True)
OFFERED = b'candidateGroups="%s" camunda:dueDate="${days(%d)}"/>\n    <boundary'
RENAMED = REVIEW.replace(OFFERED % (b"office", 3), OFFERED % (b"field", 9)).replace(b"P3D", b"P9D")
RENAMED = RENAMED.replace("整改".encode(), "改正".encode())
GONE = REVIEW.replace(b'"rectify"', b'"mend"').replace(b"rectify", b"mend")


def started(app: App, count: int = 1) -> list[str]:
    return [instances.start(app, "review", {}, by="li", business_key=f"YQ-{n}")["id"] for n in range(count)]


def ordered(app: App, *, dry_run: bool = False, **parameters: Any) -> dict[str, Any]:
    """All instances to the newest version."""
    given = {"version": None, **parameters}
    return batches.order(app, "migrate", by="root", reason="换", definition="review", parameters=given, dry_run=dry_run)


def rows(app: App, model: type, instance_id: str) -> list[Any]:
    with app.reading() as tx:
        return list(tx.scalars(select(model).where(model.instance_id == instance_id).order_by(model.id)))  # type: ignore[attr-defined]


def events(app: App, instance_id: str, event: str) -> list[dict[str, Any]]:
    found = queries.history(app, ADMIN, instance_id, size=200).items
    return [entry for entry in found if entry["event"] == event]


def test_an_instance_moves_with_its_rows_and_no_moment_changes(deployed: App, clock: FakeClock, owner: Viewer) -> None:
    [case] = started(deployed)
    clock.advance(hours=5)
    task_before, [timer_before] = rows(deployed, Task, case)[0], rows(deployed, Timer, case)
    tasks.claim(deployed, task_before.id, viewer=owner)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    shown = migration.move(deployed, case, version=None, how=Plan(), by="root", reason="改了名称和期限")
    assert (shown["version"], [task["name"] for task in shown["tasks"]]) == (2, ["改正"])
    [task], [timer] = rows(deployed, Task, case), rows(deployed, Timer, case)
    assert (task.id, task.name, task.due_at, task.assignee) == (task_before.id, "改正", task_before.due_at, "li")
    assert (timer.token, timer.due_at, timer.status) == (timer_before.token, timer_before.due_at, "armed")
    assert [one["groups"] for one in queries.tasks(deployed, ADMIN).items] == [["field"]]
    [event] = events(deployed, case, "migrated")
    assert event["actor"] == "root"
    assert event["detail"] == {"from": 1, "to": 2, "reason": "改了名称和期限", "mapping": {}}
    clock.advance(days=3)
    assert timers.fire_next(deployed)
    assert {task["name"] for task in queries.tasks(deployed, ADMIN).items} == {"改正", "督办"}
    fired = [entry for entry in events(deployed, case, "fired") if entry["element"] == "late"]
    assert [entry["at"] for entry in fired] == [timer_before.due_at]


def test_what_was_due_fires_in_the_old_version_first(deployed: App, clock: FakeClock) -> None:
    [case] = started(deployed)
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace("督办".encode(), "督导".encode())}, by="c")
    clock.advance(days=4)
    migration.move(deployed, case, version=2, how=Plan(), by="root", reason="试")
    [late] = [entry for entry in events(deployed, case, "fired") if entry["element"] == "late"]
    moved = events(deployed, case, "migrated")[0]
    assert late["id"] < moved["id"]
    assert {task.name for task in rows(deployed, Task, case)} == {"整改", "督导"}


def test_a_task_ranks_as_the_new_version_says_unless_somebody_ranked_it(deployed: App) -> None:
    drawn, ranked = started(deployed, 2)
    by_hand = rows(deployed, Task, ranked)[0].id
    assignment.prioritise(deployed, by_hand, viewer=ADMIN, priority=70)
    urgent = REVIEW.replace(b'name="' + "整改".encode(), b'camunda:priority="90" name="' + "整改".encode())
    definitions.deploy(deployed, {"review.bpmn": urgent}, by="c")
    order = ordered(deployed)
    assert [rows(deployed, Task, case)[0].priority for case in (drawn, ranked)] == [90, 70]
    batches.undo(deployed, order["id"], by="root", reason="换错了")
    assert [rows(deployed, Task, case)[0].priority for case in (drawn, ranked)] == [50, 70]


def test_a_refused_move_changes_nothing_and_names_the_element(deployed: App) -> None:
    [case] = started(deployed)
    definitions.deploy(deployed, {"review.bpmn": GONE}, by="c")
    before = queries.instance(deployed, ADMIN, case)
    with pytest.raises(CannotMigrate, match="整改"):
        migration.move(deployed, case, version=2, how=Plan(), by="root", reason="试")
    assert queries.instance(deployed, ADMIN, case) == before
    shown = migration.move(deployed, case, version=2, how=Plan({"rectify": "mend"}), by="root", reason="改了编号")
    assert (shown["version"], shown["tasks"][0]["element"]) == (2, "mend")
    assert rows(deployed, Timer, case)[0].status == "armed"


def test_nonsense_is_refused_with_a_sentence(deployed: App, owner: Viewer) -> None:
    [case] = started(deployed)

    def move(version: int | None = None, reason: str = "试", how: Plan | None = None, case: str = case) -> None:
        migration.move(deployed, case, version=version, how=how or Plan(), by="root", reason=reason)

    with pytest.raises(Conflict, match="已经是第 1 版"):
        move()
    with pytest.raises(NotFound):
        move(7)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    with pytest.raises(Invalid, match="原因"):
        move(reason=" ")
    with pytest.raises(Invalid, match="nobody"):
        move(how=Plan({"nobody": "rectify"}))
    with pytest.raises(NotFound):
        move(case="0" * 32)
    instances.cancel(deployed, case, by="root", reason="完")
    with pytest.raises(Conflict, match="已经结束"):
        move()


def test_a_dry_run_shows_what_would_be_and_writes_nothing(deployed: App, clock: FakeClock) -> None:
    [case] = started(deployed)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    definitions.deploy(deployed, {"review.bpmn": GONE}, by="c")
    clock.advance(days=4)
    before = queries.instance(deployed, ADMIN, case)
    seen = migration.preview(deployed, case, version=2, how=Plan())
    assert seen["possible"] and seen["to_version"] == 2
    assert [(task["name"], task["groups"]) for task in seen["tasks"]] == [("改正", ["field"]), ("督办", ["leader"])]
    refused = migration.preview(deployed, case, version=3, how=Plan())
    assert not refused["possible"] and refused["problems"][0]["element"] == "rectify"
    assert queries.instance(deployed, ADMIN, case) == before


def test_an_incident_moves_to_the_version_that_mends_it(app: App) -> None:
    from tests.engine.bpm.diagrams import diagram, flows

    def doing(text: str) -> bytes:
        return diagram(f'<startEvent id="s"/><scriptTask id="sum" name="算"><script>{text}</script></scriptTask>'
                       f'<endEvent id="e"/>{flows("s>sum", "sum>e")}')  # fmt: skip

    definitions.deploy(app, {"p.bpmn": doing("n = 1 / k")}, by="a")
    case = instances.start(app, "case", {"k": 0}, by="li")["id"]
    [incident] = queries.incidents(app, ADMIN).items
    definitions.deploy(app, {"p.bpmn": doing("n = 1")}, by="a")
    migration.move(app, case, version=2, how=Plan(), by="root", reason="改正脚本")
    assert incidents.retry(app, incident["id"], by="root")
    assert queries.instance(app, ADMIN, case)["status"] == "completed"


def test_a_suspended_instance_moves_and_nothing_of_it_fires_meanwhile(deployed: App, clock: FakeClock) -> None:
    [case] = started(deployed)
    instances.suspend(deployed, case, by="root", reason="等新版本")
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    clock.advance(days=4)
    migration.move(deployed, case, version=2, how=Plan(), by="root", reason="换版本")
    assert [task.element for task in rows(deployed, Task, case)] == ["rectify"]
    instances.resume(deployed, case, by="root", reason="继续")
    timers.fire_next(deployed)
    assert [task.element for task in rows(deployed, Task, case)] == ["rectify", "supervise"]


def test_many_move_at_once_and_those_that_cannot_say_why(deployed: App, owner: Viewer) -> None:
    first, second, third = started(deployed, 3)
    tasks.complete(deployed, rows(deployed, Task, second)[0].id, {}, viewer=owner)
    definitions.deploy(deployed, {"review.bpmn": GONE}, by="c")
    tried = ordered(deployed, drop_gone=True, dry_run=True)
    assert (tried["status"], tried["counts"]) == ("finished", {"done": 1, "failed": 2})
    seen = {item["instance_id"]: item for item in batches.items(deployed, tried["id"]).items}
    assert seen[second]["result"]["tasks"][0]["element"] == "recheck"
    assert "整改" in seen[first]["message"] and seen[first]["result"]["problems"][0]["element"] == "rectify"
    assert {queries.instance(deployed, ADMIN, case)["version"] for case in (first, second, third)} == {1}
    done = ordered(deployed, drop_gone=True)
    assert (done["status"], done["total"], done["counts"]) == ("finished", 3, {"done": 1, "failed": 2})
    assert queries.instance(deployed, ADMIN, second)["version"] == 2
    assert batches.items(deployed, done["id"], status="failed").total == 2
    assert {batch["id"] for batch in batches.batches(deployed).items} == {done["id"], tried["id"]}


def test_a_large_order_is_worked_off_by_schedulers_and_survives_whoever_began_it(deployed: App) -> None:
    cases = started(deployed, batches.AT_ONCE + 5)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    order = batches.order(
        deployed, "migrate", by="root", reason="换", definition="review", parameters={"version": None}
    )
    assert (order["status"], order["counts"]) == ("running", {"done": batches.AT_ONCE + 1, "pending": 4})
    while batches.open_batches(deployed):
        batches.work_next(deployed)
    shown = batches.show(deployed, order["id"])
    assert (shown["status"], shown["counts"]) == ("finished", {"done": len(cases)})
    assert shown["finished_at"] is not None
    assert not batches.work_next(deployed)


def test_an_undo_takes_back_what_nobody_has_touched_since(deployed: App, owner: Viewer, clock: FakeClock) -> None:
    untouched, worked = started(deployed, 2)
    before = queries.instance(deployed, ADMIN, untouched)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    order = batches.order(
        deployed, "migrate", by="root", reason="换", definition="review", parameters={"version": None}
    )
    tasks.complete(deployed, rows(deployed, Task, worked)[0].id, {}, viewer=ADMIN)
    undone = batches.undo(deployed, order["id"], by="root", reason="换错了")
    assert (undone["status"], undone["counts"]) == ("undone", {"undone": 1, "kept": 1})
    after = queries.instance(deployed, ADMIN, untouched)
    assert {**after, "revision": 0} == {**before, "revision": 0}
    assert queries.instance(deployed, ADMIN, worked)["version"] == 2
    [kept] = batches.items(deployed, order["id"], status="kept").items
    assert "新的办理" in kept["message"]
    assert [entry["detail"].get("undone") for entry in events(deployed, untouched, "migrated")] == [None, True]
    with pytest.raises(Conflict):
        batches.undo(deployed, order["id"], by="root", reason="再撤")
    clock.advance(days=4)
    timers.fire_next(deployed)
    assert [task.element for task in rows(deployed, Task, untouched)] == ["rectify", "supervise"]


def test_a_timer_that_fell_due_since_counts_as_something_that_happened(deployed: App, clock: FakeClock) -> None:
    [case] = started(deployed)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    order = batches.order(
        deployed, "migrate", by="root", reason="换", definition="review", parameters={"version": None}
    )
    clock.advance(days=4)
    undone = batches.undo(deployed, order["id"], by="root", reason="换错了")
    assert undone["counts"] == {"kept": 1}
    assert queries.instance(deployed, ADMIN, case)["version"] == 2


def test_an_order_needs_a_reason_and_instances(deployed: App) -> None:
    started(deployed)
    for given in ({"reason": " ", "definition": "review"}, {"reason": "试"}, {"reason": "试", "definition": "strict"}):
        with pytest.raises(Invalid):
            batches.order(deployed, "cancel", by="root", **given)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        batches.order(deployed, "migrate", by="root", reason="试", definition="none", parameters={"version": None})
    with pytest.raises(NotFound):
        batches.show(deployed, "none")


def test_many_can_be_cancelled_at_once_by_version_and_business_key(deployed: App) -> None:
    cases = started(deployed, 3)
    done = batches.order(deployed, "cancel", by="root", reason="录错", definition="review", versions=[1], q="YQ-1")
    assert (done["total"], done["counts"]) == (1, {"done": 1})
    assert [queries.instance(deployed, ADMIN, case)["status"] for case in cases] == ["running", "terminated", "running"]
    definitions.deploy(deployed, {"strict.bpmn": STRICT}, by="c")
    assert batches.order(deployed, "cancel", by="root", reason="录错", ids=[cases[0]])["counts"] == {"done": 1}


def test_several_processes_share_one_order(deployed: App) -> None:
    """Two work at the same time: every item is done exactly once."""
    from concurrent.futures import ThreadPoolExecutor

    cases = started(deployed, batches.AT_ONCE + 12)
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="c")
    order = batches.order(
        deployed, "migrate", by="root", reason="换", definition="review", parameters={"version": None}
    )
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: [batches.work_next(deployed) for _ in range(12)], range(3)))
    while batches.open_batches(deployed):
        batches.work_next(deployed)
    assert batches.show(deployed, order["id"])["counts"] == {"done": len(cases)}
    assert all(len(events(deployed, case, "migrated")) == 1 for case in cases)
