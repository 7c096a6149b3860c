"""Routes of the Word templates of documents: download, try out, use, go back."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.files import sent
from api.schemas import Input, LongPageQuery, Moment, in_english, page_from, page_of
from engine import uploads
from engine.campaign import document_templates, template_page

blp = Blueprint("templates", "文书模板：下载、试填、启用、恢复", "/document-types/<type>/templates")
DOCX = dict(uploads.OFFICE)[b"word/"]


def _organ() -> fields.String:
    return fields.String(
        load_default=None, validate=validate.Length(1, 64), metadata={"description": "机关；系统管理员填写"}
    )


class OrganQuery(Input):
    """Whose templates."""

    organ = _organ()


class TemplatesQuery(LongPageQuery):
    """Whose templates, page by page."""

    organ = _organ()


class UploadTemplate(Input):
    """What goes with a template."""

    note = fields.String(load_default="", validate=validate.Length(max=255))
    organ = _organ()


class DocumentTemplateSchema(Schema):
    """One version of a template."""

    organ = fields.String(required=True)
    type = fields.String()
    version = fields.Integer(metadata={"description": "0 为出厂模板"})
    shipped = fields.Boolean(metadata={"description": "是否出厂模板的样子"})
    in_use = fields.Boolean(metadata={"description": "新起草的文书是否用它"})
    note = fields.String()
    at = Moment(allow_none=True)
    by = fields.String()


class TemplateShownSchema(Schema):
    """A template filled with made-up content, as a page."""

    html = fields.String(required=True, metadata={"description": "完整的网页，没有脚本和外部地址"})
    own_look = fields.Boolean(required=True, metadata={"description": "是否按这个模板的样子；否则为统一样式"})
    hint = fields.String(required=True)
    hint_en = in_english("hint")


@blp.get("")
@blp.query(TemplatesQuery)
@blp.answers(page_of(DocumentTemplateSchema))
def index(type: str, page: int, size: int, organ: str | None) -> object:
    """一种文书的模板各版，新的在前。"""
    return page_from(document_templates.list_templates(auth.app(), type, viewer=auth.viewer(), organ=organ), page, size)


@blp.post("")
@blp.form(UploadTemplate, file="file")
@blp.answers(DocumentTemplateSchema, 201)
def add(type: str, **values: Any) -> object:
    """上传 Word 模板（.docx，最大 3 MB）并从现在起使用；有问题的逐条说明，不启用。"""
    _, content = one_upload("file")
    return document_templates.add(auth.app(), type, content, viewer=auth.viewer(), **values)


@blp.post("/trial")
@blp.form(OrganQuery, file="file")
@blp.answers(None)
def trial(type: str, organ: str | None) -> Response:
    """用示例内容试填一个模板，得到 Word 文件；不保存、不启用。"""
    _, content = one_upload("file")
    made = document_templates.try_out(auth.app(), type, content, viewer=auth.viewer(), organ=organ)
    return sent(made, f"试填 {type}.docx", DOCX, shown="attachment")


@blp.post("/trial/page")
@blp.form(OrganQuery, file="file")
@blp.answers(TemplateShownSchema)
def trial_page(type: str, organ: str | None) -> object:
    """用示例内容试填一个模板，在网页里看；有问题的逐条说明；不保存、不启用。"""
    _, content = one_upload("file")
    return template_page.of_file(auth.app(), type, content, viewer=auth.viewer(), organ=organ)


@blp.post("/<int(max=1000000):version>/use")
@blp.body(OrganQuery)
@blp.answers(DocumentTemplateSchema)
def use(type: str, version: int, organ: str | None) -> object:
    """从现在起改用某一版；0 为恢复出厂模板。"""
    return document_templates.use(auth.app(), type, version, viewer=auth.viewer(), organ=organ)


@blp.get("/<int(max=1000000):version>/file")
@blp.query(OrganQuery)
@blp.answers(None)
def file(type: str, version: int, organ: str | None) -> Response:
    """下载模板，在 Word 或 WPS 里修改；0 为出厂模板。"""
    content = document_templates.read(auth.app(), type, version, viewer=auth.viewer(), organ=organ)
    return sent(content, f"模板 {type}.docx", DOCX, shown="attachment")


@blp.get("/<int(max=1000000):version>/preview")
@blp.query(OrganQuery)
@blp.answers(None)
def preview(type: str, version: int, organ: str | None) -> Response:
    """用示例内容填好的一份。"""
    made = document_templates.preview(auth.app(), type, version, viewer=auth.viewer(), organ=organ)
    return sent(made, f"示例 {type}.docx", DOCX, shown="attachment")


@blp.get("/<int(max=1000000):version>/page")
@blp.query(OrganQuery)
@blp.answers(TemplateShownSchema)
def preview_page(type: str, version: int, organ: str | None) -> object:
    """用示例内容填好的一份，在网页里看；0 为出厂模板。"""
    return template_page.of_version(auth.app(), type, version, viewer=auth.viewer(), organ=organ)
