"""What a form says that the server cannot follow when it checks what somebody filled in."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpm.expressions import BadExpression
from engine.bpm.form_conditions import FUNCTIONS, hide_text, read_condition
from engine.bpm.forms import Form, name_of
from engine.bpm.lint_place import Place
from engine.errors import Problem


def check_form(file: str, form: Form) -> Iterator[Problem]:
    """A warning for each condition that the browser may follow and the server does not."""
    for component in components(form.source):
        if text := hide_text(component):
            yield from _condition(text, Place(file, name_of(component)))


def _condition(text: str, at: Place) -> Iterator[Problem]:
    try:
        unknown = sorted(read_condition(text).functions - FUNCTIONS.keys())
        words, en = f"没有函数 {'、'.join(unknown)}", f"there is no function {', '.join(unknown)}"
    except BadExpression as bad:
        unknown, words, en = [""], bad.message.rstrip("。"), bad.en.rstrip(".")
    if unknown:
        yield at.warning(
            "form",
            f'显示条件在服务器上不起作用（{words}），检查时一律按显示处理。请改写成比较，例如 =result = "合格"。',
            f"The server cannot follow this condition ({en}), and takes the field as shown; write a comparison such as "
            '=result = "ok".',
        )


def components(container: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All components of a form, however deep; whatever else stands in its lists is passed over."""
    pending: list[Any] = [container]
    while pending:
        inside = pending.pop().get("components")
        found = [component for component in inside if isinstance(component, dict)] if isinstance(inside, list) else []
        yield from found
        pending += reversed(found)
