"""What an expression may say about whose task it is and how urgent; anything else is refused with a sentence."""

from __future__ import annotations

from typing import Any

from engine.errors import Invalid

USUAL = 50
LONGEST = 200  # characters of a group or login name
PRIORITIES = range(-(2**31), 2**31)  # what every database keeps; people use 0 to 100


def names(value: Any) -> list[str]:
    """Groups or users: a list, a text with commas, one number, or nothing."""
    if value is None:
        return []
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    return [name for entry in given if (name := one_name(entry)) is not None]


def one_name(value: Any) -> str | None:
    """One group or login name, from a text or a whole number; None when there is none. Raises Invalid."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid(
            f"办理人或候选组应为名称、名称的列表或用逗号分隔的名称，不能是“{_short(value)}”。请更正变量或流程图后重试。",
            en=f"Whose task it is must be a name, a list of names or names with commas, not {_short(value)}.",
        )
    name = str(value).strip()
    if len(name) > LONGEST or not name.isprintable():
        raise Invalid(
            f"办理人或候选组的名称“{_short(name)}”不能用：最长 {LONGEST} 个字符，不含控制字符。请更正后重试。",
            en=f"The name {_short(name)} cannot be used: at most {LONGEST} characters, none of them invisible.",
        )
    return name or None


def priority(value: Any) -> int:
    """How urgent a task is: a whole number, also as a text; 50 when nothing is said. Raises Invalid."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return USUAL
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or isinstance(value, bool) or (isinstance(value, float) and value != number):
        raise Invalid(
            f"优先级“{_short(value)}”不是整数，请更正变量或流程图后重试。",
            en=f"The priority {_short(value)} is no whole number; correct the variable or the diagram and try again.",
        )
    if number not in PRIORITIES:
        raise Invalid(
            f"优先级“{_short(value)}”太大或太小，请用 0 到 100。", en="The priority is out of range; use 0 to 100."
        )
    return number


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
