"""The guide for process authors says what the code does."""

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from engine.bpm.functions import BUILTIN_NAMES
from engine.bpm.play_scenario import STEPS, read_scenario
from engine.bpm.simulation.plan import read_plan
from engine.bpm.unary_tests import compile_unary

GUIDE = (Path(__file__).parents[3] / "docs/guide/author.md").read_text()


def test_every_function_is_explained() -> None:
    assert {name for name in BUILTIN_NAMES if not re.search(rf"`[^`]*\b{name}\b[^`]*`", GUIDE)} == set()


def test_the_scenario_of_the_guide_shows_every_kind_of_step() -> None:
    scenario = read_scenario(example("场景 / Scenario"), ZoneInfo("Asia/Shanghai"))
    assert {step.kind for step in scenario.steps} == set(STEPS)


def test_the_simulation_plan_of_the_guide_can_be_read() -> None:
    plan = read_plan(example("推演 / Simulate"), ZoneInfo("Asia/Shanghai"))
    assert plan.people("inspector@GH-01") == 6 and plan.tasks and plan.messages and plan.mix and plan.operators


def example(chapter: str) -> Any:
    """The YAML of a chapter."""
    text = GUIDE.split(f"## {chapter}\n")[1].split("\n## ")[0]
    (source,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    return yaml.safe_load(source)


def test_every_cell_of_the_guide_is_a_cell() -> None:
    (line,) = re.findall(r"输入单元格：\n\n(.*)\n", GUIDE)
    cells = re.findall(r"`([^`]+)`", line)
    assert len(cells) > 8
    assert all(compile_unary(cell) for cell in cells)
