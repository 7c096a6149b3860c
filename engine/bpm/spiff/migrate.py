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

from engine.bpm.spiff import state as stored
from engine.bpm.spiff.activities import HumanTask
from engine.bpm.spiff.events import EventGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.kept import at_rest
from engine.bpm.spiff.model import Model
from engine.bpm.spiff.settle import settle
from engine.bpm.spiff.snapshot import due_of, followed
from engine.bpm.spiff.tokens import Scope, Token
from engine.bpm.spiff.translation import Move, Translation
from engine.bpm.spiff.types import Snapshot, World
from engine.errors import EngineError, Invalid, Problem


class CannotMigrate(Invalid):
    """This instance cannot stand in the other version; ``problems`` name each element that is in the way."""

    def __init__(self, problems: list[Problem]) -> None:
        words = "；".join(problem["message"] for problem in problems)
        english = "; ".join(problem["en"] for problem in problems)
        super().__init__(f"不能迁移：{words}", en=f"The instance cannot be migrated: {english}", problems=problems)


def migrate(
    source: Model, target: Model, state: bytes, move: Move, now: datetime, world: World, *,
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
    _offer_tasks(before, instance)
    if move.arm_new:
        _listen_for_new(before, instance, move)
    settle(instance, fire_until or now)
    return at_rest(instance)


def _check_mapping(source: Model, target: Model, move: Move) -> None:
    for old, new in move.mapping.items():
        for element, model, which in ((old, source, "原"), (new, target, "新")):
            if element not in model.elements:
                raise Invalid(
                    f"对应关系有误：{which}版本里没有元素“{element}”。请核对编号。",
                    en=f"The mapping names {element}, which the {'old' if model is source else 'new'} version lacks.",
                )


def _offer_tasks(before: Instance, after: Instance) -> None:
    """Open tasks are offered to whom the target names; assignee, due and follow-up stay as they were."""
    known = {token.id: token for token in _tokens(before)}
    for token in _tokens(after):
        facts = token.internal_data.get("human")
        if facts is None or not isinstance(token.task_spec, HumanTask):
            continue
        due = due_of(known[token.id])
        with _evaluating(token):
            _set(facts, **token.task_spec.offered(token))
        _set(facts, kept=None)
        if due_of(token) != due:
            following = followed(token)
            _set(facts, due=due and due.isoformat(), kept=following and following[1].isoformat())


def _set(facts: dict[str, Any], **values: Any) -> None:
    """Facts of a task are kept only where there are any."""
    for name, value in values.items():
        if value:
            facts[name] = value
        else:
            facts.pop(name, None)


def _listen_for_new(before: Instance, after: Instance, move: Move) -> None:
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
        node = token.node
        problem = Problem(element=node.id, message=f"“{node.name or node.id}”在新版本里算不出来：{words}",
                          en=f"{node.id} cannot be evaluated in the new version: {words}", rule="migration",
                          severity="error")  # fmt: skip
        raise CannotMigrate([problem]) from error
