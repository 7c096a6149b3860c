"""Shapes of repair: an order about the tokens and variables of a running case, and what is done about an incident."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.instances_schemas import Reason
from api.schemas import Input, variables
from engine.bpm.spiff.modify import DOES, Instruction

_MEANINGS = {
    "do": "set 改变量；remove 删变量；cancel 取消令牌；start_before 从元素开始；start_after 从元素之后开始；"
    "skip 视同办结继续；repeat 重做；retry 重试出错的元素",
    "task": "令牌：在办任务、异常、定时器或等待的编号",
    "every": "true：该元素上的全部令牌",
    "beside": "在哪一处：同一次调用或同一项里某个任务的编号",
    "flow": "从哪条连线到达汇合网关，或从哪条连线离开",
}


def _name(meaning: str = "") -> fields.String:
    return fields.String(
        allow_none=True, load_default=None, validate=validate.Length(1, 255), metadata={"description": meaning}
    )


class InstructionInput(Input):
    """One line of the order."""

    do = fields.String(required=True, validate=validate.OneOf(DOES), metadata={"description": _MEANINGS["do"]})
    element = _name("元素编号")
    task = _name(_MEANINGS["task"])
    variables = variables()
    names = fields.List(fields.String(), load_default=list, metadata={"description": "要删除的变量名"})
    every = fields.Boolean(load_default=False, data_key="all", metadata={"description": _MEANINGS["every"]})
    beside = _name(_MEANINGS["beside"])
    flow = _name(_MEANINGS["flow"])

    @post_load
    def made(self, given: dict[str, Any], **_: Any) -> Instruction:
        """The engine's own form."""
        return Instruction(**{**given, "names": tuple(given["names"])})


class ModifyInstance(Input):
    """An order: carried out whole or not at all. With `dry_run` nothing is written."""

    reason = fields.String(
        load_default="", validate=validate.Length(0, 2000), metadata={"description": "原因，会记入历史；试算时可省略"}
    )
    instructions = fields.List(fields.Nested(InstructionInput), required=True, validate=validate.Length(1, 200))
    dry_run = fields.Boolean(load_default=False, metadata={"description": "true：只看结果，什么也不改"})


class RetryIncident(Input):
    """Run the failed element again; changing variables needs a reason."""

    reason = fields.String(load_default="", validate=validate.Length(0, 2000))
    variables = variables()
    remove = fields.List(fields.String(), load_default=list, metadata={"description": "重试前要删除的变量名"})


class SkipIncident(Reason):
    """Go on behind the failed element, as if it had done its work."""

    variables = variables()


class RetrySchema(Schema):
    """What came of a retry."""

    resolved = fields.Boolean(required=True, metadata={"description": "false：又停在同一步，原因见异常列表"})
