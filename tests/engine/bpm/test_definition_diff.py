"""Two versions compared: what was added, removed and said otherwise, in words; layout makes no difference."""

import json

from engine.app import App
from engine.bpm import definitions
from engine.bpm.definition_diff import compare, diff
from engine.bpm.spiff import parse
from tests.bpmn.shipped import files
from tests.engine.bpm.diagrams import REVIEW, diagram, flows

FILES = files()
LAYOUT = (
    b'<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d">'
    b'<bpmndi:BPMNPlane id="plane" bpmnElement="review"/></bpmndi:BPMNDiagram></definitions>'
)


def changed(before: bytes, after: bytes) -> dict[str, dict[str, tuple[str | None, str | None]]]:
    rows = compare(parse({"p.bpmn": before}), parse({"p.bpmn": after}))
    return {
        f"{row['what']} {row['id']}": {c["label"]: (c["before"], c["after"]) for c in row["changes"]} for row in rows
    }


def test_the_same_content_drawn_otherwise_does_not_differ() -> None:
    assert changed(REVIEW, REVIEW.replace(b"</definitions>", LAYOUT)) == {}


def test_what_is_said_otherwise_is_named_in_words() -> None:
    after = (
        REVIEW.replace(b"P3D", b"P5D").replace("复查".encode(), "验收".encode()).replace(b"${days(5)}", b"${days(6)}")
    )
    assert changed(REVIEW, after) == {
        "changed late": {"时间或条件": ("P3D", "P5D")},
        "changed recheck": {"名称": ("复查", "验收")},
        "changed supervise": {"到期时间": ("${days(5)}", "${days(6)}")},
    }


def test_elements_that_came_and_went_and_flows_that_lead_elsewhere() -> None:
    after = REVIEW.replace(b'"recheck"', b'"inspect"').replace(b"recheck", b"inspect")
    found = changed(REVIEW, after)
    assert found["added inspect"] == {} and found["removed recheck"] == {}
    assert found["changed rectify"] == {"连线 recheck": ("→", None), "连线 inspect": (None, "→")}


def test_of_two_ways_to_one_element_each_is_compared_and_so_is_who_may_start() -> None:
    both = """<startEvent id="start"/><exclusiveGateway id="which" default="other"/><endEvent id="end"/>
        <sequenceFlow id="a" sourceRef="which" targetRef="end"><conditionExpression>${n &gt; %d}</conditionExpression>
        </sequenceFlow><sequenceFlow id="other" sourceRef="which" targetRef="end"/>""" + flows("start>which")
    old, new = (diagram(both % number) for number in (1, 2))
    assert changed(old, new) == {"changed which": {"连线 end": ("[${n > 1}] | (默认)", "[${n > 2}] | (默认)")}}
    tagged = old.replace(b"<process ", b'<process camunda:candidateStarterGroups="clerk" camunda:versionTag="2" ')
    assert changed(old, tagged) == {"changed case": {"谁可以发起": (None, "group:clerk"), "版本标签": (None, "2")}}


def test_rules_of_tables_and_components_of_forms_are_compared() -> None:
    before = parse(FILES)
    table = next(name for name in FILES if name.endswith("escalation_rung.dmn"))
    form = next(name for name in FILES if name.endswith("recheck.form"))
    content = json.loads(FILES[form])
    content["components"][0]["label"] = "结论"
    after = parse({**FILES, table: FILES[table].replace(b"&gt;= 8", b"&gt;= 9", 1), form: json.dumps(content).encode()})
    rows = compare(before, after)
    assert [(row["kind"], row["what"]) for row in rows] == [("decision", "changed"), ("form", "changed")]
    assert [change["label"].split()[0] for row in rows for change in row["changes"]] == ["规则", "组件"]
    assert compare(before, parse(FILES)) == []


def test_deployed_versions_are_compared_by_number(deployed: App) -> None:
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace("复查".encode(), "验收".encode())}, by="c")
    seen = diff(deployed, "review", 1, None)
    assert (seen["from_version"], seen["to_version"], [row["id"] for row in seen["differences"]]) == (1, 2, ["recheck"])
