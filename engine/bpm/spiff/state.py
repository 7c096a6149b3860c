"""The stored form of an instance: compact JSON with a format version, without definition and history (S3, S4, S6).

Format 1: `{v, seed, p: process, n: counter, c: constants, e: ended, s: scopes}`; a scope is `[owner token, body,
variables, names written, tokens, what could be compensated]`, a token `[id, spec, Spiff state, parent, notes, local
variables]`. Moments inside variables are tagged with a key that no variable can have.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Any, cast

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.arming import watch
from engine.bpm.spiff.gateways import InclusiveGateway, JoiningGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Model
from engine.bpm.spiff.tokens import Scope, Token
from engine.bpm.spiff.types import World
from engine.errors import EngineError

VERSION = 1
RUNNING, COMPLETED, TERMINATED, CANCELLED = 0, 1, 2, 3
_TAG = "\0"
_NUMBER = attrgetter("id")

_TAGGED = json.dumps(_TAG).encode()  # without a tagged value there is nothing to look for in each object


class UnreadableState(EngineError):
    """The stored state does not fit this program or this definition."""


def dump(instance: Instance) -> bytes:
    """The stored form."""
    ended = RUNNING if not instance.closed else TERMINATED if instance.terminated else COMPLETED
    content = {
        "v": VERSION, "seed": instance.seed, "p": instance.body.id, "n": instance.counter, "c": instance.constants,
        "e": ended, "s": [_dump_scope(None, instance), *(_dump_scope(*pair) for pair in instance.subprocesses.items())],
    }  # fmt: skip
    return _ENCODER.encode(content).encode()


def continued(state: bytes, since: bytes) -> bytes:
    """An older stored form of an instance, whose next ids come after those that were given out until ``since``."""
    older = json.loads(state)
    older["n"] = max(older["n"], json.loads(since)["n"])
    return _ENCODER.encode(older).encode()


def load(model: Model, state: bytes, now: datetime, world: World | None) -> Instance:
    """The instance as it stood. Raises UnreadableState when format or definition do not fit."""
    return restore(model, content(state), now, world)


def content(state: bytes) -> dict[str, Any]:
    """What is stored, as this module's docstring lists it. Raises UnreadableState for an unknown format."""
    content = json.loads(state, object_hook=_untagged if _TAGGED in state else None)
    version = content.get("v") if isinstance(content, dict) else None
    if version != VERSION:
        raise UnreadableState(
            f"实例的存储格式（{version}）不是本程序写的，请升级程序。",
            en=f"State format {version} is unknown; upgrade the program.",
        )
    return cast(dict[str, Any], content)


def restore(model: Model, content: dict[str, Any], now: datetime, world: World | None) -> Instance:
    """The instance that this content describes. Raises UnreadableState when the definition does not fit."""
    try:
        return _load(model, content, now, world)
    except KeyError as error:
        missing = str(error.args[0]).lstrip(":")
        raise UnreadableState(
            f"实例停留在流程图中没有的元素“{missing}”，请用原来的流程版本。",
            en=f"The instance stands on {missing}, which this definition does not have.",
        ) from error


def _load(model: Model, content: dict[str, Any], now: datetime, world: World | None) -> Instance:
    instance = Instance(model, content["p"], content["seed"], now, world)
    instance.counter, instance.constants = content["n"], content["c"]
    instance.closed = instance.completed = content["e"] != RUNNING
    instance.terminated = content["e"] == TERMINATED
    places: dict[int, Token] = {}
    for owner, key, known, written, tokens, done in content["s"]:
        scope: Scope = instance
        if owner is None:
            instance.variables = known
        else:
            scope = instance.open_scope(places[owner], model.bodies[key], known)
            scope.written = None if written is None else set(written)
        scope.done = done
        for record in tokens:
            token = _load_token(scope, record)
            places[token.id] = token
    return instance


def _dump_scope(owner: int | None, scope: Scope) -> list[Any]:
    tokens = [
        [token.id, token.task_spec.name, token.state, token._parent, token.internal_data, token.data]
        for token in sorted(scope.others(), key=_NUMBER)
    ]  # fmt: skip
    written = None if scope.written is None else sorted(scope.written)
    return [owner, scope.body.key, scope.variables, written, tokens, scope.done]


def _load_token(scope: Scope, record: list[Any]) -> Token:
    identifier, name, state, parent, notes, local = record
    token = Token(scope, scope.spec.task_specs[name], scope.tasks[parent], state, id=identifier)
    token.internal_data, token.data = notes, local
    _index(token)
    return token


def wake(instance: Instance, now: datetime, world: World) -> None:
    """Begin another step on an instance that was not stored in between, as if it had been loaded."""
    instance.enter(now, world)
    for scope in instance.scopes():
        scope.forget_indexes()
        for token in scope.others():
            _index(token)


def _index(token: Token) -> None:
    """Put a token where it is looked for."""
    scope = token.workflow
    if not token.idle:
        scope.count(token)
    if token.state == TaskState.WAITING and isinstance(token.task_spec, JoiningGateway):
        scope.join(token)
        if isinstance(token.task_spec, InclusiveGateway):
            scope.top_workflow.inclusive[token.id] = token
    watch(token)


def _tagged(value: Any) -> dict[str, Any]:
    if isinstance(value, datetime):
        aware = value.astimezone(UTC) if value.tzinfo is UTC else value
        return {_TAG: ["t", aware.isoformat()]}
    if isinstance(value, date):
        return {_TAG: ["d", value.isoformat()]}
    if isinstance(value, time):
        return {_TAG: ["m", value.isoformat()]}
    if isinstance(value, timedelta):
        return {_TAG: ["s", value.total_seconds()]}
    raise TypeError(f"a {type(value).__name__} reached the state")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tagged)


def _untagged(entry: dict[str, Any]) -> Any:
    if _TAG not in entry:
        return entry
    kind, value = entry[_TAG]
    if kind == "t":
        return datetime.fromisoformat(value)
    if kind == "d":
        return date.fromisoformat(value)
    return time.fromisoformat(value) if kind == "m" else timedelta(seconds=value)
