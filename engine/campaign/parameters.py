"""The declared parameters of the campaign's operators; values arrive from diagrams as raw values, moments also as
ISO text.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from engine.said import Said

_EXAMPLE = "2026-10-10T08:30:00+08:00"
_NO_MOMENT = Said(f"应为带时区的日期时间，例如 {_EXAMPLE}", f"Must be a moment with its offset, such as {_EXAMPLE}")
_NO_ZONE = Said("日期时间缺少时区", "The offset from UTC is missing")
_NO_DAY = Said("应为日期，例如 2026-10-10", "Must be a day, such as 2026-10-10")


class Moment(fields.Field[datetime]):
    """An aware moment, or ISO 8601 text with an offset."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(_NO_MOMENT) from error
        if moment.tzinfo is None:
            raise ValidationError(_NO_ZONE)
        return moment.astimezone(UTC)


class Day(fields.Field[date]):
    """A day, a moment (its day as written), or ISO 8601 text of either."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        try:
            return value if isinstance(value, date) else datetime.fromisoformat(value).date()
        except (TypeError, ValueError) as error:
            raise ValidationError(_NO_DAY) from error


class Text(fields.Field[str]):
    """Any short text; a missing value is the empty text."""

    def __init__(self) -> None:
        super().__init__(load_default="", allow_none=True)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return str(value)


class OfHazard(Schema):
    """Every operator acts on one hazard."""

    hazard = fields.String(required=True)


class Classify(OfHazard):
    local_level = fields.String(required=True, validate=validate.OneOf(["立改", "一般", "较大", "重大(待判)", "重大"]))
    is_major = fields.Boolean(load_default=False)
    major_status = fields.String(load_default="否", validate=validate.OneOf(["否", "疑似", "已判定", "已解除"]))
    reason = Text()


class DeadlineOpen(OfHazard):
    type = fields.String(required=True)
    start_at = Moment(required=True)
    n = fields.Integer(required=True, validate=validate.Range(min=0, max=10_000))
    unit = fields.String(required=True, validate=validate.OneOf(["wd", "d", "h", "wh", "month"]))
    roll = fields.String(load_default="F", validate=validate.OneOf(["F", "N"]))
    due_at = Moment(load_default=None, allow_none=True)
    clause = Text()
    clock = Text()  # the rule in rules/clocks.yaml; diagrams deployed before there were rules name none


class DeadlineExtend(OfHazard):
    type = fields.String(required=True)
    n = fields.Integer(required=True, validate=validate.Range(min=1, max=366))
    unit = fields.String(required=True, validate=validate.OneOf(["wd", "d", "h", "wh", "month"]))
    due_at = Moment(load_default=None, allow_none=True)
    reason = Text()
    clause = Text()
    clock = Text()  # when the new limit follows another rule, and is no extension


class DeadlineClose(OfHazard):
    type = fields.String(required=True)
    replaced = fields.Boolean(load_default=False)


class AssignmentOpen(OfHazard):
    kind = fields.String(required=True)
    from_unit = fields.String(load_default="safety_office")
    to_unit = fields.String(required=True)
    reason = Text()
    sign_due_at = Moment(load_default=None, allow_none=True)
    answer_due_at = Moment(load_default=None, allow_none=True)


class AssignmentSign(OfHazard):
    kind = fields.String(required=True)
    answer_due_at = Moment(load_default=None, allow_none=True)


class AssignmentReturn(OfHazard):
    kind = fields.String(required=True)
    reason = Text()


class AssignmentAnswer(OfHazard):
    kind = fields.String(required=True)
    answer = Text()


class MeasureOpen(OfHazard):
    kind = fields.String(required=True)
    organ = fields.String(required=True)
    starts_on = Day(required=True)
    ends_at = Moment(required=True)
    decide_by = Moment(load_default=None, allow_none=True)
    warn_at = Moment(load_default=None, allow_none=True)
    number = Text()
    basis = Text()


class MeasureExtend(OfHazard):
    kind = fields.String(required=True)
    ends_at = Moment(required=True)
    decide_by = Moment(load_default=None, allow_none=True)
    warn_at = Moment(load_default=None, allow_none=True)
    reason = Text()


class MeasureClose(OfHazard):
    kind = fields.String(required=True)
    reason = Text()


class EscalationStep(OfHazard):
    step = fields.String(required=True)
    reason = Text()
    document = Text()
    overdue_wd = fields.Integer(load_default=0, allow_none=True)
    failed_rechecks = fields.Integer(load_default=0, allow_none=True)


class Five(OfHazard):
    goal = Text()
    measures = Text()
    responsible = Text()
    funds = fields.Raw(load_default="", allow_none=True)
    limit = fields.Raw(load_default="", allow_none=True)
    plan = Text()


class Refusal(OfHazard):
    evidence = Text()
    note = Text()


class Noted(OfHazard):
    kind = fields.String(required=True, validate=validate.Length(1, 16))
    text = fields.String(required=True)


class RecheckDone(OfHazard):
    number = fields.Integer(required=True, validate=validate.Range(min=1))
    result = fields.String(required=True, validate=validate.OneOf(["pass", "fail"]))
    opinion = Text()


class RevisitDone(OfHazard):
    revisit = fields.Integer(required=True, validate=validate.Range(min=1))
    result = fields.String(required=True, validate=validate.OneOf(["保持良好", "未整改", "复发"]))
    note = Text()


class Close(OfHazard):
    opinion = Text()


class Void(OfHazard):
    reason = Text()


class NoticeParameters(Schema):
    to = fields.String(required=True)
    template = Text()
    title = fields.String(required=True)
    hazard = fields.String(load_default=None, allow_none=True)
