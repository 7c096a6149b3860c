"""How many instances each definition and each of its versions has, in which state."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.definitions import find
from engine.bpm.model import Definition, Instance
from engine.bpm.paging import paged
from engine.bpm.viewer import Page
from engine.bpm.views import View, definition_view

NAMES = ("running", "incident", "suspended", "completed", "terminated")


def definitions(app: App, *, q: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """The newest version of each definition, with the numbers of instances of all its versions."""
    newest = select(Definition.key, func.max(Definition.version).label("version")).group_by(Definition.key).subquery()
    found = select(Definition).join(
        newest, and_(Definition.key == newest.c.key, Definition.version == newest.c.version)
    )
    if q:
        found = found.where(or_(*(text.icontains(q, autoescape=True) for text in (Definition.key, Definition.name))))
    with app.reading() as tx:

        def shape(rows: Sequence[Any]) -> list[View]:
            versions = select(Definition.id, Definition.key).where(Definition.key.in_([row[0].key for row in rows]))
            keys = {row.id: row.key for row in tx.execute(versions)}
            counts: dict[str, dict[str, int]] = {}
            for version, numbers in _counts(tx, keys).items():
                whole = counts.setdefault(keys[version], dict.fromkeys(NAMES, 0))
                for name in NAMES:
                    whole[name] += numbers[name]
            return [_shown(row[0], counts.get(row[0].key)) for row in rows]

        return paged(tx, found, (Definition.name, Definition.key), page, size, shape)


def versions(app: App, key: str, *, page: int = 1, size: int = 50) -> Page[View]:
    """All versions of a definition, newest first, each with the numbers of its instances. Raises NotFound."""
    with app.reading() as tx:
        find(tx, key)

        def shape(rows: Sequence[Any]) -> list[View]:
            counts = _counts(tx, [row[0].id for row in rows])
            return [_shown(row[0], counts.get(row[0].id)) for row in rows]

        found = select(Definition).where(Definition.key == key)
        return paged(tx, found, (Definition.version.desc(),), page, size, shape)


def _shown(definition: Definition, counts: dict[str, int] | None) -> View:
    view = definition_view(definition)
    del view["problems"]
    return {**view, "counts": counts or dict.fromkeys(NAMES, 0)}


def _counts(tx: Session, definitions: Iterable[str]) -> dict[str, dict[str, int]]:
    """Instances by definition and state; suspended ones are counted as such beside their state."""
    ids, suspended = list(definitions), func.sum(case((Instance.suspended_at.is_not(None), 1), else_=0))
    found = select(Instance.definition_id, Instance.status, func.count(), suspended)
    counts: dict[str, dict[str, int]] = {}
    rows = tx.execute(found.where(Instance.definition_id.in_(ids)).group_by(Instance.definition_id, Instance.status))
    for definition, state, count, stopped in rows:
        numbers = counts.setdefault(definition, dict.fromkeys(NAMES, 0))
        numbers[state] += count
        if state in ("running", "incident"):
            numbers["suspended"] += stopped
    return counts
