"""Moves an instance to another version of its process: tokens, timers and tasks keep ids and every due moment (C6).

The stored state is written anew for the target's elements, loaded there, and only then looked at: what the target adds
to running activities (boundary events, event sub-processes) begins to listen now. An instance that cannot stand in the
target is refused with one problem for each element that is in the way.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpm.spiff import state as stored
from engine.bpm.spiff.activities import HumanTask
from engine.bpm.spiff.compensation import boundary_of, handler_inside
from engine.bpm.spiff.events import EventGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.kept import at_rest
from engine.bpm.spiff.model import Body, Model, Node, Trigger
from engine.bpm.spiff.settle import settle
from engine.bpm.spiff.snapshot import due_of, followed
from engine.bpm.spiff.tokens import Scope, Token
from engine.bpm.spiff.types import Snapshot, World
from engine.errors import EngineError, Invalid, Problem

Record = list[Any]  # one token as the state has it
JOINING = ("parallelGateway", "inclusiveGateway")


@dataclass(frozen=True, slots=True)
class Move:
    """How to migrate. ``mapping``: old element id → new one, where they differ. ``arm_new``: listen for events that the
    target adds to what is running. ``drop_gone``: give up waiting for events that the target no longer has.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    arm_new: bool = True
    drop_gone: bool = False

    def new(self, element: str) -> str:
        """The id that an element has in the target."""
        return self.mapping.get(element, element)


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
    translation = _Translation(source, target, move)
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


class _Translation:
    """Rewrites a stored state for the elements of another model; collects what is in the way."""

    def __init__(self, source: Model, target: Model, move: Move) -> None:
        self.source, self.target, self.move = source, target, move
        self.problems: list[Problem] = []
        self._owners: dict[int, Node] = {}  # token → its element in the target
        self._dropped: set[int] = set()

    def content(self, old: dict[str, Any]) -> dict[str, Any]:
        """The stored content as the target's."""
        new = copy.deepcopy(old)
        if new["p"] not in self.target.processes:
            self._refuse(None, new["p"], "新版本里没有这个流程", "the new version lacks this process")
            return new
        new["s"] = [scope for found in new["s"] if (scope := self._scope(found)) is not None]
        return new

    def _scope(self, scope: list[Any]) -> list[Any] | None:
        owner, key, known, written, tokens, done = scope
        if owner in self._dropped:
            return None
        old_body, body = self.source.bodies[key], self._body(owner, key)
        if body is None:
            return scope
        kept = [record for record in tokens if self._token(old_body, body, record)]
        self._done(old_body, body, done)
        return [owner, body.key, known, written, kept, done]

    def _body(self, owner: int | None, key: str) -> Body | None:
        """The scope in the target: the same process, or the inside of the element that its owner stands on now."""
        if owner is None or key in self.source.processes:
            if key not in self.target.processes:
                self._refuse(None, key, "新版本里没有这个被调用的流程", "the new version lacks this called process")
            return self.target.processes.get(key)
        node = self._owners.get(owner)
        return node.body if node is not None else None

    def _token(self, old_body: Body, body: Body, record: Record) -> bool:
        """Rewrite one token; whether it stays."""
        number, name, _, parent, notes, _ = record
        old = old_body.nodes[name.lstrip(":")]
        if parent in self._dropped:
            self._dropped.add(number)
            return False
        node = body.nodes.get(self.move.new(old.id))
        if node is None and "idle" in notes and self.move.drop_gone:
            self._dropped.add(number)
            return False
        if node is None or not self._fits(old, node):
            if node is None:
                self._refuse(old, old.id, "在新版本的同一范围里没有对应的元素", "has no counterpart in the new version")
            return True
        self._owners[number] = node
        record[1] = f"{'::' if name.startswith('::') else ':'}{node.id}"
        self._notes(old, node, notes)
        return True

    def _fits(self, old: Node, new: Node) -> bool:
        """Whether a token can stand on the new element as it stood on the old one."""
        wrong = None
        if old.tag != new.tag:
            wrong = (f"由 {old.tag} 变成了 {new.tag}", f"changed from {old.tag} to {new.tag}")
        elif (old.loop and old.loop.kind) != (new.loop and new.loop.kind):
            wrong = ("循环或多实例的方式变了", "changed how it loops")
        elif _event_triggered(old) != _event_triggered(new):
            wrong = ("不再是同一种子流程", "is another kind of sub-process now")
        elif old.attached_to is not None and self.move.new(old.attached_to) != new.attached_to:
            wrong = ("换到了另一个活动的边界上", "is attached to another activity now")
        elif (old.work is None) != (new.work is None):
            wrong = ("自动办理的方式变了", "does another kind of work now")
        if wrong is not None:
            self._refuse(old, old.id, *wrong)
        return wrong is None

    def _notes(self, old: Node, new: Node, notes: dict[str, Any]) -> None:
        if "flow" in notes:
            notes["flow"] = self._flow(old, new, notes["flow"])
        if "leave" in notes:
            notes["leave"] = [self._way(old, new, flow) for flow in notes["leave"]]
        for name in ("undo", "inside"):
            if notes.get(name):
                self._done_below(old, new, notes[name])
        for entry in notes.get("armed", ()):
            self._armed(old, new, entry)

    def _flow(self, old: Node, new: Node, flow: str) -> str:
        """The flow by which a token came: the same, the one from the same element, or the only one."""
        if any(found.id == flow for found in new.incoming):
            return flow
        source = next((self.move.new(found.source) for found in old.incoming if found.id == flow), None)
        ways = [found.id for found in new.incoming if found.source == source] or [found.id for found in new.incoming]
        if len(ways) != 1 and new.tag in JOINING:
            self._refuse(old, old.id, "令牌走来的连线在新版本里没有了", "lacks the flow by which a token waits at it")
            return flow
        return ways[0] if ways else flow

    def _way(self, old: Node, new: Node, flow: str) -> str:
        if all(found.id != flow for found in new.outgoing):
            self._refuse(old, old.id, "已选定的出线在新版本里没有了", "lacks the flow that was already chosen")
        return flow

    def _armed(self, old: Node, new: Node, entry: dict[str, Any]) -> None:
        """What a token waits for: the same kind of event, at the same place or the only one of its kind."""
        before, triggers = _triggers(old), _triggers(new)
        wanted = before[entry["at"]]
        alike = [index for index, trigger in enumerate(triggers) if trigger.kind == wanted.kind]
        if entry["at"] not in alike:
            if len(alike) != 1:
                self._refuse(old, old.id, "在新版本里等的不是同一种事件", "waits for another kind of event now")
                return
            entry["at"] = alike[0]
        name = triggers[entry["at"]].name
        if "name" in entry and name is not None and name.constant is not None:
            entry["name"] = name.constant

    def _done(self, old_body: Body, body: Body, done: list[Any]) -> None:
        """Completed activities that could still be undone."""
        for entry in done:
            old = old_body.nodes[entry[0]]
            new = body.nodes.get(self.move.new(old.id))
            if new is None or (boundary_of(old) is None) != (boundary_of(new) is None):
                self._refuse(old, old.id, "已办完、以后可能要撤销，但新版本里不能撤销它",
                             "was completed and could be undone, but not in the new version")  # fmt: skip
                continue
            entry[0] = new.id
            if entry[1]:
                self._done_below(old, new, entry[1])

    def _done_below(self, old: Node, new: Node, done: list[Any]) -> None:
        if old.body is not None and new.body is not None:
            self._done(old.body, new.body, done)
        elif handler_inside(old.body) is not None:
            self._refuse(old, old.id, "正在撤销，不能迁移", "is being undone")

    def _refuse(self, node: Node | None, element: str, words: str, en: str) -> None:
        name = (node.name if node is not None else "") or element
        self.problems.append(
            Problem(element=element, message=f"“{name}”{words}。", en=f"{element} {en}.", rule="migration",
                    severity="error")
        )  # fmt: skip


def _event_triggered(node: Node) -> bool | None:
    return None if node.body is None else node.body.event_triggered


def _triggers(node: Node) -> list[Trigger]:
    if node.body is not None and node.body.event_triggered:
        return next(inner for inner in node.body.nodes.values() if inner.tag == "startEvent").triggers
    return node.triggers


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
