"""What comes in and goes out about listed supervision of whole units."""

from marshmallow import Schema, fields, validate

from api.case_files_schemas import CaseStepSchema
from api.schemas import Input, Moment, PageQuery
from engine.campaign.unit_listings import ORGAN, STATES

CODE = validate.Length(1, 64)


class ListingQuery(PageQuery):
    """Which listings are wanted."""

    place = fields.String(load_default=None, validate=CODE)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class ProposeListing(Input):
    """Which unit, and why."""

    place = fields.String(required=True, validate=CODE)
    reason = fields.String(required=True, validate=validate.Length(2, 2000))
    organ = fields.String(
        load_default=None, validate=CODE, metadata={"description": f"挂牌机关（表 D9 可以挂牌的），默认 {ORGAN}"}
    )


class UnitListingSchema(Schema):
    """A listing from the proposal to its end; ``steps``, ``open_hazards`` and ``document_id`` are empty in a list."""

    number = fields.String(required=True)
    place = fields.String()
    place_name = fields.String()
    organ = fields.String()
    organ_name = fields.String()
    instance_id = fields.String(allow_none=True)
    reason = fields.String()
    proposed_at = Moment()
    proposed_by = fields.String()
    state = fields.String()
    level = fields.String()
    step = fields.String(metadata={"description": "现在等着办的一步，办结以后为空"})
    turn = fields.String(metadata={"description": "轮到哪个单位（代码）"})
    turn_name = fields.String()
    due_at = Moment(allow_none=True, metadata={"description": "这一步最迟什么时候"})
    document = fields.String(metadata={"description": "挂牌督办通知书文号"})
    document_id = fields.String(allow_none=True, metadata={"description": "看得到那份通知书的，它的编号"})
    supervisor = fields.String()
    five = fields.Dict(metadata={"description": "整改措施、责任人、资金、应急预案"})
    listed_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True, metadata={"description": "挂牌期限"})
    overdue = fields.Boolean()
    delisted_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    open_hazards = fields.List(fields.String(), metadata={"description": "还挡着摘牌的：没有办结的重大、逾期隐患"})
    steps = fields.List(fields.Nested(CaseStepSchema))
