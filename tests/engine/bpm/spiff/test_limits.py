"""Cost and limits: flat over history, wide and deep models start at once, nothing hangs."""

import sys

import pytest

from engine.bpm.play import play
from engine.bpm.spiff import parse, run, settle, snapshot, variables
from engine.errors import Invalid, TooLarge
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, timer

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B = el("userTask", "a"), el("userTask", "b")


def rework():
    """A loop with a join, a reminder, a sub-process and a call in every round: all that could leave something behind."""
    inner = el("startEvent", "s1") + script("n", "n = n + 1") + flow("s1->n")
    more = f'<bpmn:process id="q" isExecutable="true">{el("startEvent", "qs")}{script("k", "k = n")}{flow("qs->k")}</bpmn:process>'
    return bpmn(START + el("exclusiveGateway", "m") + A + boundary("t", "a", timer("Duration", "P1D"), interrupting=False)
                + script("remind", "reminders = reminders + 1") + el("parallelGateway", "f") + el("subProcess", "sub", inner)
                + el("callActivity", "call", calledElement="q") + el("parallelGateway", "j")
                + flow("s->m->a->f\nf->sub->j\nf->call->j\nj->m\nt->remind"), more=more)


def calls_of(act) -> int:
    """How many Python and C functions an act calls: its cost, whatever else the machine does meanwhile."""
    count = 0

    def note(_frame, kind, _argument):
        nonlocal count
        count += kind in ("call", "c_call")

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def test_a_step_costs_the_same_after_five_hundred_reworks_as_after_five():
    case, calls, sizes = Case(rework(), {"n": 0, "reminders": 0}), {}, {}
    for round_ in range(1, 501):
        case.wait(days=1)
        case.trace.clear()
        calls[round_] = calls_of(lambda: case.do("a")) if round_ in (5, 500) else case.do("a")
        sizes[round_] = len(case.at.state)
    assert sizes[500] <= sizes[5] * 1.5
    assert calls[500] <= calls[5] * 1.05
    assert case.at.variables["n"] == 500
    assert case.at.variables["reminders"] == 500


def daily():
    """A reminder every day on a task, and a daily round of its own in an event sub-process, for years."""
    round_ = el("startEvent", "each", timer("Cycle", "R/P1D"), isInterrupting="false") + script("walk", "rounds = rounds + 1") + flow("each->walk")
    return bpmn(START + A + boundary("t", "a", timer("Cycle", "R/P1D"), interrupting=False) + script("remind", "reminders = reminders + 1")
                + el("subProcess", "patrol", round_, triggeredByEvent="true") + flow("s->a\nt->remind"))


DAYS = 1_095


def test_a_daily_cycle_costs_the_same_after_three_years_as_after_five_days():
    case, calls, sizes = Case(daily(), {"rounds": 0, "reminders": 0}), {}, {}
    for day in range(1, DAYS + 1):
        case.trace.clear()
        calls[day] = calls_of(lambda: case.wait(days=1)) if day in (5, DAYS) else case.wait(days=1)
        sizes[day] = len(case.at.state)
    assert (case.at.variables["rounds"], case.at.variables["reminders"]) == (DAYS, DAYS)
    assert sizes[DAYS] <= sizes[5] * 1.1
    assert calls[DAYS] <= calls[5] * 1.05


def test_playing_a_daily_cycle_costs_as_much_each_day_in_the_third_year_as_in_the_first_week():
    def cost(days):
        scenario = {"now": "2026-09-24T09:00:00+08:00", "variables": {"rounds": 0, "reminders": 0}, "steps": [{"advance": f"P{days}D"}]}
        answers = []
        calls = calls_of(lambda: answers.append(play(daily(), scenario)))
        assert answers[0]["variables"] == {"rounds": days, "reminders": days}
        return calls

    play(daily(), {})  # what is read once per process is read now
    week, more = cost(7), cost(107)
    assert cost(DAYS) - week <= (more - week) / 100 * (DAYS - 7) * 1.05


def test_twenty_parallel_blocks_in_a_row_start_at_once():
    content, arrows = START, ["s->f0"]
    for n in range(20):
        content += el("parallelGateway", f"f{n}") + script(f"x{n}", "x = 1") + script(f"y{n}", "y = 1") + el("parallelGateway", f"j{n}")
        arrows += [f"f{n}->x{n}->j{n}", f"f{n}->y{n}->j{n}", f"j{n}->" + (f"f{n + 1}" if n < 19 else "a")]
    files, cases = bpmn(content + A + flow("\n".join(arrows))), []
    assert calls_of(lambda: cases.append(Case(files))) < 500_000  # 2^20 futures would be many millions
    assert cases[0].open == ["a"]


def test_a_chain_of_five_thousand_tasks_is_read_and_run():
    names = [f"t{n}" for n in range(5_000)]
    content = START + "".join(el("task", name) for name in names) + END + flow("->".join(["s", *names, "e"]))
    case = Case(bpmn(content))
    assert (case.at.status, len(case.completed)) == ("completed", 5_002)


def test_two_thousand_parallel_branches_wait_and_join():
    names = [f"t{n}" for n in range(2_000)]
    content = START + el("parallelGateway", "f") + el("parallelGateway", "j") + A + "".join(el("userTask", name) for name in names)
    case = Case(bpmn(content + flow("s->f\nj->a\n" + "\n".join(f"f->{name}->j" for name in names))))
    assert len(case.open) == 2_000
    case.do("t7")
    assert len(case.open) == 1_999


@pytest.mark.parametrize("depth", [30, 100])
def test_deeply_nested_sub_processes_run(depth):
    content = el("startEvent", f"s{depth}") + A + flow(f"s{depth}->a")
    for level in range(depth - 1, -1, -1):
        content = el("startEvent", f"s{level}") + el("subProcess", f"p{level}", content) + flow(f"s{level}->p{level}")
    case = Case(bpmn(content))
    assert case.open == ["a"]
    assert case.do("a").status == "completed"


def test_an_endless_loop_without_a_wait_state_is_an_incident():
    case = Case(bpmn(START + el("exclusiveGateway", "m") + script("n", "x = 1") + flow("s->m->n->m")))
    assert case.at.status == "incident"
    assert "100000" in case.at.failures[0].message
    assert len(case.at.state) < 2_000


def test_tokens_that_double_without_end_are_an_incident(monkeypatch):
    monkeypatch.setattr(settle, "MAX_TOKENS", 1_000)
    case = Case(bpmn(START + el("exclusiveGateway", "m") + el("parallelGateway", "f") + flow("s->m->f\nf->m\nf->m").replace('id="f_m"', 'id="twice"', 1)))
    assert case.at.status == "incident"


def test_ten_million_instances_are_refused_at_run_time():
    loop = el("multiInstanceLoopCharacteristics", "l", "<bpmn:loopCardinality>${n}</bpmn:loopCardinality>")
    case = Case(bpmn(START + el("userTask", "t", loop) + flow("s->t")), {"n": 10_000_000})
    assert case.at.status == "incident"


def test_a_thousand_rounds_in_one_step_do_not_slow_down():
    files = bpmn(START + el("exclusiveGateway", "m") + script("n", "n = n + 1") + el("exclusiveGateway", "x", default="x_e") + END
                 + flow("s->m->n->x\nx->[n < 5000] m\nx->e"))
    assert Case(files, {"n": 0}).at.status == "completed"


def test_the_state_holds_no_definition_and_no_history():
    case = Case(rework(), {"n": 0, "reminders": 0})
    for _ in range(50):
        case.do("a")
    assert len(case.at.state) < 700
    assert b"isExecutable" not in case.at.state


def test_two_steps_from_the_same_state_do_not_disturb_each_other():
    model, world = parse(bpmn(START + A + B + END + flow("s->a->b->e"))), Outside()
    state = run.start(model, {}, MORNING, world).state
    task = run.inspect(model, state).tasks[0].id
    first = run.complete(model, state, task, {"x": 1}, MORNING, world)
    second = run.complete(model, state, task, {"x": 2}, MORNING, world)
    assert (first.variables, second.variables) == ({"x": 1}, {"x": 2})
    assert run.inspect(model, state).variables == {}


def test_cancelling_closes_everything_and_says_so():
    roots = '<bpmn:message id="M" name="m"/>'
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "P1D")) + boundary("m", "a", event("message", "M")) + flow("s->a\nt->b\nm->b") + B, roots=roots))
    after = case.now_is(run.cancel(case.model, case.at.state, case.now, case.world))
    assert (after.status, after.tasks, after.timers, after.waiting) == ("terminated", (), (), ())
    assert case.events[-1] == "a cancelled"


def test_many_tasks_can_be_completed_in_one_call_until_something_is_thrown():
    roots = '<bpmn:message id="M" name="m"/>'
    names = [f"t{n}" for n in range(50)]
    files = bpmn(START + el("parallelGateway", "f") + "".join(el("userTask", name) for name in names)
                 + el("intermediateThrowEvent", "th", event("message", "M")) + END + flow("s->f\n" + "\n".join(f"f->{name}" for name in names) + "\nt20->th->e"), roots=roots)
    case = Case(files)
    ids = [task.id for task in case.at.tasks]
    first, done = run.complete_each(case.model, case.at.state, ids, case.now, case.world)
    assert (len(done), len(first.thrown), len(first.tasks)) == (21, 1, 29)
    second, done = run.complete_each(case.model, first.state, ids, case.now, case.world)
    assert (len(done), second.status) == (29, "completed")


def test_variables_that_grow_step_by_step_end_at_a_bound_with_the_name_of_the_largest(monkeypatch):
    monkeypatch.setattr(variables, "MAX_TOTAL", 10_000)
    files = bpmn(START + el("exclusiveGateway", "m") + A + flow("s->m->a->m"))
    case = Case(files, {"small": 1})
    for number in range(9):
        case.do("a", **{f"log{number}": "x" * (1_000 + number)})
    with pytest.raises(TooLarge, match="log8"):
        case.do("a", log9="x" * 1_000)
    assert case.open == ["a"] and "log9" not in case.at.variables
    case.do("a", log8="short", log9="x" * 1_000)  # the old value makes room for the new one


def test_a_script_that_lets_a_variable_grow_is_an_incident_and_keeps_the_last_state(monkeypatch):
    monkeypatch.setattr(variables, "MAX_TOTAL", 5_000)
    case = Case(bpmn(START + el("exclusiveGateway", "m") + A + script("grow", "log = log + log") + flow("s->m->a->grow->m")), {"log": "x" * 1_000})
    case.do("a"), case.do("a")
    after = case.do("a")
    assert (after.status, len(after.variables["log"])) == ("incident", 4_000)
    assert "“log”" in after.failures[0].message and "上传" in after.failures[0].message


def test_what_passes_collect_is_bounded_too(monkeypatch):
    monkeypatch.setattr(snapshot, "MAX_STATE", 20_000)
    inside = "<bpmn:loopCardinality>20</bpmn:loopCardinality><bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>" + el("outputDataItem", "o", name="found")
    loop = el("multiInstanceLoopCharacteristics", "l", inside, isSequential="true")
    case = Case(bpmn(START + el("userTask", "a", loop) + flow("s->a")))
    with pytest.raises(TooLarge, match="多实例"):
        for _ in range(20):
            case.do("a", found="x" * 4_000)
    assert case.open == ["a"]


@pytest.mark.parametrize("content", [b"%PDF-1.7", bytearray(b"x"), "data:image/png;base64,iVBORw0KGgo=", " DATA:;base64,AAAA", "data:text/plain;charset=utf-8;base64,AA"])
def test_the_content_of_a_file_is_refused_as_a_variable(content):
    with pytest.raises(Invalid, match="上传"):
        Case(bpmn(START + A + flow("s->a")), {"photo": content})


def test_a_text_about_data_is_no_file():
    assert Case(bpmn(START + A + flow("s->a")), {"x": "data: see base64, please"}).open == ["a"]
