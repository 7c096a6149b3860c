"""Routes of notices to the person who asks, and of who has read what was sent."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, Moment, PageQuery, in_english, page_from, page_of
from engine.campaign import read_receipts

blp = Blueprint("notices", "通知和阅读回执")


class NoticeQuery(PageQuery):
    """Which notices are wanted."""

    unread = fields.Boolean(load_default=False, metadata={"description": "只看未读"})


class NoticeSchema(Schema):
    """A notice to the person who asks."""

    id = fields.String(required=True)
    subject = fields.String()
    subject_en = in_english("subject")
    body = fields.String()
    body_en = in_english("body")
    created_at = Moment()
    recipient = fields.String(metadata={"description": "发给本人，或本人所在的岗位、单位"})
    instance_id = fields.String(allow_none=True)
    hazard = fields.String(allow_none=True, metadata={"description": "说的是哪一件隐患"})
    read_at = Moment(allow_none=True, metadata={"description": "本人第一次阅读的时间"})


class ReadUntil(Input):
    """What the page showed."""

    until = Moment(required=True, metadata={"description": "这一刻（含）以前的通知"})


class ReadAllSchema(Schema):
    """How many there were."""

    read = fields.Integer(required=True)


class ReaderSchema(Schema):
    """Who read it first, and when."""

    person = fields.String(required=True)
    name = fields.String()
    unit = fields.String(allow_none=True)
    at = Moment()


class SentNoticeSchema(Schema):
    """A notice as its sender sees it."""

    id = fields.String(required=True)
    recipient = fields.String(metadata={"description": "收件人的登录名，没有人的岗位写岗位"})
    subject = fields.String()
    subject_en = in_english("subject")
    created_at = Moment()
    status = fields.String(metadata={"description": "pending 待发送、sent 已发送、failed 发送失败"})
    readers = fields.List(fields.Nested(ReaderSchema))


@blp.get("/notices")
@blp.query(NoticeQuery)
@blp.answers(page_of(NoticeSchema))
def index(**wanted: Any) -> object:
    """发给本人和本人岗位的通知，新的在前。"""
    return read_receipts.list_notices(auth.app(), auth.viewer(), **wanted)


@blp.post("/notices/read")
@blp.body(ReadUntil)
@blp.answers(ReadAllSchema)
def read_all(until: datetime) -> object:
    """把某一刻以前的通知都标为已读；之后来的仍是未读。"""
    return {"read": read_receipts.read_all(auth.app(), until=until, viewer=auth.viewer())}


@blp.post("/notices/<notice_id>/read")
@blp.answers(NoticeSchema)
def read(notice_id: str) -> object:
    """标为已读；再次标记不改变时间。"""
    return read_receipts.read_notice(auth.app(), notice_id, viewer=auth.viewer())


@blp.get("/hazards/<number>/notices")
@blp.query(PageQuery)
@blp.answers(page_of(SentNoticeSchema))
def sent(number: str, **wanted: Any) -> object:
    """一件隐患发出的通知：发给谁、送到没有、谁在什么时候读过。"""
    return read_receipts.sent_about(auth.app(), number, viewer=auth.viewer(), **wanted)


@blp.get("/documents/<document_id>/readers")
@blp.query(LongPageQuery)
@blp.answers(page_of(ReaderSchema))
def readers(document_id: str, page: int, size: int) -> object:
    """受文单位的谁在什么时候打开过这份文书（制发机关查看）。"""
    return page_from(read_receipts.readers(auth.app(), document_id, viewer=auth.viewer()), page, size)
