"""Multi-instance and standard loops: a container that starts passes of its activity and counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff import variables
from engine.bpm.spiff.element import Element
from engine.bpm.spiff.throwing import throw
from engine.bpm.spiff.tokens import Token
from engine.errors import Invalid


class LoopContainer(Element):
    """Stands for all passes together: boundary events and ways out belong to it, the trace shows only the passes."""

    def enter(self, my_task: Token) -> None:
        """Nothing: each pass is noted by itself."""

    def leave(self, my_task: Token) -> None:
        """Nothing, for the same reason."""

    def _on_ready(self, my_task: Token) -> None:
        my_task.internal_data["ready"] = 1
        my_task.workflow.top_workflow.enqueue(my_task, first=True)

    def _update_hook(self, my_task: Token) -> bool:
        for boundary in self.node.boundaries:
            my_task.workflow.spec.of(boundary).attach(my_task)
        return self.activate(my_task)

    def write_outputs(self, my_task: Token) -> None:
        """Nothing: the mapping belongs to each pass."""

    def start_pass(self, my_task: Token, index: int, local: Mapping[str, Any]) -> None:
        """One pass of the activity, with its own few variables."""
        scope = my_task.workflow
        token = scope.place(self.node, parent=my_task, spec=scope.spec.item_of(self.node))
        output = self.node.loop.output_item if self.node.loop is not None else None
        own = {} if output is None else {output: None}  # its result stays its own until all are collected
        token.data = variables.storable_all({**own, **local, "loopCounter": index})
        token.task_spec._update(token)

    def item_done(self, my_task: Token, item: Token) -> None:
        """A pass completed: count it, keep its output, and look at the condition before anything else runs."""
        counts, loop = my_task.data, self.node.loop
        assert loop is not None
        counts["nrOfCompletedInstances"] += 1
        if loop.kind == "parallel":
            counts["nrOfActiveInstances"] -= 1
        if loop.output_collection and loop.output_item:
            results = my_task.internal_data.setdefault("results", {})
            results[str(item.data["loopCounter"])] = variables.view(item).get(loop.output_item)
        if "inside" in item.internal_data:
            my_task.internal_data.setdefault("inside", []).extend(item.internal_data["inside"])
        if my_task.state != TaskState.READY:
            my_task._ready()

    def stop(self, my_task: Token) -> bool:
        """No further pass: cancel those still running and hand out the collected outputs."""
        for child in list(my_task.children):
            if child.is_item:
                child.cancel()
        loop = self.node.loop
        results = my_task.internal_data.get("results", {})
        if loop is not None and loop.output_collection and loop.output_item:
            ordered = [results[key] for key in sorted(results, key=int)]
            variables.assign(my_task, {loop.output_collection: ordered}, outside=True)
        return True


class MultiInstance(LoopContainer):
    """One pass for each item of a collection or for each number, all at once or one after the other."""

    def activate(self, my_task: Token) -> bool:
        """Evaluate the items once and start."""
        items = self._items(my_task)
        count = len(items) if isinstance(items, list) else items
        my_task.data = {"nrOfInstances": count, "nrOfActiveInstances": 0, "nrOfCompletedInstances": 0}
        if isinstance(items, list):
            my_task.internal_data["items"] = items
        if count == 0:
            return True
        my_task._set_state(TaskState.STARTED)
        parallel = self.node.loop is not None and self.node.loop.kind == "parallel"
        my_task.data["nrOfActiveInstances"] = count if parallel else 1
        for index in range(count if parallel else 1):
            self._start(my_task, index)
        return False

    def perform(self, my_task: Token) -> bool:
        """After a pass: done, or the next one."""
        loop, counts = self.node.loop, my_task.data
        assert loop is not None
        done = counts["nrOfCompletedInstances"]
        self._announce(my_task, done)
        if my_task.gone:
            return False
        if done >= counts["nrOfInstances"]:
            return self.stop(my_task)
        if loop.condition is not None:
            functions = my_task.workflow.top_workflow.functions
            if loop.condition.holds(variables.view(my_task), functions):
                return self.stop(my_task)
        my_task._set_state(TaskState.STARTED)
        if loop.kind == "sequential":
            self._start(my_task, done)
        return False

    def _announce(self, my_task: Token, done: int) -> None:
        """Throw what the marker's behaviour wants for passes that completed since the last look."""
        loop, notes = self.node.loop, my_task.internal_data
        assert loop is not None
        functions = my_task.workflow.top_workflow.functions
        for number in range(notes.get("told", 0) + 1, done + 1) if loop.events else ():
            notes["told"] = number
            for condition, trigger in loop.events:
                wanted = condition is None or condition.holds(variables.view(my_task), functions)
                if wanted and not (loop.behavior == "One" and number > 1) and not my_task.gone:
                    throw(my_task, trigger)

    def _start(self, my_task: Token, index: int) -> None:
        loop, items = self.node.loop, my_task.internal_data.get("items")
        assert loop is not None
        self.start_pass(my_task, index, {loop.item: items[index]} if loop.item and items is not None else {})

    def _items(self, my_task: Token) -> list[Any] | int:
        loop, context = self.node.loop, variables.view(my_task)
        assert loop is not None
        functions = my_task.workflow.top_workflow.functions
        if loop.collection is not None:
            given = loop.collection.of(context, functions)
            items = list(given.values()) if isinstance(given, Mapping) else given
            if isinstance(items, str) and items in context:  # `collection="names"` may also name the variable
                items = context[items]
            if not isinstance(items, (list, tuple)):
                raise no_list()
            return self._checked(list(items))
        if loop.names:
            return self._checked(self._named_items(loop.names, context))
        assert loop.cardinality is not None
        count = loop.cardinality.of(context, functions)
        if isinstance(count, str) and count.strip().isdigit():
            count = int(count)
        if isinstance(count, bool) or not isinstance(count, (int, float)) or count != int(count) or count < 0:
            raise Invalid(
                f"多实例的次数“{count}”不是非负整数。", en=f"The cardinality {count} is no whole number from 0 up."
            )
        return self._checked(int(count))

    def _named_items(self, names: tuple[str, ...], context: Mapping[str, Any]) -> list[Any]:
        """The collection behind a data input: its own variable, or the data object that is copied into it."""
        copied = [name for copy in self.node.copies_in if set(copy.targets) & set(names) for name in copy.sources]
        for name in (*names, *copied):
            if isinstance(context.get(name), list):
                return list(context[name])
        raise no_list()

    def _checked(self, items: list[Any] | int) -> list[Any] | int:
        assert self.node.loop is not None
        count, limit = len(items) if isinstance(items, list) else items, self.node.loop.most
        if count > limit:
            raise Invalid(f"多实例有 {count} 项，最多 {limit} 项。", en=f"{count} instances; at most {limit}.")
        return items


class StandardLoop(LoopContainer):
    """Repeats its activity while the condition holds, at most `loopMaximum` times."""

    def activate(self, my_task: Token) -> bool:
        """Start the first pass unless the condition is tested before it."""
        my_task.data = {"nrOfCompletedInstances": 0, "loopCounter": 0}
        loop = self.node.loop
        assert loop is not None
        if loop.test_before and not self._goes_on(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self.start_pass(my_task, 0, {})
        return False

    def perform(self, my_task: Token) -> bool:
        """After a pass: once more while the condition holds."""
        done = my_task.data["nrOfCompletedInstances"]
        my_task.data["loopCounter"] = done
        if not done or not self._goes_on(my_task):
            return self.stop(my_task)
        my_task._set_state(TaskState.STARTED)
        self.start_pass(my_task, done, {})
        return False

    def _goes_on(self, my_task: Token) -> bool:
        loop = self.node.loop
        assert loop is not None
        if loop.maximum is not None and my_task.data["nrOfCompletedInstances"] >= loop.maximum:
            return False
        if loop.condition is None:
            return True
        return loop.condition.holds(variables.view(my_task), my_task.workflow.top_workflow.functions)


def no_list() -> Invalid:
    """The failure of a multi-instance activity whose collection cannot be gone through."""
    return Invalid("多实例的集合不是列表，请检查变量。", en="The collection of this multi-instance is no list.")
