"""Tasks, sub-processes, call activities and loops do their work once and share the instance's variables."""

from datetime import UTC, datetime

import pytest

from engine.errors import Invalid, TooLarge
from tests.engine.bpm.spiff.kit import MORNING, Case, bpmn, el, flow, script

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B, C = (el("userTask", name) for name in "abc")


def mapping(tag, **values):
    inner = "".join(f'<camunda:{tag}Parameter name="{name}">{value}</camunda:{tag}Parameter>' for name, value in values.items())
    return f"<bpmn:extensionElements><camunda:inputOutput>{inner}</camunda:inputOutput></bpmn:extensionElements>"


def test_a_user_task_says_who_until_when_and_with_which_form():
    lanes = '<bpmn:laneSet><bpmn:lane id="l" name="安全应急办"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    task = el("userTask", "a", c_candidateGroups="safety_office, inspector@${grid}", c_candidateUsers="li", c_assignee="${who}",
              c_dueDate="${workdays(3)}", c_followUpDate="P1D", c_formRef="rectify", c_priority="80", name="整改")
    case = Case(bpmn(lanes + START + task + flow("s->a")), {"grid": "GH-01", "who": "wang"})
    opened = case.at.tasks[0]
    assert (opened.groups, opened.users, opened.assignee) == (("safety_office", "inspector@GH-01"), ("li",), "wang")
    assert (opened.form, opened.priority, opened.lane, opened.name) == ("rectify", 80, "安全应急办", "整改")
    assert opened.due_at == datetime(2026, 9, 30, 16, 0, tzinfo=UTC)  # 25–27 September 2026 are days off: Mid-Autumn
    assert (opened.created_at, opened.no_deadline) == (MORNING, False)


def test_a_due_date_that_is_one_variable_follows_this_variable():
    case = Case(bpmn(START + el("userTask", "a", c_dueDate="${due_at}") + flow("s->a")), {"due_at": "2026-10-10"})
    assert case.at.tasks[0].due_at == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)
    case.put(due_at="2026-11-01T08:30:00+08:00")
    assert case.at.tasks[0].due_at == datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    case.put(due_at="9999-12-31")  # a day that has no end: what was said when the task came up stays
    assert case.at.tasks[0].due_at == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)


def test_a_due_date_that_is_computed_stays_as_it_was():
    case = Case(bpmn(START + el("userTask", "a", c_dueDate="${days(n)}") + flow("s->a")), {"n": 1})
    before = case.at.tasks[0].due_at
    case.put(n=9)
    assert case.at.tasks[0].due_at == before


def test_no_deadline_is_said_with_a_property():
    none = '<bpmn:extensionElements><camunda:properties><camunda:property name="deadline" value="none"/></camunda:properties></bpmn:extensionElements>'
    task = Case(bpmn(START + el("userTask", "a", none) + flow("s->a"))).at.tasks[0]
    assert (task.due_at, task.no_deadline) == (None, True)


def test_an_assignment_that_has_no_value_is_an_incident_at_this_task():
    case = Case(bpmn(START + el("userTask", "a", c_assignee="${who}") + flow("s->a")))
    assert (case.at.status, case.at.failures[0].element, case.open) == ("incident", "a", [])
    case.put(who="li")
    case.retry()
    assert case.at.tasks[0].assignee == "li"
    assert case.events.count("a entered") == 1


def test_a_failing_script_assigns_nothing_and_what_came_before_is_kept():
    case = Case(bpmn(START + A + script("n", "x = 1\ny = 1 / zero") + B + flow("s->a->n->b")), {"zero": 0})
    case.do("a", note="kept")
    assert case.at.status == "incident"
    assert case.at.variables == {"zero": 0, "note": "kept"}
    case.put(zero=2)
    case.retry()
    assert (case.open, case.at.variables["y"]) == (["b"], 0.5)


def test_an_operator_gets_rendered_parameters_and_its_results_become_variables():
    task = el("serviceTask", "op", mapping("input", to="leader@street", text="隐患 ${hazard}", when="${days(1)}"), c_type="external", c_topic="notice")
    case = Case(bpmn(START + task + A + flow("s->op->a")), {"hazard": "YQ-1"}, operators={"notice": lambda call: {"sent": 2}})
    call = case.world.calls[0]
    assert call.parameters == {"to": "leader@street", "text": "隐患 YQ-1", "when": datetime(2026, 9, 25, 16, 0, tzinfo=UTC)}
    assert (call.topic, call.element, call.at) == ("notice", "op", MORNING)
    assert case.at.variables == {"hazard": "YQ-1", "sent": 2}


def test_an_output_mapping_says_which_results_become_variables():
    task = el("serviceTask", "op", mapping("output", due="${due_at}"), c_type="external", c_topic="deadline.open")
    case = Case(bpmn(START + task + A + flow("s->op->a")), operators={"deadline.open": lambda call: {"due_at": "2026-10-10", "id": 7}})
    assert case.at.variables == {"due": "2026-10-10"}


def test_a_failing_operator_is_an_incident_and_a_retry_calls_it_again():
    answers = [Invalid("渠道不可用"), {"sent": 1}]

    def operator(call):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    case = Case(bpmn(START + el("serviceTask", "op", c_type="external", c_topic="t") + A + flow("s->op->a")), operators={"t": operator})
    assert case.at.failures[0].message == "渠道不可用"
    case.retry()
    assert (case.open, case.at.variables) == (["a"], {"sent": 1})


def test_an_operator_is_not_called_again_when_only_the_way_out_failed():
    case = Case(bpmn(START + el("serviceTask", "op", c_type="external", c_topic="t") + A + flow("s->op\nop->[ok] a")), {"ok": False})
    case.put(ok=True)
    case.retry()
    assert (case.open, len(case.world.calls)) == (["a"], 1)


def test_parallel_branches_share_variables_and_no_join_writes_back_stale_ones():
    files = bpmn(START + el("parallelGateway", "f") + A + B + el("parallelGateway", "j") + C + flow("s->f\nf->a->j\nf->b->j\nj->c"))
    case = Case(files, {"x": 0})
    case.do("a", x=1)
    case.do("b", y=2)
    assert case.at.variables == {"x": 1, "y": 2}


def test_a_sub_process_shares_the_variables_around_it():
    inner = el("startEvent", "s1") + script("n", "x = x + 1") + flow("s1->n")
    case = Case(bpmn(START + el("subProcess", "sub", inner) + A + flow("s->sub->a")), {"x": 1})
    assert case.at.variables == {"x": 2}
    assert case.completed == ["s", "s1", "n", "sub"]


def called(inner, **call):
    more = f'<bpmn:process id="q" isExecutable="true">{el("startEvent", "qs")}{inner}</bpmn:process>'
    extension = call.pop("extension", "")
    return bpmn(START + el("callActivity", "call", extension, calledElement="q") + A + flow("s->call->a"), more=more)


def test_a_call_activity_without_mapping_hands_everything_in_and_what_was_written_out():
    case = Case(called(script("n", "y = x + 1") + flow("qs->n")), {"x": 1})
    assert case.at.variables == {"x": 1, "y": 2}


def test_a_call_activity_does_not_overwrite_what_changed_outside_meanwhile():
    more = f'<bpmn:process id="q" isExecutable="true">{el("startEvent", "qs")}{B}{flow("qs->b")}</bpmn:process>'
    case = Case(bpmn(START + el("parallelGateway", "f") + el("callActivity", "call", calledElement="q") + A + flow("s->f\nf->call\nf->a"), more=more), {"x": 1})
    case.do("a", x=5)
    case.do("b", y=1)
    assert case.at.variables == {"x": 5, "y": 1}


def test_a_call_activity_with_mapping_hands_over_only_what_is_named():
    extension = '<bpmn:extensionElements><camunda:in source="x" target="n"/><camunda:in sourceExpression="${x + 1}" target="m"/><camunda:out source="total" target="sum"/></bpmn:extensionElements>'
    case = Case(called(script("add", "total = n + m") + flow("qs->add"), extension=extension), {"x": 1, "secret": 9})
    assert case.at.variables == {"x": 1, "secret": 9, "sum": 3}


def test_a_call_of_a_process_that_is_not_there_is_an_incident():
    case = Case(bpmn(START + el("callActivity", "call", calledElement="nowhere") + flow("s->call")))
    assert "nowhere" in case.at.failures[0].message


def test_a_process_that_calls_itself_without_end_is_an_incident():
    case = Case(bpmn(START + el("callActivity", "call", calledElement="p") + flow("s->call")))
    assert case.at.status == "incident"
    assert "嵌套" in case.at.failures[0].message


def test_values_that_cannot_be_stored_are_refused_by_name():
    case = Case(bpmn(START + A + flow("s->a")))
    with pytest.raises(Invalid, match="thing"):
        case.do("a", thing=object())
    with pytest.raises(TooLarge, match="big"):
        case.do("a", big="x" * 3_000_000)
    assert case.open == ["a"]


def test_moments_keep_their_type_inside_and_are_text_outside():
    case = Case(bpmn(START + script("n", "due = days(1)") + A + el("exclusiveGateway", "x", default="x_c") + B + C + flow("s->n->a->x\nx->[due > now()] b\nx->c")))
    assert case.at.variables == {"due": "2026-09-25T16:00:00+00:00"}
    case.do("a")
    assert case.open == ["b"]


def test_a_decision_table_answers_a_business_rule_task():
    dmn = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
      <decision id="limit" name="limit"><decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression id="ie"><text>level</text></inputExpression></input><output id="o" name="days"/><output id="o2" name="unit"/>
      <rule id="r1"><inputEntry id="c1"><text>"major"</text></inputEntry><outputEntry id="v1"><text>30</text></outputEntry><outputEntry id="w1"><text>"d"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="c2"><text>-</text></inputEntry><outputEntry id="v2"><text>3</text></outputEntry><outputEntry id="w2"><text>"wd"</text></outputEntry></rule>
      </decisionTable></decision></definitions>"""
    def run(**attributes):
        task = el("businessRuleTask", "rule", c_decisionRef="limit", **attributes)
        return Case({**bpmn(START + task + A + flow("s->rule->a")), "d.dmn": dmn.encode()}, {"level": "major"}).at.variables
    assert run(c_resultVariable="limit", c_mapDecisionResult="singleResult")["limit"] == {"days": 30, "unit": "d"}
    assert run(c_resultVariable="limit")["limit"] == [{"days": 30, "unit": "d"}]
    assert run() == {"level": "major", "days": 30, "unit": "d"}


def associated(task, tag, source, target, assignment=""):
    return task.replace("</bpmn:scriptTask>", f"<bpmn:{tag}><bpmn:sourceRef>{source}</bpmn:sourceRef><bpmn:targetRef>{target}</bpmn:targetRef>{assignment}</bpmn:{tag}></bpmn:scriptTask>")


def test_data_associations_copy_between_data_objects_and_the_variables_of_a_task():
    data = '<bpmn:dataObject id="order" name="订单"/><bpmn:dataObjectReference id="order_ref" dataObjectRef="order"/>'
    write = associated(script("w", "x = 5"), "dataOutputAssociation", "out", "order_ref").replace(
        "</bpmn:scriptTask>", '<bpmn:ioSpecification><bpmn:dataOutput id="out" name="x"/></bpmn:ioSpecification></bpmn:scriptTask>')
    read = associated(script("r", "y = z + 1"), "dataInputAssociation", "order_ref", "in").replace(
        "</bpmn:scriptTask>", '<bpmn:ioSpecification><bpmn:dataInput id="in" name="z"/></bpmn:ioSpecification></bpmn:scriptTask>')
    case = Case(bpmn(data + START + write + read + A + flow("s->w->r->a")))
    assert case.at.failures == ()
    assert (case.at.variables["order"], case.at.variables["y"]) == (5, 6)
    assert "z" not in case.at.variables


def test_a_data_object_of_an_outer_scope_is_the_same_variable():
    inner = el("startEvent", "s1") + script("n", "stock = stock + 1") + flow("s1->n")
    case = Case(bpmn('<bpmn:dataObject id="stock"/>' + START + script("i", "stock = 1") + el("subProcess", "p1", el("startEvent", "s2") + el("subProcess", "p2", inner) + flow("s2->p2")) + A + flow("s->i->p1->a")))
    assert case.at.variables == {"stock": 2}


def test_a_variable_submitted_with_a_task_reaches_the_instance_even_when_an_input_has_its_name():
    task = el("userTask", "a", mapping("input", ok="${false}"))
    case = Case(bpmn(START + task + B + flow("s->a->b")))
    case.do("a", ok=True)
    assert case.at.variables == {"ok": True}


def test_a_call_activity_runs_a_global_task():
    roots = '<bpmn:globalScriptTask id="g"><bpmn:script>x = 7</bpmn:script></bpmn:globalScriptTask><bpmn:globalUserTask id="gu" camunda:assignee="li"/>'
    files = bpmn(START + el("callActivity", "c1", calledElement="g") + el("callActivity", "c2", calledElement="gu") + A + flow("s->c1->c2->a"), roots=roots)
    case = Case(files)
    assert (case.open, case.at.tasks[0].assignee, case.at.variables) == (["gu"], "li", {"x": 7})
    case.do("gu")
    assert case.open == ["a"]
    assert case.model.executable == ("p",)


def ad_hoc(inner, **attributes):
    return bpmn(START + el("adHocSubProcess", "ad", inner, **attributes) + A + flow("s->ad->a"))


def test_an_ad_hoc_sub_process_offers_each_activity_once_and_ends_when_all_are_done():
    case = Case(ad_hoc(B + C))
    assert case.open == ["b", "c"]
    case.do("c")
    case.do("b")
    assert case.open == ["a"]


def test_a_sequential_ad_hoc_sub_process_goes_one_by_one():
    case = Case(ad_hoc(script("n", "x = 1") + B + C, ordering="Sequential"))
    assert case.open == ["b"]
    case.do("b")
    assert case.open == ["c"]
    case.do("c")
    assert case.open == ["a"]


@pytest.mark.parametrize(("cancel", "left"), [("true", ["a"]), ("false", ["c"])])
def test_an_ad_hoc_sub_process_is_over_when_its_condition_holds(cancel, left):
    condition = "<bpmn:completionCondition>${enough}</bpmn:completionCondition>"
    case = Case(ad_hoc(B + C + condition, cancelRemainingInstances=cancel), {"enough": False})
    case.do("b", enough=True)
    assert case.open == left


def test_an_ad_hoc_sub_process_starts_another_round_until_its_condition_holds():
    condition = "<bpmn:completionCondition>${n &gt;= 5}</bpmn:completionCondition>"
    case = Case(ad_hoc(script("x", "n = n + 1") + script("y", "n = n + 1") + condition), {"n": 0})
    assert (case.open, case.at.variables) == (["a"], {"n": 5})


def test_an_ad_hoc_sub_process_whose_condition_has_no_value_is_an_incident():
    condition = "<bpmn:completionCondition>${unknown}</bpmn:completionCondition>"
    case = Case(ad_hoc(B + condition))
    case.do("b")
    assert case.at.failures[0].element == "ad"
    case.put(unknown=True)
    case.retry()
    case.do("b")
    assert case.open == ["a"]
