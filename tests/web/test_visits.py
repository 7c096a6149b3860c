"""Visits at a desk: an inspection from its request to its record, a patrol from the plan, lots drawn and drawn again,
the picture manual.
"""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from engine.campaign import places, visits
from tests.web.browser import jpeg
from tests.web.conftest import ADMIN, CLERK, INSPECTOR, Site, Watched
from tests.web.handing import HEAD, ONE, who

Open = Callable[[str], Watched]


def choose(page: Page, label: str, option: str, *, typed: bool = False) -> None:
    """Choose an option of a list, looked for by typing where it searches."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click(force=True)  # its placeholder lies over it
    if typed:
        box.fill(option)
    page.get_by_role("option", name=option).first.click()


def step(page: Page) -> None:
    """Do the next step of an inspection that asks for nothing."""
    page.get_by_test_id("next-step").click()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("act-send")).to_have_count(0)


def test_an_inspection_goes_from_its_request_to_its_record_with_a_checklist_and_a_hazard(
    desk: Open, site: Site, tmp_path: Path
) -> None:
    watched = desk(ONE)
    watched.expected.add(409)
    page = watched.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 34.1, "longitude": 113.8})
    page.goto("/visits")
    page.get_by_role("link", name="登记走访检查").click()
    expect(page.get_by_test_id("visit-form")).to_be_visible()
    page.locator("[data-track=B]").click()
    page.get_by_label("场所", exact=True).click()
    page.get_by_label("场所", exact=True).fill("P008")
    page.get_by_role("option", name="P008").click()
    choose(page, "类型", "行政检查（日常）")
    choose(page, "检查人员", "执法员-应急-乙", typed=True)
    page.keyboard.press("Escape")
    today = site.app.clock().astimezone(site.app.zone).date()
    page.get_by_label("检查从").fill(today.isoformat())
    page.get_by_label("检查到").fill((today + timedelta(days=2)).isoformat())
    page.get_by_label("检查事项").fill("动火审批")
    page.get_by_test_id("visit-send").click()
    expect(page.get_by_test_id("stage")).to_have_text("待批准")
    expect(page.get_by_test_id("next-step")).to_have_count(0)  # an officer does not approve
    head = desk(HEAD).page
    head.goto(page.url)
    step(head)
    expect(head.get_by_test_id("stage")).to_have_text("待通知")
    page.reload()
    step(page)
    expect(page.get_by_test_id("stage")).to_have_text("待入企")
    page.get_by_test_id("new-document").click()
    page.get_by_role("radio", name=re.compile("^现场检查记录")).check()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_role("dialog").get_by_test_id("problem")).to_contain_text("还没有扫码入企")
    page.keyboard.press("Escape")
    page.get_by_test_id("next-step").click()
    page.get_by_label("场所码").fill(places.entry_code(site.app, "P008", viewer=who(site.app, CLERK)))
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("stage")).to_have_text("待记录")
    choose(page, "再带一份清单", "工贸企业安全检查清单")
    page.get_by_role("button", name="带上").click()
    sheet = page.get_by_test_id("sheet")
    for no in (1, 2, 3, 5, 6, 7):
        sheet.get_by_role("radiogroup", name=f"第 {no} 项的回答").get_by_label("不适用").check()
    sheet.get_by_role("radiogroup", name="第 4 项的回答").get_by_label("否").check()
    sheet.get_by_label("第 4 项的备注").fill("没有审批单")
    sheet.get_by_label("第 4 项的照片", exact=True).set_input_files(jpeg(tmp_path / "fire.jpg", width=64, height=48))
    expect(sheet.get_by_role("img", name="第 4 项的照片 1")).to_be_visible()
    sheet.get_by_test_id("save-sheet").click()
    expect(sheet.get_by_test_id("answered")).to_contain_text("已填 7/7 · 1 项不符合")
    sheet.get_by_test_id("register").click()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("found-hazard")).to_contain_text("电气焊作业经过审批")
    page.get_by_test_id("next-step").click()
    page.get_by_label("检查结果").select_option("发现隐患")
    page.get_by_role("button", name="再加一项").click()
    page.get_by_label("检查项", exact=True).last.fill("用电")
    for box in page.get_by_role("dialog").locator("label").filter(has_text="符合").all():
        box.click()
    page.get_by_label("被检查单位签名人").fill("负责人-P008")
    page.locator("label").filter(has_text="已告知陈述、申辩等权利").click()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("stage")).to_have_text("已归档")
    expect(page.get_by_test_id("steps")).to_contain_text("检记〔2026〕")
    expect(sheet.get_by_test_id("save-sheet")).to_have_count(0)
    expect(page.get_by_test_id("unregistered")).to_have_count(2)  # the hazard has other words than both
    page.get_by_test_id("settle-finding").last.click()
    page.get_by_role("dialog").get_by_text("归到已有的隐患").click()
    choose(page, "发现的隐患", "电气焊作业经过审批", typed=True)
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("unregistered")).to_have_count(1)
    page.get_by_role("link", name="‹ 走访检查").click()
    page.locator("button[data-track=B]").click()
    expect(page.get_by_role("button", name="清除条件")).to_be_visible()
    choose(page, "办到哪一步", "已归档")
    expect(page).to_have_url(re.compile("track=B.*stage="))
    expect(page.get_by_test_id("visit-row").filter(has_text="示例包装厂H")).to_have_count(1)


def test_a_patrol_is_written_down_from_the_plan_and_says_what_is_left_to_do(desk: Open, site: Site) -> None:
    watched = desk(INSPECTOR)
    watched.expected.add(422)
    page = watched.page
    page.goto("/patrol?due=2027-03-01")
    page.get_by_test_id("patrol-row").filter(has_text="桂花里小区5栋").get_by_role("link", name="登记巡查").click()
    choose(page, "类型", "网格巡查")
    page.get_by_label("未发现问题").check()
    page.get_by_label("情况", exact=True).fill("责令停业")
    page.get_by_test_id("visit-send").click()
    expect(page.get_by_test_id("problem")).to_contain_text("只作提示")
    page.get_by_label("情况", exact=True).fill("楼道畅通")
    page.get_by_test_id("visit-send").click()
    expect(page.get_by_test_id("track")).to_contain_text("巡查服务")
    expect(page.get_by_test_id("after")).to_contain_text("最迟哪天去")
    newest = visits.list_visits(site.app, who(site.app, INSPECTOR), place="P058").items[0]
    assert (newest.note, newest.people) == ("楼道畅通", [INSPECTOR])


def test_lots_are_drawn_kept_drawn_again_and_published_by_the_head(desk: Open) -> None:
    page = desk(ONE).page
    page.goto("/draws")
    expect(page.get_by_test_id("draw-row").filter(has_text="SSJ-2026-001")).to_have_count(1)
    page.get_by_role("link", name="抽取", exact=True).click()
    page.get_by_label("标题").fill("加油站双随机")
    choose(page, "全部类型", "加油站")
    page.get_by_test_id("take-places").click()
    expect(page.get_by_role("list", name="检查对象名录库").get_by_role("listitem")).to_have_count(2)
    for officer in ("执法员-应急-甲", "执法员-应急-乙"):
        choose(page, "执法人员名录库", officer, typed=True)
    page.keyboard.press("Escape")
    page.get_by_label("抽几个对象").fill("1")
    page.get_by_label("随机种子").fill("掷币三次")
    page.get_by_test_id("draw-send").click()
    expect(page.get_by_test_id("lot")).to_have_count(1)
    page.get_by_test_id("repeat").click()
    expect(page.get_by_test_id("repeated")).to_contain_text("完全一致")
    expect(page.get_by_test_id("publish")).to_have_count(0)
    head = desk(HEAD).page
    head.goto(page.url)
    head.get_by_test_id("publish").click()
    head.get_by_test_id("act-send").click()
    expect(head.get_by_test_id("published")).to_contain_text("公布")


@pytest.fixture
def drawing(tmp_path: Path) -> Callable[[str], Path]:
    """A small picture of a colour."""

    def draw(colour: str) -> Path:
        out = io.BytesIO()
        Image.new("RGB", (64, 42), colour).save(out, "PNG")
        path = tmp_path / f"{colour}.png"
        path.write_bytes(out.getvalue())
        return path

    return draw


def test_a_picture_is_added_replaced_and_taken_off(desk: Open, drawing: Callable[[str], Path]) -> None:
    page = desk(CLERK).page
    page.goto("/pictures?place_kind=餐饮")
    expect(page.locator("[data-code=RF-03]")).to_contain_text("气瓶放在餐桌旁")
    expect(page.locator("[data-code=RF-09]")).to_have_count(0)
    page.goto("/pictures?code=RF-10")
    expect(page.get_by_test_id("empty")).to_contain_text("没有符合条件的图例")
    page.get_by_test_id("add-picture").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("隐患代码", exact=True).click(force=True)
    page.get_by_role("option", name="RF-10").click()
    dialog.get_by_label("图注").fill("明火烧纸")
    dialog.get_by_label("图片").set_input_files(drawing("red"))
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("picture")).to_contain_text("明火烧纸")
    page.get_by_role("button", name="换一张").click()
    dialog.get_by_label("图注").fill("明火烧纸，近处有枯草")
    dialog.get_by_label("图片").set_input_files(drawing("orange"))
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("picture")).to_contain_text("枯草")
    expect(page.get_by_test_id("picture")).to_have_count(1)
    page.get_by_test_id("retire").click()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("empty")).to_be_visible()
    visitor = desk(ADMIN).page
    visitor.goto("/visits?q=P048")
    visitor.get_by_role("link", name="示例理发店A").first.click()
    visitor.get_by_test_id("item").first.get_by_test_id("pictures-of").click()
    expect(visitor.get_by_role("dialog").get_by_text("营业期间出口开着")).to_be_visible()
