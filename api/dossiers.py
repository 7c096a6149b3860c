"""The route of the dossier of a major hazard, with its shape."""

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.documents_schemas import DocumentSchema
from api.files import FileSchema
from api.hazards_schemas import CaseEventSchema, DeadlineSchema, HazardSchema, MeasureSchema, PaperSchema
from api.schemas import Moment
from api.transfers_schemas import TransferSchema
from engine.campaign import dossiers

blp = Blueprint("dossiers", "重大隐患一患一档", "/hazards")


class PartSchema(Schema):
    """One part that belongs into a dossier."""

    title = fields.String(required=True)
    present = fields.Boolean(required=True)
    at = Moment(allow_none=True)
    text = fields.String()
    clause = fields.String()


class DossierCheckSchema(Schema):
    """One re-inspection."""

    no = fields.Integer(required=True)
    at = Moment()
    passed = fields.Boolean()
    opinion = fields.String()


class DossierSchema(Schema):
    """Everything about one major hazard, and which parts are missing."""

    made_at = Moment(required=True)
    hazard = fields.Nested(HazardSchema)
    complete = fields.Boolean(metadata={"description": "各部分都齐全"})
    parts = fields.List(fields.Nested(PartSchema))
    deadlines = fields.List(fields.Nested(DeadlineSchema))
    papers = fields.List(fields.Nested(PaperSchema))
    transfers = fields.List(fields.Nested(TransferSchema))
    measures = fields.List(fields.Nested(MeasureSchema))
    rechecks = fields.List(fields.Nested(DossierCheckSchema))
    documents = fields.List(fields.Nested(DocumentSchema))
    files = fields.List(fields.Nested(FileSchema))
    story = fields.List(fields.Nested(CaseEventSchema))


@blp.get("/<number>/dossier")
@blp.answers(DossierSchema)
def show(number: str) -> object:
    """一患一档：重大隐患的全部记录，以及还缺哪些。"""
    return dossiers.show(auth.app(), number, viewer=auth.viewer())
