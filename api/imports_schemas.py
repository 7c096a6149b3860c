"""Shapes of imports: the upload with what its columns mean, how far an import is, its rows."""

from marshmallow import Schema, ValidationError, fields, validate

from api.body import BadJson, read_json
from api.schemas import Input, Moment, PageQuery, in_english, lines_in_english
from engine.campaign.place_check import EXISTING, SKIP
from engine.campaign.sheet_kinds import KINDS, LEDGER
from engine.said import Said

STATUSES = ("ready", "error", "exists", "ignored", "pending", "done", "failed")
_EXISTING = {"description": "底册里已有的场所：skip 不动，update 按表修改并留痕"}

NO_MAPPING = Said(
    '应为 JSON 对象，值为文字，例如 {"text": "存在问题"}', 'A JSON object of texts, such as {"text": "a problem"}'
)


class Pairs(fields.Field[dict[str, str]]):
    """A JSON object of texts, in a form as text: {"text": "存在问题"}."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dict[str, str]:
        try:
            found = read_json(value.encode()) if isinstance(value, str) else value
        except BadJson as error:
            raise ValidationError(Said(error.message, error.en)) from error
        if not isinstance(found, dict) or not all(isinstance(part, str) for part in found.values()):
            raise ValidationError(NO_MAPPING)
        return found


class UploadSheet(Input):
    """What goes with the sheet."""

    kind = fields.String(
        load_default=LEDGER,
        validate=validate.OneOf(KINDS),
        metadata={"description": "ledger 隐患台账，places 场所底册，visits 巡查检查记录"},
    )
    existing = fields.String(load_default=SKIP, validate=validate.OneOf(EXISTING), metadata=_EXISTING)

    sheet = fields.String(load_default=None, metadata={"description": "工作表，省略为最像台账的一张"})
    header_row = fields.Integer(
        load_default=None, validate=validate.Range(1, 30), metadata={"description": "表头所在行"}
    )
    columns = Pairs(load_default=dict, metadata={"description": "列对应：字段 → 表里的列名"})
    defaults = Pairs(load_default=dict, metadata={"description": "空单元格的默认值：字段 → 值"})
    create_places = fields.Boolean(load_default=False, metadata={"description": "底册里没有的单位自动建立"})


class MapColumns(Input):
    """What the columns mean."""

    columns = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    defaults = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    create_places = fields.Boolean(load_default=False)
    existing = fields.String(load_default=SKIP, validate=validate.OneOf(EXISTING), metadata=_EXISTING)


class ChooseSheet(Input):
    """Which sheet of the workbook is meant."""

    sheet = fields.String(required=True, validate=validate.Length(1, 255))
    header_row = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, 30), metadata={"description": "表头所在行"}
    )


class StartImport(Input):
    """How to start."""

    all_or_nothing = fields.Boolean(load_default=True, metadata={"description": "有一行出错就不开始"})


class SheetFieldSchema(Schema):
    """One field that a column can mean."""

    key = fields.String(required=True)
    title = fields.String()
    title_en = in_english("title")
    required = fields.Boolean(metadata={"description": "每行必填，空白的可以给默认值"})


class ImportSchema(Schema):
    """One import."""

    id = fields.String(required=True)
    kind = fields.String(validate=validate.OneOf(KINDS))
    filename = fields.String()
    sheet = fields.String()
    sheets = fields.List(fields.String())
    header_row = fields.Integer()
    headers = fields.List(fields.String())
    columns = fields.Dict(keys=fields.String(), values=fields.String())
    defaults = fields.Dict(keys=fields.String(), values=fields.String())
    create_places = fields.Boolean()
    existing = fields.String(validate=validate.OneOf(EXISTING))
    notes = fields.List(fields.String())
    notes_en = lines_in_english("notes")
    status = fields.String(validate=validate.OneOf(("draft", "running", "finished")))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    done = fields.Integer()
    total = fields.Integer()
    at = Moment()
    by = fields.String()
    finished_at = Moment(allow_none=True)
    fields_ = fields.List(
        fields.Nested(SheetFieldSchema),
        attribute="fields",
        data_key="fields",
        metadata={"description": "可以对应的各项"},
    )


class ImportQuery(PageQuery):
    """Which imports are listed."""

    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))


class ImportRowQuery(PageQuery):
    """Which rows are listed."""

    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class ImportRowSchema(Schema):
    """One row of a sheet with its problems."""

    row = fields.Integer(required=True)
    status = fields.String(validate=validate.OneOf(STATUSES))
    problems = fields.List(fields.Dict())
    hazard = fields.String(allow_none=True, metadata={"description": "隐患编号"})
    place = fields.String(allow_none=True, metadata={"description": "场所编号"})
    visit = fields.Integer(allow_none=True, metadata={"description": "走访编号"})
