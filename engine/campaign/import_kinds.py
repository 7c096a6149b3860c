"""What each kind of import checks and writes, and the act that allows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import ledger_check, ledger_writing, place_check, place_writing, sheet_kinds, visit_writing
from engine.campaign.exchange_model import ImportRow, SheetImport


@dataclass(frozen=True, slots=True)
class ImportKind:
    """``check`` judges all rows of a sheet, which are in no session; ``write`` writes some into the registers and says
    so at each row; ``prepare`` does beforehand what need not wait for the writing transaction.
    """

    act: str
    check: Callable[[Session, App, SheetImport, Sequence[ImportRow], Viewer, datetime], None]
    write: Callable[[Session, App, SheetImport, Sequence[ImportRow], Viewer, datetime], None]
    prepare: Callable[[App], None] = lambda app: None


KINDS = {
    sheet_kinds.LEDGER: ImportKind("hazard.import", ledger_check.check, ledger_writing.write, ledger_writing.prepare),
    sheet_kinds.PLACES: ImportKind("place.import", place_check.check, place_writing.write),
    sheet_kinds.VISITS: ImportKind("visit.import", visit_writing.check, visit_writing.write),
}
