"""Guards over all routes: who asks, what is documented, the shape of lists, the headers, the size of a route."""

import ast
import fnmatch
import inspect
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Rule

from api import auth
from api.app import NOUNS

WEB = Path(__file__).parents[2] / "web"
ACTS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def _routes(web: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in web.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & ACTS):
            yield method, rule.rule, rule


def _address(rule: Rule) -> str:
    numbers = (
        "version", "timer_id", "visit_id", "candidate_id", "duty_id", "measure_id", "snapshot_id", "deadline_id",
        "publicity_id", "objection_id", "lawsuit_id", "proposal_id", "penalty_id", "no",
    )  # fmt: skip
    counted = dict.fromkeys(numbers, 1) | {"year": 2026} | ({"number": 1} if "<int:number>" in rule.rule else {})
    values: dict[str, Any] = {name: counted.get(name, "x") for name in rule.arguments}
    return rule.build(values, append_unknown=False)[1]  # type: ignore[index]


def test_every_route_asks_who_you_are_unless_it_is_on_the_public_list(web: Flask, nobody: FlaskClient) -> None:
    for method, path, rule in _routes(web):
        answer = nobody.open(_address(rule), method=method)
        assert (answer.status_code == 401) == (rule.endpoint not in auth.PUBLIC), f"{method} {path}"


def test_the_public_list_names_only_routes_that_exist(web: Flask) -> None:
    assert {rule.endpoint for rule in web.url_map.iter_rules()} >= auth.PUBLIC


def test_no_body_has_a_field_that_is_read_in_the_place_of_one_of_the_address(document: dict[str, Any]) -> None:
    """Both are arguments of the route: the body would win."""
    schemas, found = document["components"]["schemas"], set()
    for method, path, operation in _operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        fields = set(schemas[content["$ref"].split("/")[-1]]["properties"]) if "$ref" in content else set()
        found |= {f"{method} {path} {name}" for name in fields & set(re.findall(r"{(\w+)}", path))}
    assert found == {"POST /api/v1/hazards/{number}/lawsuits number"}  # read as case_number


@pytest.fixture
def document(nobody: FlaskClient) -> dict[str, Any]:
    """The OpenAPI document, read without logging in."""
    found: dict[str, Any] = nobody.get("/api/v1/openapi.json").json
    return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in {"get", "post", "patch", "delete"} & set(item):
            yield method.upper(), path, item[method]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the document is the same on each
def test_the_openapi_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_of_the_api_is_documented_with_a_sentence(web: Flask, document: dict[str, Any]) -> None:
    served = {
        (method, re.sub(r"<(?:int(?:\(.*?\))?:)?(\w+)>", r"{\1}", path))
        for method, path, _ in _routes(web)
        if path.startswith("/api/v1") and not path.endswith("openapi.json")
    }
    assert served == {(method, path) for method, path, _ in _operations(document)}
    for method, path, operation in _operations(document):
        assert operation["summary"].endswith(("。", "}")), f"{method} {path}"


def test_every_address_that_a_page_calls_is_a_route_of_the_api(document: dict[str, Any]) -> None:
    def shape(path: str) -> str:
        return re.sub(r"\$?\{[^{}]*\}", "*", path)

    routes = {(method, shape(path)) for method, path, _ in _operations(document)}
    call = re.compile(
        r"\b(get|post|upload|request)(?:<[\w<>\[\], ]*>)?\(\s*[`'](/[^`'?]*)[`'](?:, \{ method: '(\w+)')?"
    )
    seen = 0
    for page in sorted(p for kind in ("vue", "ts") for p in WEB.rglob(f"*.{kind}") if "node_modules" not in p.parts):
        for verb, path, method in call.findall(page.read_text()):
            acts = {"get": ["GET"], "request": [method or "GET"]}.get(verb, ["POST"])
            wanted = f"/api/v1{shape(path)}"
            matches = [have for act, have in routes if act in acts and fnmatch.fnmatch(have, wanted)]
            assert matches, f"{page.relative_to(WEB)}: {acts[0]} {path}"
            seen += 1
    assert seen > 20


def test_the_routes_of_the_contract_are_there(document: dict[str, Any]) -> None:
    promised = """
        POST /session, DELETE /session, GET /me, POST /definitions, POST /definitions/lint, GET /definitions,
        GET /definitions/{key}, GET /definitions/{key}/versions, GET /definitions/{key}/versions/{version},
        GET /definitions/{key}/versions/{version}/xml, POST /instances, GET /instances, GET /instances/{instance_id},
        GET /instances/{instance_id}/history, GET /instances/{instance_id}/timers,
        POST /instances/{instance_id}/suspend, POST /instances/{instance_id}/resume,
        POST /instances/{instance_id}/cancel, GET /tasks, GET /tasks/{task_id}, POST /tasks/{task_id}/claim,
        POST /tasks/{task_id}/release, POST /tasks/{task_id}/complete, POST /tasks/{task_id}/delegate,
        POST /tasks/{task_id}/return, POST /tasks/{task_id}/comment, POST /messages, GET /incidents,
        POST /incidents/{incident_id}/retry, GET /hazards, POST /hazards, GET /hazards/{number},
        GET /hazards/{number}/deadlines, GET /hazards/{number}/events, GET /hazards/{number}/documents,
        GET /places, POST /places, GET /visits,
        POST /visits, GET /units, POST /units, GET /people, POST /people, POST /files, GET /files/{file_id},
        GET /demo/clock, POST /demo/clock
    """
    served = {f"{method} {path.removeprefix('/api/v1')}" for method, path, _ in _operations(document)}
    assert {line.strip() for line in promised.split(",")} <= served


PAGE = {"items", "total", "page", "size"}
LEDGER = {"capped", "next", "previous"}  # beside the page: the ledger is turned by cursors, too
PLURALS = {  # no lists, but what one thing has several of
    "/api/v1/board/lamps", "/api/v1/board/trends", "/api/v1/units/{code}/uses", "/api/v1/codes/{code}/uses",
    "/api/v1/cockpit/audit/registers",  # turned back stretch by stretch, like the audit of the processes
}  # fmt: skip


def _shape(path: str) -> set[str]:
    return PAGE | LEDGER if path == "/api/v1/hazards" else PAGE


def _lists(document: dict[str, Any]) -> Iterator[str]:
    for method, path, operation in _operations(document):
        schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if method == "GET" and schema.get("$ref", "").endswith("Page"):
            yield path


def test_every_route_named_by_a_plural_is_a_list_in_the_page_shape(document: dict[str, Any]) -> None:
    known = set(_lists(document))
    plural = {path for method, path, _ in _operations(document) if method == "GET" and path.endswith("s")}
    named = {
        "/api/v1/instances/{instance_id}/history", "/api/v1/people", "/api/v1/patrol", "/api/v1/inbox",
        "/api/v1/board/lines/{of}", "/api/v1/cockpit/instances/{instance_id}/tree",
    }  # fmt: skip
    assert plural - PLURALS | named == known
    for path in known:
        name = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        members = document["components"]["schemas"][name.split("/")[-1]]
        assert set(members["properties"]) == set(members["required"]) == _shape(path), path


def test_an_empty_list_has_the_page_shape(root: FlaskClient, document: dict[str, Any]) -> None:
    for path in _lists(document):
        if "{" not in path:
            answer = root.get(path)
            assert answer.status_code == 200, path
            assert set(answer.json) == _shape(path), path


@pytest.mark.parametrize("wrong", ["page=0", "page=x", "page=99999999999999999999", "size=0", "size=201", "size=-1"])
def test_a_wrong_page_or_size_is_refused_by_every_paged_list(
    root: FlaskClient, document: dict[str, Any], wrong: str
) -> None:
    paged = [path for path in _lists(document) if "{" not in path]
    assert len(paged) >= 9
    for path in paged:
        answer = root.get(f"{path}?{wrong}")
        assert answer.status_code == 422, path
        assert [found["field"] for found in answer.json["errors"]] == [wrong.partition("=")[0]]


def test_an_unknown_filter_is_named_by_every_list(root: FlaskClient, document: dict[str, Any]) -> None:
    for path in _lists(document):
        if "{" not in path:
            answer = root.get(f"{path}?colour=red")
            assert answer.status_code == 422, path
            assert [(found["field"], found["rule"]) for found in answer.json["errors"]] == [("colour", "unknown")]


def test_the_page_about_the_api_needs_nothing_from_elsewhere(nobody: FlaskClient, document: dict[str, Any]) -> None:
    page = nobody.get("/api/docs")
    assert page.status_code == 200
    for _, path, operation in _operations(document):
        assert path in page.text and escape(operation["summary"]) in page.text
    assert "<script" not in page.text and "http" not in page.text.replace("httpx", "")


def test_every_answer_carries_the_guarding_headers(nobody: FlaskClient, root: FlaskClient) -> None:
    answers = [nobody.get(path) for path in ("/", "/m/", "/api/docs", "/api/v1/me", "/healthz", "/api/v1/nothing")]
    for answer in [*answers, root.get("/api/v1/me")]:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_a_person_may_see_is_kept_in_no_cache(root: FlaskClient) -> None:
    assert root.get("/api/v1/me").headers["Cache-Control"] == "no-store"


def test_a_route_is_at_most_four_statements() -> None:
    for noun, (name, function) in itertools.chain.from_iterable(
        ((noun, pair) for pair in inspect.getmembers(noun, inspect.isfunction)) for noun in NOUNS
    ):
        if not hasattr(function, "_apidoc") or function.__module__ != noun.__name__:
            continue
        tree = ast.parse(Path(inspect.getfile(noun)).read_text(encoding="utf-8"))
        body = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name).body
        assert len(body) - 1 <= 4, f"{noun.__name__}.{name}: parse, call a verb, shape, return"


@pytest.mark.parametrize("guide", ["integrate", "tasks"])
def test_the_guides_name_only_addresses_that_exist(document: dict[str, Any], guide: str) -> None:
    text = (Path(__file__).parents[2] / f"docs/guide/{guide}.md").read_text(encoding="utf-8")
    named = {path.rstrip("/") for path in re.findall(r"/api/v1(?:/[\w{}-]+)+", text)}
    known = [re.compile(re.sub(r"{\w+}", "[^/]+", path)) for path in (*document["paths"], "/api/v1/openapi")]
    assert len(named) >= 10
    assert [path for path in named if not any(pattern.fullmatch(path) for pattern in known)] == []


# Routes that make something without an idempotency key, and why the same request twice makes it once (or does no harm).
REPEATABLE = {
    "/tasks/{task_id}/attachments": "the same file under the same name is attached once",
    "/deadlines/{deadline_id}/extension": "a request waits for its answer already",
    "/migrations": "the second order finds nothing left to move",
    "/batches": "the second order finds nothing left to do",
    "/cockpit/instances/order": "the second order finds nothing left to do",
    "/cockpit/incident-groups/retry": "the second order finds nothing left to retry",
    "/board/outlines": "the outlines are replaced",
    "/channels/mail/test": "whoever tries twice wants two letters",
    "/channels/sms/test": "whoever tries twice wants two messages",
    "/citizen-reports/{number}/reward": "a report has one reward",
    "/codes": "another row of this code covers the day",
    "/definitions": "the same files are the same version",
    "/drafts/{key}/deploy": "the revision of the draft is told",
    "/editor/{key}/versions/{version}/roll-back": "that version is the newest then",
    "/units/standard": "there are units then",
    "/plan/milestones": "the code is taken",
    "/plan/tasks": "the number is taken",
    "/task-filters": "the name is taken",
    "/ledger/filters": "the name is taken",
    "/imports": "a sheet that nobody starts imports nothing",
    "/people": "the login name is taken",
    "/people/{name}/password": "the last one shown holds",
    "/pictures": "the same picture is there once",
    "/places/{place_id}/penalties": "a number of a decision is there once",
    "/public/documents/{code}/completion/photos": "the same photo is there once",
    "/public/reports/{code}/photos": "the same photo is there once",
    "/reports/{form}": "a period that is frozen needs a reason to be frozen again",
    "/substitutions": "two equal ones let the same person act as one does",
    "/document-types/{type}/templates": "the same file as in use changes nothing",
    "/units": "the code is taken",
    "/powers": "two equal entries of a list entitle to what one entitles",
}


def test_what_makes_something_takes_an_idempotency_key_or_may_safely_be_repeated(document: dict[str, Any]) -> None:
    making = {
        path.removeprefix("/api/v1"): any(
            given.get("name") == "Idempotency-Key" for given in operation.get("parameters", ())
        )
        for method, path, operation in _operations(document)
        if method == "POST" and "201" in operation["responses"]
    }
    assert {path for path, keyed in making.items() if not keyed} == set(REPEATABLE)
