"""Routes of closing: the gate, five blocks, opinions, publicity; for strangers there is nothing."""

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign.case_model import Measure


@pytest.fixture
def address(owner: FlaskClient, place: str) -> str:
    made = owner.post("/api/v1/hazards", json={"place": place, "code": "RF-01", "text": "安全出口堵塞"}).json
    return f"/api/v1/hazards/{made['number']}"


def test_the_gate_tells_what_is_missing_and_how_to_get_it(owner: FlaskClient, address: str) -> None:
    page = owner.get(f"{address}/checks").json
    assert (page["total"], [check["no"] for check in page["items"]]) == (11, list(range(1, 12)))
    first = page["items"][0]
    assert (first["passed"], first["missing"]) == (False, ["缺整改后照片"]) and first["how"]


@pytest.mark.parametrize(
    "noun", ["checks", "blocks", "clearances", "publicities", "lawsuits", "rechecks", "judgements", "revisits"]
)
def test_each_list_has_the_page_shape_and_is_hidden_from_strangers(
    owner: FlaskClient, stranger: FlaskClient, address: str, noun: str
) -> None:
    assert set(owner.get(f"{address}/{noun}").json) == {"items", "total", "page", "size"}
    assert stranger.get(f"{address}/{noun}").status_code == 404


def test_a_finding_is_added_once_and_by_nobody_else(owner: FlaskClient, stranger: FlaskClient, address: str) -> None:
    body, key = {"text": "又堆了纸箱"}, {"Idempotency-Key": "k1"}
    assert [owner.post(f"{address}/findings", json=body, headers=key).status_code for _ in range(2)] == [201, 201]
    told = [line for line in owner.get(f"{address}/events").json["items"] if line["title"] == "再次发现"]
    assert [line["text"] for line in told] == ["又堆了纸箱"]
    assert stranger.post(f"{address}/findings", json=body).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "blocks/measures", {"text": 5}),
        ("patch", "blocks/measures", {"files": "x"}),
        ("post", "clearances", {"kind": "别的", "passed": True, "text": "合格"}),
        ("post", "clearances", {"kind": "验收报告", "passed": True, "text": "合格", "files": ["nothing"]}),
        ("post", "publicities", {"venue": "", "text": ""}),
        ("post", "lawsuits", {"kind": "行政诉讼", "organ": "法院", "filed_on": "soon"}),
        ("post", "photo-reason", {"reason": ""}),
        ("post", "tracked", {"tracked": "maybe", "reason": "…"}),
        ("post", "findings", {"text": "x" * 5000}),
    ],
)
def test_bad_input_is_refused_at_its_field(
    owner: FlaskClient, address: str, method: str, path: str, body: dict[str, object]
) -> None:
    answer = getattr(owner, method)(f"{address}/{path}", json=body)
    assert answer.status_code in (403, 422), answer.json
    assert answer.status_code == 403 or answer.json["errors"]


def test_a_lawsuit_is_written_down_once_and_ends(
    app: App, owner: FlaskClient, stranger: FlaskClient, address: str
) -> None:
    with app.transaction() as tx:
        row = Measure(hazard=address.rpartition("/")[2], kind="查封", organ="police_station", opened_at=app.clock(),
                      ends_at=app.clock(), starts_on=app.clock().date())  # fmt: skip
        tx.add(row)
        tx.flush()
        measure = row.id
    body = {
        "kind": "行政诉讼",
        "organ": "区人民法院",
        "number": "（2026）行初1号",
        "filed_on": "2026-09-24",
        "measure": measure,
    }
    unknown = owner.post(f"{address}/lawsuits", json={**body, "document": "nothing"})
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "document")
    key = {"Idempotency-Key": "sued"}
    made, again = (owner.post(f"{address}/lawsuits", json=body, headers=key) for _ in range(2))
    assert (made.status_code, made.json["number"], again.json) == (201, body["number"], made.json)
    assert stranger.post(f"{address}/lawsuits", json=body).status_code == 404
    ended = owner.post(f"{address}/lawsuits/{made.json['id']}/end", json={"ended_on": "2026-09-24", "result": "驳回"})
    assert (ended.status_code, ended.json["result"]) == (200, "驳回")


def test_what_does_not_exist_is_not_found(owner: FlaskClient, address: str) -> None:
    assert owner.patch(f"{address}/blocks/nothing", json={"text": "x"}).status_code == 404
    assert owner.post(f"{address}/publicities/99999999999/withdraw").status_code == 404
    assert owner.post(f"{address}/publicities/7/withdraw").status_code == 404
    assert owner.get("/api/v1/hazards?overlay=nothing").status_code == 422
