"""Routes of documents: drafting, approval, signatures, seal, service, and the check by code that needs no login."""

from typing import Any
from urllib.parse import quote

from flask import Response, redirect, request

from api import auth
from api.blueprint import Blueprint
from api.body import one_upload
from api.document_numbers_schemas import (
    EntryQuery,
    EntrySchema,
    FillSlot,
    NameOrgan,
    OrganSchema,
    RegisterSchema,
    SlotSchema,
)
from api.documents_schemas import (
    ChoiceQuery,
    Decide,
    DocumentChoiceSchema,
    DocumentQuery,
    DocumentSchema,
    DocumentTypeSchema,
    DocumentVersionSchema,
    DraftDocument,
    EditDocument,
    IssueDocument,
    NeedStateSchema,
    RejectDocument,
    ServeDocument,
    SignForm,
    VerifiedSchema,
    VoidDocument,
)
from api.files import FileSchema, sent
from api.schemas import LongPageQuery, page_from, page_of
from engine import uploads
from engine.campaign import (
    document_approval,
    document_choice,
    document_numbers,
    document_photos,
    document_printing,
    document_serving,
    document_types,
    document_versions,
    documents,
    organ_words,
    read_receipts,
)

blp = Blueprint("documents", "文书：起草、审批编号、签名、盖章、送达、作废")


@blp.get("/documents")
@blp.query(DocumentQuery)
@blp.answers(page_of(DocumentSchema))
def index(**wanted: Any) -> object:
    """文书列表，新的在前。"""
    return documents.list_documents(auth.app(), auth.viewer(), **wanted)


@blp.post("/documents")
@blp.body(DraftDocument)
@blp.answers(DocumentSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次起草的文书")
def draft(**values: Any) -> object:
    """起草文书：正文先由台账记录生成，可再修改；前置文书不齐或无权制作的拒绝。"""
    return documents.draft(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/documents/<document_id>")
@blp.answers(DocumentSchema)
def show(document_id: str) -> object:
    """一份文书。"""
    return documents.show(auth.app(), document_id, viewer=auth.viewer())


@blp.get("/documents/<document_id>/photos")
@blp.query(LongPageQuery)
@blp.answers(page_of(FileSchema))
def photos(document_id: str, page: int, size: int) -> object:
    """这份文书可以附的照片：所写隐患的和所属检查的，不含群众举报的；不是制作单位的人得到空表。"""
    return page_from(document_photos.list_photos(auth.app(), document_id, viewer=auth.viewer()), page, size)


@blp.patch("/documents/<document_id>")
@blp.body(EditDocument)
@blp.answers(DocumentSchema)
def edit(document_id: str, **values: Any) -> object:
    """修改草稿：带上读到的 revision，别人改过的拒绝。"""
    return documents.edit(auth.app(), document_id, **values, viewer=auth.viewer())


@blp.post("/documents/<document_id>/submit")
@blp.answers(DocumentSchema)
def submit(document_id: str) -> object:
    """提交审批：必填栏、用语、承办人员和前置文书都要齐。"""
    return document_approval.submit(auth.app(), document_id, viewer=auth.viewer())


@blp.post("/documents/<document_id>/approve")
@blp.body(Decide)
@blp.answers(DocumentSchema)
def approve(document_id: str, **values: Any) -> object:
    """批准：此时编号。"""
    return document_approval.approve(auth.app(), document_id, **values, viewer=auth.viewer())


@blp.post("/documents/<document_id>/reject")
@blp.body(RejectDocument)
@blp.answers(DocumentSchema)
def reject(document_id: str, **values: Any) -> object:
    """退回起草，写明意见。"""
    return document_approval.reject(auth.app(), document_id, **values, viewer=auth.viewer())


@blp.post("/documents/<document_id>/sign")
@blp.form(SignForm, file="file")
@blp.answers(DocumentSchema)
def sign(document_id: str, **values: Any) -> object:
    """在设备上签名：PNG 笔迹；承办人用本人账号签，当事人和见证人填姓名。"""
    _, strokes = one_upload("file")
    return document_approval.sign(auth.app(), document_id, strokes, **values, viewer=auth.viewer())


@blp.post("/documents/<document_id>/issue")
@blp.body(IssueDocument)
@blp.answers(DocumentSchema)
def issue(document_id: str, **values: Any) -> object:
    """盖章签发：承办人全部签名以后；文件从此不变。"""
    return document_approval.issue(auth.app(), document_id, **values, viewer=auth.viewer())


@blp.post("/documents/<document_id>/serve")
@blp.body(ServeDocument)
@blp.answers(DocumentSchema)
@blp.header("Idempotency-Key", "同一个键重复提交，只登记一次")
def serve(document_id: str, **values: Any) -> object:
    """登记送达：直接、留置、邮寄、公告（期满视为送达）、电子；自动生成送达回证。"""
    key = auth.idempotency_key()
    return document_serving.serve(auth.app(), document_id, values, viewer=auth.viewer(), key=key)


@blp.post("/documents/<document_id>/void")
@blp.body(VoidDocument)
@blp.answers(DocumentSchema)
def void(document_id: str, **values: Any) -> object:
    """申请作废（写明理由），或由第二人确认作废（confirm）；文号保留。"""
    return document_approval.void(auth.app(), document_id, **values, viewer=auth.viewer())


@blp.post("/documents/<document_id>/archive")
@blp.answers(DocumentSchema)
def archive(document_id: str) -> object:
    """归档已送达的文书。"""
    return document_approval.archive(auth.app(), document_id, viewer=auth.viewer())


@blp.get("/documents/<document_id>/file")
@blp.answers(None)
def word(document_id: str) -> Response:
    """Word 文件：签发以后是当时封存的文件，之前是草稿。"""
    read_receipts.opened(auth.app(), document_id, viewer=auth.viewer())
    name, content = document_approval.word(auth.app(), document_id, viewer=auth.viewer())
    return sent(content, name, dict(uploads.OFFICE)[b"word/"], shown="attachment")


@blp.get("/documents/<document_id>/print")
@blp.answers(None)
def printed(document_id: str) -> Response:
    """打印页：用本单位的模板的，按该模板显示；网页显示不了的按统一样式并注明。"""
    read_receipts.opened(auth.app(), document_id, viewer=auth.viewer())
    page = document_printing.printed(auth.app(), document_id, viewer=auth.viewer())
    return _with_word_beside(sent(page.encode(), "document.html", "text/html; charset=utf-8", shown="inline"))


def _with_word_beside(answer: Response) -> Response:
    """The page holds pictures of its own and a link to the Word file, which a sandbox would not let anybody save."""
    policy = answer.headers["Content-Security-Policy"]
    answer.headers["Content-Security-Policy"] = f"{policy} allow-downloads; img-src data:"
    return answer


@blp.get("/documents/<document_id>/versions")
@blp.query(LongPageQuery)
@blp.answers(page_of(DocumentVersionSchema))
def versions(document_id: str, page: int, size: int) -> object:
    """历次送审的正文和意见；机关以外的人只看批准的那一版。"""
    return page_from(document_versions.list_versions(auth.app(), document_id, viewer=auth.viewer()), page, size)


@blp.get("/documents/<document_id>/needs")
@blp.query(LongPageQuery)
@blp.answers(page_of(NeedStateSchema))
def needs(document_id: str, page: int, size: int) -> object:
    """这份文书的前置文书：有没有、到了哪一步。"""
    return page_from(document_choice.needs_of(auth.app(), document_id, viewer=auth.viewer()), page, size)


@blp.get("/document-types/choices")
@blp.query(ChoiceQuery)
@blp.answers(page_of(DocumentChoiceSchema))
def choices(page: int, size: int, **about: Any) -> object:
    """本单位现在能制作哪些文书，缺什么前置文书。"""
    return page_from(document_choice.choices(auth.app(), auth.viewer(), **about), page, size)


@blp.get("/document-types")
@blp.query(LongPageQuery)
@blp.answers(page_of(DocumentTypeSchema))
def types(page: int, size: int) -> object:
    """文书种类表：谁能制作、先要有什么、必填什么、依据。"""
    return page_from(document_types.all_types(), page, size)


@blp.get("/document-slots")
@blp.query(LongPageQuery)
@blp.answers(page_of(SlotSchema))
def slots(page: int, size: int) -> object:
    """四单四函：八格各叫什么、是哪一种文书。"""
    return page_from(document_numbers.list_slots(auth.app(), auth.viewer()), page, size)


@blp.post("/document-slots/<slot>")
@blp.body(FillSlot)
@blp.answers(SlotSchema)
def fill(slot: str, **values: Any) -> object:
    """设置一格（街道领导、负责人）。"""
    return document_numbers.fill_slot(auth.app(), slot, **values, viewer=auth.viewer())


@blp.get("/document-organs")
@blp.query(LongPageQuery)
@blp.answers(page_of(OrganSchema))
def organs(page: int, size: int) -> object:
    """机关代字：哪些机关有，文号怎样开头。"""
    return page_from(organ_words.list_organs(auth.app(), auth.viewer()), page, size)


@blp.post("/document-organs/<unit>")
@blp.body(NameOrgan)
@blp.answers(OrganSchema)
def name_organ(unit: str, **values: Any) -> object:
    """设置一个机关的代字（本机关或上级的负责人、系统管理员）；没有代字的机关文书不能编号。"""
    return organ_words.name_organ(auth.app(), unit, **values, viewer=auth.viewer())


@blp.get("/number-registers")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterSchema))
def registers(page: int, size: int) -> object:
    """文号登记簿：机关、文种、年份和最后一号。"""
    return page_from(document_numbers.list_registers(auth.app(), auth.viewer()), page, size)


@blp.get("/number-registers/<series>/<int(min=2000,max=9999):year>/entries")
@blp.query(EntryQuery)
@blp.answers(page_of(EntrySchema))
def entries(series: str, year: int, state: str | None, page: int, size: int) -> object:
    """一本登记簿的全部文号，含作废的；`state` 只看在用、作废或者无记录的。"""
    found = document_numbers.list_entries(auth.app(), series, year, viewer=auth.viewer(), state=state)
    return page_from(found, page, size)


@blp.get("/public/documents/<code>")
@blp.answers(VerifiedSchema)
def verify(code: str) -> object:
    """核验文书（不用登录）：只答种类、文号、机关、日期、是否作废。旧二维码的浏览器转到给人看的页面。"""
    if request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html":
        return redirect(f"/m/d/{quote(code, safe='')}", 303)
    return document_serving.verify(auth.app(), code, address=auth.address())
