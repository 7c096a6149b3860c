"""States written by every released version still load and run on; the golden files are never rewritten (S6)."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.bpm.spiff import parse, run
from engine.bpm.spiff.state import UnreadableState
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, timer

GOLDEN = Path(__file__).parents[3] / "golden"
ROOTS = '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/>'


def everything() -> dict[str, bytes]:
    """A process in which every kind of token can stand at once."""
    inner = el("startEvent", "s1") + script("x", "undone = undone") + boundary("cx", "x", "<bpmn:compensateEventDefinition/>") \
        + el("scriptTask", "ux", "<bpmn:script>undone = undone + 1</bpmn:script>", isForCompensation="true") \
        + '<bpmn:association id="as" sourceRef="cx" targetRef="ux"/>' + el("userTask", "inside") \
        + el("endEvent", "undo", "<bpmn:compensateEventDefinition/>") + flow("s1->x->inside->undo")
    loop = el("multiInstanceLoopCharacteristics", "l", c_collection="${people}", c_elementVariable="person")
    return bpmn(
        el("startEvent", "s") + el("parallelGateway", "f") + el("parallelGateway", "j") + el("userTask", "after")
        + el("userTask", "fix", c_dueDate="${due}", c_candidateGroups="g1,g2") + boundary("remind", "fix", timer("Cycle", "R5/PT1H"), interrupting=False)
        + script("note", "reminders = reminders + 1") + el("task", "quick") + el("subProcess", "sub", inner)
        + el("callActivity", "call", calledElement="q") + el("userTask", "vote", loop, c_assignee="${person}")
        + el("eventBasedGateway", "g") + el("intermediateCatchEvent", "m", event("message", "M")) + el("intermediateCatchEvent", "t", timer("Duration", "P2D"))
        + el("exclusiveGateway", "stuck") + el("userTask", "freed")
        + el("subProcess", "h", el("startEvent", "hs", event("signal", "S"), isInterrupting="false") + el("userTask", "heard") + flow("hs->heard"), triggeredByEvent="true")
        + flow("s->f\nf->fix->j\nf->quick->j\nj->after\nremind->note\nf->sub\nf->call\nf->vote\nf->g\ng->m\ng->t\nf->stuck\nstuck->[unlocked] freed"),
        roots=ROOTS,
        more=f'<bpmn:process id="q">{el("startEvent", "qs")}{el("userTask", "qa")}{flow("qs->qa")}</bpmn:process>',
    )


VALUES = {"people": ["li", "wang"], "due": MORNING + timedelta(days=3), "reminders": 0, "undone": 0, "unlocked": False, "level": "一般"}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("engine-state-*.json")), ids=lambda path: path.name)
def test_a_state_of_an_earlier_version_loads_and_runs_to_its_end(path):
    model, world = parse(everything()), Outside()
    snapshot = run.inspect(model, path.read_bytes())
    assert [task.element for task in snapshot.tasks] == ["fix", "vote", "vote", "qa", "inside"]
    assert snapshot.tasks[0].due_at == MORNING + timedelta(days=3)
    assert {(timer.element, timer.due_at) for timer in snapshot.timers} == {("remind", MORNING + timedelta(hours=1)), ("t", MORNING + timedelta(days=2))}
    assert [waiting.name for waiting in snapshot.waiting] == ["storm", "ping"]
    assert [failure.element for failure in snapshot.failures] == ["stuck"]
    assert snapshot.variables["level"] == "一般"
    now = MORNING + timedelta(days=2)
    snapshot = run.advance(model, snapshot.state, now, world)
    snapshot = run.set_variables(model, snapshot.state, {"unlocked": True}, now, world)
    snapshot = run.retry(model, snapshot.state, snapshot.failures[0].id, now, world)
    while snapshot.tasks:
        snapshot = run.complete(model, snapshot.state, snapshot.tasks[0].id, {}, now, world)
    assert snapshot.status == "completed"
    assert (snapshot.variables["reminders"], snapshot.variables["undone"]) == (1, 1)


def test_the_newest_golden_file_is_what_this_version_writes():
    case = Case(everything(), VALUES)
    newest = sorted(GOLDEN.glob("engine-state-*.json"))[-1].read_bytes()
    seed = case.at.tasks[0].id.rpartition("-")[0].encode()
    assert case.at.state.replace(seed, b"golden") == newest


def test_the_file_says_when_it_was_written_by_a_newer_program():
    case = Case(everything(), VALUES)
    with pytest.raises(UnreadableState, match="升级"):
        run.inspect(case.model, case.at.state.replace(b'{"v":1', b'{"v":2', 1))


def test_a_state_that_stands_on_an_element_which_is_gone_is_refused_by_its_name():
    case = Case(everything(), VALUES)
    with pytest.raises(UnreadableState, match="“h”"):
        run.inspect(parse(bpmn(el("startEvent", "s") + el("userTask", "other") + flow("s->other"))), case.at.state)
