"""Definitions over HTTP: deploy, versions, what is refused and why."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.commands.lint import lint
from engine.bounded import STANDARD, Compute, Limits
from engine.bpm import definitions, deploy_gate
from engine.forker import Forker
from tests.api.conftest import REVIEW
from tests.engine.bpm.diagrams import diagram, flows
from tests.engine.bpm.hostile_files import HOSTILE

XML = "application/xml"


def deploy(client: FlaskClient, xml: bytes, path: str = "") -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/definitions{path}", data=xml, content_type=XML)
    return answer.status_code, answer.json


def test_one_bpmn_as_xml_becomes_a_version(root: FlaskClient, owner: FlaskClient) -> None:
    status, made = deploy(root, REVIEW)
    assert status == 201
    assert (made["key"], made["version"]) == ("review", 1)
    assert made["id"] and isinstance(made["problems"], list)
    assert owner.get("/api/v1/definitions/review").json["version"] == 1
    assert [found["key"] for found in owner.get("/api/v1/definitions?q=复核").json["items"]] == ["review"]


def test_the_diagram_comes_back_byte_for_byte(root: FlaskClient, owner: FlaskClient) -> None:
    deploy(root, REVIEW)
    answer = owner.get("/api/v1/definitions/review/versions/1/xml")
    assert answer.mimetype == XML
    assert answer.data == REVIEW


def test_a_change_is_a_new_version_and_the_same_content_is_not(root: FlaskClient) -> None:
    deploy(root, REVIEW)
    assert deploy(root, REVIEW)[1]["version"] == 1
    assert deploy(root, REVIEW.replace("核对材料".encode(), "再核对".encode()))[1]["version"] == 2
    versions = root.get("/api/v1/definitions/review/versions").json
    assert [found["version"] for found in versions["items"]] == [2, 1]


def test_several_files_are_one_deployment(root: FlaskClient) -> None:
    form = '{"type": "default", "id": "note", "components": [{"type": "textfield", "key": "note", "label": "说明"}]}'
    with_form = REVIEW.replace(b'camunda:dueDate="', b'camunda:formRef="note" camunda:dueDate="')
    files = {"files": [(io.BytesIO(with_form), "a/review.bpmn"), (io.BytesIO(form.encode()), "note.form")]}
    answer = root.post("/api/v1/definitions", data=files, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.json
    assert [made["key"] for made in answer.json["definitions"]] == ["review"]


def test_called_processes_are_taken_from_their_deployment_even_when_that_held_several(root: FlaskClient) -> None:
    def sent(**processes: bytes) -> object:
        parts = {"files": [(io.BytesIO(content), f"{name}.bpmn") for name, content in processes.items()]}
        return root.post("/api/v1/definitions", data=parts, content_type="multipart/form-data").status_code

    plain = f'<startEvent id="s"/><endEvent id="e"/>{flows("s>e")}'
    assert sent(one=diagram(plain, key="one"), two=diagram(plain, key="two")) == 201
    calls = '<callActivity id="a" calledElement="one"/><callActivity id="b" calledElement="two"/>'
    caller = diagram(f'<startEvent id="s"/>{calls}<endEvent id="e"/>{flows("s>a", "a>b", "b>e")}', key="caller")
    assert sent(caller=caller) == 201


def test_only_an_admin_deploys(owner: FlaskClient) -> None:
    assert deploy(owner, REVIEW)[0] == 403
    assert owner.get("/api/v1/definitions").json["total"] == 0


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<a/>",
        REVIEW[: len(REVIEW) // 2],
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        REVIEW.replace(b'targetRef="check"', b'targetRef="nowhere"'),
        REVIEW.replace(b"${workdays(3)}", b"${workdays(}"),
        REVIEW.replace(b"${workdays(3)}", b"${__import__('os')}"),
        REVIEW.replace(b' camunda:candidateGroups="safety_office"', b""),
    ],
    ids=["empty", "no xml", "no bpmn", "cut", "dtd", "loose end", "bad expression", "hostile expression", "no group"],
)
def test_a_bad_file_is_422_with_problems_and_nothing_is_deployed(root: FlaskClient, xml: bytes) -> None:
    status, answer = deploy(root, xml)
    assert status == 422
    assert answer["problems"], answer
    assert all(found["message"] for found in answer["problems"])  # type: ignore[attr-defined]
    assert "root:" not in str(answer)
    assert root.get("/api/v1/definitions").json["total"] == 0


def test_lint_finds_the_same_and_deploys_nothing(owner: FlaskClient) -> None:
    status, answer = deploy(owner, REVIEW.replace(b"${workdays(3)}", b"${workdays(}"), "/lint")
    assert status == 200
    assert "error" in {found["severity"] for found in answer["problems"]}  # type: ignore[attr-defined]
    good = deploy(owner, REVIEW, "/lint")[1]
    assert "error" not in {found["severity"] for found in good["problems"]}  # type: ignore[attr-defined]
    assert owner.get("/api/v1/definitions").json["total"] == 0


@pytest.mark.parametrize(
    "why",
    ["billion laughs", "a file from the disk", "20 AND blocks", "2^20 tokens", "10 million instances", "a self-call"],
)
def test_the_gate_the_editor_and_the_command_say_the_same_about_a_hostile_file(
    root: FlaskClient, why: str, tmp_path: Path
) -> None:
    make, rule = HOSTILE[why]
    files = make()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = CliRunner().invoke(lint, ["--json", *(str(tmp_path / name) for name in files)])

    def sent(path: str) -> tuple[int, list[dict[str, str]]]:
        parts = {"files": [(io.BytesIO(content), name) for name, content in files.items()]}
        answer = root.post(f"/api/v1/definitions{path}", data=parts, content_type="multipart/form-data")
        return answer.status_code, answer.json["problems"]

    status, gate = sent("")
    assert status == (422 if rule else 201)
    answers = [gate, sent("/lint")[1], json.loads(command.stdout)]
    told = [[problem["message"] for problem in answer if problem["severity"] == "error"] for answer in answers]
    assert told[0] == told[1] == told[2]
    assert bool(told[0]) == bool(rule)


def test_a_file_that_takes_too_long_or_too_much_memory_is_a_problem_and_no_hang(
    root: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "FORKER", Slow())
    status, answer = deploy(root, REVIEW + b"<!-- nobody looked at this one yet -->")
    assert status == 422
    assert [(found["rule"], found["severity"]) for found in answer["problems"]] == [("limit", "error")]
    assert "时间用完了" in answer["problems"][0]["message"]


class Slow(Forker):
    """A forker that gives its computations no time."""

    def answer(self, compute: Compute, limits: Limits = STANDARD, *, patience: float | None = None) -> str:
        try:
            return super().answer(compute, Limits(soft=0.0001, wall=0.0001))
        finally:
            self.close()


def test_json_and_files_without_names_are_refused_with_a_sentence(root: FlaskClient) -> None:
    answer = root.post("/api/v1/definitions", json={"xml": "…"})
    assert answer.status_code == 415 and "application/xml" in answer.json["detail"]
    empty = root.post("/api/v1/definitions", data={"note": "x"}, content_type="multipart/form-data")
    assert empty.status_code == 422
    twice = {"files": [(io.BytesIO(REVIEW), "a.bpmn"), (io.BytesIO(REVIEW), "a.bpmn")]}
    answer = root.post("/api/v1/definitions", data=twice, content_type="multipart/form-data")
    assert answer.status_code == 422 and "同名" in answer.json["detail"]


@pytest.mark.parametrize("path", ["nothing", "nothing/versions", "nothing/versions/1", "review/versions/99/xml"])
def test_an_unknown_definition_is_404(root: FlaskClient, review: str, path: str) -> None:
    assert root.get(f"/api/v1/definitions/{path}").status_code == 404


def test_a_version_number_beyond_every_database_is_404(root: FlaskClient, review: str) -> None:
    assert root.get(f"/api/v1/definitions/review/versions/{10**30}").status_code == 404


def sent(client: FlaskClient, query: str = "", **files: bytes) -> tuple[int, dict[str, Any]]:
    parts = {"files": [(io.BytesIO(content), name.replace("_", ".")) for name, content in files.items()]}
    answer = client.post(f"/api/v1/definitions{query}", data=parts, content_type="multipart/form-data")
    return answer.status_code, answer.json


def test_scenarios_sent_along_are_played_and_one_that_fails_refuses_the_deployment(root: FlaskClient) -> None:
    wrong = b"expect:\n  status: completed\n"
    status, refused = sent(root, review_bpmn=REVIEW, wrong_yaml=wrong)
    assert status == 422
    (problem,) = refused["problems"]
    assert (problem["file"], problem["rule"], problem["severity"]) == ("wrong.yaml", "scenario", "error")
    assert "第 2 行" in problem["message"] and "line 2" in problem["en"] and "仍然部署" in refused["detail"]
    assert sent(root, "/lint", review_bpmn=REVIEW, wrong_yaml=wrong)[0] == 200, "scenarios are no diagrams"
    assert root.get("/api/v1/definitions").json["total"] == 0
    assert sent(root, "?despite=true", review_bpmn=REVIEW, wrong_yaml=wrong)[0] == 422, "not without a reason"
    status, made = sent(root, "?despite=true&reason=上级要求", review_bpmn=REVIEW, wrong_yaml=wrong)
    assert (status, made["trial"]["state"], made["trial"]["despite"]) == (201, "failed", True)
    shown = root.get("/api/v1/definitions/review").json
    assert (shown["reason"], shown["trial"]) == ("上级要求", made["trial"])


def test_without_scenarios_the_answer_and_the_record_say_so(root: FlaskClient) -> None:
    assert deploy(root, REVIEW)[1]["trial"]["state"] == "none"  # type: ignore[index]
    assert root.get("/api/v1/definitions/review/versions").json["items"][0]["trial"]["state"] == "none"


def test_while_one_deployment_is_tried_another_is_put_off_and_nothing_else_waits(
    root: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.forker.WAIT", 0.01)
    with deploy_gate.PLAYER._turn:  # as while another is being played
        status, answer = sent(root, review_bpmn=REVIEW, all_yaml=b"auto: true")
        assert (status, "再试" in answer["detail"]) == (503, True)
        assert deploy(root, REVIEW, "/lint")[0] == 200
        assert deploy(root, REVIEW)[0] == 201, "without scenarios there is nothing to wait for"
    assert sent(root, review_bpmn=REVIEW, all_yaml=b"auto: true")[0] == 201


@pytest.mark.parametrize(
    "text", [b"\xff\xfe", b"&a [*a, *a]", b"steps: 3", b"process: [1]", b"process: nothing", b"[" * 5000]
)
def test_a_hostile_scenario_is_a_problem_of_that_file(root: FlaskClient, text: bytes) -> None:
    status, answer = sent(root, review_bpmn=REVIEW, odd_yaml=text)
    assert (status, [problem["file"] for problem in answer["problems"]]) == (422, ["odd.yaml"])
