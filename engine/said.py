"""A sentence in both languages, made in one place from the same facts; wherever a text is wanted it is Chinese."""

from collections.abc import Iterable
from typing import Self


class Said(str):
    """Chinese text that carries its English as ``en``. What is put together from it with ``+`` or an f-string is a
    plain Chinese text again: put both together, or use ``joined``.
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Self:
        """The same in both languages."""
        made = super().__new__(cls, zh)
        made.en = en
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.en


def english(text: str) -> str:
    """The English of a text; names, law and whatever people wrote stay as they are."""
    return text.en if isinstance(text, Said) else text


def both(zh: str, en: str | None) -> str:
    """A stored text with the English that is stored beside it, where there is one."""
    return Said(zh, en) if en else zh


def beside(text: str) -> str | None:
    """The English to store beside a text; None for one that has none."""
    return text.en if isinstance(text, Said) else None


def joined(zh: str, en: str, parts: Iterable[str]) -> Said:
    """Parts in one text, with what stands between them in each language."""
    told = list(parts)
    return Said(zh.join(told), en.join(map(english, told)))


def one_of(zh: str, en: str, choices: Iterable[str]) -> Said:
    """What to choose from, in the words that are stored; ``zh`` and ``en`` say what of."""
    told = "、".join(choices)
    return Said(f"{zh}请从以下选择：{told}", f"Choose the {en} from {told}")
