"""Only a person of a competent department makes a hazard a major one, with standard, clause, wording and date."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Incident, Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, judgements
from engine.errors import EngineError, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
CLERK, JUDGE = "clerk-safety-office", "officer-urban-management"
PROOF = {
    "criteria_standard": "城镇燃气经营安全重大隐患判定标准", "criteria_clause": "第一条",
    "criteria_quote": "在地下室使用瓶装液化石油气", "criteria_date": "2026-09-24",
}  # fmt: skip
CONFIRMED = {"valid": True, "criteria_confirmed": True, "criteria_judge": JUDGE, **PROOF}


@pytest.fixture
def number(campaign: App, person: Person) -> str:
    """A gas hazard at a restaurant, which the finder calls major."""
    found = {"place": "P020", "code": "RQ-01", "text": "地下室用瓶装气", "criteria_confirmed": True}
    return hazards.register(campaign, found, viewer=person(campaign, "inspector-wh-01")).number


def complete(app: App, viewer: Viewer, element: str, values: Mapping[str, Any]) -> None:
    with app.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
    tasks.complete(app, task, values, viewer=viewer)


def standing(app: App, number: str, root: Viewer) -> tuple[bool, str, str | None]:
    shown = hazards.show(app, number, viewer=root)
    return shown.is_major, shown.major_status, shown.local_level


def test_who_calls_it_major_at_registration_only_suspects_it(
    campaign: App, person: Person, root: Viewer, number: str
) -> None:
    complete(campaign, person(campaign, CLERK), "classify", {"valid": True})

    assert standing(campaign, number, root) == (False, "疑似", "较大")
    with campaign.reading() as tx:
        asked = tx.scalars(select(Task).where(Task.element == "judge_major", Task.status == "open")).one()
        assert asked.due_at is not None and (asked.due_at - asked.created_at).total_seconds() == 24 * 3600


@pytest.mark.parametrize("left_out", [*PROOF, "criteria_judge"])
def test_without_the_whole_proof_nothing_is_changed(
    campaign: App, person: Person, root: Viewer, number: str, left_out: str
) -> None:
    given = {name: value for name, value in CONFIRMED.items() if name != left_out}
    with pytest.raises(Invalid) as refusal:
        complete(campaign, person(campaign, CLERK), "classify", given)

    assert [problem["field"] for problem in refusal.value.problems] == [left_out]
    assert standing(campaign, number, root) == (False, "否", None)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"criteria_judge": CLERK}, NotAllowed),  # the street suspects, it does not judge
        ({"criteria_judge": "officer-education-bureau"}, NotAllowed),  # a department, but not this hazard's
        ({"criteria_judge": "nobody"}, Invalid),
        ({"criteria_date": "2999-01-01"}, Invalid),
        ({"criteria_date": "when it rained"}, Invalid),
    ],
)
def test_the_judge_is_of_a_competent_department_and_the_day_is_not_to_come(
    campaign: App, person: Person, root: Viewer, number: str, change: dict[str, str], refused: type[EngineError]
) -> None:
    with pytest.raises(refused):
        complete(campaign, person(campaign, CLERK), "classify", CONFIRMED | change)

    assert standing(campaign, number, root) == (False, "否", None)


def test_a_copied_judgement_names_its_judge_who_is_told(
    campaign: App, person: Person, root: Viewer, number: str
) -> None:
    complete(campaign, person(campaign, CLERK), "classify", CONFIRMED | {"criteria_date": "2026-09-01"})

    assert standing(campaign, number, root) == (True, "已判定", "重大")
    [row] = judgements.list_judgements(campaign, number, viewer=root)
    assert (row.judge, row.unit, row.by, row.quote) == (JUDGE, "urban_management", CLERK, PROOF["criteria_quote"])
    assert "第一百一十八条" in row.power
    with campaign.reading() as tx:
        told = tx.scalars(select(Notice.recipient).where(Notice.subject.contains("判定人"))).all()
        assert told == [JUDGE]
        assert tx.scalar(select(Incident.id).limit(1)) is None


def test_the_judge_is_whoever_completes_the_step(campaign: App, person: Person, root: Viewer, number: str) -> None:
    complete(campaign, person(campaign, CLERK), "classify", {"valid": True})
    given = {**PROOF, "criteria_confirmed": True, "judge": "甲某", "criteria_date": "2026-09-01"}
    complete(campaign, person(campaign, JUDGE), "judge_major", given)

    assert standing(campaign, number, root) == (True, "已判定", "重大")
    [row] = judgements.list_judgements(campaign, number, viewer=root)
    assert (row.judge, row.by) == (JUDGE, JUDGE)


def test_a_judgement_that_it_is_none_is_kept_too(campaign: App, person: Person, root: Viewer, number: str) -> None:
    complete(campaign, person(campaign, CLERK), "classify", {"valid": True})
    complete(campaign, person(campaign, JUDGE), "judge_major", {"criteria_confirmed": False, "judge": "甲某"})

    assert standing(campaign, number, root)[:2] == (False, "否")
    assert [row.confirmed for row in judgements.list_judgements(campaign, number, viewer=root)] == [False]


def test_strangers_do_not_see_judgements(campaign: App, person: Person, number: str) -> None:
    with pytest.raises(NotFound):
        judgements.list_judgements(campaign, number, viewer=person(campaign, "inspector-gh-01"))
