"""What the sample story does on visits beside writing them down: checklists that are answered, and each step of an
inspection (track B) at its own moment; the plan and the draw that inspections rest on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import caps, checklist_answers, checklist_filing, draws, evidence, inspections, places
from engine.campaign.demo.photos import photo
from engine.campaign.model import Visit


def act(app: App, do: str, visit: int, values: Mapping[str, Any], viewer: Viewer) -> int:
    """One step: plan, draw, request, approve, notice, checkin, sheet or record; answers the id of the visit."""
    if do == "plan":
        caps.publish(app, values, viewer=viewer)
    elif do == "draw":
        draws.create(app, values, viewer=viewer)
    elif do == "publish":
        draws.publish(app, values["number"], viewer=viewer)
    elif do == "request":
        return inspections.request(app, values, viewer=viewer).id
    elif do == "approve":
        inspections.approve(app, visit, viewer=viewer)
    elif do == "notice":
        inspections.notify(app, visit, viewer=viewer)
    elif do == "checkin":
        inspections.check_in(app, visit, code=_entry_code(app, visit), lat=0.5, lon=0.5, viewer=viewer)
    elif do == "sheet":
        fill(app, visit, values["key"], values["answers"], viewer, filed=False)
    else:
        inspections.record(app, visit, values, viewer=viewer)
    return visit


def fill(
    app: App, visit: int, key: str, answers: Sequence[Mapping[str, Any]], viewer: Viewer, *, filed: bool
) -> None:  # fmt: skip
    """Answer items of a checklist on a visit (``item`` is the number: YAML reads ``no`` as false); ``photo: true``
    takes one.
    """
    sheet = checklist_answers.open_sheet(app, visit, key, viewer=viewer)
    given = [_answer(app, visit, row, viewer) for row in answers]
    sheet = checklist_answers.save(app, visit, key, given, revision=sheet.revision, viewer=viewer)
    if filed:
        checklist_filing.file(app, visit, key, revision=sheet.revision, viewer=viewer)


def taken(app: App, label: str, at: datetime, viewer: Viewer) -> str:
    """A photo that this person uploads; answers its id."""
    content = photo(label, at.astimezone(app.zone))
    return evidence.add(app, content, filename=f"{label}.jpg", viewer=viewer).id


def _answer(app: App, visit: int, row: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    photos = [taken(app, f"V{visit}-{row['item']}", app.clock(), viewer)] if row.get("photo") else []
    return {"no": row["item"], "answer": row["answer"], "note": row.get("note", ""), "photos": photos}


def _entry_code(app: App, visit: int) -> str:
    """The code at the door, printed by the office when nobody did before."""
    with app.reading() as tx:
        place = tx.get_one(Visit, visit).place
    return places.entry_code(app, place, viewer=Viewer("admin", admin=True))
