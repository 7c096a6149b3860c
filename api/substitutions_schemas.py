"""Shapes of standing substitutions: who stands in for whom, from when to when."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery, zone

DAY = re.compile(r"\d{4}-\d\d-\d\d")
NAME = validate.Length(1, 255)


class Boundary(Moment):
    """A moment, or a local day: from its beginning, or with ``last`` to its end."""

    def __init__(self, *, last: bool = False, **rest: Any) -> None:
        super().__init__(**rest)
        self._days = timedelta(days=1 if last else 0)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and DAY.fullmatch(value):
            try:
                value = datetime.combine(date.fromisoformat(value) + self._days, time(), zone()).isoformat()
            except (ValueError, OverflowError) as error:
                raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error
        return super()._deserialize(value, attr, data, **kwargs)


class MakeSubstitution(Input):
    """Who stands in for whom, when and for what."""

    person = fields.String(
        allow_none=True, load_default=None, validate=NAME,
        metadata={"description": "谁不在：登录名，不填为本人；为别人设置须是管理员"},
    )  # fmt: skip
    substitute = fields.String(required=True, validate=NAME, metadata={"description": "代办人的登录名"})
    starts_at = Boundary(
        required=True, metadata={"description": "从何时起：时刻，或日期（自当日零时）", "example": "2026-10-01"}
    )
    ends_at = Boundary(
        last=True, required=True, metadata={"description": "到何时止：时刻，或日期（含当日）", "example": "2026-10-07"}
    )
    reason = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "原因"})
    definitions = fields.List(
        fields.String(validate=NAME), load_default=list, validate=validate.Length(max=100),
        metadata={"description": "限于哪些流程（标识），空为全部"},
    )  # fmt: skip
    groups = fields.List(
        fields.String(validate=NAME), load_default=list, validate=validate.Length(max=100),
        metadata={"description": "限于本人的哪些候选组，空为全部"},
    )  # fmt: skip
    mandate = fields.String(
        allow_none=True, load_default=None, validate=NAME,
        metadata={"description": "书面授权的文号，没有文号的写日期；负责人授权代办人代行批准时填写"},
    )  # fmt: skip
    mandate_file = fields.String(
        allow_none=True, load_default=None, validate=NAME,
        metadata={"description": "授权书（POST /files 上传的文件）；管理员代为登记的必填"},
    )  # fmt: skip


class GiveMandate(Input):
    """The written mandate of an absent head."""

    mandate = fields.String(required=True, validate=NAME, metadata={"description": "授权文号，没有文号的写日期"})
    mandate_file = fields.String(
        allow_none=True, load_default=None, validate=NAME,
        metadata={"description": "授权书（POST /files 上传的文件）；管理员代为登记的必填"},
    )  # fmt: skip


class SubstitutionQuery(PageQuery):
    """Which substitutions are listed."""

    person = fields.String(metadata={"description": "登录名：他交出的和接受的"})


class SubstitutionSchema(Schema):
    """One standing substitution."""

    id = fields.String(required=True)
    person = fields.String(required=True)
    substitute = fields.String(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True, metadata={"description": "到此刻为止，不含此刻"})
    definitions = fields.List(fields.String())
    groups = fields.List(fields.String())
    reason = fields.String()
    mandate = fields.String(allow_none=True, metadata={"description": "书面授权的文号或者日期；没有为空"})
    mandate_file = fields.String(allow_none=True, metadata={"description": "授权书，用 GET /files 取"})
    mandate_at = Moment(allow_none=True)
    mandate_by = fields.String(allow_none=True, metadata={"description": "谁填写的：负责人本人，或者登记的管理员"})
    status = fields.String(metadata={"description": "coming 未开始，active 生效中，ended 已结束，revoked 已撤销"})
    created_at = Moment()
    created_by = fields.String()
    revoked_at = Moment(allow_none=True)
    revoked_by = fields.String(allow_none=True)
    revoked_reason = fields.String(allow_none=True)
