"""The template language of documents: names, loops over the document's own lists, conditions, nothing else.

Templates may be restyled by people, so they are hostile input. Whatever is compiled goes through ``_parse``: docxtpl
also
renders headers, footnotes and the properties of a file, and none of them may get around the check.
"""

import functools
import re
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.said import Said

FILTERS = ("default", "length", "upper")
DEEPEST = 2  # loops in loops: what a document holds has rows, and no more
# Without anything that makes much out of little (*, **, %, ~, calls, ranges) a template cannot run for long.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.If,
    nodes.For, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Filter,
)  # fmt: skip
LOOPS = Said("循环只能逐行列出文书自己的栏目", "a loop may only go through the rows of the document's own fields")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


class _Documents(ImmutableSandboxedEnvironment):
    """Jinja with the allowed nodes only."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree, 0)
        return tree


@functools.cache
def environment() -> ImmutableSandboxedEnvironment:
    """The one environment: every value is escaped, an unknown name is an error."""
    made = _Documents(undefined=StrictUndefined, autoescape=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {}
    return made


def plain(value: Any) -> Any:
    """A value as it may stand in XML: characters that no document may hold are gone, missing ones are empty."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return "" if value is None else value


def _check(node: nodes.Node, depth: int) -> None:
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        told = Said(f"{kind} 不能用在文书模板里", f"{kind} cannot be used in the template of a document")
        raise TemplateSyntaxError(told, getattr(node, "lineno", 1))
    if isinstance(node, nodes.For):
        depth += 1
        if depth > DEEPEST or not isinstance(node.iter, nodes.Name | nodes.Getattr) or node.recursive:
            raise TemplateSyntaxError(LOOPS, node.lineno)
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise TemplateSyntaxError(Said(f"不能使用“{node.attr}”", f"“{node.attr}” cannot be used"), node.lineno)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        told = Said("方括号里只能写固定的名称", "only a fixed name may stand in brackets")
        raise TemplateSyntaxError(told, node.lineno)
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        zh, en = "、".join(FILTERS), ", ".join(FILTERS)
        told = Said(f"没有“{node.name}”这种处理，可用：{zh}", f"there is no filter “{node.name}”; there are {en}")
        raise TemplateSyntaxError(told, node.lineno)
    for child in node.iter_child_nodes():
        _check(child, depth)
