"""The routes of transfers: the street begins, a department signs, gives back once, answers; what is refused and how."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import hazards, people
from engine.testing import FakeClock
from tests.api.conftest import signed_in, wired
from tests.copies import States
from tests.engine.campaign.conftest import write_campaign

URL = "/api/v1/transfers"
Login = Callable[[str], FlaskClient]


@pytest.fixture
def web(app: App, states: States, built: Path, kept: dict[str, Flask]) -> Flask:
    """Over the sample registers, the shipped diagrams, and one hazard, on 2026-10-12 09:00."""
    app.clock = FakeClock(datetime(2026, 10, 12, 1, tzinfo=UTC))
    return wired(states.begin(app, write_hazard), built, kept)


def write_hazard(app: App) -> None:
    """The sample registers and diagrams, and one hazard."""
    write_campaign(app)
    clerk = people.viewer(people.show(app, "clerk-safety-office"))
    hazards.register(app, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)


@pytest.fixture
def login(app: App, web: Flask) -> Login:
    """Clients of the sample people."""

    return partial(signed_in, app, web)


def test_the_whole_way_with_a_return_and_a_ruling(login: Login) -> None:
    office, committee = login("clerk-safety-office"), login("clerk-safety-committee-office")
    [hazard] = office.get("/api/v1/hazards").json["items"]
    body = {"hazard": hazard["number"], "reason": "现场拒不配合", "requested": "立案"}
    once = {"Idempotency-Key": "begin"}
    made, again = (office.post(URL, json=body, headers=once) for _ in range(2))
    assert (made.status_code, made.json["state"], made.json["letter"]) == (201, "待签收", "青街安移〔2026〕1号")
    assert again.json == made.json
    assert office.post(URL, json=body).status_code == 409  # one runs

    one = f"{URL}/{made.json['number']}"
    first = login(f"officer-{made.json['unit'].replace('_', '-')}")
    stranger = login("officer-housing-bureau")
    assert stranger.get(URL).json["total"] == 0
    assert stranger.get(one).status_code == 404
    for act, given in (("sign", None), ("return", {"clause": "某条", "reason": "不属本部门"})):
        assert stranger.post(f"{one}/{act}", json=given).status_code == 404
    assert office.post(f"{one}/sign").status_code == 403  # sees it, but it is the department's

    wrong = first.post(f"{one}/return", json={"clause": "", "reason": "不"})
    assert (wrong.status_code, {found["field"] for found in wrong.json["errors"]}) == (422, {"clause", "reason"})
    back = first.post(f"{one}/return", json={"clause": "消防法第五十三条", "reason": "属于消防职责"})
    assert (back.status_code, back.json["state"]) == (200, "待裁定")
    twice = first.post(f"{one}/return", json={"clause": "消防法第五十三条", "reason": "属于消防职责"})
    assert twice.status_code == 409 and "正等安委办裁定" in twice.json["detail"]
    [task] = committee.get("/api/v1/tasks?candidate=me").json["items"]
    for unit in ("nope", "GH"):  # in the work list as here: no case is broken by a unit that there is not
        given = {"variables": {"lead": unit, "arbitrate_reason": "由它办理"}}
        refused = committee.post(f"/api/v1/tasks/{task['id']}/complete", json=given)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "lead"), refused.json
    ruled = committee.post(f"{one}/arbitrate", json={"body": "fire_rescue", "reason": "消防牵头"})
    assert (ruled.json["state"], ruled.json["unit"], ruled.json["may_return"]) == ("待签收", "fire_rescue", False)
    second = login("officer-fire-rescue")
    refused = second.post(f"{one}/return", json={"clause": "某条某款", "reason": "仍不属本部门"})
    assert refused.status_code == 409 and "T46" in refused.json["detail"]
    [task] = [one for one in second.get("/api/v1/tasks").json["items"] if one["element"] == "sign_ruled"]
    assert second.get(f"/api/v1/tasks/{task['id']}").json["returnable"] == []
    again = second.post(f"/api/v1/tasks/{task['id']}/return", json={"reason": "不归我管", "to": "arbitrate"})
    assert (again.status_code, again.json["errors"][0]["field"]) == (422, "to")  # nor by the way of any other task
    other = second.post(
        f"/api/v1/tasks/{task['id']}/hand-over", json={"reason": "不归我管", "to_group": "housing_bureau"}
    )
    assert other.status_code == 403 and "fire_rescue" in other.json["detail"]  # nor to whom the ruling does not name

    assert second.post(f"{one}/sign").json["state"] == "待答复"
    assert second.post(f"{one}/sign").status_code == 409  # signed before
    unknown = second.post(f"{one}/answer", json={"decision": "口头提醒", "text": "已提醒"})
    assert unknown.status_code == 422
    said = second.post(f"{one}/answer", json={"decision": "责令停用", "text": "已责令停用", "document": "示例1号"})
    assert (said.json["state"], said.json["answer_number"]) == ("待研判", "示例1号")
    over = office.post(f"{one}/review", json={"next_step": "track"})
    assert (over.json["state"], over.json["closed_at"] is not None) == ("已办结", True)
    assert office.get(f"{URL}?state=已办结&hazard={hazard['number']}").json["total"] == 1


def test_what_is_done_in_the_work_list_is_done_here_too(login: Login) -> None:
    office = login("clerk-safety-office")
    [hazard] = office.get("/api/v1/hazards").json["items"]
    made = office.post(URL, json={"hazard": hazard["number"], "reason": "拒不配合"}).json
    department = login(f"officer-{made['unit'].replace('_', '-')}")
    [task] = department.get("/api/v1/tasks?candidate=me").json["items"]
    assert (task["element"], task["due_at"]) == ("sign_transfer", made["sign_due_at"])
    done = department.post(f"/api/v1/tasks/{task['id']}/complete", json={"variables": {"transfer_outcome": "sign"}})
    assert done.status_code == 200, done.json
    assert department.get(f"{URL}/{made['number']}").json["state"] == "待答复"
    assert department.post(f"{URL}/{made['number']}/sign").status_code == 409


def test_a_body_without_the_duty_and_bad_input_are_refused_by_field(login: Login) -> None:
    office = login("clerk-safety-office")
    [hazard] = office.get("/api/v1/hazards").json["items"]
    body = {"hazard": hazard["number"], "reason": "拒不配合"}
    refused = office.post(URL, json={**body, "body": "education_bureau"})
    assert refused.status_code == 422 and "D3" in refused.json["detail"]
    assert refused.json["errors"][0]["field"] == "body"
    for wrong in ({"reason": " "}, {"reason": 7}, {"requested": "枪毙"}, {"body": ["x"]}, {"hazard": {}}, {"x": 1}):
        assert office.post(URL, json={**body, **wrong}).status_code == 422, wrong
    assert office.post(URL, json={**body, "hazard": "YQ-2026-0999"}).status_code == 404
    assert login("secretary-gh").post(URL, json=body).status_code in (403, 404)
    assert office.get(f"{URL}?state=不知道").status_code == 422
    assert office.get(f"{URL}/YJ-2026-9999").status_code == 404
    assert office.get(URL).json == {"items": [], "total": 0, "page": 1, "size": 50}


def test_the_dossier_of_a_major_hazard_is_one_answer(login: Login) -> None:
    office = login("clerk-safety-office")
    [hazard] = office.get("/api/v1/hazards").json["items"]
    one = f"/api/v1/hazards/{hazard['number']}/dossier"
    assert office.get(one).status_code == 409  # no major one yet
    [task] = [each for each in office.get("/api/v1/tasks").json["items"] if each["element"] == "classify"]
    judged = {"valid": True, "criteria_confirmed": True, "suspected": True, "criteria_standard": "示例标准",
              "criteria_clause": "第一条", "criteria_quote": "气瓶不合格", "criteria_judge": "officer-fire-rescue",
              "criteria_date": "2026-09-24"}  # fmt: skip
    done = office.post(f"/api/v1/tasks/{task['id']}/complete", json={"variables": judged})
    assert done.status_code == 200, done.json
    found = office.get(one).json
    assert (found["complete"], found["hazard"]["is_major"]) == (False, True)
    assert {part["title"]: part["present"] for part in found["parts"]}["同日报告"] is True
    assert {"deadlines", "papers", "transfers", "measures", "rechecks", "documents", "files", "story"} <= set(found)
    assert login("officer-housing-bureau").get(one).status_code == 404
