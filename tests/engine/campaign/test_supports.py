"""Bodies that help with a transfer, on both databases: a letter and a task each; the lead does not wait for them."""

from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Task, TaskCandidate
from engine.campaign import competence, hazards, inbox, transfers
from engine.campaign.case_model import Finding, Hazard
from engine.campaign.demo.journey import Journey
from engine.errors import NotFound
from tests.engine.campaign.test_transfers import begun, journey, local, officer, open_tasks, who

__all__ = ["journey"]  # the fixture of the transfers


def supports(app: App, number: str) -> dict[str, tuple[str, str]]:
    shown = transfers.show(app, number, viewer=who(app, "clerk-safety-office"))
    return {each.unit: (each.state, each.answer) for each in shown.supports}


def do(app: App, element: str, unit: str, **values: Any) -> None:
    """The task of this kind that is offered to a unit, done by its officer."""
    with app.reading() as tx:
        offered = select(TaskCandidate.task_id).where(TaskCandidate.candidate == f"group:{unit}")
        query = select(Task.id).where(Task.element == element, Task.status == "open", Task.id.in_(offered))
        task = tx.scalars(query).one()
    tasks.complete(app, task, values, viewer=officer(app, unit))


def test_each_helping_body_has_a_task_of_its_own_and_the_lead_does_not_wait(journey: Journey, app: App) -> None:
    made = begun(app)
    (helper,) = supports(app, made.number)
    assert supports(app, made.number) == {helper: ("待签收", "")} and helper != made.unit
    (item,) = [one for one in inbox.list_items(app, officer(app, helper)).items if one.title == "协办"]
    assert (item.mine, item.state, item.due_at) == (True, "待签收", local("2026-10-14 00:00"))
    assert inbox.list_items(app, officer(app, "culture_tourism")).total == 0
    with pytest.raises(NotFound):
        transfers.show(app, made.number, viewer=officer(app, helper))

    transfers.sign(app, made.number, viewer=officer(app, made.unit))
    transfers.answer(app, made.number, decision="责令改正", text="已责令改正", viewer=officer(app, made.unit))
    transfers.review(app, made.number, next_step="track", viewer=who(app, "clerk-safety-office"))
    do(app, "sign_support", helper)
    do(app, "answer_support", helper, support_outcome="有意见", support_text="线路应当更换")

    assert supports(app, made.number) == {helper: ("已答复", "有意见：线路应当更换")}
    assert inbox.list_items(app, officer(app, helper), waiting="mine").total == 0
    assert not {"sign_support", "answer_support"} & open_tasks(app)


def test_a_helping_body_that_does_nothing_lapses_and_the_case_says_so(journey: Journey, app: App) -> None:
    made = begun(app)
    (helper,) = supports(app, made.number)
    journey.wind_to(local("2026-10-22 09:00"))

    assert supports(app, made.number) == {helper: ("已失效", "")}
    with app.reading() as tx:
        (told,) = tx.scalars(select(Finding.text).where(Finding.kind == "协办"))
    assert "没有签收，已失效" in told
    assert "sign_support" not in open_tasks(app)


def test_a_helping_body_that_is_ruled_to_lead_helps_no_longer(journey: Journey, app: App) -> None:
    made = begun(app)
    (helper,) = supports(app, made.number)
    given = {"clause": "本部门三定规定第三条", "reason": "不属本部门职责"}
    transfers.give_back(app, made.number, **given, viewer=officer(app, made.unit))
    office = who(app, "clerk-safety-committee-office")
    ruled = transfers.arbitrate(app, made.number, body=helper, reason="按职责分工", viewer=office)
    assert ruled.unit == helper
    assert supports(app, made.number) == {helper: ("已答复", "裁定由本单位牵头")}  # who gave it back gets no letter
    journey.wind_to(local("2026-10-22 09:00"))
    with app.reading() as tx:
        assert tx.scalars(select(Finding.text).where(Finding.kind == "协办")).all() == []


def test_the_body_of_a_places_sector_helps_where_the_table_says_so(journey: Journey, app: App) -> None:
    found = {"place": "P033", "code": "RF-04", "text": "应急灯损坏", "duplicate_reason": "另一处"}
    school = hazards.register(app, found, viewer=who(app, "clerk-safety-office"))
    office = hazards.register(app, found | {"place": "P063"}, viewer=who(app, "clerk-safety-office"))
    with app.reading() as tx:
        able = [
            competence.bodies(competence.rows_for(tx, app, tx.get_one(Hazard, one.number))) for one in (school, office)
        ]
    assert able == [["fire_rescue", "police_station", "education_bureau"], ["fire_rescue", "police_station"]]
