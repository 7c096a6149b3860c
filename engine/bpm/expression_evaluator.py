"""Walks a checked expression tree with simpleeval's handlers; it knows no attribute, no function not given to it."""

import ast
from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from simpleeval import SimpleEval

from engine.bpm.expression_limits import (
    ANY,
    CALL,
    NODE,
    OPERATORS,
    REGISTERED,
    Budget,
    EvaluationFailed,
    accepted,
    text_of,
)
from engine.bpm.expression_syntax import EMPTY
from engine.bpm.functions import Registered

Functions = Mapping[str, Callable[..., Any]]
Variables = Mapping[str, Any]


def flat(variables: Variables) -> dict[str, Any]:
    """A dictionary of its own with these variables; layers are laid over each other, not asked name by name."""
    if not isinstance(variables, ChainMap):
        return dict(variables)
    found: dict[str, Any] = {}
    for layer in reversed(variables.maps):
        found.update(layer)
    return found


def no_variable(name: str) -> EvaluationFailed:
    """The failure of an expression that names what does not exist."""
    return EvaluationFailed(f"没有名为“{name}”的变量，请检查名称或先给它赋值。", en=f"there is no variable '{name}'.")


class _Missing(EvaluationFailed):
    """A key or entry is not there; `empty` counts that as empty."""


class Evaluator(SimpleEval):  # type: ignore[misc]  # simpleeval has no types
    """simpleeval with our operators, a work budget, and attribute access that only means a key of a mapping."""

    operators: ClassVar = {getattr(ast, name): function for name, function in OPERATORS.items()}
    expr = ""

    def __init__(self, variables: Variables, functions: Functions, budget: Budget) -> None:
        # The parent's __init__ is not called: it allows more than we do, and changes global warning filters.
        self.functions, self.names, self.budget = functions, variables, budget

    def value(self, tree: ast.expr) -> Any:
        """The value of a checked tree. Raises EvaluationFailed, or whatever a registered function raises."""
        return self._eval(tree)

    def _eval(self, node: ast.AST) -> Any:
        budget = self.budget
        budget.left -= NODE
        if budget.left < 0:
            budget.spend(0)  # which refuses
        value = node.value if type(node) is ast.Constant else _HANDLERS[type(node)](self, node)
        return value if type(value) in ANY else accepted(value)

    def _eval_name(self, node: ast.Name) -> Any:
        try:
            return self.names[node.id]
        except KeyError:
            raise no_variable(node.id) from None

    def _eval_binop(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        self.budget.weigh(left, right)
        return self.operators[type(node.op)](left, right)

    def _eval_compare(self, node: ast.Compare) -> Any:
        left, outcome = self._eval(node.left), True
        for operation, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._eval(comparator)
            self.budget.weigh(left, right)
            if isinstance(operation, (ast.In, ast.NotIn)):
                self.budget.search(left, right)
            outcome = bool(self.operators[type(operation)](left, right))
            if not outcome:
                return False
            left = right
        return outcome

    def _eval_call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == EMPTY and EMPTY not in self.functions:
            return self._empty(node)
        function = self.functions.get(name)
        if function is None:
            raise EvaluationFailed(f"没有名为“{name}”的函数。", en=f"there is no function '{name}'.")
        arguments = [self._eval(argument) for argument in node.args]
        self.budget.call(name, arguments, REGISTERED if isinstance(function, Registered) else CALL)
        return function(*arguments)

    def _empty(self, node: ast.Call) -> bool:
        if len(node.args) != 1:
            raise EvaluationFailed("empty 后面要有一个值。", en="empty takes one value.")
        try:
            value = self._eval(node.args[0])
        except _Missing:
            return True
        except EvaluationFailed:
            if isinstance(node.args[0], ast.Name) and node.args[0].id not in self.names:
                return True
            raise
        return value is None or (isinstance(value, (str, list, tuple, Mapping)) and len(value) == 0)

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        return self._key(self._eval(node.value), node.attr, ".{}")

    def _eval_subscript(self, node: ast.Subscript) -> Any:
        container = self._eval(node.value)
        if isinstance(node.slice, ast.Slice):
            if not isinstance(container, (str, list, tuple)):
                raise EvaluationFailed("只有文字和列表可以截取。", en="only texts and lists have slices.")
            self.budget.weigh(container)
            return container[self._eval_slice(node.slice)]
        key = self._eval(node.slice)
        if isinstance(container, Mapping):
            return self._key(container, key, "[{!r}]")
        if not isinstance(container, (str, list, tuple)):
            raise EvaluationFailed("方括号前面不是列表、文字或对象。", en="this value cannot be indexed.")
        if not isinstance(key, int) or not -len(container) <= key < len(container):
            raise _Missing(f"列表中没有第 {text_of(key)[:20]} 项。", en="there is no such entry in the list.")
        return container[key]

    def _key(self, container: Any, key: Any, spelling: str) -> Any:
        shown = spelling.format(key[:40] if isinstance(key, str) else key) if isinstance(key, (str, int)) else "[…]"
        if not isinstance(container, Mapping):
            raise EvaluationFailed(f"“{shown}”前面的值不是对象。", en=f"the value before {shown} has no keys.")
        if not isinstance(key, (str, int)) or key not in container:
            raise _Missing(f"对象里没有“{shown}”。", en=f"there is no {shown} in the object.")
        return container[key]

    def _eval_sequence(self, node: ast.List | ast.Tuple) -> list[Any]:
        return [self._eval(element) for element in node.elts]

    def _eval_dict(self, node: ast.Dict) -> dict[str, Any]:
        if any(key is None for key in node.keys):
            raise EvaluationFailed("对象里不能用 **。", en="** is not allowed in an object.")
        return {self._name(key): self._eval(node.values[i]) for i, key in enumerate(node.keys) if key}

    def _name(self, node: ast.expr) -> str:
        """A key of an object that is written down."""
        key = self._eval(node)
        self.budget.weigh(key)
        return text_of(key)


_HANDLERS: dict[type[ast.AST], Callable[[Evaluator, Any], Any]] = {
    ast.Name: Evaluator._eval_name, ast.BoolOp: Evaluator._eval_boolop,
    ast.UnaryOp: Evaluator._eval_unaryop, ast.BinOp: Evaluator._eval_binop, ast.Compare: Evaluator._eval_compare,
    ast.IfExp: Evaluator._eval_ifexp, ast.Call: Evaluator._eval_call, ast.Subscript: Evaluator._eval_subscript,
    ast.Attribute: Evaluator._eval_attribute, ast.List: Evaluator._eval_sequence, ast.Tuple: Evaluator._eval_sequence,
    ast.Dict: Evaluator._eval_dict,
}  # fmt: skip
