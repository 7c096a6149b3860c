"""The table of read receipts: who opened a notice or a document that was issued to the own unit, and when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Name
from engine.db import Base, UtcDateTime


class ReadReceipt(Base):
    """One person read one notice or one document for the first time."""

    __tablename__ = "read_receipt"
    __table_args__ = (
        UniqueConstraint("notice", "person"),
        UniqueConstraint("document", "person"),
        CheckConstraint("(notice IS NULL) <> (document IS NULL)", name="one"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    notice: Mapped[str | None] = mapped_column(ForeignKey("notice.id"))
    document: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    person: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
