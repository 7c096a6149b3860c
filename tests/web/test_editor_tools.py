"""What the editor offers and its tools: only what runs, search, minimap, tokens, picture, one file, comparison."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.web.axe import findings
from tests.web.conftest import ADMIN, Watched
from tests.web.editing import add, apart, choices, english, entries, open_editor, saved
from tests.web.settling import settled

Open = Callable[..., Watched]
REFUSED = re.compile(
    "complex-gateway|toggle-loop|(conditional|error|escalation|compensation)-start|cancel-end|none-boundary"
)


def test_palette_pad_and_menus_offer_only_what_runs(desk: Open, process: str) -> None:
    one = desk(ADMIN, None)
    page = one.page
    open_editor(page, process)
    offered = entries(page, ".djs-palette")
    page.locator(".djs-palette [data-action=create]").click()
    offered |= entries(page, ".djs-popup")
    for element in ("begin", "look", "level", "done"):
        page.locator(f"[data-element-id={element}]").first.click()
        offered |= entries(page, ".djs-context-pad")
        page.locator(".djs-context-pad [data-action=replace]").click()
        offered |= entries(page, ".djs-popup")
        page.get_by_test_id("canvas").click(position={"x": 500, "y": 20})  # the pad leaves the next one free
    assert {"replace-with-message-start", "replace-with-terminate-end", "toggle-parallel-mi"} <= offered
    assert sorted(name for name in offered if REFUSED.search(name)) == []
    page.locator("[data-element-id=level]").first.click()
    assert choices(page, "implementationType") == {"", "dmn", "external", "expression"}
    assert choices(page, "decisionRefBinding") == {"deployment", "latest"}
    assert english(page) == []
    # bpmn-js warns of a call of its own when its menu opens beside its pad
    one.complaints[:] = [told for told in one.complaints if "ContextPad#getPad is deprecated" not in told]


def test_a_step_by_template_has_room_between_its_neighbours(desk: Open) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, "hazard")
    add(page, "classify", "审批")
    made = page.get_by_test_id("canvas").locator(".djs-shape.selected")
    expect(made).to_contain_text("审批")
    assert apart(page, str(made.get_attribute("data-element-id"))) == []


def test_the_tools_of_the_bar_and_what_changed(desk: Open, process: str) -> None:
    page = desk(ADMIN, None).page
    open_editor(page, process)
    canvas = page.get_by_test_id("canvas")
    page.get_by_role("button", name="看全图").click()
    begin, palette = (canvas.locator(one).bounding_box() for one in ("[data-element-id=begin]", ".djs-palette"))
    assert begin and palette and begin["x"] > palette["x"] + palette["width"], "the palette covers nothing"
    page.get_by_test_id("tool-minimap").click()
    expect(canvas.locator(".djs-minimap.open")).to_be_visible()
    page.get_by_test_id("tool-minimap").click()
    page.get_by_test_id("tool-find").click()
    canvas.locator(".djs-search-input input").fill("定级")
    page.keyboard.press("End")  # it searches when a key is let go, as after each word of an input method
    expect(canvas.locator(".djs-search-result").first).to_contain_text("定级")
    page.keyboard.press("Escape")
    page.get_by_test_id("tool-simulate").click()
    expect(page.locator(".simulation")).to_be_visible()
    page.locator("[data-container-id=begin] .bts-context-pad").first.click()
    expect(page.locator(".bts-entry", has_text="核对").first).to_be_attached()  # the token got there
    assert english(page) == []
    page.get_by_test_id("tool-simulate").click()
    expect(page.locator(".simulation")).to_have_count(0)
    page.evaluate("void (navigator.clipboard.write = async (all) => (window.copied = all[0].types))")
    page.get_by_test_id("tool-image").click()
    expect(page.get_by_text("已复制为图片")).to_be_visible()
    assert page.evaluate("window.copied") == ["image/png"]
    page.evaluate("void (navigator.clipboard.write = () => Promise.reject(new Error('none')))")  # as over plain http
    with page.expect_download() as picture:
        page.get_by_test_id("tool-image").click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
    page.locator("[data-element-id=look]").first.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("再核对")
    page.keyboard.press("Enter")
    page.locator("[data-element-id=level]").first.click()
    page.keyboard.press("Delete")
    expect(page.locator("[data-element-id=level]")).to_have_count(0)
    page.get_by_test_id("undo").click()
    expect(page.locator("[data-element-id=level]").first).to_be_visible()
    page.get_by_test_id("redo").click()
    expect(page.locator("[data-element-id=level]")).to_have_count(0)
    saved(page)
    page.get_by_test_id("export").click()
    with page.expect_download() as single:
        page.get_by_role("menuitem", name="导出当前文件").click()
    assert single.value.suggested_filename == f"{process}.bpmn"
    assert "再核对" in Path(single.value.path()).read_text(encoding="utf-8")
    page.get_by_test_id("open-compare").click()
    changes = page.get_by_test_id("difference")
    expect(changes.filter(has_text="再核对")).to_contain_text("改动")
    expect(changes.filter(has_text="删除环节定级")).to_have_count(1)
    expect(page.get_by_test_id("still").locator("[data-element-id=look].is-changed")).to_be_visible()
    page.get_by_test_id("compare").get_by_role("tab").first.click()
    expect(page.get_by_test_id("still").locator("[data-element-id=level].is-removed")).to_be_visible()
    settled(page)
    assert findings(page) == []
    page.get_by_test_id("close-compare").click()
    page.get_by_test_id("open-deploy").click()
    expect(page.get_by_label("为什么部署")).to_be_visible()
    settled(page)
    assert findings(page) == []


def test_a_phone_is_told_to_use_a_computer(desk: Open, process: str) -> None:
    page = desk(ADMIN, None).page
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"/definitions/{process}/edit")
    expect(page.get_by_text("请在电脑上打开")).to_be_visible()
    expect(page.get_by_test_id("canvas")).to_be_hidden()
