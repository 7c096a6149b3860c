"""Turns the text of an expression into a checked tree: Python syntax plus JUEL spellings; it evaluates nothing."""

import ast
import keyword
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from engine.errors import Invalid

MAX_LENGTH = 4_000  # characters of one expression
MAX_NODES = 1_000
MAX_DEPTH = 60
MAX_BRACKETS = 40
MAX_LITERAL = 10**30

# A Lisu letter that nobody types: it hides names that are Python keywords (`from`, `pass`) from Python's parser.
_MARK = "ꓘ"
_KEPT_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"})
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_WORD_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%"}
_SYMBOLS = {"&&": "and", "||": "or", "!": "~"}
_OPENING = {"(": ")", "[": "]", "{": "}"}
_NODES = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
    ast.UAdd, ast.Invert, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Compare,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp, ast.Call,
    ast.Subscript, ast.Slice, ast.Attribute, ast.List, ast.Tuple, ast.Dict,
)  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<op>&&|\|\||\*\*|//|==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)
EMPTY = "empty"  # the function that the prefix operator `empty x` becomes


class BadExpression(Invalid):
    """This text is no expression of our language; ``position`` is the offset of the first wrong character."""

    def __init__(self, message: str, *, en: str, source: str, position: int = 0) -> None:
        shown = source if len(source) <= 80 else source[:77] + "…"
        super().__init__(f"表达式“{shown}”写得不对：{message}", en=f"Expression '{shown}' is wrong: {en}")
        self.source = source
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign of the source, in Python's spelling, with the offset where it stood."""

    text: str
    at: int
    operand: bool = False  # a name, a literal or a closing bracket: something an infix operator may follow


def parse_expression(source: str) -> ast.expr:
    """The checked tree of an expression (without the `${` and `}` around it). Raises BadExpression."""
    if len(source) > MAX_LENGTH:
        raise BadExpression(
            f"最多 {MAX_LENGTH} 个字符，请缩短。", en=f"at most {MAX_LENGTH} characters; shorten it.", source=source
        )
    tokens = list(_translate(source))
    if max(accumulate(map(_step, tokens)), default=0) > MAX_BRACKETS:  # before anything looks ahead to their ends
        raise _too_complex(source)
    tokens = _conditional(list(_mark_empty(tokens)), source, 0)
    if not tokens:
        raise BadExpression(
            "内容是空的，请写一个值或条件。", en="it is empty; write a value or a condition.", source=source
        )
    text, offsets = _joined(tokens)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        at = offsets[min(max((error.offset or 1) - 1, 0), len(offsets) - 1)]
        raise BadExpression(
            f"第 {at + 1} 个字符“{source[at : at + 1]}”附近看不懂，请改正写法。",
            en=f"cannot be read near character {at + 1}; correct it.",
            source=source,
            position=at,
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise _too_complex(source) from None
    _check(tree, source)
    return tree.body


def _translate(source: str) -> Iterator[Token]:
    """The tokens of the source with JUEL's spellings replaced by Python's."""
    position, previous = 0, Token("", 0)
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise BadExpression(
                f"第 {position + 1} 个字符“{source[position]}”不能用在表达式里。{_hint(source[position])}",
                en=f"character {position + 1} ({source[position]!r}) is not allowed; remove or replace it.",
                source=source,
                position=position,
            )
        kind, text = found.lastgroup, found.group()
        if kind != "space":
            previous = _python_spelling(kind or "", text, position, previous)
            yield previous
        position = found.end()


def _hint(sign: str) -> str:
    if sign == "=":
        return "比较请写“==”。"
    return "请改用半角符号。" if unicodedata.normalize("NFKC", sign) != sign or sign in "“”‘’，。" else "请删除或改写。"


def _python_spelling(kind: str, text: str, at: int, previous: Token) -> Token:
    """One token in Python's spelling; `eq`, `lt`, … are operators only where an operator can stand."""
    if kind in ("string", "number"):
        return Token(text, at, operand=True)
    if kind == "op":
        return Token(_SYMBOLS.get(text, text), at, operand=text in ")]}")
    if previous.text == ".":
        return Token(_MARK + text if keyword.iskeyword(text) else text, at, operand=True)
    if text in _WORD_OPERATORS and previous.operand:
        return Token(_WORD_OPERATORS[text], at)
    text = _CONSTANTS.get(text, text)
    if keyword.iskeyword(text) and text not in _KEPT_KEYWORDS:
        return Token(_MARK + text, at, operand=True)
    return Token(text, at, operand=text in ("True", "False", "None") or not keyword.iskeyword(text))


def _step(token: Token) -> int:
    """How the depth of brackets changes with this token."""
    return (token.text in _OPENING) - (token.text in (")", "]", "}"))


def _mark_empty(tokens: list[Token]) -> Iterator[Token]:
    """`empty a.b[0]` becomes `empty(a.b[0])`; a variable called `empty` stays a variable."""
    closes: list[int] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else Token("", 0)
        if token.text == EMPTY and following.text != "(" and (following.operand or following.text in _OPENING):
            yield Token(token.text, token.at)
            yield Token("(", token.at)
            closes.append(_operand_end(tokens, index + 1))
        else:
            yield token
        while index in closes:
            closes.remove(index)
            yield Token(")", token.at, operand=True)


def _operand_end(tokens: list[Token], start: int) -> int:
    """Index of the last token of the operand that starts here: a name or literal or bracket with its trailers."""
    index, depth = start, 0
    while index < len(tokens):
        text = tokens[index].text
        depth += _step(tokens[index])
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if depth <= 0 and text != "." and following not in (".", "[", "("):
            return index
        index += 1
    return len(tokens) - 1


def _conditional(tokens: list[Token], source: str, depth: int) -> list[Token]:
    """JUEL's `test ? a : b` as Python's `(a) if (test) else (b)`, inside every bracket and between commas."""
    done: list[Token] = []
    part: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text in _OPENING:
            end = _closing(tokens, index, source)
            part += [token, *_conditional(tokens[index + 1 : end], source, depth + 1), tokens[end]]
            index = end
        elif token.text == ",":
            done += [*_one_conditional(part, source, depth), token]
            part = []
        else:
            part.append(token)
        index += 1
    return done + _one_conditional(part, source, depth)


def _one_conditional(part: list[Token], source: str, depth: int) -> list[Token]:
    """A stretch without commas, its own level only: brackets inside are already converted."""
    question = _at_level(part, "?")
    if question is None:
        return part
    if depth > MAX_BRACKETS:
        raise _too_complex(source)
    open_questions, colon, level = 0, None, 0
    for index in range(question, len(part)):
        text = part[index].text
        level += _step(part[index])
        if level == 0 and text in ("?", ":"):
            open_questions += 1 if text == "?" else -1
            if open_questions == 0:
                colon = index
                break
    at = part[question].at
    if colon is None:
        raise BadExpression("“?”后面缺少“:”，请补上。", en="'?' without ':'; add it.", source=source, position=at)
    before = _at_level(part[:question], ":", last=True)
    test_from = 0 if before is None else before + 1
    return [
        *part[:test_from],
        *_group(_one_conditional(part[question + 1 : colon], source, depth + 1), at),
        Token("if", at),
        *_group(part[test_from:question], at),
        Token("else", at),
        *_group(_one_conditional(part[colon + 1 :], source, depth + 1), at),
    ]


def _at_level(part: list[Token], sign: str, *, last: bool = False) -> int | None:
    """Index of the first (or last) such sign outside of brackets."""
    levels = enumerate(accumulate(map(_step, part)))
    places = [index for index, level in levels if level == 0 and part[index].text == sign]
    return places[-1 if last else 0] if places else None


def _group(tokens: list[Token], at: int) -> list[Token]:
    return [Token("(", at), *tokens, Token(")", at)]


def _closing(tokens: list[Token], start: int, source: str) -> int:
    """Index of the bracket that closes the one at `start`; Python's parser checks its kind."""
    for index, level in enumerate(accumulate(map(_step, tokens[start:])), start):
        if level == 0:
            return index
    at = tokens[start].at
    raise BadExpression(
        f"第 {at + 1} 个字符“{tokens[start].text}”没有对应的右括号，请补上。",
        en=f"the bracket at character {at + 1} is not closed; add the closing one.",
        source=source,
        position=at,
    )


def _joined(tokens: list[Token]) -> tuple[str, list[int]]:
    """The Python text, and for each of its characters the offset in the source."""
    text, offsets = "", []
    for token in tokens:
        text += token.text + " "
        offsets += [token.at] * (len(token.text) + 1)
    return text, offsets


def _too_complex(source: str) -> BadExpression:
    return BadExpression("太复杂，请拆成几个变量。", en="too complex, split it into several variables.", source=source)


def _check(tree: ast.Expression, source: str) -> None:
    """Refuses every construct that is not on the list, and hides nothing behind a keyword or a huge literal."""
    pending: list[tuple[ast.AST, int]] = [(tree, 0)]
    seen = 0
    while pending:
        node, depth = pending.pop()
        seen += 1
        if seen > MAX_NODES or depth > MAX_DEPTH:
            raise _too_complex(source)
        _check_node(node, source)
        pending += [(child, depth + 1) for child in ast.iter_child_nodes(node)]


def _check_node(node: ast.AST, source: str) -> None:
    if not isinstance(node, _NODES):
        raise BadExpression(
            f"不允许使用 {type(node).__name__}，请改用值、运算和登记过的函数。",
            en=f"{type(node).__name__} is not allowed; use values, operators and registered functions.",
            source=source,
        )
    if isinstance(node, ast.Name):
        node.id = node.id.removeprefix(_MARK)
    elif isinstance(node, ast.Attribute):
        node.attr = node.attr.removeprefix(_MARK)
    elif isinstance(node, ast.Constant):
        _check_constant(node.value, source)
    elif isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.keywords):
        raise BadExpression(
            "只能调用登记过的函数，请改用如 len(x)、workdays(3)。",
            en="only registered functions can be called; use such as len(x) or workdays(3).",
            source=source,
        )
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    if name.startswith("__"):
        raise BadExpression(
            f"不允许使用名称 {name}，请改名。", en=f"the name {name} is not allowed; choose another.", source=source
        )


def _check_constant(value: object, source: str) -> None:
    allowed = value is None or isinstance(value, (str, int, float))
    if not allowed or (isinstance(value, (int, float)) and not abs(value) <= MAX_LITERAL):
        raise BadExpression("数字太大，请写小些。", en="the number is too large; write a smaller one.", source=source)
