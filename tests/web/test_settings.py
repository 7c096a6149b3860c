"""The settings at a desk: a holiday table tried and saved, somebody leaves, a Word
template, a code from tomorrow on, the tree of units, and what a person without office sees.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.app import App
from engine.bpm import definitions, instances, queries, tasks
from engine.bpm.viewer import Viewer
from engine.campaign import document_templates, leaving, people, units, units_register
from engine.holidays import statutory_holidays
from tests.engine.bpm.diagrams import diagram, flows
from tests.web.conftest import ADMIN, CLERK, PASSWORD, Site, Watched
from tests.web.registering import register

Open = Callable[..., Watched]
ROOT = Viewer("root", admin=True)
FAR = diagram(
    f"""
    <startEvent id="start"/>
    <userTask id="work" name="年检" camunda:candidateGroups="safety_office" camunda:dueDate="${{workdays(62)}}"/>
    <endEvent id="end"/>{flows("start>work", "work>end")}
    """,
    key="far",
)


@pytest.fixture
def colleague(site: Site) -> Iterator[str]:
    """Somebody of the office who may leave."""
    made = people.create(
        site.app,
        "clerk-leaving",
        password=PASSWORD,
        unit="safety_office",
        roles=["clerk"],
        by=None,
        display_name="将离",
    )
    yield made.name
    if people.show(site.app, made.name).active:
        leaving.leave(site.app, made.name, last_day=today(site.app), reason="结束", viewer=ROOT)


def today(app: App) -> date:
    return app.clock().astimezone(app.zone).date()


def saved(page: Page) -> None:
    """Wait until the page says that it was saved."""
    expect(page.locator(".el-message--success").first).to_be_visible()


def test_a_holiday_table_shows_its_effect_before_it_is_saved(desk: Open, site: Site) -> None:
    definitions.deploy(site.app, {"far.bpmn": FAR}, by="root")
    case = instances.start(site.app, "far", {}, by="li", business_key="示例-年检-1")
    due = queries.instance(site.app, ROOT, case["id"])["tasks"][0]["due_at"]
    watched = desk(ADMIN, None)
    watched.expected.add(422)
    page = watched.page
    page.goto("/settings/calendars")
    row = page.get_by_test_id("year-row").filter(has_text="2027")
    expect(row).to_contain_text("暂定")
    row.get_by_role("link", name="导入放假安排").click()
    off = statutory_holidays(2027) | {date(2027, 1, day): "元旦" for day in range(1, 9)}
    lines = [f"{day.isoformat()},{name},休" for day, name in sorted(off.items())]
    page.get_by_label("通知正文").fill("\n".join([*lines, "2027-01-02,元旦,班"]))
    page.get_by_test_id("try").click()
    expect(page.get_by_test_id("problem")).to_contain_text("2027-01-02 既是元旦放假又是上班日")
    page.get_by_label("通知正文").fill("\n".join([*lines, "2027-01-09,元旦,班"]))
    page.get_by_test_id("try").click()
    expect(page.get_by_test_id("read-table")).to_contain_text("元旦")
    expect(page.get_by_test_id("effect")).to_contain_text("年检")
    page.get_by_text("逐件查看").click()
    expect(page.get_by_test_id("moved-row").filter(has_text="示例-年检-1")).to_have_count(1)
    expect(page.get_by_test_id("save")).to_be_disabled()
    assert queries.instance(site.app, ROOT, case["id"])["tasks"][0]["due_at"] == due
    page.get_by_label("依据").fill("国办发明电〔2026〕7号")
    page.get_by_label("理由").fill("通知已公布")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("saved")).to_contain_text("已保存")
    expect(page.get_by_test_id("state")).to_contain_text("已公布")
    expect(page.get_by_test_id("versions")).to_contain_text("国办发明电〔2026〕7号")
    assert queries.instance(site.app, ROOT, case["id"])["tasks"][0]["due_at"] > due


def test_somebody_leaves_and_the_work_goes_to_a_colleague(desk: Open, site: Site, colleague: str) -> None:
    number = register(site.app)
    task = str(queries.tasks(site.app, ROOT, q=number).items[0]["id"])
    tasks.claim(site.app, task, viewer=people.viewer(people.show(site.app, colleague)))
    page = desk(ADMIN, f"/settings/people/{colleague}").page
    expect(page.get_by_test_id("held-row")).to_have_count(1)
    page.get_by_test_id("leave").click()
    page.get_by_label("接收人").click()
    page.get_by_label("接收人").fill(CLERK)
    page.get_by_role("option", name=f"（{CLERK}）").click()
    page.get_by_label("离岗原因").fill("调往区局")
    page.get_by_test_id("leave-now").click()
    expect(page.get_by_test_id("left")).to_contain_text("离岗")
    assert queries.tasks(site.app, ROOT, q=number).items[0]["assignee"] == CLERK
    expect(page.get_by_test_id("changes")).to_contain_text("调往区局")


def test_a_word_template_is_tried_used_and_taken_back(desk: Open, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "我们的.docx"
    watched = desk(ADMIN, None)
    watched.expected.add(422)
    page = watched.page
    page.goto("/settings/templates")
    page.get_by_test_id("type-row").filter(has_text="督办单").get_by_role("link").first.click()
    expect(page.get_by_test_id("template-row")).to_contain_text("出厂模板")
    paper = page.frame_locator("[data-test=template-paper]")
    expect(paper.get_by_text("示例核验码")).to_be_visible()
    file.write_bytes(b"no word file")
    page.get_by_label("Word 文件").set_input_files(file)
    expect(page.get_by_test_id("template-page").get_by_role("alert")).to_be_visible()
    page.get_by_test_id("template-try").click()
    expect(page.get_by_test_id("problem")).to_be_visible()
    kind = page.get_by_role("heading", level=1).inner_text()
    content = document_templates.read(site.app, kind, 0, viewer=ROOT, organ="street")
    file.write_bytes(content)
    page.get_by_label("Word 文件").set_input_files(file)
    page.get_by_test_id("template-look").click()  # the same name again: browsers do not tell that it was chosen anew
    expect(page.get_by_test_id("template-hint")).to_contain_text("示例内容")
    expect(paper.get_by_text("示例核验码")).to_be_visible()
    with page.expect_download() as sample:
        page.get_by_test_id("template-try").click()
    assert sample.value.path().read_bytes()[:2] == b"PK"
    expect(page.get_by_test_id("tried")).to_contain_text("可以用")
    page.get_by_label("改了什么").fill("换了版头")
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_test_id("template-row").first).to_contain_text("换了版头")
    page.get_by_test_id("template-row").last.get_by_role("button", name="改用这一版").click()
    expect(page.get_by_test_id("template-row").first).to_contain_text("恢复出厂模板")


def test_a_code_is_changed_from_tomorrow_on(desk: Open, site: Site) -> None:
    tomorrow = today(site.app) + timedelta(days=1)
    page = desk(ADMIN, "/settings/codes?q=RF-05").page
    page.get_by_test_id("code-row").filter(has_text="RF-05").get_by_role("link").click()
    page.get_by_role("button", name="新版本").click()
    page.get_by_label("时限数量").fill("5")
    page.get_by_test_id("code-edit").get_by_label(re.compile("^起")).fill(tomorrow.isoformat())
    page.get_by_test_id("code-edit").get_by_label("理由").fill("会议纪要")
    page.get_by_test_id("code-edit").get_by_role("button", name="保存").click()
    saved(page)
    expect(page.get_by_test_id("code-version").first).to_contain_text("未生效")
    expect(page.get_by_test_id("code-version").nth(1)).to_contain_text(f"{today(site.app)} 现行")
    expect(page.get_by_test_id("changes")).to_contain_text("会议纪要")


def test_the_tree_of_units_is_searched_edited_and_grows(desk: Open, site: Site) -> None:
    watched = desk(ADMIN, "/settings/units/safety_office")
    watched.expected.add(409)
    page = watched.page
    sheet = page.get_by_test_id("unit")
    sheet.get_by_label("名称").fill("安全和应急办")
    sheet.get_by_label("理由").fill("机构改革")
    read = units.show(site.app, "safety_office", viewer=ROOT)
    units_register.update(
        site.app, "safety_office", {"power": "另一人写的"}, revision=read.revision, reason="两人同时", viewer=ROOT
    )
    sheet.get_by_role("button", name="保存").click()
    expect(sheet.get_by_test_id("problem")).to_be_visible()
    expect(sheet.get_by_label("权力")).to_have_value("另一人写的")
    expect(sheet.get_by_label("名称")).to_have_value("安全和应急办")  # what one typed oneself is kept
    sheet.get_by_label("权力").fill(read.power)
    sheet.get_by_role("button", name="保存").click()
    saved(page)
    expect(page.get_by_test_id("unit-node").filter(has_text="安全和应急办")).to_be_visible()
    expect(page.get_by_test_id("changes")).to_contain_text("机构改革")
    page.get_by_test_id("unit").get_by_label("名称").fill("安全应急办")
    page.get_by_test_id("unit").get_by_label("理由").fill("改回")
    page.get_by_test_id("unit").get_by_role("button", name="保存").click()
    expect(page.get_by_test_id("changes")).to_contain_text("改回")
    page.get_by_role("button", name="新建单位").click()
    form = page.get_by_test_id("new-unit")
    form.get_by_label("编码").fill("new_office")
    form.get_by_label("名称").fill("新设科室")
    form.get_by_label("类型").click()
    page.get_by_role("option", name="街道科室").click()
    form.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile("new_office"))
    page.get_by_label("名称或编码").fill("新设")
    expect(page.get_by_test_id("unit-node").filter(has_text="新设科室")).to_be_visible()
    page.get_by_text("移到别的单位之下").click()
    move = page.get_by_test_id("move")
    move.get_by_label("移到哪个单位之下").click()
    move.get_by_label("移到哪个单位之下").fill("青云街道")
    page.get_by_role("option", name="青云街道").first.click()
    move.get_by_label("理由").fill("归街道管理")
    expect(page.get_by_test_id("move-now")).to_be_disabled()
    move.get_by_role("button", name="先看影响").click()
    expect(page.get_by_test_id("move-effect")).to_contain_text("审批人")
    page.get_by_test_id("move-now").click()
    expect(page.get_by_test_id("changes")).to_contain_text("归街道管理")
