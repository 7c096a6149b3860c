"""The ledger as lines of the 28 columns in which offices keep it (§4.7), read in parts: none is too long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import told
from engine.campaign.case_model import Assignment, Deadline, Evidence, Hazard, Measure, Recheck
from engine.campaign.closure_model import Revisit
from engine.campaign.deadlines import RECTIFY, REPLACED
from engine.campaign.document_model import Document
from engine.campaign.exchange_model import LedgerEntry
from engine.campaign.hazard_list import Wanted, query
from engine.campaign.hazard_views import HazardView, views
from engine.campaign.ledger_values import STATUTORY
from engine.campaign.model import Person, Place, Unit

PART = 500
STATUTORY_NAMES = {status: name for name, status in STATUTORY.items()}
NOTICES = ("安全风险提示单", "重大事故隐患告知书")  # whose numbers stand under 提示单号
WORKED = ("recheck", "close_review", "approve_closure", "fix_now")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``values`` by column key, each text, a number or an aware local moment; ``lamp`` is its colour."""

    values: dict[str, Any]
    lamp: str


def lines(tx: Session, app: App, viewer: Viewer, wanted: Wanted, now: datetime) -> Iterator[Line]:
    """All lines the viewer may see that match, by number."""
    found = query(app, viewer, wanted, now, "number")
    last = ""
    while rows := list(tx.scalars(found.where(Hazard.number > last).limit(PART))):
        last = rows[-1].number
        around = _Around(tx, rows, viewer)
        for hazard, view in zip(rows, views(tx, app, rows, now, viewer), strict=True):
            yield _line(app, hazard, view, around)
        tx.expunge_all()


class _Around:
    """What stands beside the rows of one part, one query a table."""

    def __init__(self, tx: Session, rows: Sequence[Hazard], viewer: Viewer) -> None:
        numbers = [row.number for row in rows]
        self.places = {row.id: row for row in tx.scalars(select(Place).where(Place.id.in_({r.place for r in rows})))}
        self.units = {row.code: row.name for row in tx.execute(select(Unit.code, Unit.name))}
        self.names = list(self.units.values())
        self.people = {row[0]: row[1] for row in tx.execute(select(Person.name, Person.display_name))}
        self.entries = {row.hazard: row.columns for row in self._rows(tx, numbers, LedgerEntry)}
        self.papers = _grouped(self._rows(tx, numbers, Assignment, told.papers(viewer)))
        self.measures = _grouped(self._rows(tx, numbers, Measure))
        self.rechecks = _grouped(self._rows(tx, numbers, Recheck))
        self.files = _grouped(self._rows(tx, numbers, Evidence, told.files(viewer)))
        self.revisits = _grouped(self._rows(tx, numbers, Revisit))
        notices = select(Document).where(
            Document.hazard.in_(numbers), Document.type.in_(NOTICES), Document.number.is_not(None),
            Document.voided_at.is_(None),
        )  # fmt: skip
        self.notices = _grouped(list(tx.scalars(notices.order_by(Document.approved_at, Document.id))))
        limits = select(Deadline).where(Deadline.hazard.in_(numbers), Deadline.kind == RECTIFY)
        self.due = {
            row.hazard: row for row in tx.scalars(limits.where(Deadline.state != REPLACED).order_by(Deadline.id))
        }
        ids = [row.instance_id for row in rows if row.instance_id]
        done = select(Task).where(Task.instance_id.in_(ids), Task.status == "completed", Task.element.in_(WORKED))
        self.tasks: dict[str, list[Task]] = {}
        for task in tx.scalars(done.order_by(Task.ended_at)):
            self.tasks.setdefault(task.instance_id, []).append(task)

    @staticmethod
    def _rows(tx: Session, numbers: list[str], table: Any, *which: ColumnElement[bool]) -> list[Any]:
        first = next(iter(table.__table__.primary_key))
        return list(tx.scalars(select(table).where(table.hazard.in_(numbers), *which).order_by(first)))

    def by(self, hazard: Hazard, *elements: str) -> list[str]:
        """Who completed these tasks of a hazard, in order."""
        tasks = self.tasks.get(hazard.instance_id or "", [])
        return [self.people.get(t.completed_by or "", t.completed_by or "") for t in tasks if t.element in elements]

    def unit(self, code: str) -> str:
        """The name of a unit; with its code where another has the same."""
        name = self.units[code]
        return f"{name}（{code}）" if self.names.count(name) > 1 else name


def _line(app: App, hazard: Hazard, view: HazardView, around: _Around) -> Line:
    place, due = around.places[hazard.place], around.due.get(hazard.number)
    paper, five = around.entries.get(hazard.number, {}), hazard.five or {}
    values: dict[str, Any] = {
        "number": hazard.number, "area": f"{around.units[hazard.community]}/{around.units[hazard.grid]}",
        "place": f"{place.name}（{place.uscc or place.id}）",
        "sector": "/".join(filter(None, (place.sector, place.kind))),
        "code": hazard.code, "text": hazard.text, "part": hazard.part,
        "level": f"{STATUTORY_NAMES[hazard.major_status]}/{hazard.local_level or '未定级'}", "basis": hazard.reason,
        "source": view.source, "finder": view.finder_name, "found_at": hazard.found_at.astimezone(app.zone),
        "photos_before": _files(around, hazard, "photo_before"), "holder": around.unit(hazard.holder_unit),
        "responsible": five.get("responsible") or "", "measures": five.get("measures") or "",
        "funds": five.get("funds", ""), "plan": five.get("plan") or "",
        "due_on": "" if due is None else due.due_on.isoformat() + (f"（{due.clause}）" if due.clause else ""),
        "assignment": _papers(app, around, hazard, given=True), "rechecks": _rechecks(app, around, hazard),
        "photos_after": _files(around, hazard, "photo_after"), "revisit": _revisits(app, around, hazard),
        "notice_no": "；".join(row.number for row in around.notices.get(hazard.number, [])),
        "papers": _papers(app, around, hazard, given=False),
        "closure": _closure(app, around, hazard, paper), "lamp": view.lamp_name,
        "remark": f"已作废：{hazard.void_reason}" if hazard.void_reason is not None else "",
    }  # fmt: skip
    for name in ("assignment", "notice_no", "rechecks", "papers", "revisit", "remark", "photos_before", "photos_after"):
        values[name] = values.get(name) or paper.get(name, "")
    if hazard.instance_id is None and paper.get("rechecks"):
        values["rechecks"] = paper["rechecks"]
    return Line(values, view.lamp)


def _files(around: _Around, hazard: Hazard, kind: str) -> str:
    return "；".join(row.filename for row in around.files.get(hazard.number, []) if row.kind == kind)


def _papers(app: App, around: _Around, hazard: Hazard, *, given: bool) -> str:
    shown = [
        f"{'' if given else row.kind + ' '}{row.number} {_shown(app, row.signed_at if given else row.sent_at)}".strip()
        for row in around.papers.get(hazard.number, []) if (row.kind == "交办") == given
    ]  # fmt: skip
    measures = [] if given else around.measures.get(hazard.number, [])
    shown += [f"{row.kind} {row.decision_no} {_shown(app, row.opened_at)}" for row in measures]
    return "；".join(shown)


def _rechecks(app: App, around: _Around, hazard: Hazard) -> str:
    by = around.by(hazard, "recheck")
    return "；".join(
        f"第{row.no}次 {'合格' if row.passed else '不合格'} {_shown(app, row.at)} "
        f"{by[place] if place < len(by) else ''}".strip()
        for place, row in enumerate(around.rechecks.get(hazard.number, []))
    )


def _revisits(app: App, around: _Around, hazard: Hazard) -> str:
    """What was found when somebody went there again; when the next is drawn to be, nobody reads here."""
    return "；".join(
        f"{row.kind} {row.result} {_shown(app, row.done_at)} {around.people.get(row.done_by, row.done_by)}".strip()
        for row in around.revisits.get(hazard.number, []) if row.done_at
    )  # fmt: skip


def _closure(app: App, around: _Around, hazard: Hazard, paper: dict[str, Any]) -> str:
    if hazard.closed_at is None or hazard.void_reason is not None:
        return ""
    by = around.by(hazard, "close_review", "approve_closure", "fix_now")
    closer = by[-1] if by else paper.get("closer", "")
    return f"{closer.replace('/', '、')}/{_shown(app, hazard.closed_at)}/{hazard.closure_no or ''}"


def _shown(app: App, at: datetime | None) -> str:
    return f"{at.astimezone(app.zone):%Y-%m-%d %H:%M:%S}" if at else ""


def _grouped(rows: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.hazard, []).append(row)
    return found
