"""Shapes of definitions: what was deployed, its versions, and what the linter found."""

from marshmallow import Schema, fields

from api.schemas import Finding, Moment, PageQuery


class DefinitionQuery(PageQuery):
    """Which definitions are listed."""

    q = fields.String(metadata={"description": "按标识或名称查找"})


class DefinitionSchema(Schema):
    """One version of one process."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String()
    version_tag = fields.String(allow_none=True)
    deployed_at = Moment()
    deployed_by = fields.String()
    suspended_at = Moment(allow_none=True)
    problems = fields.List(fields.Nested(Finding), metadata={"description": "部署时的提醒（不阻止部署）"})


class DeploymentSchema(DefinitionSchema):
    """The answer to a deployment: the first process, and all of them."""

    definitions = fields.List(fields.Nested(DefinitionSchema))


class LintSchema(Schema):
    """What the linter found."""

    problems = fields.List(fields.Nested(Finding), required=True)
