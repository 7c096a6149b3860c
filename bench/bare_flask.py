"""The least a web application could do: a Flask route that updates one row and inserts one."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from flask import Flask, jsonify
from sqlalchemy import text

from bench.client import post_all, serving
from engine.db import connect


class BareFlask(ExitStack):
    """Two tables, one route; no login, no engine."""

    name = "bare Flask route"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._engine = connect(f"sqlite:///{folder / 'bare.sqlite3'}")
        with self._engine.begin() as tx:
            tx.execute(text("CREATE TABLE task (id TEXT PRIMARY KEY, revision INTEGER, status TEXT)"))
            tx.execute(text("CREATE TABLE event (id INTEGER PRIMARY KEY, task_id TEXT, event TEXT)"))
        web = Flask("bare")

        @web.post("/tasks/<task_id>/complete")
        def complete(task_id: str) -> object:
            with self._engine.begin() as tx:
                tx.execute(text("UPDATE task SET revision = revision + 1 WHERE id = :id"), {"id": task_id})
                tx.execute(text("INSERT INTO event (task_id, event) VALUES (:id, 'completed')"), {"id": task_id})
            return jsonify(id=task_id)

        self._port = self.enter_context(serving(web))

    def prepare(self, cases: int) -> Callable[[], None]:
        """Insert the rows; what is measured posts to each once."""
        ids = [uuid4().hex for _ in range(cases)]
        with self._engine.begin() as tx:
            tx.execute(text("INSERT INTO task VALUES (:id, 0, 'open')"), [{"id": each} for each in ids])
        return lambda: post_all(self._port, [f"/tasks/{each}/complete" for each in ids], '{"variables": {}}', "")
