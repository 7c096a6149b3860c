"""The ledger and its files over HTTP, with a stand-in for the hazard process."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image


def photo(name: str = "before.jpg") -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(content, "JPEG")
    content.seek(0)
    return content, name


def upload(client: FlaskClient, **form: object) -> tuple[int, dict[str, object]]:
    answer = client.post("/api/v1/files", data={"file": photo(), **form}, content_type="multipart/form-data")
    return answer.status_code, answer.json


def test_registering_with_a_photo_starts_the_case(owner: FlaskClient, place: str) -> None:
    status, picture = upload(owner, kind="photo_before", lat="34.75", lon="113.62")
    assert (status, picture["width"], picture["height"], picture["media_type"]) == (201, 8, 6, "image/jpeg")
    body = {"place": place, "code": "RF-01", "text": "安全出口锁闭", "photos": [picture["id"]], "fixable_now": False}
    made = owner.post("/api/v1/hazards", json=body)
    assert made.status_code == 201, made.json
    number = made.json["number"]
    assert (number, made.json["stage"], made.json["photos"]) == ("YQ-2026-0901", "核实分级", [picture["id"]])
    assert [task["business_key"] for task in owner.get("/api/v1/tasks").json["items"]] == [number]
    assert owner.get(f"/api/v1/hazards/{number}/files").json["items"][0]["id"] == picture["id"]
    assert owner.get(f"/api/v1/hazards/{number}/events").json["items"][0]["title"] == "登记隐患"
    board = owner.get("/api/v1/board").json
    assert [(row["community_name"], row["lamps"]["green"]) for row in board["rows"]] == [("桂花社区", 1)]
    for noun in ("deadlines", "documents", "measures"):
        assert owner.get(f"/api/v1/hazards/{number}/{noun}").json["items"] == []
    assert owner.get(f"/api/v1/hazards/{number}/events?page=2").json["items"] == []
    [task] = owner.get("/api/v1/tasks").json["items"]
    owner.post(f"/api/v1/tasks/{task['id']}/attachments", data={"file": photo("现场.jpg")})
    told = owner.get(f"/api/v1/hazards/{number}/events").json["items"][-1]
    assert (told["title"], told["text"]) == ("上传附件：核对材料", "现场.jpg")


def test_a_phone_that_sends_twice_registers_once(owner: FlaskClient, colleague: FlaskClient, place: str) -> None:
    body, key = {"place": place, "code": "RF-01", "text": "堵塞"}, {"Idempotency-Key": "phone-1"}
    first = owner.post("/api/v1/hazards", json=body, headers=key)
    again = owner.post("/api/v1/hazards", json=body, headers=key)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert owner.get("/api/v1/hazards").json["total"] == owner.get("/api/v1/tasks").json["total"] == 1
    assert colleague.post("/api/v1/hazards", json=body, headers=key).json["number"] == "YQ-2026-0902"  # another's key
    refused = colleague.post("/api/v1/hazards", json=body | {"on_duplicate": "refuse"})
    assert (refused.status_code, refused.json["errors"][0]["name"]) == (409, "YQ-2026-0901")


def test_a_stranger_sees_neither_the_hazard_nor_its_case_nor_its_photo(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, place: str
) -> None:
    picture = upload(owner)[1]["id"]
    body = {"place": place, "code": "RF-01", "text": "堵塞", "photos": [picture]}
    made = owner.post("/api/v1/hazards", json=body).json
    addresses = [f"/hazards/{made['number']}", f"/instances/{made['instance_id']}", f"/files/{picture}"]
    addresses += [
        f"/hazards/{made['number']}/{noun}" for noun in ("deadlines", "events", "documents", "measures", "files")
    ]
    for address in addresses:
        assert colleague.get(f"/api/v1{address}").status_code == 200, address
        assert stranger.get(f"/api/v1{address}").status_code == 404, address
    assert colleague.get("/api/v1/hazards").json["total"] == 1
    assert stranger.get("/api/v1/hazards").json["total"] == 0
    assert upload(stranger, hazard=made["number"])[0] == 404


def test_the_ledger_filters_sorts_and_pages(owner: FlaskClient, place: str) -> None:
    body = {"place": place, "code": "RF-01", "duplicate_reason": "另一处"}
    for text in ("一号", "二号", "三号"):
        owner.post("/api/v1/hazards", json=body | {"text": text})

    def texts(query: str) -> list[str]:
        answer = owner.get(f"/api/v1/hazards?{query}")
        assert answer.status_code == 200, answer.json
        return [hazard["text"] for hazard in answer.json["items"]]

    assert texts("sort=-number&size=2") == ["三号", "二号"]
    assert texts("sort=-number&size=2&page=2") == ["一号"]
    assert texts("q=二") == ["二号"]
    assert len(texts("community=GH&stage=核实分级&lamp=green,yellow&overdue=false&status=all")) == 3
    assert texts("community=QS") == texts("overdue=true") == texts("status=closed") == texts("lamp=red") == []


def test_the_ledger_leads_from_row_to_row(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    body = {"place": place, "code": "RF-01", "duplicate_reason": "另一处"}
    for text in ("一号", "二号", "三号"):
        owner.post("/api/v1/hazards", json=body | {"text": text})

    def page(client: FlaskClient, **query: object) -> dict[str, Any]:
        answer = client.get("/api/v1/hazards", query_string={"sort": "number", "size": 2, "counted": "some", **query})
        assert answer.status_code == 200, answer.json
        return answer.json

    first = page(owner)
    assert (first["total"], first["capped"], first["page"], first["previous"]) == (3, False, 1, None)
    second = page(owner, after=first["next"])
    assert ([row["text"] for row in second["items"]], second["next"]) == (["三号"], None)
    assert page(owner, before=second["previous"]) == first
    assert page(owner, before="end")["items"] == [*first["items"][1:], *second["items"]]
    assert page(stranger, after=first["next"])["items"] == []
    both = owner.get("/api/v1/hazards", query_string={"after": first["next"], "before": "end"})
    assert (both.status_code, both.json["errors"][0]["field"]) == (422, "before")
    assert owner.get("/api/v1/hazards", query_string={"sort": "lamp", "after": first["next"]}).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " "}, "text"),
        ({"code": "XX-99"}, "code"),
        ({"found_at": "2030-01-01T00:00:00"}, "found_at"),
        ({"found_at": "昨天"}, "found_at"),
        ({"found_at": "9999-12-31T23:59:59-12:00"}, "found_at"),
        ({"source": "梦"}, "source"),
        ({"number": "A-1"}, "number"),
        ({"photos": ["nothing"]}, "photos"),
        ({"suspected": "perhaps"}, "suspected"),
        ({"level": "重大"}, "level"),
    ],
)
def test_a_wrong_registration_is_refused_and_nothing_is_half_done(
    owner: FlaskClient, place: str, change: dict[str, object], field: str
) -> None:
    answer = owner.post("/api/v1/hazards", json={"place": place, "code": "RF-01", "text": "堵塞", **change})
    assert answer.status_code == 422, answer.json
    assert [found["field"] for found in answer.json["errors"]] == [field]
    assert owner.get("/api/v1/hazards").json["total"] == owner.get("/api/v1/tasks").json["total"] == 0


def test_a_place_outside_ones_area_is_not_found(stranger: FlaskClient, place: str) -> None:
    body = {"place": place, "code": "RF-01", "text": "堵塞"}
    assert stranger.post("/api/v1/hazards", json=body).status_code == 404


@pytest.mark.parametrize(
    "query", ["lamp=pink", "stage=睡觉", "sort=colour", "status=lost", "overdue=maybe", "major=也许", "due_from=昨天"]
)
def test_a_wrong_filter_of_the_ledger_is_named(owner: FlaskClient, query: str) -> None:
    answer = owner.get(f"/api/v1/hazards?{query}")
    assert answer.status_code == 422
    assert [found["field"] for found in answer.json["errors"]] == [query.partition("=")[0]]


def test_a_photo_comes_back_as_it_was_sent_and_runs_nothing(owner: FlaskClient) -> None:
    content = photo()[0].getvalue()
    picture = upload(owner)[1]
    answer = owner.get(f"/api/v1/files/{picture['id']}")
    assert (answer.mimetype, answer.data) == ("image/jpeg", content)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_whose_answer_was_lost_is_sent_again_and_stored_once(owner: FlaskClient, stranger: FlaskClient) -> None:
    def sent(by: FlaskClient, key: str) -> str:
        form = {"file": photo(), "kind": "attachment"}
        headers = {"Idempotency-Key": key}
        answer = by.post("/api/v1/files", data=form, headers=headers, content_type="multipart/form-data")
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    first = sent(owner, "cellar")
    assert sent(owner, "cellar") == first
    assert len({first, sent(owner, "stairs"), sent(stranger, "cellar")}) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.jpg", b"<script>alert(1)</script>"), ("empty.jpg", b""), ("page.html", b"<html>"), ("cut.pdf", b"PDF")],
)
def test_a_file_that_is_not_what_it_says_is_refused(owner: FlaskClient, name: str, content: bytes) -> None:
    form = {"file": (io.BytesIO(content), name)}
    answer = owner.post("/api/v1/files", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert name in answer.json["detail"]


def test_an_upload_without_a_file_or_with_a_path_as_its_name(owner: FlaskClient) -> None:
    empty = owner.post("/api/v1/files", data={"kind": "attachment"}, content_type="multipart/form-data")
    assert (empty.status_code, empty.json["errors"][0]["field"]) == (422, "file")
    form = {"file": photo("/pictures/../门口.jpg")}
    made = owner.post("/api/v1/files", data=form, content_type="multipart/form-data")
    assert (made.status_code, made.json["filename"]) == (201, "门口.jpg")
