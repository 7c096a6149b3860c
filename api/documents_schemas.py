"""Shapes of documents."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.completions_schemas import SlipSchema
from api.schemas import Input, LongPageQuery, Moment, PageQuery, in_english, lines_in_english
from engine.campaign.document_approval import OFFICER, ROLES, SEALS
from engine.campaign.document_serving import PROOF
from engine.campaign.document_views import STATES
from engine.campaign.named_hazards import MOST

Short, Long = validate.Length(max=255), validate.Length(max=5_000)


def _further(**how: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.Length(1, 64)), validate=validate.Length(max=MOST), **how,
        metadata={"description": "同一场所的其他隐患：文书也归到它们，起算各自的时限；只用于可以写明多件的文书"},
    )  # fmt: skip


def _officers(**how: Any) -> fields.List[Any]:
    return fields.List(fields.String(validate=Short), validate=validate.Length(max=20), **how)


class DocumentQuery(PageQuery):
    """Which documents are wanted."""

    hazard = fields.String(load_default=None)
    type = fields.String(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    q = fields.String(load_default=None, validate=Short, metadata={"description": "文号、标题、种类或隐患编号"})


class DraftDocument(Input):
    """A new document."""

    type = fields.String(required=True, validate=validate.Length(1, 64))
    hazard = fields.String(load_default=None, allow_none=True, validate=Short)
    place = fields.String(load_default=None, allow_none=True, validate=Short)
    visit = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "所属的行政检查（走访编号）：文书与检查用同一个文号"},
    )  # fmt: skip
    further_hazards = _further(load_default=list)
    to_unit = fields.String(load_default=None, allow_none=True, validate=Short)
    body = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "各栏内容，见文书种类表"})
    officers = _officers(load_default=None, allow_none=True, metadata={"description": "承办人员的登录名"})
    period = fields.String(
        load_default=None, allow_none=True, validate=Short,
        metadata={"description": "工作信息统计哪一期：week、month、quarter、year 或期别，如 2026-09；不写为本月"},
    )  # fmt: skip


class EditDocument(Input):
    """Changes of a draft."""

    revision = fields.Integer(required=True, validate=validate.Range(1, 1_000_000))
    body = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)
    officers = _officers(load_default=None, allow_none=True)
    further_hazards = _further(load_default=None, allow_none=True)


class Decide(Input):
    """An approval."""

    opinion = fields.String(load_default="", validate=Long)


class RejectDocument(Input):
    """Back to be drafted again."""

    opinion = fields.String(required=True, validate=validate.Length(1, 5_000))


class SignForm(Input):
    """What goes with the strokes."""

    role = fields.String(load_default=OFFICER, validate=validate.OneOf(ROLES))
    name = fields.String(load_default="", validate=Short)


class IssueDocument(Input):
    """Which seal."""

    seal = fields.String(load_default=SEALS[0], validate=validate.OneOf(SEALS))


class ServeDocument(Input):
    """How, where, when and to whom it was served."""

    way = fields.String(required=True, validate=validate.OneOf(tuple(PROOF)))
    place = fields.String(required=True, validate=validate.Length(1, 255))
    at = Moment(required=True)
    recipient = fields.String(required=True, validate=validate.Length(1, 255))
    signed_by = fields.String(load_default="", validate=Short)
    witnesses = _officers(load_default=list)
    refusal_note = fields.String(load_default="", validate=Long)
    tracking = fields.String(load_default="", validate=Short)
    files = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=10),
        metadata={"description": "签收回执照片：已上传文件的编号"},
    )  # fmt: skip


class VoidDocument(Input):
    """Asking for, or confirming, that it be void."""

    reason = fields.String(load_default="", validate=Long)
    confirm = fields.Boolean(load_default=False)


class SignatureSchema(Schema):
    role = fields.String()
    name = fields.String()
    person = fields.String(allow_none=True)
    at = Moment()
    sha256 = fields.String()
    body_sha256 = fields.String()


class ServingSchema(Schema):
    way = fields.String()
    place = fields.String()
    at = Moment()
    recipient = fields.String()
    signed_by = fields.String()
    witnesses = fields.List(fields.String())
    refusal_note = fields.String()
    tracking = fields.String()
    effective_at = Moment(allow_none=True, metadata={"description": "公告送达：期满视为送达的时刻"})
    trace = fields.List(fields.String(), metadata={"description": "公告期怎样算出"})
    trace_en = lines_in_english("trace")
    provisional = fields.Boolean(metadata={"description": "放假安排未公布，暂定"})
    files = fields.List(fields.String(), metadata={"description": "签收回执照片的文件编号"})
    receipt = fields.String(metadata={"description": "送达回证的 id"})


class WrittenDateSchema(Schema):
    """A date in the body that holds no more."""

    field = fields.String()
    label = fields.String()
    written = fields.Date(metadata={"description": "文书写明的日期；文书不改"})
    due_on = fields.Date(allow_none=True, metadata={"description": "现在的期限，中止计时的为空"})
    reason = fields.String(metadata={"description": "变更的理由"})


class DocumentSchema(Schema):
    """One document."""

    id = fields.String(required=True)
    type = fields.String()
    title = fields.String()
    organ = fields.String()
    organ_name = fields.String()
    unit = fields.String()
    hazard = fields.String(allow_none=True)
    further_hazards = fields.List(fields.String(), metadata={"description": "文书写明的同一场所的其他隐患"})
    place = fields.String(allow_none=True)
    inspection = fields.Integer(allow_none=True, metadata={"description": "所属行政检查的走访编号"})
    all_found = fields.Boolean(metadata={"description": "这次检查发现、以后才登记的隐患也归到它"})
    to_unit = fields.String(allow_none=True)
    paper = fields.Integer(allow_none=True)
    about = fields.String(allow_none=True)
    body = fields.Dict()
    officers = fields.List(fields.String())
    state = fields.String(validate=validate.OneOf(STATES))
    revision = fields.Integer()
    version = fields.Integer()
    number = fields.String(allow_none=True, metadata={"description": "文号，批准时编"})
    verify_code = fields.String()
    drafted_at = Moment()
    drafted_by = fields.String()
    submitted_at = Moment(allow_none=True)
    submitted_by = fields.String(allow_none=True)
    approved_at = Moment(allow_none=True)
    approved_by = fields.String(allow_none=True)
    approved_for = fields.String(metadata={"description": "代谁批准：由代办人凭书面授权批准时的负责人"})
    approved_mandate = fields.String(metadata={"description": "书面授权的文号"})
    issued_at = Moment(allow_none=True)
    issued_by = fields.String(allow_none=True)
    seal = fields.String()
    power = fields.String(metadata={"description": "批准时依据的权力条款（表 D9）"})
    certificates = fields.List(fields.Dict(), metadata={"description": "批准时承办人员的执法证"})
    sha256 = fields.String(allow_none=True)
    served_at = Moment(allow_none=True)
    archived_at = Moment(allow_none=True)
    void_asked_by = fields.String(allow_none=True)
    void_reason = fields.String(allow_none=True)
    voided_at = Moment(allow_none=True)
    voided_by = fields.String(allow_none=True)
    outcome = fields.String(metadata={"description": "最近一次送审的结果：approved、rejected，未审为空"})
    opinion = fields.String(metadata={"description": "审批意见、退回意见"})
    signatures = fields.List(fields.Nested(SignatureSchema))
    services = fields.List(fields.Nested(ServingSchema))
    moved = fields.List(fields.Nested(WrittenDateSchema), metadata={"description": "文书写明、现在已变更的期限"})


class DocumentVersionSchema(Schema):
    """A body as it was handed in, and what was said about it."""

    version = fields.Integer(required=True)
    at = Moment(metadata={"description": "送审时间"})
    by = fields.String()
    body = fields.Dict()
    sha256 = fields.String(metadata={"description": "正文的 SHA-256，签名签的就是它"})
    changed = fields.List(fields.String(), metadata={"description": "与上一版相比改了哪几栏"})
    outcome = fields.String(metadata={"description": "approved、rejected，未审为空"})
    opinion = fields.String()
    decided_at = Moment(allow_none=True)
    decided_by = fields.String(allow_none=True)


class DocumentFieldSchema(Schema):
    name = fields.String()
    label = fields.String()
    kind = fields.String()
    required = fields.Boolean()
    choices = fields.List(fields.String())
    columns = fields.Dict(allow_none=True)


class NeedSchema(Schema):
    types = fields.List(fields.String())
    level = fields.String()


class ChoiceQuery(LongPageQuery):
    """About what a document shall be."""

    hazard = fields.String(load_default=None, validate=Short)
    place = fields.String(load_default=None, validate=Short)


class NeedStateSchema(Schema):
    """One thing that must be there first, and whether it is."""

    words = fields.String(required=True)
    words_en = in_english("words")
    met = fields.Boolean()
    types = fields.List(fields.String(), metadata={"description": "可以补做的文书种类"})
    document = fields.String(allow_none=True, metadata={"description": "已有的那份文书的 id，可能还没走到要求的一步"})
    state = fields.String(metadata={"description": "那份文书的状态，没有则为空"})


class DocumentChoiceSchema(Schema):
    """A type that the viewer's unit may make, with what must be there first."""

    type = fields.String(required=True)
    nr = fields.Integer(allow_none=True)
    clause = fields.String()
    note = fields.String()
    ready = fields.Boolean(metadata={"description": "前置文书已经齐全"})
    needs = fields.List(fields.Nested(NeedStateSchema))
    slots = fields.List(fields.String(), metadata={"description": "四单四函里的本地名称，如 单一 风险提示单"})
    of_inspection = fields.Boolean(metadata={"description": "可为某次行政检查制作，与检查同号"})


class DocumentTypeSchema(Schema):
    """One row of the table of types."""

    type = fields.String(required=True)
    code = fields.String(metadata={"description": "文种代字"})
    nr = fields.Integer(allow_none=True)
    several = fields.Boolean(metadata={"description": "可以写明同一场所的其他隐患"})
    issuers = fields.List(fields.String())
    issuer_clause = fields.String()
    needs = fields.List(fields.Nested(NeedSchema))
    fields_ = fields.List(fields.Nested(DocumentFieldSchema), attribute="fields", data_key="fields")
    officers = fields.Integer()
    clause = fields.String()
    note = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class VerifiedSchema(Schema):
    type = fields.String(required=True)
    number = fields.String()
    organ = fields.String()
    issued_on = fields.Date()
    void = fields.Boolean()
    slip = fields.Nested(SlipSchema, allow_none=True, metadata={"description": "可以扫码报告整改完成的，写明是哪几项"})
