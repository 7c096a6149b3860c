"""Routes of standing substitutions: who works whose tasks while somebody is away."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.instances_schemas import Reason
from api.schemas import page_of
from api.substitutions_schemas import GiveMandate, MakeSubstitution, SubstitutionQuery, SubstitutionSchema
from engine.bpm import substitution
from engine.campaign import mandates, substitutes

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
    """设置代办：为自己；管理员可以为任何人。负责人可以同时写明书面授权。"""
    return substitutes.make(auth.app(), by=auth.viewer(), **order)


@blp.post("/<substitution_id>/revoke")
@blp.body(Reason)
@blp.answers(SubstitutionSchema)
def revoke(substitution_id: str, reason: str) -> object:
    """撤销代办，立即生效：本人、代办人（谢绝）或管理员。"""
    return substitutes.revoke(auth.app(), substitution_id, by=auth.viewer(), reason=reason)


@blp.post("/<substitution_id>/mandate")
@blp.body(GiveMandate)
@blp.answers(SubstitutionSchema)
def give_mandate(substitution_id: str, mandate: str, mandate_file: str | None) -> object:
    """书面授权：负责人本人填写授权文号，或者由管理员凭其签名的授权书登记；代办期间代办人可以代行批准，结束随之失效。"""
    return mandates.give(auth.app(), substitution_id, number=mandate, file=mandate_file, by=auth.viewer())


@blp.post("/<substitution_id>/mandate/withdraw")
@blp.body(Reason)
@blp.answers(SubstitutionSchema)
def withdraw_mandate(substitution_id: str, reason: str) -> object:
    """收回书面授权，立即生效，代办照旧：负责人本人或管理员。"""
    return mandates.withdraw(auth.app(), substitution_id, reason=reason, by=auth.viewer())
