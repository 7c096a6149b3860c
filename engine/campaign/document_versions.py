"""The versions of a document: each body as it was handed in, what was changed since the one before, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import documents
from engine.campaign.document_model import DocumentVersion
from engine.campaign.document_sight import of_organ, seen
from engine.campaign.document_types import DocumentType

TAKEN = "approved"


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version; ``changed`` names the fields that differ from the one before, ``outcome`` is approved, rejected or
    empty.
    """

    version: int
    at: datetime
    by: str
    body: dict[str, Any]
    sha256: str
    changed: list[str]
    outcome: str
    opinion: str
    decided_at: datetime | None
    decided_by: str | None


def list_versions(app: App, id: str, *, viewer: Viewer) -> list[VersionView]:
    """All versions, oldest first; whoever is not of its organ sees the approved one alone, without what was said within
    the organ. Raises NotFound.
    """
    with app.reading() as tx:
        row = seen(tx, id, viewer)
        query = select(DocumentVersion).where(DocumentVersion.document == id).order_by(DocumentVersion.version)
        found, type, before = [], documents.type_of(app, row), dict[str, Any]()
        for one in tx.scalars(query):
            changed = _changed(type, before, one.body) if before else []
            found.append(VersionView(
                one.version, one.at, one.by, one.body, one.sha256, changed, one.outcome, one.opinion, one.decided_at,
                one.decided_by,
            ))  # fmt: skip
            before = one.body
        if viewer.admin or row.drafted_by == viewer.name or of_organ(tx, row, viewer):
            return found
    return [_for_others(one) for one in found if one.outcome == TAKEN]


def _for_others(one: VersionView) -> VersionView:
    return VersionView(
        one.version, one.at, one.by, one.body, one.sha256, [], one.outcome, "", one.decided_at, one.decided_by
    )


def _changed(type: DocumentType, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [field.label for field in type.fields if before.get(field.name) != now.get(field.name)]
