"""The route of messages: something happened outside, and instances may be waiting for it."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, variables
from engine.campaign import starting

blp = Blueprint("messages", "消息：把外部发生的事告诉流程", "/messages")


class SendMessage(Input):
    """A message and for whom it is."""

    name = fields.String(required=True, validate=validate.Length(1, 255))
    correlation = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "对应哪个实例"})
    variables = variables()


class DeliverySchema(Schema):
    """How many instances took it."""

    delivered = fields.Integer(required=True)


@blp.post("")
@blp.body(SendMessage)
@blp.answers(DeliverySchema)
@blp.header("Idempotency-Key", "同一个键重复发送，只送一次，得到第一次的结果")
def send(name: str, correlation: dict[str, Any], variables: dict[str, Any]) -> object:
    """发送消息（管理员或程序）。"""
    viewer, key = auth.admin(), auth.idempotency_key()
    return {"delivered": starting.send(auth.app(), name, correlation, variables, viewer=viewer, key=key)}
