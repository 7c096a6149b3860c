"""What marshmallow finds wrong with a value, in both languages; knows no schema."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.said import Said, joined

# (marshmallow's sentence, rule, Chinese sentence); groups of the pattern fill the braces.
SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"Missing data for required field\.", "required", "必填，请补上。"),
    (r"Field may not be null\.", "null", "不能为空。"),
    (r"Unknown field\.", "unknown", "没有这个字段，请删除或核对拼写。"),
    (r"Not a valid string\.", "type", "应为文字。"),
    (r"Not a valid integer\.", "type", "应为整数。"),
    (r"Not a valid number\.", "type", "应为数字。"),
    (r"Number too large\.", "range", "数字太大。"),
    (r"Not a valid boolean\.", "type", "应为 true 或 false。"),
    (r"Not a valid (?:aware |naive )?datetime\.", "type", "应为 ISO 8601 时间，例如 2026-10-12T09:00:00+08:00。"),
    (r"Not a valid date\.", "type", "应为日期，例如 2026-10-12。"),
    (r"Not a valid mapping type\.", "type", "应为对象（键值对）。"),
    (r"Not a valid list\.", "type", "应为列表。"),
    (r"Invalid (?:input )?type\.", "type", "类型不对，请求体应为 JSON 对象。"),
    (r"Not a valid span\.", "type", "应为 ISO 8601 时长，例如 PT1H 或 P1D（不接受年、月）。"),
    (r"Exactly one of (\w+) and (\w+)\.", "choice", "{0} 和 {1} 须且只能填一个。"),
    (r"Special numeric values .*", "type", "不接受 NaN 或无穷大。"),
    (r"Must be one of: (.*)\.", "choice", "只能是：{0}。"),
    (r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.", "range", "应在 {0} 到 {1} 之间。"),
    (r"Must be greater than or equal to (\S+)\.", "range", "不能小于 {0}。"),
    (r"Must be less than or equal to (\S+)\.", "range", "不能大于 {0}。"),
    (r"Shorter than minimum length (\d+)\.", "length", "至少 {0} 个字符或项。"),
    (r"Longer than maximum length (\d+)\.", "length", "最多 {0} 个字符或项。"),
    (r"Length must be between (\d+) and (\d+)\.", "length", "长度应在 {0} 到 {1} 之间。"),
    (r"Too long\.", "length", "内容太长，请减少一些。"),
    (r"String does not match expected pattern\.", "pattern", "格式不对。"),
)


def sentence(told: str) -> tuple[str, str]:
    """The rule and the Chinese sentence of one English finding; a sentence we do not know stays as it is."""
    for pattern, rule, chinese in SENTENCES:
        if match := re.fullmatch(pattern, told):
            return rule, chinese.format(*match.groups())
    return "invalid", told


def leaves(messages: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Each finding in nested messages with the dotted path of its field; what is about the whole has none."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from leaves(inner, path if key == "_schema" else (*path, str(key)))
    elif isinstance(messages, list):
        for inner in messages:
            yield from leaves(inner, path)
    else:
        yield ".".join(path), messages if isinstance(messages, str) else str(messages)


def in_words(messages: Any) -> Said:
    """All findings about one value in a sentence; those that our own fields raise carry their English themselves."""
    told = [found for _, found in leaves(messages)]
    return joined("；", "; ", [found if isinstance(found, Said) else Said(*_both(found)) for found in told])


def _both(found: str) -> tuple[str, str]:
    return sentence(found)[1].rstrip("。"), found.rstrip(".")
