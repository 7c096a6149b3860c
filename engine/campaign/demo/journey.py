"""Drives sample cases along real dates: the clock is moved, what is due on the way fires through the scheduler's
own verbs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm import messages, tasks, timers
from engine.bpm.model import Definition, Instance, Task
from engine.bpm.viewer import Viewer
from engine.campaign import evidence, five, hazards, people, visits
from engine.campaign.demo import beside, deferring, inspections
from engine.campaign.demo.photos import photo
from engine.errors import Conflict, EngineError, Invalid


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody does: ``do`` is an element to complete, or register, visit, five, send:<message>, photo_*,
    inspection:<step>, deferral:<step>, beside:<step>; ``case`` is the business key.
    """

    at: datetime
    case: str
    do: str
    by: str
    values: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False  # the attempt must be refused with Invalid: that is part of the story


class Journey:
    """A controllable clock over an App; it only moves forward."""

    def __init__(self, app: App, start: datetime) -> None:
        self._app = app
        self._now = start
        self._viewers: dict[str, Viewer] = {}
        self._visits: dict[str, int] = {}  # the newest of each case
        self.fired = 0

    def clock(self) -> datetime:
        """Where the journey stands."""
        return self._now

    def wind_to(self, moment: datetime) -> None:
        """Move on to a moment; each timer on the way fires with the clock standing at its due moment."""
        while (due_at := timers.next_due(self._app)) is not None and due_at <= moment:
            self._now = max(self._now, due_at)
            while timers.fire_next(self._app):
                self.fired += 1
                self._deliver()
        self._now = max(self._now, moment)

    def drive(self, steps: Sequence[Step]) -> int:
        """Do all steps in the order of their moments; returns how many hazards were registered."""
        registered = 0
        for step in sorted(steps, key=lambda step: step.at):
            self.wind_to(step.at)
            registered += step.do == "register"
            try:
                self._act(step)
            except EngineError as error:
                raise _told(step, error) from error
            self._deliver()
        return registered

    def _act(self, step: Step) -> None:
        viewer = self._viewer(step.by)
        if step.do == "visit":
            self._visit(step, viewer)
        elif step.do == "register":
            found = {"number": step.case, "visit": self._visits.get(step.case), **step.values}
            hazards.register(self._app, found, viewer=viewer)
        elif step.do.startswith("inspection:"):
            do, there = step.do.removeprefix("inspection:"), self._visits.get(step.case, 0)
            self._visits[step.case] = inspections.act(self._app, do, there, step.values, viewer)
        elif step.do.startswith("deferral:"):
            deferring.act(self._app, step.do.removeprefix("deferral:"), step.case, step.values, viewer)
        elif step.do.startswith("beside:"):
            beside.act(self._app, step.do.removeprefix("beside:"), step.case, step.values, self._viewer, step.by)
        elif step.do.startswith("send:"):
            messages.send(self._app, step.do.removeprefix("send:"), {"hazard": step.case}, step.values, by=step.by)
        elif step.do.startswith("photo_"):
            self._photograph(step, viewer)
        elif step.do == "five":
            self._prove_five(step, viewer)
        elif step.refused:
            self._attempt(step, viewer)
        else:
            self._complete(step, viewer)

    def _visit(self, step: Step, viewer: Viewer) -> None:
        values = {name: value for name, value in step.values.items() if name != "sheets"}
        made = visits.create(self._app, {**values, "at": step.at}, viewer=viewer).id
        self._visits[step.case] = made
        for key, answers in step.values.get("sheets", {}).items():
            inspections.fill(self._app, made, key, answers, viewer, filed=True)

    def _complete(self, step: Step, viewer: Viewer) -> None:
        task_id, prefilled = self._open_task(step)
        tasks.complete(self._app, task_id, {**prefilled, **step.values}, viewer=viewer)

    def _attempt(self, step: Step, viewer: Viewer) -> None:
        tasks.claim(self._app, self._open_task(step)[0], viewer=viewer)
        try:
            self._complete(step, viewer)
        except Invalid:
            return
        raise Conflict(f"示例 {step.case} 的“{step.do}”本应被拒绝。", en=f"Sample {step.case}: {step.do} was accepted.")

    def _open_task(self, step: Step) -> tuple[str, dict[str, Any]]:
        """The open task at this element, and what its form would show filled in from the case."""
        with self._app.reading() as tx:
            found = tx.execute(
                select(Task, Instance, Definition)
                .join(Instance, Instance.id == Task.instance_id)
                .join(Definition, Definition.id == Instance.definition_id)
                .where(Instance.business_key == step.case, Task.element == step.do, Task.status == "open")
                .order_by(Task.created_at)
                .limit(1)
            ).one_or_none()
        if found is None:
            raise Conflict(
                f"示例 {step.case} 在 {step.at:%Y-%m-%d %H:%M} 没有待办“{step.do}”。",
                en=f"Sample {step.case}: no open task {step.do} at {step.at}.",
            )
        task, instance, definition = found
        form = self._app.model(definition.bundle_hash, definition.key).forms.get(task.form or "")
        asked = {entry.key for entry in form.fields} if form else set()
        known = instance.variables.items()
        return task.id, {name: value for name, value in known if name in asked and value not in (None, "")}

    def _photograph(self, step: Step, viewer: Viewer) -> None:
        content = photo(f"{step.case}-{step.do}", step.at.astimezone(self._app.zone))
        evidence.add(
            self._app, content, filename=f"{step.case}-{step.do}.jpg", viewer=viewer, hazard=step.case, kind=step.do,
            angle="A",
        )  # fmt: skip

    def _prove_five(self, step: Step, viewer: Viewer) -> None:
        for block, text in step.values.items():
            five.write(self._app, step.case, block, text=str(text), done=True, note="现场核对属实", viewer=viewer)

    def _deliver(self) -> None:
        while messages.deliver_next(self._app):
            pass

    def _viewer(self, name: str) -> Viewer:
        if name not in self._viewers:
            self._viewers[name] = people.viewer(people.show(self._app, name))
        return self._viewers[name]


def _told(step: Step, error: EngineError) -> Conflict:
    """The error with the step it belongs to, so that whoever edits the sample files finds the line."""
    where = f"{step.case} {step.at:%Y-%m-%d %H:%M} {step.do} ({step.by})"
    return Conflict(f"示例 {where}：{error.message}", en=f"Sample {where}: {error.en}")
