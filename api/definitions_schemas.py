"""Shapes of definitions: what was deployed, its versions, and what the linter found."""

from marshmallow import Schema, fields, validate

from api.batches_schemas import BatchSchema
from api.instances_schemas import Reason
from api.schemas import Finding, Input, Moment, PageQuery


def despite() -> fields.Boolean:
    """Whether scenarios that fail forbid a deployment."""
    return fields.Boolean(load_default=False, metadata={"description": "场景不符也部署；须写原因，记入记录"})


class DefinitionQuery(PageQuery):
    """Which definitions are listed."""

    q = fields.String(metadata={"description": "按标识或名称查找"})


class RehearsedSchema(Schema):
    """One scenario that was played before a deployment."""

    scenario = fields.String(required=True)
    process = fields.String()
    verdict = fields.String(metadata={"description": "passed 符合、failed 不符、shipped 随程序发布时已通过"})
    line = fields.Integer(allow_none=True, metadata={"description": "场景文件的第几行"})
    where = fields.String(metadata={"description": "例如 steps[3].check.open"})
    expected = fields.String()
    found = fields.String()
    differences = fields.Integer(metadata={"description": "共几处不符"})
    message = fields.String()
    en = fields.String()


class TrialOfDeploymentSchema(Schema):
    """What came of the scenarios before a deployment; kept with it."""

    state = fields.String(
        required=True, metadata={"description": "none 没有场景、passed 符合、failed 有不符仍部署、shipped 随程序发布"}
    )
    words = fields.String()
    scenarios = fields.List(fields.Nested(RehearsedSchema))
    dropped = fields.List(fields.String(), metadata={"description": "这次去掉的场景"})
    despite = fields.Boolean(metadata={"description": "有场景不符，写明原因仍然部署"})


class DefinitionSchema(Schema):
    """One version of one process."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String()
    version_tag = fields.String(allow_none=True)
    deployed_at = Moment()
    deployed_by = fields.String()
    reason = fields.String(metadata={"description": "部署时写的原因"})
    suspended_at = Moment(allow_none=True)
    suspended_by = fields.String(allow_none=True)
    suspended_reason = fields.String(allow_none=True)
    problems = fields.List(fields.Nested(Finding), metadata={"description": "部署时的提醒（不阻止部署）"})
    trial = fields.Nested(
        TrialOfDeploymentSchema, allow_none=True, metadata={"description": "部署前的试运行；null：那时还没有这一关"}
    )


class DeploymentSchema(DefinitionSchema):
    """The answer to a deployment: the first process, and all of them."""

    definitions = fields.List(fields.Nested(DefinitionSchema))


class DeploymentsSchema(Schema):
    """What a deployment of a set made, and what it was reminded of."""

    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)
    problems = fields.List(fields.Nested(Finding))
    trial = fields.Nested(TrialOfDeploymentSchema)


class LintSchema(Schema):
    """What the linter found."""

    problems = fields.List(fields.Nested(Finding), required=True)


class DiffQuery(Input):
    """Which two versions are compared."""

    before = fields.Integer(required=True, data_key="from", validate=validate.Range(1, 1_000_000))
    after = fields.Integer(
        load_default=None, data_key="to", validate=validate.Range(1, 1_000_000), metadata={"description": "不填为最新"}
    )


class ChangeSchema(Schema):
    """One thing that is said otherwise."""

    path = fields.String()
    label = fields.String(metadata={"description": "中文名称"})
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class DifferenceSchema(Schema):
    """One element, decision table or form that differs."""

    kind = fields.String(metadata={"description": "element、decision、form"})
    id = fields.String()
    name = fields.String()
    type = fields.String()
    what = fields.String(metadata={"description": "added、removed、changed"})
    process = fields.String(metadata={"description": "元素所在的流程；决策表和表单没有"})
    changes = fields.List(fields.Nested(ChangeSchema))


class DiffSchema(Schema):
    """Two versions compared."""

    key = fields.String(required=True)
    from_version = fields.Integer()
    to_version = fields.Integer(allow_none=True, metadata={"description": "null：与一组没有部署的文件比较"})
    differences = fields.List(fields.Nested(DifferenceSchema))


class DeployQuery(Input):
    """What is said about a deployment besides its files."""

    reason = fields.String(load_default="", validate=validate.Length(max=2000), metadata={"description": "为什么部署"})
    despite = despite()


class ResumeDefinition(Reason):
    """Which versions are meant, and whether their instances are too."""

    version = fields.Integer(
        allow_none=True, load_default=None, validate=validate.Range(1, 1_000_000),
        metadata={"description": "不填为全部版本"},
    )  # fmt: skip
    instances = fields.Boolean(load_default=False, metadata={"description": "连同办理中的实例"})


class SuspendDefinition(ResumeDefinition):
    """How it is suspended."""

    clock = fields.String(
        load_default="running", validate=validate.OneOf(("running", "stopped")),
        metadata={"description": "实例的期限：running 照常计时，stopped 停止计时"},
    )  # fmt: skip


class SuspendedSchema(DefinitionSchema):
    """The definition, and the order about its instances."""

    batch = fields.Nested(BatchSchema, allow_none=True)
