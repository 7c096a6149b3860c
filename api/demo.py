"""Routes of the demo clock: look at it, move it forward. A real installation answers 404."""

from datetime import timedelta
from typing import Any

from isodate import ISO8601Error, parse_duration
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, Moment
from engine import demo_clock
from engine.bpm import timers

blp = Blueprint("demo", "演示时钟（仅演示安装）", "/demo")


class Span(fields.Field[timedelta]):
    """A span of time, ISO 8601, without months and years: those have no fixed length."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> timedelta:
        try:
            span = parse_duration(value)
        except (ISO8601Error, TypeError, ValueError, OverflowError) as error:
            raise ValidationError("Not a valid span.") from error
        if not isinstance(span, timedelta):
            raise ValidationError("Not a valid span.")
        return span


class MoveClock(Input):
    """How far the clock moves: by a span, or to the next moment at which something is due."""

    by = Span(metadata={"type": "string", "description": "ISO 8601 时长，例如 PT1H、P1D"})
    to = fields.String(validate=validate.OneOf(("next",)))

    @validates_schema
    def one_of_them(self, values: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two says what is wanted."""
        if len(values) != 1:
            raise ValidationError("Exactly one of by and to.", "by")


class ClockSchema(Schema):
    """What time it is in the processes."""

    now = Moment(required=True)
    next_due_at = Moment(allow_none=True)


def _shown(app: Any) -> dict[str, Any]:
    return {"now": app.clock(), "next_due_at": timers.next_due(app)}


@blp.get("/clock")
@blp.answers(ClockSchema)
def show() -> object:
    """演示时钟现在几点，下一个到期在何时。"""
    demo_clock.require(auth.app())
    return _shown(auth.app())


@blp.post("/clock")
@blp.body(MoveClock)
@blp.answers(ClockSchema)
def move(by: timedelta | None = None, to: str | None = None) -> object:
    """向前拨动演示时钟（管理员）：{"by": "P1D"} 或 {"to": "next"}。"""
    app, _admin = auth.app(), auth.admin()
    _moved = demo_clock.move(app, by) if by is not None else demo_clock.move_to_next(app)
    return _shown(app)
