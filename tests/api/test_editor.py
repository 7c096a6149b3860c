"""The process editor over HTTP: who may, drafts, templates, trying, comparing, zip files, deploy and roll back."""

import io
import re
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import element_templates
from engine.campaign import accounts, people
from tests.api.conftest import REVIEW

HAN = re.compile(r"[\u4e00-\u9fff，。、：（）]")
TEXT = REVIEW.decode()
CHANGED = TEXT.replace("核对材料", "再核对")
SCENARIO = "auto: true\nexpect: {status: completed}\n"


@pytest.fixture
def author(app: App, web: Any) -> FlaskClient:
    """A client of a process author who is no admin."""
    with app.transaction() as tx:
        people.add(tx, app, "ann", password_hash="!", unit="safety_office", roles=["author"], by="system")
    client: FlaskClient = web.test_client(use_cookies=False)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {accounts.issue_token(app, 'ann', by=None)}"
    return client


def save(client: FlaskClient, revision: int = 0, **files: str) -> Any:
    body = {"revision": revision, "base_version": 1, "files": {"review.bpmn": CHANGED, **files}}
    return client.post("/api/v1/drafts/review", json=body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/drafts"), ("get", "/drafts/review"), ("post", "/drafts/review"), ("delete", "/drafts/review"),
        ("get", "/drafts/review/forecast"), ("get", "/drafts/review/around"),
        ("post", "/drafts/review/deploy"), ("get", "/drafts/review/zip"),
        ("get", "/editor/templates"), ("post", "/editor/play"), ("post", "/editor/simulate"),
        ("post", "/editor/compare"), ("post", "/editor/unzip"), ("get", "/editor/review/versions/1/set"),
        ("get", "/editor/review/versions/1/zip"), ("post", "/editor/review/versions/1/roll-back"),
    ],
)  # fmt: skip
def test_only_authors_and_admins_use_the_editor(
    nobody: FlaskClient, owner: FlaskClient, review: str, method: str, path: str
) -> None:
    bodies: dict[str, Any] = {
        "/drafts/review": {"revision": 0, "files": {"review.bpmn": TEXT}},
        "/drafts/review/deploy": {"revision": 1, "newest": 1, "reason": "x"},
        "/editor/compare": {"key": "review", "from": 1},
        "/editor/review/versions/1/roll-back": {"reason": "x"},
    }
    json = bodies.get(path, {"files": {"review.bpmn": TEXT}}) if method == "post" and "unzip" not in path else None
    assert getattr(nobody, method)(f"/api/v1{path}", json=json).status_code == 401
    answer = getattr(owner, method)(f"/api/v1{path}", json=json)
    assert (answer.status_code, "author" in answer.json["detail"]) == (403, True)


def test_a_draft_is_saved_deployed_and_rolled_back(author: FlaskClient, root: FlaskClient, review: str) -> None:
    opened = author.get("/api/v1/drafts/review").json
    assert (opened["revision"], opened["files"], opened["others"]) == (0, {"review.bpmn": TEXT}, [])
    assert save(author, **{"all.yaml": SCENARIO}).json["revision"] == 1
    assert [row["key"] for row in author.get("/api/v1/drafts").json["items"]] == ["review"]
    assert root.get("/api/v1/drafts/review/around").json["others"][0]["person"] == "ann"
    assert root.get("/api/v1/drafts/review").json["others"][0]["person"] == "ann"
    assert author.get("/api/v1/drafts/review/forecast").json["running"] == 0
    body = {"revision": 1, "newest": 1, "reason": "改名"}
    made = author.post("/api/v1/drafts/review/deploy", json=body)
    assert (made.status_code, made.json["definitions"][0]["version"]) == (201, 2)
    assert author.post("/api/v1/drafts/review/deploy", json=body).status_code == 404, "it is gone"
    back = author.post("/api/v1/editor/review/versions/1/roll-back", json={"reason": "改错了"})
    assert (back.status_code, back.json["definitions"][0]["version"]) == (201, 3)
    assert author.get("/api/v1/editor/review/versions/3/set").json["files"]["review.bpmn"] == TEXT


def test_a_second_window_is_told_and_a_bad_draft_is_refused_in_words(author: FlaskClient, review: str) -> None:
    assert save(author).status_code == 200
    late = save(author, **{"late.yaml": SCENARIO})
    assert (late.status_code, "窗口" in late.json["detail"]) == (409, True)
    for files in ({}, {"a/b.bpmn": ""}, {"a.exe": ""}):
        sent = author.post("/api/v1/drafts/review", json={"revision": 1, "files": files})
        assert (sent.status_code, sent.json["detail"][-1]) == (422, "。")
    for body in ({"revision": "x", "files": {}}, {"files": {"a.bpmn": 3}, "revision": 0}, {"revision": 0}):
        assert author.post("/api/v1/drafts/review", json=body).status_code == 422
    assert save(author, 1, **{"large.yaml": "x" * 3_000_001}).status_code == 413
    wrong = TEXT.replace(' camunda:candidateGroups="safety_office"', "")
    author.post("/api/v1/drafts/review", json={"revision": 1, "base_version": 1, "files": {"review.bpmn": wrong}})
    refused = author.post("/api/v1/drafts/review/deploy", json={"revision": 2, "newest": 1, "reason": "x"})
    assert (refused.status_code, refused.json["problems"][0]["rule"]) == (422, "group")
    assert author.delete("/api/v1/drafts/review").status_code == 204
    assert author.get("/api/v1/drafts/review").json["revision"] == 0
    assert author.get("/api/v1/drafts/unknown").status_code == 404


def test_a_set_is_tried_simulated_and_compared(author: FlaskClient, review: str) -> None:
    files = {"review.bpmn": CHANGED}
    played = author.post("/api/v1/editor/play", json={"files": files, "scenario": SCENARIO}).json["answer"]
    assert (played["status"], played["error"], played["differences"]) == ("completed", None, [])
    bad = author.post("/api/v1/editor/play", json={"files": files, "scenario": "&a [*a, *a"}).json["answer"]
    assert bad["error"] and bad["trace"] == []
    simulated = author.post("/api/v1/editor/simulate", json={"files": files}).json["answer"]
    assert simulated["error"] is None
    body = {"key": "review", "from": 1, "files": files}
    found = author.post("/api/v1/editor/compare", json=body).json
    assert [row["what"] for row in found["differences"]] == ["changed"]
    unreadable = author.post("/api/v1/editor/compare", json={**body, "files": {"review.bpmn": "<"}})
    assert (unreadable.status_code, bool(unreadable.json["problems"])) == (422, True)


def test_a_set_leaves_as_zip_and_comes_back(author: FlaskClient, review: str) -> None:
    packed = author.get("/api/v1/editor/review/versions/1/zip").data
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["review.bpmn"]
    sent = {"file": (io.BytesIO(packed), "review.zip")}
    assert author.post("/api/v1/editor/unzip", data=sent).json["files"] == {"review.bpmn": TEXT}
    hostile = {"file": (io.BytesIO(b"PK\x03\x04 nothing"), "bad.zip")}
    assert author.post("/api/v1/editor/unzip", data=hostile).status_code == 422
    save(author, **{"all.yaml": SCENARIO})
    draft = author.get("/api/v1/drafts/review/zip").data
    assert zipfile.ZipFile(io.BytesIO(draft)).namelist() == ["all.yaml", "review.bpmn"]


def test_the_templates_offer_usual_tasks_and_every_operator(author: FlaskClient, app: App) -> None:
    page = author.get("/api/v1/editor/templates?size=200").json
    assert page["total"] == len(page["items"])
    by_id = {one["id"]: one for one in page["items"]}
    assert {f"bihuan.{element_templates.OPERATOR}.{operator.topic}" for operator in app.operators} <= by_id.keys()
    names = {one["name"] for one in page["items"]}
    assert {"整改", "复查", "签收", "审批", "移交", "督办", "查封申请"} <= names
    who, due = by_id["bihuan.people.rectify"]["properties"][1:3]
    assert {"value": "safety_office", "name": "安全应急办"} in who["choices"]
    assert {"value": "${workdays(3)}", "name": "3 个工作日"} in due["choices"]
    level = by_id["bihuan.operator.hazard.classify"]["properties"][-1]
    assert level["binding"] == {"type": "camunda:inputParameter", "name": "local_level"}
    assert {"value": "重大", "name": "重大"} in level["choices"]


def test_the_templates_are_english_when_asked_and_write_the_same(author: FlaskClient) -> None:
    english = author.get("/api/v1/editor/templates?size=200&lang=en").json["items"]
    for here, there in zip(author.get("/api/v1/editor/templates?size=200").json["items"], english, strict=True):
        assert (here["id"], len(here["properties"])) == (there["id"], len(there["properties"]))
        said = [there["name"], there["description"], there["category"]["name"]]
        for one, other in zip(here["properties"], there["properties"], strict=True):
            assert one.get("value") == other.get("value") and one["binding"] == other["binding"]
            said += [other.get("label", ""), other.get("description", "")]
        assert not HAN.search("".join(said)), there["id"]
    assert author.get("/api/v1/editor/templates?lang=fr").status_code == 422
