"""What the outside may know about an instance after a step, read from its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff import timers, variables
from engine.bpm.spiff.activities import EventSubprocess, HumanTask
from engine.bpm.spiff.instance import Instance, utc
from engine.bpm.spiff.model import Human
from engine.bpm.spiff.state import dump
from engine.bpm.spiff.tokens import Token
from engine.bpm.spiff.types import (
    COMPLETED,
    INCIDENT,
    RUNNING,
    TERMINATED,
    Failure,
    OpenTask,
    OpenTimer,
    Snapshot,
    Waiting,
)  # fmt: skip
from engine.errors import TooLarge

MAX_STATE = 16_000_000
SMALL_TOKENS, SMALL_WEIGHT = 60, 100_000  # in each scope
_NUMBER = attrgetter("id")
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


def snapshot(instance: Instance, name: bytes | None = None) -> Snapshot:
    """The instance as it stands, with what this step did; a name stands for its state where that is not stored."""
    tokens = sorted(_tokens(instance), key=_NUMBER)
    armed = [token for token in tokens if token.internal_data.get("armed")]
    failures = tuple(_failure(instance, token) for token in tokens if "failure" in token.internal_data)
    return Snapshot(
        state=_bounded(dump(instance)) if name is None else name, status=_status(instance, failures),
        variables=variables.plain(instance.variables or {}),
        tasks=tuple(_task(instance, token) for token in tokens if is_open(token)),
        timers=tuple(timer for token in armed for timer in _timers(instance, token)),
        waiting=tuple(waiting for token in armed for waiting in _waiting(instance, token)),
        trace=tuple(instance.trace), thrown=tuple(instance.thrown), failures=failures,
    )  # fmt: skip


def is_small(instance: Instance) -> bool:
    """Whether its state is surely far below the bound: few tokens, none with values of its own, and light variables."""
    return len(instance.armed) <= SMALL_TOKENS and all(
        not scope.done
        and (scope.variables is None or variables.weight(scope) <= SMALL_WEIGHT)
        and len(scope.tasks) <= SMALL_TOKENS
        and not any(token.data or token.is_item or token.node.loop for token in scope.others())
        for scope in instance.scopes()
    )


def _bounded(state: bytes) -> bytes:
    """The last bound, for what no variable of a process shows: items and results of passes, inputs (rule S8)."""
    if len(state) > MAX_STATE:
        raise TooLarge(
            f"流程要保存的内容超过 {MAX_STATE // 1_000_000} MB，本步没有生效。请减少多实例的项数和每项的内容，"
            "把照片和长文本上传为文件。",
            en=f"The case would take more than {MAX_STATE // 1_000_000} MB; nothing was changed. "
            "Use fewer or smaller items and upload files instead.",
        )
    return state


def is_open(token: Token) -> bool:
    """Whether a person can complete this token's task now."""
    return (
        token.state == TaskState.READY and isinstance(token.task_spec, HumanTask) and "done" not in token.internal_data
    )


def _tokens(instance: Instance) -> Iterator[Token]:
    for scope in instance.scopes():
        yield from scope.others()


def _status(instance: Instance, failures: tuple[Failure, ...]) -> str:
    if instance.closed:
        return TERMINATED if instance.terminated else COMPLETED
    return INCIDENT if failures else RUNNING


def _task(instance: Instance, token: Token) -> OpenTask:
    node, facts = token.node, token.internal_data.get("human", {})
    human = node.human or Human()
    return OpenTask(
        id=instance.name_of(token.id), element=node.id, name=node.name or node.id, type=node.tag,
        groups=tuple(facts.get("groups", ())), users=tuple(facts.get("users", ())), assignee=facts.get("assignee"),
        due_at=due_of(token), provisional="from" in facts, no_deadline=human.no_deadline,
        follow_up_at=_moment(facts.get("follow_up")), form=human.form, priority=facts.get("priority", 50),
        lane=node.lane, created_at=utc(facts["at"]),
    )  # fmt: skip


def due_of(token: Token) -> datetime | None:
    """When an open task is due."""
    facts, following = token.internal_data.get("human", {}), followed(token)
    if following is None or following[1].isoformat() == facts.get("kept"):  # a migration keeps the moment it found
        return _moment(facts.get("due"))
    return following[1]


def followed(token: Token) -> tuple[str, datetime] | None:
    """The variable that the due date follows while the task is open (it is nothing but this variable), and its moment.

    None when it follows none, or one that holds no moment now: then the date of when the task was created stays.
    """
    human, world = token.node.human, token.workflow.top_workflow.world
    name = human.due.variable if human is not None and human.due is not None else None
    value = variables.view(token).get(name) if name is not None else None
    if name is None or value in (None, "") or isinstance(value, timedelta) or str(value).strip()[:1] in ("P", "p"):
        return None
    try:
        return name, timers.moment(value, world.zone if world is not None else DEFAULT_ZONE, end_of_day=True)
    except timers.BadTimer:
        return None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else utc(text)


def _timers(instance: Instance, token: Token) -> Iterator[OpenTimer]:
    for entry in token.internal_data["armed"]:
        if entry["kind"] != "timer":
            continue
        node = event_of(token)
        host = instance.name_of(token.parent.id) if node.tag == "boundaryEvent" else None
        yield OpenTimer(
            instance.name_of(entry["id"]), node.id, node.name or node.id, utc(entry["due"]), _timer_kind(token),
            node.interrupting if node.tag in ("boundaryEvent", "startEvent") else False, host, "from" in entry,
        )  # fmt: skip


def _waiting(instance: Instance, token: Token) -> Iterator[Waiting]:
    for entry in token.internal_data["armed"]:
        if entry["kind"] in ("message", "signal"):
            correlation = {key: variables.plain(value) for key, value in entry.get("correlation", {}).items()}
            yield Waiting(instance.name_of(entry["id"]), event_of(token).id, entry["kind"], entry["name"], correlation)


def _failure(instance: Instance, token: Token) -> Failure:
    number, message, at = token.internal_data["failure"]
    return Failure(instance.name_of(number), token.node.id, message, utc(at), instance.causes.get(number))


def event_of(token: Token) -> Any:
    """The event that a token which listens stands for."""
    return token.task_spec.start_node if isinstance(token.task_spec, EventSubprocess) else token.node


def _timer_kind(token: Token) -> str:
    if isinstance(token.task_spec, EventSubprocess):
        return "event_subprocess"
    if token.node.tag == "boundaryEvent":
        return "boundary"
    return "event_gateway" if token.idle else "catch"
