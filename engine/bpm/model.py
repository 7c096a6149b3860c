"""The tables of the BPM engine. Only columns: the verbs beside this file read and write them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime, twin

Name = String(255)
Id = String(64)


class Bundle(Base):
    """Files that were deployed together, stored once under the hash of their content (rule S3)."""

    __tablename__ = "bundle"
    hash: Mapped[str] = mapped_column(Id, primary_key=True)
    files: Mapped[dict[str, str]] = mapped_column(JSON)  # name → base64 of the bytes


class Definition(Base):
    """One version of one process; never changed after it was deployed, except for ``suspended_at``."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("key", "version"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Name)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    version_tag: Mapped[str | None] = mapped_column(Name)
    bundle_hash: Mapped[str] = mapped_column(ForeignKey("bundle.hash"), index=True)
    file: Mapped[str] = mapped_column(Name)
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deployed_by: Mapped[str] = mapped_column(Name)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")  # why it was deployed
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    trial: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: before the gate
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_by: Mapped[str | None] = mapped_column(Name)
    suspended_reason: Mapped[str | None] = mapped_column(Text)


class Instance(Base):
    """One running or ended case: ``state`` is the engine's own record, ``revision`` its compare-and-swap counter."""

    __tablename__ = "instance"
    __table_args__ = (
        Index("ix_instance_status_started_at", "status", "started_at"),
        Index("ix_instance_started_at", "started_at"),
        Index("ix_instance_definition", "definition_id", "status", "suspended_at"),  # whole, to count by
        Index(
            "ix_instance_suspended", "id", "clock_stopped", sqlite_where=text("suspended_at IS NOT NULL"),
            postgresql_where=text("suspended_at IS NOT NULL"),
        ),
        # Only those that another instance started: ids have 32 characters, most people's names have not.
        Index(
            "ix_instance_started_by", "started_by", sqlite_where=text("length(started_by) = 32"),
            postgresql_where=text("length(started_by) = 32"),
        ),
    )  # fmt: skip
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"))
    business_key: Mapped[str | None] = mapped_column(Name, index=True)
    status: Mapped[str] = mapped_column(String(16))  # running | incident | completed | terminated
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    variables: Mapped[dict[str, Any]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(Name)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_by: Mapped[str | None] = mapped_column(Name)
    clock_stopped: Mapped[bool] = mapped_column(default=False, server_default=false())  # suspended with its deadlines


class Task(Base):
    """A piece of human work. ``id`` is the engine's id of the token that waits there."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open", "status", "due_at"),
        Index("ix_task_element", "element", "status", "instance_id"),  # what waits at some elements
        # With the status: SQLite would take the index above for the open tasks of one instance and read everybody's.
        Index("ix_task_instance", "instance_id", "status"),
        Index(
            "ix_task_assignee",
            "assignee",
            "status",
            sqlite_where=text("assignee IS NOT NULL"),  # most tasks are completed without having been claimed
            postgresql_where=text("assignee IS NOT NULL"),
        ),
        Index(
            "ix_task_completed_by",
            "completed_by",
            "instance_id",
            sqlite_where=text("completed_by IS NOT NULL"),
            postgresql_where=text("completed_by IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    type: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))  # open | completed | cancelled
    assignee: Mapped[str | None] = mapped_column(Name)
    owner: Mapped[str | None] = mapped_column(Name)  # who delegated it and gets it back
    delegation: Mapped[str | None] = mapped_column(String(12))  # pending | resolved
    form: Mapped[str | None] = mapped_column(Name)
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provisional: Mapped[bool] = mapped_column(default=False, server_default=false())  # due in a year without holidays
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_by: Mapped[str | None] = mapped_column(Name)
    on_behalf_of: Mapped[str | None] = mapped_column(Name)  # for whom a standing substitute claimed or completed it


class TaskCandidate(Base):
    """A group or a person that may take a task: ``group:safety_office`` or ``user:li``."""

    __tablename__ = "task_candidate"
    __table_args__ = (Index("ix_task_candidate_candidate", "candidate", "task_id"), {"sqlite_with_rowid": False})
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), primary_key=True)
    candidate: Mapped[str] = mapped_column(Name, primary_key=True)


class TaskComment(Base):
    """A remark on a task, kept with it for good."""

    __tablename__ = "task_comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(Name)
    text: Mapped[str] = mapped_column(Text)


class Timer(Base):
    """An armed or past timer; the row is the truth about ``due_at`` (C2). By (token, due_at) a rung fires once."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("token", "due_at"),
        Index("ix_timer_instance", "instance_id", "status", "element"),
        Index(
            "ix_timer_armed", "due_at", sqlite_where=text("status = 'armed'"), postgresql_where=text("status = 'armed'")
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Id)  # the engine's id of the timer; a cycle keeps it from round to round
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(String(24))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12))  # armed | fired | cancelled | replaced | blocked (see its incident)
    armed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # process time; when fired this equals due_at
    provisional: Mapped[bool] = mapped_column(default=False, server_default=false())  # reaches a year without holidays
    reason: Mapped[str | None] = mapped_column(Text)  # why it was replaced (C5)
    clause: Mapped[str | None] = mapped_column(Name)  # the rule that allows it
    changed_by: Mapped[str | None] = mapped_column(Name)


class Subscription(Base):
    """An instance that waits for a message or a signal."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("ix_subscription_name", "kind", "name", "correlation_key"),
        Index("ix_subscription_instance", "instance_id", "element"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)  # in the order in which they began to wait
    token: Mapped[str] = mapped_column(Id, unique=True)  # the engine's id of the waiter
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(Name)
    correlation: Mapped[dict[str, Any]] = mapped_column(JSON)
    correlation_key: Mapped[str] = mapped_column(Name)  # one text for the declared keys and values, to find it by index
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StartEvent(Base):
    """A message, signal or timer that starts the newest version of a definition."""

    __tablename__ = "start_event"
    __table_args__ = (Index("ix_start_event_name", "kind", "name"), Index("ix_start_event_due_at", "due_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"), index=True)
    element: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(Name)
    armed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """A message or signal on its way between instances; delivered once, in a transaction of its own."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_pending",
            "at",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(Name)
    correlation: Mapped[dict[str, Any]] = mapped_column(JSON)
    variables: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sender: Mapped[str] = mapped_column(Name)  # instance id or login name
    target: Mapped[str | None] = mapped_column(Id)  # token of one subscription, for each receiver of a broadcast signal
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receivers: Mapped[int] = mapped_column(default=0)


class Incident(Base):
    """A step that failed and waits for somebody to repair and retry it (S5)."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_open", "resolved_at", "opened_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    element: Mapped[str] = mapped_column(Name)
    message: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None] = mapped_column(Name)
    resolution: Mapped[str | None] = mapped_column(Text)  # what was done about it, in the words of whoever did it
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))  # the message that could not be delivered
    cause: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what causes.py knows; None for old ones


class Event(Base):
    """What happened, in order; rows are only ever added (S7). ``at`` is process time, ``recorded_at`` real time."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_instance_id_id", "instance_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(Id)  # no foreign key: six rows a step, and nothing deletes an instance
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(24))  # or a verb: started …
    element: Mapped[str | None] = mapped_column(Name)
    name: Mapped[str | None] = mapped_column(Name)
    type: Mapped[str | None] = mapped_column(String(48))
    task_id: Mapped[str | None] = mapped_column(Id)
    actor: Mapped[str | None] = mapped_column(Name)
    on_behalf_of: Mapped[str | None] = mapped_column(Name)  # whose standing substitute the actor is
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Completion(Base):
    """The answer given to an idempotency key, so that a repeated request gets it again (S2)."""

    __tablename__ = "completion"
    person: Mapped[str] = mapped_column(Name, primary_key=True)
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notice(Base):
    """A message to a person outside the program, written with the change that causes it and sent afterwards."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "ix_notice_pending",
            "next_attempt_at",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_notice_recipient", "recipient", "created_at"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(24))  # console | smtp | sms
    recipient: Mapped[str] = mapped_column(Name)  # login name, group or address, as the channel needs
    address: Mapped[str | None] = mapped_column(Name)
    subject: Mapped[str] = mapped_column(Name)
    body: Mapped[str] = mapped_column(Text)
    subject_en: Mapped[str | None] = mapped_column(Text, default=twin("subject"))
    body_en: Mapped[str | None] = mapped_column(Text, default=twin("body"))  # for the pages; sent is Chinese
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)  # process time
    status: Mapped[str] = mapped_column(String(12))  # pending | sent | failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)  # real time: sending is not part of the process
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
