"""Instances that belong together: the tree of who started whom, the same key, and the called processes inside."""

import pytest

from engine.app import App
from engine.bpm import definitions, family, instances, messages
from engine.bpm.views import View
from engine.errors import Invalid, NotFound
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import diagram, flows, timer

CASE = diagram(
    f"""<startEvent id="start"/><intermediateThrowEvent id="tell"><messageEventDefinition messageRef="go"/>
    </intermediateThrowEvent><userTask id="fix" name="整改" camunda:candidateGroups="office"/><endEvent id="end"/>
    {flows("start>tell", "tell>fix", "fix>end")}""",
    key="case", name="隐患",
    extra='<message id="go" name="go"/>',
)  # fmt: skip
CHAIN = diagram(
    f"""<startEvent id="start"><messageEventDefinition messageRef="go"/></startEvent>
    <intermediateThrowEvent id="tell"><messageEventDefinition messageRef="m_further"/></intermediateThrowEvent>
    <userTask id="urge" name="督办" camunda:candidateGroups="office"/><endEvent id="end"/>
    {flows("start>tell", "tell>urge", "urge>end")}""",
    key="chain", name="升级",
    extra='<message id="go" name="go"/><message id="m_further" name="further"/>',
)  # fmt: skip
FURTHER = diagram(
    f"""<startEvent id="start"><messageEventDefinition messageRef="m_further"/></startEvent>
    <userTask id="take" name="移交" camunda:candidateGroups="office"/><endEvent id="end"/>
    {flows("start>take", "take>end")}""",
    key="further", name="移交",
    extra='<message id="m_further" name="further"/>',
)  # fmt: skip


@pytest.fixture
def related(deployed: App) -> View:
    """A case that started a chain, which started a transfer."""
    for name, content in {"a.bpmn": CASE, "b.bpmn": CHAIN, "c.bpmn": FURTHER}.items():
        definitions.deploy(deployed, {name: content}, by="test")
    case = instances.start(deployed, "case", {}, by="li", business_key="YQ-1")
    deliver(deployed)
    return case


def deliver(app: App) -> None:
    while messages.deliver_next(app):
        pass


def told(app: App, id: str, **wanted: int) -> list[tuple[str, int, str, tuple[str, ...]]]:
    page = family.tree(app, id, **wanted)
    return [(row["definition"], row["depth"], row["relation"], tuple(row["stands"])) for row in page.items]


def test_the_tree_tells_who_started_whom_wherever_one_looks_from(deployed: App, related: View) -> None:
    case, chain, further = family.tree(deployed, related["id"]).items
    assert told(deployed, case["id"]) == [
        ("case", 0, "self", ("整改",)), ("chain", 1, "started", ("督办",)), ("further", 2, "started", ("移交",)),
    ]  # fmt: skip
    assert [line[2] for line in told(deployed, further["id"])] == ["starter", "starter", "self"]
    assert (chain["parent"], further["parent"], case["parent"]) == (case["id"], chain["id"], None)
    assert (chain["activities"], chain["incidents"]) == (["督办"], 0)


def test_siblings_and_cases_of_the_same_key_stand_in_the_tree(deployed: App, related: View, clock: FakeClock) -> None:
    clock.advance(hours=1)
    part = instances.start(deployed, "review", {}, by="li", business_key="YQ-1#2")
    instances.start(deployed, "review", {}, by="li", business_key="YQ-10")
    clock.advance(hours=1)
    with_sibling = instances.start(deployed, "case", {}, by="li", business_key="YQ-1")
    deliver(deployed)
    lines = told(deployed, related["id"])
    assert [(key, relation) for key, _, relation, _ in lines if relation == "same_key"] == [
        ("review", "same_key"), ("case", "same_key"), ("chain", "same_key"), ("further", "same_key"),
    ]  # fmt: skip
    assert len(told(deployed, part["id"])) == len(told(deployed, with_sibling["id"])) == len(lines) == 7
    with deployed.transaction() as tx:
        chain = family.tree(deployed, related["id"]).items[1]["id"]
        row = tx.get(family.Instance, with_sibling["id"])
        assert row is not None
        row.started_by = related["id"]
    assert {line[2] for line in told(deployed, chain) if line[0] == "case"} == {"starter", "sibling"}


def test_it_is_paged_and_opens_on_the_page_of_the_instance(deployed: App, related: View) -> None:
    further = family.tree(deployed, related["id"]).items[2]["id"]
    page = family.tree(deployed, further, size=2)
    assert (page.total, page.page, [row["id"] for row in page.items]) == (3, 2, [further])
    assert [row["relation"] for row in family.tree(deployed, further, page=1, size=2).items] == ["starter"] * 2
    assert family.tree(deployed, further, page=9, size=2).items == []
    with pytest.raises(Invalid):
        family.tree(deployed, further, page=0)
    with pytest.raises(NotFound):
        family.tree(deployed, "unknown")


def test_a_large_tree_is_cut_and_still_holds_the_one_asked_about(
    deployed: App, related: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = family.tree(deployed, related["id"]).items[2]["id"]
    monkeypatch.setattr(family, "MOST", 2)
    for n in range(4):
        instances.start(deployed, "review", {}, by="li", business_key=f"YQ-1#{n}")
    assert [line[2] for line in told(deployed, further)][:3] == ["starter", "starter", "self"]
    assert len(told(deployed, further)) == 5


def test_called_processes_stand_inside_their_callers_line_each_pass_with_its_number(deployed: App) -> None:
    inner = f"""<startEvent id="s"/><callActivity id="deep" name="再核" calledElement="review"/><endEvent id="e"/>
        {flows("s>deep", "deep>e")}"""
    outer = f"""<startEvent id="s"/><callActivity id="each" name="逐家核查" calledElement="inner">
        <multiInstanceLoopCharacteristics camunda:collection="${{places}}" camunda:elementVariable="place"/>
        </callActivity><endEvent id="e"/>{flows("s>each", "each>e")}"""
    files = {"i.bpmn": diagram(inner, key="inner", name="核查"), "o.bpmn": diagram(outer, key="outer")}
    definitions.deploy(deployed, files, by="test")
    case = instances.start(deployed, "outer", {"places": ["a", "b"]}, by="li")
    [line] = family.tree(deployed, case["id"]).items
    assert (line["stands"], line["inside_total"]) == (("逐家核查",), 4)
    assert [(one.name, one.process, one.item, one.depth, one.stands) for one in line["inside"]] == [
        ("逐家核查", "inner", 1, 0, ("再核",)), ("再核", "review", None, 1, ("整改",)),
        ("逐家核查", "inner", 2, 0, ("再核",)), ("再核", "review", None, 1, ("整改",)),
    ]  # fmt: skip
    instances.cancel(deployed, case["id"], by="root", reason="完")
    [line] = family.tree(deployed, case["id"]).items
    assert (line["stands"], line["inside"]) == ((), ())


def test_an_event_gateway_without_a_name_is_told_by_what_it_waits_for(deployed: App) -> None:
    body = f"""<startEvent id="s"/><eventBasedGateway id="g"/>
        <intermediateCatchEvent id="late" name="到期">{timer("P3D")}</intermediateCatchEvent>
        <intermediateCatchEvent id="closed" name="已销号"><messageEventDefinition messageRef="m"/>
        </intermediateCatchEvent>
        <endEvent id="e"/><endEvent id="f"/>{flows("s>g", "g>late", "g>closed", "late>e", "closed>f")}"""
    definitions.deploy(deployed, {"g.bpmn": diagram(body, key="gate", extra='<message id="m" name="m"/>')}, by="test")
    case = instances.start(deployed, "gate", {}, by="li")
    assert family.tree(deployed, case["id"]).items[0]["stands"] == ("到期 / 已销号",)
