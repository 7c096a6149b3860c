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
    DeployQuery,
    DiffQuery,
    DiffSchema,
    LintSchema,
    ResumeDefinition,
    SuspendDefinition,
    SuspendedSchema,
)
from api.schemas import PageQuery, page_of
from engine.bpm import definition_diff, definitions, file_sets, queries, suspension

blp = Blueprint("definitions", "流程定义：部署、检查、版本", "/definitions")


@blp.post("")
@blp.query(DeployQuery)
@blp.reads_files("application/xml", "multipart/form-data")
@blp.answers(DeploymentSchema, 201)
def deploy(**how: Any) -> object:
    """部署：一个 BPMN 文件，或流程、决策表、表单、场景一起；先试运行场景，不符的不部署。

    One BPMN as `application/xml`, or multipart with several files; `.yaml` files are scenarios, without any those that
    the process has are played. Errors and scenarios that fail are 422 with `problems`.
    """
    admin = auth.admin()
    files, scenarios = file_sets.parted(bpmn_files())
    made = definitions.deploy(auth.app(), files, sent=scenarios, by=admin.name, **how)
    return {**made.first, "definitions": made.definitions, "problems": made.problems, "trial": made.trial}


@blp.post("/lint")
@blp.reads_files("application/xml", "multipart/form-data")
@blp.answers(LintSchema)
def check() -> object:
    """检查：只查问题，不部署。"""
    return {"problems": definitions.check(auth.app(), file_sets.parted(bpmn_files())[0])}


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


@blp.post("/<key>/suspend")
@blp.body(SuspendDefinition)
@blp.answers(SuspendedSchema)
def suspend(key: str, **how: Any) -> object:
    """停用（管理员）：不再发起；可以连同办理中的实例一起挂起，计时照常或停止。"""
    return suspension.suspend(auth.app(), key, by=auth.admin().name, **how)


@blp.post("/<key>/resume")
@blp.body(ResumeDefinition)
@blp.answers(SuspendedSchema)
def resume(key: str, **how: Any) -> object:
    """恢复（管理员）：可以发起；随停用一起挂起的实例可以一起恢复。"""
    return suspension.resume(auth.app(), key, by=auth.admin().name, **how)


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
