"""Routes of reports: the ledger as sheet, CSV or JSON; those of a period, live or frozen, as JSON, sheet or Word."""

from typing import Any
from urllib.parse import quote

from flask import Response, request
from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.hazards_schemas import LedgerFilter
from api.plan import FigureRecordSchema
from api.schemas import Input, Moment, PageQuery, page_of
from engine.campaign import ledger_export, report_files, snapshots

blp = Blueprint("reports", "报表", "/reports")
TYPES = {kind.partition(";")[0]: name for name, kind in ledger_export.FORMATS.items()}


class LedgerQuery(LedgerFilter):
    """Which hazards are exported, and how; without ``format`` the header Accept decides."""

    status = fields.String(load_default="all", validate=validate.OneOf(("open", "closed", "all")))
    format = fields.String(load_default=None, validate=validate.OneOf(list(ledger_export.FORMATS)))


class ReportQuery(Input):
    """Which report of which period; without ``format`` the header Accept decides."""

    period = fields.String(
        load_default=None,
        validate=validate.Length(1, 16),
        metadata={"description": "2026-10-12、2026-W42、2026-10、2026-Q4、2026；省略为本期"},
    )
    live = fields.Boolean(load_default=False, metadata={"description": "不看冻结的，现在重新计算"})
    version = fields.Integer(
        load_default=None, validate=validate.Range(1, 10_000), metadata={"description": "冻结的第几版"}
    )
    format = fields.String(load_default=None, validate=validate.OneOf(list(report_files.TYPES)))


class FreezeReport(Input):
    """Which period is frozen; a further version needs a reason."""

    period = fields.String(load_default=None, validate=validate.Length(1, 16))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class RecordsQuery(PageQuery):
    """Behind which figure."""

    figure = fields.String(required=True, validate=validate.Length(1, 32))
    period = fields.String(load_default=None, validate=validate.Length(1, 16))
    community = fields.String(load_default=None, validate=validate.Length(1, 64))
    sector = fields.String(load_default=None, validate=validate.Length(1, 32))


class SnapshotQuery(PageQuery):
    """Which frozen versions."""

    form = fields.String(validate=validate.Length(1, 16))
    period = fields.String(validate=validate.Length(1, 16))


class FrozenSchema(Schema):
    """When and by whom it was frozen."""

    id = fields.Integer(required=True)
    at = fields.String()
    by = fields.String()
    version = fields.Integer()
    reason = fields.String()
    rule_version = fields.String()


class _Told(Schema):
    """What a report shows under a title, and how it is counted; what was frozen before has no English."""

    key = fields.String(required=True)
    title = fields.String()
    title_en = fields.String()
    words = fields.String(metadata={"description": "口径"})
    words_en = fields.String()


class ReportFigureSchema(_Told):
    """A figure as it is reported."""

    unit = fields.String()
    unit_en = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer(allow_none=True)
    rate = fields.Float(allow_none=True, metadata={"description": "百分比；没有分母或分母为零时为空"})
    shown = fields.String(metadata={"description": "分母为零时为“无数据”"})
    shown_en = fields.String()


class ReportTableSchema(_Told):
    """One table."""

    columns = fields.List(fields.String())
    columns_en = fields.List(fields.String())
    rows = fields.List(fields.List(fields.Raw(allow_none=True)))
    cells_en = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "表里系统自己的用词 → 英文，其余照原样"}
    )


class ReportSchema(Schema):
    """A report of one period."""

    form = fields.String(required=True)
    title = fields.String()
    period = fields.String()
    starts_on = fields.String()
    ends_on = fields.String()
    unit = fields.String(allow_none=True)
    unit_name = fields.String()
    counted_at = fields.String()
    title_en = fields.String()
    note = fields.String()
    note_en = fields.String()
    figures = fields.List(fields.Nested(ReportFigureSchema))
    tables = fields.List(fields.Nested(ReportTableSchema))
    frozen = fields.Nested(FrozenSchema, allow_none=True)


class SnapshotSchema(Schema):
    """One frozen version in a list."""

    id = fields.Integer(required=True)
    form = fields.String()
    title = fields.String()
    title_en = fields.String()
    unit = fields.String()
    period = fields.String()
    version = fields.Integer()
    reason = fields.String()
    rule_version = fields.String()
    frozen_at = Moment()
    frozen_by = fields.String()


@blp.get("/ledger")
@blp.query(LedgerQuery)
@blp.answers(None)
def ledger(format: str | None, **wanted: Any) -> Response:
    """隐患台账（28 列）：xlsx、csv 或 json，按 format 参数或 Accept；筛选与台账列表相同。"""
    chosen = format or TYPES[request.accept_mimetypes.best_match(list(TYPES), "application/json")]
    found = ledger_export.export(auth.app(), auth.viewer(), format=chosen, **wanted)
    return _streamed(found, chosen)


def _streamed(found: Any, chosen: str) -> Response:
    answer = Response(iter(lambda: found.read(65_536), b""), content_type=ledger_export.FORMATS[chosen])
    answer.call_on_close(found.close)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'隐患台账.{chosen}')}"
    return answer


@blp.get("/snapshots")
@blp.query(SnapshotQuery)
@blp.answers(page_of(SnapshotSchema))
def frozen(**wanted: Any) -> object:
    """已冻结的通报，新的在前。"""
    return snapshots.list_snapshots(auth.app(), auth.viewer(), **wanted)


@blp.get("/snapshots/<int(max=2147483647):snapshot_id>")
@blp.answers(ReportSchema)
def show_frozen(snapshot_id: int) -> object:
    """一份冻结的通报，包括每项任务每月的进展。"""
    return snapshots.show(auth.app(), snapshot_id, viewer=auth.viewer())


@blp.get("/<form>")
@blp.query(ReportQuery)
@blp.answers(ReportSchema)
def report(form: str, format: str | None, **wanted: Any) -> object:
    """日调度 daily、周通报 weekly、月例会 monthly、季通报 quarterly、年总结 yearly 等；JSON、xlsx 或 docx。"""
    known = {kind: name for name, kind in report_files.TYPES.items()}
    chosen = format or known[request.accept_mimetypes.best_match(list(known), "application/json")]
    found = snapshots.report(auth.app(), form, auth.viewer(), **wanted)
    return found if chosen == "json" else _file(found, chosen)


@blp.post("/<form>")
@blp.body(FreezeReport)
@blp.answers(ReportSchema, 201)
def freeze(form: str, period: str | None, reason: str) -> object:
    """冻结一期通报；更正是新的一版，须写理由。"""
    return snapshots.freeze(auth.app(), form, period=period, reason=reason, viewer=auth.viewer())


@blp.get("/<form>/records")
@blp.query(RecordsQuery)
@blp.answers(page_of(FigureRecordSchema))
def records(form: str, **wanted: Any) -> object:
    """一个指标背后的记录（现在计算的）。"""
    return snapshots.records(auth.app(), form, auth.viewer(), **wanted)


def _file(found: dict[str, Any], chosen: str) -> Response:
    answer = Response(report_files.written(found, chosen), content_type=report_files.TYPES[chosen])
    name = quote(f"{report_files.headline(found)}.{chosen}")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer
