"""Reads the loop marker of an activity: multi-instance with its collection and events, or a standard loop."""

from __future__ import annotations

import re

from lxml import etree

from engine.bpm.expressions import EvaluationFailed
from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import MAX_PASSES, Loop
from engine.bpm.spiff.triggers import Roots, read_trigger, read_triggers
from engine.bpm.spiff.values import Value
from engine.bpm.spiff.xml import child, children, extension, local, reference, text

_DIGITS = re.compile(r"[0-9]{1,9}")
THROWN = ("message", "signal", "escalation")


def read_loop(element: etree._Element, owner: str, roots: Roots, findings: Findings) -> Loop | None:
    """The loop marker of an activity, if it has one."""
    standard = child(element, "standardLoopCharacteristics")
    if standard is not None:
        return _read_standard_loop(standard, owner, findings)
    multi = child(element, "multiInstanceLoopCharacteristics")
    return None if multi is None else _read_multi(multi, owner, roots, findings)


def _read_multi(multi: etree._Element, owner: str, roots: Roots, findings: Findings) -> Loop:
    loop = Loop("sequential" if multi.get("isSequential") == "true" else "parallel")
    cardinality = text(child(multi, "loopCardinality"))
    loop.cardinality = findings.expression(owner, cardinality, "loop") if cardinality else None
    loop.collection, loop.names = _read_collection(multi, owner, roots, findings)
    loop.item = extension(multi, "elementVariable") or _named(child(multi, "inputDataItem"))
    loop.output_item = _named(child(multi, "outputDataItem"))
    output = reference(text(child(multi, "loopDataOutputRef")))
    loop.output_collection = roots.items.get(output, (output,))[0] if output else None
    condition = text(child(multi, "completionCondition"))
    loop.condition = findings.expression(owner, condition, "loop") if condition else None
    _read_behavior(multi, loop, owner, roots, findings)
    if not _may_count(loop):
        findings.refuse(
            owner,
            "loop",
            f"多实例的次数应为 0 到 {loop.most} 的整数，请改正。",
            f"The cardinality is a whole number from 0 to {loop.most}; correct it.",
        )
    if not cardinality and loop.collection is None and not loop.names:
        findings.refuse(
            owner,
            "loop",
            "多实例没有次数，也没有集合，请填写 loopCardinality 或 camunda:collection。",
            "A multi-instance activity has neither; give loopCardinality or camunda:collection.",
        )
    return loop


def _may_count(loop: Loop) -> bool:
    """Whether the number of passes is one, so far as the diagram itself says it."""
    try:
        count = loop.cardinality.fixed if loop.cardinality is not None else None
    except EvaluationFailed:
        return False
    return count is None or (isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= loop.most)


def _read_collection(
    multi: etree._Element, owner: str, roots: Roots, findings: Findings
) -> tuple[Value | None, tuple[str, ...]]:
    """The collection as an expression, or the variables that the data input it refers to may stand for."""
    given = extension(multi, "collection")
    if given:
        return findings.expression(owner, given, "loop"), ()
    pointer = reference(text(child(multi, "loopDataInputRef")))
    return None, roots.items.get(pointer, (pointer,)) if pointer else ()


def _read_behavior(multi: etree._Element, loop: Loop, owner: str, roots: Roots, findings: Findings) -> None:
    """Which events are thrown when passes complete: for each, for the first one, or as conditions say."""
    loop.behavior = multi.get("behavior", "All")
    if loop.behavior in ("None", "One"):
        pointer = reference(multi.get(f"{loop.behavior.lower()}BehaviorEventRef"))
        definition = roots.definitions.get(pointer)
        trigger = None if definition is None else read_trigger(definition, owner, roots, findings)
        loop.events = [] if trigger is None else [(None, trigger)]
    elif loop.behavior == "Complex":
        for rule in children(multi, "complexBehaviorDefinition"):
            condition = findings.expression(owner, text(child(rule, "condition")), "condition")
            holder = next((found for found in rule if local(found) in ("event", "implicitThrowEvent")), None)
            triggers = [] if holder is None else read_triggers(holder, owner, roots, findings)
            loop.events += [(condition, trigger) for trigger in triggers]
    if loop.behavior not in ("All", "None", "One", "Complex") or (loop.behavior != "All" and not loop.events):
        findings.refuse(
            owner,
            "loop",
            "多实例的 behavior 没有指定要抛出的事件，请改为 All 或补上事件定义。",
            "The multi-instance behavior names no event to throw; use All or add the event definition.",
        )
    for _, trigger in loop.events:
        if trigger.kind not in THROWN:
            findings.refuse(
                owner,
                "loop",
                f"多实例的 behavior 不能抛出“{trigger.kind}”事件，请用信号、消息或升级。",
                f"A multi-instance behavior cannot throw {trigger.kind}; use a signal, message or escalation.",
            )


def _named(item: etree._Element | None) -> str | None:
    return None if item is None else item.get("name") or item.get("id")


def _read_standard_loop(loop: etree._Element, owner: str, findings: Findings) -> Loop:
    maximum, condition = (loop.get("loopMaximum") or "").strip(), text(child(loop, "loopCondition"))
    if maximum and not (_DIGITS.fullmatch(maximum) and 1 <= int(maximum) <= MAX_PASSES):
        findings.refuse(
            owner,
            "loop",
            f"循环次数上限（loopMaximum）应为 1 到 {MAX_PASSES} 的整数，请改正。",
            f"loopMaximum is a whole number from 1 to {MAX_PASSES}; correct it.",
        )
        maximum = ""
    if not maximum and not condition:
        findings.refuse(
            owner,
            "loop",
            "循环没有条件和次数上限，不会结束，请填写 loopCondition 或 loopMaximum。",
            "A loop without condition and maximum never ends; give loopCondition or loopMaximum.",
        )
    return Loop(
        "standard", condition=findings.expression(owner, condition, "loop") if condition else None,
        maximum=int(maximum) if maximum else None, test_before=loop.get("testBefore") == "true",
    )  # fmt: skip
