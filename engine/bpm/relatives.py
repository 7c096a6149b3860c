"""Which instances belong together: who was started by whom through a message or signal, who has the same business key.

Called processes are part of their caller's instance (ADR 1) and are shown in its diagrams.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, or_, select

from engine.app import App
from engine.bpm.model import Definition, Instance
from engine.bpm.paging import paged
from engine.bpm.viewer import Page
from engine.bpm.views import View, instance_view
from engine.errors import NotFound


def relatives(app: App, instance_id: str, *, page: int = 1, size: int = 50) -> Page[View]:
    """Related instances, each with ``relation``: ``starter`` started this one, ``started`` was started by it,
    ``same_key`` has the same business key. Raises NotFound.
    """
    with app.reading() as tx:
        row = tx.get(Instance, instance_id)
        if row is None:
            raise NotFound("没有这个流程实例，可能编号有误。", en="There is no such instance.")
        starter, started = Instance.id == row.started_by, Instance.started_by == row.id
        same = Instance.business_key == row.business_key if row.business_key else Instance.id == row.started_by
        relation = case((starter, "starter"), (started, "started"), else_="same_key")
        found = select(Instance, Definition, relation).join(Definition)
        wanted = found.where(Instance.id != row.id, or_(starter, started, same))

        def shape(rows: Sequence[Any]) -> list[View]:
            return [{**instance_view(one, definition), "relation": how} for one, definition, how in rows]

        return paged(tx, wanted, (Instance.started_at, Instance.id), page, size, shape)
