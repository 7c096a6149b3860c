"""Whatever stands in a body or a query, the answer is a sentence and never a broken server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

BODIES: dict[str, dict[str, Any]] = {
    "/instances": {"definition": "review", "variables": {}},
    "/messages": {"name": "refused", "correlation": {}, "variables": {}},
    "/hazards": {"place": "P001", "code": "RF-01", "text": "堵塞"},
    "/hazards/{number}/extension": {"n": 1, "reason": "材料未到"},
    "/places": {"name": "示例", "kind": "餐饮", "place_kind": "九小", "grid": "GH-01"},
    "/visits": {"place": "P001", "kind": "夜查", "result": "无法进入"},
    "/visits/inspections": {
        "place": "P001",
        "kind": "复查",
        "officers": ["owner"],
        "subject": "复查",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-02",
    },
    "/draws": {"title": "一", "seed": "s", "n": 1, "places": ["P001"], "officers": ["owner", "colleague"]},
    "/powers": {"unit": "safety_office", "act": "inspect", "document": "清单", "valid_from": "2026-01-01"},
    "/units": {"code": "X", "name": "示例", "kind": "other"},
    "/people": {"name": "li", "password": "long enough", "unit": "safety_office", "roles": []},
    "/demo/clock": {"by": "P1D"},
    "/tasks/{task_id}/complete": {"variables": {}},
    "/tasks/{task_id}/delegate": {"to": "colleague"},
    "/tasks/{task_id}/comment": {"text": "好"},
}
WEIRD = [None, -1, 10**400, "", "\x00", "😀" * 300, "9999-12-31T23:59:59-12:00", [[]], {"": {}}]


@pytest.fixture
def document(root: FlaskClient) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = root.get("/api/v1/openapi.json").json
    return found


def _bodies(document: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    body = document["paths"][f"/api/v1{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for name in document["components"]["schemas"][body["$ref"].split("/")[-1]]["properties"]:
        for value in WEIRD:
            yield {**BODIES[path], name: value}


@pytest.mark.parametrize("path", BODIES)
def test_no_value_in_a_body_breaks_the_server(
    root: FlaskClient, document: dict[str, Any], task_id: str, path: str
) -> None:
    address = f"/api/v1{path}".replace("{task_id}", task_id).replace("{number}", "YQ-2026-0901")
    for body in _bodies(document, path):
        answer = root.post(address, data=json.dumps(body), content_type="application/json")
        assert answer.status_code < 500, body
        assert answer.status_code < 400 or answer.json["detail"], body


def test_no_value_in_a_query_breaks_the_server(root: FlaskClient, document: dict[str, Any], task_id: str) -> None:
    for path, item in document["paths"].items():
        for parameter in item.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and "{" not in path:
                for value in ("", "x" * 3000, "9" * 50, "0001-01-01T00:00:00"):
                    answer = root.get(path, query_string={parameter["name"]: value})
                    assert answer.status_code in (200, 422), (path, parameter["name"], value)


# What once broke the cockpit or the settings, found by asking a running server everything.
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("PATCH", "/places/P001", {}, 422, "revision"),
        ("PATCH", "/places/unknown", {"name": "x"}, 422, "revision"),
        ("GET", f"/document-types/{'x' * 3000}/templates/0/none", None, 404, None),
        ("GET", f"/{'x' * 3000}", None, 404, None),
        ("POST", "/batches", {"kind": "cancel", "reason": "x", "definition": "review", "q": "x" * 70_000}, 422, "q"),
        ("POST", "/migrations", {"definition": "x", "version": 1, "reason": "x", "q": "x" * 70_000}, 422, "q"),
    ],
)
def test_what_once_broke_a_route_is_answered_in_words(
    root: FlaskClient, method: str, path: str, body: dict[str, Any] | None, status: int, field: str | None
) -> None:
    answer = root.open(f"/api/v1{path}", method=method, **({} if body is None else {"json": body}))
    assert (answer.status_code, "problem+json" in answer.content_type) == (status, True)
    assert answer.json["detail"]
    if field:
        assert field in [found["field"] for found in answer.json["errors"]]
