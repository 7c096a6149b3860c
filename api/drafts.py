"""Routes of drafts: what an author has written about a process and not deployed yet."""

from typing import Any

from flask import Response

from api import auth
from api.blueprint import Blueprint
from api.definitions_schemas import DeploymentsSchema
from api.drafts_schemas import DeployDraft, DraftQuery, DraftRowSchema, DraftSchema, ForecastSchema, SaveDraft
from api.schemas import PageQuery, page_of
from engine.bpm import drafts, file_sets, trials

blp = Blueprint("drafts", "流程草稿：每人每个流程一份", "/drafts")


@blp.get("")
@blp.query(PageQuery)
@blp.answers(page_of(DraftRowSchema))
def index(**wanted: Any) -> object:
    """我的草稿，新的在前。"""
    return drafts.drafts(auth.app(), by=auth.author().name, **wanted)


@blp.get("/<key>")
@blp.query(DraftQuery)
@blp.answers(DraftSchema)
def show(key: str, version: int | None) -> object:
    """我的草稿；没有时是最新版（或指定版本）的文件。还有谁在编辑。"""
    return drafts.show(auth.app(), key, by=auth.author().name, version=version)


@blp.get("/<key>/around")
@blp.answers(DraftSchema)
def around(key: str) -> object:
    """现在还有谁有草稿、最新是哪一版；不带文件，打开的编辑器每半分钟问一次。"""
    return drafts.around(auth.app(), key, by=auth.author().name)


@blp.post("/<key>")
@blp.body(SaveDraft)
@blp.answers(DraftSchema)
def save(key: str, **given: Any) -> object:
    """保存整组文件；别的窗口保存过时为 409。"""
    return drafts.save(auth.app(), key, by=auth.author().name, **given)


@blp.delete("/<key>")
@blp.answers(None, 204)
def discard(key: str) -> None:
    """放弃我的草稿。"""
    drafts.discard(auth.app(), key, by=auth.author().name)


@blp.get("/<key>/forecast")
@blp.answers(ForecastSchema)
def forecast(key: str) -> object:
    """办理中的实例能不能迁到这份草稿，不能的为什么；什么也不改。"""
    files = drafts.of(auth.app(), key, by=auth.author().name)
    return trials.forecast(auth.app(), key, files)


@blp.post("/<key>/deploy")
@blp.body(DeployDraft)
@blp.answers(DeploymentsSchema, 201)
def deploy(key: str, **given: Any) -> object:
    """部署草稿：整组文件成为新的一版，写明原因。"""
    return drafts.deploy(auth.app(), key, by=auth.author().name, **given)


@blp.get("/<key>/zip")
@blp.answers(None)
def as_zip(key: str) -> Response:
    """整组文件打包下载。"""
    files = drafts.of(auth.app(), key, by=auth.author().name)
    return Response(file_sets.packed(files), content_type="application/zip")
