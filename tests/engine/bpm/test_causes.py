"""The full cause of an incident: what, where, through which code; bounded, and without secrets and paths."""

from typing import Any

import pytest
from marshmallow import Schema
from sqlalchemy.exc import DBAPIError, ProgrammingError

from engine.app import App
from engine.bpm import causes, definitions, incident_groups, incidents, instances, queries
from engine.bpm.expressions import evaluate
from engine.bpm.viewer import Viewer
from engine.errors import NotFound
from tests.engine.bpm.diagrams import diagram, flows

ADMIN = Viewer("root", admin=True)
HIDDEN = [
    ("cannot open /srv/secret-place/data/file.txt: gone", "secret-place"),
    ("cannot open C:\\Users\\li\\file.txt", "Users"),
    ("smtp://li:geheim@mail.example:25 refused", "geheim"),
    ("login failed, password=geheim, host=mail", "geheim"),
    ("{'api_key': 'geheim'}", "geheim"),
    ("密码：geheim", "geheim"),
    ("Authorization: Bearer geheim-geheim", "geheim"),
    ("token bihuan_geheimgeheimgeheim is bad", "geheim"),
    ("(sqlite3.Error) no\n[SQL: INSERT INTO person]\n[parameters: ('geheim',)]", "geheim"),
]


@pytest.mark.parametrize(("said", "hidden"), HIDDEN)
def test_what_an_error_says_is_kept_without_secrets_and_paths(said: str, hidden: str) -> None:
    assert hidden in said and hidden not in causes.plain(said)


def test_addresses_fractions_and_dates_are_no_paths() -> None:
    for said in ("see http://mail.example/a/b", "1/2 与 3/4", "2026/11/30", "and/or", "YQ-1 没有 level"):
        assert causes.plain(said) == said


def test_it_is_bounded_however_long_and_deep_the_error_is() -> None:
    error: Exception = ValueError("x" * 50_000)
    for n in range(20):
        try:
            raise RuntimeError(f"{n}" * 9_000) from error
        except RuntimeError as outer:
            error = outer
    error.__cause__.__cause__.__cause__ = error  # type: ignore[union-attr]  # a ring
    found = causes.of(error)
    assert len(found["errors"]) <= causes.MOST_ERRORS and len(str(found)) < 20_000


def test_frames_are_our_own_and_the_expression_is_named() -> None:
    with pytest.raises(Exception) as raised:
        evaluate("a + wrong", {"a": 1}, {})
    found = causes.of(raised.value)
    assert (found["type"], found["expression"]) == ("EvaluationFailed", "a + wrong")
    frames = [frame for one in found["errors"] for frame in one["frames"]]
    assert frames and all(frame.startswith("engine/") for frame in frames)
    assert any("expressions.py" in frame for frame in frames)


def _broken(*_: Any) -> dict[str, Any]:
    raise ProgrammingError("SELECT x", {"secret": "geheim"}, Exception("no such table"))


def test_an_operator_that_fails_inside_a_called_process_is_told_with_its_place(app: App) -> None:
    app.operators.operator("test.broken", title="坏的", schema=Schema)(_broken)
    inner = f"""<startEvent id="s"/><serviceTask id="work" name="计数" camunda:type="external"
        camunda:topic="test.broken"/><endEvent id="e"/>{flows("s>work", "work>e")}"""
    outer = f"""<startEvent id="s"/><callActivity id="call" calledElement="inner"/><endEvent id="e"/>
        {flows("s>call", "call>e")}"""
    files = {"i.bpmn": diagram(inner, key="inner"), "o.bpmn": diagram(outer, key="outer")}
    definitions.deploy(app, files, by="test")
    instances.start(app, "outer", {}, by="li", business_key="YQ-1")
    shown = incident_groups.show(app, queries.incidents(app, ADMIN).items[0]["id"])
    cause = shown["cause"]
    assert (cause["operator"], cause["element"], cause["name"], cause["process"], cause["calls"]) == (
        "test.broken", "work", "计数", "inner", ["call"]
    )  # fmt: skip
    assert [(one["type"], "no such table" in one["message"]) for one in cause["errors"]][:1] == [
        ("ProgrammingError", True)
    ]
    assert "geheim" not in str(shown) and "SELECT" not in str(shown)
    assert any("_operate" in frame for one in cause["errors"] for frame in one["frames"])
    assert not incidents.retry(app, shown["id"], by="root")  # again, with a cause of its own
    with pytest.raises(NotFound):
        incident_groups.show(app, "unknown")


def test_a_case_that_the_engine_could_not_move_tells_why(deployed: App) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    try:
        raise DBAPIError("SELECT 1", {"secret": "geheim"}, Exception("/srv/place/db.sqlite3 is locked"))
    except DBAPIError as error:
        incidents.park(deployed, case["id"], error)
    [found] = incident_groups.groups(deployed).items
    assert "geheim" not in found["message"] and "/srv" not in found["message"]
    assert [timer["status"] for timer in queries.timers(deployed, ADMIN, case["id"]).items] == ["blocked"]
    batch = incident_groups.retry(deployed, found["message"], by="root", reason="数据库修好了")
    assert batch["counts"] == {"done": 1} and incident_groups.groups(deployed).total == 0
    assert [timer["status"] for timer in queries.timers(deployed, ADMIN, case["id"]).items] == ["armed"]
    retried = queries.history(deployed, ADMIN, case["id"]).items[-1]
    assert (retried["event"], retried["actor"], retried["detail"]["reason"]) == ("retried", "root", "数据库修好了")
