"""Rewrites a stored instance for the elements of another version of its process; says what is in the way."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpm.spiff.compensation import boundary_of, handler_inside
from engine.bpm.spiff.model import Body, Loop, Model, Node, Trigger
from engine.bpm.spiff.values import Value
from engine.errors import Invalid, Problem

Record = list[Any]  # one token as the state has it
JOINING = ("parallelGateway", "inclusiveGateway")


@dataclass(frozen=True, slots=True)
class Plan:
    """A migration plan. ``mapping``: old element id → new one, where they differ. ``arm_new``: listen for events that
    the target adds to what is running. ``drop_gone``: give up waiting for events that the target no longer has.
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


class Translation:
    """Rewrites a stored state for the elements of another model; collects what is in the way."""

    def __init__(self, source: Model, target: Model, move: Plan) -> None:
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
        elif _passes(old.loop) != _passes(new.loop):
            wrong = ("循环或多实例的方式变了", "changed how it loops")
        elif _event_triggered(old) != _event_triggered(new):
            wrong = ("不再是同一种子流程", "is another kind of sub-process now")
        elif old.attached_to is not None and self.move.new(old.attached_to) != new.attached_to:
            wrong = ("换到了另一个活动的边界上", "is attached to another activity now")
        elif _called(old) != _called(new):
            wrong = ("调用的是另一个流程了", "calls another process now")
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
        now = triggers[entry["at"]]
        if (wanted.timer_kind == "cycle") != (now.timer_kind == "cycle"):
            self._refuse(old, old.id, "在新版本里改变了是否重复", "is repeated in one version and not in the other")
        if entry["kind"] == "conditional" and source_of(wanted.value) != source_of(now.value):
            entry["last"] = False  # another condition: it happens when it is true, also now

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


def source_of(value: Value | None) -> str | None:
    """What the diagram says there."""
    return None if value is None else value.source


def _called(node: Node) -> str | None:
    return None if node.call is None else node.call.process.constant


def _passes(loop: Loop | None) -> tuple[Any, ...] | None:
    """What of a marker the passes under way rely on: how they follow each other, and the variables of each."""
    if loop is None:
        return None
    return (loop.kind, loop.cardinality is None, loop.item, loop.output_item, loop.output_collection)
