"""What comes in and goes out about a fix that the holder of a paper reports by its code."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment


class ReportCompletion(Input):
    """What was done; the name may be left out."""

    text = fields.String(required=True, validate=validate.Length(2, 2000), metadata={"description": "整改情况"})
    name = fields.String(load_default="", validate=validate.Length(max=64), metadata={"description": "报告人，可不填"})


class SlipItemSchema(Schema):
    """One hazard as the paper names it."""

    text = fields.String(required=True)
    advice = fields.String(required=True)
    due = fields.String(required=True)


class SlipSchema(Schema):
    """What the holder of the paper may report on."""

    items = fields.List(fields.Nested(SlipItemSchema), required=True)
    waits = fields.Boolean(required=True, metadata={"description": "隐患还没有办结，可以报告整改完成"})
    reported_at = Moment(allow_none=True, required=True, metadata={"description": "最近一次报告"})
    photos = fields.Integer(required=True, metadata={"description": "最近一次报告附的照片"})
