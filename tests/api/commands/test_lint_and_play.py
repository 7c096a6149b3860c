"""``bihuan lint`` and ``bihuan play`` as authors and programs use them: no installation, one answer, an exit code."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.commands import play as plays
from api.commands.lint import lint
from api.commands.play import play
from engine.bounded import Limits, bounded
from tests.engine.bpm.diagrams import REVIEW, diagram, flows

SCENARIO = """
now: 2026-09-24T09:00:00+08:00
steps:
  - complete: rectify
  - advance_to: 2026-09-28
expect: {status: running, open: [recheck]}
"""
UNGROUPED = diagram(f'<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>{flows("s>t", "t>e")}')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An author's folder, as the current one, on a machine where nothing is set up."""
    for name in [name for name in os.environ if name.startswith("BIHUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "review.bpmn").write_bytes(REVIEW)
    (tmp_path / "wrong.bpmn").write_bytes(UNGROUPED)
    (tmp_path / "as_expected.yaml").write_text(SCENARIO)
    (tmp_path / "otherwise.json").write_text('{"expect": {"status": "completed"}}')
    (tmp_path / "empty").mkdir()
    return tmp_path


def ran(command: Any, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin)


@pytest.mark.usefixtures("folder")
def test_lint_exits_with_what_it_found() -> None:
    assert ran(lint, "review.bpmn").exit_code == 0
    assert ran(lint, "wrong.bpmn").exit_code == 1
    assert ran(lint, ".").exit_code == 1
    assert ran(lint, "missing.bpmn").exit_code == 2
    assert ran(lint, "empty").exit_code == 2
    Path("noise.bpmn").write_bytes(b"\x00\xff noise")
    assert ran(lint, "review.bpmn", "noise.bpmn").exit_code == 2


@pytest.mark.usefixtures("folder")
def test_lint_prints_one_json_list_and_nothing_else() -> None:
    found = json.loads(ran(lint, "wrong.bpmn", "--json").stdout)
    assert all({"file", "element", "rule", "severity", "message"} <= set(problem) for problem in found)
    assert found[0]["file"] == "wrong.bpmn"
    assert {problem["rule"] for problem in found} == {"group", "form", "due-date", "layout"}
    assert json.loads(ran(lint, "missing.bpmn", "--json").stdout)[0]["rule"] == "unreadable"


@pytest.mark.usefixtures("folder")
def test_lint_says_in_lines_what_people_should_change() -> None:
    output = ran(lint, "wrong.bpmn").stdout
    assert "错误 [group] wrong.bpmn：“t”：没有候选组" in output
    assert "1 个错误" in output


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["review.bpmn"], 0),
        (["review.bpmn", "as_expected.yaml"], 0),
        (["as_expected.yaml", "review.bpmn", "review.bpmn", "."], 0),
        (["review.bpmn", "otherwise.json"], 1),
        (["wrong.bpmn"], 0),
        (["missing.bpmn"], 2),
        (["as_expected.yaml"], 2),
        (["review.bpmn", "as_expected.yaml", "otherwise.json"], 2),
        ([], 2),
    ],
)
def test_play_exits_with_whether_the_expectation_held(arguments: list[str], code: int) -> None:
    for more in ([], ["--json"]):
        result = ran(play, *arguments, *more)
        assert result.exit_code == code, result.output
    answer = json.loads(result.stdout)
    assert (answer["error"] is not None) == (code == 2)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("content", ["steps: [", "- just a list", "\x00", "a: &a [*a]\nb: *missing"])
def test_a_scenario_that_cannot_be_read_is_an_answer(content: str) -> None:
    Path("bad.yaml").write_text(content)
    result = ran(play, "review.bpmn", "bad.yaml", "--json")
    assert result.exit_code == 2
    assert "bad.yaml" in json.loads(result.stdout)["error"]


@pytest.mark.usefixtures("folder")
def test_the_first_file_names_the_process_and_dates_of_a_scenario_stay_texts() -> None:
    Path("dated.yaml").write_text("variables: {found: 2026-09-24, at: 2026-09-24T09:00:00+08:00}\n")
    answer = json.loads(ran(play, "wrong.bpmn", "dated.yaml", ".", "--json").stdout)
    assert answer["instances"] == [{"process": "case", "status": "running"}]
    assert answer["variables"] == {"found": "2026-09-24", "at": "2026-09-24T09:00:00+08:00"}


@pytest.mark.usefixtures("folder")
def test_a_batch_answers_each_line_by_itself() -> None:
    lines = [
        {"files": ["review.bpmn"], "scenario": {"auto": True}},
        {"files": "review.bpmn", "scenario": "as_expected.yaml"},
        {"files": {"inline.bpmn": REVIEW.decode()}},
        {"files": ["missing.bpmn"]},
        {"files": 5},
        [1],
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\nnot json\n\n"
    result = ran(play, "--batch", "-", stdin=text)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["status"] for answer in answers[:3]] == ["completed", "running", "running"]
    assert [answer["error"] is None for answer in answers] == [True, True, True, False, False, False, False]
    Path("batch.jsonl").write_text(text)
    assert ran(play, "--batch", "batch.jsonl").stdout == result.stdout
    assert result.exit_code == 0


@pytest.mark.usefixtures("folder")
def test_a_process_that_never_rests_is_stopped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plays, "bounded", partial(bounded, limits=Limits(soft=0.5)))
    Path("busy.bpmn").write_bytes(
        diagram(
            '<startEvent id="s"/><scriptTask id="t"><script>n = n + 1</script></scriptTask><exclusiveGateway id="x"/>'
            + flows("s>t", "t>x", "x>t")
        )
    )
    Path("n.yaml").write_text("variables: {n: 0}")
    answer = json.loads(ran(play, "busy.bpmn", "n.yaml", "--json").stdout)
    assert "时间用完了" in answer["error"]
