"""The five blocks (五落实) of a hazard: measures, responsible person, funds, limit, plan. Each has its text and is
proven by a person with files or words; partly proven is shown as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import evidence, scope
from engine.campaign.case_model import Hazard
from engine.campaign.clearances import still_open
from engine.campaign.closure_model import FiveBlock
from engine.campaign.model import Person, Unit
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotAllowed, NotFound

FIVE = {"measures": "措施", "responsible": "责任人", "funds": "资金", "limit": "时限", "plan": "预案"}
WANTED_AT = ("较大", "重大")
OFFICES = ("street", "office", "community")  # kinds of units that may write for a holder without an account


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block as it is shown; ``state`` is 未填写, 未证明 or 已证明."""

    block: str
    name: str
    text: str
    done: bool
    state: str
    files: list[str]
    note: str
    written_at: datetime | None
    written_by: str
    done_at: datetime | None
    done_by: str


def list_blocks(app: App, number: str, *, viewer: Viewer) -> list[BlockView]:
    """The five blocks of a hazard, always all five; raises NotFound."""
    with app.reading() as tx:
        return _views(tx, seen(tx, number, viewer).number)


def write(
    app: App, number: str, block: str, *, text: str | None = None, done: bool | None = None, files: Sequence[str] = (),
    note: str = "", viewer: Viewer,
) -> list[BlockView]:  # fmt: skip
    """Write the text of a block, or say that it is proven (``done``) with files or a note; a new text is unproven.

    Raises NotFound, NotAllowed (neither holder nor office), Invalid (nothing to prove it), Conflict (closed).
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        if block not in FIVE:
            raise NotFound(f"没有“{block}”这一项，可用：{'、'.join(FIVE)}。", en=f"There is no block {block}.")
        tx.scalars(select(Hazard).where(Hazard.number == number).with_for_update()).one()
        still_open(hazard)
        _may_write(tx, hazard, viewer)
        rows = _rows(tx, number)
        if text is not None:
            _put(tx, rows, hazard, block, text.strip(), viewer.name, now)
        if done is not None:
            _prove(tx, rows, number, block, done, files, note, viewer, now)
        elif files:
            raise Invalid("附件要和“已落实”一起提交。", en="Files go with done: true.", problems=[
                {"field": "done", "rule": "required", "message": "请勾选已落实"}])  # fmt: skip
        tx.flush()
        return _views(tx, number)


def write_plan_in(tx: Session, hazard: Hazard, given: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """The five texts of a governance plan at once, in a running transaction."""
    rows = _rows(tx, hazard.number)
    for block in FIVE:
        value = given.get(block)
        _put(tx, rows, hazard, block, "" if value is None else str(value).strip(), by, now)
    tx.flush()


def lacking(tx: Session, number: str) -> tuple[list[str], list[str]]:
    """The names of the blocks without text, and of those with text that are not proven."""
    rows = _rows(tx, number)
    empty = [name for block, name in FIVE.items() if block not in rows or not rows[block].text]
    unproven = [FIVE[block] for block in FIVE if block in rows and rows[block].text and not rows[block].done]
    return empty, unproven


def _rows(tx: Session, number: str) -> dict[str, FiveBlock]:
    return {row.block: row for row in tx.scalars(select(FiveBlock).where(FiveBlock.hazard == number))}


def _put(
    tx: Session, rows: dict[str, FiveBlock], hazard: Hazard, block: str, text: str, by: str, now: datetime
) -> None:
    row = rows.get(block)
    if row is None:
        row = rows[block] = FiveBlock(hazard=hazard.number, block=block, done=False, files=[], note="", done_by="")
        tx.add(row)
    elif row.text == text:
        return
    row.text, row.written_at, row.written_by = text, now, by
    row.done, row.done_at, row.done_by, row.files, row.note = False, None, "", [], ""
    hazard.five = {**(hazard.five or {}), block: text}


def _prove(
    tx: Session, rows: dict[str, FiveBlock], number: str, block: str, done: bool, files: Sequence[str], note: str,
    viewer: Viewer, now: datetime,
) -> None:  # fmt: skip
    row = rows.get(block)
    if row is None or not row.text:
        raise Conflict(
            f"五落实的“{FIVE[block]}”还没有填写，不能标为已落实。",
            en=f"The block {block} has no text yet; write it first.",
        )
    if done and not files and len(note.strip()) < 2:
        raise Invalid(
            f"请上传“{FIVE[block]}”已落实的凭证，或写明怎样落实。", en="Upload a proof, or say how it was done.",
            problems=[{"field": "note", "rule": "required", "message": "请写明怎样落实，或上传凭证"}],
        )  # fmt: skip
    evidence.attach(tx, files, number, viewer)
    row.done, row.files, row.note = done, list(files) if done else [], note.strip()
    row.done_at, row.done_by = (now, viewer.name) if done else (None, "")


def _may_write(tx: Session, hazard: Hazard, viewer: Viewer) -> None:
    """The holder writes its own; the street and the community write for it; nobody else."""
    person = tx.get(Person, viewer.name)
    unit = tx.get(Unit, person.unit) if person and person.unit else None
    if viewer.admin or (unit and unit.code == hazard.holder_unit):
        return
    mine = scope.areas(viewer)
    in_area = tx.scalar(
        select(Hazard.number).where(
            Hazard.number == hazard.number, Hazard.street.in_(mine) | Hazard.community.in_(mine)
        )
    )
    if unit and unit.kind in OFFICES and in_area:
        return
    raise NotAllowed(
        "五落实由责任单位填写，街道、社区可以代填；您的单位不能修改。",
        en="The holder writes the five blocks; the street or the community may write for it.",
    )


def _views(tx: Session, number: str) -> list[BlockView]:
    rows = _rows(tx, number)
    return [_view(block, rows.get(block)) for block in FIVE]


def _view(block: str, row: FiveBlock | None) -> BlockView:
    if row is None:
        return BlockView(block, FIVE[block], "", False, "未填写", [], "", None, "", None, "")
    state = "已证明" if row.done else "未证明" if row.text else "未填写"
    return BlockView(
        block, FIVE[block], row.text, row.done, state, row.files, row.note, row.written_at, row.written_by, row.done_at,
        row.done_by,
    )  # fmt: skip
