"""Shapes of visits: patrols of track A, inspections of track B with their steps."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import visit_stages, visits

CLAIMED = "无网络时办理、事后补报的，手机所报的办理时间；只作记录，期限以收到的时间为准"
LOGINS = validate.Length(max=20)


def _text(longest: int = 255, least: int = 0) -> fields.String:
    return fields.String(required=least > 0, validate=validate.Length(least, longest))


class VisitQuery(PageQuery):
    """Which visits are listed."""

    place = fields.String(metadata={"description": "场所编号"})
    track = fields.String(validate=validate.OneOf(("A", "B")), metadata={"description": "A 巡查服务、B 行政检查"})
    kind = fields.String(metadata={"description": "检查类型"})
    result = fields.String(validate=validate.OneOf((*visits.RESULTS, visits.PENDING)))
    stage = fields.String(
        validate=validate.OneOf(visit_stages.STAGES), metadata={"description": "办到哪一步；巡查登记即归档"}
    )
    unit = fields.String(validate=validate.Length(1, 64), metadata={"description": "场所的网格、社区，或检查单位"})
    q = fields.String(validate=validate.Length(1, 100), metadata={"description": "场所名称的一部分，或场所编号"})
    since = Moment(metadata={"description": "从这一刻起"})
    until = Moment(metadata={"description": "到这一刻为止（不含）"})
    mine = fields.Boolean(metadata={"description": "只看本人到场或带队的"})
    unfinished = fields.Boolean(metadata={"description": "只看检查记录或清单还没有归档的"})


class SeenItem(Input):
    """What was seen at one item."""

    item = _text(255, 1)
    ok = fields.Boolean(required=True)
    text = _text(2000)


class CreateVisit(Input):
    """A visit of track A that was made."""

    place = _text(64, 1)
    kind = fields.String(required=True, validate=validate.OneOf(visits.KINDS))
    result = fields.String(required=True, validate=validate.OneOf(visits.RESULTS))
    at = Moment(metadata={"description": "检查时间，省略为现在"})
    people = fields.List(fields.String(), validate=LOGINS, metadata={"description": "到场人员的登录名"})
    leader = fields.String(allow_none=True, metadata={"description": "带队领导"})
    experts = fields.List(_text(64), validate=LOGINS)
    note = _text(4000)
    advice = _text(4000)
    covert = fields.Boolean(metadata={"description": "明查暗访"})
    findings = fields.List(fields.Nested(SeenItem), validate=validate.Length(max=200))
    checklists = fields.List(
        _text(32, 1), validate=validate.Length(max=10), metadata={"description": "所用检查清单的代码"}
    )


class RequestInspection(Input):
    """An inspection of track B that is to be approved."""

    place = _text(64, 1)
    kind = fields.String(required=True, validate=validate.OneOf(visits.KINDS_B))
    officers = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    subject = _text(2000, 1)
    cause = fields.String(metadata={"description": f"个案来由：{'、'.join(visits.CAUSES)}"})
    unit = fields.String(allow_none=True, metadata={"description": "检查机关，省略为本单位"})
    units = fields.List(fields.String(), validate=LOGINS, metadata={"description": "联合检查的其他部门"})
    leader = fields.String(allow_none=True)
    experts = fields.List(_text(64), validate=LOGINS)
    covert = fields.Boolean()


class CheckIn(Input):
    """The scanned code and where it was scanned."""

    code = _text(64, 1)
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))
    lon = fields.Float(required=True, validate=validate.Range(-180, 180))
    claimed_at = Moment(load_default=None, metadata={"description": CLAIMED})


class RecordInspection(Input):
    """The on-site record."""

    result = fields.String(required=True, validate=validate.OneOf(visits.RESULTS))
    findings = fields.List(fields.Nested(SeenItem), required=True, validate=validate.Length(1, 200))
    rights_told = fields.Boolean(required=True, metadata={"description": "已告知陈述、申辩等权利"})
    signer = _text()
    refusal = _text(2000)
    note = _text(4000)
    order_text = _text(4000)
    claimed_at = Moment(load_default=None, metadata={"description": CLAIMED})


class SheetStateSchema(Schema):
    """How far a checklist of a visit is."""

    key = fields.String(required=True)
    version = fields.Integer()
    name = fields.String()
    state = fields.String(metadata={"description": "open 未填完，complete 已填完，filed 已归档"})
    missing = fields.Integer(metadata={"description": "还没有填写的项数"})
    filed_at = Moment(allow_none=True)


class SettleFinding(Input):
    """What becomes of a finding: the hazard it belongs to, or why it is none."""

    hazard = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))
    reason = fields.String(load_default="", validate=validate.Length(max=2_000))


class SettledSchema(Schema):
    """Who said what of a finding."""

    hazard = fields.String()
    reason = fields.String()
    by = fields.String()
    at = fields.String()


class VisitSchema(Schema):
    """One visit."""

    id = fields.Integer(required=True)
    track = fields.String()
    kind = fields.String()
    place = fields.String()
    place_name = fields.String()
    at = Moment()
    people = fields.List(fields.String())
    leader = fields.String(allow_none=True)
    experts = fields.List(fields.String())
    covert = fields.Boolean()
    filed_at = Moment(allow_none=True)
    result = fields.String()
    note = fields.String()
    findings = fields.List(fields.Dict())
    advice = fields.String()
    clause = fields.String(metadata={"description": "依据"})
    created_by = fields.String()
    unit = fields.String(allow_none=True)
    units = fields.List(fields.String())
    cause = fields.String()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    subject = fields.String()
    plan = fields.String()
    counts = fields.Boolean(metadata={"description": "计入年度频次"})
    approval_no = fields.String(allow_none=True)
    approved_at = Moment(allow_none=True)
    approved_by = fields.String(allow_none=True)
    approved_for = fields.String(metadata={"description": "代谁批准：由代办人凭书面授权批准时的负责人"})
    approved_mandate = fields.String(metadata={"description": "书面授权的文号"})
    notice_no = fields.String(allow_none=True)
    notified_at = Moment(allow_none=True)
    checked_in_at = Moment(allow_none=True)
    checked_in_by = fields.String(allow_none=True)
    record_no = fields.String(allow_none=True)
    recorded_at = Moment(allow_none=True)
    certificates = fields.List(fields.Dict())
    signer = fields.String()
    refusal = fields.String()
    order_no = fields.String(allow_none=True)
    order_text = fields.String()
    order_clause = fields.String()
    unregistered = fields.List(
        fields.Integer(), metadata={"description": "检查情况中不符合而还没有登记为隐患的几项（从 1 数起）"}
    )
    settled = fields.Dict(
        keys=fields.String(), values=fields.Nested(SettledSchema),
        metadata={"description": "按项：归到哪件隐患，或者不登记的理由"},
    )  # fmt: skip
    sheets = fields.List(fields.Nested(SheetStateSchema), metadata={"description": "所带检查清单的填写情况"})
    stage = fields.String(validate=validate.OneOf(visit_stages.STAGES))
    checkin_claimed_at = Moment(allow_none=True, metadata={"description": "入企是补报的：手机所报的时间，仅供参考"})
    record_claimed_at = Moment(allow_none=True, metadata={"description": "记录是补报的：手机所报的时间，仅供参考"})


class PublishPlan(Input):
    """A line of a published yearly plan; what is left out means any."""

    year = fields.Integer(required=True, validate=validate.Range(2000, 2100))
    document = _text(255, 1)
    kind = _text(32)
    risk_level = _text(8)
    place = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)


class PublishedSchema(Schema):
    """What was written."""

    id = fields.Integer(required=True)
