"""Shapes of hazards: the ledger's lines, registering one, its deadlines, what happened to it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.schemas import Input, Moment, PageQuery, in_english, lines_in_english, page_of
from engine.campaign import hazards, judgements, lamp, ledger_pages, overlays, stages
from engine.campaign.case_papers import SOURCES

SORTS = ("due_at", "-due_at", "number", "-number", "found_at", "-found_at", "lamp", "-lamp")


class LedgerFilter(Input):
    """Which hazards; without any, the open ones that the viewer may see."""

    q = fields.String(metadata={"description": "按编号、描述、场所查找"})
    stage = fields.String(validate=validate.OneOf(stages.ORDER))
    overlay = fields.String(validate=validate.OneOf(list(overlays.CONDITIONS)), metadata={"description": "叠加状态"})
    lamp = fields.String(metadata={"description": f"灯色，可用逗号隔开几种：{'、'.join(lamp.ORDER)}"})
    community = fields.String(metadata={"description": "社区代码"})
    grid = fields.String(metadata={"description": "网格代码"})
    place = fields.String(metadata={"description": "场所编号"})
    sector = fields.String(metadata={"description": "场所的行业"})
    code = fields.String(metadata={"description": "隐患代码"})
    level = fields.String(metadata={"description": "分级"})
    major = fields.String(validate=validate.OneOf(judgements.STATES), metadata={"description": "重大隐患判定"})
    source = fields.String(validate=validate.OneOf(hazards.SOURCES), metadata={"description": "来源"})
    finder = fields.String(metadata={"description": "发现人的登录名"})
    holder = fields.String(metadata={"description": "承办单位"})
    unit = fields.String(metadata={"description": "承办或收到移交的单位"})
    campaign = fields.String(metadata={"description": "计入哪个专项行动"})
    overdue = fields.Boolean()
    status = fields.String(load_default="open", validate=validate.OneOf(("open", "closed", "all")))
    found_from = Moment()
    found_to = Moment(metadata={"description": "早于这一刻"})
    due_from = fields.Date(metadata={"description": "最近的整改时限不早于这一天"})
    due_to = fields.Date(metadata={"description": "最近的整改时限不晚于这一天"})
    closed_from = Moment()
    closed_to = Moment(metadata={"description": "早于这一刻"})
    voided = fields.Boolean(metadata={"description": "true 只看作废的，false 不看作废的"})
    visit = fields.Integer(validate=validate.Range(1, 2**31 - 1), metadata={"description": "在这次走访检查中发现的"})
    is_major = fields.Boolean(metadata={"description": "是否判定为重大隐患，已销号的也可以问"})
    recurred = fields.Boolean(metadata={"description": "同一场所同一代码在此前 365 日内是否出现过"})


class HazardQuery(PageQuery, LedgerFilter):
    """Which part of the ledger: by page number, or from a row onward (``after``) or backward (``before``)."""

    sort = fields.String(load_default="due_at", validate=validate.OneOf(SORTS))
    after = fields.String(
        validate=validate.Length(1, 512), metadata={"description": "上一次回答的 next：从那一行往后，再多的行也一样快"}
    )
    before = fields.String(
        validate=validate.Length(1, 512), metadata={"description": "上一次回答的 previous：那一行之前；end 为最后一页"}
    )
    counted = fields.String(
        load_default="all",
        validate=validate.OneOf(("all", "some")),
        metadata={"description": f"some：total 最多数到 {ledger_pages.MOST_COUNTED}，超过时 capped 为 true"},
    )


class RegisterHazard(Input):
    """A hazard that was found."""

    place = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "场所编号"})
    code = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "隐患代码"})
    text = fields.String(required=True, validate=validate.Length(1, 4000), metadata={"description": "隐患描述"})
    part = fields.String(validate=validate.Length(max=255), metadata={"description": "部位"})
    source = fields.String(validate=validate.OneOf(hazards.SOURCES))
    found_at = Moment(metadata={"description": "发现时间，省略为现在"})
    visit = fields.Integer(validate=validate.Range(1, 2**31 - 1), metadata={"description": "在哪次走访检查中发现"})
    number = fields.String(validate=validate.Length(max=32), metadata={"description": "纸质台账编号，省略则自动编号"})
    holder_unit = fields.String(validate=validate.Length(max=64), metadata={"description": "承办单位，省略为所在社区"})
    photos = fields.List(
        fields.String(), validate=validate.Length(max=20), metadata={"description": "已上传照片的编号"}
    )
    on_duplicate = fields.String(
        validate=validate.OneOf(("note", "refuse")),
        metadata={
            "default": "note",
            "description": "与未销号的隐患相近时：note 照常登记并写入经过，refuse 不登记（409，指出是哪一件）",
        },
    )
    duplicate_reason = fields.String(
        validate=validate.Length(2, 2000), metadata={"description": "与未销号的隐患相近而仍要另行登记的理由"}
    )
    suspected = fields.Boolean(metadata={"description": "疑似重大"})
    criteria_confirmed = fields.Boolean(metadata={"description": "自认为构成重大；登记后为疑似，由部门判定"})
    immediate_danger = fields.Boolean(metadata={"description": "现实危险"})
    fixable_now = fields.Boolean(metadata={"description": "可现场立改"})
    outside_cause = fields.Boolean(metadata={"description": "外部原因"})


class AskExtension(Input):
    """How much more time is asked for, and why: so many days, or a written new limit."""

    n = fields.Integer(load_default=None, validate=validate.Range(1, 365), metadata={"description": "延长多少"})
    until = fields.Date(load_default=None, metadata={"description": "或者：新的期限（最后一天）"})
    unit = fields.String(
        load_default="d", validate=validate.OneOf(("d", "wd")), metadata={"description": "d 日、wd 工作日"}
    )
    reason = fields.String(required=True, validate=validate.Length(1, 2000))

    @validates_schema
    def one_of_them(self, values: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two says how long."""
        if (values.get("n") is None) == (values.get("until") is None):
            raise ValidationError("Exactly one of n and until.", "n")


class AskVoid(Input):
    """Why a hazard should be struck off."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class HazardSchema(Schema):
    """One line of the ledger."""

    number = fields.String(required=True)
    instance_id = fields.String(allow_none=True)
    place = fields.String()
    place_name = fields.String()
    visit = fields.Integer(allow_none=True, metadata={"description": "在哪次走访检查中发现"})
    code = fields.String()
    code_name = fields.String()
    text = fields.String()
    part = fields.String()
    source = fields.String()
    street = fields.String()
    community = fields.String()
    community_name = fields.String()
    grid = fields.String()
    holder_unit = fields.String()
    holder_name = fields.String()
    finder = fields.String()
    finder_name = fields.String()
    found_at = Moment()
    registered_at = Moment()
    local_level = fields.String(allow_none=True)
    is_major = fields.Boolean()
    major_status = fields.String()
    reason = fields.String(metadata={"description": "分级理由"})
    five = fields.Dict(allow_none=True, metadata={"description": "五落实"})
    repeats = fields.Integer(metadata={"description": "12 个月内同场所同代码再次发生的次数"})
    recurs = fields.String(allow_none=True, metadata={"description": "销号后复发：原隐患编号"})
    tracked_reason = fields.String(allow_none=True, metadata={"description": "重点跟踪的理由"})
    failed_rechecks = fields.Integer()
    stage = fields.String(metadata={"description": "所处环节"})
    overlays = fields.List(fields.String(), metadata={"description": "叠加状态：逾期、督办中、移交中 …"})
    lamp = fields.String(validate=validate.OneOf(lamp.ORDER))
    lamp_name = fields.String()
    lamp_reason = fields.String()
    lamp_reason_en = in_english("lamp_reason")
    due_at = Moment(allow_none=True)
    due_date = fields.Date(allow_none=True)
    overdue_workdays = fields.Integer(allow_none=True)
    workdays_left = fields.Integer(allow_none=True)
    status = fields.String(validate=validate.OneOf(("open", "closed")))
    closed_at = Moment(allow_none=True)
    closure_no = fields.String(allow_none=True)
    kept_until = fields.Date(allow_none=True, metadata={"description": "销号后档案至少保存到哪一天（T59）"})
    void_reason = fields.String(allow_none=True)
    photos = fields.List(fields.String())


class LedgerPageSchema(page_of(HazardSchema)):  # type: ignore[misc]
    """One page of the ledger."""

    capped = fields.Boolean(required=True, metadata={"description": "实际条数多于 total"})
    next = fields.String(required=True, allow_none=True, metadata={"description": "下一页的位置；没有为 null"})
    previous = fields.String(required=True, allow_none=True, metadata={"description": "上一页的位置；没有为 null"})


class DeadlineSchema(Schema):
    """One deadline with the count that led to its date."""

    id = fields.Integer(required=True)
    kind = fields.String()
    kind_en = in_english("kind")
    clock = fields.String(metadata={"description": "时限编号，见 /clocks；旧流程立的时限没有"})
    side = fields.String(metadata={"description": "own 机关自己的时限，party 当事人的时限"})
    start_at = Moment()
    n = fields.Integer()
    unit = fields.String(metadata={"description": "wd 工作日、d 日、h 小时、month 月"})
    roll = fields.String(metadata={"description": "F 遇节假日顺延，N 不顺延"})
    due_at = Moment()
    due_date = fields.Date()
    clause = fields.String()
    consequence = fields.String(metadata={"description": "逾期的后果"})
    trace = fields.List(fields.String(), metadata={"description": "怎样算出来的，一步一句"})
    trace_en = lines_in_english("trace")
    provisional = fields.Boolean(metadata={"description": "节假日安排尚未公布，公布后重算"})
    state = fields.String()
    replaced_by = fields.Integer(allow_none=True)
    extensions = fields.Integer(metadata={"description": "已延期次数"})
    reason = fields.String()
    by = fields.String()
    opened_at = Moment()
    ended_at = Moment(allow_none=True)


class CaseEventSchema(Schema):
    """One line of a hazard's story."""

    at = Moment(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    title_en = in_english("title")
    text = fields.String()
    text_en = in_english("text")
    by = fields.String()
    by_name = fields.String()
    element = fields.String(allow_none=True)


class PaperSchema(Schema):
    """One paper of a case, wherever it is kept."""

    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    id = fields.String(required=True, metadata={"description": "在其来源中的编号"})
    kind = fields.String()
    number = fields.String(metadata={"description": "文号"})
    title = fields.String()
    document = fields.String(allow_none=True, metadata={"description": "文书 id，可在 /documents 中打开"})
    document_state = fields.String()
    from_unit = fields.String()
    from_name = fields.String()
    to_unit = fields.String()
    to_name = fields.String()
    reason = fields.String()
    sent_at = Moment()
    sign_due_at = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    returned_at = Moment(allow_none=True)
    return_reason = fields.String()
    answer_due_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    answer = fields.String()
    closed_at = Moment(allow_none=True)
    state = fields.String()


class MeasureSchema(Schema):
    """One measure that a department decided."""

    id = fields.Integer(required=True)
    kind = fields.String()
    organ = fields.String()
    organ_name = fields.String()
    decision_no = fields.String(metadata={"description": "决定书文号"})
    basis = fields.String(metadata={"description": "依据"})
    starts_on = fields.Date()
    ends_at = Moment()
    decide_by = Moment(allow_none=True, metadata={"description": "最迟何时决定延长或解除"})
    warn_at = Moment(allow_none=True)
    extended_at = Moment(allow_none=True)
    lifted_at = Moment(allow_none=True)
    lift_reason = fields.String()
