"""Ad-hoc sub-processes: each contained activity is performed once a round, until the completion condition holds."""

from __future__ import annotations

from engine.bpm.spiff import variables
from engine.bpm.spiff.activities import SubProcess
from engine.bpm.spiff.model import AdHoc, Node
from engine.bpm.spiff.tokens import Scope, Token


class AdHocSubProcess(SubProcess):
    """Starts all its activities at once, or one after the other; without a condition one round is all."""

    @property
    def rules(self) -> AdHoc:
        """How it is ordered and when it is done."""
        assert self.node.ad_hoc is not None
        return self.node.ad_hoc

    def starts_of(self, scope: Scope) -> list[Node]:
        """What is performed next: the first activity, or all of them."""
        nodes = scope.body.starts()
        return nodes[:1] if self.rules.sequential else nodes

    def passed(self, my_task: Token, scope: Scope) -> None:
        """An element inside completed: is it done, or does something remain to be performed?"""
        condition = self.rules.condition
        functions = my_task.workflow.top_workflow.functions
        done = condition is not None and condition.holds(variables.view(my_task), functions)
        notes = my_task.internal_data
        if done:
            notes["over"] = 1
            if self.rules.cancel_remaining:
                scope.clear()
        if scope.live or "over" in notes:
            return
        nodes, following = scope.body.starts(), notes.get("next", 1)
        if self.rules.sequential and following < len(nodes):
            notes["next"] = following + 1
            self._perform_now(scope, [nodes[following]])
        elif condition is not None:
            notes["next"] = 1
            self._perform_now(scope, self.starts_of(scope))

    def _perform_now(self, scope: Scope, nodes: list[Node]) -> None:
        for token in [scope.place(node) for node in nodes]:
            token.task_spec._update(token)
