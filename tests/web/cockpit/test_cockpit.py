"""The main jobs of the cockpit in a real browser, on an installation of its own."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from engine.app import App
from engine.bpm import batches, definitions, heartbeats, instances, queries, tasks
from engine.bpm.viewer import Viewer
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW
from tests.web.axe import findings_by_day_and_night
from tests.web.cockpit.conftest import begin, give_reason
from tests.web.conftest import ADMIN, Site, Watched

Open = Callable[..., Watched]
LI = Viewer("li", frozenset({"office"}))


def test_schedulers_are_shown_alive_and_dead_by_what_they_wrote(site: Site, desk: Open) -> None:
    app = site.app
    page = desk(ADMIN, "/cockpit").page
    expect(page.get_by_test_id("tile-schedulers")).to_contain_text("没有定时进程")
    wall = app.wall
    try:
        app.wall = lambda: wall() - timedelta(hours=1)
        heartbeats.beat(app, heartbeats.Life("dead", "machine-2", 2, app.wall()))
    finally:
        app.wall = wall
    heartbeats.beat(app, heartbeats.Life("alive", "machine-1", 1, app.wall()))
    page.reload()
    expect(page.get_by_test_id("tile-schedulers").locator("b")).to_have_text("1")
    expect(page.locator("[data-state=alive]")).to_contain_text("machine-1")
    expect(page.locator("[data-state=dead]")).to_contain_text("失去联系")


def test_a_bar_of_the_late_timers_opens_those_and_no_others(site: Site, desk: Open) -> None:
    now, cases = site.app.clock, []
    try:
        for number, ago in (("LATE-1", timedelta(days=3, minutes=5)), ("LATE-2", timedelta(days=5))):
            site.app.clock = FakeClock(now() - ago)
            cases.append(begin(site.app, "review", number))
    finally:
        site.app.clock = now
    page = desk(ADMIN, "/cockpit").page
    page.get_by_test_id("tile-late").click()
    expect(page.get_by_test_id("timer")).to_have_count(2)
    page.go_back()
    chart = page.get_by_role("list", name="迟到的定时器")
    for bar, number in ((1, "LATE-1"), (5, "LATE-2")):
        chart.get_by_test_id("bar").nth(bar).click()
        expect(page.get_by_test_id("timer")).to_have_count(1)
        expect(page.get_by_test_id("timer")).to_contain_text(number)
        page.go_back()
    page.get_by_test_id("tile-messages").click()
    expect(page.get_by_test_id("empty")).to_contain_text("没有在途的消息")
    page.goto("/cockpit")
    page.get_by_test_id("tile-tasks").click()
    expect(page.get_by_test_id("task-row").first).to_be_visible()
    for case in cases:
        instances.cancel(site.app, case, by=ADMIN, reason="清理")


def test_an_incident_is_repaired_by_correcting_a_variable_and_retrying(site: Site, desk: Open) -> None:
    case = begin(site.app, "score", "FX-1", n=2)
    page = desk(ADMIN, "/cockpit/incidents").page
    group = page.get_by_test_id("group").filter(has_text="weight")
    expect(group).to_be_visible()
    assert findings_by_day_and_night(page) == []
    page.reload()
    group.get_by_role("link", name="去修复").click()
    expect(page).to_have_url(re.compile(f"{case}\\?tab=incidents"))
    expect(page.get_by_test_id("waiting")).to_contain_text("出错")
    cause = page.get_by_test_id("cause")
    cause.locator("summary").click()
    expect(cause.locator(".code")).to_have_text("n * weight")
    expect(cause.locator(".frames li").last).to_contain_text("engine/bpm/")
    assert findings_by_day_and_night(page) == []
    page.get_by_test_id("cause-copy").click()
    page.get_by_test_id("retry").click()
    page.get_by_label(re.compile("变量（JSON")).fill('{"weight": 5}')
    expect(page.get_by_test_id("incident-send")).to_be_disabled()
    give_reason(page, "补录权重", "incident-send")
    expect(page.get_by_test_id("no-incidents")).to_be_visible()
    page.locator("[data-pane=variables]").click()
    expect(page.locator("[data-variable=score]")).to_contain_text("10")


def test_a_variable_keeps_its_type_and_its_correction_needs_a_reason(site: Site, desk: Open) -> None:
    case = begin(site.app, "review", "RV-var", n=2)
    page = desk(ADMIN, f"/cockpit/instances/{case}?tab=variables").page
    page.locator("[data-variable=n]").get_by_role("button", name="修改").click()
    page.get_by_role("dialog").get_by_label("值").fill("很多")
    expect(page.get_by_role("dialog")).to_contain_text("请填数字")
    page.get_by_role("dialog").get_by_label("值").fill("7")
    expect(page.get_by_test_id("variable-save")).to_be_disabled()
    give_reason(page, "更正", "variable-save")
    expect(page.locator("[data-variable=n]")).to_contain_text("7")
    instances.cancel(site.app, case, by=ADMIN, reason="清理")


def test_a_repair_is_tried_on_the_diagram_before_it_is_done(site: Site, desk: Open) -> None:
    case = begin(site.app, "review", "RV-fix")
    page = desk(ADMIN, f"/cockpit/instances/{case}?tab=repair").page
    line = page.get_by_test_id("repair-line")
    line.locator(".el-select").nth(0).click()
    page.get_by_role("option", name="跳过").click()
    line.locator(".el-select").nth(1).click()
    page.get_by_role("option", name="任务：整改").click()
    page.get_by_test_id("repair-try").click()
    preview = page.get_by_test_id("repair-preview")
    expect(preview.get_by_role("listitem").filter(has_text="将取消")).to_contain_text("整改")
    expect(preview.get_by_role("listitem").filter(has_text="将出现")).to_contain_text("复查")
    expect(page.locator("[data-element-id=recheck].comes")).to_be_visible()
    preview.get_by_label("原因").fill("已现场核实")
    page.get_by_test_id("repair-do").click()
    expect(page.get_by_test_id("waiting")).to_contain_text("复查")
    page.locator("[data-pane=story]").click()
    expect(page.get_by_test_id("story-row").filter(has_text="已现场核实").first).to_be_visible()
    page.get_by_test_id("replay").fill("4")
    expect(page.get_by_test_id("replay-at")).to_contain_text("整改")
    instances.cancel(site.app, case, by=ADMIN, reason="清理")


def test_what_another_did_first_is_said_in_words_and_read_again(site: Site, desk: Open) -> None:
    case = begin(site.app, "review", "RV-two")
    one = desk(ADMIN, None)
    one.expected.add(409)
    page = one.page
    page.goto(f"/cockpit/instances/{case}")
    page.get_by_test_id("cancel").click()
    instances.cancel(site.app, case, by=ADMIN, reason="先到一步")
    give_reason(page, "登记有误", "order-send")
    expect(page.get_by_test_id("problem")).to_contain_text("已经结束")
    expect(page.get_by_test_id("waiting")).to_contain_text("已经结束")


def test_heat_tells_how_many_stand_and_were_done_on_diagram_and_table(site: Site, desk: Open) -> None:
    heat = REVIEW.replace(b'"review"', b'"heat"')
    definitions.deploy(site.app, {"heat.bpmn": heat}, by=ADMIN)
    cases = [begin(site.app, "heat", f"H-{n}") for n in range(5)]
    for case in cases[:3]:
        tasks.complete(site.app, _task(site.app, case), {}, viewer=LI)
    page = desk(ADMIN, "/cockpit/definitions/heat").page
    badge = page.locator(".djs-overlays[data-container-id=rectify] .running")
    expect(badge).to_have_text("2")
    expect(page.locator(".djs-overlays[data-container-id=recheck] .running")).to_have_text("3")
    expect(page.locator("[data-element-id=rectify].heat-3, [data-element-id=rectify].heat-5")).to_have_count(1)
    page.locator("[data-element-id=recheck]").click()
    expect(page.get_by_test_id("element")).to_contain_text("复查")
    expect(page.get_by_test_id("element-running")).to_have_text("3")
    page.get_by_test_id("toggle").click()
    row = page.locator("[data-element=rectify] td")
    expect(row.nth(1)).to_have_text("2")
    expect(row.nth(3)).to_have_text("3")
    assert "show=table" in page.url
    page.locator("[data-element=recheck]").get_by_role("link", name="3").click()
    expect(page.get_by_test_id("instance-row")).to_have_count(3)


def _task(app: App, case: str) -> str:
    return str(queries.instance(app, Viewer(ADMIN, admin=True), case)["tasks"][0]["id"])


def test_many_are_moved_to_another_version_with_progress_and_taken_back(site: Site, desk: Open) -> None:
    app = site.app
    moving = REVIEW.replace(b'"review"', b'"moving"')
    definitions.deploy(app, {"m.bpmn": moving}, by=ADMIN)
    many = batches.AT_ONCE + 5
    for n in range(many):
        begin(app, "moving", f"M-{n}")
    definitions.deploy(app, {"m.bpmn": moving.replace("督办".encode(), "督促".encode())}, by=ADMIN)
    page = desk(ADMIN, "/cockpit/migrate?definition=moving").page
    page.get_by_test_id("migrate-try").click()
    expect(page.get_by_test_id("progress")).to_contain_text("等待 4")
    work_off(app)
    expect(page.get_by_test_id("possible")).to_contain_text(f"能迁移 {many} 件，不能 0 件")
    page.get_by_label("原因").fill("改了名称")
    page.get_by_test_id("migrate-do").click()
    running = page.locator("[data-test=progress][data-state=running]")
    expect(running).to_contain_text("等待 4")
    expect(running.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "84")
    work_off(app)
    done = page.locator("[data-test=progress][data-state=finished]").filter(has=page.get_by_test_id("undo"))
    expect(done).to_contain_text(f"成功 {many}")
    done.get_by_test_id("undo").click()
    page.get_by_label("原因").fill("迁错了")
    page.get_by_test_id("undo-send").click()
    expect(page.locator("[data-test=progress][data-state=undoing]")).to_be_visible()
    work_off(app)
    expect(page.locator("[data-test=progress][data-state=undone]")).to_contain_text(f"已撤销 {many}")


def work_off(app: App) -> None:
    """What a scheduler does with the orders."""
    while batches.work_next(app):
        pass


def test_chosen_instances_are_suspended_together_and_failures_are_named(site: Site, desk: Open) -> None:
    cases = [begin(site.app, "review", f"B-{n}") for n in range(3)]
    instances.suspend(site.app, cases[0], by=ADMIN, reason="已经停了")
    page = desk(ADMIN, "/cockpit/instances?q=B-").page
    expect(page).to_have_title("实例 · 运维 · 闭环")
    expect(page.get_by_test_id("instance-row")).to_have_count(3)
    page.get_by_label("选择本页全部实例").check()
    page.get_by_test_id("bulk-suspend").click()
    give_reason(page, "停一停", "order-send")
    expect(page.get_by_test_id("progress")).to_contain_text("成功 2")
    expect(page.get_by_test_id("failures")).to_contain_text("B-0")
    page.get_by_test_id("order-close").click()
    expect(page.get_by_test_id("instance-row").filter(has_text="挂起")).to_have_count(3)
    page.get_by_test_id("all-cancel").click()
    expect(page.get_by_role("dialog")).to_contain_text("3 件")
    give_reason(page, "清理", "order-send")
    expect(page.get_by_test_id("progress")).to_contain_text("成功 3")
    page.goto("/cockpit/batches")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_test_id("batch-item").first).to_be_visible()
    assert findings_by_day_and_night(page) == []
