"""Every clock of the authority's own side warns before and alarms after: each user task with a due date has both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from engine.campaign import clock_rules
from tests.bpmn.layout import BPMN as MODEL
from tests.bpmn.shipped import DIAGRAMS, SCENARIOS

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
TELLS = ("notice", "report.alarm", "interview.alarm")

# Tasks that something else warns of, or that are due by no clock of ours.
OTHERWISE = {
    "campaign_task.evidence": "the step before it reminds; what is not done when it is due is recorded and told of",
    "periodic_duty.evidence": "the same",
    "court_execution.watch": "waits for the day from which the court can be asked: no limit for anybody",
    "hazard.fix_now": "the limit of the fix itself (T2.spot, the same day): when it is over the chain reminds",
    "hazard.sign": "reminders of the paper's own limit (T51, table D4 rows 1 and 2)",
    "hazard.plan": "reminders of the limit T53 (table D4 rows 3 to 5) of the unit that fixes",
    "hazard.rectify": "reminders of the limit of the fix (table D4 rows 3 to 5); when it is over the chain speaks",
    "public_report.answer": "the lane of the answer's clock warns (warn_reply) and alarms (alarm_reply) beside it",
    "seal.testing": "reminders of T21; when its days are over the clock of the seal runs on by itself",
}
# Variables of the alarm where it is another than that of the due date: a measure has to be decided about on the last
# working day before its end, and the alarm is at the end.
ENDS = {
    "transfer_sign_due": "transfer_alarm_at",
    "seal_decide_by": "seal_ends_at",
    "stop_decide_by": "stop_ends_at",
    "cut_decide_by": "cut_ends_at",
}


@dataclass(frozen=True)
class Told:
    """A user task, and the boundary timers after which somebody is told."""

    name: str
    due: str
    before: list[str]
    after: list[str]
    clock: str


def tasks(diagram: Path) -> Iterator[Told]:
    """The user tasks of a diagram with their timers, those at the due moment apart."""
    root = etree.parse(diagram).getroot()
    flows = {flow.get("sourceRef"): flow.get("targetRef") for flow in root.iter(f"{MODEL}sequenceFlow")}
    elements = {element.get("id"): element for element in root.iter() if element.get("id")}

    def tells(event: str) -> bool:
        place = flows.get(event)
        while place is not None:
            if elements[place].get(f"{CAMUNDA}topic") in TELLS:
                return True
            place = flows.get(place)
        return False

    for task in root.iter(f"{MODEL}userTask"):
        due = (task.get(f"{CAMUNDA}dueDate") or "").strip("${}")
        end = ENDS.get(due, due)
        timers = {
            event.get("id"): "".join(found.itertext()).strip().strip("${}")
            for event in root.iter(f"{MODEL}boundaryEvent")
            if event.get("attachedToRef") == task.get("id")
            and (found := event.find(f"{MODEL}timerEventDefinition")) is not None
            and tells(event.get("id"))
        }
        clock = [each.get("value") for each in task.iter(f"{CAMUNDA}property") if each.get("name") == "clock"]
        yield Told(
            f"{diagram.stem}.{task.get('id')}", due,
            [event for event, at in timers.items() if at != end], [event for event, at in timers.items() if at == end],
            clock[0] if clock else "",
        )  # fmt: skip


def by_its_clock(code: str) -> tuple[bool, bool]:
    """Whether the reminders of a clock warn before and alarm after."""
    found = [each.at for rule in clock_rules.clocks() if rule.code == code for each in rule.reminders]
    return any(at.startswith(("-", "day")) for at in found), "over" in found


def test_every_task_with_a_due_date_is_warned_of_and_alarmed() -> None:
    silent = set()
    for diagram in DIAGRAMS:
        for task in tasks(diagram):
            before, after = by_its_clock(task.clock)
            if task.due and not ((task.before or before) and (task.after or after)):
                silent.add(task.name)

    assert silent == set(OTHERWISE)


def test_in_a_scenario_each_task_is_warned_of_before_its_alarm(play_once: Callable[[Path], dict[str, Any]]) -> None:
    told = {task.name: task for diagram in DIAGRAMS for task in tasks(diagram) if task.before and task.after}
    warned = set()
    for scenario in SCENARIOS:
        first: dict[str, str] = {}
        for entry in play_once(scenario)["trace"]:
            if entry["event"] == "completed":
                first.setdefault(entry["element"], entry["at"])
        warned |= {
            name
            for name, task in told.items()
            for alarm in task.after
            if alarm in first and any(warning in first and first[warning] < first[alarm] for warning in task.before)
        }

    assert told.keys() - warned == set()
