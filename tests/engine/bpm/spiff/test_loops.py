"""Multi-instance activities and loops: each pass has its own item, the case ends when it should."""


import pytest

from engine.bpm.spiff.types import BpmnError
from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, timer

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B, C = (el("userTask", name) for name in "abc")


def multi(inner="", **attributes):
    return el("multiInstanceLoopCharacteristics", "loop", inner, **attributes)


def test_parallel_instances_have_their_own_item_and_end_by_the_completion_condition():
    condition = "<bpmn:completionCondition>${nrOfCompletedInstances &gt;= 2}</bpmn:completionCondition>"
    task = el("userTask", "vote", multi(condition, c_collection="people", c_elementVariable="person"), c_assignee="${person}")
    case = Case(bpmn(START + task + A + flow("s->vote->a")), {"people": ["li", "wang", "zhao"]})
    assert [opened.assignee for opened in case.at.tasks] == ["li", "wang", "zhao"]
    case.do("vote", yes=1)
    assert len(case.at.tasks) == 2
    case.do("vote")
    assert case.open == ["a"]
    assert case.events.count("vote entered") == 3
    assert case.events.count("vote cancelled") == 1
    assert set(case.at.variables) == {"people", "yes"}


def test_sequential_instances_come_one_after_the_other():
    task = el("userTask", "t", multi("<bpmn:loopCardinality>3</bpmn:loopCardinality>", isSequential="true"))
    case = Case(bpmn(START + task + A + flow("s->t->a")))
    for _ in range(3):
        assert case.open == ["t"]
        case.do("t")
    assert case.open == ["a"]


def test_instances_of_a_script_see_their_counters_and_collect_their_outputs():
    loop = multi("<bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>ys</bpmn:loopDataOutputRef>"
                 '<bpmn:inputDataItem id="x"/><bpmn:outputDataItem id="y"/>', isSequential="true")
    task = el("scriptTask", "t", f"<bpmn:script>y = x * 10 + loopCounter</bpmn:script>{loop}")
    case = Case(bpmn(START + task + A + flow("s->t->a")), {"xs": [1, 2, 3]})
    assert case.at.variables["ys"] == [10, 21, 32]


def test_no_items_mean_no_pass_and_the_flow_goes_on():
    for loop in (multi(c_collection="xs"), multi("<bpmn:loopCardinality>0</bpmn:loopCardinality>", isSequential="true")):
        case = Case(bpmn(START + el("userTask", "t", loop) + A + flow("s->t->a")), {"xs": []})
        assert case.open == ["a"]


def test_a_negative_cardinality_at_run_time_is_an_incident_not_a_stuck_case():
    case = Case(bpmn(START + el("userTask", "t", multi("<bpmn:loopCardinality>${n}</bpmn:loopCardinality>")) + A + flow("s->t->a")), {"n": -1})
    assert case.at.status == "incident"
    case.put(n=1)
    assert case.retry().tasks[0].element == "t"


def test_an_error_in_one_parallel_instance_leaves_by_the_boundary_event_and_cancels_the_rest():
    def refuse(call):
        raise BpmnError("one")

    inner = el("startEvent", "s1") + el("exclusiveGateway", "x", default="x_b") + el("serviceTask", "op", c_type="external", c_topic="t") + B + flow("s1->x\nx->[i == 2] op\nx->b")
    sub = el("subProcess", "sub", inner + multi(c_collection="xs", c_elementVariable="i"))
    files = bpmn(START + sub + boundary("bd", "sub", event("error", "E1")) + A + flow("s->sub\nbd->a"), roots='<bpmn:error id="E1" errorCode="one"/>')
    assert Case(files, {"xs": [1, 2, 3]}, operators={"t": refuse}).open == ["a"]


def test_a_boundary_timer_on_a_multi_instance_task_cancels_all_instances():
    task = el("userTask", "t", multi("<bpmn:loopCardinality>3</bpmn:loopCardinality>"))
    case = Case(bpmn(START + task + boundary("bt", "t", timer("Duration", "PT1H")) + A + flow("s->t\nbt->a")))
    assert len(case.at.timers) == 1
    case.wait(hours=1)
    assert case.open == ["a"]


@pytest.mark.parametrize(("attributes", "rounds"), [({}, 3), ({"testBefore": "true"}, 2), ({"loopMaximum": "2"}, 2)])
def test_a_standard_loop_repeats_while_its_condition_holds(attributes, rounds):
    condition = "<bpmn:loopCondition>${n &lt; 3}</bpmn:loopCondition>"
    loop = el("standardLoopCharacteristics", "loop", condition, **attributes)
    task = el("scriptTask", "t", f"<bpmn:script>n = n + 1</bpmn:script>{loop}")
    case = Case(bpmn(START + task + A + flow("s->t->a")), {"n": 0 if not attributes.get("testBefore") else 1})
    assert case.completed.count("t") == rounds
    assert case.open == ["a"]


def test_a_loop_tested_before_may_not_run_at_all():
    loop = el("standardLoopCharacteristics", "loop", "<bpmn:loopCondition>${n &lt; 3}</bpmn:loopCondition>", testBefore="true")
    case = Case(bpmn(START + el("userTask", "t", loop) + A + flow("s->t->a")), {"n": 5})
    assert case.open == ["a"]


def test_results_of_parallel_instances_do_not_overwrite_each_other():
    loop = multi('<bpmn:loopCardinality>2</bpmn:loopCardinality><bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef><bpmn:outputDataItem id="vote"/>')
    case = Case(bpmn(START + el("userTask", "t", loop) + A + flow("s->t->a")))
    second = case.at.tasks[1].id
    from engine.bpm.spiff import run
    case.now_is(run.complete(case.model, case.at.state, second, {"vote": "no"}, case.now, case.world))
    case.do("t", vote="yes")
    assert case.at.variables == {"votes": ["yes", "no"]}


@pytest.mark.parametrize(("behavior", "heard"), [("None", 3), ("One", 1), ("Complex", 1)])
def test_a_multi_instance_activity_throws_events_as_its_behaviour_says(behavior, heard):
    roots = '<bpmn:signal id="S" name="done"/><bpmn:signalEventDefinition id="def" signalRef="S"/>'
    rule = "<bpmn:complexBehaviorDefinition><bpmn:condition>${nrOfCompletedInstances == 2}</bpmn:condition>" \
        '<bpmn:event id="ev"><bpmn:signalEventDefinition signalRef="S"/></bpmn:event></bpmn:complexBehaviorDefinition>'
    loop = el("multiInstanceLoopCharacteristics", "l", "<bpmn:loopCardinality>3</bpmn:loopCardinality>" + rule * (behavior == "Complex"),
              behavior=behavior, isSequential="true", noneBehaviorEventRef="def", oneBehaviorEventRef="def")
    files = bpmn(START + el("task", "t", loop) + boundary("bs", "t", event("signal", "S"), interrupting=False) + B + A + flow("s->t->a\nbs->b"), roots=roots)
    case = Case(files)
    assert sorted(case.open) == ["a", *["b"] * heard]


def test_an_interrupting_event_of_the_first_pass_ends_the_others():
    roots = '<bpmn:signal id="S" name="done"/><bpmn:signalEventDefinition id="def" signalRef="S"/>'
    loop = el("multiInstanceLoopCharacteristics", "l", "<bpmn:loopCardinality>3</bpmn:loopCardinality>", behavior="One", oneBehaviorEventRef="def")
    files = bpmn(START + el("userTask", "t", loop) + boundary("bs", "t", event("signal", "S")) + B + A + flow("s->t->a\nbs->b"), roots=roots)
    case = Case(files)
    case.do("t")
    assert case.open == ["b"]
