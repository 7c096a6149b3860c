"""Campaigns, the plan, duties and reports in a real browser: read, opened, handed in, frozen."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.web.axe import findings_by_day_and_night
from tests.web.browser import jpeg
from tests.web.conftest import CLERK, LEADER, Watched
from tests.web.settling import settled

Open = Callable[..., Watched]
PAPER = {"width": 1032, "height": 718}  # A4 lying, in pixels, without the margins


def test_a_campaign_shows_how_far_it_is_and_what_is_behind(desk: Open) -> None:
    page = desk(CLERK, "/campaigns?state=running").page
    expect(page.get_by_test_id("campaign-row")).to_have_count(2)
    page.get_by_role("link", name="六查一打专项行动").click()
    checked = page.locator("[data-figure=checked]")
    done, all_ = (int(n) for n in checked.locator("b").inner_text().split("/"))
    expect(page.locator(".below")).to_contain_text(f"共 {all_ - done} 条")
    checked.click()
    expect(page).to_have_url(re.compile("tab=places"))
    expect(page.locator(".below")).to_contain_text(f"共 {all_} 条")
    found = int(page.locator("[data-figure=closed] b").inner_text().split("/")[1])
    page.locator("[data-figure=closed]").click()
    expect(page.get_by_test_id("counted-row")).to_have_count(found)
    page.get_by_test_id("counted-row").first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/hazards/YQ-"))


def test_a_campaign_is_opened_started_and_ended(desk: Open) -> None:
    page = desk(CLERK, "/campaigns").page
    page.get_by_role("button", name="建立专项行动").click()
    page.locator("form .el-select").first.click()
    page.get_by_role("option").first.click()
    page.get_by_label("标题").fill("餐饮燃气专项检查")
    page.get_by_placeholder("开始日").fill("2026-10-12")
    page.get_by_placeholder("截止日").fill("2026-10-31")
    page.keyboard.press("Enter")
    page.get_by_label("哪起事故，或哪份文件").fill("区安委办通知（示例）")
    page.get_by_role("button", name="建立", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="餐饮燃气专项检查")).to_be_visible()
    expect(page.get_by_text("还在筹备")).to_be_visible()
    page.get_by_role("button", name="启动").click()
    expect(page.locator("[data-figure=checked]")).to_be_visible()
    page.get_by_role("button", name="结束", exact=True).click()
    page.get_by_label("总结").fill("检查完毕，未发现新的隐患。")
    page.get_by_role("dialog").get_by_role("button", name="结束", exact=True).click()
    expect(page.get_by_text("检查完毕，未发现新的隐患。")).to_be_visible()
    expect(page.get_by_role("button", name="结束", exact=True)).to_have_count(0)


def test_a_campaign_of_others_is_refused_in_words(desk: Open) -> None:
    one = desk("officer-health-bureau", None)
    one.expected.add(404)
    one.page.goto("/campaigns/ZX-2026-001")
    expect(one.page.get_by_test_id("problem")).to_contain_text("ZX-2026-001")
    one.page.goto("/campaigns")
    expect(one.page.get_by_test_id("empty")).to_be_visible()


def test_a_milestone_shows_its_number_and_the_records_behind(desk: Open) -> None:
    page = desk(LEADER, "/plan").page
    expect(page.get_by_test_id("task-line")).to_have_count(23)
    row = page.get_by_test_id("milestone-row").filter(has_text="遏制重大隐患增量")
    expect(row).to_contain_text("重大隐患增量")
    expect(page.get_by_test_id("share-row")).to_have_count(6)
    sector = page.get_by_test_id("sector-row").first
    sector.get_by_role("button").click()
    page.get_by_role("combobox", name="分管领导").fill("领导")
    page.get_by_role("option", name="领导").first.click()
    page.get_by_test_id("act-send").click()
    expect(sector).not_to_contain_text("没有确定")
    row.get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1, name="遏制重大隐患增量")).to_be_visible()
    expect(page.get_by_test_id("figure-row").or_(page.get_by_test_id("empty")).first).to_be_visible()


def test_evidence_of_a_duty_is_handed_in_with_a_file_and_another_is_excused(desk: Open, tmp_path: Path) -> None:
    page = desk(CLERK, "/duties?unit=safety_office").page
    row = page.get_by_test_id("duty-row").filter(has_text="督促店方落实治理资金")
    row.get_by_role("link").first.click()
    page.get_by_label("怎样履职的").fill("已到店督促，资金证明见附件。")
    page.get_by_label("添加文件").first.set_input_files(jpeg(tmp_path / "proof.jpg", width=64, height=48))
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交，等办公室核对。")).to_be_visible()
    expect(page.get_by_role("link", name="文件 1")).to_be_visible()
    expect(page.get_by_test_id("duty-state")).to_have_text(re.compile("待核对|已履职"))
    page.goto("/duties")
    page.get_by_test_id("duty-row").filter(has_text="复核燃气管线").get_by_role("link").first.click()
    page.get_by_label("理由").fill("店方已改用电，不再用气")
    page.get_by_role("button", name="免予履职").click()
    expect(page.get_by_test_id("duty-state")).to_have_text("免予履职")
    page.goto("/duties?missing=true")
    expect(page.get_by_role("link", name="未履职清单")).to_have_attribute("aria-current", "page")


def test_a_report_is_turned_frozen_corrected_and_downloaded(desk: Open) -> None:
    page = desk(CLERK, "/reports").page
    page.locator("[data-form=daily]").click()
    expect(page.get_by_test_id("frozen")).to_contain_text("没有冻结")
    page.get_by_role("button", name="前一期").click()
    expect(page.get_by_test_id("period")).to_have_text("2026-10-11")
    expect(page.locator("[data-table=overdue] tbody tr").first).to_be_visible()
    page.get_by_role("button", name="冻结").click()
    page.get_by_role("dialog").get_by_role("button", name="冻结", exact=True).click()
    expect(page.get_by_test_id("frozen")).to_contain_text("已冻结，第 1 版")
    page.get_by_role("button", name="更正").click()
    page.get_by_label("更正的理由").fill("补录一件")
    page.get_by_role("dialog").get_by_role("button", name="冻结", exact=True).click()
    expect(page.get_by_test_id("frozen")).to_contain_text("已冻结，第 2 版")
    with page.expect_download() as told:
        page.get_by_role("button", name="下载 Word").click()
    assert told.value.suggested_filename.endswith(".docx")
    page.goto("/reports?form=daily")
    expect(page.get_by_test_id("snapshot-row")).to_have_count(2)
    page.get_by_test_id("snapshot-row").last.get_by_role("link").click()
    expect(page.get_by_test_id("frozen")).to_contain_text("第 1 版")
    settled(page)
    assert findings_by_day_and_night(page) == []


def test_the_figure_of_a_report_opens_the_records_behind(desk: Open) -> None:
    page = desk(LEADER, "/reports/monthly?period=2026-09").page
    tile = page.locator("[data-figure=on_time]")
    kept, all_ = (int(n) for n in tile.locator("small").inner_text().split()[0].split("/"))
    tile.click()
    rows = page.get_by_test_id("figure-row")
    expect(rows).to_have_count(all_)
    assert rows.filter(has_text="✓").count() == kept


def test_form_a_is_a_page_of_twelve_columns_and_fits_the_paper(desk: Open) -> None:
    page = desk(CLERK, "/reports/form-a?period=2026-10").page
    table = page.locator("[data-table=form_a]")
    expect(table.locator("th").first).to_be_visible()
    assert table.locator("th").count() >= 12
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert table.locator("tbody tr").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    edges = table.locator("th, td").evaluate_all("cells => cells.map(one => [one.scrollWidth, one.clientWidth])")
    assert [edge for edge in edges if edge[0] > edge[1] + 1] == []  # no cell is cut off
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert sheets and all(float(width) > float(height) for width, height in sheets)


def test_a_task_and_a_milestone_of_the_plan_are_written_changed_and_taken_out(desk: Open) -> None:
    watched = desk(CLERK, "/plan")
    watched.expected |= {409, 422}
    page = watched.page
    expect(page.get_by_test_id("task-line")).to_have_count(23)
    page.get_by_role("button", name="新增任务").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("编号").fill("2")
    dialog.get_by_label("属于哪项行动").fill("本街道的")
    page.get_by_role("option", name="本街道的").click()
    dialog.get_by_label("任务").fill("老旧小区充电设施")
    dialog.get_by_label("内容").fill("逐栋排查，建台账。")
    dialog.get_by_label("牵头单位").fill("安全应急办")
    page.get_by_role("option", name="安全应急办", exact=True).click()
    page.keyboard.press("Tab")
    dialog.get_by_test_id("act-send").click()
    expect(dialog.get_by_test_id("problem")).to_contain_text("第 2 项任务已经有了")
    dialog.get_by_label("编号").fill("24")
    dialog.get_by_test_id("act-send").click()
    line = page.get_by_test_id("task-line").filter(has_text="老旧小区充电设施")
    expect(line).to_contain_text("安全应急办")

    page.get_by_role("button", name="新增节点").click()
    dialog.get_by_label("编码").fill("2026-10-charge")
    dialog.get_by_label("节点").fill("充电设施入台账")
    dialog.get_by_label("到哪一天").fill("2026-10-31")
    dialog.get_by_label("达到什么").fill("全部入台账")
    dialog.get_by_label("对应任务").fill("老旧小区")
    page.get_by_role("option", name="24 老旧小区充电设施").click()
    page.keyboard.press("Tab")
    dialog.get_by_test_id("act-send").click()
    point = page.get_by_test_id("milestone-row").filter(has_text="充电设施入台账")
    expect(point).to_contain_text("由人判断")

    line.get_by_role("button", name="删除").click()
    dialog.get_by_label("理由").fill("写错")
    dialog.get_by_test_id("act-send").click()
    expect(dialog.get_by_test_id("problem")).to_contain_text("已有节点 1 项")
    dialog.get_by_role("button", name="取消").click()
    point.get_by_role("button", name="改").click()
    dialog.get_by_label("指标").fill("清零")
    page.get_by_role("option", name="清零").click()
    dialog.get_by_label("从哪一天起").fill("2026-10-01")
    dialog.get_by_label("理由").fill("改由记录计算")
    dialog.get_by_test_id("act-send").click()
    expect(point).to_contain_text("重大隐患动态清零")
    for row in (point, line):
        row.get_by_role("button", name="删除").click()
        dialog.get_by_label("理由").fill("写错")
        dialog.get_by_test_id("act-send").click()
        expect(row).to_have_count(0)
