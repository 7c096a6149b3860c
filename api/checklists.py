"""Routes of checklists: which are in force, their versions and edits, a new version, retiring one."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.checklists_schemas import ChecklistQuery, ChecklistSchema, CreateChecklist, RetireChecklist
from api.schemas import LongPageQuery, RegisterChangeSchema, page_from, page_of
from engine.campaign import checklists

blp = Blueprint("checklists", "检查清单", "/checklists")


@blp.get("")
@blp.query(ChecklistQuery)
@blp.answers(page_of(ChecklistSchema))
def index(page: int, size: int, **wanted: Any) -> object:
    """某日生效、适用的检查清单。"""
    return page_from(checklists.list_checklists(auth.app(), auth.viewer(), **wanted), page, size)


@blp.post("")
@blp.body(CreateChecklist)
@blp.answers(ChecklistSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的版本")
def create(**values: Any) -> object:
    """新建清单或新版本；前一版自动截止到前一天。"""
    return checklists.create(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/<key>/versions")
@blp.query(LongPageQuery)
@blp.answers(page_of(ChecklistSchema))
def versions(key: str, page: int, size: int) -> object:
    """一份清单的各个版本，新的在前。"""
    return page_from(checklists.versions(auth.app(), key, viewer=auth.viewer()), page, size)


@blp.get("/<key>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(key: str, page: int, size: int) -> object:
    """谁在何时为何停用了哪一版，按先后排列。"""
    return page_from(checklists.changes(auth.app(), key, viewer=auth.viewer()), page, size)


@blp.post("/<key>/retire")
@blp.body(RetireChecklist)
@blp.answers(ChecklistSchema)
def retire(key: str, **values: Any) -> object:
    """停用清单；此前的走访仍用原来的版本。"""
    return checklists.retire(auth.app(), key, **values, viewer=auth.viewer())
