"""The phone where there is no network: its pages open, what was read is there, what is written waits to be sent."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect
from sqlalchemy import func, select

from engine.campaign import checklist_answers, evidence, places, visits
from engine.campaign.case_model import Evidence
from tests.web.browser import context, jpeg
from tests.web.conftest import CLERK, INSPECTOR, Site, Watched, going
from tests.web.handing import ONE, who
from tests.web.registering import INSPECTOR as VIEWER
from tests.web.registering import register
from tests.web.test_phone import fill_in
from tests.web.test_phone_visits import WALKER, answer, answer_lost, approved, complete_patrol, fits_the_hand, item

OUT = "连不上服务器"


@pytest.fixture
def phones(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A phone that keeps the pages, as the browsers of inspectors do."""
    with context(browser, "phone", site.url, workers="allow") as made:
        yield made


def signed_in(phone: BrowserContext, name: str, address: str) -> None:
    """Open a page as this person and stay until the worker listens, then read the page through it."""
    page = going(Watched(phone.new_page()), name, address, {}).page
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.wait_for_function("async () => Boolean(await caches.match('/api/v1/me'))")
    page.close()


def test_a_task_opens_in_a_cellar_and_what_is_written_waits_there(phones: BrowserContext, site: Site) -> None:
    register(site.app)
    signed_in(phones, CLERK, "/m/")
    page = phones.new_page()
    page.goto("/m/")
    page.get_by_test_id("task-row").filter(has_text="核实分级").first.click()
    expect(page.get_by_label("属实", exact=True)).to_be_visible()
    address = page.url
    phones.set_offline(True)
    page.close()

    page = phones.new_page()
    page.goto("/m/")
    expect(page.get_by_test_id("task-row").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=OUT)).to_contain_text("读到的内容")
    page.goto(address)
    page.get_by_label("属实", exact=True).check()
    page.get_by_test_id("complete").click()
    expect(page.get_by_test_id("problem")).to_contain_text(OUT)
    page.close()

    page = phones.new_page()
    page.goto(address)
    expect(page.get_by_label("属实", exact=True)).to_be_checked()
    phones.set_offline(False)
    page.get_by_test_id("complete").click()
    expect(page.get_by_test_id("done")).to_contain_text("核实分级")


def test_a_photo_waits_on_the_phone_and_who_signs_out_leaves_nothing_to_read(
    phones: BrowserContext, site: Site, tmp_path: Path
) -> None:
    signed_in(phones, INSPECTOR, "/m/register")
    page = phones.new_page()
    page.goto("/m/register")
    fill_in(page, "BM-04", "疏散通道堆放杂物")
    phones.set_offline(True)
    page.get_by_test_id("album").set_input_files(jpeg(tmp_path / "door.jpg", width=640, height=480))
    expect(page.get_by_text("没传上")).to_be_visible()
    page.get_by_test_id("register").click()
    expect(page.get_by_text("还有 1 张照片没有传上")).to_be_visible()
    page.close()

    page = phones.new_page()
    page.goto("/m/register")
    expect(page.get_by_label("情况描述")).to_have_value("疏散通道堆放杂物")
    expect(page.get_by_text("没传上")).to_be_visible()
    phones.set_offline(False)
    expect(page.get_by_text("没传上")).to_have_count(0)
    expect(page.get_by_text("上传中")).to_have_count(0)
    page.get_by_test_id("register").click()
    done = page.get_by_test_id("registered")
    expect(done).to_contain_text("已登记")
    number = re.search(r"YQ-\d{4}-\d{4}", done.inner_text())
    assert number and len(evidence.list_evidence(site.app, number[0], viewer=VIEWER)) == 1

    page.goto("/m/me")
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile("/m/login"))
    page.wait_for_function("async () => !(await caches.match('/api/v1/tasks'))")
    assert page.evaluate("async () => (await (await caches.open('bihuan.read')).keys()).length") == 0
    phones.set_offline(True)
    page.goto("/m/")
    expect(page.get_by_test_id("problem")).to_contain_text(OUT)


def test_a_photo_of_an_item_outlives_the_page_and_is_stored_once(
    phones: BrowserContext, site: Site, tmp_path: Path
) -> None:
    def stored() -> int:
        with site.app.reading() as tx:
            return tx.scalar(select(func.count()).where(Evidence.uploaded_by == WALKER)) or 0

    id, before = complete_patrol(site.app), stored()
    signed_in(phones, WALKER, "/m/visits")
    page = phones.new_page()
    page.goto(f"/m/visits/{id}/checklists/JX")
    item(page, 4).get_by_text("是", exact=True).click()
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    phones.set_offline(True)
    item(page, 4).get_by_role("button", name="加备注或照片").click()
    item(page, 4).get_by_test_id("album").set_input_files(jpeg(tmp_path / "item.jpg", width=64, height=48))
    expect(page.get_by_test_id("photos")).to_have_text("还有 1 张照片未上传")
    page.close()

    page = phones.new_page()
    page.goto("/m/visits")
    waiting = page.get_by_test_id("open-visit").get_by_test_id("photos")
    expect(waiting).to_have_text("还有 1 张照片未上传")
    page.route("**/api/v1/files", answer_lost, times=1)
    phones.set_offline(False)
    expect(waiting).to_have_count(0)

    def photos() -> list[str]:
        return checklist_answers.list_sheets(site.app, id, viewer=who(site.app, WALKER))[0].items[3].photos

    page.goto(f"/m/visits/{id}/checklists/JX")
    expect(item(page, 4).get_by_role("img", name="第 4 项的照片照片 1")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    assert (len(photos()), stored() - before) == (1, 1)

    # The page is left while a photo is under way: it is sent again under its key, and stands on the sheet.
    under_way: list[Route] = []
    page.route("**/api/v1/files", lambda route: under_way.append(route), times=1)
    item(page, 4).get_by_test_id("album").set_input_files(jpeg(tmp_path / "second.jpg", width=48, height=64))
    expect(page.get_by_text("上传中")).to_be_visible()
    page.evaluate("document.querySelector('#app').__vue_app__.config.globalProperties.$router.push('/visits')")
    expect(waiting).to_have_text("还有 1 张照片未上传")
    under_way[0].continue_()
    page.get_by_test_id("open-visit").click()
    expect(page.get_by_test_id("sheet-row").get_by_test_id("photos")).to_have_count(0)
    page.goto(f"/m/visits/{id}/checklists/JX")
    expect(item(page, 4).get_by_role("img", name="第 4 项的照片照片 2")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    page.get_by_test_id("file").click()
    expect(page.get_by_test_id("answered")).to_contain_text("已归档")
    assert (len(photos()), stored() - before) == (2, 2)


def test_an_inspection_is_done_in_a_cellar_and_sent_in_order_with_the_time_that_the_phone_claims(
    phones: BrowserContext, site: Site
) -> None:
    app, id = site.app, approved(site.app)
    phones.grant_permissions(["geolocation"])
    phones.set_geolocation({"latitude": 34.1, "longitude": 113.8})
    signed_in(phones, ONE, f"/m/visits/{id}")
    page = phones.new_page()
    page.goto(f"/m/visits/{id}")
    expect(page.get_by_label("场所码")).to_be_visible()
    page.wait_for_function("async () => Boolean(await caches.match('/api/v1/checklists', { ignoreSearch: true }))")
    phones.set_offline(True)
    page.get_by_label("场所码").fill("别处的码")
    page.get_by_test_id("check-in").click()
    expect(page.get_by_test_id("steps")).to_contain_text("服务器还没有收到")
    expect(page.get_by_test_id("stage")).to_have_text("待入企")
    page.get_by_test_id("take").filter(has_text="工贸企业").click()
    page.get_by_test_id("sheet-row").get_by_role("button").click()
    for no in range(1, 8):
        answer(page, no, "不适用", "GM")
    page.get_by_test_id("file").click()
    page.get_by_label("被检查单位签名人").fill("负责人-P004")
    page.get_by_role("switch").click()
    page.get_by_test_id("file-record").click()
    expect(page.get_by_test_id("steps")).to_contain_text("现场检查记录写在手机上")
    page.close()

    page = phones.new_page()
    page.goto(f"/m/visits/{id}")
    expect(page.get_by_test_id("answered")).to_contain_text("7/7")
    assert fits_the_hand(page)
    phones.set_offline(False)
    expect(page.get_by_test_id("refused")).to_contain_text("不是该场所的码")
    page.get_by_test_id("anew").click()
    page.get_by_label("场所码").fill(places.entry_code(app, "P004", viewer=who(app, CLERK)))
    page.route("**/checkin", answer_lost, times=1)
    page.get_by_test_id("check-in").click()
    expect(page.get_by_test_id("stage")).to_have_text("已归档")
    expect(page.get_by_test_id("steps")).to_have_count(0)
    filed = visits.show(app, id, viewer=who(app, ONE))
    assert filed.recorded_at and filed.recorded_at <= app.clock(), "the moment is the server's"
    assert filed.record_claimed_at not in (None, filed.recorded_at)
    assert [one.state for one in filed.sheets] == ["filed"] and filed.signer == "负责人-P004"
