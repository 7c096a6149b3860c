"""Activities: human work, the automatic kinds of work, sub-processes, call activities and event sub-processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpm.expressions import flat, run_script
from engine.bpm.spiff import arming, offers, projection, timers, variables
from engine.bpm.spiff.element import Element
from engine.bpm.spiff.model import Node, Trigger, Work
from engine.bpm.spiff.results import mapped
from engine.bpm.spiff.tokens import Scope, Token
from engine.bpm.spiff.types import OperatorCall
from engine.errors import Invalid


class HumanTask(Element):
    """A user or manual task: READY until a person completes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True

    def activate(self, my_task: Token) -> bool:
        """Work out who, until when and how urgent; a due date that is one variable is followed later."""
        human, instance = self.node.human, my_task.workflow.top_workflow
        if human is None:
            return True
        context, functions = variables.view(my_task), instance.functions

        def value(name: str) -> Any:
            given = getattr(human, name)
            return None if given is None else given.of(context, functions)

        facts: dict[str, Any] = {"at": instance.clock.isoformat()}
        facts |= self.offered(my_task)
        facts["assignee"] = offers.one_name(value("assignee"))
        due, facts["from"] = projection.evaluate(my_task, human.due) if human.due is not None else (None, None)
        for key, given in (("due", due), ("follow_up", value("follow_up"))):
            if given not in (None, ""):
                facts[key] = timers.due_date(given, instance.clock, instance.outside.zone).isoformat()
        my_task.internal_data["human"] = {key: fact for key, fact in facts.items() if fact not in (None, [], 50)}
        return True

    def offered(self, my_task: Token) -> dict[str, Any]:
        """The candidate groups and users and the priority as the diagram names them now."""
        human, context = self.node.human, variables.view(my_task)
        if human is None:
            return {}
        functions = my_task.workflow.top_workflow.functions
        groups, users, priority = (
            value and value.of(context, functions) for value in (human.groups, human.users, human.priority)
        )
        return {"groups": offers.names(groups), "users": offers.names(users), "priority": offers.priority(priority)}


class AutomaticTask(Element):
    """A script, service, business rule or send task, or an abstract task that does nothing."""

    def perform(self, my_task: Token) -> bool:
        """Do the work in this step; results go to the instance, or to the output mapping where there is one."""
        work = self.node.work
        if work is not None:
            results = self._results(my_task, work)
            if self.node.outputs:
                my_task.data.update(variables.storable_all(results))
            else:
                variables.assign(my_task, results, outside=self.local)
        return True

    def _results(self, my_task: Token, work: Work) -> Mapping[str, Any]:
        instance = my_task.workflow.top_workflow
        context, functions = variables.view(my_task), instance.functions
        if work.topic is not None:
            return self._operate(my_task, work.topic, context)
        if work.script is not None:
            return run_script(work.script, context, functions)
        if work.expression is not None:
            value = work.expression.of(context, functions)
            return {work.result: value} if work.result else {}
        if work.decision is not None:
            return self._decide(my_task, work, context)
        return {}

    def _operate(self, my_task: Token, topic: str, context: Mapping[str, Any]) -> Mapping[str, Any]:
        instance, node = my_task.workflow.top_workflow, self.node
        parameters = {name: my_task.data.get(name) for name, _ in node.inputs}
        call = OperatorCall(topic, parameters, node.id, node.name, flat(context), instance.clock)
        return instance.outside.operator(call) or {}

    def _decide(self, my_task: Token, work: Work, context: Mapping[str, Any]) -> Mapping[str, Any]:
        instance = my_task.workflow.top_workflow
        assert work.decision is not None
        key = str(work.decision.of(context, instance.functions))
        decision = instance.model.decisions.get(key)
        if decision is None:
            raise Invalid(
                f"没有决策表“{key}”，请把它和流程一起部署。",
                en=f"There is no decision {key}; deploy it with the process.",
            )
        return mapped(decision.evaluate(context, instance.functions), work, to_outputs=bool(self.node.outputs))


class SubProcess(Element):
    """An embedded sub-process or transaction: a scope of tokens that shares the variables around it."""

    def activate(self, my_task: Token) -> bool:
        """Start the inside."""
        assert self.node.body is not None
        my_task._set_state(TaskState.STARTED)
        scope = my_task.workflow.top_workflow.open_scope(my_task, self.node.body, None)
        scope.begin(self.starts_of(scope))
        return False

    def starts_of(self, scope: Scope) -> list[Node]:
        """Where the inside starts."""
        return scope.body.starts()

    def perform(self, my_task: Token) -> bool:
        """The inside is over; what could be undone in it is kept with the activity."""
        scope = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if scope is not None and scope.done:
            my_task.internal_data["inside"] = scope.done
        return True


class CallActivity(Element):
    """Runs another process of the same deployment inside this instance, with variables of its own."""

    def activate(self, my_task: Token) -> bool:
        """Find the process, hand the variables in and start it."""
        instance, call = my_task.workflow.top_workflow, self.node.call
        assert call is not None
        context = variables.view(my_task)
        key = str(call.process.of(context, instance.functions))
        body = instance.model.processes.get(key)
        if body is None:
            raise Invalid(
                f"没有被调用的流程“{key}”，请把它一起部署。",
                en=f"The called process {key} is missing; deploy it as well.",
            )
        starts = [node for node in body.starts() if not node.triggers]
        if not starts:
            raise Invalid(
                f"被调用的流程“{key}”没有普通开始事件。", en=f"The called process {key} has no plain start event."
            )
        given = flat(context) if call.into is None or call.into_all else {}
        given |= {target: value.of(context, instance.functions) for target, value in call.into or ()}
        if call.business_key is not None:
            given["business_key"] = call.business_key.of({"business_key": None, **context}, instance.functions)
        my_task._set_state(TaskState.STARTED)
        scope = instance.open_scope(my_task, body, variables.storable_all(given))
        scope.written = set()
        scope.begin(starts)
        return False

    def perform(self, my_task: Token) -> bool:
        """The called process is over: bring back what is mapped, or all that it wrote."""
        instance, call = my_task.workflow.top_workflow, self.node.call
        assert call is not None
        scope = instance.subprocesses[my_task.id]
        results: dict[str, Any] = {}
        if call.out is None or call.out_all:
            results = {name: scope.variables[name] for name in sorted(scope.written) if name in scope.variables}
        results |= {target: value.of(scope.variables, instance.functions) for target, value in call.out or ()}
        if self.node.outputs:
            my_task.data.update(results)
        else:
            variables.assign(my_task, results, outside=self.local)
        instance.subprocesses.pop(my_task.id)
        return True


class EventSubprocess(SubProcess):
    """A sub-process that its own start event starts while the scope around it runs."""

    @property
    def start_node(self) -> Node:
        """Its start event."""
        assert self.node.body is not None
        return next(node for node in self.node.body.nodes.values() if node.tag == "startEvent")

    @property
    def triggers(self) -> list[Trigger]:
        """Those of its start event."""
        return self.start_node.triggers

    def listen(self, scope: Scope) -> None:
        """Let its start event listen in the scope around it; errors and escalations find it without that."""
        if any(trigger.kind in arming.LISTENING for trigger in self.start_node.triggers):
            token = scope.listen(self.node)
            try:
                arming.arm(token)
            except Exception as error:  # the scope cannot promise to react: an incident from the start
                scope.top_workflow.park(token, error)

    def triggered(self, my_task: Token, entry: arming.Armed, payload: dict[str, Any], missed: int) -> None:
        """One of its start events happened."""
        scope = my_task.workflow
        if self.start_node.parallel_multiple and len(my_task.internal_data["armed"]) > 1:
            variables.assign(my_task, payload)
            arming.drop(my_task, entry)
        elif self.start_node.interrupting:
            self.take_over(scope, payload, missed=missed)
        else:
            if not arming.repeat(my_task, entry):
                my_task.cancel()
            self.start(scope, payload, missed=missed)

    def start(self, scope: Scope, payload: dict[str, Any], *, missed: int = 0) -> None:
        """Run it beside what the scope does."""
        self._update(self._placed(scope, payload, missed))

    def take_over(self, scope: Scope, payload: dict[str, Any], *, missed: int = 0) -> None:
        """Cancel everything else in the scope and run it instead."""
        token = self._placed(scope, payload, missed)
        scope.clear(keep=token)
        self._update(token)

    def _placed(self, scope: Scope, payload: dict[str, Any], missed: int) -> Token:
        token = scope.place(self.node)
        if missed:
            token.internal_data["missed"] = missed  # its start event says so in the trace
        variables.assign(token, payload)
        return token
