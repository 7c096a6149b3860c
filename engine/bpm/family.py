"""Which instances belong together, as a tree: whoever started this one through a message or signal, what that started,
and the cases of the same business key. Called processes are part of their caller's instance (ADR 1): they stand inside
its line.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.instance_search import watched
from engine.bpm.model import Definition, Instance
from engine.bpm.paging import check_page
from engine.bpm.spiff.insides import Insides, insides
from engine.bpm.viewer import Page
from engine.bpm.views import View
from engine.errors import EngineError, NotFound

MOST = 2_000  # instances of a tree
HIGHEST = 100  # starters above one another
PART = "#"  # a key with this and more after it is a part of the case with the key before it
_AT_ONCE = 500
# By an index of its own (ix_instance_started_by): the names of people are mostly shorter.
BY_INSTANCE = func.length(Instance.started_by) == literal_column("32")


class Line(NamedTuple):
    """An instance in the tree: under whom (None: at the top), how deep, and what it is to the one asked about."""

    id: str
    parent: str | None
    depth: int
    relation: str  # self | starter | started | sibling | same_key


def tree(app: App, instance_id: str, *, page: int | None = None, size: int = 50) -> Page[View]:
    """The tree in order, each starter before what it started; without ``page`` the one with the instance itself.

    At most ``MOST`` lines. Each has ``relation``, ``parent``, ``depth``, ``stands`` (names of elements) and ``inside``,
    the called processes. Raises NotFound.
    """
    check_page(1 if page is None else page, size)
    with app.reading() as tx:
        row = tx.get(Instance, instance_id)
        if row is None:
            raise NotFound("没有这个流程实例，可能编号有误。", en="There is no such instance.")
        lines = _lines(tx, _path(tx, row))
        here = next(number for number, line in enumerate(lines) if line.id == instance_id)
        shown = here // size + 1 if page is None else page
        wanted = lines[(shown - 1) * size : shown * size]
        return Page(_views(tx, app, wanted), len(lines), shown, size)


def _path(tx: Session, row: Instance) -> list[Instance]:
    """The instance and whoever started it, the topmost first."""
    path = [row]
    while len(path) < HIGHEST and (above := tx.get(Instance, path[0].started_by)) is not None and above not in path:
        path.insert(0, above)
    return path


def _lines(tx: Session, path: Sequence[Instance]) -> list[Line]:
    tops = _tops(tx, path)
    under = _under(tx, tops, path)
    own, above = path[-1].id, {row.id for row in path[:-1]}
    siblings = set(under.get(path[-1].started_by, ()))

    left: list[tuple[str, str | None, int, bool]] = [(top, None, 0, False) for top in reversed(tops)]
    lines = []
    while left:
        id, parent, depth, started = left.pop()
        relation = (
            "self" if id == own else "starter" if id in above else "started" if started
            else "sibling" if id in siblings else "same_key"
        )  # fmt: skip
        lines.append(Line(id, parent, depth, relation))
        left += [(child, id, depth + 1, started or id == own) for child in reversed(under.get(id, []))]
    return lines


def _tops(tx: Session, path: Sequence[Instance]) -> list[str]:
    """The topmost starter and the cases of the same key that no instance started, by when they were started."""
    bases = {row.business_key.partition(PART)[0] for row in path if row.business_key} - {""}
    if not bases:
        return [path[0].id]
    alike: list[ColumnElement[bool]] = [Instance.business_key.in_(bases)]
    alike += [Instance.business_key.startswith(f"{base}{PART}", autoescape=True) for base in sorted(bases)]
    found = select(Instance.id, Instance.started_by, Instance.started_at).where(
        or_(*alike), Instance.id.not_in([row.id for row in path])
    )
    rows = tx.execute(found.order_by(Instance.started_at, Instance.id).limit(MOST)).all()
    starters = {row.started_by for row in rows}
    known = set(tx.scalars(select(Instance.id).where(Instance.id.in_(sorted(starters)))))
    others = [(row.started_at, 1, row.id) for row in rows if row.started_by not in known]
    return [id for _, _, id in sorted([(path[0].started_at, 0, path[0].id), *others])]


def _under(tx: Session, tops: Sequence[str], path: Sequence[Instance]) -> dict[str, list[str]]:
    """What each instance started, level by level until there are too many; the path is always there."""
    under: dict[str, list[str]] = {above.id: [below.id] for above, below in pairwise(path)}
    seen = {*tops, *(row.id for row in path)}
    level = [*tops, *(row.id for row in path[1:])]
    while level and len(seen) < MOST:
        asked, level = level[:_AT_ONCE], level[_AT_ONCE:]
        found = select(Instance.id, Instance.started_by).where(BY_INSTANCE, Instance.started_by.in_(asked))
        for id, starter in tx.execute(found.order_by(Instance.started_at, Instance.id).limit(MOST)):
            if id not in seen and len(seen) < MOST:
                seen.add(id)
                under.setdefault(starter, []).append(id)
                level.append(id)
    return under


def _views(tx: Session, app: App, lines: Sequence[Line]) -> list[View]:
    found = select(Instance, Definition).join(Definition).where(Instance.id.in_([line.id for line in lines]))
    rows = {row[0].id: row for row in tx.execute(found)}
    shown = {view["id"]: view for view in watched(tx, app, list(rows.values()))}
    return [
        {
            **shown[line.id], **_inside(app, *rows[line.id]),
            "relation": line.relation, "parent": line.parent, "depth": line.depth,
        }
        for line in lines
    ]  # fmt: skip


def _inside(app: App, row: Instance, definition: Definition) -> dict[str, Any]:
    inside = Insides((), (), 0)
    if row.ended_at is None:
        with suppress(EngineError):  # a case that cannot be read is seen by its incident; the others are shown
            inside = insides(app.model(definition.bundle_hash, definition.key), row.state)
    return {"stands": inside.stands, "inside": inside.called, "inside_total": inside.total}
