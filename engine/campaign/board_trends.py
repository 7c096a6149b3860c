"""What became more and what became less: hazards found, closed and late, by week or month and by who and where.

From the records, as the reports of a period count them; a period whose report was frozen shows the frozen figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, report_facts, report_sight, told, units
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.figures import percent
from engine.campaign.hazard_list import NO_SECTOR, in_sector
from engine.campaign.model import Place
from engine.campaign.periods import Period, period_of, periods_between
from engine.campaign.report_facts import Window
from engine.campaign.snapshot_model import Snapshot
from engine.db import seconds_between
from engine.errors import Invalid

FORMS = {"week": "weekly", "month": "monthly"}
USUAL = {"week": timedelta(weeks=11), "month": timedelta(days=334)}
LONGEST = timedelta(days=3 * 366)
FROZEN = ("found", "closed", "major_found", "on_time", "recurred")


@dataclass(slots=True)
class Sums:
    """What was counted: numbers, numerators and denominators, the seconds from finding to closing."""

    found: int = 0
    closed: int = 0
    major_found: int = 0
    on_time: int = 0
    limits: int = 0  # that ended: on_time of them were kept, the others are late
    recurred: int = 0
    seconds: float = 0.0
    measured: int = 0  # closed hazards whose seconds these are, also where ``closed`` is a frozen figure

    @property
    def late(self) -> int:
        """Limits that ended without the hazard being fixed."""
        return self.limits - self.on_time

    @property
    def on_time_rate(self) -> float | None:
        """Percent of the limits that ended; None when none ended."""
        return percent(self.on_time, self.limits)

    @property
    def recurrence_rate(self) -> float | None:
        """Percent of the hazards found; None when none was found."""
        return percent(self.recurred, self.found)

    @property
    def mean_days(self) -> float | None:
        """Mean days from finding to closing of those closed, with one decimal."""
        return round(self.seconds / 86_400 / self.measured, 1) if self.measured else None


@dataclass(frozen=True, slots=True)
class Step:
    """One period; ``frozen`` is the number of the frozen report whose figures stand here."""

    period: str
    starts_on: date
    ends_on: date
    frozen: int | None
    sums: Sums


@dataclass(frozen=True, slots=True)
class Share:
    """One community, sector or source over the whole time."""

    key: str
    name: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Trends:
    """The time that was counted (whole periods), its steps, and the same by community, sector and source."""

    by: str
    starts_on: date
    ends_on: date
    steps: list[Step]
    communities: list[Share]
    sectors: list[Share]
    sources: list[Share]
    total: Sums


@dataclass(slots=True)
class _Counting:
    """Where what was counted is added: to its period, its community, its sector, its source and the total."""

    steps: dict[str, Sums]
    communities: dict[str, Sums] = field(default_factory=dict)
    sectors: dict[str, Sums] = field(default_factory=dict)
    sources: dict[str, Sums] = field(default_factory=dict)
    total: Sums = field(default_factory=Sums)
    _in_order: list[Sums] = field(init=False)

    def __post_init__(self) -> None:
        self._in_order = list(self.steps.values())

    def of(self, period: int, community: str, sector: str, source: str) -> Iterator[Sums]:
        """The sums to which these records belong; ``period`` counts from 0."""
        yield self.total
        yield self._in_order[period]
        for group, key in ((self.communities, community), (self.sectors, sector or NO_SECTOR), (self.sources, source)):
            yield group.setdefault(key, Sums())


def trends(
    app: App, viewer: Viewer, *, by: str = "week", first: date | None = None, last: date | None = None,
    community: str | None = None, sector: str | None = None, source: str | None = None,
) -> Trends:  # fmt: skip
    """Whole weeks or months from ``first`` to ``last`` (today without). Raises Invalid for a time that is none."""
    now = app.clock()
    span = _span(by, first, last, now.astimezone(app.zone).date())
    part = narrowed(viewer, community, sector, source)
    counting = _Counting({period.key: Sums() for period in span})
    with app.reading() as tx:
        sight = report_sight.of_viewer(tx, viewer)
        where = and_(sight.hazards, Hazard.void_reason.is_(None), *part)
        spans = [report_facts.window(period, now, app.zone) for period in span]
        ended = report_facts.limits(Period("", span[0].starts_on, span[-1].ends_on), now)
        _count_hazards(tx, counting, where, spans)
        _count_limits(tx, counting, where, spans, ended)
        frozen = _overlay(tx, counting, by, sight.unit) if sight.unit and not part else {}
        names = units.names(tx, set(counting.communities))
        sources = {} if told.is_party(tx, viewer) else counting.sources
    return Trends(
        by, span[0].starts_on, span[-1].ends_on,
        [Step(one.key, one.starts_on, one.ends_on, frozen.get(one.key), counting.steps[one.key]) for one in span],
        _shares(counting.communities, names), _shares(counting.sectors, {}),
        _shares(sources, {}), counting.total,
    )  # fmt: skip


def narrowed(
    viewer: Viewer, community: str | None, sector: str | None, source: str | None
) -> list[ColumnElement[bool]]:
    """The part of the hazards that is asked for, over ``hazard`` joined with ``place``."""
    equal = (Hazard.community, community), (Hazard.source, source)
    parts = [part == wanted for part, wanted in equal if wanted]
    return parts + ([in_sector(sector)] if sector else []) + ([told.sources(viewer)] if source else [])


def _span(by: str, first: date | None, last: date | None, today: date) -> list[Period]:
    end = min(last or today, today)
    begin = first or end - USUAL[by]
    if begin > end or end - begin > LONGEST:
        words = "开始日不能晚于截止日和今天，最长三年"
        raise Invalid(
            f"{words}，请改正。", en="The first day must not be after the last one or today; three years at most.",
            problems=[{"field": "from", "rule": "order", "message": words}],
        )  # fmt: skip
    return list(periods_between(by, period_of(by, begin).starts_on, end))


def _inside(column: Any, first: Any, after: Any) -> ColumnElement[bool]:
    return and_(column >= first, column < after)


def _number(of: Any, starts: Sequence[Any], first: int = 0) -> ColumnElement[int]:
    """Which of the periods that begin at these moments or days one lies in, by halving them: a period for each row
    instead of all rows for each period. What lies before the first one is in the first.
    """
    if len(starts) == 1:
        return literal(first, Integer)
    half = len(starts) // 2
    return case((of < starts[half], _number(of, starts[:half], first)), else_=_number(of, starts[half:], first + half))


def _count_hazards(tx: Session, counting: _Counting, where: ColumnElement[bool], spans: Sequence[Window]) -> None:
    """Those found and those closed from one look at each hazard."""
    starts, now = [span.first for span in spans], spans[0].now
    after = min(spans[-1].after, now + now.resolution)  # what is still to come does not count
    found, closed = (_inside(moment, starts[0], after) for moment in (Hazard.found_at, Hazard.closed_at))
    periods = [
        case((inside, _number(moment, starts))).label(name)
        for name, inside, moment in (("came", found, Hazard.found_at), ("went", closed, Hazard.closed_at))
    ]
    major, again = (func.count().filter(sort) for sort in (Hazard.is_major.is_(True), Hazard.repeats > 0))
    took = func.sum(case((closed, seconds_between(tx.get_bind().dialect, Hazard.found_at, Hazard.closed_at))))
    # As a value: by two ranges joined with OR SQLite would look up the rows of each.
    either = case((found, 1), (closed, 1), else_=0) == 1
    query = _grouped(periods, where, func.count(), major, again, took).where(either)
    for came, went, *part, count, majors, recurred, seconds in tx.execute(query):
        for sums in counting.of(came, *part) if came is not None else ():
            sums.found += count
            sums.major_found += majors
            sums.recurred += recurred
        for sums in counting.of(went, *part) if went is not None else ():
            sums.closed += count
            sums.measured += count
            sums.seconds += seconds


def _count_limits(
    tx: Session, counting: _Counting, where: ColumnElement[bool], spans: Sequence[Window],
    ended: Sequence[ColumnElement[bool]],
) -> None:  # fmt: skip
    period = _number(Deadline.due_on, [span.period.starts_on for span in spans]).label("period")
    met = func.count().filter(Deadline.state == deadlines.MET)
    query = _grouped([period], where, func.count(), met).where(Deadline.hazard == Hazard.number, *ended)
    for number, *part, limits, on_time in tx.execute(query):
        for sums in counting.of(number, *part):
            sums.limits += limits
            sums.on_time += on_time


def _grouped(periods: Sequence[ColumnElement[int]], where: ColumnElement[bool], *counted: Any) -> Any:
    """Numbers by period, community, sector and source."""
    part = Hazard.community, Place.sector, Hazard.source
    return select(*periods, *part, *counted).where(Place.id == Hazard.place, where).group_by(*periods, *part)


def _overlay(tx: Session, counting: _Counting, by: str, unit: str) -> dict[str, int]:
    """Put the figures of frozen reports in the place of those counted now; period → number of the frozen report."""
    query = select(Snapshot).where(
        Snapshot.form == FORMS[by], Snapshot.unit == unit, Snapshot.period.in_(list(counting.steps))
    ).order_by(Snapshot.version)  # fmt: skip
    reports = {}
    for row in tx.scalars(query):
        sums, reports[row.period] = counting.steps[row.period], row.id
        for figure in row.rows["figures"]:
            if figure["key"] in FROZEN:
                setattr(sums, figure["key"], figure["numerator"])
            if figure["key"] == "on_time":
                sums.limits = figure["denominator"]
    return reports


def _shares(given: dict[str, Sums], names: dict[str, str]) -> list[Share]:
    rows = [Share(key, names.get(key, key), sums) for key, sums in given.items()]
    return sorted(rows, key=lambda row: (-row.sums.found, -row.sums.closed, row.key))
