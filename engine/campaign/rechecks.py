"""Re-inspections: who was there, and the result of each item (the angles of the photos from before)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Completion, Task
from engine.bpm.viewer import Viewer
from engine.campaign import closure_gate, closure_photos, started_clocks
from engine.campaign.case_model import Finding, Hazard, Recheck
from engine.campaign.clearances import still_open
from engine.campaign.model import Person
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotAllowed, NotFound

STEP = "recheck"
BETWEEN = re.compile(r"[\s、,，;；]+")


@dataclass(frozen=True, slots=True)
class RecheckView:
    """A re-inspection as it is shown; ``items`` has the result of each angle."""

    no: int
    at: datetime
    passed: bool
    opinion: str
    people: list[str]
    items: dict[str, bool]
    photo_reason: str


def list_rechecks(app: App, number: str, *, viewer: Viewer) -> list[RecheckView]:
    """All of a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        rows = tx.scalars(select(Recheck).where(Recheck.hazard == number).order_by(Recheck.no))
        return [
            RecheckView(
                row.no, row.at, row.passed, row.opinion, row.people or [], row.items or {}, row.photo_reason or ""
            )
            for row in rows
        ]


def record(
    app: App, number: str, *, passed: bool, opinion: str, companions: Sequence[str] = (), failed: Sequence[str] = (),
    photo_reason: str = "", viewer: Viewer, key: str | None = None,
) -> RecheckView:  # fmt: skip
    """Re-inspect: completes the task that waits for it. ``companions`` are logins, ``failed`` angles of photos from
    before; the same ``key`` answers the first. Raises NotFound, NotAllowed (whose task it is not, or who fixed it),
    Invalid, Conflict (no re-inspection waits).
    """
    with app.reading() as tx:
        hazard = seen(tx, number, viewer)
        done = tx.get(Completion, (viewer.name, key)) if key else None
        asked = select(Task.id).where(
            Task.instance_id == hazard.instance_id, Task.element == STEP,
            Task.id == done.task_id if done else Task.status == "open",
        )  # fmt: skip
        task = tx.scalar(asked.limit(1))
    if task is None:
        raise Conflict(
            f"隐患 {number} 现在没有等待复查：责任单位申请复查以后才能登记，请看所处环节。",
            en=f"{number} does not wait for a re-inspection: its unit asks for one first.",
        )
    given = {
        "result": "pass" if passed else "fail", "opinion": opinion.strip(), "companions": "、".join(companions),
        "failed_items": "、".join(failed), "photo_reason": photo_reason.strip(),
    }  # fmt: skip
    try:
        tasks.complete(app, task, {name: value for name, value in given.items() if value}, viewer=viewer, key=key)
    except NotFound as error:
        raise NotAllowed(
            "复查由所在网格的网格员或者安全应急办办理，不是您的任务。",
            en="The grid's inspector or the emergency office re-inspects; it is not your task.",
        ) from error
    with app.reading() as tx:
        at = tx.get_one(Task, task).ended_at
    return next(one for one in list_rechecks(app, number, viewer=viewer) if one.at == at)


def explain_photos(app: App, number: str, *, reason: str, viewer: Viewer) -> list[closure_gate.Check]:
    """Say why a photo tells no time or place, or looks like an older one: only who re-inspected last, or fixed it on
    the spot, may. Answers the gate. Raises NotFound, NotAllowed, Conflict (closed).
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        still_open(hazard)
        if not viewer.admin and viewer.name not in _inspectors(tx, hazard):
            raise NotAllowed(
                "照片缺少时间、定位或与以前的照片相同的原因，须由复查人（立改的由整改人）说明。",
                en="Only who re-inspected (or fixed it on the spot) may say what a photo lacks or looks like.",
            )
        note_in(tx, number, reason, by=viewer.name, now=now)
        return closure_gate.table(tx, app, hazard, now)


def note_in(tx: Session, number: str, reason: str, *, by: str, now: datetime) -> None:
    """Keep the reason in a running transaction."""
    tx.add(Finding(hazard=number, kind=closure_photos.REASON, at=now, text=reason.strip(), detail={"by": by}))
    tx.flush()


def write_in(
    tx: Session, app: App, number: str, no: int, *,
    passed: bool, opinion: str, given: dict[str, Any], by: str, at: datetime,
) -> None:  # fmt: skip
    """Write a re-inspection with its people and items; what a paper gave a body to re-inspect in ends with it. Raises
    Invalid for a companion who is not known.
    """
    failed = set(failed_items(tx, number, given.get("failed_items")))
    tx.add(Recheck(
        hazard=number, no=no, at=at, passed=passed, opinion=opinion,
        people=list(dict.fromkeys([*([by] if by else []), *companions(tx, given.get("companions"))])),
        items={angle: passed and angle not in failed for angle in closure_photos.items(tx, number) if angle},
        photo_reason=str(given.get("photo_reason") or "").strip() or None,
    ))  # fmt: skip
    started_clocks.follow_hazard(tx, app, number, at)


def companions(tx: Session, text: object) -> list[str]:
    """The login names of people who are named by login or shown name; raises Invalid for one who is not known."""
    found = []
    for name in filter(None, BETWEEN.split(str(text or "").strip())):
        person = tx.get(Person, name)
        shown = tx.scalars(select(Person).where(Person.display_name == name).limit(2)).all() if person is None else []
        person = person or (shown[0] if len(shown) == 1 else None)
        if person is None or not person.active:
            raise Invalid(
                f"没有名为“{name}”的人员，请填写同行复查人的登录名，用顿号隔开。",
                en=f"There is no person {name}; give login names.",
                problems=[{"field": "companions", "rule": "person", "message": f"没有名为“{name}”的人员"}],
            )
        found.append(person.name)
    return found


def failed_items(tx: Session, number: str, text: object) -> Sequence[str]:
    """The items that were named as failed; raises Invalid for one that there is not."""
    known = closure_photos.items(tx, number)
    named = [name for name in BETWEEN.split(str(text or "").strip()) if name]
    for name in named:
        if name not in known:
            raise Invalid(
                f"没有第“{name}”项；现有：{'、'.join(known) or '无'}。", en=f"There is no item {name}.",
                problems=[{"field": "failed_items", "rule": "choice", "message": f"可填：{'、'.join(known)}"}],
            )  # fmt: skip
    return named


def _inspectors(tx: Session, hazard: Hazard) -> set[str]:
    query = select(Recheck).where(Recheck.hazard == hazard.number).order_by(Recheck.no.desc()).limit(1)
    last = tx.scalars(query).one_or_none()
    if last is not None:
        return set(last.people or [])
    return {name for name in (closure_gate.fixed_by(tx, hazard, step="fix_now"),) if name}
