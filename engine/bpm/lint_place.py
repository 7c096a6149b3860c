"""Where a finding of the linter is; one way to write findings for all its rules."""

from engine.errors import Problem


class Place:
    """Where a finding is."""

    __slots__ = ("element", "file")

    def __init__(self, file: str, element: str) -> None:
        self.file, self.element = file, element

    def error(self, rule: str, message: str, en: str) -> Problem:
        """Something that must be changed."""
        return Problem(file=self.file, element=self.element, rule=rule, severity="error", message=message, en=en)

    def warning(self, rule: str, message: str, en: str) -> Problem:
        """Something that should be looked at."""
        return Problem(file=self.file, element=self.element, rule=rule, severity="warning", message=message, en=en)
