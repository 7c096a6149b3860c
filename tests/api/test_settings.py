"""What the settings pages ask besides: passwords, rosters, codes over time, contacts, channels, imports."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine import sms_gateway
from engine.app import App
from engine.campaign import people
from engine.campaign.people_register import today
from tests.api.conftest import signed_in

OLD, NEW = "correct-horse", "battery-staple"
CODE = {"code": "RF-01", "name": "安全出口（新）", "local_level": "一般", "default_n": 5, "default_unit": "wd"}


def certificate(client: FlaskClient, name: str, app: App, days: int) -> None:
    last = today(app) + timedelta(days=days)
    body = {"cert_no": f"示例-{name}", "cert_from": "2020-01-01", "cert_to": last.isoformat()}
    revision = client.get(f"/api/v1/people/{name}").json["revision"]
    made = client.post(f"/api/v1/people/{name}/certificate", json=body | {"revision": revision, "reason": "登记"})
    assert made.status_code == 200, made.text


def test_a_password_is_changed_with_the_old_one_and_reset_for_one_login(
    app: App, root: FlaskClient, nobody: FlaskClient
) -> None:
    people.create(app, "li", password=OLD, unit="safety_office", roles=["clerk"], by=None)
    me = nobody.post("/api/v1/session", json={"name": "li", "password": OLD}).json
    assert me["password_once"] is False
    head = {"X-CSRF-Token": me["csrf_token"]}
    wrong = nobody.post("/api/v1/me/password", json={"old": "x", "new": NEW}, headers=head)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "old")
    assert nobody.post("/api/v1/me/password", json={"old": OLD, "new": "x"}, headers=head).status_code == 422
    assert nobody.post("/api/v1/me/password", json={"old": OLD, "new": NEW}, headers=head).status_code == 204
    assert nobody.get("/api/v1/me").status_code == 200
    once = root.post("/api/v1/people/li/password", json={"reason": "遗忘"})
    assert (once.status_code, len(once.json["password"])) == (201, 12)
    assert nobody.get("/api/v1/me").status_code == 401
    me = nobody.post("/api/v1/session", json={"name": "li", "password": once.json["password"]}).json
    assert me["password_once"] is True
    head = {"X-CSRF-Token": me["csrf_token"]}
    assert nobody.post("/api/v1/me/password", json={"new": OLD}, headers=head).status_code == 204


def test_only_an_admin_resets_a_password(owner: FlaskClient, nobody: FlaskClient) -> None:
    assert owner.post("/api/v1/people/colleague/password", json={"reason": "x"}).status_code == 403
    assert nobody.post("/api/v1/me/password", json={"old": OLD, "new": NEW}).status_code == 401


def test_people_are_listed_with_certificates_that_end_soon_or_have_ended(app: App, root: FlaskClient) -> None:
    certificate(root, "owner", app, 20)
    certificate(root, "stranger", app, -1)
    certificate(root, "colleague", app, 400)
    listed = lambda query: [row["name"] for row in root.get(f"/api/v1/people?{query}").json["items"]]  # noqa: E731
    assert listed("certificate=expiring") == ["owner"]
    assert listed("certificate=expired") == ["stranger"]
    assert listed("active=false") == []
    row = next(one for one in root.get("/api/v1/people").json["items"] if one["name"] == "stranger")
    assert (row["cert_valid"], row["cert_no"]) == (False, "示例-stranger")
    assert root.get("/api/v1/people?certificate=x").status_code == 422


def test_a_unit_says_what_belongs_to_it(place: str, root: FlaskClient, stranger: FlaskClient) -> None:
    assert stranger.get("/api/v1/units/GH-01/uses").json == {"people": 0, "hazards": 0, "places": 1, "units": 0}
    assert stranger.get("/api/v1/units/street/uses").json["units"] == 2
    assert stranger.get("/api/v1/units/nowhere/uses").status_code == 404
    assert root.get("/api/v1/units/GH-01").json["body"] is None


def test_a_code_gets_a_row_from_tomorrow_keeps_its_history_and_ends(
    app: App, place: str, root: FlaskClient, owner: FlaskClient
) -> None:
    tomorrow, far = (today(app) + timedelta(days=n) for n in (1, 30))
    new = CODE | {"valid_from": tomorrow.isoformat(), "reason": "街道会议纪要"}
    assert owner.post("/api/v1/codes", json=new).status_code == 403
    assert root.post("/api/v1/codes", json=new).status_code == 201
    assert [row["name"] for row in owner.get("/api/v1/codes?q=RF-01").json["items"]] == ["安全出口"]
    assert owner.get("/api/v1/codes?q=没有").json["total"] == 0
    later = owner.get(f"/api/v1/codes?on={tomorrow}").json["items"]
    assert [row["name"] for row in later] == ["安全出口（新）"]
    rows = owner.get("/api/v1/codes/RF-01/versions").json["items"]
    assert [row["valid_to"] for row in rows] == [None, today(app).isoformat()]
    assert owner.get("/api/v1/codes/RF-01/uses").json == {"open_hazards": 0, "hazards": 0, "checklists": []}
    gone = {"last_day": far.isoformat(), "reason": "并入 RF-02"}
    assert owner.post("/api/v1/codes/RF-01/retire", json=gone).status_code == 403
    assert root.post("/api/v1/codes/RF-01/retire", json=gone | {"last_day": "2020-01-01"}).status_code == 422
    assert root.post("/api/v1/codes/RF-01/retire", json=gone).json["valid_to"] == far.isoformat()
    assert root.post("/api/v1/codes/RF-01/retire", json=gone).status_code == 409
    told = owner.get("/api/v1/codes/RF-01/changes").json["items"]
    assert [(one["by"], one["reason"]) for one in told] == [("root", "街道会议纪要"), ("root", "并入 RF-02")]
    for part in ("versions", "changes", "uses"):
        assert owner.get(f"/api/v1/codes/XX-99/{part}").status_code == 404
    assert root.post("/api/v1/codes/XX-99/retire", json=gone).status_code == 404


def test_a_team_is_set_and_a_part_has_one_person(place: str, owner: FlaskClient) -> None:
    def send(*team: dict[str, str]) -> Any:
        revision = owner.get(f"/api/v1/places/{place}").json["revision"]
        return owner.patch(f"/api/v1/places/{place}", json={"revision": revision, "team": list(team)})

    assert send({"part": "社区", "person": "owner"}).json["team"] == [{"part": "社区", "person": "owner"}]
    assert send({"part": "社区", "person": "nobody"}).status_code == 404
    assert send({"part": "社区", "person": "owner"}, {"part": "社区", "person": "colleague"}).status_code == 422
    changed = owner.get(f"/api/v1/places/{place}/changes").json["items"][-1]
    assert changed["after"] == {"team": [{"part": "社区", "person": "owner"}]}


def test_contacts_of_a_place_are_hidden_from_who_has_no_need_of_them(
    app: App, web: Flask, place: str, owner: FlaskClient
) -> None:
    people.create(app, "jiwei", password=OLD, unit="safety_office", roles=["discipline"], by=None)
    revision = owner.get(f"/api/v1/places/{place}").json["revision"]
    numbers = {"phone": "000-0000-0001", "phones": [{"name": "甲", "phone": "000-0000-0002"}]}
    assert owner.patch(f"/api/v1/places/{place}", json=numbers | {"revision": revision}).status_code == 200
    seen = owner.get(f"/api/v1/places/{place}").json
    assert (seen["phone"], seen["contacts_hidden"]) == ("000-0000-0001", False)
    curious = signed_in(app, web, "jiwei")
    for answer in (curious.get(f"/api/v1/places/{place}").json, curious.get("/api/v1/places").json["items"][0]):
        assert (answer["phone"], answer["contacts_hidden"]) == ("***********01", True)
        assert answer["phones"] == [{"name": "甲", "phone": "***********02"}]


def test_an_entry_code_comes_as_a_picture(place: str, owner: FlaskClient) -> None:
    made = owner.post(f"/api/v1/places/{place}/entry-code").json
    assert made["svg"].startswith("data:image/svg+xml") and len(made["code"]) == 32


def test_imports_are_listed_to_who_made_them(
    app: App, web: Flask, place: str, owner: FlaskClient, colleague: FlaskClient, root: FlaskClient
) -> None:
    sheet = BytesIO("单位名称,场所类型,网格\n示例店,餐饮,GH-01\n".encode())
    form = {"file": (sheet, "places.csv"), "kind": "places"}
    made = owner.post("/api/v1/imports", data=form, content_type="multipart/form-data")
    assert made.status_code == 201, made.text
    assert [one["id"] for one in owner.get("/api/v1/imports").json["items"]] == [made.json["id"]]
    assert root.get("/api/v1/imports?kind=places").json["total"] == 1
    assert root.get("/api/v1/imports?kind=ledger").json["total"] == 0
    assert colleague.get("/api/v1/imports").json["total"] == 0


def test_channels_tell_what_is_set_and_never_a_password(app: App, root: FlaskClient, owner: FlaskClient) -> None:
    assert owner.get("/api/v1/channels").status_code == 403
    ready = {row["channel"]: row["ready"] for row in root.get("/api/v1/channels").json["items"]}
    assert ready == {"smtp": False, "console": True, "sms": False}
    assert root.post("/api/v1/channels/mail/test").status_code == 409
    app.settings = replace(app.settings, smtp_url="smtp+starttls://li:geheim@mail.example:587")
    shown = root.get("/api/v1/channels")
    assert shown.json["items"][0]["where"] == "smtp+starttls://mail.example:587"
    assert "geheim" not in shown.text
    assert root.post("/api/v1/channels/mail/test").status_code == 422
    body = {"revision": root.get("/api/v1/people/root").json["revision"], "reason": "登记", "email": "root@example.cn"}
    assert root.patch("/api/v1/people/root", json=body).status_code == 200
    made = root.post("/api/v1/channels/mail/test")
    assert (made.status_code, made.json["status"], made.json["address"]) == (201, "pending", "root@example.cn")
    assert root.get(f"/api/v1/channels/mail/test/{made.json['id']}").json["status"] == "pending"
    assert root.get("/api/v1/channels/mail/test/x").status_code == 404


def test_a_test_message_goes_to_ones_own_number(app: App, root: FlaskClient, owner: FlaskClient) -> None:
    assert owner.post("/api/v1/channels/sms/test").status_code == 403
    assert root.post("/api/v1/channels/sms/test").status_code == 409
    env = {"BIHUAN_SMS_URL": "https://sms.example/x?key=geheim", "BIHUAN_SMS_HEADERS": '{"X-Key": "geheim"}'}
    app.settings = replace(app.settings, sms=sms_gateway.from_env(env))
    shown = root.get("/api/v1/channels")
    assert (shown.json["items"][2]["ready"], shown.json["items"][2]["where"]) == (True, "https://sms.example")
    assert "geheim" not in shown.text
    assert root.post("/api/v1/channels/sms/test").json["errors"][0]["field"] == "phone"
    body = {"revision": root.get("/api/v1/people/root").json["revision"], "reason": "登记", "phone": "138-0000 0000"}
    for wrong in ("abc", "1", "138\n000000", "1" * 40):
        assert root.patch("/api/v1/people/root", json=body | {"phone": wrong}).status_code == 422
    assert root.patch("/api/v1/people/root", json=body).json["phone"] == "138-0000 0000"
    made = root.post("/api/v1/channels/sms/test")
    assert (made.status_code, made.json["status"], made.json["address"]) == (201, "pending", "13800000000")
    assert root.get(f"/api/v1/channels/sms/test/{made.json['id']}").json["status"] == "pending"
    assert root.get("/api/v1/channels").json["items"][2]["pending"] == 1


@pytest.mark.parametrize("path", ["/api/v1/channels", "/api/v1/imports", "/api/v1/codes/RF-01/uses"])
def test_nobody_unknown_asks(nobody: FlaskClient, path: str) -> None:
    assert nobody.get(path).status_code == 401
