"""Due moments that move: by a person (C5), by a stopped clock, by a holiday table that arrives (C9); nothing fires here."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.bpm.spiff import reschedule
from engine.bpm.spiff.types import NotArmed, TaskNotOpen
from engine.calendar import Calendar
from tests.engine.bpm.spiff.kit import MORNING, Case, boundary, bpmn, el, flow, timer

START = el("startEvent", "s")
A, B, C = (el("userTask", name) for name in "abc")
HOUR = timedelta(hours=1)
UNKNOWN = datetime(2027, 9, 30, 1, 0, tzinfo=UTC)  # Thursday 09:00 in Shanghai, of a year without a table


def move_timer(case: Case, element: str, due_at: datetime):
    timer_id = next(found.id for found in case.at.timers if found.element == element)
    after, moves = reschedule.move_timer(case.model, case.at.state, timer_id, due_at, case.now, case.world)
    case.now_is(after)
    return moves


def move_task(case: Case, element: str, due_at: datetime):
    task_id = next(found.id for found in case.at.tasks if found.element == element)
    after, moves = reschedule.move_task(case.model, case.at.state, task_id, due_at, case.now, case.world)
    case.now_is(after)
    return moves


def shift(case: Case, span: timedelta):
    after, moves = reschedule.shift(case.model, case.at.state, span, case.now, case.world)
    case.now_is(after)
    return moves


def reproject(case: Case):
    after, moves = reschedule.reproject(case.model, case.at.state, case.now, case.world)
    case.now_is(after)
    return moves


def due(case: Case) -> dict[str, timedelta]:
    return {found.element: found.due_at - MORNING for found in case.at.timers}


def dues(case: Case) -> dict[str, datetime | None]:
    return {found.element: found.due_at for found in case.at.tasks}


def fired(case: Case) -> list[tuple[str, timedelta]]:
    return [(entry.element, entry.at - MORNING) for entry in case.trace if entry.event == "fired"]


def test_a_timer_that_was_moved_fires_at_its_new_moment_and_is_another_timer():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "PT1H")) + B + flow("s->a\nt->b")))
    old = case.at.timers[0]
    (move,) = move_timer(case, "t", MORNING + 3 * HOUR)
    assert (move.timer, move.before, move.after) == (old.id, old.due_at, MORNING + 3 * HOUR)
    assert case.at.timers[0].id != old.id
    assert (case.at.timers[0].kind, case.at.timers[0].interrupting, case.at.timers[0].host) == (old.kind, True, old.host)
    case.wait(hours=2)
    assert case.open == ["a"]
    case.wait(hours=1)
    assert case.open == ["b"]


def test_a_timer_moved_away_and_back_is_new_each_time():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "PT1H")) + B + flow("s->a\nt->b")))
    ids = {case.at.timers[0].id}
    for hours in (5, 1):
        move_timer(case, "t", MORNING + hours * HOUR)
        ids.add(case.at.timers[0].id)
    assert len(ids) == 3


def test_a_cycle_gets_a_new_grid_and_keeps_its_count():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Cycle", "R3/PT1H"), interrupting=False) + B + flow("s->a\nt->b")))
    case.wait(hours=1)
    move_timer(case, "t", MORNING + timedelta(hours=5, minutes=30))
    case.wait(hours=10)
    assert fired(case) == [("t", HOUR), ("t", timedelta(hours=5, minutes=30))]
    assert [entry.missed for entry in case.trace if entry.event == "fired"] == [0, 1]
    assert case.at.timers == ()
    case = Case(bpmn(START + A + boundary("t", "a", timer("Cycle", "R3/PT1H"), interrupting=False) + B + flow("s->a\nt->b")))
    move_timer(case, "t", MORNING + timedelta(minutes=30))
    for _ in range(8):
        case.wait(minutes=30)
    assert fired(case) == [("t", timedelta(minutes=30 + 60 * passed)) for passed in range(3)]


def test_moving_what_is_not_armed_or_not_open_is_refused():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "PT1H"), interrupting=False) + B + flow("s->a\nt->b")))
    gone = case.at.timers[0].id
    case.wait(hours=1)
    with pytest.raises(NotArmed):
        reschedule.move_timer(case.model, case.at.state, gone, MORNING + 9 * HOUR, case.now, case.world)
    with pytest.raises(TaskNotOpen):
        reschedule.move_task(case.model, case.at.state, gone, MORNING + 9 * HOUR, case.now, case.world)


def test_nothing_fires_while_a_timer_is_moved():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "PT1H")) + B + flow("s->a\nt->b")))
    case.now += 2 * HOUR
    move_timer(case, "t", MORNING + 3 * HOUR)
    assert case.open == ["a"]


def test_a_task_is_due_at_its_new_moment_and_a_timer_that_stood_there_moves_with_it():
    late = boundary("late", "a", timer("Date", "${hours(24)}"), interrupting=False)
    other = boundary("early", "a", timer("Duration", "PT2H"), interrupting=False)
    case = Case(bpmn(START + el("userTask", "a", c_dueDate="${hours(24)}") + late + other + B + C + flow("s->a\nlate->b\nearly->c")))
    moves = move_task(case, "a", MORNING + 48 * HOUR)
    assert [(move.element, move.after - MORNING) for move in moves] == [("a", 48 * HOUR), ("late", 48 * HOUR)]
    assert {move.task for move in moves} == {case.at.tasks[0].id}
    assert due(case) == {"late": 48 * HOUR, "early": 2 * HOUR}


def test_a_due_date_that_follows_a_variable_moves_the_variable_and_all_that_is_counted_from_it():
    reminder = boundary("remind", "a", timer("Date", "${workdays_before(limit, 1)}"), interrupting=False)
    case = Case(
        bpmn(START + el("parallelGateway", "f") + el("userTask", "a", c_dueDate="${limit}") + el("userTask", "b", c_dueDate="${limit}") + reminder + C
             + flow("s->f\nf->a\nf->b\nremind->c")),
        {"limit": "2026-10-12"},
    )
    assert due(case)["remind"] + MORNING == datetime(2026, 10, 10, 0, 30, tzinfo=UTC)  # a Saturday that works
    moves = move_task(case, "a", datetime(2026, 10, 20, 16, 0, tzinfo=UTC))
    assert [move.element for move in moves] == ["a", "remind", "b"]
    assert set(dues(case).values()) == {datetime(2026, 10, 20, 16, 0, tzinfo=UTC)}
    assert due(case)["remind"] + MORNING == datetime(2026, 10, 19, 0, 30, tzinfo=UTC)
    case.put(limit="2026-10-30")
    assert set(dues(case).values()) == {datetime(2026, 10, 30, 16, 0, tzinfo=UTC)}  # it goes on following


def test_a_reminder_that_would_be_over_after_a_shortening_is_due_now():
    reminder = boundary("remind", "a", timer("Date", "${workdays_before(limit, 3)}"), interrupting=False)
    case = Case(bpmn(START + el("userTask", "a", c_dueDate="${limit}") + reminder + B + flow("s->a\nremind->b")), {"limit": "2026-10-12"})
    move_task(case, "a", MORNING + 2 * HOUR)
    assert due(case) == {"remind": timedelta()}


def test_a_stopped_clock_puts_off_everything_by_the_same_span():
    tasks = el("userTask", "a", c_dueDate="${hours(10)}") + el("userTask", "b", c_dueDate="${limit}") + el("userTask", "c", c_dueDate="${limit}") + el("userTask", "d")
    late = boundary("late", "a", timer("Duration", "PT1H")) + boundary("each", "b", timer("Cycle", "R/PT2H"), interrupting=False)
    case = Case(bpmn(START + el("parallelGateway", "f") + tasks + late + flow("s->f\nf->a\nf->b\nf->c\nf->d")), {"limit": "2026-10-12"})
    before, limits = due(case), dues(case)
    case.now += 7 * HOUR
    moves = shift(case, 7 * HOUR)
    assert due(case) == {element: moment + 7 * HOUR for element, moment in before.items()}
    assert dues(case) == {element: moment and moment + 7 * HOUR for element, moment in limits.items()}
    assert all(move.after - move.before == 7 * HOUR for move in moves)
    assert len(moves) == 5
    case.wait(minutes=119)
    assert fired(case) == [("late", 8 * HOUR)]


def test_timers_of_one_moment_keep_their_order_when_they_are_put_off():
    ticks = "".join(el("intermediateCatchEvent", name, timer("Duration", "PT1H")) for name in "xyz")
    case = Case(bpmn(START + el("parallelGateway", "f") + ticks + flow("s->f\nf->x\nf->y\nf->z")))
    shift(case, HOUR)
    case.wait(hours=2)
    assert [element for element, _ in fired(case)] == ["x", "y", "z"]


GO = '<bpmn:message id="m" name="go"/>'
TABLE = Calendar.default().extended(2027, {date(2027, 10, day): "国庆节" for day in range(1, 9)}, {date(2027, 10, 9): "国庆节"})


def with_go(content: str, **variables) -> Case:
    waiting = el("intermediateCatchEvent", "go", '<bpmn:messageEventDefinition messageRef="m"/>')
    case = Case(bpmn(START + waiting + content + flow("s->go->a"), roots=GO))
    case.now = UNKNOWN
    case.tell("go", **variables)
    return case


def test_a_moment_counted_in_working_days_of_a_year_without_a_table_is_provisional():
    late = boundary("late", "a", timer("Date", "${next_workday('08:30')}"), interrupting=False)
    sure = boundary("sure", "a", timer("Date", "${days(3)}"), interrupting=False)
    case = with_go(el("userTask", "a", c_dueDate="${workdays(n)}") + late + sure + B + flow("late->b\nsure->b"), n=2)
    assert {found.element: found.provisional for found in case.at.timers} == {"late": True, "sure": False}
    assert case.at.tasks[0].provisional
    assert not Case(bpmn(START + el("userTask", "a", c_dueDate="${workdays(2)}") + flow("s->a"))).at.tasks[0].provisional


def test_a_table_that_arrives_moves_provisional_moments_counted_from_where_they_were_counted_first():
    late = boundary("late", "a", timer("Date", "${next_workday('08:30')}"), interrupting=False)
    case = with_go(el("userTask", "a", c_dueDate="${workdays(n)}") + late + B + flow("late->b"), n=2)
    case.put(n=9)  # what changed since is no reason to count otherwise
    case.now += 2 * HOUR
    assert reproject(case) == []
    assert case.at.tasks[0].provisional
    case.world.calendar = TABLE
    moves = reproject(case)
    assert {move.element: move.after for move in moves} == {
        "late": datetime(2027, 10, 9, 0, 30, tzinfo=UTC), "a": datetime(2027, 10, 11, 16, 0, tzinfo=UTC),
    }  # fmt: skip
    assert not any(found.provisional for found in (*case.at.timers, *case.at.tasks))
    assert reproject(case) == []


def test_a_moment_that_the_table_confirms_is_no_longer_provisional_and_keeps_its_timer():
    late = boundary("late", "a", timer("Date", "${next_workday('08:30')}"), interrupting=False)
    case = with_go(el("userTask", "a") + late + B + flow("late->b"))
    before = case.at.timers[0]
    case.world.calendar = Calendar.default().extended(2027, {date(2027, 10, day): "国庆节" for day in range(1, 4)}, {})
    assert reproject(case) == []
    assert (case.at.timers[0].id, case.at.timers[0].due_at, case.at.timers[0].provisional) == (before.id, before.due_at, False)


def test_what_was_put_off_meanwhile_stays_put_off_and_what_a_person_set_is_never_counted_again():
    late = boundary("late", "a", timer("Date", "${next_workday('08:30')}"), interrupting=False)
    set_by_hand = boundary("hand", "a", timer("Date", "${next_workday('08:30')}"), interrupting=False)
    case = with_go(el("userTask", "a", c_dueDate="${workdays(2)}") + late + set_by_hand + B + flow("late->b\nhand->b"))
    move_timer(case, "hand", UNKNOWN + 500 * HOUR)
    shift(case, 3 * HOUR)
    case.world.calendar = TABLE
    reproject(case)
    assert {found.element: found.due_at for found in case.at.timers} == {
        "late": datetime(2027, 10, 9, 3, 30, tzinfo=UTC), "hand": UNKNOWN + 503 * HOUR,
    }  # fmt: skip
    assert case.at.tasks[0].due_at == datetime(2027, 10, 11, 19, 0, tzinfo=UTC)


def test_what_has_fired_stays_fired_when_a_table_arrives():
    late = boundary("late", "a", timer("Date", "${next_workday('08:30')}"), interrupting=False)
    case = with_go(el("userTask", "a") + late + B + flow("late->b"))
    case.wait(days=5)
    assert case.open == ["a", "b"]
    case.world.calendar = TABLE
    assert reproject(case) == []
    assert case.open == ["a", "b"]
