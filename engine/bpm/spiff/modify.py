"""Modification of a running instance: an order of instructions about tokens and variables, all of it or nothing.

What an instruction does not name stays as it is: every other token keeps its id, its timers their `due_at` (C6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff import arming, compensation, places, variables
from engine.bpm.spiff.gateways import JoiningGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Flow, Node
from engine.bpm.spiff.settle import resume
from engine.bpm.spiff.tokens import Scope, Token
from engine.errors import Invalid

DOES = ("set", "remove", "cancel", "start_before", "start_after", "skip", "repeat", "retry")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of an order. `task` is the id of an open task, a failure, a timer or a waiter; `beside` says in which
    of several passes or calls: the one in which that token stands; `flow` by which sequence flow."""

    do: str
    element: str | None = None
    task: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # of variables to be removed
    every: bool = False  # all tokens on the element, not the only one
    beside: str | None = None
    flow: str | None = None


def modify(instance: Instance, instructions: Sequence[Instruction]) -> None:
    """Carry out an order; the caller lets the instance settle afterwards. Raises Invalid, naming the line."""
    if instance.closed:
        raise Invalid("该流程已经结束，不能再修改。", en="The instance has ended; it cannot be modified.")
    order = _Order(instance)
    for number, line in enumerate(instructions, 1):
        try:
            order.carry_out(line)
        except Invalid as error:
            raise Invalid(f"第 {number} 条指令：{error.message}", en=f"Instruction {number}: {error.en}") from error
    order.close()


def retry(token: Token) -> None:
    """Run a failed element again: from its start, or only its way out when its work was done."""
    token.internal_data.pop("failure")
    if token.idle:
        _listen_again(token)
    elif "ready" in token.internal_data:
        token._ready()
    else:
        token._set_state(TaskState.FUTURE)
        token.task_spec._update(token)
    if token.internal_data.pop("halted", None):
        resume(token.workflow.top_workflow)


def _listen_again(token: Token) -> None:
    token._set_state(TaskState.WAITING)
    try:
        arming.arm(token)
    except Exception as error:  # still no value to wait for
        token.workflow.top_workflow.park(token, error)


class _Order:
    """The instance while an order is carried out: scopes may be empty for a moment, until it is closed."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.emptied: dict[int, bool] = {}  # id of a touched scope → whether its last token went on (and did not stop)

    def carry_out(self, line: Instruction) -> None:
        """One instruction."""
        getattr(self, f"_{line.do}")(line)

    def close(self) -> None:
        """Scopes that were emptied end when their token went on, and are cancelled when it was cancelled."""
        for scope in reversed(list(self.instance.scopes())):
            if id(scope) not in self.emptied or scope.live or scope.closed:
                continue
            if self.emptied[id(scope)]:
                scope.check_end()
            elif scope is self.instance:
                raise Invalid(
                    "修改之后流程里没有任何在办的步骤。请同时启动一个元素；要结束流程，请用“终止”。",
                    en="Nothing would be left to do. Start an element as well, or cancel the instance.",
                )
            else:
                self._take_out(scope.parent_task)

    def _set(self, line: Instruction) -> None:
        if line.task or line.element:
            variables.assign(places.one_token(self.instance, line), line.variables)
        else:
            variables.assign(self.instance.task_tree, line.variables)

    def _remove(self, line: Instruction) -> None:
        token = places.one_token(self.instance, line) if line.task or line.element else self.instance.task_tree
        process = variables.process_scope(token)
        missing = [name for name in line.names if name not in process.variables]
        if missing:
            raise Invalid(f"没有变量“{missing[0]}”，请核对名称。", en=f"There is no variable {missing[0]}.")
        process.weight = None  # to be counted again
        for name in line.names:
            del process.variables[name]
            if process.written is not None:
                process.written.discard(name)

    def _cancel(self, line: Instruction) -> None:
        tokens = places.tokens_of(self.instance, line) if line.every else [places.one_token(self.instance, line)]
        for token in tokens:
            if not token.gone:
                self._take_out(token)

    def _take_out(self, token: Token) -> None:
        if "for" in token.internal_data:
            raise Invalid(
                f"“{_called(token.node)}”正在补偿，取消它会让补偿停住；请用 skip 跳过。",
                en=f"{token.node.id} is part of a compensation that waits for it; skip it instead.",
            )
        if places.races(token):
            raise Invalid(
                f"“{_called(token.node)}”由事件网关“{token.parent.node.id}”等待，请取消该网关。",
                en=f"The event gateway {token.parent.node.id} waits for {token.node.id}; cancel the gateway.",
            )
        if token.is_item:
            self._take_out_pass(token)
            return
        token.cancel()
        if not token.idle:
            self.emptied.setdefault(id(token.workflow), False)
        if token.internal_data.get("halted"):
            resume(self.instance)

    def _take_out_pass(self, token: Token) -> None:
        """A pass less: the others decide. Without any, the activity ends if one completed, else it is cancelled."""
        container, loop = token.parent, token.node.loop
        assert loop is not None
        if loop.kind != "parallel":
            raise Invalid(
                f"“{_called(token.node)}”逐次进行，不能只取消当前这一次；请用 skip 跳过它，或取消整个活动。",
                en=f"{token.node.id} runs pass by pass; skip this pass or cancel the whole activity.",
            )
        token.cancel()
        container.data["nrOfInstances"] -= 1
        container.data["nrOfActiveInstances"] -= 1
        if any(child.is_item for child in container.children):
            return
        if container.data["nrOfCompletedInstances"]:
            container._ready()
        else:
            self._take_out(container)

    def _start_before(self, line: Instruction) -> None:
        scope, node = places.scope_for(self.instance, line, before=True)
        token = scope.place(node, places.arriving(scope, node, line.flow))
        variables.assign(token, line.variables)
        token.task_spec._update(token)

    def _start_after(self, line: Instruction) -> None:
        scope, node = places.scope_for(self.instance, line, before=False)
        if not node.outgoing:
            raise Invalid(f"“{_called(node)}”之后没有元素。", en=f"Nothing follows {node.id}.")
        token = scope.place(node)  # only for a moment, to look at the conditions from here
        variables.assign(token, line.variables)
        flows = _ways_out(token, line.flow)
        scope.retire(token)
        _leave_by(scope, flows)

    def _skip(self, line: Instruction) -> None:
        token = places.one_token(self.instance, line)
        if places.races(token):
            variables.assign(token, line.variables)
            arming.disarm(token)
            token.parent.task_spec.won(token.parent, token)
            token.task_spec.enter(token)
            token._ready()
        elif token.is_item:
            variables.assign(token, line.variables)
            token.parent.task_spec.item_done(token.parent, token)
            token.cancel()
        else:
            variables.assign(token, line.variables, outside=True)
            self._pass_over(token, _ways_out(token, line.flow))

    def _pass_over(self, token: Token, flows: list[Flow]) -> None:
        """It is cancelled with all that listened on its border, as nobody did the work; its ways out get tokens."""
        scope = token.workflow
        token.cancel()
        self.emptied[id(scope)] = True
        _leave_by(scope, flows)
        if "for" in token.internal_data:
            compensation.handled(token)
        token.task_spec.tell_owner(token)
        if token.internal_data.get("halted"):
            resume(self.instance)

    def _repeat(self, line: Instruction) -> None:
        token = places.one_token(self.instance, line)
        notes, scope = token.internal_data, token.workflow
        waits_for_others = token.state == TaskState.WAITING and isinstance(token.task_spec, JoiningGateway)
        if token.idle or waits_for_others or "undo" in notes:
            raise Invalid(
                f"“{_called(token.node)}”只是在等待，没有可以重做的工作；请取消它并启动别的元素。",
                en=f"{token.node.id} only waits; there is no work to repeat.",
            )
        variables.assign(token, line.variables, outside=True)
        if token.is_item:
            container, loop, index = token.parent, token.node.loop, token.data["loopCounter"]
            items = container.internal_data.get("items")
            assert loop is not None
            token.cancel()
            container.task_spec.start_pass(container, index, {loop.item: items[index]} if loop.item and items else {})
            return
        fresh = scope.place(token.node)
        fresh.internal_data |= {key: notes[key] for key in ("flow", "for") if key in notes}
        token.cancel()
        fresh.task_spec._update(fresh)
        if notes.get("halted"):
            resume(self.instance)

    def _retry(self, line: Instruction) -> None:
        token = places.one_token(self.instance, line)
        if "failure" not in token.internal_data:
            raise Invalid(f"“{_called(token.node)}”没有出错，不需要重试。", en=f"{token.node.id} did not fail.")
        retry(token)


def _ways_out(token: Token, flow: str | None) -> list[Flow]:
    """The flow that is asked for, else what the conditions say. Raises Invalid when they say nothing."""
    node = token.node
    if flow is not None:
        found = [outgoing for outgoing in node.outgoing if outgoing.id == flow]
        if not found:
            raise Invalid(f"连线“{flow}”不是从“{_called(node)}”出发的。", en=f"Flow {flow} does not leave {node.id}.")
        return found
    if node.tag == "eventBasedGateway":
        raise Invalid(
            f"“{_called(node)}”等待它后面的某个事件，请对那个事件用 skip。",
            en=f"{node.id} waits for one of the events behind it; skip that event.",
        )
    flows: list[Flow] = token.task_spec.choose(token)
    return flows


def _leave_by(scope: Scope, flows: list[Flow]) -> None:
    tokens = [scope.place(scope.body.nodes[flow.target], flow) for flow in flows]
    for token in tokens:
        token.task_spec._update(token)


def _called(node: Node) -> str:
    return node.name or node.id
