"""Routes of the picture manual: which pictures a code or checklist has, a new one, its bytes, taking one off."""

from typing import Any

from flask import Response

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.files import sent
from api.pictures_schemas import AddPicture, PictureQuery, PictureSchema
from api.schemas import page_of
from engine.campaign import pictures

blp = Blueprint("pictures", "图例手册：常见问题的正确和错误图例", "/pictures")


@blp.get("")
@blp.query(PictureQuery)
@blp.answers(page_of(PictureSchema))
def index(**wanted: Any) -> object:
    """图例，可按隐患代码、检查清单筛选。"""
    return pictures.list_pictures(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.form(AddPicture, file="file")
@blp.answers(PictureSchema, 201)
def add(**given: Any) -> object:
    """上传一张图例（JPEG、PNG、WebP，最大 15 MB）；同一张重复上传只有一张。"""
    name, content = one_upload("file")
    return pictures.add(auth.app(), content, filename=name, viewer=auth.viewer(), **given)


@blp.get("/<picture_id>/file")
@blp.answers(None)
def download(picture_id: str) -> Response:
    """取图例的文件。"""
    found, content = pictures.read(auth.app(), picture_id)
    answer = sent(content, found.filename, found.media_type, shown="inline")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


@blp.delete("/<picture_id>")
@blp.answers(None, 204)
def remove(picture_id: str) -> None:
    """撤下图例。"""
    pictures.remove(auth.app(), picture_id, viewer=auth.viewer())
