"""What comes in and goes out about suspected crimes that go to the police."""

from marshmallow import Schema, fields, validate

from api.case_files_schemas import CaseStepSchema
from api.schemas import Input, Moment, PageQuery
from engine.campaign import crime_list
from engine.campaign.crime_parameters import STATES

CODE = validate.Length(1, 64)
PROOFS = "、".join(f"{name} {words}" for name, words in crime_list.PROOFS.items())
GROUNDS = "，".join(f"{name} {words}" for name, words in crime_list.GROUNDS.items())


class CrimeQuery(PageQuery):
    """Which cases are wanted."""

    hazard = fields.String(load_default=None, validate=CODE)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    open_only = fields.Boolean(load_default=False, metadata={"description": "只看没有办结的"})


class StartCrimeCase(Input):
    """What table D7 asks for; a proof is its document or file number."""

    hazard = fields.String(required=True, validate=CODE)
    ground = fields.String(
        required=True, validate=validate.OneOf(tuple(crime_list.GROUNDS)), metadata={"description": GROUNDS}
    )
    facts = fields.String(required=True, validate=validate.Length(2, 4000))
    officers = fields.List(
        fields.String(validate=validate.Length(1, 64)), required=True, validate=validate.Length(1, 20),
        metadata={"description": "专案组：两名以上执法人员的登录名或者执法证号"},
    )  # fmt: skip
    proofs = fields.Dict(
        keys=fields.String(validate=validate.OneOf(tuple(crime_list.PROOFS))),
        values=fields.String(validate=validate.Length(max=500)), load_default=dict, metadata={"description": PROOFS},
    )  # fmt: skip
    casualties = fields.Boolean(load_default=False, metadata={"description": "有无人员伤亡"})
    organ = fields.String(
        load_default=None, validate=CODE, metadata={"description": "以哪个部门的名义，只有管理员要填"}
    )


class CrimeCaseSchema(Schema):
    """A case from table D7 to the answer of the police; ``steps`` is empty in a list."""

    number = fields.String(required=True)
    hazard = fields.String()
    place_name = fields.String()
    instance_id = fields.String(allow_none=True)
    organ = fields.String()
    organ_name = fields.String()
    police = fields.String(allow_none=True)
    offence = fields.String()
    clause = fields.String()
    facts = fields.String()
    proofs = fields.Dict()
    officers = fields.List(fields.Dict())
    state = fields.String()
    opened_at = Moment()
    opened_by = fields.String()
    closed_at = Moment(allow_none=True)
    steps = fields.List(fields.Nested(CaseStepSchema))
