"""Who sees and writes which variable: one dictionary per process, small local layers for loop items and inputs."""

from __future__ import annotations

import json
import math
import re
from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from engine.bpm.spiff.tokens import Token

MAX_DEPTH = 32
MAX_PARTS = 200_000
MAX_CHARACTERS = 2_000_000
MAX_TOTAL = 4_000_000  # characters of JSON in all variables of one process, however many steps wrote them
_SIZED = json.JSONEncoder(ensure_ascii=False, default=str)
_AS_THEY_ARE = frozenset({bool, int, type(None)})
_PLAIN = frozenset({bool, int, float, str, type(None)})
_DATA_URI = re.compile(r"\s*data:[\w.+-]*/?[\w.+-]*(;[\w.=+-]+)*;base64,", re.IGNORECASE)


def layers(token: Token, *, own: bool = False) -> list[dict[str, Any]]:
    """The dictionaries a token sees, the nearest first; the last one is its process's. With `own` its own is among
    them although nothing is in it yet.
    """
    found: list[dict[str, Any]] = []
    if own and not token.data:
        found.append(token.data)
    while True:
        if token.data:
            found.append(token.data)
        if token.is_item and token.parent is not None:
            found.append(token.parent.data)
        scope = token.workflow
        if scope.variables is not None:
            return [*found, scope.variables]
        token = scope.parent_task


def view(token: Token, *, own: bool = False) -> Mapping[str, Any]:
    """Everything a token sees, as one read-only mapping; with `own` also what its own layer will get."""
    if not own and not token.data and not token.is_item and token.workflow.variables is not None:
        return token.workflow.seen()
    return ChainMap(*layers(token, own=own), token.workflow.top_workflow.constants)


def assign(token: Token, values: Mapping[str, Any], *, outside: bool = False) -> None:
    """Write variables where the token sees them, new ones into its process; all or nothing.

    With `outside` the token's own local layer is passed over: results of an activity belong to its surroundings.

    Raises Invalid for what cannot be stored and TooLarge for what is too big (rule S8).
    """
    if not values:
        return
    checked = storable_all(values)
    if token.workflow.variables is not None and not token.is_item and (outside or not token.data):
        _write(token.workflow, checked)
        return
    seen = [layer for layer in layers(token) if not (outside and layer is token.data)]
    nearer = {name: layer for name in checked for layer in reversed(seen[:-1]) if name in layer}
    _write(process_scope(token), {name: value for name, value in checked.items() if name not in nearer})
    for name, layer in nearer.items():
        layer[name] = checked[name]


def _write(process: Any, values: dict[str, Any]) -> None:
    """Variables that belong to a process. Raises TooLarge, and then none is written."""
    _weigh(process, values)
    process.variables.update(values)
    if process.written is not None:
        process.written.update(values)


def _weigh(process: Any, written: Mapping[str, Any]) -> None:
    """Add up what a process's variables will take. Raises TooLarge, naming the largest one (rule S8)."""
    known, total = process.variables, weight(process)
    for name, value in written.items():
        total += _size(value)
        if name in known:
            total -= _size(known[name])
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


def weight(process: Any) -> int:
    """Characters of JSON in all variables of a process, about; counted once, then kept up to date."""
    if process.weight is None:
        process.weight = _size(process.variables)
    total: int = process.weight
    return total


def _size(value: Any) -> int:
    """Characters of JSON, about; the short way for plain values, as every step writes some."""
    kind = type(value)
    if kind is str:
        return len(value) + 2
    if kind in _PLAIN:
        return 8
    return len(_SIZED.encode(value))


def is_file(value: Any) -> bool:
    """Whether this is the content of a file: bytes, or a data URI; files never sit in variables (rule S8)."""
    return isinstance(value, bytes | bytearray | memoryview) or (
        isinstance(value, str) and value[:200].lstrip()[:5].lower() == "data:" and _DATA_URI.match(value) is not None
    )


def _may_be_file(text: str) -> bool:
    """Whether it begins like a data URI, by one look."""
    return text[:1] in ("d", "D") or text[:1].isspace()


def process_scope(token: Token) -> Any:
    """The scope whose dictionary a token's variables live in."""
    scope = token.workflow
    while scope.variables is None:
        scope = scope.parent_task.workflow
    return scope


def storable_all(values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the values that can be stored. Raises Invalid or TooLarge."""
    budget, found = [MAX_PARTS, MAX_CHARACTERS], {}
    for name, value in values.items():
        kind = type(value)
        if kind in _AS_THEY_ARE and budget[0] > 0:
            budget[0] -= 1
        elif kind is str and budget[0] > 0 and len(value) <= budget[1] and not _may_be_file(value):
            budget[0] -= 1
            budget[1] -= len(value)
        else:
            value = _storable(value, name, 0, budget)
        found[_name(name)] = value
    return found


@lru_cache(maxsize=4096)
def _name(name: Any) -> str:
    if not isinstance(name, str) or not name or len(name) > 255 or "\0" in name:
        raise Invalid("变量名必须是 1 到 255 个字符的文本。", en="A variable name is a text of 1 to 255 characters.")
    return name


def _storable(value: Any, name: str, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if isinstance(value, str):
        budget[1] -= len(value)
    if budget[0] < 0 or budget[1] < 0:
        raise TooLarge(
            f"变量“{name}”太大，请把文件和长列表放到附件里。", en=f"Variable {name} is too large; attach files instead."
        )
    if depth > MAX_DEPTH:
        raise Invalid(
            f"变量“{name}”嵌套超过 {MAX_DEPTH} 层。", en=f"Variable {name} nests deeper than {MAX_DEPTH} levels."
        )
    kind = type(value)
    if kind in _AS_THEY_ARE or (kind is str and not _may_be_file(value)):
        return value
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
    if type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return {key: entry if type(entry) in _PLAIN else plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
