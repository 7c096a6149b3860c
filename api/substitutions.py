"""Routes of standing substitutions: who works whose tasks while somebody is away."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.instances_schemas import Reason
from api.schemas import page_of
from api.substitutions_schemas import MakeSubstitution, SubstitutionQuery, SubstitutionSchema
from engine.bpm import substitution
from engine.campaign import substitutes

blp = Blueprint("substitutions", "代办：请假期间由谁办理", "/substitutions")


@blp.get("")
@blp.query(SubstitutionQuery)
@blp.answers(page_of(SubstitutionSchema))
def index(**wanted: Any) -> object:
    """代办列表：我交出的和接受的；管理员看全部。"""
    return substitution.substitutions(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(MakeSubstitution)
@blp.answers(SubstitutionSchema, 201)
def make(**order: Any) -> object:
    """设置代办：为自己；管理员可以为任何人。"""
    return substitutes.make(auth.app(), by=auth.viewer(), **order)


@blp.post("/<substitution_id>/revoke")
@blp.body(Reason)
@blp.answers(SubstitutionSchema)
def revoke(substitution_id: str, reason: str) -> object:
    """撤销代办，立即生效：本人、代办人（谢绝）或管理员。"""
    return substitutes.revoke(auth.app(), substitution_id, by=auth.viewer(), reason=reason)
