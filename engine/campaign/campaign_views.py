"""A campaign as it is shown."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.campaign.campaign_progress import Row
from engine.campaign.figures import Figure


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as it is shown; ``rows`` and ``figures`` (in no list) as far as one sees, of a closed one frozen."""

    number: str
    title: str
    starts_on: date
    ends_on: date
    lead_unit: str
    lead_name: str
    owner_unit: str
    support_units: list[str]
    source: str
    source_name: str
    plan_task: int | None
    source_text: str
    template: str
    content: str
    filter: dict[str, Any]
    codes: list[str]
    cadence: list[str]
    state: str
    state_name: str
    places: int
    started_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    summary: str
    created_at: datetime
    created_by: str
    rows: list[Row]
    figures: list[Figure]
