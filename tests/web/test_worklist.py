"""The work list at a desk: views and saved filters, many at once, the keyboard, and following what others do."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.bpm import queries, tasks
from engine.bpm.viewer import Viewer
from engine.campaign.case_model import Recheck
from tests.web.conftest import CLERK, Site, Watched
from tests.web.handing import HEAD, complete, requested, who
from tests.web.registering import register

Open = Callable[..., Watched]
ROOT = Viewer("root", admin=True)
SECRETARY = "secretary-gh"
# What a page asked for before this is shown after it: another answer is read, and two frames are drawn.
SHOWN = """async () => {
    await (await fetch('/api/v1/tasks?size=50')).json()
    for (let n = 0; n < 2; n++) await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
}"""


def rows_of(page: Page, *numbers: str) -> None:
    """Wait until the list holds exactly the tasks of these cases."""
    expect(page.get_by_test_id("task-row")).to_have_count(len(numbers))
    for number in numbers:
        expect(page.get_by_test_id("task-row").filter(has_text=number)).to_have_count(1)


def look_for(page: Page, words: str) -> None:
    """Search the list."""
    page.get_by_label("任务名称或隐患编号").fill(words)
    page.get_by_role("button", name="查找").click()
    expect(page).to_have_url(re.compile("q="))


def test_a_question_is_kept_under_a_name_counted_and_removed(desk: Open, site: Site) -> None:
    number = register(site.app)
    page = desk(CLERK).page
    look_for(page, number)
    rows_of(page, number)
    page.get_by_test_id("save-filter").click()
    page.get_by_label("名称", exact=True).fill("我盯的一件")
    page.get_by_role("button", name="保存").click()
    kept = page.get_by_test_id("saved-filter").filter(has_text="我盯的一件")
    expect(kept).to_have_attribute("aria-current", "true")
    expect(kept).to_contain_text("1")
    page.locator("[data-view=all]").click()
    expect(page.get_by_test_id("task-row")).not_to_have_count(1)
    kept.click()
    rows_of(page, number)
    page.get_by_role("button", name="删除筛选“我盯的一件”").click()
    page.get_by_role("button", name="Yes").or_(page.get_by_role("button", name="确定")).click()
    expect(kept).to_have_count(0)


def test_the_unsigned_are_those_that_wait_for_a_signature(desk: Open) -> None:
    page = desk("admin").page
    page.locator("[data-view=unsigned]").click()
    expect(page).to_have_url(re.compile("view=unsigned"))
    expect(page.get_by_test_id("task-row").first).to_contain_text("签收")
    names = page.locator("[data-test=task-row] [data-row] b").all_inner_texts()
    assert names and all(name.startswith("签收") for name in names)


def test_many_tasks_are_claimed_and_those_that_cannot_be_are_named(desk: Open, site: Site) -> None:
    numbers = [register(site.app), register(site.app)]
    if numbers[0][:-1] != numbers[1][:-1]:
        numbers[0] = register(site.app)
    page = desk(CLERK).page
    look_for(page, numbers[0][:-1])
    for number in numbers:
        page.get_by_test_id("task-row").filter(has_text=number).get_by_role("checkbox").check()
    taken = queries.tasks(site.app, ROOT, q=numbers[1]).items[0]["id"]
    tasks.claim(site.app, str(taken), viewer=Viewer("somebody", admin=True))
    bulk = page.get_by_test_id("bulk")
    expect(bulk).to_contain_text("已选 2 件")
    bulk.get_by_role("button", name="认领").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("已办 1 件，没有办成 1 件")
    expect(bulk).to_contain_text(numbers[1])

    # What is put aside stands in a list of its own until its moment.
    row = page.get_by_test_id("task-row").filter(has_text=numbers[0])
    row.get_by_role("checkbox").check()
    page.get_by_test_id("bulk-more").click()
    page.get_by_role("menuitem", name="跟进时间").click()
    page.locator("#bulk-at").fill("2027-01-04 09:00:00")
    page.locator("#bulk-at").press("Tab")
    page.get_by_test_id("bulk-send").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("已办 1 件，没有办成 0 件")
    expect(row).to_have_count(0)
    page.locator("[data-view=aside]").click()
    expect(row).to_have_count(1)


def test_alike_tasks_are_completed_together_with_one_form(desk: Open, site: Site) -> None:
    numbers = [register(site.app), register(site.app)]
    if numbers[0][:-1] != numbers[1][:-1]:
        numbers[0] = register(site.app)
    page = desk(CLERK).page
    look_for(page, numbers[0][:-1])
    for number in numbers:
        page.get_by_test_id("task-row").filter(has_text=number).get_by_role("checkbox").check()
    page.get_by_test_id("bulk-complete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("属实", exact=True).check()
    dialog.get_by_test_id("bulk-send").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("已办 2 件，没有办成 0 件")
    for number in numbers:
        done = page.get_by_test_id("task-row").filter(has_text=number).filter(has_text="核实分级")
        expect(done).to_have_count(0)

    for number in numbers:
        complete(site.app, number, "assign", CLERK, holder_unit="GH", requirement="更换线路")
    page = desk(SECRETARY, f"/tasks?view=unsigned&q={numbers[0][:-1]}").page
    for number in numbers:
        page.get_by_test_id("task-row").filter(has_text=number).get_by_role("checkbox").check()
    page.get_by_test_id("bulk-complete").click()
    page.get_by_role("dialog").get_by_role("radio").first.check()
    page.get_by_role("dialog").get_by_test_id("bulk-send").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("已办 2 件，没有办成 0 件")
    for number in numbers:
        open_now = {task["element"] for task in queries.tasks(site.app, ROOT, q=number).items}
        assert "rectify" in open_now and "sign" not in open_now

    for number in numbers:
        complete(site.app, number, "rectify", SECRETARY, outcome="done", rectified_note="线路已更换")
    page = desk(CLERK, f"/tasks?q={numbers[0][:-1]}").page
    for number in numbers:
        page.get_by_test_id("task-row").filter(has_text=number).get_by_role("checkbox").check()
    page.get_by_test_id("bulk-complete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("不合格", exact=True).check()
    dialog.get_by_label("逐项复查意见").fill("接头没有绝缘")
    dialog.get_by_label("同行复查人").click()
    dialog.locator(".fjs-dropdownlist-item", has_text="网格员-GH02-甲").click()
    dialog.get_by_test_id("bulk-send").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("已办 2 件，没有办成 0 件")
    with site.app.reading() as tx:
        told = select(Recheck.people).where(Recheck.hazard.in_(numbers))
        assert [set(there) for there in tx.scalars(told)] == [{CLERK, "inspector-gh-02"}] * 2


def test_the_list_is_walked_and_opened_with_the_keyboard(desk: Open) -> None:
    page = desk(CLERK).page
    rows = page.get_by_test_id("task-row")
    expect(rows.nth(1)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("/")
    expect(page.get_by_label("任务名称或隐患编号")).to_be_focused()
    page.keyboard.type("jx")
    expect(page.get_by_label("任务名称或隐患编号")).to_have_value("jx")
    expect(page.get_by_test_id("bulk")).to_contain_text("已选 1 件")
    rows.nth(0).locator("[data-row]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/\w+"))


def test_a_task_that_somebody_registers_appears_by_itself_also_once_the_server_is_back(desk: Open, site: Site) -> None:
    one = desk(CLERK, None)
    one.expected.add(503)
    page = one.page
    page.clock.install()
    page.route("**/api/v1/live", lambda route: route.fulfill(status=503))
    page.goto("/tasks?sort=-created_at")
    expect(page.get_by_test_id("task-row").first).to_be_visible()
    page.clock.fast_forward(5_000)
    expect(page.get_by_test_id("live")).to_contain_text("不是最新")
    for once_more in range(2):
        number = register(site.app)
        page.unroute_all()
        if not once_more:
            page.clock.fast_forward(5_000)
        expect(page.get_by_test_id("task-row").filter(has_text=number)).to_have_count(1)
        expect(page.get_by_test_id("live")).to_contain_text("自动更新")
    page.get_by_role("heading", level=1).hover()
    page.mouse.down()
    with page.expect_response(re.compile(r"/api/v1/tasks\?")) as read:
        number = register(site.app)
    read.value.finished()
    page.evaluate(SHOWN)
    added = page.get_by_test_id("task-row").filter(has_text=number)
    assert added.count() == 0  # nothing moves under a finger
    page.mouse.up()
    expect(added).to_have_count(1)


def test_a_task_is_given_to_a_colleague_with_a_reason(desk: Open, site: Site) -> None:
    number = register(site.app)
    page = desk(CLERK).page
    look_for(page, number)
    rows_of(page, number)
    page.get_by_test_id("task-row").get_by_role("link", name="核实分级").click()
    page.get_by_test_id("more-acts").click()
    page.get_by_role("menuitem", name="移交").click()
    page.get_by_label("交给谁").click()
    page.get_by_label("交给谁").fill(f"{CLERK}-2")
    page.get_by_role("option", name=f"（{CLERK}-2）").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"（{CLERK}-2）")
    page.get_by_label("原因", exact=True).fill("外出培训")
    page.get_by_test_id("act-send").click()
    expect(page).to_have_url(re.compile("/tasks$"))
    found = queries.tasks(site.app, ROOT, q=number).items[0]
    assert found["assignee"] == f"{CLERK}-2"


def test_a_task_is_claimed_with_a_key_commented_seen_by_the_unit_and_given_back(desk: Open, site: Site) -> None:
    number = register(site.app)
    page = desk(CLERK, f"/tasks?q={number}").page
    rows_of(page, number)
    page.get_by_test_id("task-row").locator(".due").hover()
    expect(page.get_by_test_id("by-step")).to_contain_text("由“核实分级”这个环节设定")
    page.locator("[data-view=unit]").click()
    rows_of(page, number)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/tasks/\w+"))
    page.get_by_label("写给同办的人").fill("已电话核实")
    page.get_by_role("button", name="留言").click()
    expect(page.locator(".comments li")).to_contain_text("已电话核实")
    page.go_back()
    expect(page.get_by_test_id("empty")).to_be_visible()
    page.locator("[data-view=mine]").click()
    rows_of(page, number)

    # One more may take it, then no longer; whoever is the last one stays.
    page.get_by_test_id("task-row").get_by_role("link", name="核实分级").click()
    page.get_by_test_id("add-candidate").click()
    page.get_by_label("增加谁").click()
    page.get_by_label("增加谁").fill(f"{CLERK}-2")
    page.get_by_role("option", name=f"（{CLERK}-2）").click()
    page.get_by_label("原因", exact=True).fill("一起看现场")
    page.get_by_test_id("act-send").click()
    candidates = page.get_by_test_id("candidates").get_by_role("listitem")
    expect(candidates).to_have_count(2)
    candidates.last.get_by_role("button", name="移除").click()
    page.get_by_label("原因", exact=True).fill("不用了")
    page.get_by_test_id("act-send").click()
    expect(candidates).to_have_count(1)
    expect(candidates.get_by_role("button")).to_have_count(0)
    page.go_back()
    page.locator("[data-view=mine]").click()

    # A colleague does not find it among what may be taken, but sees who of the unit has it.
    beside = desk(f"{CLERK}-2", f"/tasks?view=unit&q={number}").page
    expect(beside.get_by_test_id("empty")).to_be_visible()
    beside.locator("[data-view=office]").click()
    rows_of(beside, number)
    expect(beside.get_by_test_id("task-row").get_by_role("button", name="认领")).to_have_count(0)

    page.get_by_test_id("task-row").get_by_role("link", name="核实分级").click()
    page.get_by_test_id("more-acts").click()
    page.get_by_role("menuitem", name="退回").click()
    page.get_by_label("原因", exact=True).fill("不是我的片区")
    page.get_by_test_id("act-send").click()
    expect(page).to_have_url(re.compile("/tasks$"))
    assert queries.tasks(site.app, ROOT, q=number).items[0]["assignee"] is None
    page.locator("[data-view=late]").click()
    expect(page).to_have_url(re.compile("view=late"))
    late = queries.tasks(site.app, who(site.app, CLERK), overdue=True).total
    expect(page.get_by_test_id("task-row")).to_have_count(min(late, 20))


def test_a_task_of_a_seal_leads_to_its_hazard(desk: Open, site: Site) -> None:
    number = requested(site.app)
    page = desk(HEAD, f"/tasks?q={number}").page
    row = page.get_by_test_id("task-row")
    expect(row.get_by_role("link", name=number)).to_have_attribute("href", f"/hazards/{number}")
    name = row.locator("[data-row] b").inner_text()
    row.locator("[data-row]").click()
    expect(page.get_by_role("heading", name="所属隐患")).to_be_visible()
    page.locator(".head .due").hover()
    expect(page.get_by_test_id("by-step")).to_contain_text(f"由“{name}”这个环节设定")
