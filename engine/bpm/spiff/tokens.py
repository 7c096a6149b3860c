"""SpiffWorkflow's Task and sub-workflow, kept flat: a finished task leaves the tree, so a case never grows (S4)."""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.model import Body, Flow, Node

if TYPE_CHECKING:
    from engine.bpm.spiff.instance import Instance
    from engine.bpm.spiff.wiring import ProcessSpec

ROOT = -1


class Ids(dict[int, None]):
    """Child ids in order, with the two list methods Spiff uses, but removal that does not scan 2,000 siblings."""

    def append(self, identifier: int) -> None:
        """Add one at the end."""
        self[identifier] = None

    def remove(self, identifier: int) -> None:
        """Take one out."""
        del self[identifier]


class Token(Task):  # type: ignore[misc]
    """A Spiff task with a small number as id, local variables in `data` and our notes in `internal_data`."""

    workflow: Scope
    task_spec: Any
    data: dict[str, Any]
    internal_data: dict[str, Any]
    parent: Any

    def __init__(self, workflow: Any, task_spec: Any, parent: Token | None = None, state: int = TaskState.FUTURE,
                 id: int | None = None) -> None:  # fmt: skip
        super().__init__(workflow, task_spec, parent, state, id=workflow.top_workflow.next_id() if id is None else id)
        self._children = Ids()

    @property
    def node(self) -> Node:
        """The element of the diagram it stands on."""
        node: Node = self.task_spec.node
        return node

    @property
    def is_item(self) -> bool:
        """Whether it is one pass of a loop or multi-instance activity."""
        return bool(getattr(self.task_spec, "item", False))

    @property
    def idle(self) -> bool:
        """Whether it only listens (armed boundary event, event sub-process) and keeps nothing running."""
        return "idle" in self.internal_data

    @property
    def gone(self) -> bool:
        """Whether it was cancelled."""
        return bool(self._state == TaskState.CANCELLED)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        """Spiff would create a plain Task and predict its future; we create exactly what is needed (S4b)."""
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        if not self.gone:
            self._state = value

    def cancel(self) -> None:
        """Cancel it with its listeners, passes and sub-scope, and take it out of the tree."""
        for child in list(self.children):
            child.cancel()
        scope = self.workflow.top_workflow.subprocesses.pop(self.id, None)
        if scope is not None:
            scope.closed = True
            scope.clear()
        if self.gone:
            return
        self._set_state(TaskState.CANCELLED)
        self.task_spec._on_cancel(self)
        self.workflow.retire(self)

    def to_root(self) -> None:
        """Hang it directly under its scope's root, so that its parent can go."""
        if self.parent is not None:
            self.parent._children.remove(self.id)
        self.parent = self.workflow.task_tree
        self.workflow.task_tree._children.append(self.id)


class Scope:
    """What the instance and its sub-scopes share: one set of live tokens in one body of the diagram."""

    body: Body
    spec: ProcessSpec
    variables: dict[str, Any] | None  # None: those of the enclosing process
    weight: int | None  # characters in `variables`, once they were counted
    written: set[str] | None  # names written inside a called process, to hand back only these
    live: dict[int, Token]
    places: Counter[str]  # how many live tokens stand on each element
    joins: dict[str, dict[str, dict[int, Token]]]  # gateway → incoming flow → the tokens that wait there
    tasks: dict[int, Token]
    task_tree: Token
    top_workflow: Instance
    parent_task: Token
    closed: bool
    done: list[Any]  # completed activities that could be compensated
    depth: int
    _seen: ChainMap[str, Any] | None

    def prepare(self, body: Body, variables: dict[str, Any] | None) -> None:
        """Set up an empty scope."""
        self.body, self.variables, self.written, self.weight = body, variables, None, None
        self.closed, self.done, self._seen = False, [], None
        self.forget_indexes()
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED, id=ROOT)

    def seen(self) -> Mapping[str, Any]:
        """What a token without variables of its own sees in a process: a look at them, made once."""
        assert self.variables is not None
        if self._seen is None or self._seen.maps[0] is not self.variables:
            self._seen = ChainMap(self.variables, self.top_workflow.constants)
        return self._seen

    def forget_indexes(self) -> None:
        """No token is counted or waits at a gateway."""
        self.live, self.places, self.joins = {}, Counter(), {}

    def place(self, node: Node, flow: Flow | None = None, *, parent: Token | None = None, spec: Any = None) -> Token:
        """A live token on an element, not yet activated."""
        token = (parent or self.task_tree)._add_child(spec or self.spec.of(node))
        if flow is not None:
            token.internal_data["flow"] = flow.id
        self.count(token)
        return token

    def count(self, token: Token) -> None:
        """Note that a token is live."""
        self.live[token.id] = token
        self.places[token.node.id] += 1

    def join(self, token: Token) -> None:
        """Note that a token waits at a joining gateway."""
        flows = self.joins.setdefault(token.node.id, {})
        flows.setdefault(token.internal_data["flow"], {})[token.id] = token

    def listen(self, node: Node, *, parent: Token | None = None) -> Token:
        """A token that only waits for an event and keeps nothing running."""
        token = (parent or self.task_tree)._add_child(self.spec.of(node), TaskState.WAITING)
        token.internal_data["idle"] = 1
        return token

    def wake(self, token: Token) -> None:
        """A listening token becomes a live one, independent of what it listened for."""
        token.internal_data.pop("idle", None)
        token.to_root()
        token._set_state(TaskState.FUTURE)
        self.count(token)

    def retire(self, token: Token) -> None:
        """Take a finished token out of the tree; Spiff would keep it for ever."""
        if self.live.pop(token.id, None) is not None:
            self.places[token.node.id] -= 1
        if self.joins:
            self.unjoin(token)
        self.top_workflow.forget(token)
        if token.id in self.tasks:
            token.parent._children.remove(token.id)
            del self.tasks[token.id]

    def unjoin(self, token: Token) -> None:
        """It no longer waits at a gateway."""
        flows = self.joins.get(token.node.id)
        if flows is not None and (waiting := flows.get(token.internal_data.get("flow", ""))) is not None:
            waiting.pop(token.id, None)

    def others(self, token: Token | None = None) -> Iterable[Token]:
        """All tokens of this scope but one and its root, at this moment."""
        return [found for found in self.tasks.values() if found.id != ROOT and found is not token]

    def clear(self, keep: Token | None = None) -> None:
        """Cancel every token of this scope except one."""
        for token in self.others(keep):
            if not token.gone:
                token.cancel()

    def begin(self, starts: list[Node], *, happened: bool = False) -> None:
        """Put a token on each start and let event sub-processes listen; `happened`: what the start waits for did."""
        for node in self.body.event_subprocesses():
            self.spec.of(node).listen(self)
        tokens = [self.place(node) for node in starts]
        for token in tokens:
            if happened:
                token.task_spec.instantiate(token)
            else:
                token.task_spec._update(token)
        self.check_end()

    def check_end(self) -> None:
        """Without a live token the scope is over: listeners stop, and whoever waits for it goes on."""
        if self.live or self.closed:
            return
        self.closed = True
        self.clear()
        self.on_end()

    def on_end(self) -> None:
        """What follows the end of this scope; a case and a sub-process each have their own."""

    def terminate(self) -> None:
        """A terminate end event was reached in this scope; only the case as a whole remembers it."""


class SubScope(Scope, BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of one running sub-process or call activity."""

    def __init__(self, parent_task: Token, body: Body, variables: dict[str, Any] | None) -> None:
        self.parent_task = parent_task
        top = parent_task.workflow.top_workflow
        BpmnSubWorkflow.__init__(self, top.model.specs[body.key], parent_task.id, top, deserializing=True)
        self.prepare(body, variables)

    @property
    def parent_workflow(self) -> Scope:
        """The scope around it; Spiff would search all sub-processes for it."""
        return self.parent_task.workflow

    def _calculate_depth(self) -> int:
        return int(self.parent_task.workflow.depth) + 1

    def on_end(self) -> None:
        """The activity around it becomes ready to complete."""
        self.parent_task._ready()
