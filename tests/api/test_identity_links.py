"""Candidates over HTTP: who sees and changes them, and two at once."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from tests.api.conftest import signed_in


def test_candidates_of_a_running_task_are_looked_at_added_and_removed(
    app: App, web: Flask, root: FlaskClient, owner: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    address = f"/api/v1/tasks/{task_id}/identity-links"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, json={"user": "stranger", "reason": "x"}).status_code == 404
    assert stranger.delete(f"{address}/group:safety_office?reason=x").status_code == 404
    wrong: list[dict[str, object]] = [
        {}, {"user": "stranger"}, {"reason": "x"}, {"user": "stranger", "group": "fire_station", "reason": "x"},
        {"user": 7, "reason": "x"}, {"user": "nobody", "reason": "x"}, {"group": "fire_station", "reason": "x"},
        {"user": "x" * 300, "reason": "x"}, {"user": "stranger", "reason": " "},
    ]  # fmt: skip
    assert {owner.post(address, json=body).status_code for body in wrong} == {422}
    assert owner.post(address, json={"user": "a\0", "reason": "x"}).status_code == 400
    added = owner.post(address, json={"user": "stranger", "reason": "熟悉现场"})
    assert (added.status_code, added.json["users"]) == (200, ["stranger"])  # type: ignore[index]
    found = stranger.get(address).get_json()
    assert (found["total"], found["items"][-1]) == (
        2,
        {"id": "user:stranger", "type": "candidate", "user": "stranger", "group": None},
    )
    only = str(found["items"][0]["id"])
    assert owner.delete(f"{address}/user:stranger").status_code == 422
    assert owner.delete(f"{address}/user:b%00?reason=x").status_code == 404
    again = signed_in(app, web, "root")
    with ThreadPoolExecutor(2) as pool:  # each takes away the last but one
        both = [
            pool.submit(client.delete, f"{address}/{link}?reason=x")
            for client, link in ((root, only), (again, "user:stranger"))
        ]
    assert sorted(one.result().status_code for one in both) == [204, 409]
