"""How far a campaign is: places checked of those registered, visits, hazards found, closed, major, overdue. All of it
is counted from the records, as far as ``sight`` lets the viewer see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, patrol_facts, scope
from engine.campaign.campaign_model import Campaign, CampaignHazard, CampaignPlace, CampaignVisit
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.figures import Figure
from engine.campaign.model import Place, Visit
from engine.said import Said

WORDS = {
    "checked": (
        Said("已检查场所", "Places checked"),
        Said(
            "行动期内去过且进门的场所 ÷ 启动时列入的场所",
            "Places entered during the campaign ÷ places listed at its start",
        ),
        Said("家", "places"),
    ),
    "visits": (
        Said("检查", "Visits"),
        Said(
            "行动期内对列入场所的走访检查，企业自查、无法进入的不计",
            "Visits to listed places during the campaign, without self-checks and no entry",
        ),
        Said("家次", "visits"),
    ),
    "closed": (
        Said("隐患整改", "Hazards fixed"),
        Said(
            "已销号 ÷ 行动期内在列入场所发现的隐患（作废的不计）",
            "Closed ÷ found at listed places during the campaign (without voided ones)",
        ),
        Said("项", "hazards"),
    ),
    "major": (
        Said("重大隐患整改", "Major ones fixed"),
        Said("已销号 ÷ 其中的重大隐患", "Closed ÷ major ones of these"),
        Said("项", "hazards"),
    ),
    "overdue": (
        Said("逾期未整改", "Overdue"),
        Said("整改时限已过仍未办结的隐患", "Hazards whose limit has passed and that are not settled"),
        Said("项", "hazards"),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One community's part."""

    community: str
    registered: int
    checked: int
    found: int
    closed: int
    major: int


def figures(rows: Sequence[Row], visits: int, major_closed: int, overdue: int) -> list[Figure]:
    """The sums as figures."""
    closed, found = sum(row.closed for row in rows), sum(row.found for row in rows)
    given = {
        "checked": (sum(row.checked for row in rows), sum(row.registered for row in rows)),
        "visits": (visits, None), "closed": (closed, found),
        "major": (major_closed, sum(row.major for row in rows)), "overdue": (overdue, None),
    }  # fmt: skip
    return [Figure(key, *WORDS[key], *pair) for key, pair in given.items()]


def progress(
    tx: Session, app: App, campaign: Campaign, viewer: Viewer, now: datetime
) -> tuple[list[Row], list[Figure]]:
    """The parts of the communities, and the sums."""
    inside = select(Place.community, func.count()).join(CampaignPlace, CampaignPlace.place == Place.id)
    inside = inside.where(CampaignPlace.campaign == campaign.number, scope.places(viewer)).group_by(Place.community)
    registered: dict[str, int] = {row[0]: row[1] for row in tx.execute(inside.order_by(Place.community))}
    went = visits_of(app, campaign, viewer, now).subquery()
    seen = select(Place.community, func.count(func.distinct(Place.id))).join(went, went.c.place == Place.id)
    there = exists().where(CampaignPlace.campaign == campaign.number, CampaignPlace.place == Place.id)
    checked: dict[str, int] = {row[0]: row[1] for row in tx.execute(seen.where(there).group_by(Place.community))}
    overdue = select(Deadline.hazard).where(
        Deadline.kind == deadlines.RECTIFY, Deadline.state == deadlines.OPEN, Deadline.due_at <= now
    )  # fmt: skip
    parts = Hazard.community, Hazard.is_major, Hazard.closed_at.is_not(None)
    late_here = func.count().filter(Hazard.number.in_(overdue.where(Deadline.hazard.is_not(None))))
    by = hazards_of(app, campaign, viewer).with_only_columns(*parts, func.count(), late_here).group_by(*parts)
    sums: dict[str, list[int]] = {}
    major_closed = late = 0
    for community, is_major, is_closed, count, past in tx.execute(by):
        late += past
        row = sums.setdefault(community, [0, 0, 0])
        row[0] += count
        row[1] += count if is_closed else 0
        row[2] += count if is_major else 0
        major_closed += count if is_major and is_closed else 0
    rows = [
        Row(name, registered.get(name, 0), checked.get(name, 0), *sums.get(name, [0, 0, 0]))
        for name in sorted({*registered, *sums})
    ]
    visits = tx.scalar(select(func.count()).select_from(went)) or 0
    return rows, figures(rows, visits, major_closed, late)


def hazards_of(app: App, campaign: Campaign, viewer: Viewer) -> Select[Hazard]:
    """The hazards that count: found at its places in its time with its codes, and those added by hand."""
    return select(Hazard).where(scope.hazards(viewer), found_in(app, campaign))


def found_in(app: App, campaign: Campaign) -> ColumnElement[bool]:
    """Rows of ``hazard`` that count for a campaign; those that were voided do not."""
    first, after = times(app, campaign)
    inside = select(CampaignPlace.place).where(CampaignPlace.campaign == campaign.number)
    by_rule = Hazard.place.in_(inside) & (Hazard.found_at >= first) & (Hazard.found_at < after)
    if campaign.codes:
        by_rule &= or_(*(_code(code) for code in campaign.codes))
    by_hand = Hazard.number.in_(select(CampaignHazard.hazard).where(CampaignHazard.campaign == campaign.number))
    return Hazard.void_reason.is_(None) & (by_rule | by_hand)


def of_hazard(tx: Session, app: App, hazard: Hazard) -> list[str]:
    """The numbers of the campaigns for which a hazard counts."""
    covered = select(CampaignPlace.campaign).where(CampaignPlace.place == hazard.place)
    by_hand = select(CampaignHazard.campaign).where(CampaignHazard.hazard == hazard.number)
    rows = tx.scalars(select(Campaign).where(Campaign.number.in_(covered) | Campaign.number.in_(by_hand))).all()
    mine = select(Hazard.number).where(Hazard.number == hazard.number)
    return [row.number for row in rows if tx.scalar(mine.where(found_in(app, row))) is not None]


def visits_of(app: App, campaign: Campaign, viewer: Viewer, now: datetime) -> Select[Visit]:
    """The visits that count: to its places in its time, ours and inside, and those added by hand."""
    first, after = times(app, campaign)
    inside = select(CampaignPlace.place).where(CampaignPlace.campaign == campaign.number)
    counting = patrol_facts.counting()
    by_rule = Visit.place.in_(inside) & (Visit.at >= first) & (Visit.at < after) & (Visit.at <= now)
    by_hand = Visit.id.in_(select(CampaignVisit.visit).where(CampaignVisit.campaign == campaign.number))
    query = select(Visit).join(Place, Place.id == Visit.place)
    return query.where(scope.visits(viewer), *counting, by_rule | by_hand)


def times(app: App, campaign: Campaign) -> tuple[datetime, datetime]:
    """The first moment of the campaign and the one after its last."""
    first = datetime.combine(campaign.starts_on, time(), app.zone)
    return first, datetime.combine(campaign.ends_on + timedelta(days=1), time(), app.zone)


def _code(code: str) -> ColumnElement[bool]:
    """A code, or a group: ``RF`` holds RF-01 … RF-10."""
    return (Hazard.code == code) if "-" in code else Hazard.code.startswith(f"{code}-", autoescape=True)
