"""Sheets that come in at a desk: one with errors waits, of a workbook one is chosen, gaps get a default."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import Route, expect

from engine.bpm.viewer import Viewer
from engine.campaign import places
from scheduler.jobs import import_rows
from tests.web.conftest import CLERK, Site, Watched
from tests.web.seen import HAN

Open = Callable[..., Watched]
ROOT = Viewer("root", admin=True)


def test_a_sheet_with_errors_waits_and_a_good_one_comes_in(desk: Open, site: Site, tmp_path: Path) -> None:
    bad, good = tmp_path / "坏的.csv", tmp_path / "好的.csv"
    bad.write_text("单位名称,场所类型,网格\n示例面馆,餐饮,没有的网格\n示例茶馆,餐饮,GH-01\n", encoding="utf-8")
    good.write_text("单位名称,场所类型,网格\n示例面馆二,餐饮,GH-01\n示例茶馆二,餐饮,GH-01\n", encoding="utf-8")
    page = desk(CLERK, "/settings/imports").page
    for file in (bad, good):
        page.get_by_label("场所底册").check()
        page.get_by_label("表格文件").set_input_files(file)
        page.get_by_role("button", name="上传并检查").click()
        expect(page.get_by_role("heading", name=file.name)).to_be_visible()
        if file is bad:
            expect(page.get_by_test_id("start")).to_contain_text("1 行有错误")
            page.get_by_test_id("rows-error").click()
            expect(page.get_by_test_id("sheet-row")).to_have_count(1)
            expect(page.get_by_test_id("sheet-row")).to_contain_text("没有的网格")
            expect(page.get_by_test_id("import-start")).to_be_disabled()
            page.get_by_role("link", name="导入", exact=True).first.click()
    page.get_by_test_id("import-start").click()
    expect(page.get_by_test_id("import-state")).to_contain_text("正在导入")
    import_rows.run(site.app)
    expect(page.get_by_test_id("import-state")).to_contain_text("已完成")
    page.get_by_test_id("sheet-row").first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="示例面馆二")).to_be_visible()


def test_what_is_wrong_with_a_sheet_is_said_in_english_when_asked(desk: Open, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "单位名称,场所类型,网格,统一社会信用代码,容纳人数\nCafe,,GH-01,123,many\nBar,餐饮,Nowhere,,\n", encoding="utf-8"
    )
    page = desk(CLERK, "/settings/imports").page
    page.get_by_role("button", name="English").click()
    page.get_by_label("Register of places").check()
    page.locator("input[type=file]").set_input_files(bad)
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_test_id("rows-error").click()
    expect(page.get_by_test_id("sheet-row")).to_have_count(2)
    told = page.get_by_test_id("sheet-row").all_inner_texts()
    data = re.compile("单位名称|场所类型|网格|统一社会信用代码|容纳人数")  # as the sheet says it
    assert [text for text in told if HAN.search(data.sub("", text))] == []
    assert "fill it in" in told[0] and "grid" in told[1]
    page.locator("#default-kind").scroll_into_view_if_needed()
    assert [text for text in page.locator("main label").all_inner_texts() if HAN.search(data.sub("", text))] == []
    page.locator(".el-select:has(#column-1)").click()
    shown = page.locator(".el-select-dropdown:visible .el-select-dropdown__item")
    expect(shown.first).to_be_visible()
    assert [text for text in shown.all_inner_texts() if HAN.search(text)] == []


def test_the_right_sheet_is_chosen_and_what_it_lacks_gets_a_default(desk: Open, site: Site, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, sheet in (("说明", book.active), ("店铺", book.create_sheet("店铺"))):
        sheet.title = name
        sheet.append(["单位名称", "网格", "地址"])
        sheet.append([f"示例{name}一", "GH-01", "某路 1 号"])
    file = tmp_path / "两张表.xlsx"
    book.save(file)
    page = desk(CLERK).page
    page.goto("/settings/imports")
    page.get_by_label("场所底册").check()
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_label("读哪一张工作表").click()
    page.get_by_role("option", name="店铺").click()
    expect(page.get_by_text("场所底册 · 店铺")).to_be_visible()
    kind, grid = (page.get_by_label(f"{field}空白时填") for field in ("场所类型", "网格"))
    held: list[Route] = []
    page.route("**/columns", lambda route: held.append(route))
    kind.fill("餐饮")
    with page.expect_request("**/columns"):
        page.get_by_role("button", name="照此重新检查").click()
    grid.fill("GH-01")  # typed while the sheet is read again
    held.pop().continue_()
    expect(page.get_by_test_id("start")).to_contain_text("1 行可以导入")
    expect(kind).to_have_value("餐饮")
    expect(grid).to_have_value("GH-01")
    page.unroute("**/columns")
    page.get_by_role("button", name="照此重新检查").click()
    page.get_by_test_id("import-start").click()
    expect(page.get_by_test_id("import-state")).to_contain_text("正在导入")
    import_rows.run(site.app)
    expect(page.get_by_test_id("import-state")).to_contain_text("已完成")
    assert [one.kind for one in places.list_places(site.app, ROOT, q="示例店铺一").items] == ["餐饮"]
