"""Time: every timer at its own moment, none twice, none lost in an outage, and the machine's clock is never read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions import timer as spiff_timer

from engine.bpm.spiff import parse, run, timers
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, flow, timer

START = el("startEvent", "s")
A, B, C = (el("userTask", name) for name in "abc")
ZONE = ZoneInfo("Asia/Shanghai")


def catch(identifier, kind, value):
    return el("intermediateCatchEvent", identifier, timer(kind, value))


def test_a_timer_due_exactly_now_is_due():
    case = Case(bpmn(START + catch("t", "Duration", "PT1H") + A + flow("s->t->a")))
    assert case.at.timers[0].due_at == MORNING + timedelta(hours=1)
    case.wait(minutes=59, seconds=59)
    assert case.open == []
    case.wait(seconds=1)
    assert case.open == ["a"]


def test_a_timer_in_the_past_fires_in_the_same_step():
    assert Case(bpmn(START + catch("t", "Date", "2020-01-01T00:00:00Z") + A + flow("s->t->a"))).open == ["a"]


def test_a_chain_of_rungs_fires_each_at_its_own_moment_after_an_outage():
    files = bpmn(START + catch("t1", "Duration", "P1D") + catch("t2", "Date", "${next_workday('08:30')}") + catch("t3", "Duration", "PT2H")
                 + A + flow("s->t1->t2->t3->a"))
    case = Case(files)
    case.wait(days=30)
    fired = {entry.element: entry.at.astimezone(ZONE) for entry in case.trace if entry.event == "fired"}
    assert fired["t1"] == datetime(2026, 9, 25, 9, 0, tzinfo=ZONE)
    assert fired["t2"] == datetime(2026, 9, 28, 8, 30, tzinfo=ZONE)  # 25–27 September 2026 are days off
    assert fired["t3"] == datetime(2026, 9, 28, 10, 30, tzinfo=ZONE)
    assert case.at.tasks[0].created_at == fired["t3"]


def test_timers_of_parallel_branches_fire_in_due_order():
    files = bpmn(START + el("parallelGateway", "f") + catch("late", "Duration", "PT2H") + catch("early", "Duration", "PT1H") + A + B
                 + flow("s->f\nf->late->a\nf->early->b"))
    case = Case(files)
    case.wait(days=1)
    assert [entry.element for entry in case.trace if entry.event == "fired"] == ["early", "late"]


def test_no_act_overtakes_a_deadline_that_has_passed():
    files = bpmn(START + A + boundary("t", "a", timer("Duration", "P1D"), interrupting=False) + B + flow("s->a\nt->b"))
    case = Case(files)
    case.now += timedelta(days=2)
    case.do("a")
    assert case.open == ["b"]
    assert next(entry for entry in case.trace if entry.event == "fired").at == MORNING + timedelta(days=1)


def test_a_cycle_fires_as_often_as_it_says_and_its_handlers_outlive_the_host():
    files = bpmn(START + A + boundary("t", "a", timer("Cycle", "R3/PT10S"), interrupting=False) + B + flow("s->a\nt->b"))
    case = Case(files)
    ids = set()
    for _ in range(4):
        ids |= {found.id for found in case.at.timers}
        case.wait(seconds=10)
    assert case.open == ["a", "b", "b", "b"]
    assert (len(ids), case.at.timers) == (3, ())
    case.do("a")
    assert case.open == ["b", "b", "b"]


def test_missed_firings_of_a_cycle_become_one_that_says_how_many_and_the_grid_goes_on():
    files = bpmn(START + A + boundary("t", "a", timer("Cycle", "R/PT1H"), interrupting=False) + B + flow("s->a\nt->b"))
    case = Case(files)
    case.wait(hours=10, minutes=30)
    fired = [entry for entry in case.trace if entry.event == "fired"]
    assert [(entry.at, entry.missed) for entry in fired] == [(MORNING + timedelta(hours=1), 9)]
    assert case.at.timers[0].due_at == MORNING + timedelta(hours=11)


def test_an_outage_gone_through_moment_by_moment_still_coalesces_a_cycle():
    files = bpmn(START + A + boundary("t", "a", timer("Cycle", "R5/PT1H"), interrupting=False) + B + flow("s->a\nt->b"))
    case = Case(files)
    end = MORNING + timedelta(hours=3, minutes=5)
    due = case.at.timers[0].due_at
    case.now_is(run.advance(case.model, case.at.state, due, case.world, coalesce_until=end))
    assert case.open == ["a", "b"]
    assert case.at.timers[0].due_at == MORNING + timedelta(hours=4)


def test_an_event_sub_process_started_by_a_cycle_says_how_many_firings_were_missed():
    handler = el("subProcess", "h", el("startEvent", "es", timer("Cycle", "R/PT1H"), isInterrupting="false") + B + flow("es->b"), triggeredByEvent="true")
    case = Case(bpmn(START + A + flow("s->a") + handler))
    case.wait(hours=3, minutes=10)
    assert case.open == ["a", "b"]
    assert [(entry.element, entry.missed) for entry in case.trace if entry.event == "fired"] == [("es", 2)]


def test_a_cycle_of_calendar_months_keeps_to_the_calendar():
    every = timers.duration("P1M")
    assert every.after(datetime(2026, 1, 31, 2, 0, tzinfo=UTC), ZONE) == datetime(2026, 2, 28, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "expected"), [
    ("P3D", MORNING + timedelta(days=3)),
    ("PT1H30M", MORNING + timedelta(minutes=90)),
    ("P1W", MORNING + timedelta(weeks=1)),
    ("2026-10-10T08:30:00+08:00", datetime(2026, 10, 10, 0, 30, tzinfo=UTC)),
    ("2026-10-10T08:30:00", datetime(2026, 10, 10, 0, 30, tzinfo=UTC)),
    ("2026-10-10", datetime(2026, 10, 9, 16, 0, tzinfo=UTC)),
    ("2026-10-10T00:30:00Z", datetime(2026, 10, 10, 0, 30, tzinfo=UTC)),
    ("R2/2026-10-10T08:30:00+08:00/P1D", datetime(2026, 10, 10, 0, 30, tzinfo=UTC)),
    (timedelta(hours=2), MORNING + timedelta(hours=2)),
])  # fmt: skip
def test_iso_values_and_moments_are_read_in_the_zone_of_the_installation(text, expected):
    assert timers.schedule(text, MORNING, ZONE).first == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "P1H", "5 minutes", "tomorrow", "R0/PT1H", "R3/PT0S", "P-1D", "2026-13-01", None, 5, "0001-01-01"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(timers.BadTimer):
        timers.schedule(text, MORNING, ZONE)


def test_a_run_without_end_of_immediate_timers_is_an_incident_and_not_a_hang():
    files = bpmn(START + el("exclusiveGateway", "m") + catch("t", "Duration", "PT0S") + flow("s->m->t->m"))
    case = Case(files)
    assert case.at.status == "incident"


def test_the_clock_of_the_machine_and_spiffs_own_timers_are_never_asked(monkeypatch):
    class NoClock(datetime):
        @classmethod
        def now(cls, tz=None):
            raise AssertionError("SpiffWorkflow read the clock")

    monkeypatch.setattr(spiff_timer, "datetime", NoClock)
    model = parse(bpmn(START + A + boundary("t", "a", timer("Cycle", "R3/PT10S"), interrupting=False) + B + catch("d", "Duration", "P1D") + C
                       + flow("s->a\nt->b->d->c")))
    world = Outside()
    before = run.start(model, {}, MORNING, world)
    after = run.advance(model, before.state, MORNING + timedelta(seconds=10), world)
    assert [task.element for task in after.tasks] == ["a", "b"]
