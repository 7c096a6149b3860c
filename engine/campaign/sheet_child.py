"""Sheets are opened in a child process with limited time and memory (engine/forker.py); this is the way there."""

import json
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from engine.app import App
from engine.campaign import sheet_reading, sheet_results
from engine.errors import Invalid
from engine.forker import FORKER


def read(app: App, digest: str, kind: str, sheet: str | None, header_row: int | None) -> dict[str, Any]:
    """See sheet_reading.read; raises Invalid, OutOfBounds, Unavailable."""
    asked = partial(sheet_reading.read, str(app.files.path(digest)), kind, sheet, header_row)
    return _answer(asked)


def written(app: App, digest: str, sheet: str, header_row: int, results: Sequence[Any]) -> bytes:
    """The workbook with its results; see sheet_results.write."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "results.xlsx"
        _answer(partial(
            sheet_results.write, str(app.files.path(digest)), str(target), sheet, header_row, list(results)
        ))  # fmt: skip
        return target.read_bytes()


def _answer(asked: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(FORKER.answer(asked, sheet_reading.LIMITS))
    if refused := answer.get("refused"):
        message, en = refused
        raise Invalid(message, en=en, problems=[{"field": "file", "rule": "sheet", "message": message, "en": en}])
    return answer
