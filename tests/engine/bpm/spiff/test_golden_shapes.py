"""Each important shape of a stored state, as every released version wrote it, still loads and runs to its end (S6).

The files `shape-<name>-<format version>.json` are never rewritten; a new format adds files beside them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from engine.bpm.spiff import parse, run
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, sub, timer

GOLDEN = Path(__file__).parents[3] / "golden"
START, END, AFTER = el("startEvent", "s"), el("endEvent", "e"), el("userTask", "after")
ROOTS = '<bpmn:message id="M" name="ping"/>'


class Loaded(Case):
    """A case that goes on from a stored state."""

    def __init__(self, files: dict[str, bytes], state: bytes) -> None:
        self.model, self.world, self.now = parse(files), Outside(), MORNING + timedelta(hours=1)
        self.trace, self.thrown = [], []
        self.at = run.inspect(self.model, state)


@dataclass
class Shape:
    """A diagram, the variables and acts that lead to the shape, and how it goes on to its end."""

    files: dict[str, bytes]
    variables: dict[str, object]
    begin: Callable[[Case], object]
    finish: Callable[[Case], object]


def multi_instance() -> Shape:
    def asked(name: str, results: str, one_by_one: str) -> str:
        inside = f"<bpmn:loopDataOutputRef>{results}</bpmn:loopDataOutputRef>" + el("outputDataItem", f"o{name}", name="says")
        loop = el("multiInstanceLoopCharacteristics", f"l{name}", inside, c_collection="${people}", c_elementVariable="who", isSequential=one_by_one)
        return el("userTask", name, loop, c_assignee="${who}")

    files = bpmn(START + el("parallelGateway", "f") + asked("vote", "found", "false") + asked("turn", "later", "true") + el("parallelGateway", "j")
                 + AFTER + END + flow("s->f->vote->j->after->e\nf->turn->j"))  # fmt: skip

    def finish(case: Case) -> None:
        assert [(task.element, task.assignee) for task in case.at.tasks] == [("vote", "wang"), ("vote", "zhao"), ("turn", "wang")]
        case.do("vote", says="b"), case.do("turn", says="y"), case.do("vote", says="c"), case.do("turn", says="z"), case.do("after")
        assert (case.at.variables["found"], case.at.variables["later"]) == (["a", "b", "c"], ["x", "y", "z"])

    return Shape(files, {"people": ["li", "wang", "zhao"]}, lambda case: (case.do("vote", says="a"), case.do("turn", says="x")), finish)


def event_subprocess() -> Shape:
    inner = el("startEvent", "hs", event("message", "M"), isInterrupting="false") + el("userTask", "heard") + flow("hs->heard")
    files = bpmn(START + sub("box", el("startEvent", "s1") + el("userTask", "x") + flow("s1->x") + el("subProcess", "h", inner, triggeredByEvent="true"))
                 + AFTER + flow("s->box->after"), roots=ROOTS)  # fmt: skip

    def finish(case: Case) -> None:
        assert (sorted(case.open), [found.name for found in case.at.waiting]) == (["heard", "x"], ["ping"])
        case.tell("ping")
        case.do("x"), case.do("heard"), case.do("heard"), case.do("after")

    return Shape(files, {}, lambda case: case.tell("ping"), finish)


def called_process() -> Shape:
    more = f'<bpmn:process id="q">{el("startEvent", "qs")}{el("callActivity", "deeper", calledElement="r")}{flow("qs->deeper")}</bpmn:process>' \
        f'<bpmn:process id="r">{el("startEvent", "rs")}{el("userTask", "ra")}{el("userTask", "rb")}{flow("rs->ra->rb")}</bpmn:process>'
    files = bpmn(START + el("callActivity", "call", calledElement="q") + boundary("t", "call", timer("Duration", "P9D")) + AFTER + flow("s->call->after\nt->after"), more=more)

    def finish(case: Case) -> None:
        assert (case.open, [found.due_at for found in case.at.timers]) == (["rb"], [MORNING + timedelta(days=9)])
        case.do("rb", n=3)
        assert (case.at.variables, case.at.timers) == ({"n": 3}, ())
        case.do("after")

    return Shape(files, {"n": 1}, lambda case: case.do("ra", n=2), finish)


def compensation() -> Shape:
    def step(name: str) -> str:
        return script(name, f"{name} = 1") + boundary(f"c{name}", name, "<bpmn:compensateEventDefinition/>") \
            + el("userTask", f"u{name}", isForCompensation="true") + f'<bpmn:association id="as{name}" sourceRef="c{name}" targetRef="u{name}"/>'

    files = bpmn(START + step("x") + step("y") + el("intermediateThrowEvent", "undo", "<bpmn:compensateEventDefinition/>") + AFTER + flow("s->x->y->undo->after"))

    def finish(case: Case) -> None:
        assert case.open == ["ux"]
        case.do("ux")
        assert case.open == ["after"]
        case.do("after")

    return Shape(files, {}, lambda case: case.do("uy"), finish)


def inclusive_join() -> Shape:
    files = bpmn(START + el("inclusiveGateway", "f") + el("userTask", "a") + el("userTask", "b") + el("userTask", "c") + el("inclusiveGateway", "j") + AFTER
                 + flow("s->f\nf->[n > 0] a\nf->[n > 1] b\nf->[n > 2] c\na->j\nb->j\nc->j\nj->after"))  # fmt: skip

    def finish(case: Case) -> None:
        assert case.open == ["b"]
        case.do("b"), case.do("after")

    return Shape(files, {"n": 2}, lambda case: case.do("a"), finish)


def incident() -> Shape:
    files = bpmn(START + script("x", "y = wrong + 1") + boundary("t", "x", timer("Duration", "P1D")) + AFTER + flow("s->x->after\nt->after"))

    def finish(case: Case) -> None:
        assert (case.at.status, case.at.failures[0].element) == ("incident", "x")
        case.put(wrong=1), case.retry(), case.do("after")
        assert case.at.variables["y"] == 2

    return Shape(files, {}, lambda case: None, finish)


def cycle_timer() -> Shape:
    files = bpmn(START + el("userTask", "a") + boundary("t", "a", timer("Cycle", "R5/P1D"), interrupting=False) + script("n", "n = n + 1") + flow("s->a\nt->n"))

    def finish(case: Case) -> None:
        assert [found.due_at for found in case.at.timers] == [MORNING + timedelta(days=3)]
        case.now = MORNING + timedelta(days=2)
        for _ in range(10):
            case.wait(days=1)
        assert (case.at.variables["n"], case.at.timers) == (5, ())
        case.do("a")

    return Shape(files, {"n": 0}, lambda case: (case.wait(days=1), case.wait(days=1)), finish)


SHAPES = {make.__name__: make for make in (multi_instance, event_subprocess, called_process, compensation, inclusive_join, incident, cycle_timer)}
FILES = sorted(GOLDEN.glob("shape-*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_shape_loads_and_runs_to_its_end(path):
    shape = SHAPES[path.stem.split("-")[1]]()
    case = Loaded(shape.files, path.read_bytes())
    shape.finish(case)
    assert case.at.status == "completed"


@pytest.mark.parametrize("name", SHAPES)
def test_this_version_writes_the_shape_that_is_kept(name):
    shape = SHAPES[name]()
    case = Case(shape.files, shape.variables)
    shape.begin(case)
    again = Loaded(shape.files, case.at.state)
    shape.finish(again)
    assert again.at.status == "completed"
    assert [path for path in FILES if path.stem.split("-")[1] == name], f"keep a golden file of {name}"
