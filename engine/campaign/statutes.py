"""Limits that the law sets and no diagram may exceed, and the rule that each deadline names; the linter quotes the
clause. Nothing here runs a process.
"""

import ast
from collections.abc import Iterator

from engine.bpm.lint_place import Place
from engine.bpm.spiff import Model
from engine.bpm.spiff.model import Body, Node
from engine.bpm.spiff.values import Value
from engine.campaign import clock_rules, powers_table
from engine.campaign.measures import SEALS
from engine.errors import Problem

SEAL_DAYS = {"measure.open": 30, "measure.extend": 60}  # 行政强制法 art. 25: 30 days, extended once by at most 30
DRAFTED_DAYS = {"measure.execute": 30, "measure.prolong": 60}  # the same for what was drafted before
OLD = {"measure.open": "measure.execute", "measure.extend": "measure.prolong", "measure.close": "measure.lift"}
DRAFT = "measure.draft"  # whatever the measure is: no body of the street may decide it
_COUNTING = {
    "deadline": 1,
    "days": 0,
    "workdays": 0,
    "hours": 0,
}  # functions that count days, and which argument is the number


def check(model: Model) -> Iterator[Problem]:
    """Errors for seals that last longer than the law allows, for seals by a body without that power, for measures that
    pass by the head's approval, and for deadlines by no known clock.
    """
    for body, node in model.nodes():
        topic = node.work.topic if node.work is not None else None
        given = dict(node.inputs)
        if topic in OLD:
            yield _unapproved(topic, Place(body.file, node.id))
        if topic in SEAL_DAYS and _constant(given, "kind") in SEALS:
            at = Place(body.file, node.id)
            yield from _too_long(node, given.get("ends_at"), SEAL_DAYS[topic], at)
            yield from _no_power(given, at)
        if topic == "deadline.open":
            yield from _no_clock(given, Place(body.file, node.id))
        if topic == DRAFT:
            yield from _no_power(given, Place(body.file, node.id))
        if node.human is not None and (code := node.properties.get("clock")):
            yield from _unknown_clock(code, Place(body.file, node.id))
    for process in model.processes.values():
        yield from _drafted(process)


def _drafted(process: Body) -> Iterator[Problem]:
    """Of a process that drafts seals, or lets people choose the kind of measure: how long what it carries out lasts."""
    done = [(body, node, node.work.topic) for body, node in process.all_nodes() if node.work is not None]
    kinds = [dict(node.inputs).get("kind") for _, node, topic in done if topic == DRAFT]
    if any(kind is not None and (kind.constant is None or kind.constant in SEALS) for kind in kinds):
        for body, node, topic in done:
            if topic in DRAFTED_DAYS:
                yield from _too_long(
                    node, dict(node.inputs).get("ends_at"), DRAFTED_DAYS[topic], Place(body.file, node.id)
                )


def _unapproved(topic: str, at: Place) -> Problem:
    """These write a measure down without draft, approval and the steps of 行政强制法 18: versions deployed before keep
    running, a new one uses the operators that ask.
    """
    return at.error(
        "approval",
        f"操作“{topic}”登记的措施没有经过负责人批准（《行政强制法》第十八条），只留给以前部署的流程版本使用。"
        f"请先 measure.draft 起草、measure.approve 批准，再用“{OLD[topic]}”，或者调用流程“seal”。",
        f"{topic} registers a measure without the head's approval and is kept for versions deployed before; write "
        f"a draft and let the head approve it, then use {OLD[topic]}, or call the process seal.",
    )


def _no_clock(given: dict[str, Value], at: Place) -> Iterator[Problem]:
    """Whoever lets a deadline pass is told by which rule: a number, or an expression that gives one."""
    code = _constant(given, "clock")
    if "clock" not in given or code == "":
        yield at.warning(
            "clock",
            "没有写明时限编号（clock），时限上将没有逾期后果，也不会按表 D4 提醒。请填 T1–T60 中的一个，例如 T2。",
            "The deadline names no clock; give one of T1 to T60, so that its consequence and reminders are known.",
        )
    elif code is not None:
        yield from _unknown_clock(code, at)


def _unknown_clock(code: str, at: Place) -> Iterator[Problem]:
    if not clock_rules.known(code):
        yield at.error(
            "clock",
            f"没有时限“{code}”。请填时限登记表（rules/clocks.yaml）里的编号，例如 T2。",
            f"There is no clock {code}; use a code of rules/clocks.yaml, such as T2.",
        )


def _too_long(node: Node, ends_at: Value | None, limit: int, at: Place) -> Iterator[Problem]:
    for expression in ends_at.expressions() if ends_at is not None else ():
        for call in ast.walk(expression.tree):
            days = _counted(call)
            if days is not None and days > limit:
                yield at.error(
                    "statute",
                    f"期限最多可到 {days} 天，超过法定的 {limit} 天"
                    "（《行政强制法》第二十五条：查封、扣押不得超过三十日，延长不得超过三十日）。请改为不超过法定期限。",
                    f"Up to {days} days, but art. 25 of the Administrative Compulsion Law allows {limit}; lower it.",
                )


def _no_power(given: dict[str, Value], at: Place) -> Iterator[Problem]:
    organ = _constant(given, "organ")
    if organ in powers_table.never_seal():
        yield at.error(
            "statute",
            f"“{organ}”没有查封、扣押的权力（《行政强制法》第十七条：行政强制措施权不得委托）。"
            "街道只能提请有权部门决定，请把实施机关改为该部门。",
            f"{organ} may not seal (art. 17 of the Administrative Compulsion Law); name the competent department.",
        )


def _constant(given: dict[str, Value], name: str) -> str | None:
    value = given.get(name)
    return value.constant if value is not None else None


def _counted(node: ast.AST) -> int | None:
    """The greatest number of days that such a call can count, as far as the diagram itself says."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _COUNTING:
        return None
    place = _COUNTING[node.func.id]
    number = _at_most(node.args[place]) if place < len(node.args) else None
    unit = node.args[2] if node.func.id == "deadline" and len(node.args) > 2 else None
    if node.func.id == "hours" and number is not None:
        return number // 24
    if number is None or not isinstance(unit, ast.Constant):
        return number
    return {"month": number * 31, "h": number // 24}.get(str(unit.value), number)


def _at_most(node: ast.expr) -> int | None:
    """The upper bound of a number: itself, the least known part of `min(…)`, or a sum of known parts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "min":
        known = [bound for part in node.args if (bound := _at_most(part)) is not None]
        return min(known, default=None)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_at_most(part) for part in (node.left, node.right)]
        return sum(part for part in parts if part is not None) if None not in parts else None
    return None
