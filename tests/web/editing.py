"""A small process to edit, and what every test of the editor does with its page; holds no test."""

import re

from playwright.sync_api import Page, expect

MADE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="Definitions_KEY" targetNamespace="https://bihuan.example/bpmn">
  <bpmn:process id="KEY" name="示例流程" isExecutable="true">
    <bpmn:startEvent id="begin" name="开始"><bpmn:outgoing>to_look</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="look" name="核对" camunda:candidateGroups="safety_office" camunda:formRef="note"
      camunda:formRefBinding="deployment" camunda:dueDate="${workdays(2)}">
      <bpmn:incoming>to_look</bpmn:incoming><bpmn:outgoing>to_level</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:businessRuleTask id="level" name="定级" camunda:decisionRef="grade" camunda:resultVariable="grade"
      camunda:mapDecisionResult="singleEntry">
      <bpmn:incoming>to_level</bpmn:incoming><bpmn:outgoing>to_done</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:endEvent id="done" name="结束"><bpmn:incoming>to_done</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to_look" sourceRef="begin" targetRef="look" />
    <bpmn:sequenceFlow id="to_level" sourceRef="look" targetRef="level" />
    <bpmn:sequenceFlow id="to_done" sourceRef="level" targetRef="done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_KEY"><bpmndi:BPMNPlane id="Plane_KEY" bpmnElement="KEY">
    <bpmndi:BPMNShape id="a" bpmnElement="begin"><dc:Bounds x="180" y="160" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="b" bpmnElement="look"><dc:Bounds x="280" y="138" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="c" bpmnElement="level">
      <dc:Bounds x="440" y="138" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="d" bpmnElement="done"><dc:Bounds x="600" y="160" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e" bpmnElement="to_look"><di:waypoint x="216" y="178" /><di:waypoint x="280" y="178" />
    </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="f" bpmnElement="to_level"><di:waypoint x="380" y="178" /><di:waypoint x="440" y="178" />
    </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="g" bpmnElement="to_done"><di:waypoint x="540" y="178" /><di:waypoint x="600" y="178" />
    </bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="grades" name="grades"
  namespace="https://bihuan.example/dmn">
  <decision id="grade" name="定级"><decisionTable id="grade_table" hitPolicy="FIRST">
    <input id="i" label="等级"><inputExpression id="ie" typeRef="string"><text>level</text></inputExpression></input>
    <output id="o" label="结果" name="result" typeRef="string" />
    <rule id="r"><inputEntry id="ri"><text>-</text></inputEntry>
      <outputEntry id="ro"><text>"一般"</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>
"""
FORM = (
    '{"type": "default", "id": "note", "schemaVersion": 17, "components": '
    '[{"type": "textfield", "id": "Field_note", "key": "note", "label": "说明"}]}'
)
SCENARIO = "process: KEY\nsteps:\n  - complete: {task: look, variables: {note: 好}}\nexpect: {status: completed}\n"


def checked(page: Page) -> None:
    """Wait until the linter has answered for what is on the page."""
    expect(page.locator("[data-test=counts][data-checking=false]")).to_be_visible()


def open_editor(page: Page, key: str) -> None:
    """Open the editor of a process and wait for the diagram and the linter."""
    page.goto(f"/definitions/{key}/edit")
    expect(page.get_by_test_id("canvas").locator(".djs-shape").first).to_be_visible()
    checked(page)


def add(page: Page, after: str, template: str) -> None:
    """Put a step of a template behind an element."""
    page.locator(f"[data-element-id={after}]").first.click()
    tab = page.get_by_test_id("tab-templates")
    if tab.get_attribute("aria-selected") != "true":
        tab.click()
    page.get_by_test_id("template").filter(has_text=re.compile(f"^\\s*{template}\\s*$")).first.click()


def saved(page: Page) -> None:
    """Wait until the draft is with the server."""
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")


def open_file(page: Page, name: str) -> None:
    """Open a file of the set; a form has the task that uses it beside its id."""
    page.get_by_test_id("file").filter(has_text=re.compile(f"^\\s*{name}(\\s|$)")).click()


def entries(page: Page, within: str) -> set[str]:
    """What a menu on the page offers, by the names of the library; the menu is then closed."""
    expect(page.locator(f"{within} .entry").first).to_be_visible()
    named = "all => all.map(one => one.dataset.id ?? one.dataset.action)"
    found = set(page.locator(f"{within} .entry").evaluate_all(named))
    if within == ".djs-popup":
        page.keyboard.press("Escape")
        expect(page.locator(within)).to_have_count(0)
    return found


def choices(page: Page, field: str) -> set[str]:
    """The values that a field of the properties panel offers."""
    options = page.get_by_test_id("properties").locator(f"#bio-properties-panel-{field} option")
    expect(options.first).to_be_attached()
    return set(options.evaluate_all("all => all.map(one => one.value)"))


ENGLISH = """() => [...document.querySelectorAll('.bpmn-pane, .dmn-pane, .form-pane')].flatMap(pane =>
  ['title', 'aria-label', 'placeholder'].flatMap(name => [...pane.querySelectorAll(`[${name}]`)]
    .map(one => one.getAttribute(name)))).filter(text => /[a-z]{3}/.test(text) && !/[\u4e00-\u9fff]/.test(text))"""
MAKERS = "Powered by bpmn.io"  # as their licence asks


def english(page: Page) -> list[str]:
    """The titles and labels of the open editor that are English on a Chinese page."""
    found: list[str] = page.evaluate(ENGLISH)
    return sorted(set(found) - {MAKERS})


APART = """id => {
  const box = one => one.querySelector(':scope > .djs-visual').getBoundingClientRect()
  const mine = box(document.querySelector(`.djs-shape[data-element-id="${id}"]`))
  const cut = one => one.left < mine.right && one.right > mine.left && one.top < mine.bottom && one.bottom > mine.top
  const around = one => one.left <= mine.left && one.right >= mine.right && one.top <= mine.top
    && one.bottom >= mine.bottom
  return [...document.querySelectorAll('.djs-shape[data-element-id]')].filter(one => one.dataset.elementId !== id)
    .filter(one => cut(box(one)) && !around(box(one))).map(one => one.dataset.elementId) }"""


def apart(page: Page, element: str) -> list[str]:
    """The elements and labels that this element lies upon; what it lies inside does not count."""
    found: list[str] = page.evaluate(APART, element)
    return found
