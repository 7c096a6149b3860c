"""Re-visits after closure (回头看, clock T58): the day, and which fixes on the spot are looked at, are drawn with a
recorded seed; somebody else than the closer goes. One that was not fixed is a false rectification: its chain
goes on.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.definitions import find as definition
from engine.bpm.step import Opened
from engine.bpm.viewer import Viewer
from engine.campaign import clock_rules, closure_gate, duty_kinds, hazards, told
from engine.campaign.case_model import Hazard
from engine.campaign.closure_model import Revisit
from engine.campaign.model import HazardCode, Place, Setting
from engine.campaign.numbers import next_number
from engine.campaign.sight import seen
from engine.errors import NotAllowed, NotFound
from engine.rows import locked

PROCESS = "revisit"
LOOK_BACK, SPOT = "回访", "立改抽查"
KEPT, NOT_FIXED, BACK = "保持良好", "未整改", "复发"
RESULTS = (KEPT, NOT_FIXED, BACK)
SHARE = 10  # of so many fixes on the spot one is looked at
FIRST, LAST = 30, 90  # days after closure, clock T58
AHEAD = 3  # working days before its due day that a re-visit is handed out


@dataclass(frozen=True, slots=True)
class RevisitView:
    """A re-visit as it is shown; ``seed`` and the hazard's number are all that is needed to draw again."""

    id: int
    no: int
    kind: str
    seed: str
    begin_at: datetime
    due_at: datetime
    closer: str
    done_at: datetime | None
    done_by: str
    result: str
    note: str
    reopened: str | None


def list_revisits(app: App, number: str, *, viewer: Viewer) -> list[RevisitView]:
    """All of a hazard, in their order; an enterprise learns of one when it was made. Raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        known = ~told.party(viewer) | Revisit.done_at.is_not(None)
        rows = tx.scalars(select(Revisit).where(Revisit.hazard == number, known).order_by(Revisit.no))
        return [RevisitView(**{name: getattr(row, name) for name in RevisitView.__slots__}) for row in rows]


def days_of(seed: str, number: str, *, major: bool) -> list[int]:
    """After how many days a closed hazard is looked at: 30 and 90 for a major one, else one drawn day between."""
    return [FIRST, LAST] if major else [FIRST + _drawn(seed, number) % (LAST - FIRST + 1)]


def in_sample(seed: str, serial: int) -> bool:
    """Whether the fix on the spot with this serial number is looked at: one of each ten, drawn."""
    block, place = divmod(serial - 1, SHARE)
    return _drawn(seed, str(block)) % SHARE == place


def draw_in(tx: Session, app: App, hazard: Hazard, *, closer: str, now: datetime) -> list[Revisit]:
    """Draw the re-visits of a hazard that is being closed, and start a process for each."""
    year = now.astimezone(app.zone).year
    seed = locked(tx, Setting, f"revisit-seed-{year}", value=secrets.token_hex(16)).value
    if hazard.local_level == closure_gate.ON_THE_SPOT:
        if not in_sample(seed, next_number(tx, f"fix_now-{year}")):
            return []
        dues = [(SPOT, "T58.spot", clock_rules.due(app, "T58.spot", now).due_at)]
    else:
        major = hazard.is_major or hazard.local_level == closure_gate.MAJOR
        days = days_of(seed, hazard.number, major=major)
        dues = [(LOOK_BACK, "T58", clock_rules.due(app, "T58", now, n=n).due_at) for n in days]
    return [
        _begin(tx, app, hazard, no, kind, clock, seed, due_at, closer, now)
        for no, (kind, clock, due_at) in enumerate(dues, start=1)
    ]


def record_in(tx: Session, app: App, id: int, *, result: str, note: str, by: str, now: datetime) -> str | None:
    """Write what was found. Not fixed, or back: table D11 judges it (``tracing_facts``), and there is a new case that
    goes on from the old one, or the open one that is there already; answers its number. Raises NotFound.
    """
    row = tx.get(Revisit, id)
    if row is None:
        raise NotFound(f"没有编号为 {id} 的回访。", en=f"There is no re-visit {id}.")
    row.done_at, row.done_by, row.result, row.note = now, by, result, note
    if result != KEPT:
        row.reopened = _reopen(tx, app, tx.get_one(Hazard, row.hazard), result, note, by, now)
    tx.flush()
    return row.reopened


def not_the_closer(case: Opened, viewer: Viewer) -> None:
    """Raises NotAllowed for whoever closed the hazard, or fixed it on the spot."""
    row = case.tx.get(Revisit, case.snapshot.variables.get("revisit"))
    if row is not None and row.closer in (viewer.name, case.stands_for):
        raise NotAllowed(
            "回访须由销号人、整改人以外的人办理，请由其他人回访。", en="Whoever closed or fixed it may not re-visit it."
        )


def _begin(
    tx: Session, app: App, hazard: Hazard, no: int, kind: str, clock: str, seed: str, due_at: datetime, closer: str,
    now: datetime,
) -> Revisit:  # fmt: skip
    begin_at = now if kind == SPOT else max(now, duty_kinds.reminded_at(app, AHEAD, due_at))
    row = Revisit(
        hazard=hazard.number, no=no, kind=kind, clock=clock, seed=seed, begin_at=begin_at, due_at=due_at,
        closer=closer, done_by="", result="", note="",
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    place, code = tx.get_one(Place, hazard.place), tx.get_one(HazardCode, hazard.code_id)
    variables = {
        "hazard": hazard.number, "subject": f"{kind} · {place.name} · {code.name}", "grid": hazard.grid,
        "revisit": row.id, "begin_at": begin_at.isoformat(), "due_at": due_at.isoformat(),
    }  # fmt: skip
    try:
        definition(tx, PROCESS)
    except NotFound:
        return row  # an installation without this diagram: the row says that a re-visit is due
    row.instance_id = instances.start_in(
        tx, app, PROCESS, variables, by=closer, now=now, business_key=f"{hazard.number}#{no}"
    )
    tx.flush()
    return row


def _reopen(tx: Session, app: App, old: Hazard, result: str, note: str, by: str, now: datetime) -> str:
    same = select(Hazard).where(Hazard.place == old.place, Hazard.code == old.code, Hazard.closed_at.is_(None))
    open_one = tx.scalars(same.order_by(Hazard.registered_at).limit(1)).one_or_none()
    if open_one is not None:
        return open_one.number
    values = {"code": old.code, "text": f"回访{old.number}发现{result}：{note}", "part": old.part,
              "holder_unit": old.holder_unit, "found_at": now, "reopens": True}  # fmt: skip
    return hazards.register_in(tx, app, values, tx.get_one(Place, old.place), finder=by, now=now).number


def _drawn(*parts: str) -> int:
    return int(sha256("\0".join(parts).encode()).hexdigest(), 16)
