"""Routes of definitions: deploy, lint, and what is deployed."""

from typing import Any

from flask import Response

from api import auth
from api.blueprint import Blueprint
from api.body import bpmn_files
from api.definitions_schemas import (
    DefinitionQuery,
    DefinitionSchema,
    DeploymentSchema,
    DiffQuery,
    DiffSchema,
    LintSchema,
)
from api.schemas import PageQuery, page_of
from engine.bpm import definition_diff, definitions, queries

blp = Blueprint("definitions", "流程定义：部署、检查、版本", "/definitions")


@blp.post("")
@blp.reads_files("application/xml", "multipart/form-data")
@blp.answers(DeploymentSchema, 201)
def deploy() -> object:
    """部署：一个 BPMN 文件，或流程、决策表、表单一起。

    One BPMN as `application/xml`, or multipart with several files. Errors are 422 with `problems`.
    """
    admin = auth.admin()
    made = definitions.deploy(auth.app(), bpmn_files(), by=admin.name)
    first = made.definitions[0] if made.definitions else {}
    return {**first, "definitions": made.definitions, "problems": made.problems}


@blp.post("/lint")
@blp.reads_files("application/xml", "multipart/form-data")
@blp.answers(LintSchema)
def check() -> object:
    """检查：只查问题，不部署。"""
    return {"problems": definitions.check(auth.app(), bpmn_files())}


@blp.get("")
@blp.query(DefinitionQuery)
@blp.answers(page_of(DefinitionSchema))
def index(**wanted: Any) -> object:
    """流程列表（各流程的最新版本）。"""
    return queries.definitions(auth.app(), **wanted)


@blp.get("/<key>")
@blp.answers(DefinitionSchema)
def show(key: str) -> object:
    """一个流程的最新版本。"""
    return definitions.show(auth.app(), key)


@blp.get("/<key>/versions")
@blp.query(PageQuery)
@blp.answers(page_of(DefinitionSchema))
def versions(key: str, **wanted: Any) -> object:
    """一个流程的全部版本，新的在前。"""
    definitions.show(auth.app(), key)
    return queries.versions(auth.app(), key, **wanted)


@blp.get("/<key>/diff")
@blp.query(DiffQuery)
@blp.answers(DiffSchema)
def compare(key: str, before: int, after: int | None) -> object:
    """两个版本的差别，逐个元素、决策表规则、表单组件；只是画法不同不算。"""
    return definition_diff.diff(auth.app(), key, before, after)


@blp.get("/<key>/versions/<int(max=999999):version>")
@blp.answers(DefinitionSchema)
def version(key: str, version: int) -> object:
    """一个流程的某一版本。"""
    return definitions.show(auth.app(), key, version)


@blp.get("/<key>/versions/<int(max=999999):version>/xml")
@blp.answers(None)
def xml(key: str, version: int) -> Response:
    """某一版本的 BPMN 原文。"""
    content = definitions.xml(auth.app(), key, version)
    return Response(content, content_type="application/xml")
