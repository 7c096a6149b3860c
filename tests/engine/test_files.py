"""The file store: whole or not there, also when the disk refuses."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import uploads
from engine.errors import Invalid, TooLarge, Unavailable
from engine.files import Files


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file of this process can grow beyond ``size`` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_the_disk_cuts_off_leaves_nothing_behind(tmp_path: Path) -> None:
    files, content = Files(tmp_path / "files"), b"x" * 100_000
    with little_room(10_000), pytest.raises(Unavailable, match="磁盘已满"):
        files.save(content)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert files.read(files.save(content)) == content


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 x", "application/pdf"),
        (b"\xff\xd8\xff\xe0 x", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n x", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt\xff", "application/octet-stream"),
        (
            b"PK\x03\x04 word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"PK\x03\x04 a.txt", "application/zip"),
        ("核查记录".encode(), "text/plain; charset=utf-8"),
        (b"<script>alert(1)</script>", "text/plain; charset=utf-8"),
        (b"MZ\x90\x00", "application/octet-stream"),
    ],
)
def test_the_bytes_tell_what_a_file_is(content: bytes, kind: str) -> None:
    assert uploads.media_type(content) == kind


def test_an_empty_and_an_oversized_file_are_refused() -> None:
    uploads.check_size(bytes(uploads.LARGEST), "a.pdf")
    with pytest.raises(Invalid, match=r"a\.pdf”是空的"):
        uploads.check_size(b"", "a.pdf")
    with pytest.raises(TooLarge, match="15 MB"):
        uploads.check_size(bytes(uploads.LARGEST + 1), "a.pdf")
