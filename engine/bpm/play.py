"""Runs a definition against a scenario on a virtual clock, in memory; it touches nothing outside."""

import functools
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.bounded import OutOfTime
from engine.bpm.expression_limits import text_of
from engine.bpm.lint import Known, lint
from engine.bpm.operators import Registry
from engine.bpm.play_scenario import Expectation, Scenario, Step, read_scenario
from engine.bpm.play_world import PlayStopped, PlayWorld
from engine.bpm.spiff import Model, parse, timers
from engine.bpm.spiff.types import INCIDENT, RUNNING
from engine.calendar import Calendar
from engine.errors import EngineError, Problem

Answer = dict[str, Any]
Files = tuple[tuple[str, bytes], ...]
ONLY_WARNED = ("group", "form", "due-date", "layout")  # rules about human work: play runs whatever can be executed
SHANGHAI = ZoneInfo("Asia/Shanghai")


def play(
    files: Mapping[str, bytes],
    scenario: Mapping[str, Any] | None = None,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    operators: Registry | None = None,
    zone: ZoneInfo = SHANGHAI,
    tick: Callable[[], None] = lambda: None,
) -> Answer:
    """Play a scenario; answers the object that `bihuan play --json` prints. Never raises: `error` says what stopped it.

    `tick` is called before each step (a caller that limits the time of a step starts its clock there).
    """
    answer = _empty()
    try:
        tick()
        script = read_scenario(scenario, zone)
        answer["now"] = _local(script.now, zone)
        answer["problems"] = _findings(files, functions or {}, operators)
        world = _world(files, script, functions or {}, operators, zone)
    except (Exception, OutOfTime) as error:  # an author's file may hold anything; the answer is always an object
        answer["error"] = words(error)
        return answer
    return _Run(answer, script, world, tick).whole()


class _Run:
    """One play from its first to its last step."""

    def __init__(self, answer: Answer, script: Scenario, world: PlayWorld, tick: Callable[[], None]) -> None:
        self.answer, self.script, self.world, self.tick = answer, script, world, tick

    def whole(self) -> Answer:
        """Begin, do every step, compare with the expectation; what was reached is filled in whatever happens."""
        place, number = "开始时", 0
        try:
            self.world.begin()
            for step in self.script.steps:
                place, number = f"第 {step.number} 步（{step.kind}）", step.number
                self.tick()
                self.world.wake()
                self._step(step)
                self.world.settle()
            place = "结束时"
            self.tick()
            self.world.wake()
            self._compare(self.script.expect, "expect")
        except (Exception, OutOfTime) as error:  # whatever happens, the answer shows what was reached
            self.answer["error"], self.answer["stopped_at"] = f"{place}：{words(error)}", number or None
        self._fill()
        return self.answer

    def _step(self, step: Step) -> None:
        world = self.world
        world.new_step()
        if step.kind == "complete":
            self._look_at_form(step)
            world.complete(step.name, step.variables)
        elif step.kind == "advance":
            world.advance(timers.duration(step.time).after(world.now, world.zone))
        elif step.kind == "advance_to":
            world.advance(self._later(step))
        elif step.kind == "outage":
            world.sleep(timers.duration(step.time).after(world.now, world.zone))
        elif step.kind == "message":
            if not world.message(step.name, step.correlation, step.variables) and not step.optional:
                raise PlayStopped(
                    f"没有人等待消息“{step.name}”，或关联信息不符。", en=f"Nobody waits for message {step.name}."
                )
        elif step.kind == "signal":
            world.signal(step.name, step.variables)
        elif step.kind == "start":
            self._start(step)
        else:
            self._check(step)

    def _look_at_form(self, step: Step) -> None:
        """What the task's form would refuse is only a warning here."""
        found = self.world.find_task(step.name)
        form = self.world.model.forms.get(found[1].form or "") if found else None
        if found is None or form is None:
            return
        played, task = found
        problems = form.check(step.variables, played.snapshot.variables)
        words = [problem["message"] for problem in problems]
        words += [f"表单中没有“{name}”这一项。" for name in step.variables if name not in form.names]
        self.answer["problems"] += [
            Problem(element=task.element, rule="form", severity="warning", message=f"第 {step.number} 步：{said}",
                    en=f"Step {step.number}: the form would refuse this.")
            for said in words
        ]  # fmt: skip

    def _later(self, step: Step) -> datetime:
        moment = timers.moment(step.time, self.world.zone)
        if moment < self.world.now:
            raise PlayStopped("时钟不能倒退，请写更晚的时刻。", en="The clock cannot go back; give a later moment.")
        return moment

    def _start(self, step: Step) -> None:
        if step.name not in self.world.model.executable:
            raise PlayStopped(f"文件里没有流程“{step.name}”。", en=f"There is no process {step.name}.")
        self.world.start(step.name, step.variables)

    def _check(self, step: Step) -> None:
        self.answer["checks"].append(
            {
                "step": step.number,
                "status": self._status(),
                "open": [task.element for _, task in self.world.open_tasks()],
                "variables": self._variables(),
            }
        )
        self._compare(step.expectation, f"steps[{step.number}].check")

    def _status(self) -> str:
        return self.world.instances[0].snapshot.status if self.world.instances else RUNNING

    def _variables(self) -> dict[str, Any]:
        return dict(self.world.instances[0].snapshot.variables) if self.world.instances else {}

    def _compare(self, wanted: Expectation, where: str) -> None:
        names = {element.id: element.name for element in self.world.model.elements.values()}
        if wanted.status is not None and wanted.status != self._status():
            self._differ(f"{where}.status", wanted.status, self._status())
        if wanted.open is not None:
            found = [task.element for _, task in self.world.open_tasks()]
            if Counter(_ids(wanted.open, names, found)) != Counter(found):
                self._differ(f"{where}.open", list(wanted.open), found)
        if wanted.completed is not None:
            done = [entry.element for entry in self.world.trace if entry.event == "completed"]
            if Counter(_ids(wanted.completed, names, done)) - Counter(done):
                self._differ(f"{where}.completed", list(wanted.completed), done)
        if wanted.incidents is not None:
            failed = [incident["element"] for incident in self._incidents()]
            if Counter(_ids(wanted.incidents, names, failed)) != Counter(failed):
                self._differ(f"{where}.incidents", list(wanted.incidents), failed)
        present = self._variables()
        for name, value in wanted.variables.items():
            if name not in present or not _equal(present[name], value):
                self._differ(f"{where}.variables.{name}", value, present.get(name))

    def _differ(self, where: str, expected: Any, found: Any) -> None:
        message = f"{where} 应为 {text_of(expected) or '空'}，实际为 {text_of(found) or '空'}"
        self.answer["differences"].append({"where": where, "expected": expected, "found": found, "message": message})

    def _incidents(self) -> list[dict[str, str]]:
        failures = [failure for played in self.world.instances for failure in played.snapshot.failures]
        return [{"element": failure.element, "message": failure.message} for failure in failures]

    def _fill(self) -> None:
        """What has been reached, as the contract prints it."""
        world, zone, answer = self.world, self.world.zone, self.answer
        answer["status"], answer["variables"], answer["now"] = (
            self._status(), self._variables(), _local(world.now, zone),
        )  # fmt: skip
        answer["trace"] = [
            {"at": _local(entry.at, zone), "element": entry.element, "name": entry.name, "type": entry.type,
             "event": entry.event}
            for entry in world.trace
        ]  # fmt: skip
        answer["open"] = [
            {"element": task.element, "name": task.name, "groups": list(task.groups), "assignee": task.assignee,
             "due_at": _local(task.due_at, zone) if task.due_at else None}
            for _, task in world.open_tasks()
        ]  # fmt: skip
        pending = [timer for played in world.instances for timer in played.snapshot.timers]
        answer["timers"] = [
            {"element": timer.element, "due_at": _local(timer.due_at, zone)}
            for timer in sorted(pending, key=lambda timer: timer.due_at)
        ]
        answer["incidents"] = self._incidents()
        answer["instances"] = [
            {"process": played.process, "status": played.snapshot.status} for played in world.instances
        ]
        answer["operators"] = [
            {"at": _local(call.at, zone), "topic": call.topic, "element": call.element, "parameters": call.parameters}
            for call in world.calls
        ]
        answer["lost"] = [
            {"at": _local(thrown.at, zone), "element": thrown.element, "message": thrown.name,
             "correlation": thrown.correlation}
            for thrown in world.lost
        ]  # fmt: skip
        answer["problems"] += [_auto_stopped(element) for element in sorted(world.auto_stopped)]


def exit_code(answer: Answer) -> int:
    """0 when the expectation holds, 1 when not, 2 when the play could not be done."""
    return 2 if answer["error"] else 1 if answer["differences"] else 0


def failed(words: str) -> Answer:
    """The answer of a play that could not even begin."""
    return _empty() | {"error": words}


def _empty() -> Answer:
    return {
        "status": INCIDENT, "now": None, "trace": [], "open": [], "timers": [], "variables": {}, "incidents": [],
        "checks": [], "instances": [], "operators": [], "lost": [],
        "problems": [], "differences": [], "error": None, "stopped_at": None,
    }  # fmt: skip


def _world(
    files: Mapping[str, bytes], script: Scenario, functions: Mapping[str, Callable[..., Any]],
    operators: Registry | None, zone: ZoneInfo,
) -> PlayWorld:  # fmt: skip
    return PlayWorld(
        _model(tuple(files.items()), script.process),
        script.now,
        functions,
        Calendar.default(),
        zone,
        operators,
        script.operators,
        script.auto,
        script.variables,
    )


@functools.lru_cache(maxsize=2)  # who plays a scenario plays the others of these files, too
def _model(files: Files, process: str | None) -> Model:
    return parse(dict(files), process)


@functools.lru_cache(maxsize=2)
def _linted(files: Files, functions: frozenset[str], operators: Registry | None) -> tuple[Problem, ...]:
    return tuple(lint(dict(files), known=Known(operators.schemas if operators else None, functions)))


def _findings(
    files: Mapping[str, bytes], functions: Mapping[str, Callable[..., Any]], operators: Registry | None
) -> list[Problem]:
    found = [each.copy() for each in _linted(tuple(files.items()), frozenset(functions), operators)]
    for problem in found:
        if problem.get("rule") in ONLY_WARNED and problem.get("severity") == "error":
            problem["severity"] = "warning"
    return found


def _ids(wanted: tuple[str, ...], names: Mapping[str, str], found: list[str]) -> list[str]:
    """Element ids for what an author wrote: an id, else the name of an element that is there."""
    by_name = {names.get(element, ""): element for element in reversed(found)}
    return [name if name in names else by_name.get(name, name) for name in wanted]


def _equal(found: Any, wanted: Any) -> bool:
    return bool(found == wanted) and isinstance(found, bool) == isinstance(wanted, bool)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()


def words(error: BaseException) -> str:
    """What stopped a play, in a sentence."""
    if isinstance(error, EngineError):
        return error.message
    if isinstance(error, OutOfTime):
        return "时间用完了，这一步太复杂或者停不下来。"
    if isinstance(error, RecursionError):
        return "嵌套太深，请拆分流程。"
    if isinstance(error, MemoryError):
        return "内存用完了，流程或场景太大。"
    return f"{type(error).__name__}：{error}"


def _auto_stopped(element: str) -> Problem:
    return Problem(
        element=element, rule="auto", severity="warning",
        message=f"“{element}”：自动完成在这里重复了 1000 次后停止，请检查循环的出口条件。",
        en=f'"{element}": auto stopped here after 1,000 completions; check how the loop ends.',
    )  # fmt: skip
