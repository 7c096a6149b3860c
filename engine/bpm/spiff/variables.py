"""Who sees and writes which variable: one dictionary per process, small local layers for loop items and inputs."""

from __future__ import annotations

import json
import math
import re
from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from engine.bpm.spiff.tokens import Token

MAX_DEPTH = 32
MAX_PARTS = 200_000
MAX_CHARACTERS = 2_000_000
MAX_TOTAL = 4_000_000  # characters of JSON in all variables of one process, however many steps wrote them
_DATA_URI = re.compile(r"\s*data:[\w.+-]*/?[\w.+-]*(;[\w.=+-]+)*;base64,", re.IGNORECASE)


def layers(token: Token) -> list[dict[str, Any]]:
    """The dictionaries a token sees, the nearest first; the last one is its process's."""
    found: list[dict[str, Any]] = []
    while True:
        if token.data:
            found.append(token.data)
        if token.is_item and token.parent is not None:
            found.append(token.parent.data)
        scope = token.workflow
        if scope.variables is not None:
            return [*found, scope.variables]
        token = scope.parent_task


def view(token: Token) -> Mapping[str, Any]:
    """Everything a token sees, as one read-only mapping."""
    return ChainMap(*layers(token), token.workflow.top_workflow.constants)


def assign(token: Token, values: Mapping[str, Any], *, outside: bool = False) -> None:
    """Write variables where the token sees them, new ones into its process; all or nothing.

    With `outside` the token's own local layer is passed over: results of an activity belong to its surroundings.

    Raises Invalid for what cannot be stored and TooLarge for what is too big (rule S8).
    """
    checked = storable_all(values)
    seen = [layer for layer in layers(token) if not (outside and layer is token.data)]
    process = process_scope(token)
    nearer = {name: layer for name in checked for layer in reversed(seen[:-1]) if name in layer}
    _weigh(process, {name: value for name, value in checked.items() if name not in nearer} if nearer else checked)
    for name, value in checked.items():
        target = nearer.get(name, seen[-1])
        target[name] = value
        if target is seen[-1] and process.written is not None:
            process.written.add(name)


def _weigh(process: Any, written: Mapping[str, Any]) -> None:
    """Add up what a process's variables will take. Raises TooLarge, naming the largest one (rule S8)."""
    known = process.variables
    total = _size(known) if process.weight is None else process.weight
    total += sum(_size(value) - (_size(known[name]) if name in known else 0) for name, value in written.items())
    if total > MAX_TOTAL:
        sizes = {name: _size(value) for name, value in {**known, **written}.items()}
        largest = max(sizes, key=lambda name: sizes[name])
        raise TooLarge(
            f"流程的变量合计超过 {MAX_TOTAL // 1_000_000} MB，其中最大的是“{largest}”（{sizes[largest]} 字符）。"
            "请删去不再需要的内容；照片、附件和长文本请上传为文件，变量里只放文件编号。",
            en=f"All variables together exceed {MAX_TOTAL // 1_000_000} MB; the largest is {largest} "
            f"({sizes[largest]} characters). Remove what is not needed; upload files and keep only their ids.",
        )
    process.weight = total


def _size(value: Any) -> int:
    """Characters of JSON, about; the short way for plain values, as every step writes some."""
    if isinstance(value, str):
        return len(value) + 2
    if value is None or isinstance(value, int | float):
        return 8
    return len(json.dumps(value, ensure_ascii=False, default=str))


def is_file(value: Any) -> bool:
    """Whether this is the content of a file: bytes, or a data URI; files never sit in variables (rule S8)."""
    return isinstance(value, bytes | bytearray | memoryview) or (
        isinstance(value, str) and value[:200].lstrip()[:5].lower() == "data:" and _DATA_URI.match(value) is not None
    )


def process_scope(token: Token) -> Any:
    """The scope whose dictionary a token's variables live in."""
    scope = token.workflow
    while scope.variables is None:
        scope = scope.parent_task.workflow
    return scope


def storable_all(values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the values that can be stored. Raises Invalid or TooLarge."""
    budget = [MAX_PARTS, MAX_CHARACTERS]
    return {_name(name): _storable(value, name, 0, budget) for name, value in values.items()}


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name or len(name) > 255 or "\0" in name:
        raise Invalid("变量名必须是 1 到 255 个字符的文本。", en="A variable name is a text of 1 to 255 characters.")
    return name


def _storable(value: Any, name: str, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if isinstance(value, str):
        budget[1] -= len(value)
    if min(budget) < 0:
        raise TooLarge(
            f"变量“{name}”太大，请把文件和长列表放到附件里。", en=f"Variable {name} is too large; attach files instead."
        )
    if depth > MAX_DEPTH:
        raise Invalid(
            f"变量“{name}”嵌套超过 {MAX_DEPTH} 层。", en=f"Variable {name} nests deeper than {MAX_DEPTH} levels."
        )
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.replace(tzinfo=timezone(value.utcoffset() or timedelta()))  # as it will be when it is loaded
    if is_file(value):
        raise Invalid(
            f"变量“{name}”是一个文件的内容，请先上传文件，再把文件编号放进变量。",
            en=f"Variable {name} holds the content of a file; upload the file and keep its id instead.",
        )
    if value is None or isinstance(value, (bool, int, str, datetime, date, time, timedelta)):
        return value
    if isinstance(value, float | Decimal):
        return _number(float(value), name)
    if isinstance(value, Mapping):
        return {_name(key): _storable(entry, name, depth + 1, budget) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_storable(entry, name, depth + 1, budget) for entry in value]
    raise Invalid(f"变量“{name}”的值（{type(value).__name__}）不能保存，请改成文本、数字、日期或列表。",
                  en=f"Variable {name}: a {type(value).__name__} cannot be stored.")  # fmt: skip


def _number(value: float, name: str) -> float:
    if not math.isfinite(value):
        raise Invalid(f"变量“{name}”不是有限的数。", en=f"Variable {name} is not a finite number.")
    return value


def plain(value: Any) -> Any:
    """A stored value as JSON: moments as ISO 8601 text, spans as seconds."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
