"""The first rows of new instances: written together, however many one transaction starts (see record.py)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from engine.bpm import record
from engine.bpm.model import Instance
from engine.bpm.record import Row
from engine.bpm.spiff.types import Snapshot
from engine.sql import Writes, insert_into

_BEGIN = insert_into(Instance)


def begin(tx: Session, begun: Iterable[Row]) -> None:
    """Write the rows of new instances, which stand nowhere yet: ``id`` and whatever else is known of each."""
    writes = Writes()
    writes.add(_BEGIN, [{"status": "running", "state": b"", "variables": {}, **facts} for facts in begun])
    writes.run(tx)


def write(
    tx: Session, starts: Iterable[tuple[str, Snapshot]], *, now: datetime, recorded_at: datetime, actor: str
) -> None:
    """Write where instances stand that this transaction began: nobody else knows them yet."""
    writes = Writes()
    for instance_id, after in starts:
        started = {
            "instance_id": instance_id, "event": "started", "at": now, "recorded_at": recorded_at, "actor": actor,
        }  # fmt: skip
        record.add(
            writes, instance_id, record.EMPTY, after, revision=0, now=now, recorded_at=recorded_at, actor=actor,
            first=[started],
        )  # fmt: skip
    writes.regroup()
    writes.run(tx)
