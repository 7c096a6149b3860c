"""The 机关代字 of the organs, set by the installation: none is shipped, so that nobody numbers papers with the words of
somebody else's sample.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history, units
from engine.campaign.model import Setting
from engine.errors import Conflict, Invalid, NotAllowed
from engine.rows import locked

ORGAN, KEY = "organ", "document_organs"
LONGEST = 20


@dataclass(frozen=True, slots=True)
class OrganView:
    """An organ with its word: ``begins`` is how its numbers begin, before the code of the kind of paper."""

    unit: str
    name: str
    area: str
    word: str
    begins: str


def words(tx: Session) -> dict[str, dict[str, str]]:
    """Unit code → ``area`` and ``word`` of each organ that has one."""
    row = tx.get(Setting, KEY)
    return dict(row.value) if row is not None else {}


def begins(organ: dict[str, str]) -> str:
    """How the numbers of an organ begin."""
    return f"（{organ['area']}）{organ['word']}" if organ.get("area") else organ["word"]


def list_organs(app: App, viewer: Viewer) -> list[OrganView]:
    """All that have a word, by unit code, for everybody who can log in."""
    with app.reading() as tx:
        found = words(tx)
        names = units.names(tx, set(found))
        return [_view(code, names[code], organ) for code, organ in sorted(found.items())]


def name_organ(app: App, unit: str, *, word: str, area: str = "", reason: str = "", viewer: Viewer) -> OrganView:
    """Give an organ its word: the numbers given out from now on begin with it, in a register of their own. Raises
    NotAllowed (the head of this organ or of one above it, and admins), NotFound, Invalid, Conflict (another organ's).
    """
    with app.transaction() as tx:
        authority.require(tx, viewer, "document.organs")
        row = units.require(tx, unit)
        own = units.of_person(tx, viewer.name)
        if not viewer.admin and (own is None or own.code not in row.path.strip("/").split("/")):
            raise NotAllowed(f"您不是“{row.name}”的负责人，不能设置它的机关代字。", en=f"You do not head {unit}.")
        given = {"word": word.strip(), **({"area": area.strip()} if area.strip() else {})}
        if not given["word"] or any(set(text) & set("〔〕（）()-%_ ") for text in given.values()):
            raise Invalid(
                "机关代字不能是空的，也不能有括号、横线、空格和百分号，例如“应急”。",
                en="The word is empty or has signs.",
                problems=[{"field": "word", "rule": "format", "message": "只写代字，例如 应急"}],
            )  # fmt: skip
        setting = locked(tx, Setting, KEY, value={})
        known: dict[str, Any] = dict(setting.value)
        taken = next((code for code, organ in known.items() if code != unit and begins(organ) == begins(given)), None)
        if taken is not None:
            raise Conflict(
                f"“{begins(given)}”是“{units.require(tx, taken).name}”的机关代字，两个机关不能共用一本文号登记簿。",
                en=f"{begins(given)} is the word of {taken}.",
            )
        before, now = known.get(unit), app.clock()
        setting.value = {**known, unit: given}
        if before != given:
            history.note(tx, ORGAN, unit, before=before or {}, after=given, reason=reason, by=viewer.name, now=now)
        return _view(unit, row.name, given)


def _view(code: str, name: str, organ: dict[str, str]) -> OrganView:
    return OrganView(code, name, organ.get("area", ""), organ["word"], begins(organ))
