"""The routes of the inbox and of choosing documents: what one gets, bad input, the stranger's 404, read twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import people, transfers
from engine.testing import FakeClock
from tests.api.conftest import signed_in, wired
from tests.api.test_transfers import write_hazard
from tests.copies import States

URL = "/api/v1/inbox"
Login = Callable[[str], FlaskClient]


@pytest.fixture
def web(app: App, states: States, built: Path, kept: dict[str, Flask]) -> Flask:
    """The sample registers, the shipped diagrams, one hazard and its transfer, on 2026-10-12 09:00."""
    app.clock = FakeClock(datetime(2026, 10, 12, 1, tzinfo=UTC))
    return wired(states.begin(app, write_transfer), built, kept)


def write_transfer(app: App) -> None:
    """The sample registers and diagrams, one hazard and its transfer."""
    write_hazard(app)
    clerk = people.viewer(people.show(app, "clerk-safety-office"))
    transfers.start(app, {"hazard": "YQ-2026-1001", "reason": "拒不配合"}, viewer=clerk)


@pytest.fixture
def login(app: App, web: Flask) -> Login:
    """Clients of the sample people."""
    return partial(signed_in, app, web)


def test_the_inbox_of_a_department_and_the_mirror_of_the_office(login: Login) -> None:
    office = login("clerk-safety-office")
    [sent] = office.get(f"{URL}?box=sent&kind=transfer").json["items"]
    department = login(f"officer-{sent['receiver'].replace('_', '-')}")
    [got] = department.get(URL).json["items"]
    assert (got["key"], got["state"], got["mine"], got["unread"]) == (sent["key"], "待签收", True, True)
    assert got["due_at"].endswith("+08:00") and got["lamp"] == "orange"
    one = f"{URL}/transfer/{got['key']}"
    assert [department.post(f"{one}/read").json["unread"] for _ in range(2)] == [False, False]
    assert department.get(f"{URL}?unread=true").json["total"] == 0
    [line] = department.get(f"{URL}/counts").json["items"]
    assert (line["kind"], line["open"], line["mine"], line["unread"]) == ("transfer", 1, 1, 0)
    shown = department.get(f"/api/v1/transfers/{got['key']}").json
    assert (shown["may_return"], shown["return_due_at"]) == (True, "2026-10-20T00:00:00+08:00")
    clauses = department.get("/api/v1/transfers/return-clauses").json
    assert clauses["total"] and clauses["items"][0]["note"] == "示例规则，需法制审核"


def test_a_stranger_gets_nothing_and_wrong_questions_are_refused(login: Login) -> None:
    [sent] = login("clerk-safety-office").get(f"{URL}?box=sent&kind=transfer").json["items"]
    stranger = login("officer-civil-affairs")
    assert stranger.get(URL).json["total"] == 0 and stranger.get(f"{URL}/counts").json["items"] == []
    one = f"{URL}/transfer/{sent['key']}"
    assert (stranger.get(one).status_code, stranger.post(f"{one}/read").status_code) == (404, 404)
    for wrong in ("box=all", "kind=x", "waiting=x", "page=0", "size=9999", "overdue=perhaps", "x=1"):
        assert stranger.get(f"{URL}?{wrong}").status_code == 422, wrong
    for unknown in ("transfer/%00", "letter/1", "measure/99999999999999999999", "nothing/1"):
        assert stranger.get(f"{URL}/{unknown}").status_code == 404, unknown


def test_only_what_an_office_may_make_is_offered_with_what_it_lacks(login: Login) -> None:
    office = login("clerk-safety-office")
    [sent] = office.get(f"{URL}?box=sent&kind=transfer").json["items"]
    types = "/api/v1/document-types/choices"
    ours = {one["type"]: one for one in office.get(f"{types}?hazard={sent['hazard']}").json["items"]}
    assert ours["工作提醒函"]["ready"] and "现场处理措施决定书" not in ours and "送达回证" not in ours
    department = login(f"officer-{sent['receiver'].replace('_', '-')}")
    theirs = {one["type"]: one for one in department.get(f"{types}?hazard={sent['hazard']}").json["items"]}
    lacking = theirs["现场检查记录"]
    assert not lacking["ready"] and [need["met"] for need in lacking["needs"]] == [False]
    assert lacking["needs"][0]["types"] and lacking["needs"][0]["document"] is None
    plan = {"type": lacking["needs"][0]["types"][0], "hazard": sent["hazard"]}
    made = department.post("/api/v1/documents", json=plan).json
    again = {one["type"]: one for one in department.get(f"{types}?hazard={sent['hazard']}").json["items"]}
    assert again["现场检查记录"]["needs"][0]["document"] == made["id"]
    assert again["现场检查记录"]["needs"][0]["state"] == "起草"
    assert department.get(f"/api/v1/documents/{made['id']}/needs").json["items"] == []
    assert department.get(f"/api/v1/documents?q={sent['hazard']}").json["total"] == 1
    assert department.get("/api/v1/documents?q=%25").json["total"] == 0
    assert (made["outcome"], made["opinion"]) == ("", "")
    stranger = login("officer-civil-affairs")
    hidden, unknown = (stranger.get(f"{types}?hazard={number}") for number in (sent["hazard"], "YQ-2026-9999"))
    assert hidden.status_code == unknown.status_code == 422
    assert hidden.json["errors"][0]["rule"] == unknown.json["errors"][0]["rule"] == "unknown"
    assert stranger.get(f"/api/v1/documents/{made['id']}/needs").status_code == 404
    assert login("admin").get(types).json["items"] == []  # an admin has no unit in whose name to write
