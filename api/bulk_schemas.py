"""Shapes of one act on many tasks: what is done is written as for one task."""

from marshmallow import Schema, fields, validate

from api.schemas import Fault, Input
from api.tasks_schemas import (
    CommentTask,
    CompleteTask,
    DelegateTask,
    FollowUpTask,
    HandOverTask,
    PrioritiseTask,
    ResolveTask,
    ReturnTask,
)


class ManyTasks(Input):
    """Which tasks one act is for."""

    tasks = fields.List(fields.String(), required=True, validate=validate.Length(1, 200))


class CompleteMany(ManyTasks, CompleteTask):
    """The same result for many tasks."""


class HandOverMany(ManyTasks, HandOverTask):
    """To whom many tasks go, and why."""


class DelegateMany(ManyTasks, DelegateTask):
    """To whom many tasks are handed for the moment."""


class ResolveMany(ManyTasks, ResolveTask):
    """The same answer to many delegated tasks."""


class ReturnMany(ManyTasks, ReturnTask):
    """Why many tasks are given back, and to which earlier step."""


class FollowUpMany(ManyTasks, FollowUpTask):
    """Until when many tasks are put aside."""


class CommentMany(ManyTasks, CommentTask):
    """The same remark on many tasks."""


class PrioritiseMany(ManyTasks, PrioritiseTask):
    """How urgent many tasks are."""


class OutcomeSchema(Schema):
    """What became of one task of many."""

    id = fields.String(required=True)
    ok = fields.Boolean(required=True)
    error = fields.Nested(Fault, allow_none=True, metadata={"description": "与单件办理时的错误相同"})


class OutcomesSchema(Schema):
    """What became of many tasks."""

    items = fields.List(fields.Nested(OutcomeSchema))
