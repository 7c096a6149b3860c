"""Deploying from the terminal, and the numbers an operator looks at."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from engine import demo_clock, schema
from engine.app import App
from engine.bpm import definitions, instances, notices
from engine.testing import START

Run = Callable[..., Result]
RUNGS = Path(__file__).parents[2] / "scheduler/rungs.bpmn"


def test_a_file_or_its_folder_is_the_same_version(run: Run, tmp_path: Path) -> None:
    (tmp_path / RUNGS.name).write_bytes(RUNGS.read_bytes())
    first, again = run("deploy", str(RUNGS)), run("deploy", str(tmp_path))
    assert first.exit_code == 0, first.output
    assert first.stdout == again.stdout == "rungs  v1  四级催办\n"
    assert "warning" in first.stderr


def test_a_folder_without_definitions_and_a_broken_diagram_are_refused(run: Run, tmp_path: Path) -> None:
    assert run("deploy", str(tmp_path)).exit_code == 1
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<bpmn:definitions")
    result = run("deploy", str(broken))
    assert result.exit_code == 1
    assert "broken.bpmn" in result.stderr and result.stdout == ""
    assert run("deploy", str(tmp_path / "nothing.bpmn")).exit_code == 2


def test_scenarios_beside_the_diagram_are_played_first(run: Run, app: App, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / RUNGS.name).write_bytes(RUNGS.read_bytes())
    (tmp_path / "scenarios/wrong.yaml").write_text("expect: {status: completed}")
    refused = run("deploy", str(tmp_path))
    assert (refused.exit_code, "wrong.yaml" in refused.stderr, refused.stdout) == (1, True, "")
    assert run("deploy", str(tmp_path), "--despite").exit_code == 1, "not without a reason"
    made = run("deploy", str(tmp_path), "--despite", "--reason", "先上线")
    assert (made.exit_code, "仍然部署" in made.stderr) == (0, True)
    assert definitions.show(app, "rungs")["reason"] == "先上线"
    (tmp_path / "scenarios/wrong.yaml").write_text("expect: {status: running}")
    assert "全部符合" in run("deploy", str(tmp_path)).stderr


def test_status_counts_what_is_due_late_and_unsent(run: Run, app: App) -> None:
    run("deploy", str(RUNGS))
    demo_clock.begin(app, START)
    instances.start(app, "rungs", {"reached": 0}, by="owner")
    with app.transaction() as tx:
        notices.queue(app, tx, recipient="owner", subject="催办", body="", now=app.clock())
    demo_clock.move(app, timedelta(hours=2))
    shown = json.loads(run("status", "--json").stdout)
    assert shown["now"].startswith("2026-09-24T11:00")
    assert shown["late_since"].startswith("2026-09-24T10:00")
    expected = {"running": 1, "open_tasks": 1, "late_timers": 1, "incidents": 0, "waiting_notices": 1, "overdue": 0}
    assert shown.items() >= {**expected, "failed_notices": 0, "demo": True, "schema": schema.newest()}.items()
    assert "应触发未触发的定时器 / late timers: 1" in run("status").stdout


@pytest.mark.parametrize("arguments", [[], ["--help"], ["user", "--help"], ["serve", "--help"]])
def test_help_is_there_without_an_installation(run: Run, arguments: list[str]) -> None:
    result = run(*arguments, BIHUAN_DATABASE_URL="nonsense")
    assert "Usage" in result.output
