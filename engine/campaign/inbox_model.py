"""The table of what somebody has looked at in the inbox. Only columns."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class InboxMark(Base):
    """One item of the inbox as a person last saw it: it is unread again once it stands elsewhere than ``state``."""

    __tablename__ = "inbox_mark"
    person: Mapped[str] = mapped_column(Name, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    state: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
