"""The tables of a case: the hazard and what was set, sent, ordered and found about it. Only columns."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.campaign.photo_facts import looks
from engine.db import Base, Sentences, UtcDateTime, twin

SEEN = "street", "community", "grid", "holder_unit", "finder", "place", "instance_id"  # see scope.hazards


class Hazard(Base):
    """One hazard. Where it stands is never stored here: that is the position of its process instance."""

    __tablename__ = "hazard"
    __table_args__ = (
        UniqueConstraint("year", "month", "serial"),
        Index("ix_hazard_place_code", "place", "code"),
        Index("ix_hazard_community_grid", "community", "grid"),
        # With what says who sees a hazard and where it lies, so that boards count without reading the rows: what is
        # open and what was closed in a time …
        Index("ix_hazard_closed_at", "closed_at", *SEEN, "number", "registered_at", "is_major"),
        # … and, for trends, all that count: none that was voided.
        Index(
            "ix_hazard_counted", "number", *SEEN, "source", "found_at", "closed_at", "is_major", "repeats",
            sqlite_where=text("void_reason IS NULL"), postgresql_where=text("void_reason IS NULL"),
        ),
    )  # fmt: skip
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    year: Mapped[int]
    month: Mapped[int]
    serial: Mapped[int]
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), unique=True)
    place: Mapped[str] = mapped_column(ForeignKey("place.id"))
    visit: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))  # on which it was found: joins the two tracks
    street: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    community: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    grid: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    code: Mapped[str] = mapped_column(Code)
    code_id: Mapped[int] = mapped_column(ForeignKey("hazard_code.id"))
    text: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Name, default="")
    source: Mapped[str] = mapped_column(String(32))
    finder: Mapped[str] = mapped_column(Name)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    holder_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    repeats: Mapped[int] = mapped_column(default=0)
    local_level: Mapped[str | None] = mapped_column(String(16))
    is_major: Mapped[bool] = mapped_column(default=False)
    major_status: Mapped[str] = mapped_column(String(16), default="否")  # 否 | 疑似 | 已判定 | 已解除
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was classified so
    five: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # 五落实: measures, responsible, funds, limit, plan
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str | None] = mapped_column(Text)  # set when it was voided; the number stays taken
    closure_no: Mapped[str | None] = mapped_column(Code)
    closure_opinion: Mapped[str] = mapped_column(Text, default="")
    recurs: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), index=True)  # the closed one that came back
    tracked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # 重点跟踪, set by a person
    tracked_by: Mapped[str | None] = mapped_column(Name)
    tracked_reason: Mapped[str | None] = mapped_column(Text)


class Deadline(Base):
    """A date by which something is due, with the count that led to it in words. Changed only by replacement (rule
    C5).
    """

    __tablename__ = "deadline"
    __table_args__ = (
        # None that begins with due_at: SQLite would take it for the earliest deadline of one hazard and read those of
        # all others. Its last two columns spare a list the look at the rows themselves.
        Index("ix_deadline_hazard", "hazard", "state", "kind", "due_at", "due_on"),
        # For the list of what is due next; that of one hazard asks for no side and never takes it.
        Index("ix_deadline_side_due", "side", "state", "due_on"),
        # For the lamps of all hazards and for the limits of a period: whole, so that the rows are not looked at.
        Index("ix_deadline_state_due", "state", "kind", "due_on", "due_at", "hazard"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"))  # what it is about: this …
    report: Mapped[str | None] = mapped_column(ForeignKey("citizen_report.number"), index=True)  # … or that
    kind: Mapped[str] = mapped_column(String(16))
    clock: Mapped[str] = mapped_column(String(24), default="", server_default="")  # T19: a row of rules/clocks.yaml
    side: Mapped[str] = mapped_column(String(8), default="own", server_default="own")  # whose limit: own | party
    duty_unit: Mapped[str | None] = mapped_column(
        ForeignKey("unit.code")
    )  # who must keep it; None: who holds the hazard
    start_at: Mapped[datetime] = mapped_column(UtcDateTime)
    n: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))
    roll: Mapped[str] = mapped_column(String(1))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    clause: Mapped[str] = mapped_column(Text, default="")
    consequence: Mapped[str] = mapped_column(Text, default="", server_default="")  # of letting it pass
    trace: Mapped[list[str]] = mapped_column(Sentences)
    provisional: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))  # open | met | missed | suspended | replaced | void
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was replaced or ended early
    actor: Mapped[str] = mapped_column(Name, default="")  # who caused that
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")  # how often it was extended on request
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Reminder(Base):
    """One reminder (table D4) of one deadline: it is sent once, or dies with the deadline."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index(
            "ix_reminder_armed", "due_at", sqlite_where=text("state = 'armed'"),
            postgresql_where=text("state = 'armed'"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    deadline: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)
    row: Mapped[int]  # of table D4
    at: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    audience: Mapped[list[Any]] = mapped_column(JSON)
    how: Mapped[str] = mapped_column(String(8))  # app | sms | app+sms
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))  # armed | sent | dropped with its deadline | skipped as too late
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Assignment(Base):
    """A paper from one unit to another: given, signed or returned, answered. One row for each way across
    organisations.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_to_unit", "to_unit", "hazard"),
        # With all that says in whose box a paper lies: those that are over are counted without their rows.
        Index("ix_assignment_hazard", "hazard", "kind", "from_unit", "to_unit", "closed_at"),
        Index(
            "ix_assignment_running", "kind", "hazard", sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(Code, unique=True)
    from_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    to_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    reason: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sign_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    answer_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Measure(Base):
    """A coercive measure that a department with the power decided; the street only records and watches it."""

    __tablename__ = "measure"
    __table_args__ = (
        Index(
            "ix_measure_running", "hazard", "kind", sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    decision_no: Mapped[str] = mapped_column(Name, default="")
    basis: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_on: Mapped[date]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decide_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lift_reason: Mapped[str] = mapped_column(Text, default="")


class Recheck(Base):
    """One re-inspection and its result."""

    __tablename__ = "recheck"
    __table_args__ = (
        UniqueConstraint("hazard", "no"),
        Index(
            "ix_recheck_failed", "hazard", sqlite_where=text("passed IS 0"), postgresql_where=text("passed IS false")
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    no: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    passed: Mapped[bool]
    opinion: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[list[Any] | None] = mapped_column(JSON)  # login names of who re-inspected
    items: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the result of each item by the angle of its photo
    photo_reason: Mapped[str | None] = mapped_column(Text)  # why a photo says no time or place


class Rung(Base):
    """One rung of the escalation chain that was reached: once for each hazard, step and moment."""

    __tablename__ = "rung"
    __table_args__ = (UniqueConstraint("hazard", "step", "at"), Index("ix_rung_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    step: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_en: Mapped[str | None] = mapped_column(Text, default=twin("reason"))
    document: Mapped[str] = mapped_column(Name, default="")
    overdue_wd: Mapped[int] = mapped_column(default=0)
    failed_rechecks: Mapped[int] = mapped_column(default=0)


class Finding(Base):
    """A fact about a hazard that is no date, paper or measure: a refusal, a plan handed in, a closure gate's
    answer.
    """

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str | None] = mapped_column(Text, default=twin("text"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def _look_part(n: int) -> Callable[[Any], str | None]:
    """The n-th quarter of the look with which a photo is stored."""

    def part(context: Any) -> str | None:
        whole: str | None = context.get_current_parameters().get("look")
        return looks(whole)[n - 1] if whole else None

    return part


class Evidence(Base):
    """A photo or file about a hazard; the bytes lie in the file store under their hash."""

    __tablename__ = "evidence"
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), index=True)
    duty: Mapped[int | None] = mapped_column(ForeignKey("duty.id"), index=True)  # the periodic duty that it proves
    visit: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)  # taken for a checklist's item
    kind: Mapped[str] = mapped_column(String(16))  # photo_before | photo_after | attachment
    angle: Mapped[str] = mapped_column(Code, default="")
    filename: Mapped[str] = mapped_column(Name)
    media_type: Mapped[str] = mapped_column(Code)
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(Code, index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    gps_from: Mapped[str | None] = mapped_column(String(8))  # exif: said by the photo; device: said by the page
    look: Mapped[str | None] = mapped_column(String(16))  # what the picture looks like, in 64 bits (difference hash)
    look_1: Mapped[str | None] = mapped_column(String(4), index=True, default=_look_part(1))  # its parts, for the index
    look_2: Mapped[str | None] = mapped_column(String(4), index=True, default=_look_part(2))
    look_3: Mapped[str | None] = mapped_column(String(4), index=True, default=_look_part(3))
    look_4: Mapped[str | None] = mapped_column(String(4), index=True, default=_look_part(4))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by: Mapped[str] = mapped_column(Name, index=True)
