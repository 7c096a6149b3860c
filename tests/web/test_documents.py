"""Documents in a real browser: drafted, what is missing said at the field, signed on the device, served, voided."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.campaign import document_photos, documents, evidence
from engine.campaign.case_model import Hazard
from engine.campaign.demo.photos import photo
from tests.web.conftest import CLERK, LEADER, Site, Watched
from tests.web.handing import officer_of, transferred, who
from tests.web.registering import register

Open = Callable[..., Watched]


def act(page: Page, name: str) -> None:
    """Open the dialog of a step."""
    page.locator(f"[data-act={name}]").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def send(page: Page, state: str) -> None:
    """Send the dialog and wait until the document stands there."""
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("document-state")).to_have_attribute("data-state", state)


def saved(page: Page) -> None:
    """Save the draft and wait until the server has it: the button is disabled already while it is sent."""
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.get_by_test_id("save").click()


def draw(page: Page) -> None:
    """Write something into the signature pad."""
    box = page.get_by_test_id("pad").bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for n in range(1, 9):
        page.mouse.move(box["x"] + 30 + 30 * n, box["y"] + 40 + (n % 2) * 50)
    page.mouse.up()


def penalty(page: Page) -> None:
    """On the file of a place: a decision is written down, what was paid of it, where it was published."""
    page.get_by_test_id("penalty-add").click()
    page.get_by_label("决定日期").fill("2026-10-09")
    page.get_by_label("决定书文号").fill("示例应急罚〔2026〕1号")
    page.get_by_label("决定机关").fill("区应急管理局")
    page.get_by_role("option", name="区应急管理局").first.click()
    page.get_by_label("罚款（元").fill("5000")
    page.get_by_test_id("act-send").click()
    row = page.get_by_test_id("penalty-row")
    expect(row).to_contain_text("5000 元，实收 0 元")
    expect(row).to_contain_text("未公示")
    row.get_by_role("button", name="登记到账").click()
    page.get_by_label("累计实收").fill("5000")
    page.get_by_test_id("act-send").click()
    expect(row).to_contain_text("实收 5000 元")
    row.get_by_role("button", name="登记公示").click()
    page.get_by_label("公示日期").fill("2026-10-10")
    page.get_by_label("在哪里公示").fill("区政府网站")
    page.get_by_test_id("act-send").click()
    expect(row).to_contain_text("区政府网站")
    expect(row).not_to_contain_text("未公示")


def test_a_notice_goes_from_draft_to_the_archive(desk: Open, site: Site) -> None:
    number = register(site.app)
    one = desk(CLERK, None)
    page = one.page
    page.goto("/documents")
    page.get_by_test_id("new-document").click()
    with site.app.reading() as tx:
        closed = tx.scalars(select(Hazard.number).where(Hazard.closed_at.is_not(None))).first()
    assert closed
    page.route("**/hazards?*", lambda route: route.fulfill(status=503))
    one.expected.add(503)
    page.get_by_role("combobox", name="隐患编号").fill(closed)
    expect(page.get_by_role("dialog").get_by_test_id("problem")).to_be_visible()
    page.unroute("**/hazards?*")
    page.get_by_role("dialog").get_by_role("button", name="再试一次").click()
    expect(page.get_by_role("option", name=closed)).to_be_visible()  # some papers come after it
    page.get_by_role("combobox", name="隐患编号").fill(number)
    page.get_by_role("option", name=number).click()
    page.get_by_label("查找种类").fill("风险提示")
    page.get_by_role("radio", name="安全风险提示单", exact=True).check()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_role("heading", level=1, name="安全风险提示单")).to_be_visible()

    page.locator("#field-risk").fill("可能引发火灾，责令立即停用。")
    one.expected.add(422)
    act(page, "submit")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_role("dialog").get_by_test_id("problem")).to_contain_text("责令")
    page.keyboard.press("Escape")
    page.locator("#field-risk").fill("可能引发火灾。")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("save")).to_be_disabled()
    act(page, "submit")
    send(page, "待审批")
    address = page.url

    leader = desk(LEADER, address).page
    act(leader, "reject")
    leader.get_by_label("意见").fill("请写明电话。")
    send(leader, "起草")
    page.goto(address)
    expect(page.get_by_test_id("rejected")).to_contain_text("请写明电话")
    act(page, "submit")
    send(page, "待审批")
    leader.goto(address)
    act(leader, "approve")
    send(leader, "已批准")
    expect(leader.get_by_text("青街安提〔2026〕")).to_be_visible()

    page.goto(address)
    act(page, "sign")
    expect(page.get_by_test_id("act-send")).to_be_disabled()
    draw(page)
    send(page, "已签名")
    act(page, "issue")
    send(page, "已签发")
    act(page, "serve")
    page.get_by_text("公告送达", exact=True).click()
    page.get_by_label("受送达人").fill("示例店")
    page.get_by_label("送达地点").fill("社区公告栏")
    page.get_by_label("公告送达的原因").fill("下落不明")
    page.get_by_label("公告载体").fill("区政府网站")
    send(page, "公告中")  # its days run; who is found meanwhile is served at once
    expect(page.get_by_role("listitem").filter(has_text="公告中")).to_have_attribute("aria-current", "step")
    act(page, "serve")
    page.get_by_text("留置送达", exact=True).click()
    page.get_by_label("受送达人").fill("示例店")
    page.get_by_label("送达地点").fill("店内")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_role("dialog").get_by_test_id("problem")).to_contain_text("见证人")
    page.get_by_label("拒收情况").fill("拒绝签收")
    page.get_by_label("见证人").fill("甲、乙")
    send(page, "已送达")
    expect(page.get_by_test_id("services")).to_contain_text("甲、乙")
    rounds = page.get_by_test_id("version")
    expect(rounds).to_have_count(2)
    expect(rounds.first).to_contain_text("请写明电话。")
    rounds.last.locator("summary").click()
    expect(rounds.last).to_contain_text("可能引发火灾。")
    page.get_by_role("link", name="场所档案").click()
    penalty(page)
    page.goto(address)
    act(page, "archive")
    send(page, "已归档")


def test_what_is_missing_first_is_shown_and_begun_from_there(desk: Open) -> None:
    page = desk("officer-fire-rescue", "/inbox?kind=measure&q=YQ-2026-0909").page
    page.get_by_test_id("inbox-row").get_by_role("link").first.click()
    page.get_by_test_id("new-document").click()
    page.get_by_label("查找种类").fill("现场检查记录")
    page.get_by_role("radio", name=re.compile("^现场检查记录")).check()
    needs = page.get_by_test_id("needs")
    expect(needs).to_contain_text("现场检查方案")
    needs.get_by_role("button", name=re.compile("现场检查方案")).click()
    page.get_by_label("查找种类").fill("")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_role("heading", level=1, name="现场检查方案")).to_be_visible()
    page.goto("/documents?hazard=YQ-2026-0909&state=起草")
    expect(page.get_by_test_id("document-row").first).to_contain_text("现场检查方案")


def test_the_keyboard_signs_and_a_void_needs_a_second_person(desk: Open, site: Site) -> None:
    clerk = who(site.app, CLERK)
    body = {"to_name": "桂花社区", "subject": "巡查", "facts": "本周少巡一次", "due": "2026年10月30日"}
    made = documents.draft(site.app, {"type": "工作提醒函", "body": body}, viewer=clerk)
    page = desk(CLERK, f"/documents/{made.id}").page
    act(page, "submit")
    send(page, "待审批")
    leader = desk(LEADER, f"/documents/{made.id}").page
    act(leader, "approve")
    send(leader, "已批准")
    page.reload()
    act(page, "sign")
    page.get_by_test_id("sign-by-keys").click()
    send(page, "已签名")
    act(page, "void")
    page.get_by_label("理由").fill("主送单位写错")
    page.get_by_test_id("act-send").click()
    expect(page.locator("[data-act=confirm_void]")).to_have_count(0)
    leader.reload()
    act(leader, "confirm_void")
    send(leader, "已作废")
    leader.goto("/number-registers")
    leader.get_by_role("link", name="青街安醒").click()
    expect(leader.get_by_test_id("gapless")).to_contain_text("1 个作废")
    expect(leader.get_by_test_id("entry-row").last).to_contain_text("作废")


def test_two_who_edit_one_draft_do_not_write_over_each_other(desk: Open, site: Site) -> None:
    clerk = who(site.app, CLERK)
    made = documents.draft(site.app, {"type": "工作提醒函"}, viewer=clerk)
    one = desk(CLERK, f"/documents/{made.id}")
    expect(one.page.get_by_test_id("save")).to_be_disabled()
    documents.edit(site.app, made.id, revision=made.revision, body={"subject": "别人写的"}, viewer=clerk)
    one.page.locator("#field-subject").fill("我写的")
    one.expected.add(409)
    one.page.get_by_test_id("save").click()
    one.page.get_by_role("button", name="放弃我的修改").click()
    expect(one.page.locator("#field-subject")).to_have_value("别人写的")


def test_a_paper_names_several_hazards_and_prints_the_photos_that_were_chosen_in_their_order(
    desk: Open, site: Site
) -> None:
    found = [transferred(site.app) for _ in range(2)]
    (first, second), name = (one.hazard for one in found), officer_of(found[0].unit)
    officer, taken = who(site.app, name), site.app.clock().astimezone(site.app.zone)
    for number, label in ((first, "A"), (first, "B"), (second, "C")):
        evidence.add(
            site.app, photo(label, taken), filename=f"{label}.jpg", viewer=officer, hazard=number, kind="photo_before"
        )
    documents.draft(site.app, {"type": "现场检查方案", "hazard": first}, viewer=officer)
    made = documents.draft(site.app, {"type": "现场检查记录", "hazard": first}, viewer=officer)
    page = desk(name, f"/documents/{made.id}").page
    shown = page.get_by_test_id("document-photos").locator("figure")
    expect(shown).to_have_count(2)
    page.get_by_label("文书也归到这些隐患").click(force=True)
    page.get_by_role("option", name=re.compile(second)).click()
    page.keyboard.press("Escape")
    saved(page)

    page.get_by_role("button", name="附上另一张照片 1").click()
    expect(shown).to_have_count(3)
    page.get_by_role("button", name="照片 3 前移").click()
    page.get_by_role("button", name="不附照片 1").click()
    expect(shown).to_have_count(2)
    for n, words in ((1, "后厨堆物"), (2, "前厅插线板")):
        page.get_by_label(f"照片 {n} 的拍摄地点和时间").fill(words)
    saved(page)

    kept = documents.show(site.app, made.id, viewer=officer)
    files = {one.id: one.filename for one in document_photos.list_photos(site.app, made.id, viewer=officer)}
    assert [files[row["photo"]] for row in kept.body["photos"]] == ["C.jpg", "B.jpg"]
    with page.expect_popup() as opened:
        page.get_by_role("link", name="预览和打印").click()
    printed = opened.value
    rows = printed.locator("tr", has=printed.locator("img.photo"))
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("后厨堆物")
    expect(rows.last).to_contain_text("前厅插线板")
    assert all(one.evaluate("img => img.complete && img.naturalWidth > 100") for one in rows.locator("img").all())
    page.goto(f"/documents?hazard={second}")
    expect(page.get_by_test_id("document-row").first).to_contain_text("现场检查记录")
