"""Standing substitution in the engine: what a substitute sees and may work, and how it is written down."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import assignment, definitions, instances, queries, substitution, tasks
from engine.bpm.model import Instance, Task
from engine.bpm.substitution import Order
from engine.bpm.viewer import StandIn, Viewer
from engine.bpm.work_model import Substitution
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import START, FakeClock
from tests.engine.bpm.diagrams import diagram, flows

ADMIN = Viewer("root", admin=True)
OFFICE = StandIn("li", frozenset({"office"}))
SUBSTITUTE = Viewer("qian", frozenset({"elsewhere"}), stands_in=(OFFICE,))
OWN = diagram(
    f"""<startEvent id="s"/><userTask id="mine" name="本人" camunda:assignee="li"/>
    <task id="after" name="自动"/><endEvent id="e"/>{flows("s>mine", "mine>after", "after>e")}""",
    key="own",
)


@pytest.fixture
def own(deployed: App) -> str:
    """The open task of a case that is assigned to li by the diagram."""
    definitions.deploy(deployed, {"own.bpmn": OWN}, by="test")
    return started(deployed, "own")


def started(app: App, key: str) -> str:
    return str(instances.start(app, key, {}, by="root")["tasks"][0]["id"])


def events(app: App, task_id: str) -> list[tuple[str, str, str | None]]:
    instance = queries.task(app, ADMIN, task_id)["instance_id"]
    rows = queries.history(app, ADMIN, instance).items
    return [(row["event"], row["actor"], row["on_behalf_of"]) for row in rows]


def test_a_substitute_completes_an_assigned_task_on_behalf_of_the_absent_person(deployed: App, own: str) -> None:
    with pytest.raises(NotFound):
        tasks.complete(deployed, own, {}, viewer=Viewer("qian"))
    done = tasks.complete(deployed, own, {}, viewer=SUBSTITUTE, key="once")
    assert (done["completed_by"], done["on_behalf_of"]) == ("qian", "li")
    assert tasks.complete(deployed, own, {}, viewer=SUBSTITUTE, key="once") == done
    assert queries.task(deployed, Viewer("li"), own)["on_behalf_of"] == "li"
    marked = [row for row in events(deployed, own) if row[2]]
    assert marked == [("completed", "qian", "li")]
    assert len([row for row in events(deployed, own) if row[1] == "qian"]) > 1  # what followed is on nobody's behalf


def test_a_claimed_task_is_the_substitutes_own_and_stays_on_behalf_until_given_away(deployed: App, own: str) -> None:
    held = tasks.claim(deployed, own, viewer=SUBSTITUTE)
    assert (held["assignee"], held["on_behalf_of"]) == ("qian", "li")
    with pytest.raises(Conflict, match="qian"):
        tasks.claim(deployed, own, viewer=Viewer("li"))
    after_the_end = Viewer("qian")
    tasks.comment(deployed, own, "已联系企业", viewer=after_the_end)
    tasks.release(deployed, own, viewer=after_the_end)
    with pytest.raises(NotFound):
        tasks.claim(deployed, own, viewer=after_the_end)
    assert tasks.claim(deployed, own, viewer=Viewer("li"))["on_behalf_of"] is None
    done = tasks.complete(deployed, own, {}, viewer=Viewer("li"))
    assert (done["completed_by"], done["on_behalf_of"]) == ("li", None)
    acts = [row for row in events(deployed, own) if row[0] in ("claimed", "commented", "released")]
    assert acts == [
        ("claimed", "qian", "li"), ("commented", "qian", "li"), ("released", "qian", "li"), ("claimed", "li", None),
    ]  # fmt: skip


def test_a_claimed_task_that_is_given_back_is_the_absent_persons_again(deployed: App, own: str) -> None:
    tasks.claim(deployed, own, viewer=SUBSTITUTE)
    back = tasks.send_back(deployed, own, viewer=SUBSTITUTE, reason="须本人办理")
    assert (back["assignee"], back["on_behalf_of"]) == ("li", None)
    assert queries.task(deployed, SUBSTITUTE, own)["substitute_for"] == "li"


def test_a_substitute_takes_back_what_they_released_and_what_was_released_is_nobody_elses_behalf(
    deployed: App, colleague: Viewer
) -> None:
    task_id = started(deployed, "review")
    tasks.claim(deployed, task_id, viewer=SUBSTITUTE)
    tasks.release(deployed, task_id, viewer=SUBSTITUTE)
    assert queries.task(deployed, SUBSTITUTE, task_id)["substitute_for"] == "li"
    done = tasks.complete(deployed, task_id, {}, viewer=colleague)
    assert (done["completed_by"], done["on_behalf_of"]) == ("wang", None)
    assert queries.task(deployed, colleague, task_id)["on_behalf_of"] is None
    with pytest.raises(Conflict, match="wang"):
        tasks.complete(deployed, task_id, {}, viewer=SUBSTITUTE)


def test_who_may_work_a_task_in_their_own_right_is_nobodys_substitute(deployed: App) -> None:
    colleague = Viewer("wang", frozenset({"office"}), stands_in=(OFFICE,))
    task_id = started(deployed, "review")
    assert queries.task(deployed, colleague, task_id)["substitute_for"] is None
    tasks.claim(deployed, task_id, viewer=Viewer("li", frozenset({"office"})))
    assert queries.task(deployed, colleague, task_id)["substitute_for"] == "li"  # now it is li's alone
    assert tasks.complete(deployed, task_id, {}, viewer=colleague)["on_behalf_of"] == "li"
    again = started(deployed, "review")
    assert tasks.complete(deployed, again, {}, viewer=colleague)["on_behalf_of"] is None


def test_every_act_of_a_substitute_says_so(deployed: App, own: str) -> None:
    tasks.comment(deployed, own, "代为查看", viewer=SUBSTITUTE)
    assignment.follow_up(deployed, own, viewer=SUBSTITUTE, at=START + timedelta(hours=1))
    assignment.prioritise(deployed, own, viewer=SUBSTITUTE, priority=80)
    delegated = tasks.delegate(deployed, own, viewer=SUBSTITUTE, to="sun")
    assert (delegated["owner"], delegated["assignee"], delegated["on_behalf_of"]) == ("li", "sun", None)
    back = assignment.resolve(deployed, own, viewer=Viewer("sun"), text="已核")
    assert back["assignee"] == "li"
    assignment.hand_over(deployed, own, viewer=SUBSTITUTE, to="zhou", reason="归他管")
    acts = [row for row in events(deployed, own) if row[0] not in ("started", "entered", "created", "completed")]
    assert [(name, behalf) for name, _, behalf in acts if behalf or name == "resolved"] == [
        ("commented", "li"), ("follow_up_set", "li"), ("prioritised", "li"), ("delegated", "li"), ("resolved", None),
        ("handed_over", "li"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        tasks.complete(deployed, own, {}, viewer=SUBSTITUTE)


def test_returning_to_a_step_that_a_substitute_completed_gives_it_to_the_absent_person(
    deployed: App, owner: Viewer
) -> None:
    task_id = started(deployed, "review")
    instance = tasks.complete(deployed, task_id, {}, viewer=SUBSTITUTE)["instance_id"]
    recheck = queries.instance(deployed, ADMIN, instance)["tasks"][0]["id"]
    again = tasks.send_back(deployed, recheck, viewer=SUBSTITUTE, reason="资料不全", to="rectify")
    assert (again["assignee"], again["on_behalf_of"]) == ("li", None)
    marked = [row[0] for row in events(deployed, task_id) if row[2]]
    assert marked == ["completed", "cancelled", "sent_back"]
    assert tasks.complete(deployed, again["id"], {}, viewer=owner)["on_behalf_of"] is None


def test_a_substitute_has_no_rights_outside_of_the_scope(deployed: App, own: str) -> None:
    only_strict = Viewer(
        "wang", frozenset({"office"}), stands_in=(StandIn("li", frozenset({"office"}), frozenset({"strict"})),)
    )
    task_id = started(deployed, "review")
    tasks.claim(deployed, task_id, viewer=Viewer("li", frozenset({"office"})))
    for verb in (tasks.complete, tasks.release):
        with pytest.raises(NotAllowed, match="li"):
            verb(deployed, task_id, {}, viewer=only_strict) if verb is tasks.complete else verb(
                deployed, task_id, viewer=only_strict
            )
    with pytest.raises(Conflict, match="li"):
        tasks.claim(deployed, task_id, viewer=only_strict)
    with pytest.raises(NotFound):
        queries.task(deployed, only_strict, own)
    chain = Viewer("zhou", stands_in=(StandIn("qian", frozenset({"elsewhere"})),))
    with pytest.raises(NotFound):  # qian stands in for li, zhou for qian: zhou gets nothing of li
        queries.task(deployed, chain, own)


def test_an_admin_who_stands_in_is_recorded_as_substitute_where_the_scope_goes(deployed: App, own: str) -> None:
    boss = Viewer("root", admin=True, stands_in=(OFFICE,))
    assert queries.task(deployed, ADMIN, own)["substitute_for"] is None
    assert tasks.complete(deployed, own, {}, viewer=boss)["on_behalf_of"] == "li"


def order(**changed: Any) -> Order:
    given = {"person": "li", "substitute": "qian", "starts_at": START, "ends_at": START + timedelta(days=7)}
    return Order(**{**given, "reason": "年假", **changed})


def make(app: App, by: Viewer, **changed: Any) -> Substitution:
    with app.transaction() as tx:
        return substitution.make(app, tx, order(**changed), by=by, now=app.clock())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"substitute": "li"}, "substitute"), ({"substitute": " "}, "substitute"), ({"reason": " "}, "reason"),
        ({"ends_at": START}, "ends_at"), ({"starts_at": START - timedelta(hours=10)}, "starts_at"),
        ({"starts_at": START - timedelta(hours=2), "ends_at": START - timedelta(hours=1)}, "ends_at"),
        ({"ends_at": START + timedelta(days=732)}, "ends_at"), ({"definitions": ["review", "nix"]}, "definitions"),
    ],
)  # fmt: skip
def test_an_impossible_substitution_is_refused_at_its_field(
    deployed: App, owner: Viewer, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make(deployed, owner, **changed)
    assert [problem["field"] for problem in refused.value.problems] == [field]
    assert substitution.substitutions(deployed, ADMIN).total == 0


def test_it_may_begin_with_today_and_last_two_years_and_overlap(deployed: App, owner: Viewer) -> None:
    make(deployed, owner, starts_at=START - timedelta(hours=9), ends_at=START + timedelta(days=731))
    make(deployed, owner, definitions=["review", "review"])
    kept = make(deployed, ADMIN, substitute="wang")
    assert substitution.substitutions(deployed, owner).total == 3
    assert [row["id"] for row in substitution.substitutions(deployed, ADMIN, person="wang").items] == [kept.id]


def test_only_the_person_or_an_admin_makes_one_and_a_stranger_finds_none(
    deployed: App, owner: Viewer, colleague: Viewer, stranger: Viewer
) -> None:
    with pytest.raises(NotAllowed, match="管理员"):
        make(deployed, stranger)
    row = make(deployed, owner)
    assert substitution.substitutions(deployed, stranger).total == 1
    assert substitution.substitutions(deployed, colleague).total == 0
    with pytest.raises(NotFound):
        end(deployed, row.id, colleague)


def end(app: App, row_id: str, by: Viewer, reason: str = "提前返岗") -> Substitution:
    with app.transaction() as tx:
        return substitution.revoke(app, tx, row_id, by=by, reason=reason, now=app.clock())


def test_either_side_or_an_admin_revokes_once_and_with_a_reason(
    deployed: App, clock: FakeClock, owner: Viewer, stranger: Viewer
) -> None:
    for by in (owner, stranger, ADMIN):
        row = make(deployed, owner)
        with pytest.raises(Invalid, match="撤销原因"):
            end(deployed, row.id, by, " ")
        assert end(deployed, row.id, by).revoked_by == by.name
        with pytest.raises(Conflict, match=by.name):
            end(deployed, row.id, owner)
    over = make(deployed, owner)
    clock.advance(days=7)
    with pytest.raises(Conflict, match="结束"):
        end(deployed, over.id, owner)
    assert {row["status"] for row in substitution.substitutions(deployed, owner).items} == {"revoked", "ended"}


def test_it_is_in_force_from_its_first_moment_until_before_its_last(deployed: App, clock: FakeClock) -> None:
    row = make(deployed, ADMIN, starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=2))
    told = []
    for minutes, micro in ((59, 0), (60, 0), (119, 0), (120, -1), (120, 0)):
        clock.now = START + timedelta(minutes=minutes, microseconds=micro)
        with deployed.reading() as tx:
            found = tx.scalars(select(Substitution.id).where(substitution.active(clock()))).all()
        told.append((found == [row.id], substitution.view(row, clock())["status"]))
    assert told == [(False, "coming"), (True, "active"), (True, "active"), (True, "active"), (False, "ended")]


def test_a_case_is_seen_through_a_substituted_task(deployed: App, own: str) -> None:
    with deployed.reading() as tx:
        case = tx.scalar(select(Instance.id).join(Task, Task.instance_id == Instance.id).where(Task.id == own))
    assert queries.instance(deployed, SUBSTITUTE, str(case))["definition"] == "own"
    with pytest.raises(NotFound):
        queries.instance(deployed, Viewer("qian"), str(case))
    assert [task["id"] for task in queries.tasks(deployed, SUBSTITUTE, candidate="me").items] == [own]
