"""What each element says, held against what there is: groups, forms, due dates, called processes, tables, operators."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema

from engine.bpm.lint_expressions import SOME_DAY, SOME_FUNCTIONS, SOME_ZONE, settled, wrong
from engine.bpm.lint_place import Place
from engine.bpm.operators import english_of
from engine.bpm.spiff import Model, offers, timers
from engine.bpm.spiff.model import CANDIDATES, FREE, NONE, Human, Node
from engine.bpm.spiff.values import Value
from engine.errors import EngineError, Problem
from engine.field_words import in_words

SHORTEST = timedelta(minutes=1)  # of a cycle


def check_elements(
    model: Model, operators: Mapping[str, type[Schema]] | None, processes: frozenset[str],
    groups: frozenset[str] | None,
) -> Iterator[Problem]:  # fmt: skip
    """Findings about single elements, in document order."""
    for process in model.processes.values():
        yield from _limits(process.properties, Place(process.file, process.id))
    for body, node in model.nodes():
        at = Place(body.file, node.id)
        if node.tag in ("userTask", "manualTask"):
            yield from _human(node, at, model, groups)
        if node.call is not None:
            yield from _call(node.call.process, at, model, processes)
        if node.work is not None:
            yield from _work(node, at, model, operators)
        for value in (trigger.value for trigger in node.triggers if trigger.kind == "timer"):
            yield from _readable(value, "timer", at, timers.schedule)
            yield from _often(value, at)
        if node.tag == "startEvent" and body.tag == "process":
            yield from _unknown_at_start(node, at)


def _human(node: Node, at: Place, model: Model, groups: frozenset[str] | None) -> Iterator[Problem]:
    human = node.human or Human()
    if all(_names_nobody(value) for value in (human.groups, human.users, human.assignee)):
        yield at.error(
            "group",
            "没有候选组，也没有办理人，没有人能看到它。请填写候选组。",
            "This task has neither a candidate group nor an assignee; name one.",
        )
    yield from _unknown_groups(human.groups, at, groups)
    if human.form is None and node.tag == "userTask":  # a manual task is done elsewhere and only confirmed
        yield at.warning(
            "form",
            "没有表单，将显示一个简单的变量表单。请配一个表单。",
            "There is no form: a plain one of its variables will be shown. Name a form.",
        )
    elif human.form is not None and "${" not in human.form and human.form not in model.forms:
        yield at.error(
            "form",
            f"表单“{human.form}”不在这些文件里。请一并部署它，或改正编号。",
            f"The form {human.form} is not among these files; add it or correct its id.",
        )
    if human.due is None and not human.no_deadline:
        yield at.warning(
            "due-date",
            "没有期限。请填写到期时间，或用属性 deadline=none 写明不设期限。",
            'This user task has no due date; set one or the property deadline = "none".',
        )
    for value in (human.due, human.follow_up):
        yield from _readable(value, "due-date", at, timers.due_date)
    yield from _readable(human.priority, "priority", at, lambda given, _now, _zone: offers.priority(given))
    yield from _limits(node.properties, at)


def _names_nobody(value: Value | None) -> bool:
    """Whether it is missing or a list of blanks."""
    return value is None or (value.constant is not None and not value.constant.replace(",", "").strip())


def _limits(properties: Mapping[str, str], at: Place) -> Iterator[Problem]:
    if properties.get("give", FREE) not in (FREE, CANDIDATES):
        yield at.error(
            "give",
            f"属性 give 不能是“{properties['give']}”。请写 {CANDIDATES}（只能交给候选人）或 {FREE}。",
            f'Write "{CANDIDATES}" (only to its candidates) or "{FREE}" as the property give.',
        )
    if properties.get("return", FREE) not in (FREE, NONE):
        yield at.error(
            "return",
            f"属性 return 不能是“{properties['return']}”。请写 {NONE}（只走图上画的退路）或 {FREE}。",
            f'Write "{NONE}" (only the ways back that are drawn) or "{FREE}" as the property return.',
        )


def _unknown_groups(value: Value | None, at: Place, groups: frozenset[str] | None) -> Iterator[Problem]:
    constant = value.constant if value is not None else None
    if constant is None or groups is None:
        return
    for name in filter(None, (part.strip() for part in constant.split(","))):
        if name not in groups:
            yield at.warning(
                "group",
                f"还没有人属于组“{name}”，任务会无人办理。请核对名称或添加人员。",
                f"No person is in the group {name} yet; check the name or add people.",
            )


def _readable(
    value: Value | None, rule: str, at: Place, read: Callable[[Any, datetime, ZoneInfo], object]
) -> Iterator[Problem]:
    """Whether a timer, due date or priority can be read as one, so far as the diagram itself says what it is."""
    given = value.constant if value is not None else None
    if value is None or (given is None and not settled(value.expressions())):
        return
    try:
        read(value.of({}, SOME_FUNCTIONS), SOME_DAY, SOME_ZONE)
    except EngineError as error:
        yield wrong(rule, error, at)


def _often(value: Value | None, at: Place) -> Iterator[Problem]:
    """Timers that would fire again and again within a minute."""
    try:
        plan = timers.schedule(value.constant, SOME_DAY, SOME_ZONE) if value is not None and value.constant else None
    except EngineError:
        return  # which has been said
    if plan is not None and plan.every is not None and plan.every.after(SOME_DAY, SOME_ZONE) < SOME_DAY + SHORTEST:
        yield at.warning(
            "timer",
            "周期不到 1 分钟，会不停地触发。请改长，例如 R/PT1H。",
            "This cycle is shorter than a minute and would fire without end; use a longer one, such as R/PT1H.",
        )


def _unknown_at_start(node: Node, at: Place) -> Iterator[Problem]:
    """What an event that starts a process cannot use: there are no variables yet, and names stand as they are."""
    for trigger in node.triggers:
        found = trigger.value.expressions() if trigger.kind == "timer" and trigger.value is not None else []
        names = sorted({name for expression in found for name in expression.names})
        if names:
            yield at.error(
                "timer",
                f"流程定时启动时还没有变量，不能用 {'、'.join(names)}。请写固定的日期或周期，或只用函数。",
                f"A process that a timer starts has no variables yet ({', '.join(names)}); write a date or cycle, or "
                "use functions only.",
            )
        if trigger.kind in ("message", "signal") and trigger.name is not None and trigger.name.expressions():
            yield at.error(
                "event",
                f"启动流程的消息或信号的名称不能含表达式“{trigger.text[:80]}”，请写固定的名称。",
                "The name of a message or signal that starts a process cannot hold an expression "
                f"({trigger.text[:80]}); write a fixed name.",
            )


def _call(process: Value, at: Place, model: Model, processes: frozenset[str]) -> Iterator[Problem]:
    name = process.constant
    if name is not None and name not in model.processes and name not in processes:
        yield at.error(
            "call",
            f"被调用的流程“{name}”不存在。请一并提交它的文件，或改正编号。",
            f"The called process {name} does not exist; add its file or correct the id.",
        )
    elif name in model.processes and all(node.triggers for node in model.processes[name].starts()):
        yield at.error(
            "call",
            f"被调用的流程“{name}”没有普通开始事件，调用时无法开始。请给它加一个。",
            f"The called process {name} has no plain start event, so that it cannot be called; add one.",
        )


def _work(node: Node, at: Place, model: Model, operators: Mapping[str, type[Schema]] | None) -> Iterator[Problem]:
    work = node.work
    assert work is not None
    decision = work.decision.constant if work.decision is not None else None
    if decision is not None and decision not in model.decisions:
        yield at.error(
            "decision",
            f"决策“{decision}”不在这些文件里。请一并提交决策表，或改正编号。",
            f"The decision {decision} is not among these files; add it or correct the id.",
        )
    if work.topic is None or operators is None:
        return
    schema = operators.get(work.topic)
    if schema is None:
        known = sorted(operators)[:20]
        yield at.error(
            "operator",
            f"没有名为“{work.topic}”的操作。请选用已登记的：{'、'.join(known)}。",
            f"There is no operator {work.topic}; choose one of {', '.join(known)}.",
        )
        return
    yield from _parameters(schema(), dict(node.inputs), at)


def _parameters(schema: Schema, given: Mapping[str, Value], at: Place) -> Iterator[Problem]:
    declared = {(field.data_key or name): field for name, field in schema.load_fields.items()}
    for name, field in declared.items():
        if field.required and name not in given:
            yield at.error(
                "operator",
                f"缺少参数“{name}”。请在该服务任务的输入里填写。",
                f"The parameter {name} is missing; add it to the inputs of this service task.",
            )
    unknown = [name for name in sorted(given.keys() - declared.keys()) if not english_of(name, declared)]
    for name in unknown if schema.unknown == RAISE else ():
        yield at.error(
            "operator",
            f"不认识参数“{name}”。请删除或改用：{'、'.join(declared)}。",
            f"Unknown parameter {name}; remove it or use one of {', '.join(declared)}.",
        )
    constants: dict[str, Any] = {
        name: value.constant for name, value in given.items() if name in declared and value.constant is not None
    }
    found = schema.validate(constants, partial=True)
    for name in sorted(found.keys() & constants.keys()):
        words = in_words(found[name])
        yield at.error(
            "operator",
            f"参数“{name}”的值不对，请改正：{words}。",
            f"The parameter {name} is wrong; correct it: {words.en}.",
        )
