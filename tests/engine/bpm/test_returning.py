"""Return to a previous step: where one may go back to, to whom, with which deadlines, and what never moves."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import definitions, instances, queries, tasks, timers
from engine.bpm.model import Notice
from engine.bpm.viewer import Account, Viewer
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import START, FakeClock
from tests.engine.bpm.diagrams import diagram, flows, timer

ADMIN = Viewer("root", admin=True)


def user(name: str, due: str = "days(3)") -> str:
    return f'<userTask id="{name}" name="{name}" camunda:candidateGroups="office" camunda:dueDate="${{{due}}}"/>'


def border(name: str, host: str, span: str, cancels: bool) -> str:
    return (
        f'<boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{str(cancels).lower()}">'
        f"{timer(span)}</boundaryEvent>"
    )


CHAIN = diagram(
    f"""
    <startEvent id="start"/>{user("draft")}
    {border("remind", "draft", "P1D", False)}{border("late", "draft", "P9D", True)}
    {user("check")}{user("sign")}{user("boss")}<endEvent id="end"/><endEvent id="told"/>
    <scriptTask id="tell">
    <script>told = told + 1</script></scriptTask>
    {flows("start>draft", "draft>check", "check>sign", "sign>end", "remind>tell", "tell>told", "late>boss", "boss>end")}
    """,
    key="chain",
)
# a → ( b1 → b2 | c1 → c2 ) → d → ( x | y ) → e: what may go back where
SPLIT = diagram(
    f"""
    <startEvent id="start"/>{"".join(user(name) for name in ("a", "b1", "b2", "c1", "c2", "d", "x", "y", "e"))}
    <parallelGateway id="f"/><parallelGateway id="j"/><parallelGateway id="f2"/><parallelGateway id="j2"/>
    <endEvent id="end"/>{border("wait", "c1", "P5D", False)}
    {flows("start>a", "a>f", "f>b1", "b1>b2", "b2>j", "f>c1", "c1>c2", "c2>j", "j>d", "d>f2", "f2>x", "f2>y", "x>j2")}
    {flows("y>j2", "j2>e", "e>end", "wait>end")}
    """,
    key="split",
)


def begun(app: App, content: bytes, **values: Any) -> str:
    deployed = definitions.deploy(app, {"d.bpmn": content}, by="test").definitions[0]
    return str(instances.start(app, deployed["key"], values, by="li")["id"])


def open_task(app: App, case: str, element: str) -> dict[str, Any]:
    shown = queries.instance(app, ADMIN, case)["tasks"]
    return next(task for task in shown if task["element"] == element)


def do(app: App, case: str, *elements: str, viewer: Viewer) -> None:
    for element in elements:
        tasks.complete(app, open_task(app, case, element)["id"], {}, viewer=viewer)


def back(app: App, case: str, element: str, to: str, viewer: Viewer, **options: str) -> dict[str, Any]:
    task = open_task(app, case, element)["id"]
    return tasks.send_back(app, task, viewer=viewer, reason="资料不全", to=to, **options)


def elements_back(app: App, case: str, element: str) -> list[str]:
    shown = queries.task(app, ADMIN, open_task(app, case, element)["id"])["returnable"]
    return [step["element"] for step in shown]


def test_a_task_says_where_it_can_go_back_to_and_who_did_that(
    app: App, clock: FakeClock, owner: Viewer, colleague: Viewer
) -> None:
    case = begun(app, CHAIN, told=0)
    assert elements_back(app, case, "draft") == []
    do(app, case, "draft", viewer=owner)
    clock.advance(hours=1)
    do(app, case, "check", viewer=colleague)
    assert queries.task(app, owner, open_task(app, case, "sign")["id"])["returnable"] == [
        {"element": "check", "name": "check", "completed_by": "wang", "completed_at": START + timedelta(hours=1)},
        {"element": "draft", "name": "draft", "completed_by": "li", "completed_at": START},
    ]


def test_going_back_opens_the_step_for_whoever_did_it_with_new_deadlines(
    app: App, clock: FakeClock, owner: Viewer, colleague: Viewer
) -> None:
    case = begun(app, CHAIN, told=0)
    do(app, case, "draft", viewer=owner)
    clock.advance(hours=5)
    left = open_task(app, case, "check")["id"]
    opened = back(app, case, "check", "draft", colleague)
    assert (opened["element"], opened["assignee"], opened["groups"]) == ("draft", "li", ["office"])
    assert queries.task(app, ADMIN, left)["status"] == "cancelled"
    armed = [row for row in queries.timers(app, ADMIN, case).items if row["status"] == "armed"]
    assert [(row["element"], row["due_at"]) for row in armed] == [
        ("remind", clock() + timedelta(days=1)),
        ("late", clock() + timedelta(days=9)),
    ]
    last = queries.history(app, ADMIN, case).items[-1]
    assert (last["event"], last["actor"], last["task_id"]) == ("sent_back", "wang", left)
    assert last["detail"] == {"to": "draft", "reason": "资料不全", "task": opened["id"], "deadline": "anew"}
    with pytest.raises(NotAllowed, match="li"):
        tasks.complete(app, opened["id"], {}, viewer=colleague)
    tasks.release(app, opened["id"], viewer=owner)
    assert tasks.complete(app, opened["id"], {}, viewer=colleague)["completed_by"] == "wang"


def test_what_somebody_did_whose_account_is_out_of_use_goes_back_to_the_candidates(
    app: App, owner: Viewer, colleague: Viewer
) -> None:
    case = begun(app, CHAIN, told=0)
    do(app, case, "draft", viewer=owner)
    app.accounts = lambda _, names: {name: Account(active=name != "li") for name in names}
    opened = back(app, case, "check", "draft", colleague)
    assert (opened["assignee"], opened["groups"]) == (None, ["office"])
    assert tasks.complete(app, opened["id"], {}, viewer=colleague)["completed_by"] == "wang"
    opened = back(app, case, "check", "draft", owner)
    assert opened["assignee"] == "wang"
    with app.reading() as tx:
        told = [(notice.recipient, notice.body) for notice in tx.scalars(select(Notice))]
    assert told == [("wang", "li 退回到“draft”，请您重新办理。原因：资料不全")]


def test_kept_deadlines_stand_at_their_old_moments_and_a_given_reminder_does_not_come_again(
    app: App, clock: FakeClock, owner: Viewer
) -> None:
    case = begun(app, CHAIN, told=0)
    due = open_task(app, case, "draft")["due_at"]
    clock.advance(days=2)
    assert timers.fire_next(app)
    do(app, case, "draft", viewer=owner)
    opened = back(app, case, "check", "draft", owner, deadline="kept")
    assert opened["due_at"] == due
    armed = [row for row in queries.timers(app, ADMIN, case).items if row["status"] == "armed"]
    assert [(row["element"], row["due_at"]) for row in armed] == [("late", START + timedelta(days=9))]
    clock.advance(days=8)
    assert timers.fire_next(app)
    assert [task["element"] for task in queries.instance(app, ADMIN, case)["tasks"]] == ["boss"]
    assert queries.instance(app, ADMIN, case)["variables"]["told"] == 1


def test_a_deadline_that_has_passed_is_not_kept(app: App, clock: FakeClock, owner: Viewer) -> None:
    case = begun(app, CHAIN, told=0)
    do(app, case, "draft", viewer=owner)
    clock.advance(days=6)
    opened = back(app, case, "check", "draft", owner, deadline="kept")
    assert opened["due_at"] > clock()
    armed = [row for row in queries.timers(app, ADMIN, case).items if row["status"] == "armed"]
    assert [row["due_at"] for row in armed] == [clock() + timedelta(days=1), clock() + timedelta(days=9)]


def test_only_this_branch_goes_back_and_the_other_keeps_its_task_and_timer(
    app: App, clock: FakeClock, owner: Viewer
) -> None:
    case = begun(app, SPLIT)
    do(app, case, "a", "b1", viewer=owner)
    clock.advance(hours=3)
    other, rows = open_task(app, case, "c1"), queries.timers(app, ADMIN, case).items
    assert elements_back(app, case, "b2") == ["b1"]
    back(app, case, "b2", "b1", owner)
    assert open_task(app, case, "c1") == other
    assert queries.timers(app, ADMIN, case).items == rows
    do(app, case, "b1", "b2", "c1", "c2", "d", "x", "y", "e", viewer=owner)
    assert queries.instance(app, ADMIN, case)["status"] == "completed"


@pytest.mark.parametrize(
    ("done", "here", "there"),
    [
        (["a", "b1"], "b2", "a"),  # the other branch would be opened twice
        (["a", "b1", "b2", "c1", "c2"], "d", "b2"),  # the join would wait for ever
        (["a", "c1", "b1"], "b2", "c1"),  # into the other branch
    ],
)
def test_a_return_that_would_double_or_lose_a_branch_is_refused(
    app: App, owner: Viewer, done: list[str], here: str, there: str
) -> None:
    case = begun(app, SPLIT)
    do(app, case, *done, viewer=owner)
    before = queries.instance(app, ADMIN, case)
    with pytest.raises(Invalid, match="并行分支"):
        back(app, case, here, there, owner)
    assert queries.instance(app, ADMIN, case) == before


def test_a_whole_block_of_branches_can_be_done_once_more(app: App, owner: Viewer) -> None:
    case = begun(app, SPLIT)
    do(app, case, "a", "b1", "b2", "c1", "c2", "d", "x", "y", viewer=owner)
    assert elements_back(app, case, "e") == ["d", "a"]
    back(app, case, "e", "a", owner)
    do(app, case, "a", "b1", "b2", "c1", "c2", "d", "x", "y", "e", viewer=owner)
    assert queries.instance(app, ADMIN, case)["status"] == "completed"


def test_nonsense_and_people_without_the_right_are_refused(
    app: App, owner: Viewer, colleague: Viewer, stranger: Viewer
) -> None:
    case = begun(app, CHAIN, told=0)
    do(app, case, "draft", viewer=owner)
    with pytest.raises(Invalid, match="没有环节"):
        back(app, case, "check", "nowhere", owner)
    with pytest.raises(Invalid, match="不是人工环节"):
        back(app, case, "check", "tell", owner)
    with pytest.raises(Invalid, match="还没有办理过"):
        back(app, case, "check", "sign", owner)
    with pytest.raises(NotFound):
        back(app, case, "check", "draft", stranger)
    task = open_task(app, case, "check")["id"]
    tasks.claim(app, task, viewer=owner)
    with pytest.raises(NotAllowed, match="li"):
        back(app, case, "check", "draft", colleague)
    tasks.complete(app, task, {}, viewer=owner)
    with pytest.raises(Conflict, match="li"):
        tasks.send_back(app, task, viewer=owner, reason="x", to="draft")


def test_where_the_diagram_draws_its_own_ways_back_no_other_is_open(app: App, owner: Viewer) -> None:
    said = """<extensionElements><camunda:properties><camunda:property name="return" value="%s"/></camunda:properties>
        </extensionElements>"""
    named = CHAIN.replace(b'isExecutable="true">', b'isExecutable="true">' + (said % "none").encode())
    named = named.replace(user("sign").encode(), user("sign").replace("/>", f">{said % 'free'}</userTask>").encode())
    case = begun(app, named, told=0)
    do(app, case, "draft", viewer=owner)
    assert elements_back(app, case, "check") == []
    with pytest.raises(Invalid, match="“check”只能按流程图上的办法退回"):
        back(app, case, "check", "draft", owner)
    do(app, case, "check", viewer=owner)
    assert elements_back(app, case, "sign") == ["check", "draft"]
    assert back(app, case, "sign", "draft", owner)["assignee"] == "li"


# Two passes of a sub-process at once: what was done in the one is no earlier step of the other.
PASSES = diagram(
    f"""
    <startEvent id="start"/><subProcess id="each"><startEvent id="s"/>{user("first")}{user("second")}<endEvent id="e"/>
    {flows("s>first", "first>second", "second>e")}
    <multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>
    </subProcess><endEvent id="end"/>{flows("start>each", "each>end")}
    """,
    key="passes",
)


def test_each_pass_of_a_sub_process_goes_back_within_itself(app: App, owner: Viewer, colleague: Viewer) -> None:
    case = begun(app, PASSES)
    one, two = (task["id"] for task in queries.instance(app, ADMIN, case)["tasks"])
    tasks.complete(app, one, {}, viewer=owner)
    tasks.complete(app, two, {}, viewer=colleague)
    seconds = queries.instance(app, ADMIN, case)["tasks"]
    did = [queries.task(app, ADMIN, task["id"])["returnable"][0]["completed_by"] for task in seconds]
    assert sorted(did) == ["li", "wang"]
    opened = tasks.send_back(app, seconds[0]["id"], viewer=owner, reason="补正", to="first")
    assert (opened["assignee"], queries.task(app, ADMIN, opened["id"])["returnable"]) == (did[0], [])
    assert seconds[1] in queries.instance(app, ADMIN, case)["tasks"]
