"""The cockpit over HTTP: for admins only, others find no such address; wrong questions are named; two at once."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import definitions, notices
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import diagram, flows

HERE = "/api/v1/cockpit"
READS = (
    "health", "schedulers", "timers", "messages", "notices", "definitions", "definitions/review/versions",
    "definitions/review/heat?since=2026-09-01", "instances", "incident-groups", "audit", "audit/csv",
    "audit/registers", "audit/registers/csv",
)  # fmt: skip


@pytest.fixture
def failing(app: App, root: FlaskClient) -> str:
    """A process whose script lacks a variable, with two cases that stand there."""
    body = f"""<startEvent id="start"/><scriptTask id="fail"><script>y = wrong + 1</script></scriptTask>
        <endEvent id="end"/>{flows("start>fail", "fail>end")}"""
    definitions.deploy(app, {"f.bpmn": diagram(body, key="failing")}, by="root")
    for number in ("YQ-1", "YQ-2"):
        root.post("/api/v1/instances", json={"definition": "failing", "business_key": number})
    return "failing"


@pytest.mark.parametrize("path", READS)
def test_an_admin_reads_and_to_others_there_is_no_such_address(
    root: FlaskClient, owner: FlaskClient, stranger: FlaskClient, task_id: str, path: str
) -> None:
    assert root.get(f"{HERE}/{path}").status_code == 200
    for client in (owner, stranger):
        refused = client.get(f"{HERE}/{path}")
        assert (refused.status_code, refused.json["detail"]) == (404, "没有这个地址。")


def test_the_acts_are_for_admins_too(owner: FlaskClient, root: FlaskClient, task_id: str) -> None:
    found = {"kind": "cancel", "reason": "x", "expected": 1, "found": {}}
    case = root.get(f"{HERE}/instances").json["items"][0]["id"]
    for path, body in (
        ("instances/order", found),
        ("incident-groups/retry", {"message": "x", "reason": "x"}),
        ("notices/x/send-again", {}),
    ):
        assert owner.post(f"{HERE}/{path}", json=body).status_code == 404
    assert owner.get(f"{HERE}/instances/{case}/tree").status_code == 404


def test_heat_asks_for_a_period_and_a_definition(root: FlaskClient, task_id: str) -> None:
    shown = root.get(f"{HERE}/definitions/review/heat?since=2026-09-01").json
    running = {row["element"]: row["running"] for row in shown["elements"]}
    assert running["check"] == 1 and shown["all_versions"] is True
    assert root.get(f"{HERE}/definitions/review/heat").status_code == 422
    assert root.get(f"{HERE}/definitions/review/heat?since=2026-09-01&version=0").status_code == 422
    assert root.get(f"{HERE}/definitions/review/heat?since=2026-09-01&version=7").status_code == 404
    assert root.get(f"{HERE}/definitions/none/heat?since=2026-09-01").status_code == 404
    assert root.get(f"{HERE}/definitions/none/versions").status_code == 404


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("instances?state=dead", "state"),
        ("instances?variable=nonsense", "variable"),
        ("instances?version=x", "version"),
        ("instances?started_since=yesterday", "started_since"),
        ("instances?sort=state", "sort"),
        ("timers?state=gone", "state"),
        ("timers?sort=x", "sort"),
        ("notices?status=lost", "status"),
        ("audit?before=0", "before"),
        ("audit?size=500", "size"),
        ("audit?people=perhaps", "people"),
        ("audit/registers?noun=cat", "noun"),
        ("audit/registers?before=0", "before"),
        ("audit/registers?size=500", "size"),
        ("audit/registers?since=yesterday", "since"),
        ("audit/registers?element=x", "element"),
    ],
)
def test_a_question_that_makes_no_sense_names_the_field(root: FlaskClient, path: str, field: str) -> None:
    answer = root.get(f"{HERE}/{path}")
    assert answer.status_code == 422
    assert [found["field"] for found in answer.json["errors"]] == [field]


def test_all_that_were_found_are_ordered_about_unless_others_were_first(root: FlaskClient, task_id: str) -> None:
    order = {"kind": "suspend", "reason": "停一停", "expected": 1, "found": {"definition": "review", "state": "open"}}
    assert root.post(f"{HERE}/instances/order", json={**order, "expected": 2}).status_code == 409
    assert root.post(f"{HERE}/instances/order", json={**order, "found": {"colour": "red"}}).status_code == 422
    assert root.post(f"{HERE}/instances/order", json={**order, "reason": " "}).status_code == 422
    done = root.post(f"{HERE}/instances/order", json=order)
    assert (done.status_code, done.json["counts"]) == (201, {"done": 1})
    again = root.post(f"{HERE}/instances/order", json={**order, "found": {"state": "running", "q": "YQ-9"}})
    assert again.status_code == 409 and "0 件" in again.json["detail"]


def test_the_tree_of_a_case_is_paged_and_an_unknown_case_is_404(root: FlaskClient, task_id: str) -> None:
    case = root.get(f"{HERE}/instances").json["items"][0]
    assert case["hazard"] is None
    tree = root.get(f"{HERE}/instances/{case['id']}/tree").json
    assert (tree["total"], tree["page"]) == (1, 1)
    [line] = tree["items"]
    assert (line["relation"], line["depth"], line["parent"], line["inside"]) == ("self", 0, None, [])
    assert line["stands"] and line["hazard"] is None
    assert root.get(f"{HERE}/instances/{case['id']}/tree?page=2").json["items"] == []
    assert root.get(f"{HERE}/instances/{case['id']}/tree?page=0").status_code == 422
    assert root.get(f"{HERE}/instances/none/tree").status_code == 404


def test_incidents_of_one_cause_are_retried_together_and_once(root: FlaskClient, failing: str) -> None:
    [group] = root.get(f"{HERE}/incident-groups").json["items"]
    assert (group["count"], group["definition"], group["element"]) == (2, failing, "fail")
    batch = root.post(f"{HERE}/incident-groups/retry", json={"message": group["message"], "reason": "已修复"})
    assert (batch.status_code, batch.json["total"]) == (201, 2)
    gone = root.post(f"{HERE}/incident-groups/retry", json={"message": "别的原因", "reason": "x"})
    assert gone.status_code == 409
    assert root.post(f"{HERE}/incident-groups/retry", json={"message": "", "reason": "x"}).status_code == 422


def test_a_notice_that_was_given_up_is_sent_again_once(app: App, root: FlaskClient, task_id: str) -> None:
    app.wall = wall = FakeClock()
    with app.transaction() as tx:
        notices.queue(app, tx, recipient="owner", subject="催办", body="秘密", now=app.clock())
    claimed = notices.claim_next(app)
    assert claimed is not None
    notices.mark_failed(app, claimed, "550 no such user", permanent=True, jitter=0)
    [row] = root.get(f"{HERE}/notices?status=failed").json["items"]
    assert (row["last_error"], row["attempts"], "body" in row) == ("550 no such user", 1, False)
    wall.advance(days=3)
    sent = root.post(f"{HERE}/notices/{row['id']}/send-again").json
    assert (sent["status"], sent["attempts"]) == ("pending", 0)
    claimed = notices.claim_next(app)
    assert claimed is not None
    notices.mark_sent(app, claimed)
    assert root.post(f"{HERE}/notices/{row['id']}/send-again").status_code == 409
    assert root.post(f"{HERE}/notices/none/send-again").status_code == 404
    assert [one["status"] for one in root.get(f"{HERE}/notices?q=催办").json["items"]] == ["sent"]


def test_the_audit_is_searched_and_exported(root: FlaskClient, task_id: str, clock: FakeClock) -> None:
    clock.advance(hours=1)
    case = root.get(f"{HERE}/instances").json["items"][0]["id"]
    root.post(f"/api/v1/instances/{case}/suspend", json={"reason": "停一停"})
    found = root.get(f"{HERE}/audit?q=停一停").json
    assert [(row["event"], row["actor"], row["business_key"]) for row in found["items"]] == [
        ("suspended", "root", "YQ-1")
    ]
    assert found["next"] is None
    text = root.get(f"{HERE}/audit/csv?instance=YQ-1")
    assert text.content_type.startswith("text/csv") and "停一停" in text.text
    assert root.get(f"{HERE}/audit/csv?since=2026-10-01&until=2026-09-01").status_code == 422
    later = (clock() + timedelta(hours=1)).isoformat().replace("+", "%2B")
    assert root.get(f"{HERE}/audit?since={later}").json["items"] == []


def test_edits_of_the_registers_are_searched_and_exported_too(root: FlaskClient, task_id: str) -> None:
    made = root.post("/api/v1/units", json={"code": "dept", "name": "某部门", "kind": "department"})
    assert made.status_code == 201
    found = root.get(f"{HERE}/audit/registers?noun=unit&subject=某").json
    assert [(row["key"], row["subject"], row["by"], row["made"]) for row in found["items"]] == [
        ("dept", "某部门", "root", True)
    ]
    text = root.get(f"{HERE}/audit/registers/csv?noun=unit")
    assert text.content_type.startswith("text/csv") and "某部门" in text.text
    assert root.get(f"{HERE}/audit/registers/csv?since=2026-10-01&until=2026-09-01").status_code == 422
