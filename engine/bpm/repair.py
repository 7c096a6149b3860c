"""Verb of repair: an order about tokens and variables of one running instance, all or nothing, with its reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update

from engine.app import App
from engine.bpm import queries, reasons, record
from engine.bpm import variables as process_variables
from engine.bpm.instances import needs_running
from engine.bpm.model import Definition, Incident, Instance
from engine.bpm.spiff import run
from engine.bpm.spiff.modify import Instruction
from engine.bpm.spiff.types import Snapshot
from engine.bpm.step import ACTOR, Opened, opened
from engine.bpm.views import View
from engine.errors import Invalid

LONGEST = 2_000  # characters of a changed variable that are kept in the history


class _OnlyLooked(Exception):
    """Thrown to roll a dry run back."""


def modify(
    app: App, instance_id: str, order: Sequence[Instruction], *, by: str, reason: str, dry_run: bool = False
) -> View:
    """Carry out an order on a running instance; answers the instance as it then stands.

    With ``dry_run`` nothing is written and the reason may be empty. Raises NotFound, Invalid (which instruction, why),
    Conflict for an ended or suspended instance, TooLarge for variables.
    """
    now, view = app.clock(), View()
    try:
        with app.transaction() as tx, opened(app, tx, instance_id, now) as case:
            if not dry_run:
                reasons.require(reason)
            needs_running(case.row)
            if not order:
                raise Invalid("请至少给出一条指令。", en="Give at least one instruction.")
            carry_out(case, order, by=by, reason=reason)
            tx.flush()
            found = select(Instance, Definition).join(Definition).where(Instance.id == instance_id)
            row, definition = tx.execute(found).one()
            view = queries.detail(tx, app, row, definition)
            if dry_run:
                raise _OnlyLooked
    except _OnlyLooked:
        pass
    return view


def carry_out(case: Opened, order: Sequence[Instruction], *, by: str, reason: str, event: str = "modified") -> None:
    """Carry out an order on an opened instance and record who wanted what, why, and what changed."""
    for line in order:
        process_variables.check(line.variables)
    before = case.snapshot
    case.tx.info[ACTOR] = by
    case.apply(run.modify(case.model, case.row.state, order, case.now, case.world), actor=by)
    detail = {
        "reason": reason,
        "instructions": [_shown(line) for line in order],
        "before": _standing(before),
        "after": _standing(case.snapshot),
        "variables": _changed(before.variables, case.snapshot.variables),
    }
    record.note(case.tx, case.row.id, event, at=case.now, recorded_at=case.app.wall(), actor=by, detail=detail)
    resolved = {failure.id for failure in before.failures} - {failure.id for failure in case.snapshot.failures}
    case.tx.execute(update(Incident).where(Incident.id.in_(resolved)).values(resolution=reason))


def _shown(line: Instruction) -> dict[str, Any]:
    """An instruction for the record: what it says, the variables by name only (their values stand beside)."""
    given = {key: value for key, value in asdict(line).items() if value}
    return {**given, **({"variables": sorted(line.variables)} if line.variables else {})}


def _standing(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "tasks": [{"id": task.id, "element": task.element} for task in snapshot.tasks],
        "timers": [
            {"id": timer.id, "element": timer.element, "due_at": timer.due_at.isoformat()} for timer in snapshot.timers
        ],
        "waiting": [{"element": waiting.element, "name": waiting.name} for waiting in snapshot.waiting],
        "incidents": [{"id": failure.id, "element": failure.element} for failure in snapshot.failures],
    }


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Each variable that changed: what it was and what it is; absent sides are left out, long values are named so."""
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    changed += [name for name in sorted(before.keys() ^ after.keys()) if name not in changed]
    sides = {"before": before, "after": after}
    return {name: {side: _short(values[name]) for side, values in sides.items() if name in values} for name in changed}


def _short(value: Any) -> Any:
    length = len(json.dumps(value, ensure_ascii=False))
    return value if length <= LONGEST else f"（{length} 字符，未记录）"
