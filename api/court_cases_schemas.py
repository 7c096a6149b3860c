"""What comes in and goes out about decisions that a department asks the court to enforce."""

from marshmallow import Schema, fields, validate

from api.case_files_schemas import CaseStepSchema
from api.schemas import Input, Moment, PageQuery
from engine.campaign.court_cases import DECISIONS
from engine.campaign.court_list import COURT, HIGHER
from engine.campaign.court_parameters import STATES

CODE = validate.Length(1, 64)


class CourtQuery(PageQuery):
    """Which cases are wanted."""

    hazard = fields.String(load_default=None, validate=CODE)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    open_only = fields.Boolean(load_default=False, metadata={"description": "只看没有办结的"})


class StartCourtCase(Input):
    """Which decision, what it asks of the party and until when."""

    hazard = fields.String(required=True, validate=CODE)
    document = fields.String(
        required=True, validate=CODE,
        metadata={"description": f"已经送达的决定书（文书的 id）：{'、'.join(DECISIONS)}"},
    )  # fmt: skip
    demand = fields.String(
        required=True, validate=validate.Length(2, 2000), metadata={"description": "当事人应当履行的义务"}
    )
    due_on = fields.Date(required=True, metadata={"description": "决定的履行期限（最后一日），已经过去"})
    court = fields.String(load_default=None, validate=CODE, metadata={"description": f"法院，默认 {COURT}"})
    higher_court = fields.String(
        load_default=None, validate=CODE, metadata={"description": f"上一级法院，默认 {HIGHER}"}
    )
    organ = fields.String(
        load_default=None, validate=CODE, metadata={"description": "以哪个部门的名义，只有管理员要填"}
    )


class CourtCaseSchema(Schema):
    """A case from the demand to the result of the execution; ``steps`` is empty in a list."""

    number = fields.String(required=True)
    hazard = fields.String()
    place_name = fields.String()
    instance_id = fields.String(allow_none=True)
    organ = fields.String()
    organ_name = fields.String()
    court = fields.String()
    court_name = fields.String()
    document = fields.String()
    decision = fields.String(metadata={"description": "决定书文号"})
    demand = fields.String()
    due_on = fields.Date()
    urged_at = Moment(allow_none=True, metadata={"description": "催告书送达"})
    answer_by = Moment(allow_none=True, metadata={"description": "催告满 10 个工作日（T35）"})
    opens_at = Moment(allow_none=True, metadata={"description": "从这时起可以申请"})
    ends_at = Moment(allow_none=True, metadata={"description": "到这时为止可以申请（T34）"})
    application = fields.String(metadata={"description": "强制执行申请书文号"})
    applied_at = Moment(allow_none=True)
    state = fields.String()
    opened_at = Moment()
    opened_by = fields.String()
    closed_at = Moment(allow_none=True)
    steps = fields.List(fields.Nested(CaseStepSchema))
