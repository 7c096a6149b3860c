"""Texts of a diagram that may hold `${…}`, compiled at deployment; a bad one is refused there, never at run time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpm.expressions import Expression, Template, compile_expression, compile_template, truth

Functions = Mapping[str, Callable[..., Any]]
NOTHING = Template(())


@dataclass(frozen=True, slots=True)
class Value:
    """A text with expressions, or a list or map of such. `source` is what the diagram says."""

    source: str
    template: Template = NOTHING
    items: tuple[Value, ...] | None = None
    entries: tuple[tuple[str, Value], ...] | None = None

    @property
    def constant(self) -> str | None:
        """The text, when it holds no expression."""
        if self.items is not None or self.entries is not None or self.template.expressions:
            return None
        return "".join(str(part) for part in self.template.parts)

    @property
    def variable(self) -> str | None:
        """The name, when the whole value is `${name}` and nothing else."""
        parts = self.template.parts
        return parts[0].single_name if len(parts) == 1 and isinstance(parts[0], Expression) else None

    @property
    def fixed(self) -> Any:
        """What its only expression is worth when that needs no variable and no function. Raises EvaluationFailed."""
        found = self.expressions()
        if len(found) != 1 or len(self.template.parts) != 1 or found[0].names or found[0].functions:
            return None
        return self.of({}, {})

    def of(self, variables: Mapping[str, Any], functions: Functions) -> Any:
        """Its value: raw when it is one expression, else text. Raises EvaluationFailed."""
        if self.items is not None:
            return [item.of(variables, functions) for item in self.items]
        if self.entries is not None:
            return {key: entry.of(variables, functions) for key, entry in self.entries}
        return self.template.value(variables, functions)

    def holds(self, variables: Mapping[str, Any], functions: Functions) -> bool:
        """Its value as that of a condition. Raises EvaluationFailed, also for a text that is neither true nor false."""
        return truth(self.of(variables, functions))

    def expressions(self) -> list[Expression]:
        """All expressions in it, for the linter."""
        inner = [*(self.items or ()), *(entry for _, entry in self.entries or ())]
        return [*self.template.expressions, *(found for value in inner for found in value.expressions())]


def template(text: str) -> Value:
    """A text in which each `${…}` (or JUEL's `#{…}`) is an expression. Raises BadExpression."""
    stripped = text.strip()
    return Value(text, compile_template(stripped if stripped[:2] in ("${", "#{") else text))


def expression(text: str) -> Value:
    """A text that is one expression as a whole, with or without `${…}` around it. Raises BadExpression."""
    return Value(text, Template((compile_expression(text),)))


def literal(text: str) -> Value:
    """A text taken as it is."""
    return Value(text, Template((text,)))
