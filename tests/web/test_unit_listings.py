"""A unit listed as a whole, at a desk: proposed with a reason, found by its state, decided by whose turn it is."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.web.conftest import LEADER, Watched

Open = Callable[..., Watched]
ORGAN = "clerk-district-committee-office"


def test_a_unit_is_proposed_found_by_its_state_and_decided(desk: Open) -> None:
    leader = desk(LEADER, "/hazards").page
    leader.get_by_role("link", name="单位挂牌督办").click()
    leader.get_by_test_id("start-unit-listing").click()
    leader.get_by_role("dialog").get_by_label("单位（场所）").fill("示例电商仓B")
    leader.get_by_role("option", name="示例电商仓B").click()
    expect(leader.get_by_test_id("act-send")).to_be_disabled()
    leader.get_by_label("提请理由").fill("彩钢板房反复搭建，多次检查没有改。")
    leader.get_by_test_id("act-send").click()
    expect(leader.get_by_test_id("state")).to_have_text("待决定")
    expect(leader.get_by_test_id("next")).to_contain_text("决定单位挂牌（区安全生产委员会办公室）")
    expect(leader.locator("[data-step]")).to_have_count(0)

    page = desk(ORGAN, "/unit-listings").page
    page.locator("[data-state=待决定]").first.click()
    row = page.get_by_test_id("unit-listing-row").filter(has_text="示例电商仓B")
    expect(row).to_contain_text("彩钢板房反复搭建")
    row.get_by_role("link").click()
    page.locator("[data-step=decide_unit_listing]").click()
    page.get_by_role("dialog").get_by_text("不同意", exact=True).click()
    page.get_by_role("dialog").get_by_role("textbox").last.fill("已经立案查处，不再挂牌。")
    page.get_by_test_id("task-send").click()
    expect(page.get_by_test_id("state")).to_have_text("不挂牌")
    expect(page.get_by_test_id("listing-steps")).to_contain_text("不挂牌：已经立案查处")
    expect(page.locator("[data-step]")).to_have_count(0)
