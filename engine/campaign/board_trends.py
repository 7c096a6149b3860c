"""What became more and what became less: hazards found, closed and late, by week or month and by who and where.

From the records, as the reports of a period count them; a period whose report was frozen shows the frozen figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, Select, String, and_, column, func, select, values
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, report_facts, report_sight, units
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.figures import percent
from engine.campaign.hazard_list import NO_SECTOR, in_sector
from engine.campaign.model import Place
from engine.campaign.periods import Period, period_of, periods_between
from engine.campaign.snapshot_model import Snapshot
from engine.db import UtcDateTime, seconds_between
from engine.errors import Invalid

FORMS = {"week": "weekly", "month": "monthly"}
USUAL = {"week": timedelta(weeks=11), "month": timedelta(days=334)}
LONGEST = timedelta(days=3 * 366)
FROZEN = ("found", "closed", "major_found", "on_time", "recurred")


@dataclass(slots=True)
class Sums:
    """What was counted: numbers, numerators and denominators, the days from finding to closing."""

    found: int = 0
    closed: int = 0
    major_found: int = 0
    on_time: int = 0
    limits: int = 0  # that ended: on_time of them were kept, the others are late
    recurred: int = 0
    days: float = 0.0
    measured: int = 0  # closed hazards whose days these are, also where ``closed`` is a frozen figure

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
        return round(self.days / self.measured, 1) if self.measured else None


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

    def of(self, period: str, community: str, sector: str, source: str) -> Iterator[Sums]:
        """The sums to which these records belong."""
        yield self.total
        yield self.steps[period]
        for group, key in ((self.communities, community), (self.sectors, sector or NO_SECTOR), (self.sources, source)):
            yield group.setdefault(key, Sums())


def trends(
    app: App, viewer: Viewer, *, by: str = "week", first: date | None = None, last: date | None = None,
    community: str | None = None, sector: str | None = None, source: str | None = None,
) -> Trends:  # fmt: skip
    """Whole weeks or months from ``first`` to ``last`` (today without). Raises Invalid for a time that is none."""
    now = app.clock()
    span = _span(by, first, last, now.astimezone(app.zone).date())
    part = narrowed(community, sector, source)
    counting = _Counting({period.key: Sums() for period in span})
    with app.reading() as tx:
        sight = report_sight.of_viewer(tx, viewer)
        where = and_(sight.hazards, Hazard.void_reason.is_(None), *part)
        spans = _spans(app, span, now)
        ended = report_facts.limits(Period("", span[0].starts_on, span[-1].ends_on), now)
        _count_found(tx, counting, where, spans)
        _count_closed(tx, counting, where, spans)
        _count_limits(tx, counting, where, spans, ended)
        frozen = _overlay(tx, counting, by, sight.unit) if sight.unit and not part else {}
        names = units.names(tx, set(counting.communities))
    return Trends(
        by, span[0].starts_on, span[-1].ends_on,
        [Step(one.key, one.starts_on, one.ends_on, frozen.get(one.key), counting.steps[one.key]) for one in span],
        _shares(counting.communities, names), _shares(counting.sectors, {}),
        _shares(counting.sources, {}), counting.total,
    )  # fmt: skip


def narrowed(community: str | None, sector: str | None, source: str | None) -> list[ColumnElement[bool]]:
    """The part of the hazards that is asked for, over ``hazard`` joined with ``place``."""
    equal = (Hazard.community, community), (Hazard.source, source)
    return [part == wanted for part, wanted in equal if wanted] + ([in_sector(sector)] if sector else [])


def _span(by: str, first: date | None, last: date | None, today: date) -> list[Period]:
    end = min(last or today, today)
    begin = first or end - USUAL[by]
    if begin > end or end - begin > LONGEST:
        told = "开始日不能晚于截止日和今天，最长三年"
        raise Invalid(
            f"{told}，请改正。", en="The first day must not be after the last one or today; three years at most.",
            problems=[{"field": "from", "rule": "order", "message": told}],
        )  # fmt: skip
    return list(periods_between(by, period_of(by, begin).starts_on, end))


def _spans(app: App, span: list[Period], now: datetime) -> CTE:
    """The periods as rows, so that the database counts them: each range of moments or days is a step into an index."""
    moment = UtcDateTime(timezone=True)
    columns = column("period", String), column("first", moment), column("after", moment)
    days = column("starts_on", Date), column("ends_on", Date)
    rows = []
    for period in span:
        window = report_facts.window(period, now, app.zone)
        after = min(window.after, now + now.resolution)  # what is still to come does not count
        rows.append((period.key, window.first, after, period.starts_on, period.ends_on))
    return values(*columns, *days, name="span").data(rows).cte("span")


def _count_found(tx: Session, counting: _Counting, where: ColumnElement[bool], spans: CTE) -> None:
    major, again = (func.count().filter(told) for told in (Hazard.is_major.is_(True), Hazard.repeats > 0))
    inside = (Hazard.found_at >= spans.c.first) & (Hazard.found_at < spans.c.after)
    for *key, found, majors, recurred in tx.execute(_grouped(spans, inside, where, func.count(), major, again)):
        for sums in counting.of(*key):
            sums.found += found
            sums.major_found += majors
            sums.recurred += recurred


def _count_closed(tx: Session, counting: _Counting, where: ColumnElement[bool], spans: CTE) -> None:
    took = func.sum(seconds_between(tx.get_bind().dialect, Hazard.found_at, Hazard.closed_at))
    inside = (Hazard.closed_at >= spans.c.first) & (Hazard.closed_at < spans.c.after)
    for *key, closed, seconds in tx.execute(_grouped(spans, inside, where, func.count(), took)):
        for sums in counting.of(*key):
            sums.closed += closed
            sums.measured += closed
            sums.days += round(seconds / 86_400, 6)


def _count_limits(
    tx: Session, counting: _Counting, where: ColumnElement[bool], spans: CTE, ended: Sequence[ColumnElement[bool]]
) -> None:
    inside = (Deadline.due_on >= spans.c.starts_on) & (Deadline.due_on <= spans.c.ends_on)
    met = func.count().filter(Deadline.state == deadlines.MET)
    query = _grouped(spans, Deadline.hazard == Hazard.number, where, func.count(), met)
    for *key, limits, on_time in tx.execute(query.where(inside, *ended)):
        for sums in counting.of(*key):
            sums.limits += limits
            sums.on_time += on_time


def _grouped(spans: CTE, inside: ColumnElement[bool], where: ColumnElement[bool], *counted: Any) -> Select[Any]:
    """Numbers by period, community, sector and source; whatever else is counted must be joined by ``inside``."""
    key = spans.c.period, Hazard.community, Place.sector, Hazard.source
    return select(*key, *counted).where(inside, Place.id == Hazard.place, where).group_by(*key)


def _overlay(tx: Session, counting: _Counting, by: str, unit: str) -> dict[str, int]:
    """Put the figures of frozen reports in the place of those counted now; period → number of the frozen report."""
    query = select(Snapshot).where(
        Snapshot.form == FORMS[by], Snapshot.unit == unit, Snapshot.period.in_(list(counting.steps))
    ).order_by(Snapshot.version)  # fmt: skip
    told = {}
    for row in tx.scalars(query):
        sums, told[row.period] = counting.steps[row.period], row.id
        for figure in row.rows["figures"]:
            if figure["key"] in FROZEN:
                setattr(sums, figure["key"], figure["numerator"])
            if figure["key"] == "on_time":
                sums.limits = figure["denominator"]
    return told


def _shares(given: dict[str, Sums], names: dict[str, str]) -> list[Share]:
    rows = [Share(key, names.get(key, key), sums) for key, sums in given.items()]
    return sorted(rows, key=lambda row: (-row.sums.found, -row.sums.closed, row.key))
