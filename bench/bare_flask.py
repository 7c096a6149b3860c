"""The least a web application could do: a Flask route that updates one row and inserts one. No login, no engine.

``orm`` and ``core`` are what a WSGI server loads; both find their database in BENCH_DATABASE_URL.
"""

import os
from uuid import uuid4

from flask import Flask, jsonify
from sqlalchemy import Engine, ForeignKey, create_engine, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

URL = "BENCH_DATABASE_URL"


class Base(DeclarativeBase):
    """The tables of the bare application."""


class Task(Base):
    """What is completed."""

    __tablename__ = "bare_task"
    id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    status: Mapped[str]


class Event(Base):
    """What happened."""

    __tablename__ = "bare_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("bare_task.id"))
    event: Mapped[str]


def orm() -> Flask:
    """As the documentation of Flask and SQLAlchemy teaches it: one session, one object changed, one added."""
    web, engine = Flask("bare"), create_engine(os.environ[URL])

    @web.post("/tasks/<task_id>/complete")
    def complete(task_id: str) -> object:
        with Session(engine) as session:
            task = session.get_one(Task, task_id)
            task.revision += 1
            session.add(Event(task_id=task_id, event="completed"))
            session.commit()
        return jsonify(id=task_id)

    return web


def core() -> Flask:
    """The same without objects: two statements."""
    web, engine = Flask("bare"), create_engine(os.environ[URL])

    @web.post("/tasks/<task_id>/complete")
    def complete(task_id: str) -> object:
        with engine.begin() as tx:
            tx.execute(update(Task).where(Task.id == task_id).values(revision=Task.revision + 1))
            tx.execute(insert(Event), {"task_id": task_id, "event": "completed"})
        return jsonify(id=task_id)

    return web


def prepare(engine: Engine, cases: int) -> list[str]:
    """The tables with so many tasks; answers the paths that complete them."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Task(id=uuid4().hex, revision=0, status="open") for _ in range(cases))
        session.commit()
        return [f"/tasks/{each}/complete" for each in session.scalars(select(Task.id))]
