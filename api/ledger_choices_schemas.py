"""Shapes of what a person keeps of the ledger; what is saved is checked by the very schema of the ledger."""

import json
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.filters_schemas import ChangeFilter, FilterSchema
from api.hazards_schemas import HazardQuery
from api.schemas import Input
from engine.campaign.ledger_choices import LISTS

LEDGER = HazardQuery(exclude=("page", "size", "after", "before", "counted"))
SAID = {"description": "与 GET /hazards 相同的参数，page、size、after、before、counted 除外"}
LONGEST = 4000  # characters of a question as JSON


class Question(fields.Nested):
    """A question that is checked, and kept in the words in which it was asked: days and moments are text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        super()._deserialize(value, attr, data, partial, **kwargs)
        if len(json.dumps(value)) > LONGEST:
            raise ValidationError("Too long.")
        return value

    def _serialize(self, *given: Any, **kwargs: Any) -> Any:
        return given[0]


class ChangeLedgerFilter(ChangeFilter):
    """What of a filter becomes different; what is left out stays."""

    query = Question(LEDGER, metadata=SAID)


class SaveLedgerFilter(ChangeLedgerFilter):
    """A question to the ledger under a name."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    query = Question(LEDGER, required=True, metadata=SAID)


class SavedLedgerFilterSchema(FilterSchema):
    """One saved filter of the ledger."""

    query = Question(LEDGER)
    count = fields.Integer(allow_none=True, metadata={"description": "台账的筛选不计数，总是 null"})


class ChooseColumns(Input):
    """The columns of a list in their order; none: the usual ones."""

    columns = fields.List(
        fields.String(validate=validate.Regexp(r"[a-z_]{1,32}\Z")), required=True, validate=validate.Length(max=60),
        metadata={"description": "列的名称，按显示次序；空为恢复默认"},
    )  # fmt: skip


class ColumnsSchema(Schema):
    """What a person looks at in one list."""

    list = fields.String(required=True, validate=validate.OneOf(LISTS))
    columns = fields.List(fields.String(), required=True, metadata={"description": "空为默认的列"})
