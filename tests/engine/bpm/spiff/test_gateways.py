"""Gateways run as BPMN 2.0.2 says, also in loops, unstructured and with more tokens than one."""

from collections import Counter

from tests.engine.bpm.spiff.kit import Case, bpmn, el, flow, script

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B, C, D = (el("userTask", name) for name in "abcd")


def test_an_exclusive_gateway_takes_the_first_true_condition_and_else_the_default():
    files = bpmn(START + el("exclusiveGateway", "x", default="x_c") + A + B + C
                 + flow("s->x\nx->[n > 5] a\nx->[n > 3] b\nx->c"))
    assert [Case(files, {"n": n}).open for n in (9, 4, 1)] == [["a"], ["b"], ["c"]]


def test_an_exclusive_gateway_without_a_match_is_an_incident_that_can_be_repaired_and_retried():
    files = bpmn(START + el("exclusiveGateway", "x") + A + B + flow("s->x\nx->[n == 1] a\nx->[n == 2] b"))
    case = Case(files, {"n": 7})
    assert case.at.status == "incident"
    assert case.at.failures[0].element == "x"
    assert "默认连线" in case.at.failures[0].message
    case.put(n=2)
    assert case.retry().status == "running"
    assert case.open == ["b"]


def test_a_parallel_join_waits_for_every_branch():
    files = bpmn(START + el("parallelGateway", "f") + A + B + el("parallelGateway", "j") + END
                 + flow("s->f\nf->a->j\nf->b->j\nj->e"))
    case = Case(files)
    assert case.open == ["a", "b"]
    case.do("b")
    assert (case.at.status, case.open) == ("running", ["a"])
    case.do("a")
    assert case.at.status == "completed"
    assert Counter(case.completed)["j"] == 1


def test_a_second_token_on_one_flow_does_not_open_a_parallel_join_but_stays_for_the_next_round():
    files = bpmn(START + el("parallelGateway", "f") + el("exclusiveGateway", "m") + A + B + el("parallelGateway", "j") + C
                 + flow("s->f\nf->m\nf->m\nm->a->j\nf->b->j\nj->c").replace('id="f_m"', 'id="f_m1"', 1))
    case = Case(files)
    assert sorted(case.open) == ["a", "a", "b"]
    case.do("a")
    case.do("a")
    assert case.open == ["b"]
    case.do("b")
    assert case.open == ["c"]
    assert case.do("c").status == "running"  # the surplus token still waits at the join
    assert "j" not in case.open


def test_two_tokens_reaching_a_split_both_split():
    files = bpmn(START + el("parallelGateway", "f1") + el("exclusiveGateway", "m") + el("parallelGateway", "f2") + A + B
                 + flow("s->f1\nf1->m\nf1->m\nm->f2\nf2->a\nf2->b").replace('id="f1_m"', 'id="again"', 1))
    assert Counter(Case(files).open) == {"a": 2, "b": 2}


def test_a_parallel_block_inside_a_loop_joins_in_every_round():
    files = bpmn(START + el("exclusiveGateway", "m") + el("parallelGateway", "f") + A + B + el("parallelGateway", "j")
                 + el("exclusiveGateway", "x", default="x_e") + END
                 + flow("s->m->f\nf->a->j\nf->b->j\nj->x\nx->[again] m\nx->e"))
    case = Case(files)
    for _ in range(5):
        case.do("a", again=True)
        case.do("b", again=True)
        assert case.open == ["a", "b"]
    case.do("b")
    case.do("a", again=False)
    assert case.at.status == "completed"


def inclusive(n):
    return bpmn(START + el("inclusiveGateway", "f", default="f_c") + A + B + C + el("inclusiveGateway", "j") + D
                + flow("s->f\nf->[n > 1] a\nf->[n > 2] b\nf->c\na->j\nb->j\nc->j\nj->d")), {"n": n}


def test_an_inclusive_join_waits_exactly_for_the_branches_that_were_taken():
    case = Case(*inclusive(3))
    assert case.open == ["a", "b"]
    case.do("a")
    assert case.open == ["b"]
    case.do("b")
    assert case.open == ["d"]
    assert Case(*inclusive(0)).open == ["c"]
    one = Case(*inclusive(2))
    one.do("a")
    assert one.open == ["d"]


def test_an_inclusive_join_inside_a_loop_waits_in_the_second_round_too():
    files = bpmn(START + el("exclusiveGateway", "m") + el("inclusiveGateway", "f") + A + B + el("inclusiveGateway", "j")
                 + el("exclusiveGateway", "x", default="x_e") + END
                 + flow("s->m->f\nf->[x > 0] a\nf->[x > 1] b\na->j\nb->j\nj->x\nx->[again] m\nx->e"))
    case = Case(files, {"x": 2, "again": True})
    for _ in range(3):
        case.do("a")
        assert case.open == ["b"]
        case.do("b")
        assert case.open == ["a", "b"]


def test_an_inclusive_join_waits_for_a_token_upstream_behind_a_longer_path():
    files = bpmn(START + el("inclusiveGateway", "f") + A + B + C + el("inclusiveGateway", "j") + D
                 + flow("s->f\nf->[true] a\nf->[true] b\na->j\nb->c->j\nj->d"))
    case = Case(files)
    case.do("a")
    case.do("b")
    assert case.open == ["c"]
    case.do("c")
    assert case.open == ["d"]


def test_an_inclusive_join_counts_a_host_whose_boundary_event_can_still_reach_it():
    from tests.engine.bpm.spiff.kit import boundary, timer

    files = bpmn(START + el("parallelGateway", "f") + A + B + boundary("t", "b", timer("Duration", "P1D"))
                 + el("inclusiveGateway", "j") + C + D + flow("s->f\nf->a->j\nf->b->d\nt->j\nj->c"))
    case = Case(files)
    case.do("a")
    assert case.open == ["b"]
    case.wait(days=1)
    assert case.open == ["c"]


def test_flows_leaving_a_task_split_without_a_gateway_as_their_conditions_say():
    files = bpmn(START + el("userTask", "t", default="t_d") + A + B + C + D
                 + flow("s->t\nt->a\nt->[n > 1] b\nt->[n > 2] c\nt->d"))
    def opened(n):
        case = Case(files)
        case.do("t", n=n)
        return case.open
    assert opened(3) == ["a", "b", "c"]
    assert opened(0) == ["a", "d"]


def test_a_single_conditional_flow_that_is_false_is_an_incident_and_the_work_done_is_kept():
    case = Case(bpmn(START + A + B + flow("s->a\na->[ok] b")))
    case.do("a", ok=False, note="seen")
    assert case.at.status == "incident"
    assert case.at.variables["note"] == "seen"
    assert case.open == []
    case.put(ok=True)
    case.retry()
    assert case.open == ["b"]


def test_a_token_without_a_way_on_just_ends_and_so_does_the_process():
    case = Case(bpmn(START + script("n", "x = 1") + flow("s->n")))
    assert case.at.status == "completed"
    assert case.completed == ["s", "n"]


def test_without_a_start_event_everything_that_nothing_leads_to_starts():
    assert sorted(Case(bpmn(A + B + C + flow("a->c"))).open) == ["a", "b"]


def test_an_event_based_gateway_takes_the_first_event_and_forgets_the_others():
    from tests.engine.bpm.spiff.kit import event, timer

    files = bpmn(START + el("eventBasedGateway", "g") + el("intermediateCatchEvent", "m", event("message", "M"))
                 + el("intermediateCatchEvent", "t", timer("Duration", "P3D")) + el("receiveTask", "r", messageRef="R") + A + B + C
                 + flow("s->g\ng->m->a\ng->t->b\ng->r->c"), roots='<bpmn:message id="M" name="answer"/><bpmn:message id="R" name="other"/>')
    case = Case(files)
    assert [waiting.name for waiting in case.at.waiting] == ["answer", "other"]
    assert case.at.timers[0].kind == "event_gateway"
    case.tell("answer", text="yes")
    assert (case.open, case.at.timers, case.at.waiting) == (["a"], (), ())
    assert case.at.variables == {"text": "yes"}
    assert case.completed == ["s", "g", "m"]
    late = Case(files)
    late.wait(days=3)
    assert late.open == ["b"]
    third = Case(files)
    third.tell("other")
    assert third.open == ["c"]


def test_a_condition_that_is_a_text_is_an_incident_and_not_silently_true():
    case = Case(bpmn(START + el("exclusiveGateway", "x", default="x_b") + A + B + flow("s->x\nx->[sure] a\nx->b")), {"sure": "maybe"})
    assert case.at.status == "incident"
    case.put(sure="false")
    case.retry()
    assert case.open == ["b"]
