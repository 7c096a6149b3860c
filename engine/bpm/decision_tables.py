"""Decisions as they are evaluated: tables with all hit policies, literal expressions, required decisions first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpm.expression_limits import MAX_WORK, Budget
from engine.bpm.expressions import EvaluationFailed, Expression, flat
from engine.bpm.unary_tests import FEEL_FUNCTIONS, NOTHING, Scope, UnaryTests, same

Functions = Mapping[str, Callable[..., Any]]
Row = dict[str, Any]

SINGLE_HIT = ("UNIQUE", "ANY", "PRIORITY", "FIRST")
HIT_POLICIES = (*SINGLE_HIT, "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")
CELL_WORK = 20  # steps that each cell adds to what a decision may cost: large tables are legal
_NUMBER_TYPES = ("number", "integer", "long", "double")


@dataclass(frozen=True, slots=True)
class Input:
    """One input column: the expression whose value the cells test, and its declared type."""

    expression: Expression
    kind: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """One output column; `values` is its list of allowed values, the most important first."""

    name: str
    values: tuple[Expression, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the tests of its input cells and the expressions of its output cells."""

    id: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]
    asks: tuple[tuple[int, UnaryTests], ...] = field(init=False, repr=False)  # the cells that are not empty

    def __post_init__(self) -> None:
        asks = tuple((place, test) for place, test in enumerate(self.tests) if test.checks)
        object.__setattr__(self, "asks", asks)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def cells(self) -> int:
        """How many cells it has, conditions and results."""
        return len(self.rules) * (len(self.inputs) + len(self.outputs))

    def evaluate(self, scope: Scope) -> Any:
        """A row or None for single-hit policies, otherwise rows or the aggregated number. Raises EvaluationFailed."""
        values = [_input_value(column, scope) for column in self.inputs]
        hits = (rule for rule in self.rules if _matches(rule, values, scope))
        if self.hit_policy == "FIRST":
            rule = next(hits, None)
            return self._default(scope) if rule is None else self._row(rule, scope)
        matched = list(hits)
        rows = [self._row(rule, scope) for rule in matched]
        if self.hit_policy in ("PRIORITY", "OUTPUT ORDER"):
            rows.sort(key=lambda row: self._rank(row, scope))
        if self.hit_policy not in SINGLE_HIT:
            return self._aggregate(rows) if self.aggregation else rows
        self._check_single(matched, rows)
        return rows[0] if rows else self._default(scope)

    def _row(self, rule: Rule, scope: Scope) -> Row:
        pairs = zip(self.outputs, rule.outputs, strict=True)
        return {output.name: None if cell is None else scope.value(cell) for output, cell in pairs}

    def _default(self, scope: Scope) -> Row | None:
        if all(output.default is None for output in self.outputs):
            return None
        return {output.name: None if output.default is None else scope.value(output.default) for output in self.outputs}

    def _check_single(self, matched: list[Rule], rows: list[Row]) -> None:
        numbers = "、".join(str(self.rules.index(rule) + 1) for rule in matched[:5])
        if self.hit_policy == "UNIQUE" and len(matched) > 1:
            raise EvaluationFailed(
                f"命中策略为“唯一”，但第 {numbers} 行同时符合。请让各行互斥，或改用“首个”策略。",
                en=f"hit policy UNIQUE, but rules {numbers} match together.",
            )
        if self.hit_policy == "ANY" and any(row != rows[0] for row in rows):
            raise EvaluationFailed(
                f"命中策略为“任意”，但第 {numbers} 行的结果不同。请让它们的结果一致。",
                en=f"hit policy ANY, but rules {numbers} give different results.",
            )

    def _rank(self, row: Row, scope: Scope) -> list[int]:
        """The places of a row's outputs in the columns' lists of values; values that are not listed come last."""
        ranks = []
        for output in self.outputs:
            order = [scope.value(value) for value in output.values]
            places = [place for place, value in enumerate(order) if same(value, row[output.name])]
            ranks.append(places[0] if places else len(order))
        return ranks

    def _aggregate(self, rows: list[Row]) -> Any:
        values = [value for row in rows for value in row.values() if value is not None]
        if self.aggregation == "COUNT":
            return len(rows)
        if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
            raise EvaluationFailed("汇总（求和、最小、最大）只能用于数字结果。", en="only numbers can be aggregated.")
        if not values:
            return None
        functions: dict[str | None, Callable[[list[Any]], Any]] = {"SUM": sum, "MIN": min, "MAX": max}
        return functions[self.aggregation](values)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a DMN file with the decisions that it requires."""

    id: str
    name: str
    logic: "Table | Expression"
    variable: str  # the name under which its result is known to other decisions
    requires: tuple["Decision", ...] = field(default=(), repr=False)

    def evaluate(self, variables: Mapping[str, Any], functions: Functions) -> Any:
        """The result with these variables: a row or None, a list of rows, or a number when the table aggregates.

        Required decisions are evaluated first, each once; their rows and names become variables. Raises
        EvaluationFailed."""
        cells = sum(decision.logic.cells for decision in self._whole() if isinstance(decision.logic, Table))
        scope = Scope(variables, {**FEEL_FUNCTIONS, **functions}, Budget(MAX_WORK + CELL_WORK * cells))
        return self._result(scope, {})

    def _whole(self) -> list["Decision"]:
        """This decision and all that it requires, each once."""
        found: dict[str, Decision] = {}
        pending = [self]
        while pending:
            decision = pending.pop()
            if decision.id not in found:
                found[decision.id] = decision
                pending += decision.requires
        return list(found.values())

    def _result(self, scope: Scope, done: dict[str, Any]) -> Any:
        if self.id in done:
            return done[self.id]
        known = flat(scope.variables)
        for required in self.requires:
            result = required._result(Scope(known, scope.functions, scope.budget), done)
            known |= result if isinstance(result, dict) else {}
            known[required.variable] = _plain(result)
        inner = Scope(known, scope.functions, scope.budget)
        try:
            if isinstance(self.logic, Table):
                done[self.id] = self.logic.evaluate(inner)
            else:
                done[self.id] = {self.variable: inner.value(self.logic)}
        except EvaluationFailed as error:
            raise EvaluationFailed(
                f"决策“{self.name or self.id}”无法得出结果：{error.message}", en=f"Decision {self.id}: {error.en}"
            ) from error
        return done[self.id]


def _plain(result: Any) -> Any:
    """A row with one output is worth that output."""
    return next(iter(result.values())) if isinstance(result, dict) and len(result) == 1 else result


def _matches(rule: Rule, values: list[Any], scope: Scope) -> bool:
    for place, test in rule.asks:  # noqa: SIM110  # looked at for each row of each table: a generator costs too much
        if not test.hold(values[place], scope):
            return False
    return True


def _input_value(column: Input, scope: Scope) -> Any:
    """The column's value in its declared type; a variable that nobody set is null, as FEEL has it."""
    missing = [name for name in column.expression.names if name not in scope.variables]
    value = scope.value(column.expression, dict.fromkeys(missing) if missing else NOTHING)
    if column.kind in _NUMBER_TYPES and isinstance(value, str):
        return _number(value)
    if column.kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if column.kind == "string" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


def _number(text: str) -> Any:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
