"""Routes of imports: upload a sheet, see what it would become, correct the columns, start, follow, get it back."""

from typing import Any

from flask import Response

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.files import sent
from api.imports_schemas import (
    ChooseSheet,
    ImportQuery,
    ImportRowQuery,
    ImportRowSchema,
    ImportSchema,
    MapColumns,
    StartImport,
    UploadSheet,
)
from api.schemas import page_of
from engine.campaign import ledger_export, ledger_import

blp = Blueprint("imports", "导入隐患台账、场所底册、巡查记录", "/imports")


@blp.get("")
@blp.query(ImportQuery)
@blp.answers(page_of(ImportSchema))
def index(**wanted: Any) -> object:
    """我上传的各次导入（管理员看全部），新的在前。"""
    return ledger_import.list_imports(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.form(UploadSheet, file="file")
@blp.answers(ImportSchema, 201)
def upload(**given: Any) -> object:
    """上传台账、场所底册或巡查记录（.xlsx、.csv），逐行检查；这一步什么都不写入。"""
    name, content = one_upload("file")
    return ledger_import.create(auth.app(), content, filename=name, viewer=auth.viewer(), **given)


@blp.get("/<import_id>")
@blp.answers(ImportSchema)
def show(import_id: str) -> object:
    """一次导入和它的进度。"""
    return ledger_import.show(auth.app(), import_id, viewer=auth.viewer())


@blp.get("/<import_id>/rows")
@blp.query(ImportRowQuery)
@blp.answers(page_of(ImportRowSchema))
def rows(import_id: str, **wanted: Any) -> object:
    """各行的检查结果或导入结果。"""
    return ledger_import.rows(auth.app(), import_id, viewer=auth.viewer(), **wanted)


@blp.post("/<import_id>/sheet")
@blp.body(ChooseSheet)
@blp.answers(ImportSchema)
def reread(import_id: str, sheet: str, header_row: int | None) -> object:
    """改读同一工作簿的另一张工作表（或另一行表头），重新检查。"""
    return ledger_import.reread(auth.app(), import_id, viewer=auth.viewer(), sheet=sheet, header_row=header_row)


@blp.post("/<import_id>/columns")
@blp.body(MapColumns)
@blp.answers(ImportSchema)
def remap(import_id: str, **given: Any) -> object:
    """改正列的对应，重新检查；本单位下次照此对应。"""
    return ledger_import.remap(auth.app(), import_id, viewer=auth.viewer(), **given)


@blp.post("/<import_id>/start")
@blp.body(StartImport)
@blp.answers(ImportSchema)
def start(import_id: str, all_or_nothing: bool) -> object:
    """开始导入，由后台逐行办理。"""
    return ledger_import.start(auth.app(), import_id, viewer=auth.viewer(), all_or_nothing=all_or_nothing)


@blp.get("/<import_id>/file")
@blp.answers(None)
def result(import_id: str) -> Response:
    """原表加“导入结果”一列，有问题的单元格标色并加批注。"""
    name, content = ledger_import.result_file(auth.app(), import_id, viewer=auth.viewer())
    return sent(content, name, ledger_export.XLSX, shown="attachment")
