"""What a person keeps of the ledger: questions under a name, shared with a group or not, and the columns looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from engine.app import App
from engine.bpm.filters import Listing
from engine.bpm.viewer import Viewer
from engine.bpm.work_model import HazardFilter, ListColumns
from engine.errors import NotFound
from engine.rows import inserting

# Not counted: a board has the numbers that somebody waits for, and fifty counts of a long ledger take their time.
HAZARDS = Listing(HazardFilter, lambda app, viewer, query: None)
LISTS = ("ledger", "red")  # the ledger, and those overdue


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a list, in their order; which there are the page knows. Empty: the usual ones."""

    list: str
    columns: Sequence[str]


def columns(app: App, viewer: Viewer) -> Sequence[Columns]:
    """What this person chose, a line for each list."""
    with app.reading() as tx:
        rows = tx.scalars(select(ListColumns).where(ListColumns.person == viewer.name))
        chosen = {row.list: row.columns for row in rows}
    return [Columns(name, chosen.get(name, ())) for name in LISTS]


def choose(app: App, which: str, names: Sequence[str], *, viewer: Viewer) -> Columns:
    """Keep these columns for this person, whatever device is used next; none: the usual ones again. Raises NotFound."""
    if which not in LISTS:
        raise NotFound(f"没有列表“{which}”，有：{'、'.join(LISTS)}。", en=f"There is no list {which}.")
    with app.transaction() as tx:
        if names:
            insert = inserting(tx, ListColumns).values(person=viewer.name, list=which, columns=list(names))
            chosen = {"columns": list(names)}
            tx.execute(insert.on_conflict_do_update(index_elements=["person", "list"], set_=chosen))
        else:
            tx.execute(delete(ListColumns).where(ListColumns.person == viewer.name, ListColumns.list == which))
    return Columns(which, names)
