"""The types of documents as data (rules/documents.yaml): who may issue one, what must be there first, what it says."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.errors import Invalid
from engine.said import Said, joined

RULES = Path(__file__).parent / "rules" / "documents.yaml"
PHOTOS, MOST_PHOTOS = "photos", 6  # a kind of field, and how many such a field takes
LEVELS = ("exists", "approved", "served")
LEVEL_NAMES = {
    "exists": Said("已制作", "made"), "approved": Said("已批准", "approved"), "served": Said("已送达", "served"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body. ``kind`` is text, lines (a list of text), items (a list of rows with ``columns``) or photos
    (rows that name a file of the case, document_photos.py).
    """

    name: str
    label: str
    kind: str = "text"
    default: str = ""
    choices: tuple[str, ...] = ()
    columns: Mapping[str, str] | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Documents one of which must have come to ``level`` first; without types it is all other documents of the case."""

    types: tuple[str, ...]
    level: str = "approved"

    def words(self) -> Said:
        """The requirement as people say it."""
        if not self.types:
            return Said("本案其他文书全部批准", "all other documents of the case approved")
        names, level = joined("或", " or ", [f"《{name}》" for name in self.types]), LEVEL_NAMES[self.level]
        return Said(f"{names}（{level}）", f"{names.en} ({level.en})")


@dataclass(frozen=True, slots=True, eq=False)
class DocumentType:
    """One row of the table, valid from one day to another (the last day included)."""

    type: str
    code: str
    acts: tuple[str, ...]  # of table D9, one of which is enough; none: a paper inside the organ
    nr: int | None
    issuers: tuple[str, ...]
    issuer_clause: str
    needs: tuple[Need, ...]
    served_with: tuple[str, ...]  # types that are handed over with it: sealed before it is served
    fields: tuple[Field, ...]
    forbid: tuple[str, ...]
    forbid_clause: str
    must_say: tuple[str, ...]
    serve_within: str  # a clock, T25; empty: none
    officers: int
    certified: bool
    paper: str | None
    internal: bool
    self_report: bool
    several: bool
    form: bool
    qr: bool
    made_by_service: bool
    clause: str
    note: str
    layout: tuple[Mapping[str, Any], ...]
    valid_from: date
    valid_to: date | None

    def field(self, name: str) -> Field:
        """The field of this name."""
        return next(field for field in self.fields if field.name == name)


def all_types() -> Sequence[DocumentType]:
    """Every row of the table, in its order."""
    return _table().types


def on_day(type: str, day: date) -> DocumentType:
    """The row of this type in force on a local day; raises Invalid."""
    for row in _table().types:
        if row.type == type and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
            return row
    raise Invalid(
        f"没有在 {day.isoformat()} 有效的文书种类“{type}”，请从文书种类表（GET /document-types）中选择。",
        en=f"There is no document type “{type}” in force on {day.isoformat()}; choose one from the table.",
        problems=[{"field": "type", "rule": "choice", "message": "请从文书种类表中选择"}],
    )


def default_slots() -> Mapping[str, Mapping[str, str]]:
    """The eight slots of 四单四函 as shipped."""
    return _table().slots


@dataclass(frozen=True, slots=True)
class _Table:
    types: tuple[DocumentType, ...]
    slots: Mapping[str, Mapping[str, str]]


@functools.cache
def _table() -> _Table:
    return read_table(RULES.read_text(encoding="utf-8"))


def read_table(text: str) -> _Table:
    """The table in this YAML text; a row ends the day before the next row of its type begins."""
    given = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    rows = [_row(row, given) for row in given["types"]]
    return _Table(tuple(_ended(row, rows) for row in rows), given["slots"])


def _ended(row: DocumentType, rows: list[DocumentType]) -> DocumentType:
    later = [other.valid_from for other in rows if other.type == row.type and other.valid_from > row.valid_from]
    if row.valid_to is not None or not later:
        return row
    return DocumentType(**{**_plain(row), "valid_to": min(later) - timedelta(days=1)})


def _plain(row: DocumentType) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DocumentType.__slots__}


def _row(row: Mapping[str, Any], given: Mapping[str, Any]) -> DocumentType:
    fields = tuple(
        _field(name, given["fields"][name], required=required)
        for names, required in ((row["required"], True), (row.get("optional", ()), False))
        for name in names
    )
    return DocumentType(
        type=row["type"], code=row["code"], acts=_acts(row["act"]), nr=row.get("nr"), issuers=tuple(row["issuers"]),
        issuer_clause=row.get("issuer_clause") or row.get("clause") or given["note"],
        needs=tuple(_need(need) for need in row.get("needs", ())), served_with=tuple(row.get("served_with", ())),
        fields=fields,
        forbid=tuple(row.get("forbid", ())), forbid_clause=row.get("forbid_clause", ""),
        must_say=tuple(row.get("must_say", ())),
        serve_within=row.get("serve_within", ""), officers=row["officers"], certified=row["officers"] > 1,
        paper=row.get("paper"), internal=row.get("internal", False),
        self_report=row.get("self_report", False), several=row.get("several", False), form=row.get("form", False),
        qr=row.get("qr", True), made_by_service=row.get("made_by_service", False), clause=row.get("clause", ""),
        note=row.get("note", given["note"]), layout=tuple(row.get("layout") or _plain_layout(fields)),
        valid_from=row.get("from", given["from"]), valid_to=row.get("to"),
    )  # fmt: skip


def _field(name: str, given: Mapping[str, Any], *, required: bool) -> Field:
    return Field(
        name, given["label"], given.get("kind", "text"), given.get("default", ""), tuple(given.get("choices", ())),
        given.get("columns"), required,
    )  # fmt: skip


def _acts(given: str | Sequence[str]) -> tuple[str, ...]:
    """What is no act of authority says so: a row that says nothing is refused, not let through."""
    if given == "none":
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _need(given: str | Mapping[str, Any]) -> Need:
    if isinstance(given, str):
        return Need((given,))
    if given.get("all_others"):
        return Need(())
    return Need(tuple(given.get("any") or (given["type"],)), given.get("level", "approved"))


def _plain_layout(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """One block for each field, in order, for a type that has no text of its own: who it is for stands first."""
    blocks: list[dict[str, Any]] = []
    for field in fields:
        if not blocks and field.name in ("to_name", "recipient", "receiver", "place_name"):
            blocks.append({"p": f"{{{{ {field.name} }}}}："})
        elif field.kind in ("items", PHOTOS):
            blocks.append({"table" if field.kind == "items" else "photos": field.name})
        elif field.kind == "lines":
            blocks += [{"p": f"{field.label}："}, {"list": field.name}]
        else:
            blocks.append({"rows": [field.name]})
    return blocks
