"""The lamp board: how many hazards burn in which colour, by community, as far as the viewer may see."""

from dataclasses import dataclass

from sqlalchemy import func, select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import lamp, scope, units
from engine.campaign.case_model import Hazard


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One community: colour → number of open hazards, and the sum."""

    community: str
    community_name: str
    lamps: dict[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Board:
    """All communities with open hazards, and the sum of each colour."""

    rows: list[BoardRow]
    lamps: dict[str, int]
    total: int


def board(app: App, viewer: Viewer) -> Board:
    """The open hazards this viewer may see, counted by community and colour in the database."""
    now = app.clock()
    colour = lamp.column(app, now).label("colour")
    rows = select(Hazard.community, colour).where(scope.hazards(viewer), Hazard.closed_at.is_(None)).subquery()
    counted = select(rows.c.community, rows.c.colour, func.count()).group_by(rows.c.community, rows.c.colour)
    found: dict[str, dict[str, int]] = {}
    with app.reading() as tx:
        for community, name, count in tx.execute(counted.order_by(rows.c.community)):
            found.setdefault(community, dict.fromkeys(lamp.ORDER[:-1], 0))[name] = count
        names = units.names(tx, set(found))
    shown = [BoardRow(code, names[code], lamps, sum(lamps.values())) for code, lamps in found.items()]
    sums = {name: sum(row.lamps[name] for row in shown) for name in lamp.ORDER[:-1]}
    return Board(shown, sums, sum(sums.values()))
