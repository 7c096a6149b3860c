"""A Word template as a page of a browser, filled with made-up content, so that it is seen before it is used.

The page is that of printing (document_printing.py): in the template's own look where a page can show it, else in the
uniform look, with what a page cannot show named.
"""

from dataclasses import dataclass

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_child, document_rendering, document_templates, document_types
from engine.errors import Invalid
from engine.said import Said, joined

SHOWN = Said(
    "示例内容，按这个模板的样子显示；分页和字体以 Word 文件为准。",
    "Made-up content in the look of this template; for pages and fonts the Word file counts.",
)
SHIPPED = Said(
    "示例内容，按出厂模板的统一样式显示；分页和字体以 Word 文件为准。",
    "Made-up content in the plain look of the shipped template; for pages and fonts the Word file counts.",
)


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """The page as HTML without script or address; ``own_look`` says whether it looks as the template does."""

    html: str
    own_look: bool
    hint: str


def of_file(app: App, type: str, content: bytes, *, viewer: Viewer, organ: str | None = None) -> TemplatePage:
    """What a document would look like with this file; nothing is kept. Raises Invalid naming everything that is wrong
    with it, NotAllowed, TooLarge, OutOfBounds, Unavailable.
    """
    return _shown(app, type, document_templates.try_out(app, type, content, viewer=viewer, organ=organ), viewer, organ)


def of_version(app: App, type: str, version: int, *, viewer: Viewer, organ: str | None = None) -> TemplatePage:
    """A document of made-up content in this version, 0 for the shipped one. Raises Invalid, NotAllowed, NotFound."""
    made = document_templates.preview(app, type, version, viewer=viewer, organ=organ)
    if version == document_templates.SHIPPED:
        return TemplatePage(_uniform(app, type, viewer, organ), False, SHIPPED)
    return _shown(app, type, made, viewer, organ)


def _shown(app: App, type: str, made: bytes, viewer: Viewer, organ: str | None) -> TemplatePage:
    day = app.clock().astimezone(app.zone).date()
    row = document_types.on_day(type, day)
    sheet = document_templates.sample_sheet(app, type, viewer=viewer, organ=organ)
    try:
        style, content = document_child.page(type, day, None, made)
    except Invalid as error:
        beyond = joined("、", ", ", (problem["message"] for problem in error.problems))
        return TemplatePage(document_rendering.page(row, sheet, bare=True), False, _plain(beyond))
    return TemplatePage(document_rendering.own_page(row, sheet, style, content, bare=True), True, SHOWN)


def _plain(beyond: Said) -> Said:
    return Said(
        f"这个模板可以用，但里面有网页不能显示的内容（{beyond}），这里按统一样式显示同样的内容；"
        "样子请下载试填的 Word 文件看。",
        f"This template can be used, but it has what a page cannot show ({beyond.en}), so the same content is shown in"
        " the plain look here; download the filled Word file to see its look.",
    )


def _uniform(app: App, type: str, viewer: Viewer, organ: str | None) -> str:
    row = document_types.on_day(type, app.clock().astimezone(app.zone).date())
    sheet = document_templates.sample_sheet(app, type, viewer=viewer, organ=organ)
    return document_rendering.page(row, sheet, bare=True)
