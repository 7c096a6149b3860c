"""The small, terminating expression language of conditions, timers and tables; it reaches only what it is given."""

import ast
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.bpm.expression_evaluator import Evaluator, Functions, Variables, flat, no_variable
from engine.bpm.expression_limits import (
    ANY,
    MAX_TEXT,
    MAX_VALUE,
    NODE,
    Budget,
    EvaluationFailed,
    accepted,
    text_of,
    truth,
    weight,
)
from engine.bpm.expression_syntax import EMPTY, MAX_LENGTH, BadExpression, parse_expression, parts_of
from engine.errors import EngineError

__all__ = [
    "BadExpression", "EvaluationFailed", "Expression", "Script", "Template", "compile_expression", "compile_script",
    "compile_template", "evaluate", "flat", "render", "run_script", "text_of", "truth",
]  # fmt: skip

MAX_SCRIPT_LINES = 200
MAX_PLACES = 200  # expressions in one text
MAX_TOGETHER = 20_000  # characters of a script, or of all expressions in one text
_START = re.compile(r"[$#]\{")
_ASSIGNMENT = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression with the variables and functions that it mentions."""

    source: str
    tree: ast.expr
    names: frozenset[str]
    functions: frozenset[str]
    single_name: str | None = None  # the variable, when the expression is nothing but its name
    short: bool = False  # nothing but a name, or a constant that any expression may have


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `${…}` in it: literal texts and expressions in turn."""

    parts: tuple[str | Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in it, in order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def value(self, variables: Variables, functions: Functions) -> Any:
        """The raw value of a lone `${…}`, otherwise the text. Raises EvaluationFailed."""
        if len(self.parts) == 1:
            part = self.parts[0]
            return evaluate(part, variables, functions) if isinstance(part, Expression) else part
        budget, pieces, length = Budget(), [], 0
        for part in self.parts:
            piece = part if isinstance(part, str) else _text_value(part, variables, functions, budget)
            length += len(piece) if isinstance(part, Expression) else 0
            if length > MAX_TEXT:
                raise EvaluationFailed("填入的内容太长，请缩短变量。", en="what is filled in is too long; shorten it.")
            pieces.append(piece)
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Script:
    """A list of `name = expression` lines."""

    lines: tuple[tuple[str, Expression], ...]


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Compile `a > 1 && !empty b`, with or without `${…}` around it. Raises BadExpression (zh + en, position)."""
    text = source.strip()
    if text[:2] in ("${", "#{") and _end_of(text, 2) == len(text) - 1:
        text = text[2:-1]
    tree = parse_expression(text)
    names, called = _mentioned(tree)
    single = tree.id if isinstance(tree, ast.Name) else None
    short = single is not None or (isinstance(tree, ast.Constant) and _is_value(tree.value))
    return Expression(text, tree, frozenset(names), frozenset(called - {EMPTY}), single, short)


def _is_value(constant: object) -> bool:
    try:
        accepted(constant)
    except EvaluationFailed:
        return False
    return True


def _mentioned(tree: ast.expr) -> tuple[set[str], set[str]]:
    """The variables and the functions in a tree."""
    names, called, pending = set[str](), set[str](), list[ast.AST]([tree])
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
            pending += node.args
        else:
            pending += parts_of(node)
    return names, called


def evaluate(source: str | Expression, variables: Variables, functions: Functions, budget: Budget | None = None) -> Any:
    """The value of an expression, in bounded time. Raises BadExpression (text does not parse) or EvaluationFailed.

    Evaluations that belong together share a budget, so that many of them may not cost more than one."""
    expression = compile_expression(source) if isinstance(source, str) else source
    spent = Budget() if budget is None else budget
    try:
        if expression.short:  # most are no more than this: no evaluator has to walk there
            spent.spend(NODE)
            if expression.single_name is None:
                return expression.tree.value  # type: ignore[attr-defined]  # a constant has one
            try:
                value = variables[expression.single_name]
            except KeyError:
                raise no_variable(expression.single_name) from None
            return value if type(value) in ANY else accepted(value)
        return Evaluator(variables, functions, spent).value(expression.tree)
    except Exception as error:  # a function may raise anything; that is an incident, not a crash
        raise _without_value(expression, error) from error


def _text_value(expression: Expression, variables: Variables, functions: Functions, budget: Budget) -> str:
    try:
        return text_of(Evaluator(variables, functions, budget).value(expression.tree))
    except Exception as error:
        raise _without_value(expression, error) from error


def _without_value(expression: Expression, error: Exception) -> EvaluationFailed:
    words = str(error)[:200] or type(error).__name__
    message, en = (error.message, error.en) if isinstance(error, EngineError) else (f"计算出错（{words}）。", words)
    shown = expression.source if len(expression.source) <= 80 else expression.source[:77] + "…"
    failed = EvaluationFailed(f"表达式“{shown}”无法计算：{message}", en=f"Expression '{shown}' has no value: {en}")
    failed.source = expression.source
    return failed


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Template:
    """Split a text at its `${…}` (or `#{…}`). A text without any is one literal part. Raises BadExpression."""
    parts: list[str | Expression] = []
    rest = written = 0
    while found := _START.search(text, rest):
        start = found.start()
        end = _end_of(text, start + 2)
        if len(parts) > 2 * MAX_PLACES:
            raise BadExpression(
                f"一段文字里的 ${{…}} 最多 {MAX_PLACES} 个，请拆开。",
                en=f"a text has at most {MAX_PLACES} expressions; split it.",
                source=text,
            )
        if end < 0 and len(text) - start > MAX_LENGTH:
            compile_expression(text[start + 2 :])  # says that it is too long
        if end < 0:
            raise BadExpression(
                "“${”没有对应的“}”，请补上。", en="'${' is not closed; add the '}'.", source=text, position=start
            )
        if start > rest:
            parts.append(text[rest:start])
        written += end - start
        if written > MAX_TOGETHER:
            raise BadExpression(
                f"一段文字里的 ${{…}} 合计最多 {MAX_TOGETHER} 个字符，请先算好再填入。",
                en=f"the expressions of a text have at most {MAX_TOGETHER} characters together; shorten them.",
                source=text,
            )
        parts.append(compile_expression(text[start + 2 : end]))
        rest = end + 1
    if rest < len(text) or not parts:
        parts.append(text[rest:])
    return Template(tuple(parts))


def render(text: str, variables: Variables, functions: Functions) -> Any:
    """`${x}` gives the raw value, `a-${x}` a text, a plain text itself. Raises BadExpression or EvaluationFailed."""
    return compile_template(text).value(variables, functions)


def _end_of(text: str, start: int) -> int:
    """Offset of the `}` that closes an expression which starts here; strings may hold braces. -1 when there is none."""
    depth, quote, index, last = 0, "", start, min(len(text), start + MAX_LENGTH + 1)
    while index < last:
        sign = text[index]
        if quote:
            index += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "}" and depth == 0:
            return index
        else:
            depth += (sign == "{") - (sign == "}")
        index += 1
    return -1


@lru_cache(maxsize=1024)
def compile_script(source: str) -> Script:
    """Compile the `name = expression` lines of a script task; `#` starts a comment line. Raises BadExpression."""
    if len(source) > MAX_TOGETHER:
        raise BadExpression(
            f"脚本最多 {MAX_TOGETHER} 个字符，请拆成几个任务。",
            en=f"a script has at most {MAX_TOGETHER} characters; split it.",
            source=source,
        )
    lines: list[tuple[str, Expression]] = []
    for number, line in enumerate(_logical_lines(source), 1):
        found = _ASSIGNMENT.match(line)
        if found is None or not _PLAIN_NAME.match(found.group(1)) or found.group(1).startswith("__"):
            raise BadExpression(
                "脚本的每一行都要写成“变量 = 表达式”，其他动作请用服务任务。",
                en="each line of a script must read 'name = expression'; use a service task for anything else.",
                source=line.strip(),
            )
        if number > MAX_SCRIPT_LINES:
            raise BadExpression(
                f"脚本最多 {MAX_SCRIPT_LINES} 行，请拆成几个任务。",
                en=f"a script has at most {MAX_SCRIPT_LINES} lines; split it.",
                source=line,
            )
        # Python reads names in this normal form; what a line assigns must be found by the lines after it.
        name = unicodedata.normalize("NFKC", found.group(1))
        lines.append((name, compile_expression(line[found.end() :])))
    return Script(tuple(lines))


def _logical_lines(source: str) -> list[str]:
    """Lines without blanks and comments; a line with an open bracket goes on in the next one."""
    lines, start, depth, quote, index = [], 0, 0, "", 0
    while index < len(source):
        sign = source[index]
        if quote:
            index += sign == "\\"
            quote = "" if sign in (quote, "\n") else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "#\n;" and (depth <= 0 or sign == "#"):
            lines.append(source[start:index])
            end_of_line = source.find("\n", index)
            index = index if sign != "#" else end_of_line if end_of_line >= 0 else len(source)
            start = index + 1
        else:
            depth += (sign in "([{") - (sign in ")]}")
        index += 1
    return [line for raw in [*lines, source[start:]] if (line := raw.strip())]


def run_script(script: str | Script, variables: Variables, functions: Functions) -> dict[str, Any]:
    """Run the lines in order, each seeing what the lines before assigned; only what was assigned is returned.

    All or nothing: an error in any line raises EvaluationFailed and assigns nothing."""
    compiled = compile_script(script) if isinstance(script, str) else script
    seen, assigned, budget = flat(variables), {}, Budget()
    for name, expression in compiled.lines:
        value = evaluate(expression, seen, functions, budget)
        size = weight(value, MAX_VALUE)
        if size > MAX_VALUE:
            raise EvaluationFailed(f"变量“{name}”的值太大。", en=f"the value of '{name}' is too large.")
        budget.spend(size)
        seen[name] = assigned[name] = value
    return assigned
