"""The registers and rules of the settings at a desk: the slots of 四单四函, powers, places and what their files lack,
checklists, who works whose tasks, and the ways notices leave the house.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.engine.campaign.scenes import scene
from tests.web.conftest import ADMIN, CLERK, LEADER, Site, Watched
from tests.web.settling import go, settled

Open = Callable[..., Watched]
LISTED = ["行政检查", "责令立即排除、限期改正", "行政处罚"]
FAR = "2031-03-01"  # what is in force only then disturbs no other test


def choose(page: Page, label: str, name: str) -> None:
    """Choose from the list with this label what has this name."""
    field = page.get_by_label(re.compile(f"^{label}"))
    field.click()
    field.fill(name)
    page.get_by_role("option", name=name).first.click()


def test_a_slot_is_called_as_it_is_called_here(desk: Open) -> None:
    page = desk(LEADER, "/settings/slots").page
    expect(page.get_by_test_id("slot-row")).to_have_count(8)
    row = page.get_by_test_id("slot-row").last
    kept = row.locator("b").inner_text()
    for title in (f"{kept}（本地）", kept):
        row.get_by_role("button", name="修改").click()
        row.get_by_label("本地名称").fill(title)
        save = row.get_by_role("button", name="保存")
        expect(save).to_be_disabled()
        row.get_by_label("理由").fill("照本区的叫法")
        save.click()
        expect(row.locator("b")).to_have_text(title)
    go(page, "/settings/powers")
    expect(page.get_by_role("button", name="登记赋权清单")).to_have_count(0)


def test_a_listed_power_is_granted_and_another_province_is_asked_twice(desk: Open, site: Site) -> None:
    today = site.app.clock().astimezone(site.app.zone).date()
    page = desk(ADMIN, "/settings/powers?unit=street_enforcement").page
    page.get_by_role("button", name="登记赋权清单").click()
    form = page.get_by_test_id("grant")
    form.get_by_label("行为").click()
    expect(page.get_by_role("option")).to_have_text(LISTED)  # also those of the second page of the table
    page.get_by_role("option").last.click()
    form.get_by_label("清单文号").fill("示例〔2026〕1号")
    form.get_by_label(re.compile("^起")).fill((today - timedelta(days=9)).isoformat())
    form.get_by_label(re.compile("^止")).fill((today - timedelta(days=1)).isoformat())
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)  # the list has run out again: nobody may do more than before
    page.get_by_label("单位", exact=True).click()
    page.get_by_role("option", name="桂花社区", exact=True).click()
    expect(page).to_have_url(re.compile("unit=GH"))
    page.get_by_role("button", name="登记赋权清单").click()
    expect(page.get_by_text("不能用清单授权")).to_be_visible()
    page.locator(".el-select", has=page.get_by_label("省份")).click()
    page.get_by_role("option").filter(has_not_text=re.compile("河南")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("全部单位能办的事从此按新的规定判断")
    expect(page.get_by_test_id("send")).to_be_disabled()
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_the_file_of_a_place_lacks_is_filled_in(desk: Open) -> None:
    watched = desk(CLERK, "/settings/gaps")
    watched.expected.add(422)
    page = watched.page
    row = page.get_by_test_id("gap-row").first
    name, lacking = row.get_by_role("link").inner_text(), row.locator("td").nth(3).inner_text().split("、")
    row.get_by_role("link").click()
    team = page.get_by_test_id("team")
    team.get_by_role("button", name="修改").click()
    choose(page, lacking[0], CLERK)
    team.get_by_role("button", name="保存").click()
    expect(team.locator("dt", has_text=lacking[0])).to_be_visible()
    page.get_by_role("button", name="修改").first.click()
    edit = page.get_by_test_id("place-edit")
    edit.get_by_label("统一社会信用代码").fill("123")
    edit.get_by_label("理由").fill("核对执照")
    edit.get_by_role("button", name="保存").click()
    expect(edit.get_by_role("alert").first).to_be_visible()
    edit.get_by_role("button", name="取消").click()
    go(page, "/settings/places")
    page.get_by_label("名称、地址或编号").fill(name)
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_test_id("place-row").filter(has_text=name)).to_be_visible()
    go(page, "/settings/gaps")
    still = page.get_by_test_id("gap-row").filter(has_text=name)
    expect(still.filter(has_text=lacking[0])).to_have_count(0)
    page.get_by_role("button", name="档案不全").click()
    expect(page.get_by_text("没有填全的场所档案")).to_be_visible()


def test_a_checklist_begins_on_its_day_and_ends_on_another(desk: Open) -> None:
    watched = desk(CLERK, "/settings/checklists")
    watched.expected.add(404)  # the versions of a checklist that is only begun
    page = watched.page
    page.get_by_label("代码", exact=True).fill("zz-01")
    page.get_by_role("button", name="新建清单").click()
    page.get_by_role("button", name="新建清单").click()
    form = page.get_by_test_id("checklist-edit")
    form.get_by_label("名称").fill("试点清单")
    form.get_by_label(re.compile("^起")).fill(FAR)
    form.get_by_label("检查什么").fill("安全出口是否畅通")
    form.get_by_role("textbox", name="代码", exact=True).fill("RF-05")
    form.get_by_label("理由").fill("试点")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text("安全出口是否畅通")).to_be_visible()
    go(page, "/settings/checklists")
    expect(page.get_by_test_id("checklist-row").first).to_be_visible()
    expect(page.get_by_test_id("checklist-row").filter(has_text="试点清单")).to_have_count(0)
    page.get_by_label("生效日期").fill(FAR)
    page.get_by_test_id("checklist-row").filter(has_text="试点清单").get_by_role("link").click()
    page.get_by_role("button", name="停用").click()
    page.get_by_label("最后生效日").fill("2031-04-01")
    page.get_by_role("dialog").get_by_label("理由").fill("试点结束")
    page.get_by_test_id("send").click()
    expect(page.get_by_text("2031-03-01 至 2031-04-01")).to_be_visible()


def test_somebody_works_the_tasks_of_who_is_away_until_it_is_taken_back(desk: Open, site: Site) -> None:
    start = site.app.clock().astimezone(site.app.zone).date() + timedelta(days=40)
    watched = desk(CLERK, "/settings/substitutions")
    watched.expected.add(422)
    page = watched.page
    settled(page)
    page.get_by_role("button", name="设置代办").click()
    form = page.get_by_test_id("substitution")
    choose(page, "代办人", LEADER)
    form.get_by_label(re.compile("^从")).fill(start.isoformat())
    form.get_by_label("到（含当日）").fill((start - timedelta(days=3)).isoformat())
    form.get_by_label("理由").fill("年休假")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert").first).to_be_visible()
    form.get_by_label("到（含当日）").fill((start + timedelta(days=4)).isoformat())
    form.get_by_role("button", name="保存").click()
    row = page.get_by_test_id("substitution-row").filter(has_text="年休假")
    expect(row).to_contain_text("未开始")
    expect(row).to_contain_text((start + timedelta(days=4)).isoformat())
    row.get_by_role("button", name="撤销代办").click()
    page.get_by_role("dialog").get_by_label("理由").fill("不休了")
    page.get_by_test_id("send").click()
    expect(row).to_contain_text("撤销：不休了")


def test_a_head_gives_a_written_mandate_and_takes_it_back_and_an_admin_records_a_signed_letter(
    desk: Open, site: Site
) -> None:
    start = site.app.clock().astimezone(site.app.zone).date() + timedelta(days=60)
    page = desk("head-emergency-bureau", "/settings/substitutions").page
    page.get_by_role("button", name="设置代办").click()
    form = page.get_by_test_id("substitution")
    choose(page, "代办人", "officer-emergency-bureau-2")
    form.get_by_label(re.compile("^从")).fill(start.isoformat())
    form.get_by_label("到（含当日）").fill(start.isoformat())
    form.get_by_label("书面授权文号").fill("青应急授〔2026〕3号")
    form.get_by_label("理由").fill("去市里开会")
    form.get_by_role("button", name="保存").click()
    row = page.get_by_test_id("substitution-row").filter(has_text="去市里开会")
    expect(row).to_contain_text("青应急授〔2026〕3号")
    row.get_by_role("button", name="收回授权").click()
    page.get_by_role("dialog").get_by_label("理由").fill("文号写错")
    page.get_by_test_id("send").click()
    expect(row.get_by_role("button", name="填写授权")).to_be_visible()
    page = desk(ADMIN, "/settings/substitutions").page
    row = page.get_by_test_id("substitution-row").filter(has_text="去市里开会")
    row.get_by_role("button", name="填写授权").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("书面授权文号").fill("青应急授〔2026〕4号")
    expect(page.get_by_test_id("give-mandate")).to_be_disabled()
    letter = {"name": "授权书.jpg", "mimeType": "image/jpeg", "buffer": scene(1, site.app.clock(), width=80)}
    dialog.locator("input[type=file]").set_input_files([letter])  # type: ignore[list-item]
    page.get_by_test_id("give-mandate").click()
    expect(row.get_by_role("link", name="青应急授〔2026〕4号")).to_be_visible()
    expect(row).to_contain_text("凭授权书登记")


def test_the_channels_say_what_is_set_and_a_test_mail_what_is_missing(
    desk: Open, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = desk(ADMIN, "/settings/channels")
    watched.expected.add(422)
    page = watched.page
    mail = page.get_by_test_id("channel").first
    expect(mail).to_contain_text("BIHUAN_SMTP_URL")
    expect(page.get_by_test_id("channel").nth(1)).to_contain_text("可用")
    monkeypatch.setattr(site.app, "settings", replace(site.app.settings, smtp_url="smtp://mail.example:25"))
    go(page, "/settings/powers")
    go(page, "/settings/channels")
    expect(mail).to_contain_text("mail.example")
    page.get_by_test_id("test-smtp").click()
    expect(mail.get_by_test_id("problem")).to_contain_text("您的账号没有邮箱")


def test_an_organ_gets_its_word(desk: Open) -> None:
    watched = desk(ADMIN, "/settings/organs")
    watched.expected.add(409)
    page = watched.page
    page.get_by_role("button", name="设置代字").click()
    form = page.get_by_test_id("organ")
    form.get_by_label("单位").click()
    page.get_by_role("option", name="区教育局", exact=True).click()
    form.get_by_label("机关代字").fill("教")
    form.get_by_label("理由").fill("开始发文")
    form.get_by_role("button", name="保存").click()
    row = page.get_by_test_id("organ-row").filter(has_text="区教育局")
    expect(row.locator("b")).to_have_text("教")
    row.get_by_role("button").click()
    taken = page.get_by_test_id("organ-row").first.locator("b").inner_text()
    form.get_by_label("机关代字").fill(taken)
    form.get_by_label("区域简称").fill(page.get_by_test_id("organ-row").first.locator("td").nth(2).inner_text())
    form.get_by_label("理由").fill("写错")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_test_id("problem")).to_contain_text("不能共用一本文号登记簿")
