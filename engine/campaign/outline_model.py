"""The table of outlines: where a community, a grid or a place lies on our own map. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Outline(Base):
    """The shape of a unit (its area) or of a place (its ground, or a point), as GeoJSON geometry: [lon, lat]."""

    __tablename__ = "outline"
    noun: Mapped[str] = mapped_column(String(8), primary_key=True)  # unit | place
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(Name)
