"""Routes of the sign at the door of a place: for anybody, for officers who check in, and to print it."""

from flask import Response
from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.files import sent
from api.visits_schemas import VisitSchema
from engine.campaign import place_signs

blp = Blueprint("signs", "场所码：群众扫码举报，检查人员扫码入企")


class SignSchema(Schema):
    """What anybody may know by the code at the door."""

    name = fields.String(required=True)
    address = fields.String(required=True)


class EntrySignSchema(SignSchema):
    """What an officer can do at this door."""

    place = fields.String(allow_none=True, metadata={"description": "场所编号，不在职责范围内的为空"})
    inspections = fields.List(fields.Nested(VisitSchema), metadata={"description": "今天可以签到的检查"})


@blp.get("/public/places/<code>")
@blp.answers(SignSchema)
def look(code: str) -> object:
    """场所码对应的场所（不用登录）：只答名称和地址。"""
    return place_signs.look(auth.app(), code, address=auth.address())


@blp.get("/signs/<code>")
@blp.answers(EntrySignSchema)
def waiting(code: str) -> object:
    """扫到场所码以后本人可以办什么：今天已批准、尚未签到的检查。"""
    return place_signs.waiting(auth.app(), code, viewer=auth.viewer())


@blp.get("/places/<place_id>/sign")
@blp.answers(None)
def sheet(place_id: str) -> Response:
    """打印场所码（A5），贴在门口。"""
    page = place_signs.sheet(auth.app(), place_id, viewer=auth.viewer())
    return sent(page.encode(), "sign.html", "text/html; charset=utf-8", shown="inline")
