"""What each kind of import checks and writes, and the act that allows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import ledger_check, ledger_writing, place_check, place_writing, sheet_kinds
from engine.campaign.exchange_model import ImportRow, SheetImport


@dataclass(frozen=True, slots=True)
class ImportKind:
    """``check`` judges all rows of a sheet, ``write`` writes one into the registers and says so at the row."""

    act: str
    check: Callable[[Session, App, SheetImport, Viewer, datetime], None]
    write: Callable[[Session, App, SheetImport, ImportRow, Viewer, datetime], None]


def _write_hazard(tx: Session, app: App, sheet: SheetImport, row: ImportRow, viewer: Viewer, now: datetime) -> None:
    hazard = ledger_writing.write(tx, app, sheet, row, viewer, now)
    row.status, row.hazard = "done", hazard.number


KINDS = {
    sheet_kinds.LEDGER: ImportKind("hazard.import", ledger_check.check, _write_hazard),
    sheet_kinds.PLACES: ImportKind("place.import", place_check.check, place_writing.write),
}
