"""The three-year plan and the lamp board over HTTP."""

from datetime import date

from flask.testing import FlaskClient

from engine.app import App
from engine.campaign.model import Milestone, PlanTask


def write_plan(app: App) -> None:
    with app.transaction() as tx:
        tx.add(Milestone(id="2026-12-zero", name="动态清零", due_on=date(2026, 12, 31), target="常态化", tasks=[7]))
        tx.add(
            PlanTask(
                number=7,
                action="动态清零",
                title="企业自查自改",
                content="……",
                rhythm="每季度",
                lead_units=["safety_office"],
                support_units=["police_station"],
            )
        )


def test_the_plan_lists_its_tasks_with_the_names_of_units_and_its_milestones(app: App, owner: FlaskClient) -> None:
    write_plan(app)

    (task,) = owner.get("/api/v1/plan/tasks?unit=police_station").json["items"]
    assert (task["number"], task["lead_names"]) == (7, ["安全应急办"])
    assert owner.get("/api/v1/plan/tasks?unit=street").json["total"] == 0
    (milestone,) = owner.get("/api/v1/plan/milestones").json["items"]
    assert (milestone["due_on"], milestone["passed"]) == ("2026-12-31", False)


def test_the_board_of_an_empty_ledger_is_empty(owner: FlaskClient, nobody: FlaskClient) -> None:
    shown = owner.get("/api/v1/board").json

    assert (shown["rows"], shown["total"]) == ([], 0)
    assert shown["lamps"]["deep_red"] == 0
    assert nobody.get("/api/v1/board").status_code == 401
