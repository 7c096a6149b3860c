"""Shapes of the picture manual."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import checklists, pictures


class PictureQuery(PageQuery):
    """Which pictures are listed."""

    code = fields.String(validate=validate.Length(1, 20), metadata={"description": "隐患代码"})
    checklist = fields.String(validate=validate.Length(1, 32), metadata={"description": "检查清单代码"})
    shows = fields.String(validate=validate.OneOf(pictures.SHOWS))
    place_kind = fields.String(
        validate=validate.OneOf(checklists.KINDS), metadata={"description": "检查这类场所时会看到的"}
    )


class AddPicture(Input):
    """What a picture is about: a hazard code, or an item of a checklist."""

    code = fields.String(load_default="", validate=validate.Length(max=20))
    checklist = fields.String(load_default="", validate=validate.Length(max=32))
    no = fields.Integer(
        load_default=None, validate=validate.Range(1, checklists.MOST_ITEMS), metadata={"description": "清单的第几项"}
    )
    shows = fields.String(required=True, validate=validate.OneOf(pictures.SHOWS))
    caption = fields.String(load_default="", validate=validate.Length(max=255), metadata={"description": "图注"})
    replaces = fields.String(
        load_default="", validate=validate.Length(max=32), metadata={"description": "同时撤下的旧图例"}
    )


class PictureSchema(Schema):
    """One picture."""

    id = fields.String(required=True, metadata={"description": "文件见 /pictures/{id}/file"})
    code = fields.String()
    checklist = fields.String()
    question = fields.String()
    shows = fields.String(validate=validate.OneOf(pictures.SHOWS))
    shows_name = fields.String()
    caption = fields.String()
    filename = fields.String()
    media_type = fields.String()
    added_at = Moment()
    added_by = fields.String()
