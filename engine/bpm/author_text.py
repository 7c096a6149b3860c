"""Reads the text of a scenario or a simulation plan, YAML or JSON; dates stay the texts that were written."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from engine.bpm.author_input import BadInput


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without moments: a date stays the text that was written, and is read in the installation's zone."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_text(name: str, text: str) -> Mapping[str, Any]:
    """The object in this text; an empty text is an empty object. Raises BadInput that names the file."""
    try:
        content = json.loads(text) if name.lower().endswith(".json") else yaml.load(text, Loader=_PlainLoader)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        words = str(error).partition("\n")[0]
        raise BadInput(f"场景文件 {name} 读不懂：{words}", en=f"The scenario {name} cannot be read: {words}") from None
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise BadInput(f"场景文件 {name} 应为“键: 值”的形式。", en=f"The scenario {name} must be an object.")
    return content
