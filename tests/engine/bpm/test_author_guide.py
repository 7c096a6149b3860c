"""The guide for process authors says what the code does."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from engine.bpm.functions import BUILTIN_NAMES
from engine.bpm.play_scenario import STEPS, read_scenario
from engine.bpm.unary_tests import compile_unary

GUIDE = (Path(__file__).parents[3] / "docs/guide/author.md").read_text()


def test_every_function_is_explained() -> None:
    assert {name for name in BUILTIN_NAMES if not re.search(rf"`[^`]*\b{name}\b[^`]*`", GUIDE)} == set()


def test_the_scenario_of_the_guide_shows_every_kind_of_step() -> None:
    (source,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    scenario = read_scenario(yaml.safe_load(source), ZoneInfo("Asia/Shanghai"))
    assert {step.kind for step in scenario.steps} == set(STEPS)


def test_every_cell_of_the_guide_is_a_cell() -> None:
    (line,) = re.findall(r"输入单元格：\n\n(.*)\n", GUIDE)
    cells = re.findall(r"`([^`]+)`", line)
    assert len(cells) > 8
    assert all(compile_unary(cell) for cell in cells)
