"""What may be a process variable: JSON of bounded size and depth, no files (rule S8)."""

import math
from collections.abc import Mapping
from typing import Any

from engine.bpm.spiff.variables import is_file
from engine.db import to_json
from engine.errors import Invalid, Problem, TooLarge

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NAME = 255


def check(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables as given; raises Invalid (what is wrong, by name) or TooLarge."""
    problems = [problem for name, value in variables.items() if (problem := _problem(name, value))]
    if problems:
        raise Invalid("变量的值不能保存，请按提示修改。", en="Some variables cannot be stored.", problems=problems)
    if len(to_json(variables).encode()) > MAX_BYTES:
        raise TooLarge(
            "变量太大：一次提交的变量合计不得超过 1 MB。照片和附件请先上传为文件，再提交文件编号。",
            en="The variables are larger than 1 MB. Upload photos and attachments as files and submit their ids.",
        )
    return dict(variables)


def _problem(name: str, value: Any) -> Problem | None:
    if not name or len(name) > MAX_NAME or "\0" in name:
        return Problem(
            field=name[:80],
            rule="variable-name",
            message="变量名为空、过长或含有不可见字符。",
            en="The variable name is empty, too long or has invisible characters.",
        )
    reason = _reason(value, 0)
    if reason is None:
        return None
    return Problem(
        field=name, rule="variable-value", message=f"变量“{name}”{reason[0]}", en=f"Variable {name} {reason[1]}"
    )


def _reason(value: Any, depth: int) -> tuple[str, str] | None:
    if depth > MAX_DEPTH:
        return f"嵌套超过 {MAX_DEPTH} 层。", f"is nested deeper than {MAX_DEPTH} levels."
    if is_file(value):
        return (
            "是一个文件的内容，请先上传文件，再提交文件编号。",
            "is a file; upload it and submit its id.",
        )
    if isinstance(value, str):
        return ("含有空字符（NUL）。", "contains a NUL character.") if "\0" in value else None
    if isinstance(value, float):
        return None if math.isfinite(value) else ("不是有限的数。", "is not a finite number.")
    if value is None or isinstance(value, bool | int):
        return None
    if isinstance(value, list | tuple):
        return next((found for item in value if (found := _reason(item, depth + 1))), None)
    if isinstance(value, dict):
        if not all(isinstance(key, str) and "\0" not in key for key in value):
            return "的键必须是文本。", "has a key that is not text."
        return next((found for item in value.values() if (found := _reason(item, depth + 1))), None)
    return "不是 JSON 值。", "is not a JSON value."
