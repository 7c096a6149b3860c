"""Routes of the inbox: what came to the viewer's unit, what it sent, how many, and what was read."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import LongPageQuery, Moment, PageQuery, page_from, page_of
from engine.campaign import inbox
from engine.campaign.inbox_items import KINDS

blp = Blueprint("inbox", "收件箱：发给本单位的和本单位发出的", "/inbox")
ONE = "/<kind>/<key>"
KIND = validate.OneOf(tuple(KINDS))


class InboxQuery(PageQuery):
    """Which part of the inbox is wanted."""

    box = fields.String(
        load_default="received", validate=validate.OneOf(tuple(inbox.BOXES)),
        metadata={"description": "received 收到的，sent 发出的"},
    )  # fmt: skip
    kind = fields.String(load_default=None, validate=KIND)
    waiting = fields.String(
        load_default=None, validate=validate.OneOf(tuple(inbox.WAITING)),
        metadata={"description": "mine 等本单位，others 等别的单位，open 未办结，over 已办结"},
    )  # fmt: skip
    overdue = fields.Boolean(load_default=False, metadata={"description": "只看已经超期的"})
    unread = fields.Boolean(load_default=False, metadata={"description": "只看有新情况的"})
    q = fields.String(
        load_default=None, validate=validate.Length(max=255), metadata={"description": "编号、种类、隐患编号或场所"}
    )


class InboxItemSchema(Schema):
    """One item between units."""

    kind = fields.String(required=True, validate=KIND)
    key = fields.String(required=True)
    number = fields.String()
    title = fields.String()
    hazard = fields.String()
    place_name = fields.String()
    text = fields.String(metadata={"description": "隐患描述"})
    at = Moment()
    due_at = Moment(allow_none=True, metadata={"description": "正在等的一步的期限"})
    lamp = fields.String()
    overdue = fields.Boolean()
    state = fields.String()
    turn = fields.String(allow_none=True, metadata={"description": "该哪个单位办理"})
    turn_name = fields.String()
    mine = fields.Boolean(metadata={"description": "该本单位办理"})
    sender = fields.String(allow_none=True)
    sender_name = fields.String()
    receiver = fields.String(allow_none=True)
    receiver_name = fields.String()
    closed_at = Moment(allow_none=True)
    unread = fields.Boolean(metadata={"description": "本人上次看过以后有变化"})


class InboxCountSchema(Schema):
    """Open items of one kind in one box."""

    box = fields.String(required=True)
    kind = fields.String(required=True)
    open = fields.Integer()
    mine = fields.Integer()
    overdue = fields.Integer()
    unread = fields.Integer()


@blp.get("")
@blp.query(InboxQuery)
@blp.answers(page_of(InboxItemSchema))
def index(**wanted: Any) -> object:
    """收件箱：先到期的在前，已办结的在后；部门只看到发给自己的。"""
    return inbox.list_items(auth.app(), auth.viewer(), **wanted)


@blp.get("/counts")
@blp.query(LongPageQuery)
@blp.answers(page_of(InboxCountSchema))
def counts(page: int, size: int) -> object:
    """各类未办结的件数：等本单位的、超期的、有新情况的。"""
    return page_from(inbox.counts(auth.app(), auth.viewer()), page, size)


@blp.get(ONE)
@blp.answers(InboxItemSchema)
def show(kind: str, key: str) -> object:
    """一件：到了哪一步，该谁办，什么时候以前。"""
    return inbox.show(auth.app(), kind, key, viewer=auth.viewer())


@blp.post(f"{ONE}/read")
@blp.answers(InboxItemSchema)
def read(kind: str, key: str) -> object:
    """看过了（只影响本人的未读标记）。"""
    return inbox.mark_read(auth.app(), kind, key, viewer=auth.viewer())
