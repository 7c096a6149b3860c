"""The built pages, and the health of the process."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from engine import schema
from engine.app import App


@pytest.mark.parametrize(
    ("path", "text"),
    [("/", "desk"), ("/hazards/YQ-1", "desk"), ("/m/", "phone"), ("/m", "phone"), ("/m/report", "phone")],
)
def test_each_address_gets_its_single_page_fresh(nobody: FlaskClient, path: str, text: str) -> None:
    answer = nobody.get(path)
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_hashed_asset_is_kept_for_a_year(nobody: FlaskClient) -> None:
    answer = nobody.get("/assets/desk-1a2b.js")
    assert answer.text == "run()"
    assert "immutable" in answer.headers["Cache-Control"] and "31536000" in answer.headers["Cache-Control"]


def test_an_asset_travels_compressed_to_a_browser_that_can_read_it(nobody: FlaskClient, built: Path) -> None:
    (built / "assets/desk-1a2b.js.gz").write_bytes(gzip.compress(b"run()"))
    answer = nobody.get("/assets/desk-1a2b.js", headers={"Accept-Encoding": "gzip, br"})
    assert (answer.headers["Content-Encoding"], gzip.decompress(answer.data)) == ("gzip", b"run()")
    assert "javascript" in answer.content_type and "Accept-Encoding" in answer.headers["Vary"]
    plain = nobody.get("/assets/desk-1a2b.js")
    assert (plain.text, "Content-Encoding" in plain.headers) == ("run()", False)


@pytest.mark.parametrize("path", ["/assets/gone-9f.js", "/assets/../../secret", "/api/nothing", "/..%2fsecret.txt"])
def test_nothing_outside_and_no_missing_asset_is_served(nobody: FlaskClient, built: Path, path: str) -> None:
    (built.parent / "secret.txt").write_text("for nobody", encoding="utf-8")
    answer = nobody.get(path)
    assert "for nobody" not in answer.text
    assert answer.status_code == 404 or answer.text == "desk"


def test_pages_that_are_not_built_yet_say_so(app: App, tmp_path: Path) -> None:
    answer = create_app(app, built=tmp_path / "nowhere").test_client().get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text


def test_a_living_process_says_so_without_login(nobody: FlaskClient) -> None:
    assert (nobody.get("/healthz").status_code, nobody.get("/healthz").json) == (200, {"status": "ok"})


def test_a_process_is_ready_only_with_the_schema_of_its_code(
    web: Flask, nobody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert nobody.get("/readyz").status_code == 503  # the tables of a test were made without a migration
    monkeypatch.setattr(schema, "check", lambda app: None)
    assert nobody.get("/readyz").json == {"status": "ready"}
