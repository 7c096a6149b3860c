"""One row of a sheet while it is understood: its cells by field, and each problem with row, column, value and what to
do. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.campaign import ledger_columns
from engine.campaign.ledger_values import Bad, Cell, text_of
from engine.said import Said, english

Value = TypeVar("Value")
ERROR, WARNING = "error", "warning"


@dataclass
class SheetRow:
    """``columns`` says in which cell a field stands, ``defaults`` what an empty cell means."""

    number: int
    cells: Sequence[Cell]
    headers: Sequence[str]
    columns: Mapping[str, int]
    defaults: Mapping[str, str]
    titles: Sequence[ledger_columns.Column] = ledger_columns.COLUMNS
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether there is an error, so that the row cannot be imported."""
        return any(problem["severity"] == ERROR for problem in self.problems)

    def cell(self, name: str) -> Cell:
        """The cell of a field, or what an empty one means."""
        index = self.columns.get(name)
        found = self.cells[index] if index is not None and index < len(self.cells) else None
        return self.defaults.get(name) if found in (None, "") else found

    def text(self, name: str, most: int = 4_000) -> str:
        """The text of a field; too long or unusable is an error."""
        found = self.read(name, text_of) or ""
        if len(found) > most:
            self.error(name, Said(f"超过 {most} 个字，请缩短", f"it is longer than {most} characters; shorten it"))
        return found[:most]

    def read(self, name: str, reader: Callable[[Cell], Value]) -> Value | None:
        """What ``reader`` makes of the cell; None for an empty cell or a bad one, which is an error."""
        cell = self.cell(name)
        if cell in (None, ""):
            return None
        try:
            return reader(cell)
        except Bad as bad:
            self.error(name, bad.said)
            return None

    def error(self, name: str, message: Said) -> None:
        """This row cannot be imported until somebody does what the message says."""
        self._note(name, message, ERROR)

    def warn(self, name: str, message: Said) -> None:
        """The row is imported; whoever imports should know this."""
        self._note(name, message, WARNING)

    def _note(self, name: str, message: Said, severity: str) -> None:
        index = self.columns.get(name)
        title = self.headers[index] if index is not None and index < len(self.headers) else ""
        title = title or ledger_columns.title_of(name, self.titles)
        shown = _shown(self.cell(name))
        where = f"第 {self.number} 行“{title}”" + (f"（{shown}）" if shown else "为空")
        told = {"field": name, "column": index, "value": shown, "severity": severity, "message": f"{where}：{message}"}
        self.problems.append(told | {"en": f"Row {self.number}, {english(title)} ({shown or 'empty'}): {message.en}"})


def _shown(cell: Cell) -> str:
    try:
        text = text_of(cell)
    except Bad:
        text = str(cell[1])
    return text if len(text) <= 40 else text[:40] + "…"
