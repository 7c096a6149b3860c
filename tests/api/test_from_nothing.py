"""An office that begins with nothing but this program: units, people and a place by HTTP, and the first hazard is fixed
and closed.
"""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import definitions
from engine.campaign import people
from engine.campaign.demo.load import diagrams
from engine.campaign.demo.photos import photo
from tests.api.conftest import Beginning, signed_in

PASSWORD = "correct-horse"


@pytest.fixture
def beginning() -> Beginning:
    """What ``bihuan user add`` and ``bihuan deploy bpmn`` leave behind."""

    def made(app: App) -> None:
        with app.transaction() as tx:
            people.add(tx, app, "root", password_hash="!", unit=None, roles=["admin"], by="system")
        definitions.deploy(app, diagrams(), by="root", reason="安装", trusted=True)

    return made


def sent(client: FlaskClient, path: str, body: dict[str, Any]) -> Any:
    answer = client.post(f"/api/v1{path}", json=body)
    assert answer.status_code in (200, 201), (path, answer.text)
    return answer.json


def test_an_office_begins_with_nothing_and_closes_its_first_hazard(app: App, web: Flask, root: FlaskClient) -> None:
    begun = sent(root, "/units/standard", {"street": "白鹭街道"})
    assert begun["units"] == 30 and begun["codes"] > 20 and (begun["checklists"], begun["tasks"]) == (5, 23)
    assert root.get("/api/v1/units/police_station").json["name"] == "白鹭派出所"
    again = root.post("/api/v1/units/standard", json={"street": "白鹭街道"})
    assert again.status_code == 409 and "已经有单位" in again.json["detail"]

    sent(root, "/units", {"code": "BH", "name": "白荷社区", "kind": "community", "parent": "street"})
    sent(root, "/units", {"code": "BH-01", "name": "白荷社区第一网格", "kind": "grid", "parent": "BH"})
    for name, unit, role in (("wg", "BH-01", "inspector"), ("jb", "safety_office", "clerk"), ("sj", "BH", "secretary")):
        sent(root, "/people", {"name": name, "password": PASSWORD, "unit": unit, "roles": [role]})
    walker, clerk, secretary = (signed_in(app, web, name) for name in ("wg", "jb", "sj"))
    place = sent(clerk, "/places", {"name": "示例面馆", "kind": "餐饮", "place_kind": "九小", "grid": "BH-01"})
    found = {"place": place["id"], "code": "RF-05", "text": "线路老化", "holder_unit": "BH"}
    hazard = sent(walker, "/hazards", found)["number"]

    def do(client: FlaskClient, element: str, **values: Any) -> None:
        listed = client.get("/api/v1/tasks", query_string={"status": "open", "size": 100}).json["items"]
        [task] = [one["id"] for one in listed if one["element"] == element]
        sent(client, f"/tasks/{task}/claim", {})
        sent(client, f"/tasks/{task}/complete", {"variables": values})

    def shoot(kind: str) -> None:
        picture = photo(f"{hazard} {kind}", app.clock().astimezone(app.zone))
        form = {"file": (BytesIO(picture), "p.jpg"), "hazard": hazard, "kind": kind, "angle": "A1"}
        answer = walker.post("/api/v1/files", data=form)
        assert answer.status_code == 201, answer.text

    shoot("photo_before")
    do(clerk, "classify", valid=True)
    do(clerk, "assign", requirement="更换线路", holder_unit="BH")
    do(secretary, "sign", signed=True)
    do(secretary, "rectify", outcome="done", rectified_note="已更换")
    app.clock.now += timedelta(hours=1)  # type: ignore[attr-defined]
    shoot("photo_after")
    do(walker, "recheck", result="pass", opinion="合格")
    do(clerk, "close_review", approved=True, close_opinion="同意销号")
    shown = clerk.get(f"/api/v1/hazards/{hazard}").json
    assert (shown["stage"], shown["closed_at"] is not None) == ("已销号", True)
