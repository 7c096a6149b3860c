"""Writes one understood row of a paper ledger, in the caller's transaction.

A row that is closed on paper is history: hazard, deadline and re-inspections are written as they were, and no process
is started, so that nothing is reminded, escalated or handed out. A row that is open starts the process now, like any
hazard that is registered late: its found day and its limit are those of the paper, so that the lamp is right at once;
the chain first judges when somebody has confirmed the classification, and then takes the one rung that fits the days
overdue by then. No rung is ever written into the past.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.viewer import Viewer
from engine.campaign import authority, deadlines, hazards, judgements, places
from engine.campaign.case_model import Finding, Hazard, Recheck
from engine.campaign.exchange_model import ImportRow, LedgerEntry, SheetImport
from engine.campaign.model import Place

SAID = "由导入的纸质台账载明"
PAPER_CLOCKS = {"立改": "T2.spot", "较大": "T2.larger", "重大": "T53.govern"}  # the rule of any other level is T2
Given = Mapping[str, Any]


def write(tx: Session, app: App, sheet: SheetImport, row: ImportRow, viewer: Viewer, now: datetime) -> Hazard:
    """The hazard of this row with everything the paper says; raises what registering it would raise."""
    given = row.given or {}
    place = _place(tx, app, given, viewer)
    values = {
        "code": given["code"], "text": given["text"], "part": given["part"], "source": given["source"],
        "number": given["number"], "holder_unit": given["holder"],
        "found_at": datetime.fromisoformat(given["found_at"]),
        "criteria_confirmed": given["major_status"] == "已判定", "suspected": given["major_status"] == "疑似",
        "fixable_now": given["level"] == "立改",
    }  # fmt: skip
    hazard, code = hazards.row_in(tx, app, values, place, viewer.name, now)
    hazard.finder, hazard.reason, hazard.five = given["finder"], given["basis"], given["five"]
    hazard.local_level, hazard.major_status = given["level"], given["major_status"]
    if not given["closed_at"] and hazard.major_status == judgements.JUDGED:
        hazard.major_status = judgements.SUSPECTED  # the department judges it here too, see judgements.py
    tx.add(hazard)
    tx.flush()
    _write_rechecks(tx, hazard, given)
    if given["closed_at"]:
        _write_history(tx, app, hazard, given, code.local_level)
    else:
        facts = hazards.facts_of(hazard, code, place, values) | _limits(app, given)
        hazard.instance_id = instances.start_in(
            tx, app, hazards.DEFINITION, facts, by=viewer.name, now=now, business_key=hazard.number
        )
        _open_deadline(tx, app, hazard, given, now)
    tx.add(LedgerEntry(
        hazard=hazard.number, import_id=sheet.id, row=row.row, fingerprint=given["fingerprint"],
        columns=given["columns"] | ({"closer": given["closer"]} if given["closer"] else {}),
    ))  # fmt: skip
    text = f"由“{sheet.filename}”第 {row.row} 行导入"
    tx.add(Finding(hazard=hazard.number, kind="导入", at=now, text=text, detail={"import": sheet.id, "row": row.row}))
    tx.flush()
    return hazard


def _place(tx: Session, app: App, given: Given, viewer: Viewer) -> Place:
    if given["place"]:
        return places.require(tx, given["place"], viewer)
    new = given["new_place"]
    same = Place.uscc == new["uscc"] if new["uscc"] else (Place.name == new["name"]) & (Place.grid == new["grid"])
    place = tx.scalars(select(Place).where(same).limit(1)).one_or_none()  # made by a row before
    if place is None:
        authority.require(tx, viewer, "place.create")
        place = places.add(tx, app, new, by=viewer.name)
    return places.require(tx, place.id, viewer)


def _days(app: App, given: Given) -> int | None:
    if not given["due_on"]:
        return None
    found = datetime.fromisoformat(given["found_at"]).astimezone(app.zone).date()
    return (date.fromisoformat(given["due_on"]) - found).days


def _limits(app: App, given: Given) -> dict[str, Any]:
    """What the classification proposes: the level and the limit of the paper instead of those of the code table."""
    days = _days(app, given)
    level = {"default_level": given["level"]} if given["level"] in ("一般", "较大") else {}
    return level | ({"default_n": days, "default_unit": "d", "default_roll": "N"} if days else {})


def _open_deadline(tx: Session, app: App, hazard: Hazard, given: Given, now: datetime) -> None:
    days = _days(app, given)
    if days is None:
        return
    row = deadlines.open_in(
        tx, app, deadlines.of_hazard(hazard.number), deadlines.RECTIFY, start_at=hazard.found_at, n=days, unit="d",
        roll="N", now=now,
        due_at=app.calendar.end_of_day(date.fromisoformat(given["due_on"]), app.zone), clause=given["due_clause"],
        clock=PAPER_CLOCKS.get(given["level"], "T2"),
    )  # fmt: skip
    row.trace = [*row.trace, SAID]


def _write_history(tx: Session, app: App, hazard: Hazard, given: Given, level: str) -> None:
    closed_at = datetime.fromisoformat(given["closed_at"])
    _open_deadline(tx, app, hazard, given, hazard.found_at)
    deadlines.close_in(tx, deadlines.of_hazard(hazard.number), closed_at)
    hazard.local_level = hazard.local_level or level
    hazard.closed_at, hazard.closure_no, hazard.closure_opinion = closed_at, given["closure_no"], SAID


def _write_rechecks(tx: Session, hazard: Hazard, given: Given) -> None:
    for no, (at, passed, by) in enumerate(given["rechecks"] if given["closed_at"] else (), 1):
        tx.add(Recheck(hazard=hazard.number, no=no, at=datetime.fromisoformat(at), passed=passed, opinion=by))
