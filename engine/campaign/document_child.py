"""Word templates that people uploaded are checked and filled in a child process with limited time and memory
(engine/forker.py): whatever one holds, only the child suffers. This is the way there and what happens there.
"""

import json
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path

from engine.app import App
from engine.bounded import Limits
from engine.campaign import document_archive, document_names, document_page, document_types
from engine.campaign.document_rendering import Sheet, fill, verify_url
from engine.campaign.document_samples import fullest, sample
from engine.errors import Invalid, Problem
from engine.forker import FORKER
from engine.said import Said, joined

LIMITS = Limits(soft=8.0, hard=10.0, memory=1024**3)
TOLD, LISTED = 20, 50  # faults in the sentence of the refusal, and among its findings
Faults = dict[str, list[tuple[str, str]]]  # what the child answers: each in both languages


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


def _asked(compute: Callable[..., Faults], template: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "template.docx", Path(folder) / "made.docx"
        source.write_bytes(template)
        answer = json.loads(FORKER.answer(partial(compute, str(source), str(target)), LIMITS))
        if faults := [Said(*fault) for fault in answer["faults"]]:
            raise _refused(faults)
        return target.read_bytes()


def _refused(faults: list[Said]) -> Invalid:
    wrong = joined("；", "; ", faults[:TOLD])
    return Invalid(
        f"模板不能使用：{wrong}。请按 docs/guide/documents.md 修改后重新上传。",
        en=f"The template cannot be used: {wrong.en}. Mend it as docs/guide/documents.md says and upload it again.",
        problems=[Problem(field="file", rule="template", message=fault) for fault in faults[:LISTED]],
    )


def _answer(faults: Iterable[Said]) -> Faults:
    return {"faults": [(str(fault), fault.en) for fault in faults]}


def _check(
    type: str, day: date, address: str, organ_name: str, source: str, target: str, tick: Callable[[], None]
) -> Faults:
    tick()
    content, row = Path(source).read_bytes(), document_types.on_day(type, day)
    if faults := document_archive.faults(content) or document_names.faults(row, content):
        return _answer(faults)
    for sheet in (fullest(row, organ_name, address), sample(row, organ_name, address)):  # the last one is kept
        if faults := _made(row, sheet, content, target):
            return _answer(faults)
    return _answer([])


def _fill(type: str, day: date, sheet: Sheet, source: str, target: str, tick: Callable[[], None]) -> Faults:
    tick()
    return _answer(_made(document_types.on_day(type, day), sheet, Path(source).read_bytes(), target))


def _page(type: str, day: date, sheet: Sheet | None, source: str, target: str, tick: Callable[[], None]) -> Faults:
    tick()
    if sheet is not None:
        if faults := _made(document_types.on_day(type, day), sheet, Path(source).read_bytes(), target):
            return _answer(faults)
        source = target
    try:
        shown = document_page.shown(Path(source).read_bytes())
    except document_page.NotShown as error:
        return _answer([error.said])
    except MemoryError:
        raise
    except Exception as error:  # as for _made: a fault of the file
        name = error.__class__.__name__
        return _answer([Said(name, name)])
    Path(target).write_text(json.dumps(shown), encoding="utf-8")
    return _answer([])


def _made(row: document_types.DocumentType, sheet: Sheet, content: bytes, target: str) -> list[Said]:
    try:
        Path(target).write_bytes(fill(row, sheet, content))
    except MemoryError:
        raise
    except Exception as error:  # whatever a strange file makes the libraries do is a fault of the file
        told = f"{type(error).__name__} {str(error)[:200]}"
        return [Said(f"用数据试填时出错：{told}", f"filling it with data failed: {told}")]
    return []
