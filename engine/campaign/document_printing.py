"""The page of a document in a browser: in the office's own look where it has one and a page can show it, else in the
uniform look made of the same content; the Word file is one click away either way.
"""

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_child, document_rendering, document_templates
from engine.campaign.document_approval import sheet
from engine.campaign.document_sight import seen
from engine.campaign.documents import type_of
from engine.errors import Invalid


def printed(app: App, id: str, *, viewer: Viewer) -> str:
    """The page to print: what was issued as it was frozen, before that as it would look. Raises NotFound, OutOfBounds,
    Unavailable.
    """
    with app.reading() as tx:
        row = seen(tx, id, viewer)
        type, shown = type_of(app, row), sheet(tx, app, row)
        template = document_templates.content_of(tx, app, row)
        frozen = app.files.read(row.sha256) if row.sha256 else None
    if template is None:
        return document_rendering.page(type, shown)
    day = row.drafted_at.astimezone(app.zone).date()
    try:
        style, content = document_child.page(row.type, day, None if frozen else shown, frozen or template)
    except Invalid as error:
        beyond = "、".join(problem["message"] for problem in error.problems)
        return document_rendering.page(type, shown, document_rendering.NOT_SHOWN.format(beyond))
    return document_rendering.own_page(type, shown, style, content)
