"""The inbox in a real browser: a transfer from receipt to answer, given back once; a seal approved and lifted."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine.campaign import transfers
from tests.bpmn.sealing import STEPS
from tests.web.conftest import CLERK, Site, Watched
from tests.web.handing import HEAD, ONE, TWO, complete, officer_of, requested, transferred, who
from tests.web.registering import register
from tests.web.settling import settled

Open = Callable[..., Watched]


def opened(page: Page, words: str, box: str = "received") -> None:
    """Find an item in the inbox and open its page."""
    page.goto(f"/inbox?box={box}")
    page.get_by_label("编号、场所或隐患编号").fill(words)
    page.get_by_role("button", name="查找").click()
    row = page.get_by_test_id("inbox-row")
    expect(row).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("state")).to_be_visible()


def act(page: Page, name: str) -> None:
    """Open the dialog of an act."""
    page.locator(f"[data-act={name}]").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_transfer_goes_from_receipt_to_answer(desk: Open, site: Site) -> None:
    made = transferred(site.app)
    page = desk(officer_of(made.unit), "/inbox?unread=1").page
    row = page.get_by_test_id("inbox-row").filter(has_text=made.number)
    expect(row).to_contain_text("待签收")
    expect(row.get_by_label("有新情况")).to_be_visible()
    row.get_by_role("link").first.click()
    act(page, "sign")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("待答复")
    act(page, "answer")
    expect(page.get_by_test_id("act-send")).to_be_disabled()
    page.get_by_text("责令改正", exact=True).click()
    page.get_by_label("处理情况和依据").fill("已责令三日内改正。")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("待研判")
    expect(page.get_by_test_id("turn")).to_contain_text("安全应急办")
    expect(page.get_by_test_id("way")).to_contain_text("已责令三日内改正")

    office = desk(CLERK, None).page
    opened(office, made.number)
    act(office, "review")
    office.get_by_test_id("act-send").click()
    expect(office.get_by_test_id("state")).to_have_text("已办结")
    opened_rows = office.goto(f"/inbox?box=sent&waiting=over&q={made.number}")
    assert opened_rows and opened_rows.ok
    expect(office.get_by_test_id("inbox-row")).to_contain_text("办结")


def test_it_is_given_back_once_and_after_the_ruling_the_page_says_why_not_again(desk: Open, site: Site) -> None:
    made = transferred(site.app)
    page = desk(officer_of(made.unit), None).page
    opened(page, made.number)
    expect(page.get_by_test_id("return-until")).to_contain_text("还可以退回到 2026-10-19")
    act(page, "return")
    page.get_by_label("退回依据的条款").click()
    page.get_by_role("option").filter(has_text="消防法第五十三条").click()
    page.get_by_label("退回理由").fill("属于消防监督检查，请裁定。")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("待裁定")

    arbiter = desk("clerk-safety-committee-office", None).page
    opened(arbiter, made.number)
    act(arbiter, "arbitrate")
    arbiter.get_by_label("由哪个部门办理").click()
    arbiter.get_by_role("option", name="区消防救援大队").click()
    arbiter.get_by_label("裁定理由").fill("人员密集场所，由消防牵头。")
    arbiter.get_by_test_id("act-send").click()
    expect(arbiter.get_by_test_id("state")).to_have_text("待签收")

    second = desk("officer-fire-rescue", None).page
    opened(second, made.number)
    expect(second.get_by_test_id("return-no")).to_contain_text("不能再退")
    expect(second.locator("[data-act=return]")).to_have_count(0)
    expect(second.locator("[data-act=sign]")).to_be_visible()


def test_who_comes_second_is_told_in_the_dialog(desk: Open, site: Site) -> None:
    made = transferred(site.app)
    one = desk(officer_of(made.unit), None)
    opened(one.page, made.number)
    act(one.page, "sign")
    transfers.sign(site.app, made.number, viewer=who(site.app, f"{officer_of(made.unit)}-2"))
    one.expected.add(409)
    one.page.get_by_test_id("act-send").click()
    expect(one.page.get_by_role("dialog").get_by_test_id("problem")).to_be_visible()
    expect(one.page.get_by_test_id("state")).to_have_text("待答复")


def test_a_stranger_is_told_that_it_is_not_theirs(desk: Open, site: Site) -> None:
    made = transferred(site.app)
    one = desk("officer-civil-affairs", None)
    one.expected.add(404)
    one.page.goto(f"/transfers/{made.number}")
    expect(one.page.get_by_test_id("problem")).to_contain_text("不在您的职责范围内")
    one.page.goto("/inbox")
    expect(one.page.get_by_test_id("empty")).to_contain_text("没有收到")


def test_a_seal_is_approved_carried_out_and_extended_once(desk: Open, site: Site) -> None:
    number = requested(site.app)
    head = desk(HEAD, None).page
    opened(head, number)
    head.locator("[data-step=approve_seal]").click()
    head.get_by_role("dialog").get_by_text("同意", exact=True).click()
    head.get_by_role("dialog").get_by_role("textbox").last.fill("经研究，同意。")
    head.get_by_test_id("task-send").click()
    expect(head.get_by_role("dialog")).to_have_count(0)

    page = desk(ONE, None).page
    opened(page, number)
    page.locator("[data-step=execute_seal]").click()
    expect(page.get_by_test_id("guard")).to_contain_text("夜间")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="两名以上执法人员").click()
    dialog.locator(".fjs-dropdownlist-item", has_text=re.compile("执法员-应急-乙 .* · DEMO")).click()
    expect(dialog.locator(".fjs-taglist-tag")).to_contain_text("执法员-应急-乙")
    dialog.get_by_role("button", name="取消").click()
    done = site.app.clock().isoformat()
    complete(site.app, number, "execute_seal", ONE, executed_at=done, seal_officers=f"{ONE} {TWO}", **STEPS)

    page.goto(f"/inbox?kind=measure&q={number}")
    page.get_by_test_id("inbox-row").get_by_role("link").first.click()
    expect(page.get_by_test_id("state")).to_have_text("执行中")
    act(page, "extend")
    expect(page.get_by_role("dialog")).to_contain_text("只能延长一次")
    page.get_by_label("理由").fill("案情复杂，需继续查封。")
    page.get_by_test_id("act-send").click()
    expect(page.locator("[data-act=extend]")).to_have_count(0)

    head.goto(f"/inbox?kind=measure&q={number}")
    head.get_by_test_id("inbox-row").get_by_role("link").first.click()
    act(head, "confirm")
    head.get_by_label("负责人意见").last.fill("同意延长。")
    head.get_by_test_id("act-send").click()
    expect(head.get_by_test_id("acts")).to_contain_text("延长")
    page.reload()
    expect(page.get_by_test_id("extend-no")).to_be_visible()
    act(page, "lift")
    page.locator(".el-select", has=page.get_by_label("解除的情形")).click()
    page.get_by_role("option", name="不再需要").click()
    page.get_by_label("理由").fill("隐患已消除。")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("已解除")


def test_on_a_phone_nothing_is_wider_than_the_screen(phone: Open, site: Site) -> None:
    made = transferred(site.app)
    page = phone(officer_of(made.unit), None).page
    for address in ("/inbox", f"/transfers/{made.number}"):
        page.goto(address)
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    act(page, "sign")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("待答复")


def test_the_office_transfers_from_the_hazard_and_a_department_is_told_which_proofs_are_missing(
    desk: Open, site: Site
) -> None:
    number = register(site.app)
    page = desk(CLERK, f"/hazards/{number}").page
    page.get_by_test_id("start-transfer").click()
    page.get_by_label("移交理由").fill("三次上门拒不配合")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("待签收")

    one = desk("officer-fire-rescue", "/inbox?kind=measure&q=YQ-2026-0909")
    one.page.get_by_test_id("inbox-row").get_by_role("link").first.click()
    one.page.get_by_test_id("start-crime").click()
    one.page.locator(".el-select", has=one.page.get_by_label("情形")).click()
    one.page.get_by_role("option", name=re.compile("^拒不执行")).click()
    one.page.get_by_label("事实").fill("责令搬离后仍住人，拒不执行。")
    one.page.locator(".el-select", has=one.page.get_by_label("专案组")).click()
    one.page.get_by_role("option", name=re.compile("执法员-消防-甲")).click()
    one.page.get_by_role("option", name=re.compile("执法员-消防-乙")).click()
    one.page.keyboard.press("Escape")
    one.expected.add(422)
    one.page.get_by_test_id("act-send").click()
    expect(one.page.get_by_test_id("problem")).to_contain_text("所缺证据")


def test_a_helping_body_signs_and_answers_on_the_page_of_its_letter(desk: Open, site: Site) -> None:
    made = transferred(site.app)
    [help_] = transfers.show(site.app, made.number, viewer=who(site.app, CLERK)).supports
    page = desk(officer_of(help_.unit), None).page
    opened(page, made.hazard)
    expect(page).to_have_url(re.compile("/letters/"))
    page.locator("[data-step=sign_support]").click()
    page.get_by_test_id("task-send").click()
    page.locator("[data-step=answer_support]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("提出意见", exact=True).click()
    dialog.get_by_role("textbox").last.fill("线路应当更换。")
    page.get_by_test_id("task-send").click()
    expect(page.get_by_test_id("state")).to_have_text("已答复")
    expect(page.locator("main")).to_contain_text("线路应当更换")
