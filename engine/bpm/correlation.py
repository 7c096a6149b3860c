"""Which waiter a message is for. Pure: the database, play and the engine core share this one rule."""

import json
from collections.abc import Mapping
from typing import Any


def matches(wanted: Mapping[str, Any], declared: Mapping[str, Any], variables: Mapping[str, Any]) -> bool:
    """Whether every key of the message equals the waiter's declared key or, where it declares none, its variable.

    A message without correlation matches every waiter; the caller then takes the oldest.
    """
    missing = object()
    return all(declared.get(key, variables.get(key, missing)) == value for key, value in wanted.items())


def key_text(correlation: Mapping[str, Any]) -> str:
    """One text for a set of keys and values, equal for equal sets; at most 255 characters long."""
    text = json.dumps(correlation, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text[:255]
