"""Routes for the holder of a risk notice, without login: say by its QR code that the hazard is gone, add photos."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.completions_schemas import ReportCompletion, SlipSchema
from engine.campaign import completions

blp = Blueprint("completions", "企业扫码自报整改完成（不用登录）", "/public/documents/<code>/completion")


@blp.post("")
@blp.body(ReportCompletion)
@blp.answers(SlipSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，只报告一次")
def report(code: str, **values: Any) -> object:
    """企业扫提示单（告知书）上的二维码，报告整改完成；承办单位和网格员收到通知，到现场查看。"""
    return completions.report(auth.app(), code, values, address=auth.address(), key=auth.idempotency_key())


@blp.post("/photos")
@blp.reads_files("multipart/form-data")
@blp.answers(SlipSchema, 201)
def add_photo(code: str) -> object:
    """给最近一次报告补一张照片（JPEG、PNG、WebP，最大 8 MB，每次最多 6 张）。"""
    _, content = one_upload("file")
    return completions.add_photo(auth.app(), code, content, address=auth.address())
