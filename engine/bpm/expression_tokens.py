"""Words and signs of an expression, with JUEL's spellings replaced by Python's, and what is said of a wrong text."""

import keyword
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import Invalid

# A Lisu letter that nobody types: it hides names that are Python keywords (`from`, `pass`) from Python's parser.
MARK = "ꓘ"
_KEPT_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"})
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_WORD_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%"}
_SYMBOLS = {"&&": "and", "||": "or", "!": "~"}
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<op>&&|\|\||\*\*|//|==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)


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


Item = Token | list["Item"]  # what is in brackets is one


def translate(source: str) -> Iterator[Token]:
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
        return Token(MARK + text if keyword.iskeyword(text) else text, at, operand=True)
    if text in _WORD_OPERATORS and previous.operand:
        return Token(_WORD_OPERATORS[text], at)
    text = _CONSTANTS.get(text, text)
    if keyword.iskeyword(text) and text not in _KEPT_KEYWORDS:
        return Token(MARK + text, at, operand=True)
    return Token(text, at, operand=text in ("True", "False", "None") or not keyword.iskeyword(text))


def step(token: Token) -> int:
    """How the depth of brackets changes with this token."""
    return (token.text in OPENING) - (token.text in CLOSING)


def too_complex(source: str) -> BadExpression:
    """What is said of an expression that is nested too deeply or has too many parts."""
    return BadExpression("太复杂，请拆成几个变量。", en="too complex, split it into several variables.", source=source)
