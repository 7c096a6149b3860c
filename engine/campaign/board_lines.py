"""The records behind those numbers of the board that no other list shows: papers, rungs, measures, reports, tasks.

Each list is one query over the records that the viewer may see; the number on the board is the total of that query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.clocks import OPEN
from engine.bpm.model import Definition, Instance, Task, TaskCandidate
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import citizen_reports, scope, units
from engine.campaign.case_model import Assignment, Hazard, Measure, Rung
from engine.campaign.events import STEPS
from engine.campaign.model import Place
from engine.campaign.report_model import CitizenReport
from engine.db import UtcDateTime
from engine.errors import NotFound

DAY = timedelta(hours=24)
CASES = ("hazard", "transfer", "seal")  # whose tasks are told to everybody who sees the hazard
PAPERS = ("交办", "移交")


@dataclass(frozen=True, slots=True)
class Line:
    """One record: what it is, about which hazard, whose turn it is, since when and until when."""

    key: str
    title: str
    hazard: str | None
    place_name: str
    community_name: str
    who: str
    at: datetime
    due_at: datetime | None
    late: bool
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks, when, and at which part."""

    viewer: Viewer
    now: datetime
    group: str | None = None
    late: bool = False


Row = tuple[Any, ...]
Found = Select[*tuple[Any, ...]]
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A list of lines: its query (ordered) and how a row of it is told."""

    query: Callable[[Asked], Found]
    line: Callable[[Row, dict[str, str], datetime], Line]
    units: Callable[[Row], tuple[str | None, ...]]


def lines(
    app: App, viewer: Viewer, of: str, *, group: str | None = None, late: bool = False, page: int = 1, size: int = 50
) -> Page[Line]:
    """The records behind a number of the board; ``group`` narrows what is waited for to one group, ``late`` to what is
    past its moment. Raises NotFound.
    """
    check_page(page, size)
    if of not in SOURCES:
        raise NotFound(f"看板上没有“{of}”这个数字，有：{'、'.join(SOURCES)}。", en=f"The board has no number {of}.")
    source, now = SOURCES[of], app.clock()
    query = source.query(Asked(viewer, now, group, late))
    with app.reading() as tx:
        all_ = total(tx, query)
        rows: Sequence[Row] = [tuple(row) for row in tx.execute(query.limit(size).offset((page - 1) * size))]
        names = units.names(tx, {code for row in rows for code in source.units(row) if code})
        return Page([source.line(row, names, now) for row in rows], all_, page, size)


def counts(tx: Session, viewer: Viewer, now: datetime) -> tuple[dict[str, int], list[tuple[str, int, int]]]:
    """How many records are behind each number, and for whom the open tasks wait: group, its tasks, how many of them are
    late; the most first. All about hazards are joined with these at once, so that who sees what is asked once.
    """
    asked = Asked(viewer, now)
    no_task, never = cast(null(), String(64)), cast(null(), UtcDateTime(timezone=True))
    kinds = [
        select(literal(of, String(32)).label("of"), no_task.label("task"), never.label("due_at"), table.hazard)
        .where(*told(asked))
        for of, (table, told) in PLAIN.items()
    ]  # fmt: skip
    tasks = select(literal("waiting", String(32)), Task.id, Task.due_at, Instance.business_key)
    tasks = tasks.join(Instance, Instance.id == Task.instance_id).where(*_open(asked))
    records = union_all(*kinds, tasks).subquery()
    seen = select(records).join(Hazard, Hazard.number == records.c.hazard).where(scope.hazards(viewer)).cte("seen")
    each: Found = select(literal(False), seen.c.of, func.count(), literal(0)).group_by(seen.c.of)
    offered = TaskCandidate.candidate
    groups: Found = select(literal(True), offered, func.count(), func.count().filter(seen.c.due_at <= now))
    groups = groups.join(seen, seen.c.task == TaskCandidate.task_id)
    groups = groups.where(offered.startswith("group:")).group_by(offered)
    rows = tx.execute(union_all(each, groups)).all()
    found = {of: count for is_group, of, count, _ in rows if not is_group}
    found["reports_unanswered"] = total(tx, _reports(asked))
    waiting = [(row[1].removeprefix("group:"), row[2], row[3]) for row in rows if row[0]]
    return {key: found.get(key, 0) for key in SOURCES}, sorted(waiting, key=lambda row: (-row[1], row[0]))


def total(tx: Session, query: Found) -> int:
    """How many rows a query has."""
    return tx.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _papers(asked: Asked) -> Found:
    query = select(Assignment.id.label("paper"), Assignment, Hazard.community, Place.name.label("place"))
    query = query.join(Hazard, Hazard.number == Assignment.hazard).join(Place, Place.id == Hazard.place)
    return query.where(scope.hazards(asked.viewer), *_unsigned(asked)).order_by(Assignment.sign_due_at, Assignment.id)


def _unsigned(_asked: Asked) -> Conditions:
    left = Assignment.signed_at.is_(None), Assignment.closed_at.is_(None), Assignment.returned_at.is_(None)
    return Assignment.kind.in_(PAPERS), *left


def _rungs(asked: Asked) -> Found:
    query = select(Rung.id.label("rung"), Rung, Hazard.community, Hazard.holder_unit, Place.name.label("place"))
    query = query.join(Hazard, Hazard.number == Rung.hazard).join(Place, Place.id == Hazard.place)
    return query.where(scope.hazards(asked.viewer), *_recent(asked)).order_by(Rung.at.desc(), Rung.id.desc())


def _recent(asked: Asked) -> Conditions:
    return Rung.at > asked.now - DAY, Rung.at <= asked.now


def _measures(asked: Asked) -> Found:
    query = select(Measure.id.label("measure"), Measure, Hazard.community, Place.name.label("place"))
    query = query.join(Hazard, Hazard.number == Measure.hazard).join(Place, Place.id == Hazard.place)
    return query.where(scope.hazards(asked.viewer), *_ending(asked)).order_by(Measure.ends_at, Measure.id)


def _ending(asked: Asked) -> Conditions:
    return Measure.lifted_at.is_(None), or_(Measure.warn_at <= asked.now, Measure.ends_at <= asked.now)


def _reports(asked: Asked) -> Found:
    query = select(CitizenReport.number.label("report"), CitizenReport)
    unanswered = citizen_reports.seen(asked.viewer), CitizenReport.replied_at.is_(None)
    return query.where(*unanswered).order_by(CitizenReport.received_at, CitizenReport.number)


def _tasks(asked: Asked) -> Found:
    more = Hazard.number, Hazard.community, Place.name.label("place")
    query = select(Task.id, Task.due_at, Task.name, Task.created_at, Task.assignee, *more)
    query = query.join(Instance, Instance.id == Task.instance_id).join(Hazard, Hazard.number == Instance.business_key)
    query = query.join(Place, Place.id == Hazard.place).where(scope.hazards(asked.viewer), *_open(asked))
    return query.order_by(Task.due_at.asc().nulls_last(), Task.id)


def _open(asked: Asked) -> Conditions:
    """Over ``task`` joined with its instance."""
    cases = Instance.definition_id.in_(select(Definition.id).where(Definition.key.in_(CASES)))
    found = [Task.status == "open", OPEN, cases]
    if asked.group is not None:
        offered = select(TaskCandidate.task_id).where(TaskCandidate.candidate == f"group:{asked.group}")
        found.append(Task.id.in_(offered))
    return *found, *([Task.due_at <= asked.now] if asked.late else [])


def _paper_line(row: Row, names: dict[str, str], now: datetime) -> Line:
    _, paper, community, place = row
    return Line(
        paper.number, f"{paper.kind}：{names[paper.from_unit]} → {names[paper.to_unit]}", paper.hazard, place,
        names[community], names[paper.to_unit], paper.sent_at, paper.sign_due_at, _over(paper.sign_due_at, now),
        paper.reason,
    )  # fmt: skip


def _rung_line(row: Row, names: dict[str, str], now: datetime) -> Line:
    _, rung, community, holder, place = row
    return Line(
        str(rung.id), STEPS.get(rung.step, rung.step), rung.hazard, place, names[community], names[holder], rung.at,
        None, False, rung.reason,
    )  # fmt: skip


def _measure_line(row: Row, names: dict[str, str], now: datetime) -> Line:
    _, measure, community, place = row
    due_at = measure.decide_by or measure.ends_at
    return Line(
        str(measure.id), measure.kind, measure.hazard, place, names[community], names[measure.organ],
        measure.opened_at, measure.ends_at, _over(due_at, now), measure.decision_no,
    )  # fmt: skip


def _report_line(row: Row, names: dict[str, str], now: datetime) -> Line:
    number, report = row
    return Line(
        number, report.category, report.hazard, report.place_text, "", names[report.receiver], report.received_at,
        None, False, "",
    )  # fmt: skip


def _task_line(row: Row, names: dict[str, str], now: datetime) -> Line:
    id, due_at, name, created_at, assignee, hazard, community, place = row
    return Line(
        id, name, hazard, place, names[community], assignee or "", created_at, due_at, _over(due_at, now), ""
    )  # fmt: skip


def _over(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at <= now


SOURCES = {
    "unsigned": Source(_papers, _paper_line, lambda row: (row[1].from_unit, row[1].to_unit, row[2])),
    "escalated": Source(_rungs, _rung_line, lambda row: (row[2], row[3])),
    "measures_ending": Source(_measures, _measure_line, lambda row: (row[1].organ, row[2])),
    "reports_unanswered": Source(_reports, _report_line, lambda row: (row[1].receiver,)),
    "waiting": Source(_tasks, _task_line, lambda row: (row[6],)),
}
PLAIN: dict[str, tuple[type[Assignment | Rung | Measure], Callable[[Asked], Conditions]]] = {
    "unsigned": (Assignment, _unsigned), "escalated": (Rung, _recent), "measures_ending": (Measure, _ending),
}  # what is counted about a hazard beside the tasks  # fmt: skip
