"""What the files of cases (for the police, the court, of a listed unit) have in common: their steps. Only columns."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Name
from engine.db import Base, UtcDateTime, twin


class CaseStep(Base):
    """One step of a case, with its limit when it has one. Rows are only added; each kind of case has its own table,
    whose column ``OWNER`` names the case.
    """

    __abstract__ = True
    OWNER: ClassVar[str]
    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str | None] = mapped_column(Text, default=twin("text"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by when this step had to be done

    @classmethod
    def owner(cls) -> Any:
        """The column that names the case."""
        return getattr(cls, cls.OWNER)
