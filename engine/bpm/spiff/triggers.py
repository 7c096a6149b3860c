"""Reads event definitions: what an event waits for or throws, with names resolved and expressions compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from engine.bpm.spiff import timers
from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.items import item_names
from engine.bpm.spiff.model import Trigger
from engine.bpm.spiff.values import Value
from engine.bpm.spiff.xml import BPMN, child, children, dialect_children, extension, extensions, local, reference, text

KINDS = {
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "timerEventDefinition": "timer",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "cancelEventDefinition": "cancel",
    "compensateEventDefinition": "compensate",
    "terminateEventDefinition": "terminate",
    "linkEventDefinition": "link",
}
TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_ROOTS = ("message", "signal", "error", "escalation")
_SOME_DAY, _SOME_ZONE = datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Roots:
    """What the events of one file may refer to: messages, signals, errors, escalations and shared event definitions."""

    named: dict[tuple[str, str], etree._Element] = field(default_factory=dict)
    definitions: dict[str, etree._Element] = field(default_factory=dict)
    associations: dict[str, str] = field(default_factory=dict)
    resources: dict[str, str] = field(default_factory=dict)  # a role's id → its name
    items: dict[str, tuple[str, ...]] = field(default_factory=dict)  # item-aware element → its variables

    @classmethod
    def of(cls, root: etree._Element, findings: Findings) -> Roots:
        """Those of a file."""
        roots = cls(items=item_names(root, findings))
        for element in root:
            kind, identifier = local(element), element.get("id")
            if kind in _ROOTS and identifier:
                roots.named[kind, identifier] = element
            elif kind in KINDS and identifier:
                roots.definitions[identifier] = element
            elif kind == "resource" and identifier:
                roots.resources[identifier] = element.get("name") or identifier
        for element in root.iter(f"{{{BPMN}}}association"):
            roots.associations[reference(element.get("sourceRef"))] = reference(element.get("targetRef"))
        return roots


def read_triggers(event: etree._Element, owner: str, roots: Roots, findings: Findings) -> list[Trigger]:
    """The event definitions inside an event, in document order; `eventDefinitionRef` is followed."""
    found = [element for element in event if local(element) in KINDS]
    for pointer in children(event, "eventDefinitionRef"):
        target = roots.definitions.get(reference(text(pointer)))
        if target is None:
            findings.refuse(
                owner,
                "reference",
                f"事件定义引用“{text(pointer)}”不存在，请改正或删除它。",
                f"eventDefinitionRef {text(pointer)} does not exist; correct or remove it.",
            )
        else:
            found.append(target)
    triggers = [read_trigger(element, owner, roots, findings) for element in found]
    return [trigger for trigger in triggers if trigger is not None]


def read_trigger(element: etree._Element, owner: str, roots: Roots, findings: Findings) -> Trigger | None:
    """One event definition; None when it is wrong (which was noted)."""
    kind = KINDS[local(element)]
    if kind == "timer":
        return _timer(element, owner, findings)
    if kind == "conditional":
        value = findings.expression(owner, text(child(element, "condition")), "condition")
        if value is not None:
            _check_watched(element, value, owner, findings)
        return Trigger(kind, value=value) if value is not None else None
    if kind == "link":
        name = element.get("name") or text(child(element, "target"))
        return Trigger(kind, text=name)
    trigger = Trigger(kind, activity=reference(element.get("activityRef")) or None)
    if kind in _ROOTS and not _resolve(trigger, element, owner, roots, findings):
        return None
    if kind == "compensate" and element.get("waitForCompletion") == "false":
        findings.refuse(
            owner,
            "event",
            "补偿事件总是等待补偿完成，请删除 waitForCompletion=false。",
            "A compensation event always waits for its handlers; remove waitForCompletion=false.",
        )
    trigger.code_variable = extension(element, f"{kind}CodeVariable")
    trigger.message_variable = extension(element, f"{kind}MessageVariable")
    trigger.correlation = correlation_of(element, owner, findings)
    trigger.payload, trigger.all_variables = read_mappings(element, "in", owner, findings)
    return trigger


def _resolve(trigger: Trigger, element: etree._Element, owner: str, roots: Roots, findings: Findings) -> bool:
    """Fill in the name behind messageRef, signalRef, errorRef or escalationRef."""
    kind = trigger.kind
    identifier = reference(element.get(f"{kind}Ref"))
    if not identifier:
        if kind in ("error", "escalation"):
            return True  # catches any code
        findings.refuse(
            owner,
            "reference",
            f"这个事件没有指定{_WORDS[kind]}，请选择一个。",
            f"This event names no {kind}; choose one.",
        )
        return False
    target = roots.named.get((kind, identifier))
    if target is None:
        findings.refuse(
            owner,
            "reference",
            f"引用的{_WORDS[kind]}“{identifier}”不存在，请新建或改正。",
            f"The {kind} {identifier} does not exist; create it or correct the reference.",
        )
        return False
    code = target.get(f"{kind}Code") if kind in ("error", "escalation") else None
    trigger.text = code or target.get("name") or identifier
    trigger.name = findings.template(owner, trigger.text)
    trigger.message = findings.template(owner, extension(target, "errorMessage"))
    return trigger.name is not None


def _check_watched(element: etree._Element, condition: Value, owner: str, findings: Findings) -> None:
    """Conditions are looked at after every change; a restriction to some changes must not make a difference."""
    watched, events = extension(element, "variableName"), extension(element, "variableEvents") or "create, update"
    names = {name for expression in condition.expressions() for name in expression.names}
    if (watched and names != {watched.strip()}) or not {"create", "update"} <= set(events.replace(",", " ").split()):
        findings.refuse(
            owner,
            "condition",
            "任何变量改变后都会判断条件，不能只看某些改变：请删除 variableName 和 variableEvents，写进条件里。",
            "A condition is looked at after every change; remove variableName and variableEvents and say it in the "
            "condition.",
        )


_WORDS = {"message": "消息", "signal": "信号", "error": "错误", "escalation": "升级"}


def _timer(element: etree._Element, owner: str, findings: Findings) -> Trigger | None:
    given = [(tag, found) for tag in TIMES if (found := child(element, tag)) is not None and text(found)]
    if len(given) != 1:
        findings.refuse(
            owner,
            "timer",
            "定时器请填写且只填写一项：日期、时长或周期。",
            "A timer has one value; give timeDate, timeDuration or timeCycle.",
        )
        return None
    tag, found = given[0]
    value = findings.template(owner, text(found))
    if value is None or not _timer_parses(TIMES[tag], value, owner, findings):
        return None
    return Trigger("timer", timer_kind=TIMES[tag], value=value, text=text(found))


def _timer_parses(kind: str, value: Value, owner: str, findings: Findings) -> bool:
    constant = value.constant
    if constant is None:
        return True
    shape = {"duration": "P", "cycle": "R"}.get(kind, "")
    if not constant.strip().upper().startswith(shape) or (not shape and constant.strip()[:1].upper() in ("P", "R")):
        findings.refuse(
            owner,
            "timer",
            f"定时器的值“{constant}”与类型不符，请改正：日期写 2026-10-10T08:30:00+08:00，时长写 P3D，周期写 R3/PT1H。",
            f"'{constant}' does not fit; write a date 2026-10-10T08:30:00+08:00, a duration P3D, a cycle R3/PT1H.",
        )
        return False
    return findings.attempt(owner, "timer", lambda: timers.schedule(constant, _SOME_DAY, _SOME_ZONE)) is not None


def correlation_of(element: etree._Element, owner: str, findings: Findings) -> dict[str, Value]:
    """The `correlation:KEY` properties of an element or event definition."""
    return {
        name.removeprefix("correlation:"): value
        for name, raw in properties_of(element).items()
        if name.startswith("correlation:") and (value := findings.template(owner, raw)) is not None
    }


def properties_of(element: etree._Element) -> dict[str, str]:
    """The dialect's name/value properties of an element."""
    return {
        entry.get("name") or "": entry.get("value") or ""
        for holder in extensions(element, "properties")
        for entry in dialect_children(holder, "property")
    }


def read_mappings(
    element: etree._Element, tag: str, owner: str, findings: Findings
) -> tuple[list[tuple[str, Value]], bool]:
    """The `camunda:in` or `camunda:out` mappings (target, source) of an element, and whether all variables go along."""
    mappings: list[tuple[str, Value]] = []
    everything = False
    for entry in extensions(element, tag):
        if entry.get("variables") == "all":
            everything = True
            continue
        if entry.get("businessKey") is not None:
            continue
        source, computed, target = entry.get("source"), entry.get("sourceExpression"), entry.get("target")
        if not target or not (source or computed):
            findings.refuse(
                owner,
                "mapping",
                "变量映射不完整，请填写 source（或 sourceExpression）和 target。",
                "A variable mapping is incomplete; give source (or sourceExpression) and target.",
            )
            continue
        value = findings.expression(owner, source) if source else findings.template(owner, computed)
        if value is not None:
            mappings.append((target, value))
    return mappings, everything
