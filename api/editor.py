"""Routes that the process editor needs besides drafts: templates, trying out, comparing, taking a zip apart."""

from typing import Any

from flask import Response

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.definitions_schemas import DeploymentsSchema, DiffSchema
from api.editor_schemas import (
    CompareSets,
    ElementTemplateSchema,
    FileSetSchema,
    PlaySet,
    SimulateSet,
    TemplatesQuery,
    TrialSchema,
)
from api.instances_schemas import Reason
from api.schemas import page_from, page_of
from engine.bpm import drafts, file_sets, trials
from engine.campaign import task_templates

blp = Blueprint("editor", "流程编辑器：模板、试运行、推演、比较", "/editor")


@blp.get("/templates")
@blp.query(TemplatesQuery)
@blp.answers(page_of(ElementTemplateSchema))
def templates(page: int, size: int, lang: str) -> object:
    """元素模板：常用的人工任务，和每个已登记的操作。"""
    auth.author()
    return page_from(task_templates.templates(auth.app(), lang), page, size)


@blp.post("/play")
@blp.body(PlaySet)
@blp.answers(TrialSchema)
def play(files: dict[str, str], scenario: str, process: str) -> object:
    """用一个场景试运行这组文件；被调用的流程取已部署的最新版。"""
    auth.author()
    return {"answer": trials.play(auth.app(), files, scenario, process=process)}


@blp.post("/simulate")
@blp.body(SimulateSet)
@blp.answers(TrialSchema)
def simulate(files: dict[str, str]) -> object:
    """简短推演：40 件案件、40 天。"""
    auth.author()
    return {"answer": trials.simulate(auth.app(), files)}


@blp.post("/compare")
@blp.body(CompareSets)
@blp.answers(DiffSchema)
def compare(key: str, **given: Any) -> object:
    """一个版本与另一版本或与这组文件的差别，逐个元素、规则、表单组件。"""
    auth.author()
    return trials.compare(auth.app(), key, **given)


@blp.post("/unzip")
@blp.reads_files("multipart/form-data")
@blp.answers(FileSetSchema)
def unzip() -> object:
    """取出压缩包里的一组文件，不保存。"""
    auth.author()
    _, content = one_upload("file")
    return {"files": file_sets.unpacked(content)}


@blp.get("/<key>/versions/<int(max=999999):version>/set")
@blp.answers(FileSetSchema)
def version_files(key: str, version: int) -> object:
    """某一版本的全部文件，和这个流程的场景。"""
    auth.author()
    return {"files": drafts.version_files(auth.app(), key, version)}


@blp.get("/<key>/versions/<int(max=999999):version>/zip")
@blp.answers(None)
def as_zip(key: str, version: int) -> Response:
    """某一版本的全部文件，打包下载。"""
    auth.author()
    packed = file_sets.packed(drafts.version_files(auth.app(), key, version))
    return Response(packed, content_type="application/zip")


@blp.post("/<key>/versions/<int(max=999999):version>/roll-back")
@blp.body(Reason)
@blp.answers(DeploymentsSchema, 201)
def roll_back(key: str, version: int, reason: str) -> object:
    """退回到这一版：把它的文件作为最新版再部署一次，写明原因。"""
    return drafts.roll_back(auth.app(), key, version, reason=reason, by=auth.author().name)
