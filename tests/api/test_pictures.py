"""The picture manual over HTTP: up, listed, down, off."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image


def upload(client: FlaskClient, content: bytes | None = None, **form: str) -> Any:
    out = io.BytesIO(content or b"")
    if content is None:
        Image.new("RGB", (8, 6), "red").save(out, "JPEG")
    out.seek(0)
    data = {"file": (out, "a.jpg"), **form}
    return client.post("/api/v1/pictures", data=data, content_type="multipart/form-data")


def test_a_picture_goes_up_and_down_and_off(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    made = upload(owner, code="RF-01", shows="wrong", caption="出口上锁")
    assert (made.status_code, made.json["shows_name"]) == (201, "错误"), made.json
    again = upload(owner, code="RF-01", shows="wrong")
    assert again.json["id"] == made.json["id"]
    url = f"/api/v1/pictures/{made.json['id']}"
    listed = stranger.get("/api/v1/pictures?code=RF-01").json
    assert (listed["total"], listed["items"][0]["caption"]) == (1, "出口上锁")
    file = stranger.get(f"{url}/file")
    assert (file.status_code, file.content_type) == (200, "image/jpeg")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert stranger.delete(url).status_code == 403
    assert [owner.delete(url).status_code for _ in range(2)] == [204, 204]
    assert owner.get(f"{url}/file").status_code == 404


@pytest.mark.parametrize(
    "form",
    [{"shows": "wrong"}, {"code": "RF-01"}, {"code": "RF-01", "shows": "x"},
     {"checklist": "JX", "shows": "right", "no": "x"},
     {"code": "RF-01", "shows": "right", "no": "0"}, {"code": "R" * 99, "shows": "right"}],
)  # fmt: skip
def test_a_bad_form_is_refused(owner: FlaskClient, place: str, form: dict[str, str]) -> None:
    assert upload(owner, **form).status_code == 422


def test_what_is_no_picture_is_refused(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    assert upload(owner, b"<html>", code="RF-01", shows="right").status_code == 422
    assert upload(stranger, code="RF-01", shows="right").status_code == 403


def test_a_sheet_is_filed_over_http(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    new = {"key": "JX", "name": "九小场所检查清单", "reason": "新建", "valid_from": "2026-01-02",
           "items": [{"question": "疏散通道畅通", "code": "RF-01"}]}  # fmt: skip
    assert owner.post("/api/v1/checklists", json=new).status_code == 201
    body = {"place": place, "kind": "网格巡查", "result": "未发现问题", "checklists": ["JX"]}
    visit = owner.post("/api/v1/visits", json=body).json
    assert [(one["key"], one["state"], one["missing"]) for one in visit["sheets"]] == [("JX", "open", 1)]
    url = f"/api/v1/visits/{visit['id']}/checklists/JX"
    refused = owner.post(f"{url}/file", json={"revision": 0})
    assert (refused.status_code, refused.json["problems"][0]["field"]) == (409, "1")
    left = {"revision": 0, "answers": [{"no": 1, "answer": "left"}]}
    assert owner.post(f"{url}/answers", json=left).status_code == 422
    left["answers"] = [{"no": 1, "answer": "left", "note": "停业锁闭"}]
    assert owner.post(f"{url}/answers", json=left).status_code == 200
    assert stranger.post(f"{url}/file", json={"revision": 1}).status_code == 404
    assert owner.post(f"{url}/file", json={"revision": "x"}).status_code == 422
    first, again = (owner.post(f"{url}/file", json={"revision": 1}) for _ in range(2))
    assert first.status_code == 200 and first.json["filed_at"] and again.json == first.json
    assert owner.get(f"/api/v1/visits/{visit['id']}").json["sheets"][0]["state"] == "filed"
