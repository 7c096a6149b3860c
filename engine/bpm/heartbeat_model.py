"""The table of the schedulers' signs of life. Only columns."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

Name = String(255)
Id = String(64)


class Heartbeat(Base):
    """One scheduler process: it writes ``seen_at`` again and again, and ``ended_at`` when it was told to stop."""

    __tablename__ = "heartbeat"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    host: Mapped[str] = mapped_column(Name)
    process: Mapped[int]  # the number the machine gave it
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)  # real time, like the other moments here
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
