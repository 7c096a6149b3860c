"""What is accepted as an upload, and what it is by its own bytes: names and what senders say are not believed."""

from engine.errors import Invalid, TooLarge
from engine.said import english

LARGEST = 15 * 1024 * 1024
UNKNOWN, TEXT, ZIP = "application/octet-stream", "text/plain; charset=utf-8", "application/zip"
PDF = "application/pdf"

# How a file starts, by kind; what browsers could run, such as HTML, is never named but is text like any other.
STARTS = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # Word and Excel up to 2003, WPS
)
# Office documents are archives that name their main part; what is an archive otherwise stays one.
OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)


def check_size(content: bytes, name: str) -> None:
    """Refuse a file with nothing in it or with more than is accepted. Raises Invalid, TooLarge."""
    if len(content) > LARGEST:
        raise TooLarge(
            f"“{name}”超过 {LARGEST // 1024 // 1024} MB，请压缩或降低照片分辨率后再上传。",
            en=f"{english(name)} is larger than {LARGEST // 1024 // 1024} MB; reduce it and upload again.",
        )
    if not content:
        message, en = f"“{name}”是空的，请检查后重新上传。", f"{english(name)} is empty; check it and upload again."
        raise Invalid(message, en=en, problems=[{"field": "file", "rule": "empty", "message": message, "en": en}])


def media_type(content: bytes) -> str:
    """The media type that the bytes themselves tell."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in OFFICE if part in content), ZIP)
    known = next((kind for start, kind in STARTS if content.startswith(start)), None)
    return known or (TEXT if _is_text(content) else UNKNOWN)


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
