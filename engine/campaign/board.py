"""The lamp board: how many hazards burn in which colour, by community and sector, as far as the viewer may see.

Counted in the database by the rule of lamp.py, in one statement; what the board says is what the ledger lists.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import lamp, scope, units
from engine.campaign.case_model import Hazard
from engine.campaign.hazard_list import NO_SECTOR
from engine.campaign.model import Place

COLOURS = lamp.ORDER[:-1]
Counted = tuple[str, str, str, int]  # community, sector, colour, number


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


@dataclass(frozen=True, slots=True)
class Cell:
    """What is open in one sector of one community; ``community`` is empty in the sum of a sector."""

    community: str
    lamps: dict[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class SectorRow:
    """One sector (hazard_list.NO_SECTOR: places that name none): a cell for each community with open hazards in it,
    and the sum.
    """

    sector: str
    cells: list[Cell]
    sum: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    """The board by community, and the same by sector and community."""

    board: Board
    sectors: list[SectorRow]


def board(app: App, viewer: Viewer) -> Board:
    """The open hazards this viewer may see, counted by community and colour in the database."""
    return matrix(app, viewer).board


def matrix(app: App, viewer: Viewer) -> Matrix:
    """The same by sector too: both come from one count."""
    now = app.clock()
    colour = lamp.column(app, now).label("colour")
    rows = select(Hazard.community, Place.sector, colour).join(Place, Place.id == Hazard.place)
    lit = rows.where(scope.hazards(viewer), Hazard.closed_at.is_(None)).subquery()
    three = lit.c.community, lit.c.sector, lit.c.colour
    with app.reading() as tx:
        found = [
            (row[0], row[1] or NO_SECTOR, row[2], row[3])
            for row in tx.execute(select(*three, func.count()).group_by(*three))
        ]
        names = units.names(tx, {community for community, *_ in found})
    communities = sorted(names)
    by_community = {one: _lamps(row for row in found if row[0] == one) for one in communities}
    shown = [BoardRow(code, names[code], lamps, sum(lamps.values())) for code, lamps in by_community.items()]
    sums = _lamps(found)
    return Matrix(Board(shown, sums, sum(sums.values())), _sectors(found))


def _sectors(found: list[Counted]) -> list[SectorRow]:
    rows = []
    for sector in sorted({row[1] for row in found}):
        mine = [row for row in found if row[1] == sector]
        cells = [_cell(one, [row for row in mine if row[0] == one]) for one in sorted({row[0] for row in mine})]
        rows.append(SectorRow(sector, cells, _cell("", mine)))
    return sorted(rows, key=lambda row: (-row.sum.total, row.sector))


def _cell(community: str, rows: list[Counted]) -> Cell:
    lamps = _lamps(rows)
    return Cell(community, lamps, sum(lamps.values()))


def _lamps(rows: Iterable[Counted]) -> dict[str, int]:
    counted = Counter[str]()
    for _, _, colour, count in rows:
        counted[colour] += count
    return {colour: counted[colour] for colour in COLOURS}
