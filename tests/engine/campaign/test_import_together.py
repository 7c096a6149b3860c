"""Rows of an import are written together: as if one by one, none half, none twice, in the order of the sheet."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from engine.app import App
from engine.bpm.model import Event, Instance, Task
from engine.bpm.viewer import Viewer
from engine.campaign import codes, import_pace, ledger_import, ledger_writing, patrol_planning
from engine.campaign.case_model import Deadline, Hazard, Reminder
from engine.campaign.exchange_model import ImportRow
from engine.campaign.found_before import RECURRENCE, Found, FoundBefore
from engine.campaign.patrol_model import AT_ONCE, Patrol
from engine.errors import Unavailable

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"
HEAD = "检查日期,被检查单位,网格,隐患类别,存在问题,整改期限,销号时间\n"


def started(app: App, viewer: Viewer, lines: list[str], **more: Any) -> str:
    content = (HEAD + "\n".join(lines)).encode()
    made = ledger_import.create(app, content, filename="台账.csv", viewer=viewer, **more)
    assert set(made.counts) == {"ready"}, ledger_import.rows(app, made.id, viewer=viewer).items
    return ledger_import.start(app, made.id, viewer=viewer).id


def work(app: App) -> int:
    steps = 0
    while ledger_import.work_next(app):
        steps += 1
    return steps


def count(app: App, table: Any, *where: Any) -> int:
    with app.reading() as tx:
        return tx.scalar(select(func.count()).select_from(table).where(*where)) or 0


def lines(number: int, *, closed: bool = False) -> list[str]:
    end = "2026-09-03" if closed else ""
    return [f"2026-09-01,示例小餐饮A,GH-01,RF-05,第 {each} 处私拉电线,2026-10-30,{end}" for each in range(number)]


def test_many_rows_are_few_transactions_and_each_open_case_stands_in_its_process(campaign: App, person: Person) -> None:
    viewer, moment = person(campaign, CLERK), campaign.wall()
    campaign.wall = lambda: moment  # a machine on which nothing takes long
    id = started(campaign, viewer, lines(40))
    assert work(campaign) == 1
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"done": 40}

    with campaign.reading() as tx:
        cases = tx.scalars(select(Hazard).order_by(Hazard.number)).all()
        rows = tx.scalars(select(ImportRow).order_by(ImportRow.row)).all()
        assert [row.hazard for row in rows] == [case.number for case in cases]  # numbers in the order of the sheet
        assert [case.repeats for case in cases] == [0] * 40  # found at one moment: none before another
        keys = dict(tx.execute(select(Instance.id, Instance.business_key)).all())
        assert [keys[case.instance_id or ""] for case in cases] == [case.number for case in cases]
        told: dict[str, list[str]] = {}
        for event in tx.scalars(select(Event).order_by(Event.id)):
            told.setdefault(event.instance_id, []).append(event.event)
    assert all(events[0] == "started" for events in told.values()) and len(told) == 40
    assert count(campaign, Task, Task.element == "classify", Task.status == "open") == 40
    assert count(campaign, Reminder) > 0


def test_a_machine_that_is_slow_writes_fewer_rows_at_once_and_more_again_when_it_is_not() -> None:
    slow, quick, many = timedelta(seconds=4), timedelta(milliseconds=100), import_pace.TOGETHER
    shrunk = [many := import_pace.at_once(many, slow) for _ in range(6)]
    assert shrunk == sorted(shrunk, reverse=True) and shrunk[-2:] == [import_pace.FEWEST] * 2
    assert import_pace.at_once(20, import_pace.BRISK * 0.8) == 20
    grown = [many := import_pace.at_once(many, quick) for _ in range(8)]
    assert grown == sorted(grown) and grown[-1] == import_pace.TOGETHER


def test_a_unit_that_has_held_its_locks_for_long_enough_leaves_the_rest_of_its_rows_to_the_next(
    campaign: App, person: Person
) -> None:
    viewer, moment = person(campaign, CLERK), campaign.wall()
    id = started(campaign, viewer, lines(35))
    seen = [0]

    def wall() -> datetime:
        """Each look at the clock comes a second after the one before."""
        seen[0] += 1
        return moment + seen[0] * timedelta(seconds=1)

    campaign.wall = wall
    done = []
    while ledger_import.work_next(campaign):
        done.append(ledger_import.show(campaign, id, viewer=viewer).done)
    assert done == [10, 20, 30, 35]
    with campaign.reading() as tx:
        rows = tx.scalars(select(ImportRow).order_by(ImportRow.row)).all()
        assert [row.hazard for row in rows] == list(tx.scalars(select(Hazard.number).order_by(Hazard.number)))


def test_what_closed_on_paper_is_reminded_of_by_nobody(campaign: App, person: Person) -> None:
    started(campaign, person(campaign, CLERK), lines(3, closed=True))
    work(campaign)
    assert (count(campaign, Deadline), count(campaign, Reminder), count(campaign, Instance)) == (3, 0, 0)


def test_a_row_that_is_refused_takes_no_other_with_it(campaign: App, person: Person, root: Viewer) -> None:
    viewer = person(campaign, CLERK)
    told = lines(5)
    told[2] = told[2].replace("RF-05", "RF-01")
    id = started(campaign, viewer, told)
    with campaign.transaction() as tx:  # since the check the code was ended
        codes.on_day(tx, "RF-01", date(2026, 9, 1)).valid_to = date(2026, 8, 1)

    work(campaign)
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"done": 4, "failed": 1}
    [bad] = ledger_import.rows(campaign, id, viewer=viewer, status="failed").items
    assert bad.row == 4 and "没有生效的条目" in bad.problems[-1]["message"]
    with campaign.reading() as tx:
        assert tx.scalars(select(Hazard.serial).order_by(Hazard.serial)).all() == [1, 2, 3, 4]  # no gap


WORKER = """
import os, signal, sys
from pathlib import Path
from api.compose import compose
from engine.campaign import ledger_import, ledger_writing
from engine.testing import FakeClock, fresh_settings
app = compose(fresh_settings(sys.argv[1], Path(sys.argv[2])))
app.clock = FakeClock()
setattr(ledger_writing, sys.argv[3], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
ledger_import.work_next(app)
"""


@pytest.mark.parametrize("dies_in", ["_start", "_entry"])
def test_a_process_that_is_killed_in_the_middle_leaves_nothing_and_the_next_one_goes_on(
    campaign: App, person: Person, dies_in: str, database_url: str, tmp_path: Path
) -> None:
    viewer = person(campaign, CLERK)
    id = started(campaign, viewer, lines(7))
    command = [sys.executable, "-c", WORKER, database_url, str(tmp_path), dies_in]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL

    assert [count(campaign, table) for table in (Hazard, Instance, Deadline)] == [0, 0, 0]
    assert ledger_import.show(campaign, id, viewer=viewer).done == 0
    work(campaign)
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"done": 7}
    assert count(campaign, Hazard) == count(campaign, Instance) == 7


def test_a_database_that_is_away_fails_no_row(campaign: App, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = person(campaign, CLERK)
    id = started(campaign, viewer, lines(2))

    def away(*_: Any) -> None:
        raise Unavailable("数据库暂时不可用。", en="away")

    with monkeypatch.context() as patched, pytest.raises(Unavailable):
        patched.setattr(ledger_writing, "_start", away)
        ledger_import.work_next(campaign)
    work(campaign)
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"done": 2}


def test_the_patrol_plan_looks_again_at_each_place_of_the_sheet(campaign: App, person: Person) -> None:
    while patrol_planning.plan_next(campaign):
        pass
    started(campaign, person(campaign, CLERK), lines(2, closed=True))
    work(campaign)
    with campaign.reading() as tx:
        place = tx.scalars(select(Hazard.place).limit(1)).one()
        assert tx.scalars(select(Patrol.place).where(Patrol.look_at == AT_ONCE)).all() == [place]


NOW = datetime(2026, 10, 12, tzinfo=UTC)
moments = st.integers(0, 800).map(lambda day: NOW - timedelta(days=day))
cases = st.builds(
    lambda found, days, repeats: (found, None if days is None else found + timedelta(days=days), repeats),
    moments, st.none() | st.integers(0, 300), st.integers(0, 3),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(cases, max_size=12), moments)
def test_what_was_found_before_is_counted_as_the_words_say(
    known: list[tuple[datetime, datetime | None, int]], found_at: datetime
) -> None:
    """However the cases come in: read at once or told one after the other."""
    before = FoundBefore.__new__(FoundBefore)
    before._found = {("P", "RF-05"): []}
    for number, (found, closed, repeats) in enumerate(known):
        before.note(Hazard(place="P", code="RF-05", number=f"{number:02d}", found_at=found, closed_at=closed,
                           repeats=repeats))  # fmt: skip
    counted = [
        Found(found, f"{number:02d}", closed, repeats) for number, (found, closed, repeats) in enumerate(known)
        if found_at - RECURRENCE < found < found_at
    ]  # fmt: skip
    back = [case for case in counted if case.closed_at is not None and case.closed_at <= found_at]
    last = max(back, key=lambda case: (case.closed_at or NOW, case.number), default=None)
    assert before.reopened("P", "RF-05", found_at) == (last.number if last else None)
    assert before.repeats("P", "RF-05", found_at) == max(len(counted), last.repeats + 1 if last else 0)
