"""Routes of periodic duties: who owes what until when, evidence, excuses, the list of what was not done."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.duties_schemas import DutyKindSchema, DutyQuery, DutySchema, Excuse, GiveEvidence
from api.schemas import LongPageQuery, page_from, page_of
from engine.campaign import duties

blp = Blueprint("duties", "定期履职：职责、佐证、未履职清单", "/duties")


@blp.get("")
@blp.query(DutyQuery)
@blp.answers(page_of(DutySchema))
def index(**wanted: Any) -> object:
    """履职事项，先到期的在前；missing=true 是未履职清单。"""
    return duties.list_duties(auth.app(), auth.viewer(), **wanted)


@blp.get("/kinds")
@blp.query(LongPageQuery)
@blp.answers(page_of(DutyKindSchema))
def kinds(page: int, size: int) -> object:
    """履职事项的种类：谁、多久一次、要什么佐证、依据。"""
    return page_from(duties.list_kinds(auth.app(), auth.viewer()), page, size)


@blp.get("/<int(max=2147483647):duty_id>")
@blp.answers(DutySchema)
def show(duty_id: int) -> object:
    """一项履职事项。"""
    return duties.show(auth.app(), duty_id, viewer=auth.viewer())


@blp.post("/<int(max=2147483647):duty_id>/evidence")
@blp.body(GiveEvidence)
@blp.answers(DutySchema)
def give_evidence(duty_id: int, note: str, files: list[str]) -> object:
    """提交履职佐证，交办公室核对。"""
    return duties.give_evidence(auth.app(), duty_id, note=note, files=files, viewer=auth.viewer())


@blp.post("/<int(max=2147483647):duty_id>/excuse")
@blp.body(Excuse)
@blp.answers(DutySchema)
def excuse(duty_id: int, reason: str) -> object:
    """免予履职，写明理由。"""
    return duties.excuse(auth.app(), duty_id, reason=reason, viewer=auth.viewer())
