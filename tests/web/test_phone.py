"""The main job of each phone page, in a real browser at 360×640 on the sample installation."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.bpm import definitions, instances
from engine.bpm.viewer import Viewer
from engine.campaign import evidence, rechecks
from tests.engine.bpm.diagrams import REVIEW
from tests.web.browser import jpeg
from tests.web.conftest import ADMIN, CLERK, INSPECTOR, PASSWORD, Site, Watched
from tests.web.registering import INSPECTOR as VIEWER
from tests.web.registering import register

Open = Callable[..., Watched]
PAGES = ("/m/", "/m/register", "/m/me", "/m/password", "/m/hazards/YQ-2026-0903", "/m/visits", "/m/visits/new")
SMALLEST = 44


def fill_in(page: Page, code: str = "BM-01", text: str = "没有隐患排查台账") -> None:
    """Choose place and kind and write what was seen; each test its own, for a hazard is registered once."""
    page.get_by_test_id("pick-place").click()
    page.get_by_label("输入名称或地址的几个字").fill("桂花里")
    page.get_by_test_id("option").filter(has_text="桂花里").first.click()
    page.get_by_test_id("pick-code").click()
    page.get_by_test_id("option").filter(has_text=code).click()
    page.get_by_label("情况描述").fill(text)


def test_a_hazard_is_registered_with_place_kind_and_photo(phone: Open, site: Site, tmp_path: Path) -> None:
    page = phone(INSPECTOR).page
    page.get_by_role("link", name="登记隐患").click()
    fill_in(page)
    original = jpeg(tmp_path / "camera.jpg")
    page.get_by_test_id("album").set_input_files(original)
    expect(page.get_by_text("上传中")).to_have_count(0)
    page.get_by_test_id("register").click()
    done = page.get_by_test_id("registered")
    expect(done).to_contain_text("已登记")
    number = re.search(r"YQ-\d{4}-\d{4}", done.inner_text())
    assert number
    (photo,) = evidence.list_evidence(site.app, number[0], viewer=VIEWER)
    assert photo.kind == "photo_before" and photo.size < original.stat().st_size / 2
    assert photo.taken_at and photo.taken_at.strftime("%m-%d") == "10-12"
    assert (photo.width, photo.height) == (1200, 1600), "the picture stands upright"


def test_what_is_missing_is_said_before_anything_is_sent(phone: Open) -> None:
    page = phone(INSPECTOR, "/m/register").page
    page.get_by_test_id("register").click()
    expect(page.get_by_text("必填，请补上。")).to_have_count(3)


def test_what_was_written_survives_a_closed_page(phone: Open) -> None:
    page = phone(INSPECTOR, "/m/register").page
    page.get_by_label("情况描述").fill("写到一半")
    page.reload()
    expect(page.get_by_label("情况描述")).to_have_value("写到一半")


def test_without_network_the_page_says_so_and_sends_later(phone: Open, site: Site) -> None:
    one = phone(INSPECTOR, None)
    page = one.page
    page.goto("/m/register")
    fill_in(page, "BM-02", "保安没有经过安全培训")
    page.context.set_offline(True)
    expect(page.get_by_text("没有网络")).to_be_visible()
    page.get_by_test_id("register").click()
    expect(page.get_by_test_id("problem")).to_contain_text("连不上服务器")
    page.context.set_offline(False)
    page.get_by_test_id("register").click()
    expect(page.get_by_test_id("registered")).to_be_visible()


def test_what_is_open_already_is_added_to_it_instead_of_registered_twice(phone: Open) -> None:
    one = phone(INSPECTOR, None)
    one.expected.add(409)
    page = one.page
    for seen in ("registered", "twin"):
        page.goto("/m/register")
        fill_in(page, "BM-03", "没有应急预案")
        page.get_by_test_id("register").click()
        expect(page.get_by_test_id(seen)).to_be_visible()
    expect(page.get_by_test_id("problem")).to_be_in_viewport(ratio=1)
    page.get_by_test_id("twin").get_by_role("button").click()
    expect(page.get_by_test_id("registered")).to_contain_text("YQ-")


def test_a_task_is_completed_on_the_phone(phone: Open, site: Site) -> None:
    number = register(site.app)
    page = phone(CLERK, "/m/").page
    row = page.get_by_test_id("task-row").filter(has_text=number)
    expect(page.get_by_test_id("task-row").first).to_be_visible()
    while not row.count():  # other tests left tasks that are due before
        page.locator("button.more").click()
        expect(page.locator("ul[aria-busy=false]")).to_be_visible()
    expect(row).to_contain_text("桂花里")
    row.click()
    page.get_by_label("不属实或重复").check()
    page.get_by_test_id("complete").click()
    expect(page.get_by_text("必填，请补上。")).to_be_visible()
    page.get_by_label("属实", exact=True).check()
    page.get_by_test_id("complete").click()
    expect(page.get_by_test_id("done")).to_contain_text("核实分级")


def test_a_re_inspection_is_sent_with_its_photo(phone: Open, site: Site, tmp_path: Path) -> None:
    page = phone("inspector-sm-01").page
    page.get_by_test_id("task-row").filter(has_text="YQ-2026-0915").click()
    page.get_by_label("合格", exact=True).check()
    page.get_by_test_id("album").set_input_files(jpeg(tmp_path / "after.jpg", width=640, height=480))
    expect(page.get_by_role("img", name="复查照片照片 1")).to_be_visible()
    expect(page.get_by_text("上传中")).to_have_count(0)
    page.get_by_label("逐项复查意见").fill("动火审批齐全，托盘已清走")
    page.get_by_test_id("add-person").click()
    page.get_by_label("输入姓名查找").fill("SM02")
    page.get_by_test_id("option").filter(has_text="SM02").first.click()
    expect(page.get_by_role("button", name="去掉网格员-SM02")).to_be_visible()
    page.get_by_test_id("complete").click()
    expect(page.get_by_test_id("done")).to_contain_text("复查")
    files = evidence.list_evidence(site.app, "YQ-2026-0915", viewer=Viewer("admin", admin=True))
    assert [file.kind for file in files].count("photo_after") == 2
    written = rechecks.list_rechecks(site.app, "YQ-2026-0915", viewer=Viewer("admin", admin=True))
    assert written[-1].people == ["inspector-sm-01", "inspector-sm-02"]


def test_the_page_of_a_hazard_shows_lamp_and_deadline(phone: Open) -> None:
    page = phone(INSPECTOR, "/m/hazards/YQ-2026-0903").page
    expect(page.locator("[data-lamp=deep_red]").first).to_be_visible()
    deadline = page.locator("details").filter(has_text="整改").first
    deadline.locator("summary").click()
    expect(deadline.locator("li").first).to_be_visible()


@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_the_phone_and_every_target_is_large(phone: Open, address: str) -> None:
    page = phone(INSPECTOR, address).page
    expect(page.locator("main")).to_contain_text(re.compile(r"\S"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.locator("button, .van-button, .tabs a, input.box, select.box").evaluate_all(
        "(all, least) => all.filter(one => one.offsetParent && one.offsetHeight < least).map(one => one.outerHTML)",
        SMALLEST,
    )
    assert small == []


def test_signing_in_and_out_on_the_phone(opened: Open) -> None:
    page = opened("phone").page
    page.goto("/m/register")
    page.get_by_label("登录名").fill(INSPECTOR)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/m/register"))
    page.goto("/m/me")
    expect(page.locator("main")).to_contain_text("网格员")
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile("/m/login"))


def test_a_task_of_no_hazard_says_what_it_is_about(site: Site, phone: Open) -> None:
    definitions.deploy(site.app, {"review.bpmn": REVIEW}, by=ADMIN)
    case = instances.start(site.app, "review", {"subject": "疏散逃生演练（示例仓储C，2026）"}, by=ADMIN)
    page = phone(ADMIN, f"/m/tasks/{case['tasks'][0]['id']}").page
    expect(page.get_by_test_id("subject")).to_have_text("疏散逃生演练（示例仓储C，2026）")
