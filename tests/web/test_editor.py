"""The process editor in a browser: a process is changed by template, checked, tried, compared, deployed, undone."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.bpm import definitions, drafts
from tests.web.axe import findings, findings_by_day_and_night
from tests.web.conftest import ADMIN, CLERK, Site, Watched
from tests.web.editing import add, checked, english, open_editor, open_file, saved
from tests.web.settling import settled

Open = Callable[..., Watched]
FIRST_LOAD = 300_000  # bytes of compressed script


def test_a_shipped_process_is_changed_tried_compared_deployed_and_rolled_back(
    desk: Open, site: Site, author: str
) -> None:
    page = desk(author).page
    page.get_by_role("link", name="流程", exact=True).click()
    page.get_by_test_id("definition-row").filter(has_text="约谈").get_by_role("link", name="编辑").click()
    expect(page.get_by_test_id("canvas").locator(".djs-shape").first).to_be_visible()
    expect(page.locator(".bjs-powered-by").first).to_be_visible()
    checked(page)
    add(page, "ready", "签收")
    mark = page.get_by_test_id("finding-mark")
    expect(mark).to_have_class(re.compile("error"))
    expect(page.get_by_test_id("findings")).to_contain_text("没有期限")
    side = page.get_by_test_id("properties")
    side.get_by_label("由谁办理").select_option("safety_office")
    side.get_by_label("办理时限").select_option(label="3 个工作日")
    expect(page.get_by_test_id("findings")).not_to_contain_text("没有期限")
    side.get_by_label("表单", exact=True).first.select_option("letter")
    expect(mark).to_have_count(0)
    page.get_by_test_id("tab-try").click()
    page.get_by_test_id("scenario").click()
    page.get_by_role("option", name="不用场景").click()
    page.get_by_test_id("run").click()
    expect(page.get_by_test_id("verdict")).to_be_visible()
    expect(page.locator("[data-element-id=ready].is-passed")).to_be_visible()
    page.get_by_test_id("open-compare").click()
    difference = page.get_by_test_id("difference").filter(has_text="新增")
    expect(difference).to_contain_text("签收")
    expect(page.get_by_test_id("still").locator(".is-added")).to_be_visible()
    page.get_by_test_id("close-compare").click()
    page.get_by_test_id("open-deploy").click()
    expect(page.get_by_test_id("check-scenarios")).to_have_attribute("data-state", "bad", timeout=120_000)
    expect(page.get_by_test_id("check-differences")).to_have_attribute("data-state", "good", timeout=120_000)
    page.get_by_label("为什么部署").fill("约谈前先签收")
    expect(page.get_by_test_id("deploy-now")).to_be_disabled()
    page.get_by_test_id("anyway").click()
    page.get_by_test_id("deploy-now").click()
    expect(page.get_by_text("已部署第 2 版")).to_be_visible()
    assert definitions.show(site.app, "interview")["reason"] == "约谈前先签收"
    page.get_by_test_id("open-versions").click()
    expect(page.get_by_test_id("tried").first).to_contain_text("不符")
    expect(page.get_by_test_id("tried").last).to_contain_text("随程序发布")
    page.get_by_test_id("version-row").filter(has_text="系统").get_by_test_id("roll-back").click()
    page.get_by_label("为什么退回").fill("场景还没有改好")
    page.get_by_test_id("roll-back-now").click()
    expect(page.get_by_text("第 1 版的内容现在是第 3 版")).to_be_visible()
    assert drafts.version_files(site.app, "interview", 3) == drafts.version_files(site.app, "interview", 1)


def test_a_draft_survives_a_reload_and_the_keyboard_undoes(desk: Open, process: str) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, process)
    add(page, "look", "审批")
    saved(page)
    made = page.get_by_test_id("canvas").locator(".djs-shape", has_text="审批")
    expect(made).to_have_count(1)
    page.reload()
    expect(made).to_have_count(1)
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")
    page.locator("[data-element-id=level]").first.click()
    page.keyboard.press("Delete")
    expect(page.locator("[data-element-id=level]")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-element-id=level]").first).to_be_visible()
    page.get_by_test_id("canvas").click(position={"x": 500, "y": 20})
    page.get_by_test_id("tab-templates").click()
    page.get_by_test_id("template").filter(has_text="督办").first.press("Enter")  # nothing is chosen, no mouse at hand
    expect(page.get_by_test_id("canvas").locator(".djs-shape.selected", has_text="督办")).to_be_visible()


def test_what_cannot_be_saved_is_said_and_left_behind_by_nobody_unasked(desk: Open, process: str) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, process)
    page.context.set_offline(True)
    add(page, "look", "审批")
    expect(page.get_by_test_id("not-saved")).to_contain_text("连不上服务器")
    page.get_by_test_id("open-deploy").click()
    expect(page.get_by_text("草稿还没有保存上")).to_be_visible()
    expect(page.get_by_test_id("deploy-dialog")).to_have_count(0)
    page.get_by_test_id("open-compare").click()
    compare = page.get_by_test_id("compare")
    expect(compare.get_by_test_id("problem")).to_be_visible()
    page.get_by_role("link", name="流程列表").click()
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    page.context.set_offline(False)
    compare.get_by_role("button", name="再试一次").click()
    expect(page.get_by_test_id("difference").filter(has_text="新增")).to_contain_text("审批")
    page.get_by_role("link", name="流程列表").click()
    expect(page.get_by_test_id("definition-row").filter(has_text=process)).to_contain_text("继续编辑")


def test_a_scenario_is_drawn_on_the_diagram_and_leads_to_its_elements(desk: Open, process: str) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, process)
    page.get_by_test_id("tab-try").click()
    page.get_by_test_id("run").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("符合预期")
    expect(page.locator("[data-element-id=done].is-passed")).to_be_visible()
    page.get_by_test_id("trace").get_by_role("button", name="核对").first.click()
    expect(page.locator("[data-element-id=look].selected")).to_be_visible()
    page.get_by_role("button", name="清除痕迹").click()
    expect(page.locator(".is-passed")).to_have_count(0)


def test_a_second_person_is_warned_by_name_and_a_second_window_must_choose(
    desk: Open, process: str, author: str
) -> None:
    first = desk(author, None).page
    open_editor(first, process)
    add(first, "look", "复查")
    saved(first)
    second = desk(ADMIN, None)
    open_editor(second.page, process)
    expect(second.page.get_by_test_id("other")).to_contain_text("流程管理员-安全应急办-甲 正在编辑")
    expect(first.get_by_test_id("other")).to_have_count(0)
    add(second.page, "look", "审批")
    saved(second.page)
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to the page
    expect(first.get_by_test_id("other")).to_be_visible()
    third = desk(author, None)
    third.expected.add(409)
    open_editor(third.page, process)
    add(first, "look", "移交")
    expect(first.get_by_test_id("canvas").locator(".djs-shape", has_text="移交")).to_have_count(1)
    saved(first)
    add(third.page, "look", "督办")
    third.page.get_by_test_id("take-theirs").click()
    expect(third.page.get_by_test_id("canvas").locator(".djs-shape", has_text="移交")).to_have_count(1)
    expect(third.page.get_by_test_id("canvas").locator(".djs-shape", has_text="督办")).to_have_count(0)


def test_table_form_and_scenario_are_edited_in_the_same_place(desk: Open, process: str, site: Site) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, process)
    open_file(page, "grade")
    page.get_by_test_id("dmn").locator("td", has_text="一般").dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type('"较大"')
    page.keyboard.press("Escape")
    undo, redo = page.get_by_test_id("undo"), page.get_by_test_id("redo")
    expect(redo).to_be_disabled()
    undo.click()
    redo.click()
    expect(redo).to_be_disabled()
    expect(page.get_by_test_id("dmn").locator("td", has_text="较大")).to_have_count(1)
    page.get_by_test_id("tab-templates").click()
    expect(page.get_by_test_id("no-diagram")).to_be_visible()
    expect(page.get_by_test_id("template").first).to_be_disabled()
    page.get_by_role("tab", name="文件").click()
    saved(page)
    open_file(page, "note")
    page.get_by_test_id("form").locator(".fjs-element .fjs-element").first.click(position={"x": 5, "y": 5})
    page.get_by_test_id("form").locator(".bio-properties-panel-group-header", has_text="基本").click()
    page.get_by_test_id("form").get_by_label("变量（键）").fill("remark")
    page.keyboard.press("Tab")
    saved(page)
    open_file(page, "whole")
    page.get_by_test_id("text").fill("auto: true\nexpect: {status: completed}\n")
    open_file(page, process)
    saved(page)
    files = drafts.of(site.app, process, by=ADMIN)
    assert (
        "较大" in files["grade.dmn"] and '"key": "remark"' in files["note.form"] and "auto: true" in files["whole.yaml"]
    )
    checked(page)
    expect(page.get_by_test_id("counts")).to_contain_text("0 个错误")
    page.get_by_test_id("open-deploy").click()
    page.get_by_label("为什么部署").fill("较大")
    expect(page.get_by_test_id("deploy-now")).to_be_enabled(timeout=120_000)
    page.get_by_test_id("deploy-now").click()
    expect(page.get_by_text("已部署第 2 版")).to_be_visible()


def test_a_set_leaves_as_zip_and_comes_back(desk: Open, process: str, tmp_path: Path) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, process)
    page.get_by_test_id("export").click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="整组导出为 zip").click()
    started.value.save_as(tmp_path / "set.zip")
    names = zipfile.ZipFile(io.BytesIO((tmp_path / "set.zip").read_bytes())).namelist()
    assert names == sorted([f"{process}.bpmn", "grade.dmn", "note.form", "whole.yaml"])
    (tmp_path / "more.yaml").write_text("auto: true\n", encoding="utf-8")
    page.get_by_test_id("import").set_input_files([tmp_path / "set.zip", tmp_path / "more.yaml"])
    expect(page.get_by_text("已导入 5 个文件")).to_be_visible()
    expect(page.get_by_test_id("file").filter(has_text="more")).to_be_visible()
    (tmp_path / "note.docx").write_bytes(b"no file of a process")
    page.get_by_test_id("import").set_input_files(tmp_path / "note.docx")
    expect(page.get_by_text("没有导入：note.docx 不是流程文件")).to_be_visible()
    (tmp_path / "more.yaml").write_text("auto: false\n", encoding="utf-8")
    page.get_by_test_id("import").set_input_files(tmp_path / "more.yaml")
    expect(page.get_by_role("dialog")).to_contain_text("会被替换：more.yaml")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    open_file(page, "more")
    expect(page.get_by_test_id("text")).to_have_value("auto: true\n")


def test_a_new_process_begins_with_a_diagram(desk: Open, site: Site) -> None:
    one = desk(ADMIN, None)
    one.expected.add(404)
    page = one.page
    page.goto("/definitions")
    page.get_by_test_id("new-process").click()
    page.get_by_label("流程名称", exact=True).fill("临时检查")
    page.get_by_label("标识", exact=True).fill("spot_check")
    page.get_by_role("button", name="开始画").click()
    expect(page.get_by_role("heading", level=1, name="临时检查")).to_be_visible()
    page.get_by_test_id("export").click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="整组导出为 zip").click()
    assert zipfile.ZipFile(started.value.path()).namelist() == ["spot_check.bpmn"]
    add(page, "start", "核实分级")
    page.get_by_test_id("properties").get_by_label("由谁办理").select_option("safety_office")
    page.get_by_test_id("properties").get_by_label("办理时限").select_option("${workdays(1)}")
    saved(page)
    page.get_by_test_id("open-deploy").click()
    expect(page.get_by_test_id("anyway")).to_be_visible(timeout=120_000)
    page.get_by_test_id("look-scenarios").click()
    expect(page.get_by_test_id("try")).to_be_visible()
    page.get_by_test_id("open-deploy").click()
    page.get_by_label("为什么部署").fill("新流程")
    expect(page.get_by_test_id("anyway")).to_be_visible(timeout=120_000)
    page.get_by_test_id("anyway").click()
    page.get_by_test_id("deploy-now").click()
    expect(page.get_by_text("已部署第 1 版")).to_be_visible()
    assert definitions.show(site.app, "spot_check")["name"] == "临时检查"


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_editor_fits_the_screen_and_is_accessible(desk: Open, process: str, size: tuple[int, int]) -> None:
    page = desk(ADMIN, None).page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/definitions")
    settled(page)
    assert findings(page) == []
    open_editor(page, process)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert page.evaluate("document.documentElement.scrollHeight") == size[1]
    page.locator("[data-element-id=look]").first.click()
    page.get_by_test_id("tab-templates").click()
    assert findings(page) == []
    page.get_by_role("tab", name="文件").click()
    for name in ("grade", "note", "whole"):
        open_file(page, name)
        expect(page.get_by_test_id({"grade": "dmn", "note": "form", "whole": "text"}[name])).to_be_visible()
        settled(page)
        assert english(page) == []
        assert findings_by_day_and_night(page) == []


def test_others_find_no_editor(desk: Open, process: str) -> None:
    one = desk(CLERK)
    one.expected.add(403)
    expect(one.page.get_by_role("link", name="流程", exact=True)).to_have_count(0)
    one.page.goto(f"/definitions/{process}/edit")
    expect(one.page.get_by_test_id("problem")).to_contain_text("流程管理员")


def test_the_work_list_loads_nothing_of_the_editor_and_a_page_that_cannot_be_read_says_so(first_desk: Open) -> None:
    page = first_desk(ADMIN, "/tasks").page
    settled(page)
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js'))"
        ".map(one => [one.name, one.encodedBodySize])"
    )
    assert [name for name, _ in loaded if "Pane" in name or "Editor" in name] == []
    assert 0 < sum(size for _, size in loaded) <= FIRST_LOAD
    page.context.set_offline(True)
    page.get_by_role("link", name="流程", exact=True).click()
    expect(page.get_by_text("连不上服务器，页面没有打开")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="流程", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="流程")).to_be_visible()
