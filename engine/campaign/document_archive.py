"""Whether an uploaded Word file may serve as a template at all: what is in the archive, before anything is rendered.

Runs in a child process with limits (document_child.py). What a Word file can carry besides text and pictures, such as
macros, embedded objects, addresses elsewhere or fields that fetch something, has no place in an official document.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from engine.said import Said

LARGEST, UNPACKED, PARTS, RATIO = 3 * 1024 * 1024, 30 * 1024 * 1024, 300, 300
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
KINDS = (".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif", ".odttf")
# Parts that run, embed or fetch something, by how their path begins.
FOREIGN = ("word/embeddings/", "word/activex", "word/vba", "word/afchunk", "word/subdocs/", "word/webextensions/")
OLD = Said(
    "这是旧的 .doc 文件或加密的文件，请在 Word 或 WPS 中另存为不加密的 .docx",
    "this is an old .doc file or an encrypted one; save it as .docx without a password in Word or WPS",
)
BROKEN = Said(
    "文件已损坏或不是 .docx，请在 Word 或 WPS 中打开并另存为 .docx 后再上传",
    "the file is damaged or no .docx; open it in Word or WPS, save it as .docx and upload it again",
)
FIELDS = re.compile(r"(\s*(PAGE|NUMPAGES|SECTIONPAGES|SECTION|MERGEFORMAT|ARABIC|\\\*))*\s*", re.IGNORECASE)


def faults(content: bytes) -> list[Said]:
    """What makes this file unusable as a template, one sentence each in both languages; empty when nothing does."""
    if len(content) > LARGEST:
        most = LARGEST // 1024 // 1024
        en = f"the template is larger than {most} MB; compress its pictures and upload it again"
        return [Said(f"模板超过 {most} MB，请压缩图片后再上传", en)]
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return [OLD]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _bulk(archive) or _names(archive) or list(_parts(archive))
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, KeyError):
        return [BROKEN]


def _bulk(archive: zipfile.ZipFile) -> list[Said]:
    parts = archive.infolist()
    bomb = any(part.file_size > RATIO * max(part.compress_size, 1) and part.file_size > 1 << 20 for part in parts)
    if bomb or len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        return [Said("文件解压后过大，不予接收", "the file is too large once unpacked and is not accepted")]
    if any(part.flag_bits & 1 for part in parts):
        return [Said("文件加了密码，请取消密码后再上传", "the file has a password; remove it and upload it again")]
    return []


def _names(archive: zipfile.ZipFile) -> list[Said]:
    names = archive.namelist()
    if len({name.lower() for name in names}) < len(names):
        en = "two parts of the file have the same name; save it anew in Word and upload it again"
        return [Said("文件里有重名的部件，请在 Word 中另存后再上传", en)]
    found = []
    for name in names:
        low = name.lower()
        if low.startswith(FOREIGN) or low.endswith(".bin"):
            en = f"the template has a macro, a control or an embedded object ({name}); delete it and upload it again"
            found.append(Said(f"模板里有宏、控件或嵌入的对象（{name}），请删除后再上传", en))
        elif ".." in low or "\\" in low or low.startswith("/"):
            found.append(
                Said(f"文件里有不合规的部件名（{name[:60]}）", f"a part of the file has a bad name ({name[:60]})")
            )
        elif not low.endswith((*KINDS, "/")):
            en = f"the template has a part that is not supported ({name[:60]}): only text and PNG, JPEG, GIF are"
            found.append(Said(f"模板里有不支持的部件（{name[:60]}）：只能有文字和 PNG、JPEG、GIF 图片", en))
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        en = "this is no Word document: it has no text (word/document.xml)"
        found.append(Said("这不是 Word 文档：没有正文（word/document.xml）", en))
    return found[:10]


def _parts(archive: zipfile.ZipFile) -> Iterator[Said]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for name in archive.namelist():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        try:
            root = etree.fromstring(archive.read(name), parser)
        except etree.XMLSyntaxError:
            en = f"the part {name} is no proper XML; save the file anew in Word and upload it again"
            yield Said(f"部件 {name} 不是正确的 XML，请在 Word 中另存后再上传", en)
            return
        if root.getroottree().docinfo.internalDTD is not None:
            yield Said(
                f"部件 {name} 里有 DTD 或实体，不予接收", f"the part {name} has a DTD or entities and is not accepted"
            )
        if name == "[Content_Types].xml":
            yield from _types(root)
        elif name.lower().endswith(".rels"):
            yield from _relations(root, name)
        else:
            yield from _content(root, name)


def _types(root: etree._Element) -> Iterator[Said]:
    kinds = [str(one.get("ContentType", "")) for one in root]
    if any("macro" in kind.lower() or "vba" in kind.lower() for kind in kinds):
        en = "this is a file with macros (.docm, .dotm); save it as a .docx without macros"
        yield Said("这是带宏的文件（.docm、.dotm），请另存为不带宏的 .docx", en)
    elif MAIN not in kinds:
        en = "this is no .docx document (but a .dotx or a sheet, for example); save it as .docx in Word"
        yield Said("这不是 .docx 文档（例如 .dotx 或表格），请在 Word 中另存为 .docx", en)


def _relations(root: etree._Element, name: str) -> Iterator[Said]:
    for one in root:
        if str(one.get("TargetMode", "")).lower() == "external" or "://" in str(one.get("Target", "")):
            target = str(one.get("Target", ""))[:80]
            en = f"the template links to the outside ({target}); remove the link, linked picture or attached template"
            yield Said(f"模板链接到外部（{target}），请取消超链接、链接的图片或附加模板", en)
        elif str(one.get("Type", "")).rpartition("/")[2].lower() in ("afchunk", "oleobject", "subdocument", "frame"):
            en = f"the template has another document inside ({name}); delete it and upload it again"
            yield Said(f"模板嵌入了其他文档（{name}），请删除后再上传", en)


def _content(root: etree._Element, name: str) -> Iterator[Said]:
    written = " ".join(one.text or "" for one in root.iter("{*}instrText"))
    for one in root.iter("{*}fldSimple"):
        written += " " + "".join(str(value) for key, value in one.attrib.items() if str(key).endswith("instr"))
    if not FIELDS.fullmatch(written):
        code = written.strip()[:40]
        yield Said(
            f"部件 {name} 里有域代码“{code}”：只能用页码，其余请按 Ctrl+Shift+F9 转为文字",
            f"the part {name} has the field code “{code}”: only page numbers are allowed; press Ctrl+Shift+F9 for text",
        )
    if next(root.iter("{*}altChunk", "{*}object", "{*}control"), None) is not None:
        en = f"the part {name} has an embedded object or a control; delete it and upload it again"
        yield Said(f"部件 {name} 里有嵌入的对象或控件，请删除后再上传", en)
