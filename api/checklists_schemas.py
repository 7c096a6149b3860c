"""Shapes of checklists: versions that the office edits, sheets of a visit, proposals."""

from marshmallow import Schema, fields, validate

from api.pictures_schemas import PictureSchema
from api.schemas import Input, LongPageQuery, Moment, PageQuery
from engine.campaign import checklist_answers, checklist_proposals, checklists, hazards

ID = validate.Range(1, 2**31 - 1)
REVISION = validate.Range(0, 1_000_000)


def _text(longest: int = 255, least: int = 0) -> fields.String:
    return fields.String(required=least > 0, validate=validate.Length(least, longest))


def _texts(most: int) -> "fields.List[str]":
    return fields.List(_text(64, 1), validate=validate.Length(max=most))


class ChecklistQuery(LongPageQuery):
    """Which checklists are in force."""

    on = fields.Date(load_default=None, metadata={"description": "日期，省略为今天"})
    place = fields.String(load_default=None, metadata={"description": "适用于这个场所的"})
    place_kind = fields.String(load_default=None, validate=validate.OneOf(checklists.KINDS))
    sector = fields.String(load_default=None)
    role = fields.String(load_default=None)


class GivenItem(Input):
    """One item to look at."""

    question = _text(500, 1)
    code = fields.String(required=True, validate=validate.Length(1, 32), metadata={"description": "答“否”时的隐患代码"})
    clause = _text(500)
    photo = fields.Boolean(metadata={"description": "要拍照"})


class CreateChecklist(Input):
    """A version, valid from a day on."""

    key = fields.String(required=True, validate=validate.Length(1, 32), metadata={"description": "清单代码，如 CY-RQ"})
    name = _text(200, 1)
    items = fields.List(fields.Nested(GivenItem), required=True, validate=validate.Length(1, checklists.MOST_ITEMS))
    place_kinds = _texts(50)
    sectors = _texts(50)
    roles = _texts(50)
    legal_note = fields.String(load_default="示例规则，需法制审核", validate=validate.Length(max=200))
    valid_from = fields.Date(required=True)
    reason = _text(2000, 1)
    based_on = fields.Integer(validate=REVISION, metadata={"description": "依据的版本；新清单为 0 或不填"})


class RetireChecklist(Input):
    """After which day the newest version is not used any more."""

    last_day = fields.Date(required=True)
    revision = fields.Integer(required=True, validate=REVISION)
    reason = _text(2000, 1)


class ItemSchema(Schema):
    """One item."""

    no = fields.Integer(required=True)
    question = fields.String()
    code = fields.String()
    clause = fields.String()
    photo = fields.Boolean()


class ChecklistSchema(Schema):
    """One version of a checklist."""

    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String()
    unit = fields.String(allow_none=True, metadata={"description": "由谁维护；空为系统管理员"})
    place_kinds = fields.List(fields.String())
    sectors = fields.List(fields.String())
    roles = fields.List(fields.String())
    items = fields.List(fields.Nested(ItemSchema))
    legal_note = fields.String()
    reason = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    revision = fields.Integer()
    created_at = Moment()
    created_by = fields.String()


class OpenSheet(Input):
    """Which checklist is taken along."""

    key = _text(32, 1)


class GivenAnswer(Input):
    """The answer to one item."""

    no = fields.Integer(required=True, validate=validate.Range(1, checklists.MOST_ITEMS))
    answer = fields.String(required=True, validate=validate.OneOf(checklist_answers.ANSWERS))
    note = _text(2000)
    photos = _texts(checklist_answers.MOST_PHOTOS)


class SaveAnswers(Input):
    """Some answers; the others stay."""

    revision = fields.Integer(required=True, validate=REVISION)
    answers = fields.List(fields.Nested(GivenAnswer), required=True, validate=validate.Length(1, checklists.MOST_ITEMS))


class FileSheet(Input):
    """Which edit of the sheet is filed."""

    revision = fields.Integer(required=True, validate=REVISION)


class AnsweredSchema(ItemSchema):
    """One item with its answer."""

    answer = fields.String(allow_none=True)
    note = fields.String()
    photos = fields.List(fields.String())
    answered_at = Moment(allow_none=True)
    answered_by = fields.String(allow_none=True)
    proposal = fields.Integer(allow_none=True, metadata={"description": "见 /proposals/{id}"})
    state = fields.String(allow_none=True)
    hazard = fields.String(allow_none=True)
    pictures = fields.List(fields.Nested(PictureSchema), metadata={"description": "正确和错误的图例"})


class SheetSchema(Schema):
    """A checklist on a visit."""

    visit = fields.Integer(required=True)
    key = fields.String(required=True)
    version = fields.Integer()
    name = fields.String()
    legal_note = fields.String()
    revision = fields.Integer()
    opened_at = Moment()
    opened_by = fields.String()
    filed_at = Moment(allow_none=True)
    filed_by = fields.String(allow_none=True)
    items = fields.List(fields.Nested(AnsweredSchema))
    missing = fields.List(fields.Integer(), metadata={"description": "还没有填写的项"})
    photos_missing = fields.List(fields.Integer(), metadata={"description": "要拍照而没有照片的项"})


class ProposalQuery(PageQuery):
    """Which proposals are listed."""

    state = fields.String(validate=validate.OneOf(checklist_proposals.STATES))
    visit = fields.Integer(validate=ID)
    place = fields.String(validate=validate.Length(1, 64))
    hazard = fields.String(validate=validate.Length(1, 64), metadata={"description": "这件隐患出自哪一项"})


class RegisterProposal(Input):
    """What the item does not say; all may be left out."""

    text = fields.String(validate=validate.Length(1, 4000), metadata={"description": "隐患描述，省略为问题和备注"})
    part = _text()
    source = fields.String(validate=validate.OneOf(hazards.SOURCES))
    number = _text(32)
    holder_unit = _text(64)
    duplicate_reason = fields.String(
        validate=validate.Length(2, 2000), metadata={"description": "与未销号的隐患相近（409）而仍要登记的理由"}
    )
    suspected = fields.Boolean()
    criteria_confirmed = fields.Boolean()
    immediate_danger = fields.Boolean()
    fixable_now = fields.Boolean()
    outside_cause = fields.Boolean()


class DismissProposal(Input):
    """Why it is not registered."""

    reason = _text(2000, 1)


class ProposalSchema(Schema):
    """A hazard that a checklist proposes."""

    id = fields.Integer(required=True)
    state = fields.String()
    state_name = fields.String()
    visit = fields.Integer()
    at = Moment()
    place = fields.String()
    place_name = fields.String()
    checklist = fields.String()
    version = fields.Integer()
    checklist_name = fields.String()
    no = fields.Integer()
    question = fields.String()
    code = fields.String()
    clause = fields.String()
    legal_note = fields.String()
    note = fields.String()
    photos = fields.List(fields.String())
    answered_at = Moment()
    answered_by = fields.String()
    hazard = fields.String(allow_none=True)
    reason = fields.String()
    decided_at = Moment(allow_none=True)
    decided_by = fields.String(allow_none=True)
