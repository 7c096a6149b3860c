"""What a campaign covers and what was found in it, as lists; the sums are campaign_progress.py."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import campaign_progress, campaigns, scope
from engine.campaign.campaign_model import CampaignPlace
from engine.campaign.case_model import Hazard
from engine.campaign.model import Place
from engine.campaign.pages import read_page


@dataclass(frozen=True, slots=True)
class CoveredPlace:
    """A place of the campaign; ``checked`` says whether a visit in its time counts."""

    place: str
    name: str
    community: str
    grid: str
    risk_level: str
    checked: bool


@dataclass(frozen=True, slots=True)
class CountedHazard:
    """A hazard of the campaign."""

    number: str
    place: str
    community: str
    code: str
    text: str
    is_major: bool
    found_at: datetime
    closed_at: datetime | None


def list_places(
    app: App, number: str, viewer: Viewer, *, unchecked: bool = False, page: int = 1, size: int = 50
) -> Page[CoveredPlace]:
    """The places frozen at the start, as far as the viewer may see; ``unchecked`` are those nobody went to yet.

    Raises NotFound.
    """
    with app.reading() as tx:
        campaign = campaigns.require(tx, number, viewer)
        went = campaign_progress.visits_of(app, campaign, viewer, app.clock()).subquery()
        visited = exists().where(went.c.place == Place.id)
        inside = select(Place).join(CampaignPlace, CampaignPlace.place == Place.id)
        inside = inside.where(CampaignPlace.campaign == number, scope.places(viewer)).order_by(Place.id)
        found = read_page(tx, inside.where(~visited) if unchecked else inside, page, size, lambda place: place)
        ids = [place.id for place in found.items]
        checked = set(tx.scalars(select(went.c.place).where(went.c.place.in_(ids))))
        return Page(
            [
                CoveredPlace(place.id, place.name, place.community, place.grid, place.risk_level, place.id in checked)
                for place in found.items
            ],
            found.total, page, size,
        )  # fmt: skip


def list_hazards(app: App, number: str, viewer: Viewer, *, page: int = 1, size: int = 50) -> Page[CountedHazard]:
    """The hazards that count, in the order they were found; raises NotFound."""
    with app.reading() as tx:
        campaign = campaigns.require(tx, number, viewer)
        query = campaign_progress.hazards_of(app, campaign, viewer).order_by(Hazard.found_at, Hazard.number)
        return read_page(
            tx, query, page, size,
            lambda row: CountedHazard(**{name: getattr(row, name) for name in CountedHazard.__slots__}),
        )  # fmt: skip
