"""Collects what is wrong in the files while they are read, so that an author sees everything at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.bpm.spiff.values import Value, expression, template
from engine.bpm.spiff.xml import refusal
from engine.errors import EngineError, Problem

Result = TypeVar("Result")
MAX_PROBLEMS = 200


class Findings:
    """The errors found so far; each names its file and element."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []  # what an author should know although the files can run
        self.file = ""

    def refuse(self, element: str, rule: str, message: str, en: str, *, file: str | None = None) -> None:
        """Note one error at an element: what is wrong and what to do."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(refusal(message, en, rule=rule, element=element, file=file or self.file))

    def remark(self, element: str, rule: str, severity: str, message: str, en: str) -> None:
        """Note something that does not keep the files from running."""
        if len(self.remarks) < MAX_PROBLEMS:
            noted = refusal(message, en, rule=rule, element=element, file=self.file)
            self.remarks.append(noted | Problem(severity=severity))

    def attempt(self, element: str, rule: str, act: Callable[[], Result]) -> Result | None:
        """The result, or None after noting why there is none."""
        try:
            return act()
        except EngineError as error:
            for found in error.problems:
                self.refuse(found.get("element", element), rule, found["message"], found.get("en", found["message"]))
            if not error.problems:
                self.refuse(element, rule, error.message, error.en)
        return None

    def template(self, element: str, text: str | None) -> Value | None:
        """A compiled text with `${…}`; None for a missing or wrong one."""
        return None if text is None else self.attempt(element, "expression", lambda: template(text))

    def expression(self, element: str, text: str | None, rule: str = "expression") -> Value | None:
        """A compiled expression; None for a missing or wrong one."""
        return None if text is None else self.attempt(element, rule, lambda: expression(text))
