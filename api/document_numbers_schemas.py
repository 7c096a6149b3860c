"""Shapes of the numbers of documents: registers with their entries, words of organs, the eight slots."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, LongPageQuery, Moment
from engine.campaign.document_numbers import IN_USE, NOT_FOUND, VOID

Short = validate.Length(max=255)


class EntryQuery(LongPageQuery):
    """Which numbers of a register."""

    state = fields.String(load_default=None, validate=validate.OneOf((IN_USE, VOID, NOT_FOUND)))


class SlotSchema(Schema):
    """One of the eight slots of 四单四函."""

    slot = fields.String(required=True)
    title = fields.String()
    type = fields.String(metadata={"description": "文书种类"})


class FillSlot(Input):
    """What a slot means from now on."""

    title = fields.String(required=True, validate=validate.Length(1, 64))
    type = fields.String(required=True, validate=Short)
    reason = fields.String(load_default="", validate=validate.Length(max=2000), metadata={"description": "理由"})


class OrganSchema(Schema):
    """An organ and the word with which its numbers begin."""

    unit = fields.String(required=True)
    name = fields.String()
    area = fields.String(metadata={"description": "区域简称，写在代字前的括号里；没有的为空"})
    word = fields.String(metadata={"description": "机关代字"})
    begins = fields.String(metadata={"description": "文号的开头"})


class NameOrgan(Input):
    """The word of an organ from now on."""

    word = fields.String(required=True, validate=validate.Length(1, 20))
    area = fields.String(load_default="", validate=validate.Length(max=20))
    reason = fields.String(load_default="", validate=validate.Length(max=2000), metadata={"description": "理由"})


class RegisterSchema(Schema):
    """One register: organ, kind, year and the last number."""

    series = fields.String(required=True)
    year = fields.Integer()
    last = fields.Integer()


class EntrySchema(Schema):
    """One number of a register."""

    serial = fields.Integer(required=True)
    number = fields.String()
    title = fields.String()
    document = fields.String(allow_none=True)
    hazard = fields.String(allow_none=True)
    at = Moment(allow_none=True)
    state = fields.String()
    reason = fields.String()
