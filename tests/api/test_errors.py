"""How errors are answered: one shape, a status for each class, sentences that help."""

import importlib
import pkgutil

import pytest
from flask.testing import FlaskClient

import engine
from api.errors import STATUS, status_of
from api.translate import problems_of
from engine.errors import EngineError


def _all_errors(kind: type[EngineError] = EngineError) -> set[type[EngineError]]:
    return {kind}.union(*(_all_errors(child) for child in kind.__subclasses__())) - {EngineError}


def test_every_error_of_the_engine_has_a_status() -> None:
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    for kind in _all_errors():
        assert status_of(kind.__new__(kind)) in set(STATUS.values()), kind


def test_an_unknown_address_of_the_api_is_problem_json(nobody: FlaskClient) -> None:
    for method in ("get", "post", "delete"):
        answer = getattr(nobody, method)("/api/v1/nothing")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), method
        assert {"type", "title", "status", "detail"} <= set(answer.json)


def test_a_wrong_method_is_405_and_names_the_right_ones(root: FlaskClient) -> None:
    answer = root.delete("/api/v1/tasks")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "JSON"),
        (b'{"name": "x", "password": NaN}', "NaN"),
        (b"[" * 5000 + b"]" * 5000, "JSON"),
        (b'{"name": ' + b"1" * 5000 + b"}", "JSON"),
        (b'{"name": "a\\u0000b", "password": "x"}', "NUL"),
        (b'{"name": "\\ud800", "password": "x"}', "NUL"),
        (b'{"name": "\xff", "password": "x"}', "JSON"),
        (b'{"name": ' + b'{"a":' * 70 + b"1" + b"}" * 71, "嵌套"),
    ],
)
def test_bad_json_is_400_and_says_what_is_wrong(nobody: FlaskClient, body: bytes, says: str) -> None:
    answer = nobody.post("/api/v1/session", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert says in answer.json["detail"]


def test_a_body_that_is_no_json_object_is_422(nobody: FlaskClient) -> None:
    answer = nobody.post("/api/v1/session", json=["name"])
    assert answer.status_code == 422
    assert "对象" in answer.json["detail"]


def test_a_form_post_is_415(nobody: FlaskClient) -> None:
    answer = nobody.post("/api/v1/session", data={"name": "x", "password": "y"})
    assert answer.status_code == 415
    assert "application/json" in answer.json["detail"]


def test_unknown_and_missing_fields_are_named_each(nobody: FlaskClient) -> None:
    answer = nobody.post("/api/v1/session", json={"name": "x", "pasword": "y"})
    assert answer.status_code == 422
    assert {(found["field"], found["rule"]) for found in answer.json["errors"]} == {
        ("password", "required"),
        ("pasword", "unknown"),
    }
    assert all(found["message"] and found["en"] for found in answer.json["errors"])
    assert answer.json["problems"] == answer.json["errors"]


def test_a_body_of_50_mb_is_413(root: FlaskClient) -> None:
    for address, kind in (("/api/v1/definitions", "application/xml"), ("/api/v1/instances", "application/json")):
        answer = root.post(address, data=b" " * 50_000_000, content_type=kind)
        assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
        assert "上限" in answer.json["detail"] or "最大" in answer.json["detail"]


def test_characters_that_no_database_keeps_are_not_found_in_an_address(root: FlaskClient) -> None:
    assert root.get("/api/v1/tasks/%00").status_code == 404
    assert root.get("/api/v1/tasks?q=%00").status_code == 404


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Must be greater than or equal to 1 and less than or equal to 200.", "应在 1 到 200 之间。"),
        ("Must be one of: open, all.", "只能是：open, all。"),
        ("Longer than maximum length 9.", "最多 9 个字符或项。"),
        ("Something new.", "Something new."),
    ],
)
def test_findings_speak_chinese_and_keep_the_english(english: str, chinese: str) -> None:
    [found] = problems_of({"messages": {"query": {"size": [english]}}})
    assert (found["field"], found["message"], found["en"]) == ("size", chinese, english)
