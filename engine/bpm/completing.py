"""What completing a task asks for: the values of its form and nothing else, and what the element itself needs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.app import App
from engine.bpm.step import Opened
from engine.errors import Invalid, Problem
from engine.sql import Found

if TYPE_CHECKING:
    from engine.app import Act


def act_at(app: App, case: Opened, element: str) -> "Act | None":
    """What completing this element needs besides its form: in the process that runs, or in a called one it is of."""
    running, drawn = case.definition.key, case.model.elements.get(element)
    if act := app.acts.get((running, element)):
        return act
    if drawn is None or drawn.process == running:
        return None
    called = {process for _, process in case.model.calls}
    return next((act for (process, at), act in app.acts.items() if at == element and process in called), None)


def check_form(case: Opened, task: Found, given: Mapping[str, Any]) -> None:
    """A task with a form takes the form's fields and nothing else: no one may slip in a variable such as a due date."""
    form = case.model.forms.get(task.form) if task.form else None
    if form is None:
        return
    problems = [_not_asked(name) for name in given if name not in form.names]
    problems += form.check(given, case.snapshot.variables)
    if problems:
        words = "；".join(problem["message"] for problem in problems)
        raise Invalid(f"表单填写有误：{words}", en="The form is not filled in correctly.", problems=problems)


def _not_asked(name: str) -> Problem:
    return Problem(
        field=name,
        rule="unknown-field",
        message=f"表单中没有“{name}”这一项，请去掉。",
        en=f"The form does not ask for {name}; leave it out.",
    )
