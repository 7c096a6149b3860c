"""Restyled documents: what an office may upload, what is refused in words, and which template a document keeps."""

import io
import re
import zipfile
from collections.abc import Callable
from threading import Thread

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.app import App
from engine.bounded import OutOfBounds
from engine.bpm.viewer import Viewer
from engine.campaign import (
    document_approval,
    document_archive,
    document_names,
    document_templates,
    document_types,
    documents,
)
from engine.campaign.document_layout import built
from engine.campaign.document_rendering import verify_url
from engine.errors import Invalid, NotAllowed, NotFound
from engine.forker import FORKER

Person = Callable[[App, str], Viewer]
TYPE = "工作提醒函"
BODY = {"to_name": "桂花社区", "subject": "巡查", "facts": "少巡一次", "due": "2026年9月30日"}
LINES = (
    "{{ organ_name }} 我们自己的样式", "{{ number }}", "{{ to_name }}：{{ subject }}", "{{ facts }}，限{{ due }}",
    "{%p for one in signatures %}", "{{ one.role }} {{ one.name }} {{ one.image }} {{ one.at }}", "{%p endfor %}",
    "{{ qr }}{{ date }}（{{ note }}）",
)  # fmt: skip
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(scope="module", autouse=True)
def _no_forker_stays() -> object:
    yield
    FORKER.close()


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


def template(*lines: str, without: str = "") -> bytes:
    made = docx.Document()
    for line in (*LINES, *lines):
        if line != without:
            made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


OURS = template()


def changed(content: bytes, *, add: dict[str, bytes] | None = None, swap: tuple[str, str, str] | None = None) -> bytes:
    """The archive with further parts, and with one text of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if swap and name == swap[0]:
                assert swap[1].encode() in part
                part = part.replace(swap[1].encode(), swap[2].encode())
            new.writestr(name, part)
        for name, part in (add or {}).items():
            new.writestr(name, part)
    return out.getvalue()


def text_of(content: bytes) -> str:
    return "\n".join(part.text for part in docx.Document(io.BytesIO(content)).paragraphs)


def draft(app: App, viewer: Viewer) -> str:
    return documents.draft(app, {"type": TYPE, "body": BODY}, viewer=viewer).id


def test_an_office_restyles_a_type_from_now_on_and_goes_back(campaign: App, clerk: Viewer) -> None:
    before = draft(campaign, clerk)
    assert "我们自己的样式" in text_of(document_templates.try_out(campaign, TYPE, template(), viewer=clerk))
    assert [one.version for one in document_templates.list_templates(campaign, TYPE, viewer=clerk)] == [0]
    made = document_templates.add(campaign, TYPE, OURS, note="新版头", viewer=clerk)
    assert (made.version, made.organ, made.in_use, made.by) == (1, "street", True, clerk.name)
    assert document_templates.add(campaign, TYPE, OURS, viewer=clerk).version == 1  # the same again
    between = draft(campaign, clerk)
    assert document_templates.use(campaign, TYPE, 0, viewer=clerk).shipped
    after = draft(campaign, clerk)
    looks = [text_of(document_approval.word(campaign, one, viewer=clerk)[1]) for one in (before, between, after)]
    assert ["我们自己的样式" in look for look in looks] == [False, True, False]
    assert "少巡一次" in looks[1] and "示例规则，需法制审核" in looks[1]
    assert document_templates.use(campaign, TYPE, 1, viewer=clerk).version == 3
    listed = document_templates.list_templates(campaign, TYPE, viewer=clerk)
    assert [(one.version, one.shipped, one.in_use) for one in listed] == [
        (3, False, True), (2, True, False), (1, False, False), (0, True, False),
    ]  # fmt: skip
    assert document_templates.read(campaign, TYPE, 1, viewer=clerk) == OURS
    assert "工作提醒函" in text_of(document_templates.preview(campaign, TYPE, 0, viewer=clerk))
    with pytest.raises(NotFound, match="第 9 版"):
        document_templates.use(campaign, TYPE, 9, viewer=clerk)


def test_what_was_issued_stays_as_it_was(campaign: App, clerk: Viewer, person: Person) -> None:
    leader = person(campaign, "leader-street")
    document_templates.add(campaign, TYPE, template(), viewer=clerk)
    id = documents.draft(campaign, {"type": TYPE, "body": BODY}, viewer=clerk).id
    document_approval.submit(campaign, id, viewer=clerk)
    document_approval.approve(campaign, id, viewer=leader)
    document_approval.sign(campaign, id, strokes(), viewer=clerk)
    document_approval.issue(campaign, id, viewer=leader)
    issued = document_approval.word(campaign, id, viewer=clerk)[1]
    document_templates.use(campaign, TYPE, 0, viewer=clerk)
    assert document_approval.word(campaign, id, viewer=clerk)[1] == issued
    assert "我们自己的样式" in text_of(issued) and "青街安醒〔2026〕1号" in text_of(issued)


def strokes() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "是空的"),
        (b"not a zip", "已损坏或不是 .docx"),
        (b"PK\x03\x04broken", "已损坏或不是 .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧的 .doc"),
        (b"x" * (3 * 1024 * 1024 + 1), "超过 3 MB"),
        (changed(template(), add={"word/vbaProject.bin": b"x"}), "宏"),
        (changed(template(), add={"word/embeddings/oleObject1.bin": b"x"}), "嵌入的对象"),
        (changed(template(), add={"word/media/image1.svg": b"<svg/>"}), "不支持的部件"),
        (changed(template(), add={"../evil.xml": b"<a/>"}), "不合规的部件名"),
        (changed(template(), add={"word/DOCUMENT.xml": b"<a/>"}), "重名"),
        (changed(template(), add={"word/bomb.xml": b" " * 20_000_000}), "解压后过大"),
        (changed(template(), add={"word/x.xml": b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'}), "DTD"),
        (changed(template(), add={"word/x.xml": b"<a"}), "不是正确的 XML"),
        (changed(template(), swap=("[Content_Types].xml", "document.main+xml", "template.main+xml")), "不是 .docx"),
        (
            changed(template(), swap=(
                "[Content_Types].xml", "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                "vnd.ms-word.document.macroEnabled.main+xml")),
            "带宏",
        ),
        (
            changed(template(), add={"word/_rels/header9.xml.rels": (
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
                b'Id="r1" Type="x/attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/>'
                b"</Relationships>")}),
            "链接到外部",
        ),
        (template("{{ nothing }}"), "没有“nothing”这一栏"),
        (template("{{ facts.__class__ }}"), "不能使用|没有“facts"),
        (template("{{ ''.join(['a']) }}"), "不能用在文书模板里"),
        (template("{% for a in range(9) %}{% endfor %}"), "标记有误"),
        (template("{{ 'a' * 999999999 }}"), "不能用在文书模板里"),
        (template("{% if facts"), "标记有误"),
        (template("{% include 'x' %}"), "不能用在文书模板里"),
        (template("{% for s in signatures %}{{ s.secret }}{% endfor %}"), "没有“s.secret”"),
        (template("{% for c in facts %}{{ c }}{% endfor %}"), "逐行列出"),
        (template(without="{{ number }}"), "缺少“文号”"),
        (template(without="{{ facts }}，限{{ due }}"), "缺少“事实”"),
        (template(without="{{ qr }}{{ date }}（{{ note }}）"), "缺少二维码"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_safe_template_is_refused_in_words(
    campaign: App, clerk: Viewer, content: bytes, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        document_templates.add(campaign, TYPE, content, viewer=clerk)
    english = (refused.value.en, *(problem["en"] for problem in refused.value.problems))
    assert [one for one in english if re.search("[\u4e00-\u9fff]", one)] == []
    assert document_templates.list_templates(campaign, TYPE, viewer=clerk)[0].version == 0


@pytest.mark.parametrize(
    "field",
    ['DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/c calc"', "INCLUDEPICTURE http://evil.example/x", "PAGE DDE x"],
)
def test_fields_that_fetch_or_run_something_are_refused(field: str) -> None:
    made = docx.Document(io.BytesIO(template()))
    run = made.add_paragraph()._p
    run.append(parse_xml(f"<w:r {W}><w:instrText>{field}</w:instrText></w:r>"))
    out = io.BytesIO()
    made.save(out)
    assert "域代码" in document_archive.faults(out.getvalue())[0]
    simple = docx.Document(io.BytesIO(template()))
    simple.add_paragraph()._p.append(parse_xml(f'<w:fldSimple {W} w:instr="NUMPAGES \\* MERGEFORMAT"/>'))
    simple.save(out := io.BytesIO())
    assert document_archive.faults(out.getvalue()) == []


def test_a_notice_may_not_order_in_its_fixed_text_and_must_say_that_it_does_not() -> None:
    type = document_types.on_day("安全风险提示单", document_types.all_types()[0].valid_from)
    made = docx.Document(io.BytesIO(built(type)))
    made.add_paragraph("现责令你单位立即整改")
    made.save(out := io.BytesIO())
    assert any("责令" in fault and "may not say" in fault.en for fault in document_names.faults(type, out.getvalue()))


@pytest.mark.parametrize("type", document_types.all_types(), ids=lambda type: type.type)
def test_every_shipped_template_passes_its_own_check(type: document_types.DocumentType) -> None:
    content = built(type)
    assert document_archive.faults(content) == []
    assert document_names.faults(type, content) == []


def test_a_template_that_takes_too_much_is_given_up(campaign: App, clerk: Viewer) -> None:
    type = document_types.on_day("督办单", campaign.clock().date())
    made = docx.Document(io.BytesIO(built(type)))
    for line in ("{%p for a in history %}", "{%p for b in trace %}", "长" * 60_000, *["{%p endfor %}"] * 2):
        made.add_paragraph(line)
    made.save(out := io.BytesIO())
    with pytest.raises(OutOfBounds):
        document_templates.add(campaign, "督办单", out.getvalue(), viewer=clerk)
    assert document_templates.list_templates(campaign, "督办单", viewer=clerk)[0].version == 0


def test_templates_belong_to_an_organ(campaign: App, clerk: Viewer, person: Person) -> None:
    root = Viewer("root", frozenset(), admin=True)
    document_templates.add(campaign, TYPE, template(), viewer=clerk)
    head = person(campaign, "head-emergency-bureau")
    other = document_templates.list_templates(campaign, TYPE, viewer=head)
    assert [(one.organ, one.version) for one in other] == [("emergency_bureau", 0)]
    with pytest.raises(NotFound):
        document_templates.read(campaign, TYPE, 1, viewer=head)
    with pytest.raises(NotAllowed):
        document_templates.use(campaign, TYPE, 0, organ="street", viewer=head)
    with pytest.raises(NotAllowed):
        document_templates.add(campaign, TYPE, template(), viewer=person(campaign, "inspector-gh-01"))
    with pytest.raises(Invalid, match="机关"):
        document_templates.list_templates(campaign, TYPE, viewer=root)
    assert document_templates.use(campaign, TYPE, 0, organ="street", viewer=root).version == 2


def test_two_uploads_at_once_get_two_versions(campaign: App, clerk: Viewer) -> None:
    done: list[int] = []

    def act(line: str) -> None:
        done.append(document_templates.add(campaign, TYPE, template(line), viewer=clerk).version)

    threads = [Thread(target=act, args=[line]) for line in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [1, 2]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_check(content: bytes) -> None:
    assert document_archive.faults(content)
    assert document_archive.faults(b"PK\x03\x04" + content)


def test_the_code_on_a_document_is_a_whole_address_where_the_installation_knows_its_own() -> None:
    assert verify_url("https://bihuan.example.gov.cn", "abc").startswith("https://bihuan.example.gov.cn/m/d/")
    assert verify_url("", "abc") == "/m/d/abc"
