"""Routes of proposals: the hazards that checklists propose, and what becomes of them."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.checklists_schemas import DismissProposal, ProposalQuery, ProposalSchema, RegisterProposal
from api.schemas import page_of
from engine.campaign import checklist_proposals

blp = Blueprint("proposals", "检查清单提出的待登记隐患", "/proposals")


@blp.get("")
@blp.query(ProposalQuery)
@blp.answers(page_of(ProposalSchema))
def index(**wanted: Any) -> object:
    """待登记隐患，新的在前。"""
    return checklist_proposals.list_proposals(auth.app(), auth.viewer(), **wanted)


@blp.get("/<int:proposal_id>")
@blp.answers(ProposalSchema)
def show(proposal_id: int) -> object:
    """一条待登记隐患。"""
    return checklist_proposals.show(auth.app(), proposal_id, viewer=auth.viewer())


@blp.post("/<int:proposal_id>/register")
@blp.body(RegisterProposal)
@blp.answers(ProposalSchema)
def register(proposal_id: int, **values: Any) -> object:
    """登记为隐患并启动流程；重复提交得到同一件。"""
    return checklist_proposals.register(auth.app(), proposal_id, values, viewer=auth.viewer())


@blp.post("/<int:proposal_id>/dismiss")
@blp.body(DismissProposal)
@blp.answers(ProposalSchema)
def dismiss(proposal_id: int, reason: str) -> object:
    """不登记，写明理由。"""
    return checklist_proposals.dismiss(auth.app(), proposal_id, reason=reason, viewer=auth.viewer())
