"""Routes of the checklists on a visit: take one along, answer it, see who answered what."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.checklists_schemas import FileSheet, OpenSheet, SaveAnswers, SheetSchema
from api.schemas import LongPageQuery, RegisterChangeSchema, page_from, page_of
from engine.campaign import checklist_answers, checklist_filing

blp = Blueprint("sheets", "走访检查所用的检查清单", "/visits/<int:visit_id>/checklists")


@blp.get("")
@blp.query(LongPageQuery)
@blp.answers(page_of(SheetSchema))
def index(visit_id: int, page: int, size: int) -> object:
    """一次走访检查所用的清单和填写情况。"""
    return page_from(checklist_answers.list_sheets(auth.app(), visit_id, viewer=auth.viewer()), page, size)


@blp.post("")
@blp.body(OpenSheet)
@blp.answers(SheetSchema)
def open_sheet(visit_id: int, key: str) -> object:
    """选用一份清单：按走访当日生效的版本；重复选用得到同一份。"""
    return checklist_answers.open_sheet(auth.app(), visit_id, key, viewer=auth.viewer())


@blp.post("/<key>/answers")
@blp.body(SaveAnswers)
@blp.answers(SheetSchema)
def save(visit_id: int, key: str, **values: Any) -> object:
    """填写部分或全部检查项；答“否”的成为待登记隐患。"""
    return checklist_answers.save(auth.app(), visit_id, key, **values, viewer=auth.viewer())


@blp.post("/<key>/file")
@blp.body(FileSheet)
@blp.answers(SheetSchema)
def file(visit_id: int, key: str, revision: int) -> object:
    """归档一份填完的清单，归档后不再改；没有查的项须写明原因。"""
    return checklist_filing.file(auth.app(), visit_id, key, revision=revision, viewer=auth.viewer())


@blp.get("/<key>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(visit_id: int, key: str, page: int, size: int) -> object:
    """谁在何时填写、修改了哪些项。"""
    return page_from(checklist_answers.changes(auth.app(), visit_id, key, viewer=auth.viewer()), page, size)
