"""What shows the end of a deadline moves with it: a paper's limit, a measure's end; a seal's never beyond the law."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import instances
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, deadlines, inbox, people, stopping
from engine.campaign.case_model import Assignment, Deadline, Hazard, Measure
from engine.campaign.stopping import Ground
from engine.errors import Conflict, Invalid
from tests.engine.campaign.test_case_rows import NUMBER, SEAL, run, set_limit
from tests.engine.campaign.test_measures import NUMBER as SEALED
from tests.engine.campaign.test_measures import Case, local

GROUND = Ground("委托检测", "行政强制法第二十五条第三款", "检测告知书 3 号")
ROOT = Viewer("root", frozenset(), admin=True)


def open_row(app: App, number: str, kind: str) -> Deadline:
    with app.reading() as tx:
        found = select(Deadline).where(Deadline.hazard == number, Deadline.kind == kind, Deadline.state == "open")
        return tx.scalars(found.order_by(Deadline.id.desc())).first()  # type: ignore[return-value]


def the_measure(app: App) -> Measure:
    with app.reading() as tx:
        return tx.scalars(select(Measure)).one()


def test_the_end_of_a_measure_that_was_only_written_down_follows_its_deadline(case: App) -> None:
    run(case, "measure.open", organ="fire_rescue", **SEAL)
    shorter = stopping.replace(case, open_row(case, NUMBER, "查封").id, date(2026, 10, 13), GROUND, viewer=ROOT)
    row = the_measure(case)
    assert (row.ends_at, row.decide_by, row.warn_at) == (
        shorter.due_at, shorter.due_at, local("2026-09-30 08:30"),
    )  # fmt: skip
    with pytest.raises(Invalid, match="第二十五条"):
        stopping.replace(case, shorter.id, date(2026, 12, 1), GROUND, viewer=ROOT)
    stopping.suspend(case, shorter.id, GROUND, viewer=ROOT)
    case.clock.now += timedelta(days=5)  # type: ignore[attr-defined]
    again = stopping.resume(case, shorter.id, GROUND, viewer=ROOT)
    assert the_measure(case).ends_at == again.due_at == shorter.due_at + timedelta(days=5)


def test_the_end_of_a_measure_that_is_dealt_with_is_not_changed_by_hand(campaign: App) -> None:
    case = Case(campaign)
    case.sealed()
    row = open_row(campaign, SEALED, "查封")
    with pytest.raises(Conflict, match="在措施里办理"):
        stopping.suspend(campaign, row.id, GROUND, viewer=ROOT)
    with pytest.raises(Conflict, match="在措施里办理"):
        stopping.replace(campaign, row.id, date(2026, 9, 20), GROUND, viewer=ROOT)
    with campaign.reading() as tx:
        instance = tx.get_one(Hazard, SEALED).instance_id or ""
    instances.suspend(campaign, instance, by="root", reason="等待", clock="stopped")
    case.to("2026-09-17 09:00")
    instances.resume(campaign, instance, by="root", reason="恢复")
    assert open_row(campaign, SEALED, "查封").id == row.id and the_measure(campaign).ends_at == row.due_at


def test_a_seal_of_a_case_that_stood_still_ends_by_law(case: App) -> None:
    run(case, "measure.open", organ="fire_rescue", **SEAL)
    row = open_row(case, NUMBER, "查封")
    with case.reading() as tx:
        instance = tx.get_one(Hazard, NUMBER).instance_id or ""
    instances.suspend(case, instance, by="root", reason="等待", clock="stopped")
    case.clock.now += timedelta(days=10)  # type: ignore[attr-defined]
    instances.resume(case, instance, by="root", reason="恢复")
    lawful = case.calendar.end_of_day(date.fromisoformat(SEAL["starts_on"]) + timedelta(days=30), case.zone)
    assert open_row(case, NUMBER, "查封").due_at == the_measure(case).ends_at == max(row.due_at, lawful)


def test_the_limit_of_a_paper_follows_its_deadline(case: App) -> None:
    run(
        case, "assignment.open", kind="移交", to_unit="fire_rescue", reason="拒不整改",
        sign_due_at="2026-09-30T00:00:00+08:00",
    )  # fmt: skip
    row = open_row(case, NUMBER, "移交签收")
    new = stopping.replace(case, row.id, date(2026, 9, 30), GROUND, viewer=ROOT)
    with case.reading() as tx:
        (paper,) = tx.scalars(select(Assignment).where(Assignment.hazard == NUMBER)).all()
        assert paper.sign_due_at == new.due_at != row.due_at
        assert deadlines.open_one(tx, deadlines.of_hazard(NUMBER), "移交签收") is not None


def slip(app: App) -> None:
    """A hand-over slip that is answered by the end of the fix, as the hazard's process sends it."""
    set_limit(app)
    due_at = open_row(app, NUMBER, "整改").due_at.isoformat()
    run(app, "assignment.open", kind="交办", to_unit="GH", reason="请整改", answer_due_at=due_at)
    run(app, "assignment.sign", kind="交办")


def answer_by(app: App) -> set[object]:
    """The date wherever somebody looks for it."""
    secretary = people.viewer(people.show(app, "secretary-gh"))
    [item] = inbox.list_items(app, secretary, kind="letter").items
    [paper] = assignments.list_assignments(app, NUMBER, viewer=ROOT)
    return {item.due_at, paper.answer_due_at}


def test_a_slip_shows_the_end_of_the_fix_however_it_moves(case: App) -> None:
    slip(case)
    assert answer_by(case) == {open_row(case, NUMBER, "整改").due_at}
    run(case, "deadline.extend", type="整改", n=15, unit="d", reason="板材定制", clause="")
    extended = open_row(case, NUMBER, "整改")
    assert answer_by(case) == {extended.due_at} and extended.due_on == date(2026, 10, 15)
    set_limit(case, n=20, unit="d")
    set_anew = open_row(case, NUMBER, "整改")
    assert answer_by(case) == {set_anew.due_at} != {extended.due_at}


def test_a_slip_whose_clock_stands_still_is_due_at_no_date(case: App) -> None:
    slip(case)
    row = open_row(case, NUMBER, "整改")
    stopping.suspend(case, row.id, GROUND, viewer=ROOT)
    case.clock.now += timedelta(days=30)  # type: ignore[attr-defined]
    assert answer_by(case) == {None}
    secretary = people.viewer(people.show(case, "secretary-gh"))
    assert inbox.list_items(case, secretary, kind="letter", overdue=True).total == 0
    again = stopping.resume(case, row.id, GROUND, viewer=ROOT)
    assert answer_by(case) == {again.due_at} != {row.due_at}
