"""Routes of notice channels: what the environment says about each, and a test to oneself."""

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.schemas import LongPageQuery, Moment, page_from, page_of
from engine.campaign import channels

blp = Blueprint("channels", "通知渠道：邮件、日志、短信", "/channels")


class ChannelSchema(Schema):
    """One way that notices leave the house."""

    channel = fields.String(required=True, metadata={"description": "smtp 邮件、console 日志、sms 短信"})
    ready = fields.Boolean()
    where = fields.String(metadata={"description": "服务器，不含用户名和密码"})
    sender = fields.String()
    pending = fields.Integer()
    sent = fields.Integer()
    failed = fields.Integer()
    last_error = fields.String()


class MailTestSchema(Schema):
    """A test mail or text message and what became of it."""

    id = fields.String(required=True)
    address = fields.String()
    status = fields.String(metadata={"description": "pending 待发、sent 已发、failed 发不出"})
    attempts = fields.Integer()
    last_error = fields.String()
    sent_at = Moment(allow_none=True)


@blp.get("")
@blp.query(LongPageQuery)
@blp.answers(page_of(ChannelSchema))
def index(page: int, size: int) -> object:
    """各渠道能不能用、待发和发不出的有多少（管理员）；在环境变量里设置。"""
    return page_from(channels.list_channels(auth.app(), viewer=auth.viewer()), page, size)


@blp.post("/mail/test")
@blp.answers(MailTestSchema, 201)
def test_mail() -> object:
    """给自己发一封测试邮件（管理员）。"""
    return channels.test_mail(auth.app(), viewer=auth.viewer())


@blp.get("/mail/test/<test_id>")
@blp.answers(MailTestSchema)
def show_test(test_id: str) -> object:
    """测试邮件发出去没有。"""
    return channels.show_test(auth.app(), test_id, viewer=auth.viewer())


@blp.post("/sms/test")
@blp.answers(MailTestSchema, 201)
def test_sms() -> object:
    """给自己发一条测试短信（管理员）。"""
    return channels.test_sms(auth.app(), viewer=auth.viewer())


@blp.get("/sms/test/<test_id>")
@blp.answers(MailTestSchema)
def show_sms_test(test_id: str) -> object:
    """测试短信发出去没有。"""
    return channels.show_test(auth.app(), test_id, viewer=auth.viewer())
