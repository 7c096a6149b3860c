"""What each element says, held against what there is: groups, forms, due dates, called processes, tables, operators."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema

from engine.bpm.decision_tables import Decision, Table
from engine.bpm.expressions import EvaluationFailed, Expression, evaluate
from engine.bpm.functions import BUILTIN_NAMES, builtin_functions
from engine.bpm.lint_place import Place
from engine.bpm.spiff import Model, timers
from engine.bpm.spiff.model import CANDIDATES, FREE, NONE, Human, Node
from engine.bpm.spiff.values import Value
from engine.bpm.unary_tests import FEEL_FUNCTIONS
from engine.calendar import Calendar
from engine.errors import EngineError, Problem

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SOME_ZONE = ZoneInfo("Asia/Shanghai")
_OF_TODAY = ("overdue_workdays", "workdays_left", "due_date", "latest_decision", "workdays_before")  # depend on the day
_SOME_FUNCTIONS = {
    name: function
    for name, function in builtin_functions(_SOME_DAY, Calendar.default(), _SOME_ZONE).items()
    if name not in _OF_TODAY
}


def check_elements(
    model: Model, operators: Mapping[str, type[Schema]] | None, functions: frozenset[str], processes: frozenset[str],
    groups: frozenset[str] | None,
) -> Iterator[Problem]:  # fmt: skip
    """Findings about single elements, in document order."""
    callable_now = BUILTIN_NAMES | functions
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
        for flow in node.outgoing:
            of_flow = flow.condition.expressions() if flow.condition is not None else []
            yield from _functions(of_flow, Place(body.file, flow.id), callable_now)
            yield from _values_of(of_flow, Place(body.file, flow.id))
        for trigger in node.triggers:
            yield from _moment(trigger.value if trigger.kind == "timer" else None, "timer", at)
        expressions = list(expressions_of(node))
        yield from _functions(expressions, at, callable_now)
        yield from _values_of(expressions, at)
    for decision in model.decisions.values():
        yield from _functions(_of_decision(decision), Place("", decision.id), callable_now | FEEL_FUNCTIONS.keys())


def _human(node: Node, at: Place, model: Model, groups: frozenset[str] | None) -> Iterator[Problem]:
    human = node.human or Human()
    if human.groups is None and human.users is None and human.assignee is None:
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
        yield from _moment(value, "due-date", at)
    yield from _limits(node.properties, at)


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


def _moment(value: Value | None, rule: str, at: Place) -> Iterator[Problem]:
    """Whether a timer or due date is one, so far as the diagram itself says when."""
    given = value.constant if value is not None else None
    if value is None or (given is None and not _settled(value.expressions())):
        return
    try:
        timers.schedule(value.of({}, _SOME_FUNCTIONS), _SOME_DAY, _SOME_ZONE)
    except EngineError as error:
        yield _wrong(rule, error, at)


def _settled(expressions: list[Expression]) -> bool:
    """Whether they mean the same in every instance, whatever the day."""
    return all(not expression.names and expression.functions <= _SOME_FUNCTIONS.keys() for expression in expressions)


def _values_of(expressions: list[Expression], at: Place) -> Iterator[Problem]:
    """Expressions that can be seen to fail, such as `${1 / 0}` or `${workdays("three")}`."""
    for expression in expressions:
        if _settled([expression]):
            try:
                evaluate(expression, {}, _SOME_FUNCTIONS)
            except EngineError as error:
                yield _wrong("expression", error, at)


def _wrong(rule: str, error: EngineError, at: Place) -> Problem:
    if isinstance(error, EvaluationFailed):
        return at.error(rule, f"请改正：{error.message}", f"Please correct this: {error.en}")
    return at.error(rule, error.message, error.en)


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
        known = "、".join(sorted(operators)[:20])
        yield at.error(
            "operator",
            f"没有名为“{work.topic}”的操作。请选用已登记的：{known}。",
            f"There is no operator {work.topic}; choose one of {known}.",
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
    for name in given.keys() - declared.keys() if schema.unknown == RAISE else ():
        yield at.error(
            "operator",
            f"不认识参数“{name}”。请删除或改用：{'、'.join(declared)}。",
            f"Unknown parameter {name}; remove it or use one of {', '.join(declared)}.",
        )
    constants: dict[str, Any] = {
        name: value.constant for name, value in given.items() if name in declared and value.constant is not None
    }
    wrong = schema.validate(constants, partial=True)
    for name in wrong.keys() & constants.keys():
        reasons = wrong[name]
        words = "；".join(str(reason) for reason in reasons) if isinstance(reasons, list) else str(reasons)
        yield at.error(
            "operator", f"参数“{name}”的值不对，请改正：{words}", f"The parameter {name} is wrong; correct it: {words}"
        )


def _functions(expressions: Iterable[Expression], at: Place, known: frozenset[str]) -> Iterator[Problem]:
    for expression in expressions:
        for name in sorted(expression.functions - known):
            yield at.error(
                "function",
                f"表达式“{expression.source[:80]}”用了不存在的函数 {name}，请改正名称或改用已有的函数。",
                f"The expression uses an unknown function {name}; correct the name or use a known one.",
            )


def expressions_of(node: Node) -> Iterator[Expression]:
    """All expressions of an element, those on its flows excepted."""
    for value in _values(node):
        yield from value.expressions()
    if node.work is not None and node.work.script is not None:
        yield from (expression for _, expression in node.work.script.lines)


def _values(node: Node) -> Iterator[Value]:
    yield from (value for _, value in [*node.inputs, *node.outputs])
    for trigger in node.triggers:
        yield from filter(None, (trigger.name, trigger.value, *trigger.correlation.values()))
        yield from (value for _, value in trigger.payload)
    if (loop := node.loop) is not None:
        yield from filter(None, (loop.cardinality, loop.collection, loop.condition))
    if (human := node.human) is not None:
        given = (human.groups, human.users, human.assignee, human.due, human.follow_up, human.priority)
        yield from filter(None, given)
    if (work := node.work) is not None:
        yield from filter(None, (work.expression, work.decision))
    if (call := node.call) is not None:
        yield call.process
        yield from (value for _, value in [*(call.into or ()), *(call.out or ())])


def _of_decision(decision: Decision) -> Iterator[Expression]:
    logic = decision.logic
    if not isinstance(logic, Table):
        yield logic
        return
    yield from (column.expression for column in logic.inputs)
    for rule in logic.rules:
        for test in rule.tests:
            yield from test.expressions
        yield from filter(None, rule.outputs)
