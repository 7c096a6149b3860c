"""What authors' commands know without an installation: the campaign's operators and functions; nothing is opened."""

from collections.abc import Callable
from typing import Any

from engine.bpm.lint import Known
from engine.bpm.operators import Registry
from engine.campaign import clock_rules, statutes
from engine.campaign.operators import OPERATORS

FUNCTIONS: dict[str, Callable[..., Any]] = dict(clock_rules.FUNCTIONS)


def campaign_operators() -> Registry:
    """A registry with the campaign's operators; their declared parameters are checked, they are never run."""
    registry = Registry()
    for topic, title, schema, run, outputs in OPERATORS:
        registry.operator(topic, title=title, schema=schema, outputs=outputs)(run)
    return registry


def campaign_known() -> Known:
    """What the linter may rely on without an installation."""
    return Known(operators=campaign_operators().schemas, functions=frozenset(FUNCTIONS), rules=(statutes.check,))
