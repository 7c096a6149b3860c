"""What all shapes share: strict input, moments with offset, pages; knows no noun."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app
from marshmallow import RAISE, Schema, fields, validate

from engine.app import App
from engine.bpm.viewer import Page
from engine.said import english

Item = TypeVar("Item")

MAX_PAGE = 100_000
MAX_SIZE = 200


def zone() -> ZoneInfo:
    """The installation's zone: naive input is read in it, answers are written in it (rule C7)."""
    installation: App = current_app.extensions["bihuan"]
    return installation.zone


class Moment(fields.DateTime):
    """A moment, ISO 8601 with the installation's offset; input without an offset is read in that zone."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(zone()).isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone())
        try:
            return local.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class English(fields.String):
    """What the engine said in Chinese, in English (engine.said)."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else english(value)


def in_english(of: str) -> English:
    """The field of a sentence in English; ``of`` is the Chinese one, whose name it takes with ``_en``."""
    return English(attribute=of, dump_only=True, metadata={"description": f"{of} in English"})


def lines_in_english(of: str) -> "fields.List[Any]":
    """The same of a list of sentences."""
    return fields.List(English(), attribute=of, dump_only=True, metadata={"description": f"{of} in English"})


class Input(Schema):
    """What comes in: a field that the schema does not know is refused, by name."""

    class Meta:
        unknown = RAISE


class PageQuery(Input):
    """Which part of a list is wanted."""

    page = fields.Integer(
        load_default=1, validate=validate.Range(1, MAX_PAGE), metadata={"description": "页码，从 1 起"}
    )
    size = fields.Integer(load_default=50, validate=validate.Range(1, MAX_SIZE), metadata={"description": "每页条数"})


class LongPageQuery(PageQuery):
    """Which part of a short list is wanted; usually all of it."""

    size = fields.Integer(
        load_default=MAX_SIZE, validate=validate.Range(1, MAX_SIZE), metadata={"description": "每页条数"}
    )


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The page shape around one kind of item."""
    members: dict[str, Any] = {
        "items": fields.List(fields.Nested(item), required=True),
        "total": fields.Integer(required=True),
        "page": fields.Integer(required=True),
        "size": fields.Integer(required=True),
    }
    return Schema.from_dict(members, name=f"{item.__name__.removesuffix('Schema')}Page")


def page_from(items: Sequence[Item], page: int, size: int) -> Page[Item]:
    """One page of a list that the engine answers whole because it is short."""
    return Page(items[(page - 1) * size : page * size], len(items), page, size)


class Finding(Schema):
    """One finding of the linter or of a check."""

    file = fields.String()
    element = fields.String()
    name = fields.String(metadata={"description": "元素的名称"})
    field = fields.String()
    rule = fields.String()
    severity = fields.String(validate=validate.OneOf(("error", "warning", "info")))
    message = fields.String(required=True)
    en = fields.String()


class Fault(Schema):
    """RFC 9457: how every error is answered."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "中文：怎么回事，怎么办"})
    en = fields.String(metadata={"description": "the same in English"})
    instance = fields.String()
    errors = fields.List(fields.Nested(Finding))
    problems = fields.List(fields.Nested(Finding))


def variables() -> fields.Dict:
    """A process's variables; may be left out."""
    return fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "变量（键值对），可省略"})


class RegisterChangeSchema(Schema):
    """One edit of a register."""

    revision = fields.Integer(required=True)
    at = Moment()
    by = fields.String()
    before = fields.Dict()
    after = fields.Dict()
    reason = fields.String()
