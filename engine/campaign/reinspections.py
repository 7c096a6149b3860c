"""When the body that ordered something re-inspected it. What the rules ask for within their days is the re-inspection
on the spot (消防监督检查规定 20, 15号令 17), of which the 整改复查意见书 is the record: it counts when it was made, in
the process of the hazard or as an inspection 复查 of its own, not only when the opinion is approved. Reads only.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign import clock_starts, deadlines, parties
from engine.campaign.case_model import Deadline, Hazard, Recheck
from engine.campaign.document_model import Document
from engine.campaign.model import Person, Unit, Visit
from engine.campaign.registers_model import Inspection

KIND = "复查"
HAZARD = re.compile(r"YQ-\d{4}-\d+", re.IGNORECASE)


def waiting(tx: Session, place: str) -> list[str]:
    """The hazards of a place about which a re-inspection is waited for, in the order of their numbers."""
    clocks = {start.clock for start in clock_starts.all_starts() if start.rechecked}
    running = select(Deadline.hazard).join(Hazard, Hazard.number == Deadline.hazard).where(
        Hazard.place == place, Deadline.clock.in_(clocks), Deadline.state.in_(deadlines.RUNNING)
    )  # fmt: skip
    return sorted(number for number in set(tx.scalars(running)) if number)


def made_at(tx: Session, hazard: Hazard, paper: Document, since: datetime) -> datetime | None:
    """The first one by the body that wrote the paper, from this moment on; None when there is none."""
    within = Unit.path.startswith(tx.get_one(Unit, paper.organ).path, autoescape=True)
    ours = set(tx.scalars(select(Person.name).join(Unit, Unit.code == Person.unit).where(within)))
    made = select(Recheck).where(Recheck.hazard == hazard.number, Recheck.at >= since)
    moments = [one.at for one in tx.scalars(made) if ours.intersection(one.people or ())]
    inspected = select(Visit, Inspection).join(Inspection, Inspection.visit == Visit.id).where(
        Visit.kind == KIND, Visit.place == hazard.place, Visit.at >= since, Inspection.recorded_at.is_not(None),
        Inspection.unit.in_(select(Unit.code).where(within)),
    )  # fmt: skip
    moments += [
        visit.at for visit, inspection in tx.execute(inspected) if _of(tx, hazard, paper, visit, inspection.subject)
    ]
    return min(moments, default=None)


def _of(tx: Session, hazard: Hazard, paper: Document, visit: Visit, subject: str) -> bool:
    """Whether an inspection re-inspected this: by the numbers of hazards and papers it names, else all of its place."""
    text = " ".join([subject, visit.note, *_lines(visit)])
    said, hazards = parties.plain(text), {one.upper() for one in HAZARD.findall(text)}
    if parties.plain(paper.number) in said or hazard.number in hazards:
        return True
    others = select(Document.number).where(
        Document.place == hazard.place, Document.organ == paper.organ, Document.number.is_not(None)
    )
    return not hazards and not any(parties.plain(number) in said for number in tx.scalars(others))


def _lines(visit: Visit) -> Iterator[str]:
    for row in visit.findings:
        yield from (str(row.get(name) or "") for name in ("item", "text"))
