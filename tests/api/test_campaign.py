"""The plan and the lamp board over HTTP."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import units
from engine.campaign.model import Milestone, PlanTask


@pytest.fixture
def plan(app: App, root: FlaskClient) -> None:
    """One milestone and two numbered tasks."""
    with app.transaction() as tx:
        units.add(tx, code="fire_rescue", name="消防救援大队", kind="department")
        tx.add(Milestone(id="2026-end", name="完善提升", due_on=date(2026, 12, 31), target="制度定型", tasks=[1]))
        for number, lead in ((1, "safety_office"), (2, "fire_rescue")):
            task = PlanTask(number=number, action="排查整治", title=f"第 {number} 项", content="…")
            task.lead_units, task.support_units = [lead], ["police_station"]
            tx.add(task)


def test_everybody_reads_the_plan(stranger: FlaskClient, plan: None) -> None:
    [milestone] = stranger.get("/api/v1/plan/milestones").json["items"]
    assert (milestone["due_on"], milestone["passed"], milestone["tasks"]) == ("2026-12-31", False, [1])
    found = stranger.get("/api/v1/plan/tasks?unit=fire_rescue").json
    assert [(task["number"], task["lead_names"]) for task in found["items"]] == [(2, ["消防救援大队"])]
    assert stranger.get("/api/v1/plan/tasks?size=1").json["total"] == 2


def test_an_empty_board_has_no_rows(owner: FlaskClient) -> None:
    board = owner.get("/api/v1/board").json
    assert (board["rows"], board["total"]) == ([], 0)


def test_a_measured_milestone_says_where_it_stands(stranger: FlaskClient, owner: FlaskClient, app: App) -> None:
    with app.transaction() as tx:
        measure = {"kind": "zero", "since": "2026-09-21"}
        tx.add(Milestone(id="zero", name="清零", due_on=date(2026, 12, 31), target="…", measure=measure))
    [milestone] = owner.get("/api/v1/plan/milestones").json["items"]
    assert (milestone["measure"]["shown"], milestone["measure"]["state"]) == ("4/4（100.0%）", "进行中")
    found = owner.get("/api/v1/plan/milestones/zero/records?size=2&page=2").json
    assert ([row["key"] for row in found["items"]], found["total"]) == (["2026-09-23", "2026-09-24"], 4)
    assert stranger.get("/api/v1/plan/milestones/nothing/records").status_code == 404
    assert owner.get("/api/v1/plan/milestones/zero/records?page=0").status_code == 422
