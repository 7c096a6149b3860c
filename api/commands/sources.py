"""Finds the files that a command names: folders hold process files, a scenario is known by its suffix."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.bpm.author_input import BadInput
from engine.bpm.author_text import read_text
from engine.errors import Invalid

PROCESS_FILES = (".bpmn", ".dmn", ".form")
SCENARIOS = (".yaml", ".yml", ".json")
MAX_BYTES = 50_000_000


class Unreadable(Invalid):
    """A path that was named does not exist, cannot be read or holds nothing to work on."""


def process_files(paths: Iterable[Path]) -> dict[str, bytes]:
    """Contents by path, in the given order; a folder means all process files in it, a file given twice counts once.

    Raises Unreadable."""
    files: dict[str, bytes] = {}
    seen: set[Path] = set()
    for path in paths:
        for member in _members(path):
            if member.resolve() not in seen:
                seen.add(member.resolve())
                files[str(member)] = _bytes(member)
    if not files:
        raise Unreadable(
            "没有找到 .bpmn、.dmn 或 .form 文件，请检查路径。", en="There is no process file at these paths."
        )
    return files


def scenario(path: Path) -> Mapping[str, Any]:
    """The content of a scenario file, YAML or JSON. Raises Unreadable."""
    text = _bytes(path).decode("utf-8-sig", "replace")
    try:
        return read_text(str(path), text)
    except BadInput as bad:
        raise Unreadable(bad.message, en=bad.en) from None


def _members(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.suffix.lower() in PROCESS_FILES and one.is_file())
    return [path]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"文件 {path} 超过 50 MB。", en=f"The file {path} is larger than 50 MB.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(
            f"读不了文件 {path}：{reason}。请检查路径和权限。", en=f"Cannot read {path}: {reason}."
        ) from None
