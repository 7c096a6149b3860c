"""Writes understood rows of a paper ledger, many at once, in the caller's transaction.

A row that is closed on paper is history: hazard, deadline and re-inspections are written as they were, and no process
is started, so that nothing is reminded, escalated or handed out. A row that is open starts the process now, like any
hazard that is registered late: its found day and its limit are those of the paper, so that the lamp is right at once;
the chain first judges when somebody has confirmed the classification, and then takes the one rung that fits the days
overdue by then. No rung is ever written into the past.

What the rows need of the registers is read once for all of them (ledger_registers.py), and rows of a kind are written
together: a statement for each row and table is what most of an import would cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.viewer import Viewer
from engine.campaign import arming, deadline_rows, deadlines, hazards, judgements, patrol_planning
from engine.campaign.case_model import Deadline, Finding, Hazard, Recheck, Reminder
from engine.campaign.exchange_model import ImportRow, LedgerEntry, SheetImport
from engine.campaign.ledger_registers import Registers
from engine.campaign.model import HazardCode, Place
from engine.said import Said
from engine.sql import Statement, Writes, insert_into, row_of

SAID = Said("由导入的纸质台账载明", "As the imported paper ledger says")
_HAZARD, _DEADLINE, _REMINDER, _RECHECK, _ENTRY, _FINDING = (
    insert_into(model) for model in (Hazard, Deadline, Reminder, Recheck, LedgerEntry, Finding)
)
_STARTED = Statement(
    update(Hazard).where(Hazard.number == bindparam("hazard")).values(instance_id=bindparam("started"))
)
PAPER_CLOCKS = {"立改": "T2.spot", "较大": "T2.larger", "重大": "T53.govern"}  # the rule of any other level is T2
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet and the hazard that it becomes."""

    row: ImportRow
    given: Given
    hazard: Hazard
    code: HazardCode
    place: Place
    values: Given


def prepare(app: App) -> None:
    """Read the diagrams of a case: the first time it takes longer than fifty rows do."""
    instances.read_ahead(app, hazards.DEFINITION)


def write(tx: Session, app: App, sheet: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime) -> None:
    """The hazards of these rows with everything the paper says; raises what registering one of them would raise."""
    registers = Registers(tx, app, [row.given or {} for row in rows], viewer)
    lines = [_line(row, row.given or {}, registers, viewer, now) for row in rows]
    _insert(tx, (_HAZARD, [row_of(line.hazard) for line in lines]))
    patrol_planning.wrote(tx, [line.place.id for line in lines])
    _start(tx, app, [line for line in lines if not line.given["closed_at"]], viewer, now)
    _write_deadlines(tx, app, lines, now)
    _insert(
        tx, (_RECHECK, [row for line in lines for row in _rechecks(line)]),
        (_ENTRY, [_entry(sheet, line) for line in lines]), (_FINDING, [_finding(sheet, line, now) for line in lines]),
    )  # fmt: skip
    for line in lines:
        line.row.status, line.row.hazard = "done", line.hazard.number
    tx.flush()


def _insert(tx: Session, *kinds: tuple[Statement, Sequence[Mapping[str, Any]]]) -> None:
    writes = Writes()
    for statement, rows in kinds:
        writes.add(statement, rows)
    writes.run(tx)


def _line(row: ImportRow, given: Given, registers: Registers, viewer: Viewer, now: datetime) -> Line:
    found_at = datetime.fromisoformat(given["found_at"])
    values = {
        "code": given["code"], "text": given["text"], "part": given["part"], "source": given["source"],
        "number": given["number"], "holder_unit": given["holder"], "found_at": found_at,
        "criteria_confirmed": given["major_status"] == "已判定", "suspected": given["major_status"] == "疑似",
        "fixable_now": given["level"] == "立改",
    }  # fmt: skip
    hazards.check(values, found_at, now)
    place, code = registers.place(given), registers.code(given)
    hazard = hazards.row(
        values, place, code, registers.holder(given, place), registers.number(given), registers.before,
        finder=viewer.name, now=now,
    )  # fmt: skip
    hazard.finder, hazard.reason, hazard.five = given["finder"], given["basis"], given["five"]
    hazard.local_level, hazard.major_status = given["level"], given["major_status"]
    if given["closed_at"]:
        hazard.closed_at, hazard.closure_no = datetime.fromisoformat(given["closed_at"]), given["closure_no"]
        hazard.local_level, hazard.closure_opinion = hazard.local_level or code.local_level, SAID
    elif hazard.major_status == judgements.JUDGED:
        hazard.major_status = judgements.SUSPECTED  # the department judges it here too, see judgements.py
    registers.before.note(hazard)
    return Line(row, given, hazard, code, place, values)


def _start(tx: Session, app: App, lines: Sequence[Line], viewer: Viewer, now: datetime) -> None:
    """The process of each case that is open."""
    if not lines:
        return
    cases = [
        (number, hazards.facts_of(tx, line.hazard, line.code, line.place, line.values) | _limits(app, line))
        for number, line in ((line.hazard.number, line) for line in lines)
    ]
    definition = instances.startable(tx, hazards.DEFINITION)
    ids = instances.start_each(tx, app, definition, cases, by=viewer.name, now=now)
    numbers = [line.hazard.number for line in lines]
    _insert(tx, (_STARTED, [{"started": id, "hazard": number} for id, number in zip(ids, numbers, strict=True)]))


def _days(app: App, line: Line) -> int | None:
    if not line.given["due_on"]:
        return None
    found = line.hazard.found_at.astimezone(app.zone).date()
    return (date.fromisoformat(line.given["due_on"]) - found).days


def _limits(app: App, line: Line) -> dict[str, Any]:
    """What the classification proposes: the level and the limit of the paper instead of those of the code table."""
    days, level = _days(app, line), line.given["level"]
    default = {"default_level": level} if level in ("一般", "较大") else {}
    return default | ({"default_n": days, "default_unit": "d", "default_roll": "N"} if days else {})


def _write_deadlines(tx: Session, app: App, lines: Sequence[Line], now: datetime) -> None:
    """The limits of the paper: those of closed cases have ended, those of open ones are reminded of from now on."""
    limits = [row for line in lines if (row := _deadline(app, line, now))]
    _insert(tx, (_DEADLINE, [row_of(row) for row in limits]))
    running = {row.hazard: row for row in limits if row.state == deadlines.OPEN}
    for id, number in tx.execute(select(Deadline.id, Deadline.hazard).where(Deadline.hazard.in_(running))):
        running[number].id = id
    ahead = [row_of(each) for row in running.values() for each in arming.reminders(app, row, now, first=True)]
    _insert(tx, (_REMINDER, ahead))


def _deadline(app: App, line: Line, now: datetime) -> Deadline | None:
    given, hazard, days = line.given, line.hazard, _days(app, line)
    if days is None:
        return None
    row = deadline_rows.first(
        app, deadlines.of_hazard(hazard.number), deadlines.RECTIFY, start_at=hazard.found_at, n=days, unit="d",
        roll="N", now=hazard.found_at if hazard.closed_at else now,
        due_at=app.calendar.end_of_day(date.fromisoformat(given["due_on"]), app.zone), clause=given["due_clause"],
        clock=PAPER_CLOCKS.get(given["level"], "T2"),
    )  # fmt: skip
    row.trace = [*row.trace, SAID]
    if hazard.closed_at:
        deadline_rows.end(row, hazard.closed_at)
    return row


def _rechecks(line: Line) -> list[dict[str, Any]]:
    given = line.given["rechecks"] if line.given["closed_at"] else ()
    return [
        {"hazard": line.hazard.number, "no": no, "at": datetime.fromisoformat(at), "passed": passed, "opinion": by}
        for no, (at, passed, by) in enumerate(given, 1)
    ]


def _entry(sheet: SheetImport, line: Line) -> dict[str, Any]:
    """Where it comes from, and what the paper says beside the columns of a hazard."""
    given = line.given
    columns = given["columns"] | ({"closer": given["closer"]} if given["closer"] else {})
    source = {"hazard": line.hazard.number, "import_id": sheet.id, "row": line.row.row}
    return {**source, "fingerprint": given["fingerprint"], "columns": columns}


def _finding(sheet: SheetImport, line: Line, now: datetime) -> dict[str, Any]:
    number = line.row.row
    text, en = f"由“{sheet.filename}”第 {number} 行导入", f"Imported from row {number} of {sheet.filename}"
    detail = {"import": sheet.id, "row": number}
    return {"hazard": line.hazard.number, "kind": "导入", "at": now, "text": text, "text_en": en, "detail": detail}
