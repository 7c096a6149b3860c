"""Shapes of the process editor: sets of files in, what came of trying them out."""

from marshmallow import Schema, fields, validate

from api.drafts_schemas import VERSION, file_set
from api.schemas import Input, LongPageQuery
from engine.campaign.task_templates import LANGUAGES


class SimulateSet(Input):
    """A set of files."""

    files = file_set(required=True)


class PlaySet(SimulateSet):
    """A set and the scenario it is tried with."""

    scenario = fields.String(
        load_default="", validate=validate.Length(max=500_000), metadata={"description": "场景（YAML）"}
    )
    process = fields.String(
        load_default="", validate=validate.Length(max=255), metadata={"description": "场景没有写流程时，从哪个流程开始"}
    )


class CompareSets(Input):
    """A version and what it is compared with."""

    key = fields.String(required=True, validate=validate.Length(1, 255))
    before = fields.Integer(required=True, data_key="from", validate=VERSION)
    after = fields.Integer(
        load_default=None, allow_none=True, data_key="to", validate=VERSION, metadata={"description": "不填为最新版"}
    )
    files = file_set(load_default=None, allow_none=True)


class TrialSchema(Schema):
    """What came of it: the object that ``bihuan play --json`` or ``bihuan simulate --json`` prints."""

    answer = fields.Dict(required=True)


class FileSetSchema(Schema):
    """A set of files."""

    files = file_set(required=True)


class TemplatesQuery(LongPageQuery):
    """Which templates, in which language."""

    lang = fields.String(
        load_default="zh", validate=validate.OneOf(LANGUAGES), metadata={"description": "模板的文字：zh 中文，en 英文"}
    )


class ElementTemplateSchema(Schema):
    """One element template, of the kind that Camunda 7's modeler reads."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String()
    category = fields.Dict()
    appliesTo = fields.List(fields.String())
    elementType = fields.Dict()
    entriesVisible = fields.Boolean()
    properties = fields.List(fields.Dict())
