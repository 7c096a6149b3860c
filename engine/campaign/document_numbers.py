"""Numbers of documents: in whose name one is issued, how its number is written, and what every register holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, document_types, history, organ_words, units
from engine.campaign.case_model import Assignment, Hazard
from engine.campaign.document_model import Document
from engine.campaign.model import NumberRegister, Setting, Unit
from engine.campaign.numbers import next_number
from engine.campaign.registers_model import Inspection
from engine.errors import Invalid, NotFound

SLOT = "slot"
SLOTS = "document_slots"  # key of the setting that stands in for the table's own
OF_INSPECTIONS = (  # the numbers of an inspection, when each was given, what carries it
    (Inspection.approval_no, Inspection.approved_at, "检查审批"),
    (Inspection.notice_no, Inspection.notified_at, "检查通知"),
    (Inspection.record_no, Inspection.recorded_at, "现场检查记录"),
    (Inspection.order_no, Inspection.recorded_at, "责令限期改正"),
)
OF_PAPERS = {"现场检查记录": "record_no", "责令限期整改指令书": "order_no"}  # papers of an inspection, with its number
IN_USE, VOID, NOT_FOUND = "在用", "作废", "无记录"


@dataclass(frozen=True, slots=True)
class RegisterView:
    """One register: organ × type × year, with the last number given out."""

    series: str
    year: int
    last: int


@dataclass(frozen=True, slots=True)
class SlotView:
    """One of the eight slots of 四单四函: what it is called here and which type fills it."""

    slot: str
    title: str
    type: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One number of a register and what carries it; ``state`` is 在用, 作废 or 无记录 (nothing carries it)."""

    serial: int
    number: str
    title: str
    document: str | None
    hazard: str | None
    at: datetime | None
    state: str
    reason: str


def slots(tx: Session) -> dict[str, Mapping[str, str]]:
    """The eight slots of 四单四函, the installation's own first."""
    return {**document_types.default_slots(), **_set(tx, SLOTS)}


def list_slots(app: App, viewer: Viewer) -> list[SlotView]:
    """The eight slots as they are filled, for everybody who can log in."""
    with app.reading() as tx:
        return [SlotView(name, slot["title"], slot["type"]) for name, slot in slots(tx).items()]


def fill_slot(app: App, slot: str, *, title: str, type: str, viewer: Viewer, reason: str = "") -> SlotView:
    """Let a slot mean another type from now on. Raises NotAllowed, NotFound (slot), Invalid (type)."""
    day = app.clock().astimezone(app.zone).date()
    with app.transaction() as tx:
        authority.require(tx, viewer, "document.slots")
        if slot not in document_types.default_slots():
            raise NotFound(f"没有“{slot}”这一格，请写单一至单四、函一至函四。", en=f"There is no slot {slot}.")
        document_types.on_day(type, day)
        row = tx.get(Setting, SLOTS, with_for_update=True)
        given, before = {"title": title, "type": type}, dict(slots(tx)[slot])
        filled = {**(row.value if row else {}), slot: given}
        tx.merge(Setting(key=SLOTS, value=filled))
        if before != given:
            history.note(tx, SLOT, slot, before=before, after=given, reason=reason, by=viewer.name, now=app.clock())
        return SlotView(slot, title, type)


def organ_of(tx: Session, unit: Unit) -> Unit:
    """The organ in whose name a unit issues: itself or the nearest above it with a 机关代字; raises Invalid."""
    words = organ_words.words(tx)
    for code in reversed(unit.path.strip("/").split("/")):
        if code in words:
            return units.require(tx, code)
    raise Invalid(
        f"“{unit.name}”和它的上级都没有机关代字，文书不能编号。"
        "请负责人或者系统管理员先在“设置 → 机关代字”里设置，再办这份文书。",
        en=f"{unit.name} has no organ word for its numbers; its head or an admin sets it (settings, organ words).",
    )


def series_of(tx: Session, unit: Unit, code: str) -> str:
    """The register of a unit for papers of this kind (such as 交): the word of the organ it belongs to, before the
    code; the unit's own name where no organ above it has a word, so that no paper has to wait for one.
    """
    words = organ_words.words(tx)
    above = (words[each] for each in reversed(unit.path.strip("/").split("/")) if each in words)
    return _prefix(next(above, {"word": unit.name}), code)


def give(tx: Session, unit: Unit, code: str, year: int) -> str:
    """The next number of that register, as it is written."""
    series = series_of(tx, unit, code)
    return f"{series}〔{year}〕{next_number(tx, f'{series}-{year}')}号"


def assign(tx: Session, app: App, row: Document, code: str, now: datetime) -> None:
    """Give a document the next number of its register, in the transaction that approves it; the number of its paper
    or of the inspection it was drawn up for (locked with the document) where there is one already.
    """
    organ = organ_of(tx, units.require(tx, row.organ)).code  # refuses what was drafted before any word was set
    prefix = _prefix(organ_words.words(tx)[organ], code)
    year = now.astimezone(app.zone).year
    paper = tx.get(Assignment, row.paper) if row.paper else None
    inspection = tx.get(Inspection, row.inspection) if row.inspection else None
    if given := paper.number if paper is not None else _given(tx, row, inspection):
        head, _, serial = given.removesuffix("号").partition("〕")
        row.series, _, text = head.partition("〔")
        row.year, row.serial, row.number = int(text), int(serial), given
        return
    row.serial = next_number(tx, f"{prefix}-{year}")
    row.series, row.year, row.number = prefix, year, f"{prefix}〔{year}〕{row.serial}号"
    if inspection is not None and not _filed(inspection, row):
        setattr(inspection, OF_PAPERS[row.type], row.number)


def take_back(tx: Session, row: Document) -> None:
    """A void document takes its number along: an inspection that had it from there, and has not filed it, has none."""
    inspection = tx.get(Inspection, row.inspection) if row.inspection and row.number else None
    if inspection is None or _filed(inspection, row):
        return
    if getattr(inspection, OF_PAPERS[row.type]) == row.number:
        setattr(inspection, OF_PAPERS[row.type], None)


def _filed(inspection: Inspection, row: Document) -> bool:
    """Whether the number of this paper stands in the record that was filed: then nothing replaces it there."""
    return inspection.recorded_at is not None and (OF_PAPERS[row.type] == "record_no" or bool(inspection.order_text))


def _given(tx: Session, row: Document, inspection: Inspection | None) -> str | None:
    """The number that an inspection has for this paper, unless a document that was voided carries it for ever."""
    number: str | None = getattr(inspection, OF_PAPERS[row.type]) if inspection is not None else None
    carried = number and tx.scalar(select(Document.id).where(Document.number == number))
    return None if carried else number


def _prefix(organ: dict[str, str], code: str) -> str:
    return organ_words.begins(organ) + code


def list_registers(app: App, viewer: Viewer) -> list[RegisterView]:
    """The registers of the viewer's organ, an admin's of all, by series and year; raises NotAllowed."""
    with app.reading() as tx:
        rows = tx.scalars(select(NumberRegister).order_by(NumberRegister.series)).all()
        allowed = _allowed(tx, viewer)
        found = [_register(row) for row in rows]
        return [register for register in found if register and register.series.startswith(allowed)]


def list_entries(
    app: App, series: str, year: int, *, viewer: Viewer, state: str | None = None
) -> list[EntryView]:  # fmt: skip
    """Every number of a register from 1 on, also those that were voided, or those in one ``state``; raises NotFound,
    NotAllowed.
    """
    with app.reading() as tx:
        row = tx.get(NumberRegister, f"{series}-{year}")
        if row is None or not series.startswith(_allowed(tx, viewer)):
            raise NotFound(
                f"没有“{series}〔{year}〕”的文号登记簿，请核对。", en=f"There is no register {series} of {year}."
            )
        carried = {entry.number: entry for entry in _carried(tx, series, year)}
        texts = [(serial, f"{series}〔{year}〕{serial}号") for serial in range(1, row.last + 1)]
        missing = [EntryView(serial, text, "", None, None, None, NOT_FOUND, "") for serial, text in texts]
        found = [carried.get(entry.number, entry) for entry in missing]
        return [entry for entry in found if state in (None, entry.state)]


def _carried(tx: Session, series: str, year: int) -> list[EntryView]:
    """Papers, closures and inspections first: a document with the same number stands for its paper."""
    like = f"{series}〔{year}〕%"
    found = []
    for paper in tx.scalars(select(Assignment).where(Assignment.number.like(like))):
        found.append(_entry(paper.number, paper.kind, None, paper.hazard, paper.sent_at, IN_USE, ""))
    for hazard in tx.scalars(select(Hazard).where(Hazard.closure_no.like(like))):
        found.append(_entry(hazard.closure_no or "", "销号", None, hazard.number, hazard.closed_at, IN_USE, ""))
    for column, moment, title in OF_INSPECTIONS:
        for number, at in tx.execute(select(column, moment).where(column.like(like))):
            found.append(_entry(number or "", title, None, None, at, IN_USE, ""))
    for row in tx.scalars(select(Document).where(Document.series == series, Document.year == year)):
        state = VOID if row.voided_at else IN_USE
        reason = (row.void_reason or "") if row.voided_at else ""
        found.append(_entry(row.number or "", row.title, row.id, row.hazard, row.approved_at, state, reason))
    return found


def _entry(
    number: str, title: str, document: str | None, hazard: str | None, at: datetime | None, state: str, reason: str
) -> EntryView:
    serial = int(number.removesuffix("号").rpartition("〕")[2])
    return EntryView(serial, number, title, document, hazard, at, state, reason)


def _register(row: NumberRegister) -> RegisterView | None:
    """Series of documents end in the year; those of hazards and places are no registers of documents."""
    series, _, year = row.series.rpartition("-")
    if not year.isdecimal() or len(year) != 4 or series.isascii():
        return None
    return RegisterView(series, int(year), row.last)


def _allowed(tx: Session, viewer: Viewer) -> str | tuple[str, ...]:
    """What the series begin with that this viewer may read: those of the own organ."""
    if viewer.admin:
        return ""
    authority.require(tx, viewer, "document.registers")
    words = organ_words.words(tx)
    unit = units.of_person(tx, viewer.name)
    if unit is None:
        return ()
    codes = unit.path.strip("/").split("/")
    return (unit.name, *(_prefix(words[code], "") for code in codes if code in words))


def _set(tx: Session, key: str) -> dict[str, Any]:
    row = tx.get(Setting, key)
    return dict(row.value) if row is not None else {}
