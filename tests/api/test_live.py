"""Server-sent events of the work list: a stream that ends at once and says when to come again."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def ask(client: FlaskClient, mark: str = "") -> tuple[TestResponse, dict[str, str]]:
    """One turn of the stream and its fields."""
    answer = client.get("/api/v1/live", headers={"Last-Event-ID": mark} if mark else {})
    assert answer.status_code == 200 and answer.mimetype == "text/event-stream"
    assert answer.text.endswith("\n\n")
    return answer, dict(line.split(": ", 1) for line in answer.text.strip().splitlines())


def test_a_new_task_is_told_once_to_who_may_see_it(
    owner: FlaskClient, stranger: FlaskClient, root: FlaskClient, review: str
) -> None:
    root.post("/api/v1/instances", json={"definition": review})
    (_, first), (_, elsewhere) = ask(owner), ask(stranger)
    assert "event" not in first and int(first["retry"]) >= 1000
    root.post("/api/v1/instances", json={"definition": review})
    _, told = ask(owner, first["id"])
    assert (told["event"], told["data"]) == ("tasks", '{"open": 2}')
    assert "event" not in ask(owner, told["id"])[1]
    assert "event" not in ask(stranger, elsewhere["id"])[1]


def test_the_stream_is_not_kept_by_anybody_in_between_and_takes_any_mark(owner: FlaskClient) -> None:
    answer, _ = ask(owner, "no mark of ours")
    assert answer.headers["Cache-Control"] == "no-store"
