"""Files of a task over HTTP: up, listed, down, and off again."""

import io

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def send(client: FlaskClient, task_id: str, content: bytes = b"%PDF-1.7", name: str = "报告 1.pdf") -> TestResponse:
    return client.post(f"/api/v1/tasks/{task_id}/attachments", data={"file": (io.BytesIO(content), name)})


def test_a_file_is_sent_listed_saved_and_removed(
    owner: FlaskClient, colleague: FlaskClient, root: FlaskClient, task_id: str
) -> None:
    answer = send(owner, task_id)
    assert answer.status_code == 201, answer.json
    file = answer.json
    assert (file["name"], file["size"], file["author"]) == ("报告 1.pdf", 8, "owner")
    assert file["at"].endswith("+08:00")
    assert colleague.get(f"/api/v1/tasks/{task_id}").json["attachments"] == [file]
    address = f"/api/v1/tasks/{task_id}/attachments/{file['id']}"
    down = colleague.get(address)
    assert (down.status_code, down.data, down.content_type) == (200, b"%PDF-1.7", "application/pdf")
    assert down.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A%201.pdf"
    assert down.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in down.headers["Content-Security-Policy"]
    assert colleague.delete(address).status_code == 403
    assert root.delete(address).status_code == 204
    assert [client.get(address).status_code for client in (owner, root)] == [404, 404]
    assert owner.get(f"/api/v1/tasks/{task_id}").json["attachments"] == []


def test_a_page_sent_as_a_picture_comes_back_as_text_to_save(owner: FlaskClient, task_id: str) -> None:
    file = send(owner, task_id, b"<html><script>alert(1)</script>", "../../x.png").json
    assert (file["name"], file["media_type"]) == ("x.png", "text/plain; charset=utf-8")
    down = owner.get(f"/api/v1/tasks/{task_id}/attachments/{file['id']}")
    assert down.headers["Content-Disposition"].startswith("attachment;")
    assert down.content_type == "text/plain; charset=utf-8"


def test_a_stranger_learns_nothing(owner: FlaskClient, stranger: FlaskClient, task_id: str) -> None:
    address = f"/api/v1/tasks/{task_id}/attachments/{send(owner, task_id).json['id']}"
    assert send(stranger, task_id).status_code == 404
    assert stranger.get(address).status_code == stranger.delete(address).status_code == 404


def test_an_empty_and_a_missing_file_are_refused(owner: FlaskClient, task_id: str) -> None:
    assert send(owner, task_id, b"").status_code == 422
    answer = owner.post(f"/api/v1/tasks/{task_id}/attachments", data={}, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "file")
    owner.post(f"/api/v1/tasks/{task_id}/complete")
    assert send(owner, task_id).status_code == 409
