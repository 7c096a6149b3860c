"""The main job of each desk page, in a real browser at 1280×720 on the sample installation."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine.bpm import definitions, instances
from tests.engine.bpm.diagrams import REVIEW
from tests.web.conftest import ADMIN, CLERK, INSPECTOR, LEADER, Site, Watched, sign_in
from tests.web.registering import register

Open = Callable[..., Watched]


def open_task(page: Page, number: str, name: str) -> None:
    """Find the task of a case in the list and open it."""
    page.get_by_label("任务名称或隐患编号").fill(number)
    page.get_by_role("button", name="查找").click()
    row = page.get_by_test_id("task-row").filter(has_text=name)
    expect(row).to_have_count(1)
    row.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_a_wrong_password_is_answered_in_words(opened: Open) -> None:
    one = opened("desk")
    one.expected.add(401)
    one.page.goto("/tasks")
    expect(one.page).to_have_url(re.compile("/login"))
    one.page.get_by_label("登录名").fill(CLERK)
    one.page.get_by_label("密码").fill("not-the-password")
    one.page.get_by_role("button", name="登录").click()
    expect(one.page.get_by_test_id("problem")).to_contain_text("密码")


def test_the_list_shows_each_task_with_lamp_subject_and_due_date(desk: Open) -> None:
    page = desk(ADMIN).page
    rows = page.get_by_test_id("task-row")
    expect(rows.first).to_be_visible()
    assert rows.count() >= 8
    lamps = page.locator("[data-test=task-row] [data-lamp]").evaluate_all("all => all.map(one => one.dataset.lamp)")
    assert "deep_red" in lamps
    expect(rows.first.locator(".sub").first).to_contain_text("·")


def test_a_due_date_tells_how_it_was_counted(desk: Open) -> None:
    page = desk(ADMIN, "/red").page
    row = page.get_by_test_id("hazard-row").filter(has_text="YQ-2026-0905")
    row.get_by_role("button", name="2026-10-08").hover()
    expect(page.get_by_text("这个期限是怎么算的")).to_be_visible()
    expect(page.locator(".steps li").filter(visible=True).first).to_be_visible()


def test_looking_for_nothing_says_so(desk: Open) -> None:
    page = desk(CLERK).page
    page.get_by_label("任务名称或隐患编号").fill("没有这样的任务")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_test_id("empty")).to_contain_text("没有找到")


def test_a_task_is_claimed_filled_in_and_completed_once(desk: Open, site: Site) -> None:
    number = register(site.app)
    page = desk(CLERK).page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/complete") else None)
    open_task(page, number, "核实分级")
    page.get_by_role("button", name="认领").click()
    expect(page.get_by_role("button", name="放回")).to_be_visible()
    page.get_by_label("属实", exact=True).check()
    page.get_by_test_id("complete").dblclick()
    expect(page).to_have_url(re.compile(f"/hazards/{number}"))
    expect(page.get_by_text("一般", exact=True).first).to_be_visible()
    assert len(sent) == 1


def test_what_is_missing_is_said_at_the_field_and_nothing_is_sent(desk: Open, site: Site) -> None:
    number = register(site.app)
    page = desk(CLERK).page
    open_task(page, number, "核实分级")
    page.get_by_label("不属实或重复").check()
    expect(page.get_by_label("作废理由")).to_be_visible()
    page.get_by_test_id("complete").click()
    expect(page.get_by_text("必填，请补上。")).to_be_visible()
    expect(page.get_by_test_id("problem")).to_contain_text("还有没填好的地方")


def test_a_task_that_is_done_says_by_whom(desk: Open, site: Site) -> None:
    number = register(site.app)
    first, second = desk(CLERK), desk(f"{CLERK}-2")
    second.expected.add(409)
    for one in (first, second):
        open_task(one.page, number, "核实分级")
        one.page.get_by_label("属实", exact=True).check()
    first.page.get_by_test_id("complete").click()
    expect(first.page).to_have_url(re.compile(f"/hazards/{number}"))
    second.page.get_by_test_id("complete").click()
    expect(second.page.get_by_test_id("problem")).to_contain_text("完成")
    second.page.get_by_role("button", name="刷新").click()
    expect(second.page.get_by_test_id("closed-task")).to_contain_text("办结")


def test_the_page_of_a_hazard_tells_its_whole_story(desk: Open) -> None:
    page = desk(CLERK, "/hazards/YQ-2026-0902").page
    expect(page.get_by_role("heading", level=1)).to_contain_text("YQ-2026-0902")
    expect(page.locator("[data-lamp=deep_red]").first).to_be_visible()
    expect(page.get_by_test_id("deadlines").locator("li").first).to_contain_text("整改")
    expect(page.get_by_test_id("timeline")).to_contain_text("登记隐患")
    expect(page.get_by_test_id("papers")).to_contain_text("督办")
    expect(page.locator(".now li")).to_contain_text("青松社区")  # whose task it is: nobody else opens it
    expect(page.locator(".now").get_by_role("button", name="办理")).to_have_count(0)
    diagram = page.get_by_test_id("diagram")
    expect(diagram.locator(".is-current").first).to_be_visible()
    expect(diagram.locator(".djs-shape.is-passed").first).to_be_attached()
    expect(diagram.locator(".bjs-powered-by")).to_be_visible()


def test_the_red_list_holds_what_is_overdue_worst_first(desk: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_role("link", name="红灯清单").click()
    rows = page.get_by_test_id("hazard-row")
    expect(rows.first).to_be_visible()
    text = "\n".join(rows.all_inner_texts())
    assert [n for n in ("0902", "0903", "0904", "0905", "0908") if f"YQ-2026-{n}" not in text] == []
    assert "YQ-2026-0911" not in text and "YQ-2026-0912" not in text


def test_each_number_of_the_lamp_board_opens_its_list(desk: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_role("link", name="看板", exact=True).click()
    page.get_by_role("link", name="灯色", exact=True).click()
    row = page.get_by_test_id("board-row").filter(has_text="石门社区")
    number = row.locator("td").nth(1).get_by_role("link")
    count = int(number.inner_text())
    number.click()
    expect(page.get_by_test_id("hazard-row")).to_have_count(count)
    expect(page.get_by_test_id("hazard-row").filter(has_text="YQ-2026-0905")).to_be_visible()


def test_who_must_fix_a_hazard_asks_for_more_time(desk: Open) -> None:
    page = desk("secretary-gh", "/hazards/YQ-2026-1001").page
    page.get_by_test_id("ask-extension").click()
    page.get_by_label("理由").fill("更换线路需停电，供电所排在下周")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("li").filter(has_text="延期审批").first).to_be_visible()


def test_a_measure_is_shown_with_its_end_and_the_last_day_to_decide(desk: Open) -> None:
    page = desk(ADMIN, "/hazards/YQ-2026-0909").page
    expect(page.get_by_test_id("measures")).to_contain_text("区消防救援大队")
    page.get_by_role("tab", name="升级链").click()
    expect(page.get_by_test_id("diagram").locator(".is-current").first).to_be_visible()


def test_the_ledger_shows_closed_hazards_when_asked(desk: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_role("link", name="隐患台账").click()
    expect(page.get_by_test_id("hazard-row").first).to_be_visible()
    page.locator(".el-select").first.click()
    page.get_by_role("option", name="已销号").click()
    expect(page.get_by_test_id("hazard-row").filter(has_text="YQ-2026-0906")).to_be_visible()
    assert "state=closed" in page.url


def test_a_hazard_of_others_is_refused_in_words(desk: Open) -> None:
    one = desk("inspector-sm-01", None)
    one.expected.add(404)
    one.page.goto("/hazards/YQ-2026-0903")
    expect(one.page.get_by_test_id("problem")).to_be_visible()
    expect(one.page.get_by_test_id("timeline")).to_have_count(0)
    expect(one.page.get_by_role("button", name="再试一次")).to_have_count(0)
    one.page.get_by_role("link", name="回到任务清单").click()
    expect(one.page).to_have_url(re.compile("/tasks$"))


def test_the_admin_moves_the_demo_clock_and_others_only_see_it(desk: Open) -> None:
    page = desk(ADMIN).page
    before = page.get_by_test_id("demo-now").inner_text()
    page.get_by_role("button", name="前进 1 小时").click()
    expect(page.get_by_test_id("demo-now")).not_to_have_text(before)
    other = desk(LEADER).page
    expect(other.get_by_test_id("demo-now")).to_be_visible()
    expect(other.get_by_role("button", name="前进 1 小时")).to_have_count(0)


def test_incidents_are_for_the_admin(desk: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_role("link", name="运维").click()
    page.get_by_role("link", name="故障", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="故障")).to_be_visible()
    expect(page.get_by_test_id("empty")).to_contain_text("没有故障")
    expect(desk(CLERK).page.get_by_role("link", name="运维")).to_have_count(0)


def test_the_language_is_switched_and_kept(desk: Open) -> None:
    page = desk(INSPECTOR).page
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Red list")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Red list")).to_be_visible()


def test_signing_out_leads_to_the_login(opened: Open) -> None:
    page = opened("desk").page
    sign_in(page, CLERK)
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/login"))
    page.goto("/hazards")
    expect(page).to_have_url(re.compile("/login"))


def test_a_case_whose_diagram_has_no_layout_is_drawn_all_the_same(site: Site, desk: Open) -> None:
    definitions.deploy(site.app, {"review.bpmn": REVIEW}, by=ADMIN)
    case = instances.start(site.app, "review", {}, by=ADMIN)
    page = desk(ADMIN, f"/instances/{case['id']}").page
    drawn = page.get_by_test_id("diagram").locator("[data-element-id=rectify]")
    expect(drawn).to_be_visible()
    expect(drawn).to_have_class(re.compile("is-current"))


def test_a_task_of_no_hazard_says_what_it_is_about(site: Site, desk: Open) -> None:
    definitions.deploy(site.app, {"review.bpmn": REVIEW}, by=ADMIN)
    case = instances.start(site.app, "review", {"subject": "疏散逃生演练（示例仓储C，2026）"}, by=ADMIN)
    page = desk(ADMIN, f"/tasks/{case['tasks'][0]['id']}").page
    expect(page.get_by_test_id("subject")).to_have_text("疏散逃生演练（示例仓储C，2026）")
