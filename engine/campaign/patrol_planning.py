"""Keeps the patrol plan up to date: whatever changes a place, its hazards, deadlines or visits marks its line, and the
scheduler computes marked lines again. Reading the plan therefore never scans the register.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session, UOWTransaction

from engine.app import App
from engine.bpm.decisions import Decision
from engine.bpm.functions import builtin_functions
from engine.campaign import patrol_facts, patrol_rules
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.model import Place, Setting, Visit
from engine.campaign.patrol_model import AT_ONCE, Patrol
from engine.campaign.patrol_rules import Before, Line
from engine.rows import inserting, locked
from engine.said import beside

IN_FORCE = "patrol_tables"  # the setting that says by which deployed files the lines were computed
BATCH = 64  # lines in one transaction: whoever writes about one of these places waits for its end
WRITTEN = "patrol_written"  # session.info: the places and hazards about which this transaction wrote
CHUNK = 500  # values in one IN


@event.listens_for(Session, "after_flush")
def notice(session: Session, _: UOWTransaction) -> None:
    """Keep in mind about which places something was just written; ``mark`` marks their lines when all is written.

    Here and not in each verb, because an import, a report and a step of a process change hazards too, and a line that
    nobody marked would be wrong for ever.
    """
    if made := [row for row in session.new if isinstance(row, Place)]:
        _add(session, made)
    places, hazards = session.info.setdefault(WRITTEN, (set(), set()))
    places.update(row.id for row in session.dirty if isinstance(row, Place))
    for row in (*session.new, *session.dirty):
        if isinstance(row, Hazard | Visit):
            places.add(row.place)
        elif isinstance(row, Deadline) and row.hazard:
            hazards.add(row.hazard)


def wrote(tx: Session, places: Iterable[str]) -> None:
    """Something was written about these places past the session's objects."""
    tx.info.setdefault(WRITTEN, (set(), set()))[0].update(places)


def mark(tx: Session) -> None:
    """Mark the lines of all places about which the transaction wrote: once, and as its last act, so that nobody waits
    for these lines longer than the commit takes.

    A line that is marked already is written again: who computes it at this moment does not see what is written here.
    """
    places, hazards = tx.info.pop(WRITTEN, (set(), set()))
    for part in _parts(hazards):
        places.update(tx.scalars(select(Hazard.place).where(Hazard.number.in_(part))))
    for part in _parts(places):
        if len(part) > 1:  # in one order, so that two who mark many lines do not wait for each other
            tx.execute(select(Patrol.place).where(Patrol.place.in_(part)).order_by(Patrol.place).with_for_update())
        marked = update(Patrol).where(Patrol.place.in_(part)).values(look_at=AT_ONCE)
        tx.execute(marked, execution_options={"synchronize_session": False})


def register(app: App) -> None:
    """Let every transaction of this installation mark what it wrote about."""
    app.before_commit.append(mark)


def _parts(names: set[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def plan_next(app: App) -> bool:
    """Compute the next marked lines again; answers whether there were any. Any number of schedulers may call: each
    locks a few lines for as long as it takes to compute them.
    """
    now = app.clock()
    with app.transaction() as tx:
        bundle = patrol_rules.deployed(tx)
        tables = patrol_rules.tables_of(tx, bundle)
        if not tables:
            return False
        if tx.scalar(select(Setting.value).where(Setting.key == IN_FORCE)) != bundle:
            _begin_anew(tx, bundle)
        marked = select(Patrol).where(Patrol.look_at <= now).order_by(Patrol.look_at, Patrol.place).limit(BATCH)
        rows = tx.scalars(marked.with_for_update(skip_locked=True)).all()
        for row, line, looks_again in computed(tx, app, rows, tables, now):
            _write(row, line, bundle)
            row.look_at = looks_again
        return bool(rows)


def _begin_anew(tx: Session, bundle: str) -> None:
    """The office changed the tables: every line is computed by the new ones."""
    setting = locked(tx, Setting, IN_FORCE, value="")
    if setting.value != bundle:
        tx.execute(update(Patrol).values(look_at=AT_ONCE), execution_options={"synchronize_session": False})
        setting.value = bundle


def planning_due(app: App) -> timedelta | None:
    """How long until a line is to be computed again; None when none is or the tables are not deployed."""
    with app.reading() as tx:
        bundle = patrol_rules.deployed(tx)
        if not bundle:
            return None
        if tx.scalar(select(Setting.value).where(Setting.key == IN_FORCE)) != bundle:
            return timedelta() if patrol_rules.tables_of(tx, bundle) else None
        first = tx.scalar(select(func.min(Patrol.look_at)))
    return None if first is None else first - app.clock()


def computed(
    tx: Session, app: App, rows: Sequence[Patrol], tables: Mapping[str, Decision], now: datetime
) -> list[tuple[Patrol, Line, datetime | None]]:
    """Each row with what the tables say now and when that may change by itself; also notes the last visit on it."""
    today = now.astimezone(app.zone).date()
    functions = builtin_functions(now, app.calendar, app.zone)
    ids = [row.place for row in rows]
    places = {place.id: place for place in tx.scalars(select(Place).where(Place.id.in_(ids)))}
    records = patrol_facts.known(tx, ids, now, app.zone)
    found = []
    for row in rows:
        place, record = places[row.place], records[row.place]
        before = Before(
            row.began_on or today, row.since or row.began_on or today, row.n, row.unit, row.last_on, row.next_on
        )
        line = patrol_rules.line(tables, functions, app.calendar, record.facts(place), before, record.last_on, today)
        found.append((row, line, record.changes_at))
        row.began_on, row.last_on = before.began_on, record.last_on
        row.community, row.grid = place.community, place.grid
    return found


def _write(row: Patrol, line: Line, bundle: str) -> None:
    row.n, row.unit, row.reason, row.since, row.next_on = line.n, line.unit, line.reason, line.since, line.next_on
    row.bundle, row.reason_en = bundle, beside(line.reason)


def _add(session: Session, places: Sequence[Place]) -> None:
    values = [
        {"place": place.id, "community": place.community, "grid": place.grid, "n": 0, "unit": "", "reason": "",
         "bundle": "", "look_at": AT_ONCE}
        for place in places
    ]  # fmt: skip
    session.execute(inserting(session, Patrol).on_conflict_do_nothing(), values)
