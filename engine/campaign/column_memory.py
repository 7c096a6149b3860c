"""Which column of a sheet is which field: as chosen, as the unit meant it before, or as the names say."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import ledger_columns
from engine.campaign.exchange_model import ColumnMemory, SheetImport
from engine.campaign.model import Person
from engine.campaign.sheet_kinds import COLUMNS
from engine.errors import Invalid


def columns(
    tx: Session, viewer: Viewer, kind: str, headers: Sequence[str], chosen: Mapping[str, str]
) -> dict[str, int]:
    """Field → index of its column; raises Invalid for a choice (field → header) that is not there."""
    known = {column.key for column in COLUMNS[kind]}
    for field, header in chosen.items():
        if field not in known or (header and header not in headers):
            raise Invalid(
                f"列对应“{field}={header}”不对：字段可用 {'、'.join(sorted(known))}；"
                f"列名可用 {'、'.join(filter(None, headers))}。",
                en=f"Column {field}={header}: unknown field or header.",
                problems=[{"field": "columns", "rule": "choice", "message": f"“{field}={header}”不对"}],
            )
    proposed = ledger_columns.propose(headers, _remembered(tx, viewer, kind), COLUMNS[kind])
    found = {field: index for field, index in proposed.items() if field not in chosen}
    taken = {headers.index(header) for header in chosen.values() if header}
    kept = {field: index for field, index in found.items() if index not in taken}
    return kept | {field: headers.index(header) for field, header in chosen.items() if header}


def remember(tx: Session, viewer: Viewer, made: SheetImport) -> None:
    """The next sheet of this kind with such headers, from somebody of this unit, is read likewise."""
    unit, meant = _unit(tx, viewer), {index: field for field, index in made.columns.items()}
    for index, header in enumerate(made.headers):
        if name := ledger_columns.plain(header):
            tx.merge(ColumnMemory(kind=made.kind, unit=unit, header=name[:255], field=meant.get(index, "")))


def _unit(tx: Session, viewer: Viewer) -> str:
    return tx.scalar(select(Person.unit).where(Person.name == viewer.name)) or ""


def _remembered(tx: Session, viewer: Viewer, kind: str) -> dict[str, str]:
    memory = select(ColumnMemory.header, ColumnMemory.field)
    rows = memory.where(ColumnMemory.kind == kind, ColumnMemory.unit == _unit(tx, viewer))
    return {row.header: row.field for row in tx.execute(rows)}
