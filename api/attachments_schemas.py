"""Shapes of the files of a task."""

from marshmallow import Schema, fields

from api.schemas import Input, Moment


class AttachmentForm(Input):
    """Nothing goes with the file itself."""


class AttachmentSchema(Schema):
    """One file of a task."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(metadata={"description": "按内容识别，不按文件名"})
    size = fields.Integer()
    sha256 = fields.String()
    at = Moment()
    author = fields.String()
