"""Open incidents by what they say, so that one cause is seen once and retried once for all it stopped; one incident
with its full cause.
"""

from sqlalchemy import func, select

from engine.app import App
from engine.bpm import batches, reasons
from engine.bpm.model import Definition, Incident, Instance, Message
from engine.bpm.paging import paged
from engine.bpm.viewer import Page
from engine.bpm.views import View, incident_view
from engine.errors import Conflict, NotFound

OPEN = Incident.resolved_at.is_(None)


def groups(app: App, *, definition: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """What open incidents say, by process and element, the most frequent first."""
    columns = (Incident.message, Definition.key, Incident.element)
    found = (
        select(
            *columns, func.max(Definition.name), func.count(), func.count(Incident.instance_id.distinct()),
            func.min(Incident.opened_at), func.max(Incident.opened_at), func.min(Incident.instance_id),
        )
        .select_from(Incident)
        .join(Instance, Instance.id == Incident.instance_id)
        .join(Definition, Definition.id == Instance.definition_id)
        .where(OPEN, *([Definition.key == definition] if definition else []))
        .group_by(*columns)
    )  # fmt: skip
    names = (
        "message",
        "definition",
        "element",
        "definition_name",
        "count",
        "instances",
        "first_at",
        "last_at",
        "example",
    )
    order = (func.count().desc(), *columns)
    with app.reading() as tx:
        return paged(tx, found, order, page, size, lambda rows: [dict(zip(names, row, strict=True)) for row in rows])


def show(app: App, incident_id: str) -> View:
    """One incident with its ``cause`` (engine/bpm/causes.py; None for what failed before causes were kept) and the
    message that was not delivered. Raises NotFound.
    """
    found = select(Incident, Instance, Definition, Message.name).where(Incident.id == incident_id)
    found = found.join(Instance, Instance.id == Incident.instance_id).join(Definition)
    with app.reading() as tx:
        row = tx.execute(found.outerjoin(Message, Message.id == Incident.message_id)).one_or_none()
        if row is None:
            raise NotFound("没有这个异常，可能编号有误。", en="There is no such incident.")
        incident, instance, definition, message = row
        own = {"definition_name": definition.name, "version": definition.version, "undelivered": message}
        return {**incident_view(incident, instance, definition), **own, "cause": incident.cause}


def retry(app: App, message: str, *, by: str, reason: str, definition: str | None = None) -> View:
    """An order to retry every instance that an incident with this message stops; answers the batch.

    Raises Invalid without a reason, Conflict when no incident says so any more.
    """
    reasons.require(reason)
    with app.transaction() as tx:
        stopped = (
            select(Instance.id)
            .join(Definition)
            .join(Incident, Incident.instance_id == Instance.id)
            .where(OPEN, Incident.message == message, *([Definition.key == definition] if definition else []))
            .distinct()
        )
        if tx.scalar(stopped.limit(1)) is None:
            raise Conflict("这类异常已经处理完了，请刷新列表。", en="No incident says so any more; reload the list.")
        batch_id = batches.add(tx, app, "retry", stopped, by=by, reason=reason, parameters={"message": message})
    return batches.some_at_once(app, batch_id)
