"""Turns the text of an expression into a checked tree: Python syntax plus JUEL spellings; it evaluates nothing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from engine.bpm.expression_tokens import (
    CLOSING,
    MARK,
    OPENING,
    BadExpression,
    Item,
    Token,
    step,
    too_complex,
    translate,
)

__all__ = ["EACH", "EMPTY", "MAX_LENGTH", "MAX_READ", "BadExpression", "parse_expression", "parts_of"]

MAX_LENGTH = 4_000  # characters of one expression
MAX_NODES = 1_000
MAX_DEPTH = 60
MAX_BRACKETS = 40
MAX_LITERAL = 10**30
MAX_READ = 750_000  # characters of all expressions that are deployed together: reading them takes seconds
EACH = 10  # characters that a shorter one counts

_NODES = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
    ast.UAdd, ast.Invert, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Compare,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp, ast.Call,
    ast.Subscript, ast.Slice, ast.Attribute, ast.List, ast.Tuple, ast.Dict,
)  # fmt: skip
_PLAIN = re.compile(r'(?P<number>0|[1-9][0-9]{0,15})|"[^"\\\n\r\x00\ud800-\udfff]{0,200}"')
EMPTY = "empty"  # the function that the prefix operator `empty x` becomes


def parse_expression(source: str) -> ast.expr:
    """The checked tree of an expression (without the `${` and `}` around it). Raises BadExpression."""
    if plain := _PLAIN.fullmatch(source):  # nearly all cells of a large table
        return ast.Constant(int(source) if plain["number"] else source[1:-1])
    if len(source) > MAX_LENGTH:
        raise BadExpression(
            f"最多 {MAX_LENGTH} 个字符，请缩短。", en=f"at most {MAX_LENGTH} characters; shorten it.", source=source
        )
    tokens = list(translate(source))
    if max(accumulate(map(step, tokens)), default=0) > MAX_BRACKETS:
        raise too_complex(source)
    tokens = _conditional(list(_mark_empty(tokens)), source)
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
        raise too_complex(source) from None
    _check(tree, source)
    return tree.body


def _mark_empty(tokens: list[Token]) -> Iterator[Token]:
    """`empty a.b[0]` becomes `empty(a.b[0])`; a variable called `empty` stays a variable."""
    ends, closes = _ends(tokens), Counter[int]()
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else Token("", 0)
        if token.text == EMPTY and following.text != "(" and (following.operand or following.text in OPENING):
            yield Token(token.text, token.at)
            yield Token("(", token.at)
            closes[_operand_end(tokens, index + 1, ends)] += 1
        else:
            yield token
        for _ in range(closes[index]):
            yield Token(")", token.at, operand=True)


def _ends(tokens: list[Token]) -> dict[int, int]:
    """For each bracket that is closed the index of the closing one, of whatever kind: Python's parser checks that."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.text in OPENING:
            opened.append(index)
        elif token.text in CLOSING and opened:
            ends[opened.pop()] = index
    return ends


def _operand_end(tokens: list[Token], start: int, ends: dict[int, int]) -> int:
    """Index of the last token of the operand that starts here: a name or literal or bracket with its trailers."""
    index = start
    while index < len(tokens):
        index = ends.get(index, index if tokens[index].text not in OPENING else len(tokens))
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if index < len(tokens) and tokens[index].text != "." and following not in (".", "[", "("):
            return index
        index += 1
    return len(tokens) - 1


def _conditional(tokens: list[Token], source: str) -> list[Token]:
    """JUEL's `test ? a : b` as Python's `(a) if (test) else (b)`, inside every bracket and between commas."""
    ends = _ends(tokens)
    for index, token in enumerate(tokens):
        if token.text in OPENING and index not in ends:
            raise _not_closed(token, source)
    done: list[Item] = []
    part: list[Item] = []
    around: list[tuple[Token, list[Item], list[Item]]] = []
    for token in tokens:
        if token.text in OPENING:
            around.append((token, done, part))
            done, part = [], []
        elif token.text in CLOSING and around:
            inside = [*done, *_one_conditional(part, source, len(around))]
            opened, done, part = around.pop()
            part.append([opened, *inside, token])
        elif token.text == ",":
            done += [*_one_conditional(part, source, len(around)), token]
            part = []
        else:
            part.append(token)
    flat: list[Token] = []
    _flatten([*done, *_one_conditional(part, source, 0)], flat)
    return flat


def _one_conditional(part: list[Item], source: str, depth: int) -> list[Item]:
    """A stretch without commas, its own level only: what is in brackets is one item, and already converted."""
    signs = [index for index, item in enumerate(part) if isinstance(item, Token) and item.text in ("?", ":")]
    return _converted(part, signs, 0, len(part), source, depth) if signs else part


def _converted(part: list[Item], signs: list[int], start: int, end: int, source: str, depth: int) -> list[Item]:
    """The items from start to end, where the question marks and colons stand at ``signs``."""
    asked = next((place for place, index in enumerate(signs) if _text(part[index]) == "?"), None)
    if asked is None:
        return part[start:end]
    if depth > MAX_BRACKETS:
        raise too_complex(source)
    question = signs[asked]
    levels = accumulate(1 if _text(part[index]) == "?" else -1 for index in signs[asked:])
    answered = next((place for place, level in enumerate(levels, asked) if level == 0), None)
    found = part[question]
    at = found.at if isinstance(found, Token) else 0
    if answered is None:
        raise BadExpression("“?”后面缺少“:”，请补上。", en="'?' without ':'; add it.", source=source, position=at)
    colon = signs[answered]
    test_from = signs[asked - 1] + 1 if asked else start
    between, after = signs[asked + 1 : answered], signs[answered + 1 :]
    return [
        *part[start:test_from],
        *_group(_converted(part, between, question + 1, colon, source, depth + 1), at),
        Token("if", at),
        *_group(part[test_from:question], at),
        Token("else", at),
        *_group(_converted(part, after, colon + 1, end, source, depth + 1), at),
    ]


def _text(item: Item) -> str:
    return item.text if isinstance(item, Token) else ""


def _group(items: list[Item], at: int) -> list[Item]:
    return [Token("(", at), *items, Token(")", at)]


def _flatten(items: list[Item], into: list[Token]) -> None:
    for item in items:
        if isinstance(item, Token):
            into.append(item)
        else:
            _flatten(item, into)


def _not_closed(token: Token, source: str) -> BadExpression:
    return BadExpression(
        f"第 {token.at + 1} 个字符“{token.text}”没有对应的右括号，请补上。",
        en=f"the bracket at character {token.at + 1} is not closed; add the closing one.",
        source=source,
        position=token.at,
    )


def _joined(tokens: list[Token]) -> tuple[str, list[int]]:
    """The Python text, and for each of its characters the offset in the source."""
    text, offsets = "", []
    for token in tokens:
        text += token.text + " "
        offsets += [token.at] * (len(token.text) + 1)
    return text, offsets


def _check(tree: ast.Expression, source: str) -> None:
    """Refuses every construct that is not on the list, and hides nothing behind a keyword or a huge literal."""
    pending: list[tuple[ast.AST, int]] = [(tree, 0)]
    seen = 0
    while pending:
        node, depth = pending.pop()
        children, is_read = list(parts_of(node)), "ctx" in node._fields
        seen += 1 + is_read
        if seen > MAX_NODES or depth + (is_read or bool(children)) > MAX_DEPTH:
            raise too_complex(source)
        _check_node(node, source)
        pending += [(child, depth + 1) for child in children]


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node, without the mark that a name is read; several times quicker than Python's own way."""
    for name in node._fields:
        part = getattr(node, name)
        if isinstance(part, list):
            yield from (one for one in part if isinstance(one, ast.AST))
        elif isinstance(part, ast.AST) and name != "ctx":
            yield part


def _check_node(node: ast.AST, source: str) -> None:
    if not isinstance(node, _NODES):
        raise BadExpression(
            f"不允许使用 {type(node).__name__}，请改用值、运算和登记过的函数。",
            en=f"{type(node).__name__} is not allowed; use values, operators and registered functions.",
            source=source,
        )
    if isinstance(node, ast.Name):
        node.id = node.id.removeprefix(MARK)
    elif isinstance(node, ast.Attribute):
        node.attr = node.attr.removeprefix(MARK)
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
