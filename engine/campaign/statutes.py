"""Limits that the law sets and no diagram may exceed, and the rule that each deadline names; the linter quotes the
clause. Nothing here runs a process.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from engine.bpm.expressions import Expression
from engine.bpm.lint_place import Place
from engine.bpm.spiff import Model
from engine.bpm.spiff.model import Body
from engine.bpm.spiff.values import Value
from engine.campaign import clock_rules, document_types, powers_table
from engine.campaign.measures import SEALS
from engine.errors import Problem
from engine.said import english

SEAL_DAYS = {"measure.open": 30, "measure.extend": 60}  # 行政强制法 art. 25: 30 days, extended once by at most 30
DRAFTED_DAYS = {"measure.execute": 30, "measure.prolong": 60}  # the same for what was drafted before
OLD = {"measure.open": "measure.execute", "measure.extend": "measure.prolong", "measure.close": "measure.lift"}
ACTS = {"court.open": ("court_application",), "crime.open": ("crime_transfer",)}  # operators and acts of table D9
DRAFT = "measure.draft"  # whatever the measure is: no body of the street may decide it
_COUNTING = {  # functions that count days: which argument is the number, and of what
    "deadline": (1, ""), "days": (0, "d"), "workdays": (0, "wd"), "hours": (0, "h"), "workhours": (0, "wh"),
}  # fmt: skip


def check(model: Model) -> Iterator[Problem]:
    """Errors for seals that last longer than the law allows, for acts by a body without the power, for measures that
    pass by the head's approval, and for deadlines by no known clock.
    """
    for body, node in model.nodes():
        topic = node.work.topic if node.work is not None else None
        given = dict(node.inputs)
        if topic in OLD:
            yield _unapproved(topic, Place(body.file, node.id))
        if topic in SEAL_DAYS and _constant(given, "kind") in SEALS:
            at = Place(body.file, node.id)
            yield from _too_long(model.processes[body.process], given.get("ends_at"), SEAL_DAYS[topic], at)
            yield from _no_power(given, at)
        if topic == "deadline.open":
            yield from _no_clock(given, Place(body.file, node.id))
        if topic == DRAFT:
            yield from _no_power(given, Place(body.file, node.id))
        if topic in ACTS:
            yield from _denied(_constant(given, "organ"), ACTS[topic], Place(body.file, node.id))
        if topic == "document.draft":
            yield from _no_issuer(given, Place(body.file, node.id))
        if node.human is not None and (code := node.properties.get("clock")):
            yield from _unknown_clock(code, Place(body.file, node.id))
    for process in model.processes.values():
        yield from _drafted(process)


def _drafted(process: Body) -> Iterator[Problem]:
    """Of a process that drafts seals, or lets people choose the kind of measure: how long what it carries out lasts."""
    done = [(body, node, node.work.topic) for body, node in process.all_nodes() if node.work is not None]
    kinds = [kind for _, node, topic in done if topic == DRAFT and (kind := dict(node.inputs).get("kind")) is not None]
    seals = [kind.constant in SEALS for kind in kinds]
    if any(seals) or any(kind.constant is None for kind in kinds):
        for body, node, topic in done:
            if topic in DRAFTED_DAYS:
                ends_at, limit = dict(node.inputs).get("ends_at"), DRAFTED_DAYS[topic]
                yield from _too_long(process, ends_at, limit, Place(body.file, node.id), certain=all(seals))


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


def _too_long(
    process: Body, ends_at: Value | None, limit: int, at: Place, *, certain: bool = True
) -> Iterator[Problem]:  # fmt: skip
    """``certain``: it is a seal; what may be another measure may last as long as the clock of that one."""
    for expression in _behind(process, ends_at.expressions() if ends_at is not None else ()):
        for call in ast.walk(expression.tree):
            days = _counted(call) if certain or not _is_clock(call) else None
            if days is not None and days > limit:
                yield at.error(
                    "statute",
                    f"期限“{expression.source[:80]}”可到 {days} 天，超过法定的 {limit} 天"
                    "（《行政强制法》第二十五条：查封、扣押不得超过三十日，延长不得超过三十日）。请改为不超过法定期限。",
                    f"{expression.source[:80]} can be {days} days, but art. 25 of the Administrative Compulsion Law "
                    f"allows {limit}; lower it.",
                )


def _behind(process: Body, expressions: Iterable[Expression]) -> list[Expression]:
    """These expressions, and all that scripts and mappings of the process assign to the variables that they pass on."""
    given: dict[str, list[Expression]] = {}
    for _, node in process.all_nodes():
        lines = node.work.script.lines if node.work is not None and node.work.script is not None else ()
        computed = [(name, expression) for name, value in node.outputs for expression in value.expressions()]
        for name, expression in [*lines, *computed]:
            given.setdefault(name, []).append(expression)
    found, seen = list(expressions), set[str]()
    for expression in found:  # grows while it is gone through
        for name in _passed_on(expression.tree) - seen:
            seen.add(name)
            found += given.get(name, ())
    return found


def _passed_on(node: ast.expr) -> set[str]:
    """The variables whose value may be that of the expression; not those that something is counted from."""
    if isinstance(node, ast.Name):
        return {node.id}
    parts: list[ast.expr] = []
    if isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max", "date"):
        parts = node.args
    return {name for part in parts for name in _passed_on(part)}


def _no_power(given: dict[str, Value], at: Place) -> Iterator[Problem]:
    organ = _constant(given, "organ")
    if organ in powers_table.never("seal"):
        yield at.error(
            "statute",
            f"“{organ}”没有查封、扣押的权力（《行政强制法》第十七条：行政强制措施权不得委托）。"
            "街道只能提请有权部门决定，请把实施机关改为该部门。",
            f"{organ} may not seal (art. 17 of the Administrative Compulsion Law); name the competent department.",
        )


def _no_issuer(given: dict[str, Value], at: Place) -> Iterator[Problem]:
    """A paper that is an act, in the name of a unit that may not do it; ``unit`` may be a group ``role@unit`` of it."""
    unit, named = _constant(given, "unit") or "", _constant(given, "type")
    acts = {act for row in document_types.all_types() if row.type == named for act in row.acts}
    yield from _denied(unit.rpartition("@")[2], sorted(acts), at)


def _denied(unit: str | None, acts: Sequence[str], at: Place) -> Iterator[Problem]:
    """What table D9 denies to a unit of the usual organisation in every province: all of these acts."""
    denied = [powers_table.ACTS[act] for act in acts if unit in powers_table.never(act)]
    if denied and len(denied) == len(acts):
        act = denied[0]
        yield at.error(
            "statute",
            f"“{unit}”没有{act.title}的权力（{act.basis}）。请改为有权的机关；否则，{act.instead}。",
            f"{unit} has no power for this ({english(act.title)}; {act.basis}); name a body that has, or else "
            f"{english(act.instead)}.",
        )


def _constant(given: dict[str, Value], name: str) -> str | None:
    value = given.get(name)
    return value.constant if value is not None else None


def _counted(node: ast.AST) -> int | None:
    """The greatest number of days that such a call can count, as far as the diagram itself says."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if _is_clock(node) and node.args and isinstance(node.args[0], ast.Constant):
        most = [
            _days(clock.most or clock.n, clock.unit)
            for clock in clock_rules.clocks()
            if clock.code == node.args[0].value
        ]
        return max((days for days in most if days is not None), default=None)
    if node.func.id not in _COUNTING:
        return None
    place, unit = _COUNTING[node.func.id]
    if not unit:
        named = node.args[2] if len(node.args) > 2 else None
        unit = str(named.value) if isinstance(named, ast.Constant) else "d"
    return _days(_at_most(node.args[place]), unit) if place < len(node.args) else None


def _is_clock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "clock"


def _days(number: int | None, unit: str) -> int | None:
    """So many of this unit in natural days, in which the law counts: working days with the weekends between them."""
    if number is None or unit not in _NATURAL:
        return None
    return _NATURAL[unit](number)


_NATURAL: dict[str, Callable[[int], int]] = {
    "d": lambda n: n, "wd": lambda n: n + 2 * (max(n - 1, 0) // 5), "h": lambda n: n // 24,
    "wh": lambda n: _NATURAL["wd"](n // 7), "month": lambda n: n * 31, "year": lambda n: n * 366,
}  # fmt: skip


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
