"""What the files of cases show alike."""

from marshmallow import Schema, fields

from api.schemas import Moment, in_english


class CaseStepSchema(Schema):
    """One step of a case for the police, for the court or of a listed unit."""

    no = fields.Integer()
    kind = fields.String()
    at = Moment()
    by = fields.String()
    text = fields.String()
    text_en = in_english("text")
    due_at = Moment(allow_none=True, metadata={"description": "这一步的期限"})
    late = fields.Boolean()
    clause = fields.String(metadata={"description": "期限的依据；没有期限的为空"})
