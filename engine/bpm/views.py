"""How rows are shown: plain mappings with the names of the HTTP contract; holds no query and no rule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.app import App
from engine.bpm.batch_model import Batch, BatchItem
from engine.bpm.clocks import own_time
from engine.bpm.model import Definition, Event, Incident, Instance, Task, Timer
from engine.bpm.step import Named, Standing
from engine.bpm.work_model import TaskAttachment
from engine.lamp import NONE, due_lamp
from engine.sql import Found

View = dict[str, Any]


def task_view(
    app: App, task: Task | Found, instance: Instance | Standing, definition: Definition | Named, candidates: list[str]
) -> View:
    """One task as a list row; the lamp is computed for now, or for when its instance's clock was stopped."""
    open_lamp = due_lamp(task.due_at, own_time(instance, app.clock()), app.calendar, app.zone)
    return {
        "id": task.id,
        "element": task.element,
        "name": task.name,
        "type": task.type,
        "definition": definition.key,
        "definition_name": definition.name,
        "version": definition.version,
        "instance_id": instance.id,
        "business_key": instance.business_key,
        "subject": _subject(instance),
        "groups": _named(candidates, "group:"),
        "users": _named(candidates, "user:"),
        "assignee": task.assignee,
        "owner": task.owner,
        "delegation": task.delegation,
        "form": task.form,
        "priority": task.priority,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "provisional": task.provisional,
        "follow_up_at": task.follow_up_at,
        "lamp": open_lamp if task.status == "open" else NONE,
        "status": task.status,
        "ended_at": task.ended_at,
        "completed_by": task.completed_by,
        "on_behalf_of": task.on_behalf_of,
    }


def attachment_view(row: TaskAttachment) -> View:
    """One file of a task; ``sha256`` names its bytes."""
    names = ("id", "name", "media_type", "size", "sha256", "at", "author")
    return {name: getattr(row, name) for name in names}


def _subject(instance: Instance | Standing) -> str | None:
    """What the case is about in words, for lists: the instance variable ``subject`` when it is a text."""
    subject = instance.variables.get("subject")
    return subject if isinstance(subject, str) else None


def _named(candidates: list[str], prefix: str) -> list[str]:
    return sorted(name.removeprefix(prefix) for name in candidates if name.startswith(prefix))


def instance_view(instance: Instance, definition: Definition) -> View:
    """One instance without its variables."""
    return {
        "id": instance.id,
        "definition": definition.key,
        "definition_name": definition.name,
        "version": definition.version,
        "business_key": instance.business_key,
        "status": instance.status,
        "revision": instance.revision,
        "started_at": instance.started_at,
        "started_by": instance.started_by,
        "ended_at": instance.ended_at,
        "suspended_at": instance.suspended_at,
        "suspended_by": instance.suspended_by,
        "clock_stopped": instance.clock_stopped,
    }


def definition_view(definition: Definition) -> View:
    """One version of a definition."""
    return {
        "id": definition.id,
        "key": definition.key,
        "version": definition.version,
        "name": definition.name,
        "version_tag": definition.version_tag,
        "deployed_at": definition.deployed_at,
        "deployed_by": definition.deployed_by,
        "reason": definition.reason,
        "problems": definition.problems,
        "trial": definition.trial,
        "suspended_at": definition.suspended_at,
        "suspended_by": definition.suspended_by,
        "suspended_reason": definition.suspended_reason,
    }


def timer_view(timer: Timer) -> View:
    """One timer, armed or past."""
    return {
        "id": timer.id,
        "element": timer.element,
        "name": timer.name,
        "kind": timer.kind,
        "due_at": timer.due_at,
        "status": timer.status,
        "armed_at": timer.armed_at,
        "ended_at": timer.ended_at,
        "provisional": timer.provisional,
        "reason": timer.reason,
        "clause": timer.clause,
        "changed_by": timer.changed_by,
    }


def event_view(event: Event) -> View:
    """One thing that happened."""
    return {
        "id": event.id,
        "at": event.at,
        "recorded_at": event.recorded_at,
        "event": event.event,
        "element": event.element,
        "name": event.name,
        "type": event.type,
        "task_id": event.task_id,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "detail": event.detail,
    }


def incident_view(incident: Incident, instance: Instance, definition: Definition) -> View:
    """One incident with the case it stops."""
    return {
        "id": incident.id,
        "instance_id": incident.instance_id,
        "definition": definition.key,
        "business_key": instance.business_key,
        "element": incident.element,
        "message": incident.message,
        "opened_at": incident.opened_at,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
        "resolution": incident.resolution,
    }


def batch_view(batch: Batch, counts: Mapping[str, int]) -> View:
    """One batch; ``counts`` are its items by status."""
    return {
        "id": batch.id,
        "kind": batch.kind,
        "dry_run": batch.dry_run,
        "at": batch.at,
        "by": batch.by,
        "reason": batch.reason,
        "parameters": batch.parameters,
        "status": batch.status,
        "finished_at": batch.finished_at,
        "total": sum(counts.values()),
        "counts": dict(counts),
    }


def batch_item_view(item: BatchItem, business_key: str | None) -> View:
    """What became of one instance of a batch."""
    return {
        "instance_id": item.instance_id,
        "business_key": business_key,
        "status": item.status,
        "message": item.message,
        "result": item.result,
    }


def moment_text(moment: datetime | None, app: App) -> str:
    """A moment as people of the installation's zone read it."""
    return moment.astimezone(app.zone).strftime("%Y-%m-%d %H:%M") if moment else "—"
