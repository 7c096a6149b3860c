"""Files of people and units over HTTP: edits, certificates, leaving; strangers, bad input, repeats."""

from typing import Any

import pytest
from flask.testing import FlaskClient

LEAVE = {"last_day": "2026-09-24", "reason": "调离"}


def test_an_admin_edits_certifies_and_lets_somebody_leave(
    root: FlaskClient, colleague: FlaskClient, task_id: str, nobody: FlaskClient
) -> None:
    assert colleague.post(f"/api/v1/tasks/{task_id}/claim").status_code == 200
    file = root.get("/api/v1/people/colleague").json
    edited = root.patch(
        "/api/v1/people/colleague",
        json={"revision": file["revision"], "reason": "改名", "display_name": "同事", "roles": ["clerk", "officer"]},
    )
    assert (edited.status_code, edited.json["roles"]) == (200, ["clerk", "officer"]), edited.json
    assert (
        root.patch("/api/v1/people/colleague", json={"revision": 0, "reason": "x", "email": "a@b"}).status_code == 409
    )
    card = {"revision": 1, "reason": "年审", "cert_no": "豫A1", "cert_from": "2026-01-01", "cert_to": "2026-12-31"}
    assert root.post("/api/v1/people/colleague/certificate", json=card).json["cert_valid"] is True
    assert [task["id"] for task in root.get("/api/v1/people/colleague/held").json["tasks"]] == [task_id]
    done = root.post("/api/v1/people/colleague/leave", json={**LEAVE, "to": "owner"})
    assert (done.status_code, done.json["tasks"][0]["outcome"]) == (200, "已移交"), done.json
    assert colleague.get("/api/v1/me").status_code == 401
    assert root.post("/api/v1/people/colleague/leave", json={**LEAVE, "to": "owner"}).json["tasks"] == []
    assert [edit["reason"] for edit in root.get("/api/v1/people/colleague/changes").json["items"]][:2] == [
        "改名",
        "年审",
    ]
    assert root.post("/api/v1/people/colleague/return", json={"reason": "回来"}).json["active"] is True


def test_a_new_account_has_a_telephone_number_or_none_and_no_other_text(root: FlaskClient) -> None:
    new = {"password": "long enough", "unit": "safety_office", "roles": ["clerk"]}
    for name, phone in (("a", "+86 138 0000 0000"), ("b", "")):
        assert root.post("/api/v1/people", json={**new, "name": name, "phone": phone}).status_code == 201
        assert root.get(f"/api/v1/people/{name}").json["phone"] == phone
    for wrong in ("call me", "1380000000013800000000138000000001", "138\n", 13800000000, None):
        refused = root.post("/api/v1/people", json={**new, "name": "c", "phone": wrong})
        assert (refused.status_code, refused.json["problems"][0]["field"]) == (422, "phone"), wrong
    assert root.get("/api/v1/people/c").status_code == 404
    [made] = root.get("/api/v1/cockpit/audit/registers?noun=person&subject=a").json["items"]
    assert made["after"]["phone"] == "+86 138 0000 0000"


def test_a_unit_is_edited_with_its_history(root: FlaskClient, owner: FlaskClient) -> None:
    change = {"revision": 0, "reason": "机构改革", "name": "应急管理办公室"}
    assert owner.patch("/api/v1/units/safety_office", json=change).status_code == 403
    assert root.patch("/api/v1/units/safety_office", json=change).json["revision"] == 1
    assert root.patch("/api/v1/units/safety_office", json=change).status_code == 409
    assert owner.get("/api/v1/units/safety_office/changes").json["items"][0]["after"] == {"name": "应急管理办公室"}
    assert root.patch("/api/v1/units/nowhere", json=change).status_code == 404


@pytest.mark.parametrize("path", ["held", "changes"])
def test_nobody_but_an_admin_looks_into_what_somebody_holds(owner: FlaskClient, path: str) -> None:
    assert owner.get(f"/api/v1/people/colleague/{path}").status_code == 403
    assert owner.post("/api/v1/people/colleague/leave", json=LEAVE).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("leave", {}),
        ("leave", {**LEAVE, "last_day": "tomorrow"}),
        ("leave", {**LEAVE, "to": "ghost"}),
        ("leave", {**LEAVE, "reason": ""}),
        ("certificate", {"revision": 0, "reason": "x", "cert_no": 7}),
        ("certificate", {"revision": 0, "reason": "x", "cert_no": "A", "cert_from": "2026-01-01"}),
        ("certificate", {"revision": -1, "reason": "x", "cert_no": ""}),
        ("return", {"reason": 1}),
    ],
)
def test_bad_input_is_refused_by_name(root: FlaskClient, path: str, body: dict[str, Any]) -> None:
    answer = root.post(f"/api/v1/people/colleague/{path}", json=body)
    assert answer.status_code == 422 and answer.json["errors"], answer.json
    assert root.post(f"/api/v1/people/ghost/{path}", json=body).status_code in (404, 422)
