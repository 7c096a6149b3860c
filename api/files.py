"""Routes of files: evidence and attachments, up and down; whoever may see the hazard may see its files."""

from typing import Any
from urllib.parse import quote

from flask import Response
from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.schemas import Input, Moment
from engine.campaign import evidence

blp = Blueprint("files", "文件：照片和附件", "/files")


class UploadForm(Input):
    """What goes with a file."""

    kind = fields.String(load_default="attachment", validate=validate.OneOf(evidence.KINDS))
    hazard = fields.String(load_default=None, metadata={"description": "隐患编号；登记前上传的不填"})
    angle = fields.String(
        load_default="", validate=validate.Length(max=64), metadata={"description": "同一拍摄角度的标记"}
    )
    lat = fields.Float(load_default=None, validate=validate.Range(-90, 90))
    lon = fields.Float(load_default=None, validate=validate.Range(-180, 180))


class FileSchema(Schema):
    """One stored file."""

    id = fields.String(required=True)
    hazard = fields.String(allow_none=True)
    kind = fields.String()
    angle = fields.String()
    filename = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    sha256 = fields.String()
    taken_at = Moment(allow_none=True)
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    gps_from = fields.String(
        allow_none=True, metadata={"description": "定位来自 exif 照片自带、device 上传页面；没有则为空"}
    )
    uploaded_at = Moment()
    uploaded_by = fields.String()


@blp.post("")
@blp.form(UploadForm, file="file")
@blp.answers(FileSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复上传，得到第一次上传的文件")
def upload(**values: Any) -> object:
    """上传一张照片（JPEG、PNG、WebP）或一个 PDF，最大 15 MB。"""
    name, content = one_upload("file")
    return evidence.add(auth.app(), content, filename=name, viewer=auth.viewer(), key=auth.idempotency_key(), **values)


@blp.get("/<file_id>")
@blp.answers(None)
def download(file_id: str) -> Response:
    """取一个文件。"""
    found, content = evidence.read(auth.app(), file_id, viewer=auth.viewer())
    answer = sent(content, found.filename, found.media_type, shown="inline")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def sent(content: bytes, name: str, media_type: str, *, shown: str) -> Response:
    """A file that a page may show (``inline``) or a person saves (``attachment``), but that can run nothing itself."""
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
