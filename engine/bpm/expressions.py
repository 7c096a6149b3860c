"""The small, terminating expression language of conditions, timers and tables; it reaches only what it is given."""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.bpm.expression_evaluator import Evaluator, Functions, Variables
from engine.bpm.expression_limits import MAX_VALUE, Budget, EvaluationFailed, text_of, truth, weight
from engine.bpm.expression_syntax import EMPTY, BadExpression, parse_expression
from engine.errors import EngineError

__all__ = [
    "BadExpression", "EvaluationFailed", "Expression", "Script", "Template", "compile_expression", "compile_script",
    "compile_template", "evaluate", "render", "run_script", "text_of", "truth",
]  # fmt: skip

MAX_SCRIPT_LINES = 200
_ASSIGNMENT = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression with the variables and functions that it mentions."""

    source: str
    tree: ast.expr
    names: frozenset[str]
    functions: frozenset[str]

    @property
    def single_name(self) -> str | None:
        """The variable, when the expression is nothing but its name."""
        return self.tree.id if isinstance(self.tree, ast.Name) else None


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
        values = (part if isinstance(part, str) else evaluate(part, variables, functions) for part in self.parts)
        return "".join(text_of(value) for value in values)


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
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {node.id for node in calls if isinstance(node, ast.Name)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in calls}
    return Expression(text, tree, frozenset(names), frozenset(called - {EMPTY}))


def evaluate(source: str | Expression, variables: Variables, functions: Functions) -> Any:
    """The value of an expression, in bounded time. Raises BadExpression (text does not parse) or EvaluationFailed."""
    expression = compile_expression(source) if isinstance(source, str) else source
    try:
        return Evaluator(variables, functions, Budget()).value(expression.tree)
    except EngineError as error:
        raise _failed(expression, error.message, error.en, type(error)) from error
    except Exception as error:  # a function may raise anything; that is an incident, not a crash
        words = str(error) or type(error).__name__
        raise _failed(expression, f"计算出错（{words}）。", words, EvaluationFailed) from error


def _failed(expression: Expression, message: str, en: str, kind: type[EngineError]) -> EvaluationFailed:
    shown = expression.source if len(expression.source) <= 80 else expression.source[:77] + "…"
    return EvaluationFailed(f"表达式“{shown}”无法计算：{message}", en=f"Expression '{shown}' has no value: {en}")


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Template:
    """Split a text at its `${…}` (or `#{…}`). A text without any is one literal part. Raises BadExpression."""
    parts: list[str | Expression] = []
    rest = 0
    while (start := _next_start(text, rest)) >= 0:
        end = _end_of(text, start + 2)
        if end < 0:
            raise BadExpression("“${”没有对应的“}”。", en="'${' is not closed.", source=text, position=start)
        if start > rest:
            parts.append(text[rest:start])
        parts.append(compile_expression(text[start + 2 : end]))
        rest = end + 1
    if rest < len(text) or not parts:
        parts.append(text[rest:])
    return Template(tuple(parts))


def render(text: str, variables: Variables, functions: Functions) -> Any:
    """`${x}` gives the raw value, `a-${x}` a text, a plain text itself. Raises BadExpression or EvaluationFailed."""
    return compile_template(text).value(variables, functions)


def _next_start(text: str, rest: int) -> int:
    found = [at for sign in ("${", "#{") if (at := text.find(sign, rest)) >= 0]
    return min(found, default=-1)


def _end_of(text: str, start: int) -> int:
    """Offset of the `}` that closes an expression which starts here; strings may hold braces. -1 when there is none."""
    depth, quote, index = 0, "", start
    while index < len(text):
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
            raise BadExpression("脚本太长。", en="the script is too long.", source=line)
        lines.append((found.group(1), compile_expression(line[found.end() :])))
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
    seen, assigned = dict(variables), {}
    for name, expression in compiled.lines:
        value = evaluate(expression, seen, functions)
        if weight(value, MAX_VALUE) > MAX_VALUE:
            raise EvaluationFailed(f"变量“{name}”的值太大。", en=f"the value of '{name}' is too large.")
        seen[name] = assigned[name] = value
    return assigned
