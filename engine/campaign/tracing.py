"""Looks for what should be traced (D11): facts are counted from the records, the table says which of them matter.

It only adds candidates; a person decides. Running it again, or in two processes, adds nothing twice.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.bundles import bundle_files
from engine.bpm.decisions import parse_decisions
from engine.bpm.definitions import find as definition
from engine.bpm.functions import builtin_functions
from engine.campaign import candidates
from engine.campaign.interviews import DEFINITION
from engine.campaign.model import Setting
from engine.campaign.tracing_facts import Fact, facts
from engine.errors import NotFound
from engine.rows import locked

TABLE = "tracing_candidates"
DONE = "tracing"  # the setting that says on which local day the search was last done
HOUR = 6  # local; the office finds the candidates when it opens


def find_in(tx: Session, app: App, now: datetime) -> int:
    """Search the records once in a running transaction; answers how many candidates are new. Does nothing before the
    table is deployed.
    """
    try:
        bundle = definition(tx, DEFINITION).bundle_hash
    except NotFound:
        return 0
    table = next(
        decisions[TABLE]
        for name, content in bundle_files(tx, bundle).items()
        if name.endswith(".dmn") and TABLE in (decisions := parse_decisions(content))
    )
    functions = builtin_functions(now, app.calendar, app.zone)
    return sum(_add(tx, fact, table.evaluate(fact.inputs, functions), now) for fact in facts(tx, app, now))


def find_next(app: App) -> bool:
    """The daily search as a job of the scheduler: done once for each local day; never says that there is more.

    The setting that says so is the lock: of several schedulers that wake at once one searches, the others find it done.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = locked(tx, Setting, DONE, value="")
        if _wait(app, now, row.value) <= timedelta():
            find_in(tx, app, now)
            row.value = now.astimezone(app.zone).date().isoformat()
    return False


def until_next(app: App) -> timedelta:
    """How long until the next daily search."""
    with app.reading() as tx:
        done = tx.scalar(select(Setting.value).where(Setting.key == DONE))
    return _wait(app, app.clock(), done)


def _wait(app: App, now: datetime, done: str | None) -> timedelta:
    local = now.astimezone(app.zone)
    due = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return due + timedelta(days=1) - local if done == local.date().isoformat() else due - local


def _add(tx: Session, fact: Fact, rows: list[dict[str, Any]], now: datetime) -> int:
    added = 0
    for row in rows:
        found = candidates.add(
            tx, row["reason"], hazard=fact.hazard, person=fact.person, unit=fact.unit, at=now, basis=row["basis"],
            fact=f"{fact.key}:{row['reason']}", detail={**fact.detail, **fact.inputs},
        )  # fmt: skip
        added += found is not None
    return added
