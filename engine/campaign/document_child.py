"""Word templates that people uploaded are checked and filled in a child process with limited time and memory
(engine/forker.py): whatever one holds, only the child suffers. This is the way there and what happens there.
"""

import json
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from engine.app import App
from engine.bounded import Limits
from engine.campaign import document_archive, document_names, document_page, document_types
from engine.campaign.document_rendering import Sheet, fill, verify_url
from engine.campaign.document_samples import fullest, sample
from engine.errors import Invalid, Problem
from engine.forker import FORKER

LIMITS = Limits(soft=8.0, hard=10.0, memory=1024**3)
TITLE = "模板不能使用"


def checked(app: App, type: str, day: date, content: bytes, *, organ_name: str) -> bytes:
    """The sample document that this template makes; raises Invalid naming everything that is wrong with it."""
    return _asked(partial(_check, type, day, verify_url(app.settings.public_url, "示例"), organ_name), content)


def filled(type: str, day: date, sheet: Sheet, template: bytes) -> bytes:
    """The Word file of this sheet through an uploaded template; ``day`` is that of the type. Raises Invalid."""
    return _asked(partial(_fill, type, day, sheet), template)


def page(type: str, day: date, sheet: Sheet | None, content: bytes) -> tuple[str, str]:
    """A Word file as style and content of a page: an uploaded template filled with this sheet, or without one the file
    as it was issued. Raises Invalid naming what a page cannot show.
    """
    style, inner = json.loads(_asked(partial(_page, type, day, sheet), content))
    return style, inner


def _asked(compute: Callable[..., dict[str, Any]], template: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "template.docx", Path(folder) / "made.docx"
        source.write_bytes(template)
        answer = json.loads(FORKER.answer(partial(compute, str(source), str(target)), LIMITS))
        if faults := answer["faults"]:
            raise Invalid(
                f"{TITLE}：{'；'.join(faults[:20])}。请按 docs/guide/documents.md 修改后重新上传。",
                en="The template cannot be used; see the problems.",
                problems=[Problem(field="file", rule="template", message=fault) for fault in faults[:50]],
            )
        return target.read_bytes()


def _check(
    type: str, day: date, address: str, organ_name: str, source: str, target: str, tick: Callable[[], None]
) -> dict[str, Any]:
    tick()
    content, row = Path(source).read_bytes(), document_types.on_day(type, day)
    if faults := document_archive.faults(content) or document_names.faults(row, content):
        return {"faults": faults}
    for sheet in (fullest(row, organ_name, address), sample(row, organ_name, address)):  # the last one is kept
        if faults := _made(row, sheet, content, target):
            return {"faults": faults}
    return {"faults": []}


def _fill(type: str, day: date, sheet: Sheet, source: str, target: str, tick: Callable[[], None]) -> dict[str, Any]:
    tick()
    return {"faults": _made(document_types.on_day(type, day), sheet, Path(source).read_bytes(), target)}


def _page(
    type: str, day: date, sheet: Sheet | None, source: str, target: str, tick: Callable[[], None]
) -> dict[str, Any]:
    tick()
    if sheet is not None:
        if faults := _made(document_types.on_day(type, day), sheet, Path(source).read_bytes(), target):
            return {"faults": faults}
        source = target
    try:
        shown = document_page.shown(Path(source).read_bytes())
    except document_page.NotShown as error:
        return {"faults": [str(error)]}
    except MemoryError:
        raise
    except Exception as error:  # as for _made: a fault of the file
        return {"faults": [f"{error.__class__.__name__}"]}
    Path(target).write_text(json.dumps(shown), encoding="utf-8")
    return {"faults": []}


def _made(row: document_types.DocumentType, sheet: Sheet, content: bytes, target: str) -> list[str]:
    try:
        Path(target).write_bytes(fill(row, sheet, content))
    except MemoryError:
        raise
    except Exception as error:  # whatever a strange file makes the libraries do is a fault of the file
        return [f"用数据试填时出错：{type(error).__name__} {str(error)[:200]}"]
    return []
