"""Routes of units: the tree of bodies."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, PageQuery, RegisterChangeSchema, page_from, page_of
from engine.campaign import beginning, unit_moves, units, units_register

blp = Blueprint("units", "单位：街道、社区、网格、部门", "/units")


class UnitQuery(PageQuery):
    """Which units are listed."""

    kind = fields.String(validate=validate.OneOf(tuple(units.KINDS)))
    parent = fields.String(metadata={"description": "上级单位代码"})
    q = fields.String(metadata={"description": "按名称或代码查找"})


class CreateUnit(Input):
    """A new unit."""

    code = fields.String(required=True, validate=validate.Length(1, 63))
    name = fields.String(required=True, validate=validate.Length(1, 255))
    kind = fields.String(required=True, validate=validate.OneOf(tuple(units.KINDS)))
    parent = fields.String(allow_none=True, load_default=None)
    power = fields.String(load_default="", validate=validate.Length(max=2000))


class BeginUnits(Input):
    """Whose standard registers they are."""

    street = fields.String(required=True, validate=validate.Length(2, 64), metadata={"description": "街道全称"})


class BegunSchema(Schema):
    """How many rows the installation began with."""

    units = fields.Integer(required=True)
    codes = fields.Integer(required=True)
    checklists = fields.Integer(required=True)
    tasks = fields.Integer(required=True, metadata={"description": "三年行动任务"})


class UnitSchema(Schema):
    """One unit."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String()
    kind_name = fields.String()
    parent = fields.String(allow_none=True)
    path = fields.String()
    power = fields.String()
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True, metadata={"description": "撤销日期"})
    revision = fields.Integer(metadata={"description": "修改时要带上"})
    body = fields.String(allow_none=True, metadata={"description": "在权力清单中的主体类别，空为按类型"})


class UnitUsesSchema(Schema):
    """What belongs to a unit; all must be none before it ends."""

    people = fields.Integer(metadata={"description": "在用的账号"})
    hazards = fields.Integer(metadata={"description": "未销号的隐患"})
    places = fields.Integer(metadata={"description": "场所"})
    units = fields.Integer(metadata={"description": "下级单位"})


class MoveUnit(Input):
    """Below which unit it shall hang."""

    parent = fields.String(required=True, validate=validate.Length(1, 63))
    revision = fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))
    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    dry_run = fields.Boolean(load_default=False, metadata={"description": "只看影响，不移动"})


class SeerSchema(Schema):
    """Somebody who begins or ceases to see the cases of an area."""

    name = fields.String()
    display_name = fields.String()
    unit_name = fields.String()
    area = fields.String()
    area_name = fields.String()


class UnitMoveSchema(Schema):
    """What a move does, or did."""

    unit = fields.String()
    parent = fields.String()
    parent_name = fields.String()
    moved = fields.Boolean(metadata={"description": "false 为只看影响"})
    below = fields.Integer(metadata={"description": "一起移动的下级单位"})
    places = fields.Integer()
    hazards = fields.Integer(metadata={"description": "改由新上级看的未销号隐患"})
    duties = fields.Integer()
    tasks = fields.Integer(metadata={"description": "这些隐患的在办任务，仍由原来派到的人办理"})
    held = fields.Integer(metadata={"description": "其中责任单位是原上级的：仍由它整改，需要时另行交办"})
    gains = fields.List(fields.Nested(SeerSchema), metadata={"description": "移动后看得到的人，最多 200"})
    loses = fields.List(fields.Nested(SeerSchema), metadata={"description": "移动后看不到的人，最多 200"})
    heads_before = fields.List(fields.String(), metadata={"description": "科室原来的审批人"})
    heads_after = fields.List(fields.String(), metadata={"description": "科室以后的审批人"})


class UpdateUnit(Input):
    """Which fields of a unit change."""

    revision = fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))
    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    name = fields.String(validate=validate.Length(1, 255))
    power = fields.String(validate=validate.Length(max=2000))
    body = fields.String(allow_none=True, metadata={"description": "在权力清单中的主体类别"})
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)


@blp.get("")
@blp.query(UnitQuery)
@blp.answers(page_of(UnitSchema))
def index(**wanted: Any) -> object:
    """单位列表，按组织顺序。"""
    return units.list_units(auth.app(), auth.viewer(), **wanted)


@blp.get("/<code>")
@blp.answers(UnitSchema)
def show(code: str) -> object:
    """一个单位。"""
    return units.show(auth.app(), code, viewer=auth.viewer())


@blp.post("")
@blp.body(CreateUnit)
@blp.answers(UnitSchema, 201)
def create(**values: Any) -> object:
    """新建单位（管理员）。"""
    return units.create(auth.app(), values, viewer=auth.viewer())


@blp.post("/standard")
@blp.body(BeginUnits)
@blp.answers(BegunSchema, 201)
def begin(street: str) -> object:
    """新安装装入标准机构、隐患代码和检查清单（管理员，一次；示例规则，需法制审核）。"""
    return beginning.begin(auth.app(), street=street, viewer=auth.viewer())


@blp.patch("/<code>")
@blp.body(UpdateUnit)
@blp.answers(UnitSchema)
def update(code: str, revision: int, reason: str, **values: Any) -> object:
    """修改单位（管理员）：改名、调整权力、撤销；带上读到的 revision 和理由，改动留痕。"""
    return units_register.update(auth.app(), code, values, revision=revision, reason=reason, viewer=auth.viewer())


@blp.post("/<code>/move")
@blp.body(MoveUnit)
@blp.answers(UnitMoveSchema)
def move(code: str, **values: Any) -> object:
    """把单位移到另一个单位之下（管理员）：先用 dry_run 看谁的案件换人管，再移动；改动留痕。"""
    return unit_moves.move(auth.app(), code, viewer=auth.viewer(), **values)


@blp.get("/<code>/uses")
@blp.answers(UnitUsesSchema)
def uses(code: str) -> object:
    """单位下还有多少账号、隐患、场所和下级单位；撤销之前要都移走。"""
    return units_register.uses(auth.app(), code, viewer=auth.viewer())


@blp.get("/<code>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(code: str, page: int, size: int) -> object:
    """单位的修改记录，按先后排列。"""
    return page_from(units_register.changes(auth.app(), code, viewer=auth.viewer()), page, size)
