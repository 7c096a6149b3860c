"""Routes for anybody, without login: report, add a photo, ask what became of it. Everything is counted first."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.citizen_reports_schemas import ProgressSchema, PublicReport, ReceiptSchema
from engine.campaign import public_reports

blp = Blueprint("public-reports", "群众举报（不用登录）", "/public/reports")


@blp.post("")
@blp.body(PublicReport)
@blp.answers(ReceiptSchema, 201)
@blp.header("Idempotency-Key", "同一个键、同样的内容重复提交，得到第一次的查询码")
def submit(**values: Any) -> object:
    """举报安全隐患；姓名、电话可以不填。"""
    key = auth.idempotency_key()
    return public_reports.submit(auth.app(), values, address=auth.address(), key=key)


@blp.get("/<code>")
@blp.answers(ProgressSchema)
def follow(code: str) -> object:
    """凭查询码看办理进展。"""
    return public_reports.follow(auth.app(), code, address=auth.address())


@blp.post("/<code>/photos")
@blp.reads_files("multipart/form-data")
@blp.answers(ProgressSchema, 201)
def add_photo(code: str) -> object:
    """补充一张照片（JPEG、PNG、WebP，最大 8 MB，每件最多 6 张）；照片里的设备和位置信息会被去掉。"""
    _, content = one_upload("file")
    return public_reports.add_photo(auth.app(), code, content, address=auth.address())
