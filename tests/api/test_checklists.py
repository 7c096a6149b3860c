"""Checklists over HTTP: edit, take along, answer, decide."""

from typing import Any

import pytest
from flask.testing import FlaskClient

NEW: dict[str, Any] = {
    "key": "JX", "name": "九小场所检查清单", "reason": "新建", "valid_from": "2026-01-02",
    "items": [{"question": "疏散通道畅通", "code": "RF-01"}],
}  # fmt: skip


@pytest.fixture
def visit(owner: FlaskClient, place: str) -> int:
    """A visit with a checklist."""
    assert owner.post("/api/v1/checklists", json=NEW).status_code == 201
    body = {"place": place, "kind": "网格巡查", "result": "发现隐患", "checklists": ["JX"]}
    found: int = owner.post("/api/v1/visits", json=body).json["id"]
    return found


def test_a_no_becomes_a_hazard(owner: FlaskClient, visit: int, stranger: FlaskClient) -> None:
    sheets = f"/api/v1/visits/{visit}/checklists"
    assert owner.get(sheets).json["items"][0]["missing"] == [1]
    body = {"revision": 0, "answers": [{"no": 1, "answer": "no", "note": "上锁"}]}
    saved = owner.post(f"{sheets}/JX/answers", json=body)
    assert (saved.status_code, saved.json["missing"], saved.json["revision"]) == (200, [], 1)
    url = f"/api/v1/proposals/{saved.json['items'][0]['proposal']}"
    assert owner.get("/api/v1/proposals?state=proposed").json["total"] == 1
    first, again = (owner.post(f"{url}/register", json={}) for _ in range(2))
    assert (first.status_code, first.json["state"], again.json) == (200, "registered", first.json)
    assert owner.post(f"{url}/dismiss", json={"reason": "无"}).status_code == 409
    assert owner.get(f"{sheets}/JX/changes").json["total"] == 1
    for path in (sheets, f"{sheets}/JX/changes", url):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{sheets}/JX/answers", json=body).status_code == 404
    assert stranger.get("/api/v1/proposals").json["total"] == 0


def test_versions_are_edited_and_retired(owner: FlaskClient, visit: int, stranger: FlaskClient) -> None:
    assert stranger.get("/api/v1/checklists").json["items"][0]["key"] == "JX"
    assert owner.get("/api/v1/checklists?on=2026-01-01").json["total"] == 0
    assert stranger.post("/api/v1/checklists", json={**NEW, "key": "X"}).status_code == 403
    assert owner.post("/api/v1/checklists", json={**NEW, "valid_from": "2026-10-01"}).status_code == 409
    made = owner.post("/api/v1/checklists", json={**NEW, "valid_from": "2026-10-01", "based_on": 1})
    assert (made.status_code, made.json["version"]) == (201, 2)
    body = {"last_day": "2026-12-31", "revision": 0, "reason": "合并"}
    assert stranger.post("/api/v1/checklists/JX/retire", json=body).status_code == 403
    assert owner.post("/api/v1/checklists/JX/retire", json=body).json["valid_to"] == "2026-12-31"
    assert owner.get("/api/v1/checklists/JX/versions").json["total"] == 2
    assert owner.get("/api/v1/checklists/JX/changes").json["total"] == 2
    assert owner.get("/api/v1/checklists/NONE/versions").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"items": []}, {"items": "x"}, {"items": [{"question": "x"}]}, {"valid_from": "soon"}, {"reason": ""}, {"x": 1},
     {"key": "小"}, {"items": [{"question": "x", "code": "RF-01"}] * 201}],
)  # fmt: skip
def test_bad_input_is_refused(owner: FlaskClient, place: str, change: dict[str, Any]) -> None:
    assert owner.post("/api/v1/checklists", json={**NEW, **change}).status_code == 422
