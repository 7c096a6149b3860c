"""``bihuan simulate`` as an author uses it: shipped files, a deployed version, two versions side by side, a picture."""

import json
from pathlib import Path
from xml.etree import ElementTree

from click.testing import CliRunner, Result

from api.commands.simulate import simulate
from api.commands.simulation_text import bar, spark
from engine.app import App
from engine.bpm import definitions
from tests.api.commands.conftest import Run
from tests.engine.bpm.diagrams import REVIEW

BPMN = Path(__file__).parents[3] / "bpmn"


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(simulate, list(arguments))


def test_the_shipped_plan_takes_hazards_through_the_loop(tmp_path: Path) -> None:
    picture = tmp_path / "out.svg"
    result = ran(str(BPMN / "hazard/hazard.bpmn"), str(BPMN), "--plan", str(BPMN / "hazard/simulation.yaml"),
                 "--cases", "60", "--days", "60", "--json", "--draw", str(picture))  # fmt: skip
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["error"], answer["incidents"]) == (0, None, [])
    assert answer["cases"]["ended"] > 40
    assert {"classify", "rectify", "recheck"} <= {task["element"] for task in answer["tasks"]}
    assert {"supervision_due", "next_moment"} <= {timer["element"] for timer in answer["timers"]}
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_a_deployed_version_is_named_by_its_key(app: App, run: Run) -> None:
    definitions.deploy(app, {"review.bpmn": REVIEW}, by="owner")
    definitions.deploy(app, {"review.bpmn": REVIEW.replace(b"days(3)", b"hours(1)")}, by="owner")
    answer = json.loads(
        run("simulate", "review:1", "--against", "review", "--cases", "9", "--days", "9", "--json").stdout
    )
    first, second = answer["versions"]
    assert (first["error"], second["error"]) == (None, None)
    assert {(row["figure"], row["name"]) for row in answer["differences"]} == {("late", "rectify"), ("late", "recheck")}
    for wrong in ("review:9", "unknown", "review:x"):
        refused = run("simulate", wrong, "--cases", "1", "--days", "1")
        assert refused.exit_code == 2 and "无法推演" in refused.stderr


def test_tables_and_bars_are_printed_for_people(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(REVIEW)
    (tmp_path / "b.bpmn").write_bytes(REVIEW.replace(b"P3D", b"PT1H"))
    plan = tmp_path / "plan.yaml"
    plan.write_text("start: 2026-01-05T08:30:00+08:00\ntasks: {rectify: {takes: PT5H}}")
    shown = ran(str(tmp_path / "a.bpmn"), "--against", str(tmp_path / "b.bpmn"), "--plan", str(plan),
                "--cases", "5", "--days", "9")  # fmt: skip
    assert shown.exit_code == 0
    assert "案件 5 件" in shown.stdout and "整改" in shown.stdout and "两个版本" in shown.stdout
    assert ["触发", "late", "—", "5", "新增"] in [line.split() for line in shown.stdout.splitlines()]


def test_what_cannot_be_read_exits_with_two(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(REVIEW)
    (tmp_path / "plan.yaml").write_text("staff: {office: many}")
    for arguments in (["missing.bpmn"], [str(tmp_path / "a.bpmn"), "--plan", str(tmp_path / "plan.yaml")]):
        refused = ran(*arguments)
        assert refused.exit_code == 2 and "无法推演" in refused.stderr
    beside = ran(str(tmp_path / "a.bpmn"), "--against", "missing.bpmn", "--cases", "1", "--days", "1")
    assert beside.exit_code == 2 and "两个版本" not in beside.stdout
    nowhere = ran(str(tmp_path / "a.bpmn"), "--cases", "1", "--days", "1", "--draw", str(tmp_path / "no" / "x.svg"))
    assert nowhere.exit_code == 2 and "x.svg" in nowhere.stderr


def test_bars_and_lines_show_their_share() -> None:
    assert (bar(0), bar(0.5), bar(1), bar(2)) == ("", "█████", "██████████", "██████████")
    assert spark([0, 4, 8]) == " ▄█|8" and spark([]) == "|0" and spark([0, 0]) == "  |0"
    assert len(spark(list(range(1000)))) < 70
