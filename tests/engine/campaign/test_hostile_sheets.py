"""Sheets made to harm: each is refused in a sentence, or read as the plain values it shows."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine.campaign import sheet_reading

HEAD = ["单位", "隐患描述", "发现时间", "整改时限"]
ROW = ["示例店", "私拉电线", "2026-09-01", "2026-09-05"]


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    page: Any = made.active
    for row in (HEAD, *rows):
        page.append(row)
    made.save(out := io.BytesIO())
    return out.getvalue()


def changed(content: bytes, edit: Callable[[str, bytes], bytes] = lambda _, part: part, **add: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
        for name, part in add.items():
            new.writestr(name.replace("__", "/"), part)
    return out.getvalue()


def read(tmp_path: Path, content: bytes) -> dict[str, Any]:
    (path := tmp_path / "sheet").write_bytes(content)
    return sheet_reading.read(str(path), "ledger", None, None, lambda: None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (changed(book(ROW), **{"xl__vbaProject.bin": b"x"}), "宏"),
        (changed(book(ROW), **{"xl__media__bomb.xml": b" " * 50_000_000}), "解压后过大"),
        (changed(book(ROW), **{f"x{n}.xml": b"<a/>" for n in range(2_001)}), "解压后过大"),
        (changed(book(ROW), **{"xl__x.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}), "XML 声明"),
        (changed(book(ROW), lambda name, part: part[:40] if name == "xl/workbook.xml" else part), "已损坏"),
    ],
)  # fmt: skip
def test_a_harmful_workbook_is_refused_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in read(tmp_path, content)["refused"][0]


def test_a_formula_without_a_result_is_told_and_never_computed(tmp_path: Path) -> None:
    found = read(tmp_path, book(["示例店", '=HYPERLINK("http://evil.example","x")', "2026-09-01", "=1+1"]))
    cells = found["rows"][0][1]
    assert cells[1] == cells[3] == ["x", "公式没有计算结果"]


def test_links_to_other_files_are_left_alone_and_told(tmp_path: Path) -> None:
    link = {"xl__externalLinks__externalLink1.xml": b'<externalLink xmlns="x"/>'}
    found = read(tmp_path, changed(book(ROW), **link))
    assert any("不打开链接" in note for note, _en in found["notes"]) and len(found["rows"]) == 1


def test_a_million_empty_rows_are_no_rows(tmp_path: Path) -> None:
    def empty(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        rows = b"".join(b'<row r="%d"/>' % n for n in range(3, 1_000_003))
        return part.replace(b"</sheetData>", rows + b"</sheetData>")

    out = io.BytesIO()  # stored, so that the size alone does not refuse it
    with zipfile.ZipFile(io.BytesIO(book(ROW))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, empty(name, old.read(name)))
    assert [number for number, _ in read(tmp_path, out.getvalue())["rows"]] == [2]


def test_values_of_every_kind_are_read_as_they_are(tmp_path: Path) -> None:
    found = read(tmp_path, book([True, 3.5, "\x07x".replace("\x07", ""), -1], ["长" * 30_000, None, 0, "=cmd"[1:]]))
    assert found["rows"][0][1][:2] == [True, 3.5]
    assert len(found["rows"][1][1][0]) == sheet_reading.LONGEST_TEXT
