"""Visits on the phone at 360×640: a patrol answered without network, an inspection from the door to its record."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from engine.app import App
from engine.campaign import checklist_answers, checklist_filing, checklist_proposals, inspections, places, visits
from tests.web.browser import jpeg
from tests.web.conftest import CLERK, Site, Watched
from tests.web.handing import HEAD, ONE, TWO, who
from tests.web.settling import go

Open = Callable[..., Watched]
WALKER = "inspector-gh-02"
SMALLEST = 44


def item(page: Page, no: int, list: str = "JX") -> Locator:
    """One question of a checklist."""
    return page.locator(f"#{list}-{no}")


def answer(page: Page, no: int, word: str, list: str = "JX") -> None:
    """Tap an answer."""
    item(page, no, list).get_by_role("radiogroup").get_by_text(word, exact=True).click()


def fits_the_hand(page: Page) -> bool:
    """Whether nothing is wider than the phone and every target is large."""
    small = page.locator("main button, main .van-button, main .answers label, main summary").evaluate_all(
        "(all, least) => all.filter(one => one.offsetParent && one.offsetHeight < least).map(one => one.outerHTML)",
        SMALLEST,
    )
    assert small == []
    return bool(page.evaluate("document.documentElement.scrollWidth") <= 360)


def test_a_patrol_is_answered_on_the_street_and_a_no_becomes_a_hazard_with_one_tap(
    phone: Open, site: Site, tmp_path: Path
) -> None:
    page = phone(WALKER, "/m/visits").page
    page.get_by_role("button", name="登记巡查").click()
    page.get_by_test_id("pick-place").click()
    page.get_by_label("输入名称或地址的几个字").fill("早餐店C")
    page.get_by_test_id("option").filter(has_text="示例早餐店C").click()
    page.get_by_test_id("list").filter(has_text="九小场所").locator("summary").click()
    answer(page, 1, "否")
    expect(item(page, 1).get_by_test_id("proposes")).to_contain_text("RF-01")
    item(page, 1).get_by_label("第 1 项的备注").fill("后门上锁")
    item(page, 1).get_by_test_id("album").set_input_files(jpeg(tmp_path / "door.jpg", width=64, height=48))
    expect(item(page, 1).get_by_role("img", name="第 1 项的照片照片 1")).to_be_visible()
    expect(page.get_by_text("上传中")).to_have_count(0)
    page.reload()
    expect(item(page, 1).get_by_label("第 1 项的备注")).to_have_value("后门上锁")
    expect(page.get_by_test_id("far")).to_have_text("已填 1/7")
    page.context.set_offline(True)
    for no in (3, 5, 6, 7):
        answer(page, no, "不适用")
    answer(page, 2, "未查")
    answer(page, 4, "是")
    expect(item(page, 2)).to_contain_text("写明原因")
    item(page, 2).get_by_label("第 2 项的备注").fill("店后过道锁闭")
    assert fits_the_hand(page)
    page.get_by_test_id("register-visit").click()
    expect(page.get_by_test_id("problem")).to_contain_text("连不上服务器")
    page.context.set_offline(False)
    page.get_by_test_id("register-visit").click()
    expect(page.get_by_test_id("answered")).to_contain_text("已归档")
    assert "file=" not in page.url, "coming back to this address files again"
    assert fits_the_hand(page)
    page.get_by_test_id("register-hazard").click()
    expect(page.get_by_test_id("found-hazard")).to_contain_text("后门上锁")
    expect(page.get_by_test_id("proposals")).to_have_count(0)
    (made, *_) = visits.list_visits(site.app, who(site.app, WALKER), mine=True).items
    assert (made.place, made.result, [one.state for one in made.sheets]) == ("P022", "发现隐患", ["filed"])
    page.goto("/m/visits")
    expect(page.get_by_test_id("begun")).to_have_count(0)
    expect(page.get_by_test_id("empty")).to_contain_text("没有没办完的走访检查")


def test_what_is_changed_after_a_lost_answer_is_told_and_kept_until_it_is_discarded(phone: Open, site: Site) -> None:
    page = phone(WALKER, "/m/visits/new/P022").page
    page.get_by_label("情况").fill("后门已开")
    expect(page.get_by_test_id("discard")).to_be_visible()
    begun = site.app.clock() - timedelta(hours=1)
    page.evaluate(
        """at => {
          const place = Object.keys(localStorage).find(name => name.startsWith('bihuan.draft.visit.P022.'))
          localStorage.setItem(place, JSON.stringify({ ...JSON.parse(localStorage.getItem(place)), at }))
        }""",
        begun.isoformat(),
    )
    page.goto("/m/visits")
    page.get_by_test_id("begun").filter(has_text="示例早餐店C").click()
    expect(page.get_by_test_id("begun-at")).to_be_visible()
    page.get_by_role("radio", name="未发现问题").check()
    page.route("**/api/v1/visits", answer_lost, times=1)
    page.get_by_test_id("register-visit").click()
    expect(page.get_by_test_id("problem")).to_contain_text("连不上服务器")
    page.get_by_label("情况").fill("后门已开，过道已清")
    page.get_by_test_id("register-visit").click()
    expect(page.get_by_test_id("made")).to_contain_text("没有写进去：情况。")
    assert fits_the_hand(page)
    until = begun + timedelta(seconds=1)
    (made,) = visits.list_visits(site.app, who(site.app, WALKER), place="P022", since=begun, until=until).items
    assert (made.note, made.result, made.at) == ("后门已开", "未发现问题", begun)
    page.get_by_role("button", name="打开已登记的巡查").click()
    expect(page).to_have_url(re.compile(rf"/m/visits/{made.id}$"))
    page.goto("/m/visits")
    page.get_by_test_id("begun").click()
    page.get_by_test_id("discard").click()
    page.get_by_test_id("discard-sure").click()
    expect(page.get_by_role("button", name="登记巡查")).to_be_visible()
    expect(page.get_by_test_id("begun")).to_have_count(0)


def answer_lost(route: Route) -> None:
    """The server gets the request, the phone does not get the answer."""
    route.fetch()
    route.abort()


def complete_patrol(app: App) -> int:
    """A patrol of the walker whose sheet is complete and not filed."""
    asked = {"place": "P022", "kind": "网格巡查", "result": "未发现问题", "checklists": ["JX"]}
    id = visits.create(app, asked, viewer=who(app, WALKER)).id
    given = [{"no": no, "answer": "na"} for no in range(1, 8)]
    checklist_answers.save(app, id, "JX", given, revision=0, viewer=who(app, WALKER))
    return id


def test_filing_without_network_says_so_and_what_came_too_late_stays_to_be_read(phone: Open, site: Site) -> None:
    watched = phone(WALKER, f"/m/visits/{complete_patrol(site.app)}/checklists/JX")
    watched.expected |= {409}
    page = watched.page
    expect(page.get_by_test_id("file")).to_be_enabled()
    page.context.set_offline(True)
    page.get_by_test_id("file").click()
    expect(page.get_by_test_id("steps")).to_contain_text("1 份清单等待归档，服务器还没有收到")
    page.context.set_offline(False)
    expect(page.get_by_test_id("answered")).to_contain_text("已归档")
    expect(page.get_by_test_id("steps")).to_have_count(0)
    id = complete_patrol(site.app)
    go(page, f"/m/visits/{id}/checklists/JX")
    page.context.set_offline(True)
    answer(page, 2, "是")
    answer(page, 1, "未查")
    page.get_by_label("第 1 项的备注").fill("店主不在")
    checklist_filing.file(site.app, id, "JX", revision=1, viewer=who(site.app, WALKER))
    page.context.set_offline(False)
    expect(page.get_by_test_id("late")).to_contain_text("店主不在")
    page.get_by_test_id("late").get_by_role("button").click()
    expect(page.get_by_test_id("late")).to_have_count(0)


def approved(app: App) -> int:
    """An inspection that may be checked in to."""
    today = app.clock().astimezone(app.zone).date()
    asked = {
        "place": "P004", "kind": "行政检查（个案）", "cause": "举报", "officers": [ONE, TWO], "starts_on": today,
        "ends_on": today + timedelta(days=1), "subject": "动火审批",
    }  # fmt: skip
    id = inspections.request(app, asked, viewer=who(app, ONE)).id
    inspections.approve(app, id, viewer=who(app, HEAD))
    return id


def test_two_officers_check_in_answer_at_once_and_file_the_record(phone: Open, site: Site, tmp_path: Path) -> None:
    app = site.app
    id = approved(app)
    watched = phone(ONE, None)
    watched.expected |= {409, 422}
    page = watched.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 34.1, "longitude": 113.8})
    page.goto("/m/visits")
    page.locator(f"a[href='/m/visits/{id}']").click()
    page.get_by_label("场所码").fill("别处的码")
    page.get_by_test_id("check-in").click()
    expect(page.get_by_test_id("problem")).to_contain_text("不是该场所的码")
    page.get_by_label("场所码").fill(
        f"https://example.org/m/s/{places.entry_code(app, 'P004', viewer=who(app, CLERK))}"
    )
    page.get_by_test_id("check-in").click()
    expect(page.get_by_test_id("stage")).to_have_text("待记录")
    page.get_by_test_id("take").filter(has_text="工贸企业").click()
    page.get_by_test_id("sheet-row").get_by_role("button").click()
    page.context.set_offline(True)
    answer(page, 1, "是", "GM")
    answer(page, 2, "是", "GM")
    expect(page.get_by_test_id("unsent")).to_be_visible()
    given = [{"no": 1, "answer": "no", "note": "没有台账"}]
    checklist_answers.save(app, id, "GM", given, revision=0, viewer=who(app, TWO))
    page.context.set_offline(False)
    expect(item(page, 1, "GM").get_by_test_id("clash")).to_contain_text("没有台账")
    item(page, 1, "GM").get_by_role("button", name="用他的").click()
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    page.context.set_offline(True)
    item(page, 2, "GM").get_by_role("button", name="加备注或照片").click()
    item(page, 2, "GM").get_by_test_id("album").set_input_files(jpeg(tmp_path / "work.jpg", width=64, height=48))
    expect(item(page, 2, "GM")).to_contain_text("没传上")
    answer(page, 2, "不适用", "GM")
    item(page, 1, "GM").get_by_label("第 1 项的备注").fill("台账缺页")
    expect(page.get_by_test_id("unsent")).to_contain_text("2 项")
    expect(page.get_by_test_id("photos")).to_have_text("还有 1 张照片未上传")
    [proposal] = [one.id for one in checklist_proposals.list_proposals(app, who(app, TWO), visit=id).items]
    checklist_proposals.dismiss(app, proposal, reason="当场补齐", viewer=who(app, TWO))
    page.context.set_offline(False)
    expect(item(page, 1, "GM").get_by_test_id("clash")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_contain_text("1 项")
    expect(item(page, 2, "GM")).not_to_contain_text("没传上")
    page.go_back()
    expect(page.get_by_test_id("unsent-yet")).to_contain_text("1 项")
    page.go_forward()
    item(page, 1, "GM").get_by_role("button", name="用他的").click()
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    for no in (3, 4, 5, 6, 7):
        answer(page, no, "不适用", "GM")
    expect(page.get_by_test_id("file")).to_have_text("填好了，回到检查")
    assert fits_the_hand(page)
    page.get_by_test_id("file").click()
    page.get_by_label("被检查单位签名人").fill("负责人-P004")
    page.get_by_role("switch").click()
    page.get_by_test_id("file-record").click()
    expect(page.get_by_test_id("stage")).to_have_text("已归档")
    filed = visits.show(app, id, viewer=who(app, ONE))
    assert (filed.result, [one["ok"] for one in filed.findings]) == ("发现隐患", [False, False])
