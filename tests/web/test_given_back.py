"""Steps that a process or a person gives back: the page of the new task, and many at once."""

from collections.abc import Callable

from playwright.sync_api import expect

from engine.app import App
from engine.bpm import definitions, instances, queries, tasks
from engine.bpm.viewer import Viewer
from tests.web.conftest import CLERK, Site, Watched

Open = Callable[..., Watched]
ROOT = Viewer("root", admin=True)
LOOP = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="https://bihuan.example/bpmn">
  <bpmn:process id="held_back" name="示例退回" isExecutable="true">
    <bpmn:startEvent id="begin" /><bpmn:sequenceFlow id="a" sourceRef="begin" targetRef="draft" />
    <bpmn:userTask id="draft" name="起草" camunda:candidateGroups="safety_office" />
    <bpmn:sequenceFlow id="b" sourceRef="draft" targetRef="look" />
    <bpmn:userTask id="look" name="核对" camunda:candidateGroups="safety_office" />
    <bpmn:sequenceFlow id="c" sourceRef="look" targetRef="judge" />
    <bpmn:scriptTask id="judge" scriptFormat="python"><bpmn:script>problem = "还差附图，请补充"</bpmn:script>
    </bpmn:scriptTask>
    <bpmn:sequenceFlow id="e" sourceRef="judge" targetRef="x" /><bpmn:exclusiveGateway id="x" default="f" />
    <bpmn:sequenceFlow id="f" sourceRef="x" targetRef="look" />
    <bpmn:sequenceFlow id="g" sourceRef="x" targetRef="done">
      <bpmn:conditionExpression>${problem == ""}</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:endEvent id="done" />
  </bpmn:process>
</bpmn:definitions>
"""


def held(app: App) -> list[str]:
    """Two tasks of a step that the process never accepts, one step behind its beginning."""
    definitions.deploy(app, {"held_back.bpmn": LOOP.encode()}, by="admin")
    made = [str(instances.start(app, "held_back", {}, by="admin")["id"]) for _ in range(2)]
    for id in made:
        [first] = queries.tasks(app, ROOT, instance=id).items
        tasks.complete(app, str(first["id"]), {}, viewer=ROOT)
    return [str(queries.tasks(app, ROOT, instance=id).items[0]["id"]) for id in made]


def test_the_page_of_a_step_that_was_given_back_is_that_of_the_new_task(desk: Open, phone: Open, site: Site) -> None:
    ids = held(site.app)
    for id, page in zip(
        ids, (desk(CLERK, f"/tasks/{ids[0]}").page, phone(CLERK, f"/m/tasks/{ids[1]}").page), strict=True
    ):
        page.get_by_test_id("complete").click()
        expect(page.get_by_test_id("problem")).to_contain_text("还差附图")
        page.get_by_role("button", name="认领").click()
        expect(page.get_by_role("button", name="放回")).to_be_visible()
        instance = queries.task(site.app, ROOT, id)["instance_id"]
        [now] = queries.tasks(site.app, ROOT, instance=str(instance)).items
        assert (now["id"] != id, now["assignee"]) == (True, CLERK)


def test_many_tasks_go_back_to_a_step_though_the_list_loses_one_meanwhile(desk: Open, site: Site) -> None:
    ids = held(site.app)
    page = desk(CLERK, "/tasks?sort=-created_at").page
    for id in ids:
        page.locator(f"[data-test=task-row]:has([href='/tasks/{id}'])").get_by_role("checkbox").check()
    page.get_by_test_id("bulk-more").click()
    page.get_by_role("menuitem", name="退回").click()
    dialog = page.get_by_role("dialog")
    page.locator(".el-select", has=page.locator("#return-to")).click()
    page.get_by_role("option", name="起草").click()
    dialog.get_by_label("原因", exact=True).fill("事实不清")
    tasks.complete(site.app, ids[0], {}, viewer=ROOT)
    expect(page.locator(f"[data-test=task-row]:has([href='/tasks/{ids[0]}'])")).to_have_count(0)
    dialog.get_by_test_id("bulk-send").click()
    expect(page.get_by_test_id("outcome")).to_contain_text("已办 1 件，没有办成 1 件")
    instance = queries.task(site.app, ROOT, ids[1])["instance_id"]
    assert [one["element"] for one in queries.tasks(site.app, ROOT, instance=str(instance)).items] == ["draft"]
