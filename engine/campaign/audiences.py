"""Who a reminder is for (the words of table D4), by the people who hold those posts on the day it is sent."""

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.model import Task, TaskCandidate
from engine.campaign import people
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.model import Place
from engine.campaign.report_model import CitizenReport

OFFICE = "safety_office"
LEADERS = ("leader", "principal", "head", "secretary", "owner")


def recipients(tx: Session, row: Deadline, audience: Iterable[str]) -> list[tuple[str, str]]:
    """Name and mail address of each person once; a group without people, or a place whose head has no account, is
    named itself.
    """
    found: dict[str, str] = {}
    for who in audience:
        for group in WHO[who](tx, row):
            persons = [(person.name, person.email) for person in people.members(tx, group)] or [(group, "")]
            for name, address in persons:
                found.setdefault(name, address)
    return list(found.items())


def _hazard(tx: Session, row: Deadline) -> Hazard | None:
    return tx.get(Hazard, row.hazard) if row.hazard else None


def _holder(tx: Session, row: Deadline) -> Iterator[str]:
    hazard = _hazard(tx, row)
    if unit := row.duty_unit or (hazard and hazard.holder_unit):
        yield unit


def _holder_leader(tx: Session, row: Deadline) -> Iterator[str]:
    """Those roles of the unit that somebody has; a unit without any is not written to twice."""
    for unit in _holder(tx, row):
        yield from (group for role in LEADERS if people.members(tx, group := f"{role}@{unit}"))


def _object(tx: Session, row: Deadline) -> Iterator[str]:
    hazard = _hazard(tx, row)
    place = tx.get(Place, hazard.place) if hazard else None
    if place and (reached := place.unit or place.head):
        yield reached


def _grid_inspector(tx: Session, row: Deadline) -> Iterator[str]:
    if hazard := _hazard(tx, row):
        yield f"inspector@{hazard.grid}"


def _secretary(tx: Session, row: Deadline) -> Iterator[str]:
    if hazard := _hazard(tx, row):
        yield f"secretary@{hazard.community}"


def _reinspector(tx: Session, row: Deadline) -> Iterator[str]:
    yield from _grid_inspector(tx, row)
    yield OFFICE


def _office(tx: Session, row: Deadline) -> Iterator[str]:
    yield OFFICE


def _responsible(tx: Session, row: Deadline) -> Iterator[str]:
    """Whoever has the work: the handler of a report, the unit of the limit, or those whose open task it times."""
    report = tx.get(CitizenReport, row.report) if row.report else None
    named = report.handler if report else row.duty_unit
    yield from [named] if named else _of_task(tx, row) or [OFFICE]


def _of_task(tx: Session, row: Deadline) -> list[str]:
    hazard = _hazard(tx, row)
    if hazard is None:
        return []
    asked = select(TaskCandidate.candidate).join(Task, Task.id == TaskCandidate.task_id)
    timed = asked.where(Task.instance_id == hazard.instance_id, Task.status == "open", Task.name == row.kind)
    keys = tx.scalars(timed.order_by(TaskCandidate.candidate))
    return [key.removeprefix("group:") for key in keys if key.startswith("group:")]


def _responsible_leader(tx: Session, row: Deadline) -> Iterator[str]:
    """Those roles of whoever has to act that somebody has."""
    for unit in _responsible(tx, row):
        yield from (group for role in LEADERS if people.members(tx, group := f"{role}@{unit}"))


WHO: dict[str, Callable[[Session, Deadline], Iterator[str]]] = {
    "holder": _holder, "holder_leader": _holder_leader, "object": _object, "grid_inspector": _grid_inspector,
    "secretary": _secretary, "reinspector": _reinspector, "office": _office, "department": _responsible,
    "responsible": _responsible, "responsible_leader": _responsible_leader,
}  # fmt: skip
