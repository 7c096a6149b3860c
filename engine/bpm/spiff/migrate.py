"""Moves an instance to another version of its process: tokens, timers and tasks keep ids and every due moment (C6).

The stored state is written anew for the target's elements, loaded there, and only then looked at: what the target adds
to running activities (boundary events, event sub-processes) begins to listen now. An instance that cannot stand in the
target is refused with one problem for each element that is in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff import arming
from engine.bpm.spiff import state as stored
from engine.bpm.spiff.activities import HumanTask
from engine.bpm.spiff.events import EventGateway
from engine.bpm.spiff.gateways import ParallelGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.kept import at_rest
from engine.bpm.spiff.model import Human, Model, Node, Trigger
from engine.bpm.spiff.settle import settle
from engine.bpm.spiff.snapshot import due_of, followed
from engine.bpm.spiff.tokens import Scope, Token
from engine.bpm.spiff.translation import CannotMigrate, Plan, Translation, source_of
from engine.bpm.spiff.types import Snapshot, World
from engine.errors import EngineError, Invalid, Problem

__all__ = ["CannotMigrate", "Plan", "migrate"]


def migrate(
    source: Model, target: Model, state: bytes, move: Plan, now: datetime, world: World, *,
    fire_until: datetime | None = None,
) -> Snapshot:  # fmt: skip
    """The instance in the target version. Everything due by now must have fired before, in the source version; for an
    instance that is suspended, everything due by ``fire_until``, the moment of its suspension.

    Raises CannotMigrate; Invalid when a mapping names an element that one of the versions does not have.
    """
    _check_mapping(source, target, move)
    translation = Translation(source, target, move)
    content = translation.content(stored.content(state))
    if translation.problems:
        raise CannotMigrate(translation.problems)
    before = stored.load(source, state, now, world)
    instance = stored.restore(target, content, now, world)
    known = {token.id: token for token in _tokens(before)}
    _offer_tasks(known, instance)
    _address_waiters(known, instance)
    if move.arm_new:
        _listen_for_new(before, instance, move)
    _open_joins(instance)
    settle(instance, fire_until or now)
    return at_rest(instance)


def _check_mapping(source: Model, target: Model, move: Plan) -> None:
    for old, new in move.mapping.items():
        for element, model, which in ((old, source, "原"), (new, target, "新")):
            if element not in model.elements:
                raise Invalid(
                    f"对应关系有误：{which}版本里没有元素“{element}”。请核对编号。",
                    en=f"The mapping names {element}, which the {'old' if model is source else 'new'} version lacks.",
                )


def _offer_tasks(known: dict[int, Token], after: Instance) -> None:
    """Open tasks are offered as the target says where it says something else; all moments stay as they were."""
    for token in _tokens(after):
        facts = token.internal_data.get("human")
        if facts is None or not isinstance(token.task_spec, HumanTask):
            continue
        due = due_of(known[token.id])
        was, human = known[token.id].node.human or Human(), token.node.human or Human()
        other = [name for name in ("groups", "users", "priority")
                 if source_of(getattr(was, name)) != source_of(getattr(human, name))]  # fmt: skip
        if other:
            with _evaluating(token):
                offered = token.task_spec.offered(token)
            _set(facts, **{name: offered.get(name) for name in other})
        if source_of(was.due) == source_of(human.due):
            continue
        _set(facts, kept=None)
        if due_of(token) != due:
            following = followed(token)
            _set(facts, due=due and due.isoformat(), kept=following and following[1].isoformat())


def _set(facts: dict[str, Any], **values: Any) -> None:
    """Facts of a task are kept only where there are any."""
    for name, value in values.items():
        if value not in (None, [], 50):
            facts[name] = value
        else:
            facts.pop(name, None)


def _address_waiters(known: dict[int, Token], after: Instance) -> None:
    """Who waits for a message or signal is reached as the target says where it says something else."""
    for token in _tokens(after):
        were = {entry["id"]: entry for entry in known[token.id].internal_data.get("armed", ())}
        for entry in token.internal_data.get("armed", ()):
            was = known[token.id].task_spec.triggers[were[entry["id"]]["at"]]
            now = token.task_spec.triggers[entry["at"]]
            if entry["kind"] in ("message", "signal") and _address(was) != _address(now):
                entry.pop("correlation", None)
                with _evaluating(token):
                    entry.update(arming.address(token, now))


def _address(trigger: Trigger) -> tuple[Any, ...]:
    return source_of(trigger.name), {key: value.source for key, value in trigger.correlation.items()}


def _open_joins(instance: Instance) -> None:
    """A join whose missing branch the target does not have opens now: no token would come to open it."""
    for token in list(_tokens(instance)):
        waits = token.state == TaskState.WAITING and token.id in token.workflow.tasks
        if waits and isinstance(token.task_spec, ParallelGateway):
            token.task_spec.arrived(token)
        if isinstance(token.task_spec, EventGateway) and waits and not token.children:
            raise _in_the_way(token.node, "在新版本里没有可等的事件了", "has no event left to wait for")


def _listen_for_new(before: Instance, after: Instance, move: Plan) -> None:
    """What only the target listens for, where something is running, begins to listen now."""
    known = {token.id: token.node for token in _tokens(before)}
    for token in list(_tokens(after)):
        had = {move.new(boundary.id) for boundary in known[token.id].boundaries}
        scope = token.workflow
        for boundary in token.node.boundaries if _runs(token) else ():
            if boundary.id not in had:
                with _evaluating(token):
                    scope.spec.of(boundary).attach(token)
        if isinstance(token.task_spec, EventGateway):
            waiting = {child.node.id for child in token.children}
            with _evaluating(token):
                token.task_spec.listen(token, [flow for flow in token.node.outgoing if flow.target not in waiting])
    scopes: list[tuple[Scope, Scope]] = [(before, after)]
    scopes += [(before.subprocesses[owner], scope) for owner, scope in after.subprocesses.items()]
    for old_scope, scope in scopes:
        had = {move.new(node.id) for node in old_scope.body.event_subprocesses()}
        for node in scope.body.event_subprocesses():
            if node.id not in had and not scope.closed:
                scope.spec.of(node).listen(scope)


def _runs(token: Token) -> bool:
    """Whether it is an activity under way as a whole, to which boundary events belong."""
    notes = token.internal_data
    return not (token.is_item or token.idle or "done" in notes or "failure" in notes or "for" in notes)


def _tokens(instance: Instance) -> Iterator[Token]:
    for scope in instance.scopes():
        yield from scope.others()


@contextmanager
def _evaluating(token: Token) -> Iterator[None]:
    """What the new version says is evaluated; where this instance has no value for it, it cannot migrate."""
    try:
        yield
    except Exception as error:
        words = error.message if isinstance(error, EngineError) else repr(error)
        english = error.en if isinstance(error, EngineError) else repr(error)
        raise _in_the_way(
            token.node, f"在新版本里算不出来：{words}", f"cannot be evaluated in the new version: {english}"
        ) from error


def _in_the_way(node: Node, words: str, en: str) -> CannotMigrate:
    message = f"“{node.name or node.id}”{words}。"
    problem = Problem(element=node.id, message=message, en=f"{node.id} {en}.", rule="migration", severity="error")
    return CannotMigrate([problem])
