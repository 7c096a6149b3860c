"""Plays of the shipped scenarios, each made once in a run: what holds and what is reached come from the same play."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bpmn.shipped import played
from tests.copies import made_once


@pytest.fixture
def play_once(shared_folder: Path) -> Callable[[Path], dict[str, Any]]:
    """Answers a scenario's play without changed files; the first test process that asks for it plays it."""

    def once(scenario: Path) -> dict[str, Any]:
        def play(folder: Path) -> None:
            (folder / "answer.json").write_text(json.dumps(played(scenario), default=str), encoding="utf-8")

        folder = made_once(shared_folder / f"play-{scenario.parent.parent.name}-{scenario.stem}", play)
        answer: dict[str, Any] = json.loads((folder / "answer.json").read_bytes())
        return answer

    return once
