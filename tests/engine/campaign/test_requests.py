"""Asking for more time, or that a hazard be struck off: who may, and when."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm import queries, tasks
from engine.bpm.viewer import Viewer
from engine.campaign import clock_rules, deadlines, extension_rules, hazards, requests
from engine.campaign.case_model import Deadline
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
NUMBER = "YQ-2026-0901"
ROOT = Viewer("root", admin=True)


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


def ask(app: App, person: Person, **asked: Any) -> None:
    requests.extension(app, NUMBER, reason="材料未到", viewer=person(app, "secretary-gh"), **asked)


def last_day(app: App) -> date:
    (row,) = [row for row in deadlines.list_deadlines(app, NUMBER, viewer=ROOT) if row.kind == "整改"]
    return row.due_date


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"n": 16}, "最多延长 15 日，从 2026-10-08 起最迟 2026-10-23，不能到 2026-10-24"),
        ({"n": 15, "unit": "wd"}, "最迟 2026-10-23"),
        ({"until": date(2026, 10, 24)}, "延期太长"),
        ({"until": date(2026, 10, 8)}, "应晚于原期限 2026-10-08"),
        ({"until": date(2026, 9, 1)}, "也不能早于今天 2026-09-24"),
    ],
)
def test_more_than_the_rule_allows_is_refused_with_the_rule_and_the_dates(
    in_work: App, person: Person, asked: dict[str, Any], said: str
) -> None:
    assert last_day(in_work) == date(2026, 10, 8)
    with pytest.raises(Invalid, match=said):
        ask(in_work, person, **asked)
    assert elements(in_work, ROOT) == {"rectify"}


def test_asked_too_late_the_last_day_to_ask_is_named(in_work: App, person: Person) -> None:
    in_work.clock = FakeClock(datetime(2026, 10, 9, 1, tzinfo=UTC))
    with pytest.raises(Conflict, match="于 2026-10-08 届满，应在届满之前申请，最迟 2026-10-08，今天是 2026-10-09"):
        ask(in_work, person, n=5)


def test_asked_again_while_the_first_request_waits_and_after_it_was_granted(
    in_work: App, person: Person, root: Viewer
) -> None:
    ask(in_work, person, until=date(2026, 10, 20))
    with pytest.raises(Conflict, match="已有一份延期申请在审批"):
        ask(in_work, person, n=5)
    (task,) = [task for task in queries.tasks(in_work, root).items if task["element"] == "approve_extension"]
    assert tasks_variables(in_work, task["id"])["extension_n"] == 12
    tasks.complete(in_work, task["id"], {"extension_approved": True, "extension_n": 12}, viewer=root)
    with pytest.raises(Conflict, match="只能延期 1 次，已经延期 1 次，现在的期限 2026-10-20"):
        ask(in_work, person, n=5)


def tasks_variables(app: App, task_id: str) -> Any:
    return queries.task(app, ROOT, task_id)["variables"]


@pytest.mark.parametrize(
    ("code", "last"),
    [("T2", "2026-11-10"), ("T3", "2026-10-31"), ("T53.govern", "2026-10-13")],
)
def test_each_rule_says_how_early_one_must_ask(in_work: App, code: str, last: str) -> None:
    end = datetime(2026, 11, 10, 16, tzinfo=UTC)
    row = Deadline(kind="整改", clock=code, start_at=datetime(2026, 9, 24, 1, tzinfo=UTC), due_at=end,
                   due_on=date(2026, 11, 10), extensions=0)  # fmt: skip
    rule = clock_rules.rule(code, date(2026, 9, 24)).extension
    assert rule is not None
    moment = extension_rules.last_moment(in_work, row, rule)
    assert deadlines.last_day(moment, in_work) == date.fromisoformat(last)
    just = moment - timedelta(seconds=1)
    assert extension_rules.check(in_work, row, now=just, n=10, unit="d").days == 10
    with pytest.raises(Conflict, match=f"最迟 {last}"):
        extension_rules.check(in_work, row, now=moment, n=10, unit="d")


def test_a_limit_without_a_rule_for_it_is_not_extended(in_work: App) -> None:
    row = Deadline(kind="整改", clock="T2.urgent", start_at=datetime(2026, 9, 24, 1, tzinfo=UTC), extensions=0,
                   due_at=datetime(2026, 9, 25, 1, tzinfo=UTC), due_on=date(2026, 9, 25))  # fmt: skip
    with pytest.raises(Conflict, match="没有规定延期"):
        extension_rules.check(in_work, row, now=row.start_at, n=1, unit="d")
