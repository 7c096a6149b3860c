"""Units, people, places, visits and codes over HTTP."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import units
from engine.campaign.model import HazardCode

PLACE = {"name": "示例网吧I", "kind": "九小场所", "place_kind": "九小", "grid": "GH-01"}


@pytest.fixture
def grids(app: App, root: FlaskClient) -> None:
    """A community with a grid."""
    with app.transaction() as tx:
        units.add(tx, code="GH", name="桂花社区", kind="community", parent="street")
        units.add(tx, code="GH-01", name="桂花一网格", kind="grid", parent="GH")


def test_everybody_sees_the_tree_of_units_and_only_an_admin_adds_to_it(
    root: FlaskClient, stranger: FlaskClient
) -> None:
    new = {"code": "GH", "name": "桂花社区", "kind": "community", "parent": "street"}
    assert stranger.post("/api/v1/units", json=new).status_code == 403
    made = root.post("/api/v1/units", json=new)
    assert (made.status_code, made.json["path"]) == (201, "/street/GH/")
    assert root.post("/api/v1/units", json=new).status_code == 409
    assert root.post("/api/v1/units", json={**new, "code": "X", "parent": "nowhere"}).status_code == 404
    found = stranger.get("/api/v1/units?parent=street&kind=community").json
    assert [unit["code"] for unit in found["items"]] == ["GH"]
    assert stranger.get("/api/v1/units/GH").json["name"] == "桂花社区"


def test_a_new_account_can_log_in_and_its_password_is_shown_nowhere(root: FlaskClient, nobody: FlaskClient) -> None:
    body = {"name": "li", "password": "long enough", "unit": "safety_office", "roles": ["clerk"], "display_name": "李"}
    made = root.post("/api/v1/people", json=body)
    assert made.status_code == 201
    assert "password" not in made.text and "argon2" not in made.text
    assert nobody.post("/api/v1/session", json={"name": "li", "password": "long enough"}).status_code == 200
    assert root.post("/api/v1/people", json=body).status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short"}, "password"),
        ({"unit": None}, "unit"),
        ({"roles": ["a b"]}, "role"),
        ({"name": "a b"}, "name"),
        ({"roles": "clerk"}, "roles"),
        ({"admin": True}, "admin"),
    ],
)
def test_a_wrong_account_is_refused_and_names_the_field(
    root: FlaskClient, change: dict[str, object], field: str
) -> None:
    body = {"name": "li", "password": "long enough", "unit": "safety_office", "roles": ["clerk"], **change}
    answer = root.post("/api/v1/people", json=body)
    assert answer.status_code == 422
    assert [found["field"] for found in answer.json["errors"]] == [field]
    assert root.get("/api/v1/people/li").status_code == 404


def test_only_an_admin_makes_accounts(owner: FlaskClient) -> None:
    body = {"name": "li", "password": "long enough", "unit": "safety_office", "roles": ["admin"]}
    assert owner.post("/api/v1/people", json=body).status_code == 403


def test_people_are_found_by_unit_role_and_name(owner: FlaskClient) -> None:
    def names(query: str) -> list[str]:
        return [person["name"] for person in owner.get(f"/api/v1/people?{query}").json["items"]]

    assert names("unit=safety_office") == ["colleague", "owner"]
    assert names("role=officer") == names("q=strang") == ["stranger"]


def test_a_place_follows_from_its_grid_and_is_seen_in_its_area_only(
    owner: FlaskClient, stranger: FlaskClient, grids: None
) -> None:
    made, again = (owner.post("/api/v1/places", json=PLACE, headers={"Idempotency-Key": "twice"}) for _ in range(2))
    assert (made.status_code, again.json["id"]) == (201, made.json["id"])
    assert (made.json["community"], made.json["community_name"], made.json["open_hazards"]) == ("GH", "桂花社区", 0)
    address = f"/api/v1/places/{made.json['id']}"
    assert owner.get(address).json["name"] == "示例网吧I"
    assert owner.get("/api/v1/places?q=网吧&community=GH").json["total"] == 1
    assert stranger.get(address).status_code == 404
    assert stranger.get("/api/v1/places").json["total"] == 0
    assert stranger.post("/api/v1/places", json=PLACE).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": "飞船"}, "kind"), ({"grid": "GH"}, "grid"), ({"lat": 91}, "lat"), ({"floors": "many"}, "floors")],
)
def test_a_wrong_place_is_refused_and_names_the_field(
    owner: FlaskClient, grids: None, change: dict[str, object], field: str
) -> None:
    answer = owner.post("/api/v1/places", json={**PLACE, **change})
    assert answer.status_code == 422
    assert [found["field"] for found in answer.json["errors"]] == [field]


def test_a_visit_is_written_down_by_who_was_there(owner: FlaskClient, stranger: FlaskClient, grids: None) -> None:
    place = owner.post("/api/v1/places", json=PLACE).json["id"]
    visit = {"place": place, "kind": "网格巡查", "result": "未发现问题", "at": "2026-09-24T08:30:00"}
    made = owner.post("/api/v1/visits", json=visit)
    assert made.status_code == 201
    assert (made.json["people"], made.json["at"]) == (["owner"], "2026-09-24T08:30:00+08:00")
    assert owner.post("/api/v1/visits", json={**visit, "at": "2030-01-01"}).status_code == 422
    assert stranger.get("/api/v1/visits").json["total"] == 0
    finding, none = f"/api/v1/visits/{made.json['id']}/findings/1", {"reason": "不是隐患"}
    assert [who.post(finding, json=none).status_code for who in (owner, stranger)] == [404, 404], "no inspection"
    assert owner.post(finding, json={"reason": 7}).status_code == 422
    assert (made.json["unregistered"], made.json["settled"]) == ([], {})
    assert owner.get(f"/api/v1/visits?place={place}").json["total"] == 1
    asked = (("stage=已归档&result=未发现问题", 1), ("stage=待批准", 0), ("since=2099-01-01", 0), ("mine=1", 1))
    for query, total in (*asked, ("mine=1&unfinished=1", 0)):
        assert owner.get(f"/api/v1/visits?{query}").json["total"] == total, query
    for query in ("stage=x", "result=x", "since=soon", "unit=", f"q={'x' * 101}"):
        assert owner.get(f"/api/v1/visits?{query}").status_code == 422, query
    assert owner.get("/api/v1/hazards?visit=1&status=all").json["total"] == 0
    assert owner.get("/api/v1/hazards?visit=0").status_code == 422
    assert owner.get("/api/v1/draws/none/repeat").status_code == 404


def test_the_codes_in_force_on_a_day_are_listed(app: App, owner: FlaskClient) -> None:
    with app.transaction() as tx:
        for name, since, until in (("旧", date(2025, 1, 1), date(2026, 8, 31)), ("新", date(2026, 9, 1), None)):
            row = HazardCode(
                code="RF-01", name=name, code_group="RF", local_level="一般", default_n=7, default_unit="d"
            )
            row.default_roll, row.valid_from, row.valid_to = "F", since, until
            tx.add(row)
    assert [code["name"] for code in owner.get("/api/v1/codes").json["items"]] == ["新"]
    assert [code["name"] for code in owner.get("/api/v1/codes?on=2026-01-01").json["items"]] == ["旧"]
    assert owner.get("/api/v1/codes?on=yesterday").json["errors"][0]["field"] == "on"


def test_a_unit_is_moved_once_its_effects_were_told(root: FlaskClient, owner: FlaskClient) -> None:
    for code, kind, parent in (("GH", "community", "street"), ("QS", "community", "street"), ("GH-01", "grid", "GH")):
        assert root.post("/api/v1/units", json={"code": code, "name": code, "kind": kind, "parent": parent}).json
    body = {"parent": "QS", "revision": 0, "reason": "区划调整"}
    told = root.post("/api/v1/units/GH-01/move", json={**body, "dry_run": True}).json
    assert (told["moved"], told["parent_name"], told["hazards"]) == (False, "QS", 0)
    assert owner.post("/api/v1/units/GH-01/move", json=body).status_code == 403
    for wrong, status in (
        ({"parent": "street"}, 422), ({"reason": ""}, 422), ({"revision": "x"}, 422), ({"parent": None}, 422),
        ({"parent": "nowhere"}, 404), ({"parent": "GH-01"}, 409), ({"revision": 5}, 409),
    ):  # fmt: skip
        assert root.post("/api/v1/units/GH-01/move", json={**body, **wrong}).status_code == status, wrong
    assert root.post("/api/v1/units/GH-01/move", json=body).json["moved"]
    assert root.get("/api/v1/units/GH-01").json["parent"] == "QS"
    assert root.post("/api/v1/units/GH-01/move", json=body).status_code == 409  # it is there already
