"""Where an instruction means: the token it names, the scope it starts in; refuses what is unknown or ambiguous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.gateways import JoiningGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Body, Flow, Node
from engine.bpm.spiff.tokens import Scope, Token
from engine.errors import Invalid

if TYPE_CHECKING:
    from engine.bpm.spiff.modify import Instruction


def races(token: Token) -> bool:
    """Whether it is one of the events behind an event-based gateway."""
    return token.idle and token.parent.task_spec.node.tag == "eventBasedGateway" if token.parent.id > 0 else False


def named(instance: Instance, name: str) -> Token | None:
    """The token behind the id of a task, a failure, a timer or a waiter."""
    number = instance.number_of(name)
    if number in instance.armed:
        return instance.armed[number]
    for scope in instance.scopes():
        for token in scope.others():
            if number in (token.id, token.internal_data.get("failure", [None])[0]):
                return token
    return None


def one_token(instance: Instance, line: Instruction) -> Token:
    """The one token that is meant. Raises Invalid when there is none, or several."""
    found = tokens_of(instance, line)
    if len(found) > 1:
        ids = "、".join(instance.name_of(token.id) for token in found)
        raise Invalid(
            f"元素“{line.element}”上有 {len(found)} 个令牌（{ids}），请用 task 指明哪一个，或用 beside 指明在哪一处。",
            en=f"{len(found)} tokens stand on {line.element} ({ids}); say which one with task, or where with beside.",
        )
    return found[0]


def tokens_of(instance: Instance, line: Instruction) -> list[Token]:
    """All tokens that are meant. Raises Invalid when there is none."""
    if line.task is not None:
        token = named(instance, line.task)
        found = [] if token is None or (line.element and token.node.id != line.element) else [token]
    elif line.element is not None:
        _known(instance, line.element)
        found = [token for token in _standing(instance) if token.node.id == line.element]
        if line.beside is not None:
            around = _scopes_around(instance, line.beside)
            found = [token for token in found if any(token.workflow is scope for scope in around)]
    else:
        raise Invalid("请用 task 或 element 指明哪一个令牌。", en="Say which token: give task or element.")
    if not found or not _may_be_named(found[0]):
        here = "、".join(dict.fromkeys(token.node.id for token in _standing(instance))) or "没有"
        wanted = line.task or line.element
        raise Invalid(
            f"“{wanted}”上没有可以操作的令牌；现在停在：{here}。",
            en=f"No token that can be worked on stands at {wanted}; tokens now stand at: {here}.",
        )
    return found


def scope_for(instance: Instance, line: Instruction, *, before: bool) -> tuple[Scope, Node]:
    """The scope in which the named element is started, opened if need be, and the element in it.

    Raises Invalid for an element that cannot be started, and when it is unclear in which scope.
    """
    if line.element is None:
        raise Invalid("请用 element 指明从哪个元素开始。", en="Say at which element to start: give element.")
    homes = _known(instance, line.element)
    around = None if line.beside is None else _scopes_around(instance, line.beside)
    running = [home for home in homes if _running(instance, home[0])]
    if len(running) != 1:
        raise Invalid(
            f"元素“{line.element}”所在的流程没有在运行，或有多个流程含有它；请先启动调用它的活动。",
            en=f"No running process has {line.element}, or several have; start the activity that calls it.",
        )
    body, node = running[0]
    if before:
        _may_start(body, node)
    return _open(instance, body, around, node), node


def arriving(scope: Scope, node: Node, flow: str | None) -> Flow | None:
    """By which flow a token comes to a joining gateway. Raises Invalid when that is unclear."""
    if flow is not None:
        found = next((incoming for incoming in node.incoming if incoming.id == flow), None)
        if found is None:
            raise Invalid(
                f"连线“{flow}”不通向“{node.name or node.id}”。", en=f"Flow {flow} does not lead to {node.id}."
            )
        return found
    if len(node.incoming) < 2 or not isinstance(scope.spec.of(node), JoiningGateway):
        return None
    waiting = scope.joins.get(node.id, {})
    missing = [incoming for incoming in node.incoming if not waiting.get(incoming.id)]
    if len(missing) != 1:
        flows = "、".join(incoming.id for incoming in node.incoming)
        raise Invalid(
            f"“{node.name or node.id}”要汇合多条分支，请用 flow 指明代表哪一条：{flows}。",
            en=f"{node.id} joins several branches; say with flow which one arrives: {flows}.",
        )
    return missing[0]


def _may_be_named(token: Token) -> bool:
    """Not what only listens on a border: that belongs to its host; unless arming it failed."""
    return not token.idle or "failure" in token.internal_data or races(token)


def _standing(instance: Instance) -> list[Token]:
    return [
        token
        for scope in instance.scopes()
        for token in scope.others()
        if not token.is_item and _may_be_named(token) and "silent" not in token.internal_data
    ]


def _known(instance: Instance, element: str) -> list[tuple[Body, Node]]:
    homes = [(body, node) for body, node in instance.model.nodes() if node.id == element]
    if not homes:
        raise Invalid(f"流程图里没有元素“{element}”，请核对编号。", en=f"The diagram has no element {element}.")
    return homes


def _scopes_around(instance: Instance, name: str) -> list[Scope]:
    token = named(instance, name)
    if token is None:
        raise Invalid(f"没有令牌“{name}”。", en=f"There is no token {name}.")
    found: list[Scope] = [] if token.id not in instance.subprocesses else [instance.subprocesses[token.id]]
    while True:
        found.append(token.workflow)
        if token.workflow is instance:
            return found
        token = token.workflow.parent_task


def _running(instance: Instance, body: Body) -> bool:
    return any(scope.body.process == body.process and not scope.closed for scope in instance.scopes())


def _may_start(body: Body, node: Node) -> None:
    name = node.name or node.id
    if node.tag == "boundaryEvent":
        raise Invalid(
            f"“{name}”是边界事件，不能单独启动；请用 start_after 从它之后开始。",
            en=f"{node.id} is a boundary event; use start_after to go on behind it.",
        )
    if node.tag == "startEvent" and node.triggers:
        raise Invalid(
            f"“{name}”由消息、信号或定时器触发，不能直接启动；请用 start_after 从它之后开始。",
            en=f"{node.id} is triggered from outside; use start_after to go on behind it.",
        )
    if node.body is not None and node.body.event_triggered:
        raise Invalid(
            f"“{name}”是事件子流程，只能由它自己的开始事件启动。",
            en=f"{node.id} is an event sub-process; only its own start event starts it.",
        )
    if node.compensation:
        raise Invalid(f"“{name}”只用于补偿，不能直接启动。", en=f"{node.id} is only for compensation.")


def _open(instance: Instance, body: Body, around: list[Scope] | None, node: Node) -> Scope:
    """The running scope of this body; without one, the sub-processes that lead to it are entered quietly."""
    found = [scope for scope in instance.scopes() if scope.body is body and not scope.closed]
    if around is not None:
        found = [scope for scope in found if any(scope is near for near in around)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(
            f"“{node.name or node.id}”所在的范围正在运行 {len(found)} 份，请用 beside 给出其中一个任务的编号。",
            en=f"The scope of {node.id} runs {len(found)} times; give with beside the id of a task in one of them.",
        )
    outer, holder = _holder(instance, body, node)
    if holder.loop is not None:
        raise Invalid(
            f"“{node.name or node.id}”在多实例活动“{holder.name or holder.id}”里面，请先启动该活动。",
            en=f"{node.id} is inside the multi-instance activity {holder.id}; start that activity first.",
        )
    if body.event_triggered:
        raise Invalid(
            f"“{node.name or node.id}”在没有运行的事件子流程“{holder.name or holder.id}”里面，只能由其开始事件启动。",
            en=f"{node.id} is inside the event sub-process {holder.id}, which does not run.",
        )
    return _entered(_open(instance, outer, around, node), holder, body)


def _holder(instance: Instance, body: Body, node: Node) -> tuple[Body, Node]:
    for outer, holder in instance.model.nodes():
        if holder.body is body:
            return outer, holder
    raise Invalid(
        f"流程“{body.id}”没有在这里运行，“{node.name or node.id}”无处可启动；请启动调用它的活动。",
        en=f"Process {body.id} does not run here; start the activity that calls it.",
    )


def _entered(scope: Scope, holder: Node, body: Body) -> Scope:
    """Enter a sub-process without starting its inside: border events and event sub-processes listen as usual."""
    token = scope.place(holder)
    spec = token.task_spec
    spec.enter(token)
    if spec.local:
        spec.read_inputs(token)
    token._set_state(TaskState.STARTED)
    inner = scope.top_workflow.open_scope(token, body, None)
    for handler in body.event_subprocesses():
        inner.spec.of(handler).listen(inner)
    for border in holder.boundaries:
        scope.spec.of(border).attach(token)
    return inner
