"""What one value of a form must look like, by the type of its field; it knows nothing of forms as a whole."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any

import regex

MAX_TEXT = 100_000  # characters of one text; more belongs in a file
MATCH_SECONDS = 0.1  # of the processor, for one value and its pattern ...
ALL_MATCHES = 1.0  # ... and for all of a form
_EMAIL = regex.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_PHONE = regex.compile(r"\+?[0-9][0-9() -]{2,28}")

Rules = Mapping[str, Any]


class Patience:
    """How long the patterns of one check may still be looked for; many that take long cost no more than a few."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = ALL_MATCHES

    def find(self, pattern: "regex.Pattern[str]", value: str) -> bool | None:
        """Whether the pattern is found in the value: one that takes for ever is not; None when nothing is left."""
        if self.left <= 0:
            return None
        began = time.thread_time()
        try:
            return pattern.search(value, timeout=MATCH_SECONDS) is not None
        except TimeoutError:
            return False
        finally:
            self.left -= time.thread_time() - began


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a value; both sentences go on after the field's name."""

    rule: str
    message: str
    en: str


def check_value(kind: str, required: bool, rules: Rules, value: Any, patience: Patience) -> Finding | None:
    """The first thing that is wrong with this value, or None."""
    if value is None or value == "" or value == [] or (kind == "checkbox" and value is False):
        return Finding("required", "必须填写。", "is required.") if required else None
    check = _CHECKS.get(kind)
    found = check(value, rules) if check else None
    return _format(value, rules, patience) if found is None and kind in ("textfield", "textarea") else found


def _type(zh: str, en: str) -> Finding:
    return Finding("type", f"应当是{zh}。", f"must be {en}.")


def _text(value: Any, rules: Rules) -> Finding | None:
    if not isinstance(value, str):
        return _type("文字", "a text")
    least, most = rules.get("minLength"), rules.get("maxLength")
    if least is not None and len(value) < least:
        return Finding(
            "minLength", f"至少要 {least:g} 个字，现在是 {len(value)} 个。", f"needs at least {least:g} characters."
        )
    most = MAX_TEXT if most is None else min(most, MAX_TEXT)
    if len(value) > most:
        return Finding(
            "maxLength", f"最多 {most:g} 个字，现在是 {len(value)} 个。", f"has at most {most:g} characters."
        )
    return None


def _format(value: str, rules: Rules, patience: Patience) -> Finding | None:
    pattern, kind = rules.get("pattern"), rules.get("validationType")
    right = patience.find(pattern, value) if pattern is not None else True
    if right is None:
        return Finding(
            "pattern",
            "的格式没有核对完：请分几次填写，或请管理员简化格式规则。",
            "was not checked in time; fill in fewer rows at a time, or let an administrator simplify the pattern.",
        )
    if not right:
        return Finding("pattern", "格式不对，请按提示的格式填写。", "does not have the right form.")
    if kind == "email" and not _EMAIL.fullmatch(value):
        return Finding("pattern", "应当是电子邮箱地址。", "must be an e-mail address.")
    if kind == "phone" and not _PHONE.fullmatch(value):
        return Finding("pattern", "应当是电话号码。", "must be a phone number.")
    return None


def _number(value: Any, rules: Rules) -> Finding | None:
    if isinstance(value, str) and rules.get("serializeToString"):
        value = _read_number(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return _type("数字", "a number")
    least, most, digits = rules.get("min"), rules.get("max"), rules.get("decimalDigits")
    if least is not None and value < least:
        return Finding("min", f"不能小于 {least:g}。", f"must be at least {least:g}.")
    if most is not None and value > most:
        return Finding("max", f"不能大于 {most:g}。", f"must be at most {most:g}.")
    if isinstance(digits, int) and 0 <= digits <= 15 and round(value, digits) != value:
        return Finding("decimalDigits", f"最多 {digits} 位小数。", f"has at most {digits} decimal digits.")
    return None


def _read_number(text: str) -> float | None:
    try:
        return float(text) if len(text) <= 60 else None
    except ValueError:
        return None


def _flag(value: Any, rules: Rules) -> Finding | None:
    return None if isinstance(value, bool) else _type("是或否", "true or false")


def _choice(value: Any, rules: Rules) -> Finding | None:
    allowed = rules.get("values")
    if allowed is None:
        return None
    if any(type(value) is type(entry) and value == entry for entry in allowed):
        return None
    return Finding("values", f"只能选：{_listed(allowed)}。", f"must be one of {_listed(allowed)}.")


def _choices(value: Any, rules: Rules) -> Finding | None:
    if not isinstance(value, list):
        return _type("列表", "a list")
    return next((found for entry in value if (found := _choice(entry, rules))), None)


def _listed(values: list[Any]) -> str:
    return "、".join(str(value) for value in values[:10]) + ("…" if len(values) > 10 else "")


def _moment(value: Any, rules: Rules) -> Finding | None:
    kind = rules.get("subtype") or "date"
    readers: dict[str, Callable[[str], Any]] = {
        "time": clock_time.fromisoformat,
        "datetime": datetime.fromisoformat,
    }
    try:
        readers.get(kind, date.fromisoformat)(value)
    except (TypeError, ValueError):
        example = {"time": "08:30", "datetime": "2026-10-10T08:30:00+08:00"}.get(kind, "2026-10-10")
        return Finding("type", f"应当写成 {example} 的样子。", f"must look like {example}.")
    return None


def _files(value: Any, rules: Rules) -> Finding | None:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(entry, str) and 0 < len(entry) <= 200 for entry in listed):
        return _type("已上传文件的编号", "the ids of uploaded files")
    if rules.get("multiple") is False and len(listed) > 1:
        return Finding("multiple", "只能有一个文件。", "takes one file.")
    return None


_CHECKS: dict[str, Callable[[Any, Rules], Finding | None]] = {
    "textfield": _text, "textarea": _text, "number": _number, "checkbox": _flag, "radio": _choice, "select": _choice,
    "checklist": _choices, "taglist": _choices, "datetime": _moment, "filepicker": _files,
}  # fmt: skip
