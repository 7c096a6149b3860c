"""The route of the lamp board: open hazards by community and colour."""

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from engine.campaign import board

blp = Blueprint("board", "灯色看板", "/board")


class BoardRowSchema(Schema):
    """One community: colour → number of open hazards."""

    community = fields.String(required=True)
    community_name = fields.String()
    lamps = fields.Dict(keys=fields.String(), values=fields.Integer())
    total = fields.Integer()


class BoardSchema(Schema):
    """All communities, and the sum of each colour."""

    rows = fields.List(fields.Nested(BoardRowSchema), required=True)
    lamps = fields.Dict(keys=fields.String(), values=fields.Integer())
    total = fields.Integer()


@blp.get("")
@blp.answers(BoardSchema)
def show() -> object:
    """按社区和灯色统计未销号隐患，按职责范围。"""
    return board.board(auth.app(), auth.viewer())
