"""What is sent to write the three-year plan."""

from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate

from api.schemas import Input
from engine.campaign.plan_measures import MEASURES


def _text(most: int, **given: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, most), **given)


def _units(**given: Any) -> fields.Field[Any]:
    return fields.List(_text(63), validate=validate.Length(max=60), **given)


def _tasks(**given: Any) -> fields.Field[Any]:
    numbers = fields.Integer(validate=validate.Range(1, 999))
    return fields.List(numbers, validate=validate.Length(max=100), **given)


class CreateTask(Input):
    """A new numbered task."""

    number = fields.Integer(required=True, validate=validate.Range(1, 999))
    action = _text(255, required=True, metadata={"description": "属于哪一项行动"})
    title = _text(255, required=True)
    content = _text(4000, required=True)
    rhythm = fields.String(load_default="", validate=validate.Length(max=255), metadata={"description": "多久一次"})
    lead_units = _units(required=True)
    support_units = _units(load_default=list)
    communities = fields.Boolean(load_default=False, metadata={"description": "各社区都负责"})


class ChangeTask(Input):
    """Which fields of a task change."""

    revision = fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))
    reason = _text(2000, required=True)
    action = _text(255)
    title = _text(255)
    content = _text(4000)
    rhythm = fields.String(validate=validate.Length(max=255))
    lead_units = _units()
    support_units = _units()
    communities = fields.Boolean()


class GivenMeasure(Input):
    """How a milestone is computed from the records."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(MEASURES)))
    found_before = fields.Date(metadata={"description": "存量：截止日（含）以前发现的"})
    most = fields.Integer(validate=validate.Range(0, 100_000), metadata={"description": "存量：最多剩几件"})
    since = fields.Date(metadata={"description": "增量、清零：从哪一天起"})

    @post_load
    def plain(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Days as they are kept, in ISO 8601."""
        return {name: each.isoformat() if isinstance(each, date) else each for name, each in values.items()}


class CreateMilestone(Input):
    """A new milestone."""

    id = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}\Z"))
    name = _text(255, required=True)
    due_on = fields.Date(required=True)
    target = _text(2000, required=True)
    tasks = _tasks(load_default=list)
    measure = fields.Nested(GivenMeasure, load_default=dict, metadata={"description": "不填的由人判断"})


class ChangeMilestone(Input):
    """Which fields of a milestone change; an empty measure leaves it to a person."""

    revision = fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))
    reason = _text(2000, required=True)
    name = _text(255)
    due_on = fields.Date()
    target = _text(2000)
    tasks = _tasks()
    measure = fields.Nested(GivenMeasure, allow_none=True)


class RemoveFromPlan(Input):
    """Why it is taken out."""

    reason = _text(2000, required=True)
