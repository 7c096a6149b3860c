"""A world in which nothing really happens: operators answer with their declared defaults, as in ``play``."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.app import App
from engine.bpm.spiff.types import OperatorCall


class DryWorld:
    """What an instance may reach while somebody only wants to see what an order would do."""

    shelf = None  # its state is looked at

    def __init__(self, app: App) -> None:
        self.functions: Mapping[str, Callable[..., Any]] = app.functions
        self.calendar = app.calendar
        self.zone = app.zone
        self._operators = app.operators

    def operator(self, call: OperatorCall) -> Mapping[str, Any]:
        """The operator's declared defaults."""
        known = self._operators.get(call.topic)
        return dict(known.defaults) if known else {}
