"""The ledger among 100,000 hazards: pages, filters in the address, columns, the keyboard; and a hazard's page with its
story, pairs of photos, links and acts.
"""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from engine.campaign import clearances
from engine.campaign.case_model import Measure
from tests.web.browser import jpeg
from tests.web.conftest import ADMIN, CLERK, Site, Watched
from tests.web.registering import INSPECTOR as VIEWER
from tests.web.registering import register

Open = Callable[..., Watched]
PATIENCE = 60_000  # of a first look at a database that no cache holds yet, on a machine that does much else


def numbers(page: Page) -> list[str]:
    return page.locator("[data-test=hazard-row] [data-row]").all_inner_texts()


def turn(page: Page, button: str, told: str) -> list[str]:
    """Turn the page and answer the numbers on it."""
    page.get_by_test_id(button).click()
    expect(page.get_by_text(told, exact=True)).to_be_visible()
    expect(page.locator("table.reading")).to_have_count(0)
    return numbers(page)


def test_a_hundred_thousand_hazards_are_turned_page_by_page(crowded_desk: Open) -> None:
    page = crowded_desk(CLERK, "/hazards?state=all&sort=-number").page
    expect(page.get_by_test_id("hazard-row")).to_have_count(50, timeout=PATIENCE)
    expect(page.get_by_test_id("ledger-total")).to_have_text("10,000 条以上")
    first = numbers(page)
    second = turn(page, "page-next", "第 2 页")
    assert len(second) == 50 and not set(first) & set(second)
    assert "after=" in page.url
    page.go_back()
    expect(page.get_by_test_id("hazard-row").first).to_contain_text(first[0])
    page.go_forward()
    expect(page.get_by_test_id("hazard-row").first).to_contain_text(second[0])
    assert turn(page, "page-previous", "第 1 页") == first
    page.get_by_role("button", name="末页").click()
    expect(page).to_have_url(re.compile("before=end"))
    expect(page.get_by_test_id("page-next")).to_be_disabled()
    assert min(numbers(page)).startswith("YQ-2023") or min(numbers(page)).startswith("YQ-2024")


def test_what_is_asked_for_is_in_the_address_and_can_be_shared(crowded_desk: Open) -> None:
    page = crowded_desk(CLERK, "/hazards").page
    page.locator("[data-chip=red]").click()
    page.locator("[data-chip=deep_red]").click()
    expect(page).to_have_url(re.compile("lamp=deep_red(,|%2C)red"))
    page.get_by_test_id("more").click()
    page.get_by_role("combobox", name="环节").click()
    page.get_by_role("option", name="整改中").click()
    expect(page).to_have_url(re.compile("stage="))
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_test_id("hazard-row").first).to_contain_text("整改中", timeout=PATIENCE)
    shown = numbers(page)
    lamps = page.locator("[data-test=hazard-row] [data-lamp]").evaluate_all("all => all.map(one => one.dataset.lamp)")
    assert set(lamps) <= {"red", "deep_red"}
    colleague = crowded_desk(f"{CLERK}-2", page.url.partition("#")[0]).page
    expect(colleague.get_by_test_id("hazard-row").first).to_contain_text(shown[0], timeout=PATIENCE)
    expect(colleague.locator("[data-chip=red]")).to_have_attribute("aria-pressed", "true")
    expect(colleague.get_by_test_id("more-filters")).to_be_visible()
    assert numbers(colleague) == shown
    colleague.get_by_test_id("clear").click()
    expect(colleague).not_to_have_url(re.compile("stage="))


def test_a_browser_without_a_clipboard_shows_the_address_to_copy(desk: Open) -> None:
    page = desk(CLERK, "/hazards?state=all&page=2").page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")  # as on a page over plain http
    page.get_by_test_id("share").click()
    shown = page.get_by_label(re.compile("复制这个地址"))
    expect(shown).to_have_value(re.compile(r"^http://.*/hazards\?state=all$"))
    expect(shown).to_be_focused()
    assert page.evaluate("getSelection().toString()") == shown.input_value()
    page.get_by_role("button", name="好了").click()
    expect(shown).to_have_count(0)


def test_the_columns_are_chosen_ordered_and_remembered(desk: Open) -> None:
    page = desk(CLERK, "/hazards").page
    page.get_by_test_id("columns").click()
    page.get_by_label("发现人", exact=True).check()
    page.get_by_label("责任单位", exact=True).uncheck()
    page.get_by_role("button", name="前移“发现人”").click()
    heads = page.locator("table.list th")
    titles = ["灯色", "编号", "场所", "隐患类别", "等级", "环节", "发现人", "期限"]
    expect(heads).to_have_count(len(titles))
    page.reload()
    expect(heads).to_have_count(len(titles))
    assert [text.rstrip(" ↑↓") for text in heads.all_inner_texts()] == titles
    page.get_by_test_id("columns").click()
    page.get_by_role("button", name="恢复默认").click()
    expect(heads.filter(has_text="责任单位")).to_have_count(1)


def test_a_question_is_kept_under_a_name_chosen_again_and_taken_away(desk: Open) -> None:
    page = desk(CLERK, "/hazards").page
    page.locator("[data-chip=red]").click()
    page.get_by_test_id("save-filter").click()
    page.get_by_label("名称").fill("红灯")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    kept = page.get_by_test_id("saved-filter").filter(has_text="红灯")
    expect(kept).to_have_attribute("aria-current", "true")
    page.goto("/hazards")
    kept.click()
    expect(page.locator("[data-chip=red]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="删除筛选“红灯”").click()
    page.locator(".el-popconfirm").get_by_role("button").last.click()
    expect(kept).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("hazard-row").first).to_be_visible()
    expect(kept).to_have_count(0)


def test_a_hazard_is_opened_by_its_number_and_by_the_keyboard(desk: Open) -> None:
    page = desk(CLERK, "/hazards").page
    rows = page.locator("[data-test=hazard-row] [data-row]")
    expect(rows.nth(1)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/hazards/YQ-"))
    page.go_back()
    page.get_by_label("按编号打开").fill("yq-2026-0902")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("YQ-2026-0902")


def test_the_ledger_is_exported_as_it_is_filtered(desk: Open) -> None:
    one = desk(CLERK, "/hazards?place=P042&state=all")
    one.expected.add(503)
    page = one.page
    expect(page.get_by_test_id("hazard-row")).to_have_count(1)
    waiting: list[Route] = []
    page.route("**/reports/ledger?*", lambda route: waiting.append(route))
    page.get_by_test_id("export").click()
    page.get_by_role("menuitem", name="CSV").click()
    expect(page.get_by_test_id("export")).to_have_text("正在生成文件，请稍候…")
    waiting[0].fulfill(status=503, json={"detail": "数据库暂时没有回答。"})
    expect(page.get_by_test_id("problem")).to_contain_text("数据库暂时没有回答")
    page.unroute("**/reports/ledger?*")
    page.get_by_test_id("export").click()
    with page.expect_download() as found:
        page.get_by_role("menuitem", name="CSV").click()
    assert found.value.suggested_filename == "隐患台账.csv"
    text = found.value.path().read_text(encoding="utf-8-sig")
    assert "YQ-2026-0905" in text and "YQ-2026-0902" not in text


def test_nothing_found_says_what_to_do_and_a_stranger_finds_nothing(crowded_desk: Open) -> None:
    page = crowded_desk("officer-health-bureau", "/hazards?state=all").page
    expect(page.get_by_test_id("empty")).to_contain_text("清除全部条件", timeout=PATIENCE)


def test_the_work_list_and_the_board_hold_among_a_hundred_thousand(crowded_desk: Open) -> None:
    page = crowded_desk(CLERK, "/tasks").page
    expect(page.get_by_test_id("task-row")).to_have_count(20, timeout=PATIENCE)
    page.goto("/board/lamps")
    row = page.get_by_test_id("board-row").filter(has_text="石门社区")
    expect(row).to_be_visible(timeout=PATIENCE)
    link = row.get_by_role("link").first
    count = int(link.inner_text())
    link.click()
    expect(page.get_by_test_id("ledger-total")).to_have_text(f"共 {count:,} 条")


def test_the_story_is_filtered_and_each_overlay_says_since_when(desk: Open) -> None:
    page = desk(CLERK, "/hazards/YQ-2026-0902").page
    expect(page.get_by_test_id("overlays")).to_contain_text("督办中（街道）")
    expect(page.get_by_test_id("overlays")).to_contain_text("自 2026-")
    lines = page.get_by_test_id("timeline").locator("li")
    expect(lines.first).to_contain_text("登记隐患")
    whole = lines.count()
    page.locator("[data-kind=rung]").click()
    expect(lines.first).to_contain_text("升级")
    assert 0 < lines.count() < whole
    expect(page.get_by_test_id("people")).to_contain_text("发现人")
    page.get_by_test_id("links").get_by_role("link", name="场所的其他隐患").click()
    expect(page).to_have_url(re.compile("place="))
    expect(page.get_by_test_id("hazard-row").filter(has_text="YQ-2026-0902")).to_have_count(1)


def test_photos_from_before_and_after_stand_side_by_side(desk: Open, site: Site) -> None:
    page = desk(CLERK, "/hazards/YQ-2026-0901").page
    pair = page.get_by_test_id("pair").first
    expect(pair.locator("img")).to_have_count(2)
    pair.get_by_role("button").first.click()
    expect(page.get_by_role("dialog").locator("img")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    today = site.app.clock().astimezone(site.app.zone).date().isoformat()  # not the day of the machine
    assert f"打印于 {today}" in (page.locator(".only-print").first.text_content() or "")


def test_a_hazard_is_tracked_a_lawsuit_noted_and_a_report_handed_in_with_its_file(
    desk: Open, site: Site, tmp_path: Path
) -> None:
    number, now = register(site.app), site.app.clock()
    with site.app.transaction() as tx:
        tx.add(Measure(hazard=number, kind="停止使用", organ="fire_rescue", opened_at=now, starts_on=now.date(),
                       ends_at=now, decision_no="示例1号"))  # fmt: skip
    one = desk(CLERK, f"/hazards/{number}")
    one.page.get_by_test_id("acts").click()
    one.page.get_by_role("menuitem", name="设为重点跟踪").click()
    one.page.get_by_test_id("act").get_by_label("理由").fill("疏散通道，学生集中")
    one.page.get_by_test_id("act-send").click()
    expect(one.page.get_by_test_id("overlays")).to_contain_text("重点跟踪")
    one.page.get_by_test_id("acts").click()
    one.page.get_by_role("menuitem", name="登记复议诉讼").click()
    form = one.page.get_by_test_id("act")
    expect(form.get_by_label("哪一份文书、哪一项措施")).to_contain_text("停止使用 示例1号")
    form.get_by_label("复议机关、法院").fill("区人民法院")
    form.get_by_label("受理日期").fill("2026-10-10")
    one.page.get_by_test_id("act-send").click()
    expect(one.page.get_by_test_id("overlays")).to_contain_text("在诉")
    one.expected.add(422)
    one.page.get_by_test_id("acts").click()
    one.page.get_by_role("menuitem", name="提交把关意见").click()
    one.page.get_by_test_id("act").get_by_label("内容", exact=True).fill("已验收")
    one.page.get_by_label("部门负责人（需要时）").fill("负责人-应急")
    one.page.get_by_role("option", name="负责人-应急").first.click()
    one.page.get_by_test_id("act-send").click()
    expect(one.page.get_by_test_id("act").get_by_test_id("problem")).to_contain_text("须附文件")
    report = jpeg(tmp_path / "report.jpg", width=640, height=480)
    one.page.get_by_label("附件（验收报告、专家意见须附）").set_input_files(report)
    expect(one.page.get_by_test_id("act").get_by_text("report.jpg")).to_be_visible()
    one.page.get_by_test_id("act-send").click()
    expect(one.page.get_by_test_id("act")).to_have_count(0)
    (given,) = clearances.list_clearances(site.app, number, viewer=VIEWER)
    assert (given.kind, len(given.files)) == ("验收报告", 1)


def test_the_page_of_a_hazard_fits_a_phone(desk: Open) -> None:
    page = desk(ADMIN, None).page
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/hazards/YQ-2026-0902")
    expect(page.get_by_test_id("timeline")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
