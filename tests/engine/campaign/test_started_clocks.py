"""What papers start: the clocks of the law from a paper on, until what answers it, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Notice
from engine.campaign import (
    clock_rules,
    clock_starts,
    closing,
    closure_gate,
    court_clock,
    deadlines,
    document_types,
    due_list,
    evidence,
    moving,
    rechecks,
    reminding,
    started_clocks,
    stopping,
)
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.demo.photos import photo
from engine.campaign.document_model import Document
from engine.campaign.model import Person, Place
from engine.errors import Conflict
from engine.testing import FakeClock
from tests.engine.campaign.test_court_cases import CLERK, HEAD, NUMBER, OFFICER, Cast, local
from tests.engine.campaign.test_shown_dates import GROUND, ROOT

ORDER, OPINION, FILING, PENALTY = "责令限期整改指令书", "整改复查意见书", "立案审批表", "行政处罚决定书（单位）"
APPROVED = local("2026-09-14 09:00")
CODES = {"o": "责改", "f": "立", "p": "罚", "h": "听告", "g": "先保通", "n": "听通"}  # the others as they are


@pytest.fixture
def cast(campaign: App) -> Cast:
    return Cast(campaign)


def paper(cast: Cast, id: str, type: str, days: int = 0, **change: Any) -> None:
    """An approved paper, and what follows from it; the day is that of the clock."""
    at = APPROVED + timedelta(days=days)
    cast.app.clock = FakeClock(max(at, cast.app.clock()))
    later = {key: change.pop(key) for key in ("body", "drafted_at") if key in change}
    series = f"示例应急{CODES.get(id[0], id[0])}"
    known = {"place": "P019", "approved_at": at, "series": series, "year": 2026, "serial": int(id[1:])}
    cast.paper(id, type, number(id), change.pop("served_at", None), **{**known, **change})
    follow(cast, id, **later)


def number(id: str) -> str:
    return f"示例应急{CODES.get(id[0], id[0])}〔2026〕{id[1:]}号"


def follow(cast: Cast, id: str, **change: Any) -> None:
    with cast.app.transaction() as tx:
        row = tx.get_one(Document, id)
        for name, value in change.items():
            setattr(row, name, value)
        for _ in range(2):  # again changes nothing
            started_clocks.follow(tx, cast.app, id, cast.app.clock())


def limits(cast: Cast, clock: str) -> list[tuple[str, str, str]]:
    return [(row.kind, str(row.due_on), row.state) for row in rows(cast, clock)]


def rows(cast: Cast, clock: str) -> list[Deadline]:
    return [row for row in cast.rows(Deadline) if row.clock == clock]


def states(cast: Cast, clock: str) -> list[str]:
    return [row.state for row in rows(cast, clock)]


def listed(cast: Cast, clock: str) -> list[int]:
    """How many stand in the list of what is due: all that run, those ahead, those that are late."""
    return [due_list.list_due(cast.app, ROOT, clock=clock, state=state).total for state in (None, "due", "overdue")]


def close(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with cast.app.transaction() as tx:
        monkeypatch.setattr(closing, "missing", lambda *given: [])
        monkeypatch.setattr(closing, "_approved", lambda *given: None)
        closing.close(tx, cast.app, tx.get_one(Hazard, NUMBER), "同意", cast.app.clock(), by=CLERK)


def remind(cast: Cast, at: str) -> dict[str, set[str]]:
    """What was sent up to this moment, and to whom."""
    cast.app.clock = FakeClock(local(at))
    while reminding.send_next(cast.app):
        pass
    told: dict[str, set[str]] = {}
    for notice in cast.rows(Notice):
        told.setdefault(notice.subject, set()).add(notice.recipient)
    return told


def test_an_order_runs_from_its_service_to_the_day_it_names_and_then_the_recheck(cast: Cast) -> None:
    with cast.app.reading() as tx:
        before = closure_gate.table(tx, cast.app, tx.get_one(Hazard, NUMBER), cast.app.clock())[9].missing
    items = {"items": [{"text": "拆除", "due": "2026-09-25"}, {"text": "换管", "due": "2026年9月28日前"}, "?"]}
    paper(cast, "o1", ORDER)
    assert limits(cast, "T3") == limits(cast, "T7") == []
    follow(cast, "o1", served_at=APPROVED, body=items)
    assert limits(cast, "T3") == [("责令整改示例应急责改26-1", "2026-09-28", "open")]
    assert limits(cast, "T7") == [("应急复查示例应急责改26-1", "2026-10-08", "open")]
    assert limits(cast, "T8") == [("申请延期示例应急责改26-1", "2026-09-18", "open")]
    assert limits(cast, "T6") == []
    (order,), (recheck,) = rows(cast, "T3"), rows(cast, "T7")
    assert "以此为准" in "".join(order.trace) and order.side == "party"
    assert "15号令" in "".join(recheck.trace) and recheck.duty_unit == "emergency_bureau"
    with cast.app.reading() as tx:
        gate = closure_gate.table(tx, cast.app, tx.get_one(Hazard, NUMBER), cast.app.clock())
    assert gate[9].missing == before
    assert listed(cast, "T8") == [1, 1, 0]
    assert not any("应急复查" in subject for subject in remind(cast, "2026-09-29 08:30"))
    assert any("应急复查" in subject and "还剩" in subject for subject in remind(cast, "2026-09-30 08:30"))
    told = remind(cast, "2026-10-09 08:30")
    alarm = next(names for subject, names in told.items() if "应急复查" in subject and "已过" in subject)
    assert {OFFICER, HEAD, CLERK} <= alarm
    assert listed(cast, "T8") == [0, 0, 0], "a right that passed is no fault, and nobody waits for it"
    assert listed(cast, "T7") == [1, 0, 1]
    paper(cast, "r1", OPINION, 25)
    assert [state for clock in ("T3", "T7", "T8") for state in states(cast, clock)] == ["missed", "missed", "met"]
    follow(cast, "r1", voided_at=cast.app.clock())
    assert limits(cast, "T7")[-1] == ("应急复查示例应急责改26-1", "2026-10-08", "open")
    follow(cast, "o1", voided_at=cast.app.clock())
    assert states(cast, "T7") == ["missed", "void"]


def test_an_order_that_is_moved_takes_the_recheck_along_and_none_moves_with_the_case(cast: Cast) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED, body={"items": [{"text": "拆除", "due": "尽快"}]})
    assert limits(cast, "T3") == [("责令整改示例应急责改26-1", "2026-10-14", "open")]
    with cast.app.reading() as tx:
        instance = tx.get_one(Hazard, NUMBER).instance_id or ""
    instances.suspend(cast.app, instance, by="root", reason="等待", clock="stopped")
    cast.app.clock = FakeClock(APPROVED + timedelta(days=2))
    instances.resume(cast.app, instance, by="root", reason="恢复")
    assert [*states(cast, "T3"), *states(cast, "T7")] == ["open", "open"]
    (order,) = rows(cast, "T3")
    stopping.replace(cast.app, order.id, date(2026, 10, 30), GROUND, viewer=ROOT)
    assert [row[1:] for row in limits(cast, "T7")] == [("2026-10-26", "replaced"), ("2026-11-09", "open")]
    stopping.replace(cast.app, rows(cast, "T3")[-1].id, date(2026, 10, 14), GROUND, viewer=ROOT)
    follow(cast, "o1")
    assert limits(cast, "T7")[-1][1:] == ("2026-10-26", "open")
    stopping.suspend(cast.app, rows(cast, "T3")[-1].id, GROUND, viewer=ROOT)
    follow(cast, "o1")
    assert states(cast, "T3")[-1] == "suspended" and states(cast, "T7")[-1] == "open"
    with pytest.raises(Conflict, match="不能中止"):
        stopping.suspend(cast.app, rows(cast, "T8")[-1].id, GROUND, viewer=ROOT)


def test_the_recheck_counts_from_the_application_that_comes_before_the_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)
    cast.do("classify", CLERK, valid=True, suspected=False, fixable_now=False)
    cast.do("assign", CLERK, holder_unit="GH", requirement="拆除")
    cast.do("sign", "secretary-gh", signed=True)
    cast.app.clock = FakeClock(APPROVED + timedelta(days=2))
    evidence.add(
        cast.app, photo("before", APPROVED), filename="p.jpg", viewer=cast.who(CLERK), hazard=NUMBER,
        kind="photo_before", angle="",
    )  # fmt: skip
    cast.do("rectify", "secretary-gh", outcome="done", rectified_note="已拆除")
    assert [row[1:] for row in limits(cast, "T7")] == [("2026-10-26", "replaced"), ("2026-09-28", "open")]
    paper(cast, "r1", OPINION, 3)
    assert [*states(cast, "T3"), *states(cast, "T7")] == ["met", "replaced", "met"]
    follow(cast, "r1", voided_at=cast.app.clock())
    cast.app.clock = FakeClock(local("2026-10-20 09:00"))
    close(cast, monkeypatch)
    ended = [states(cast, clock)[-1] for clock in ("T3", "T7")]
    assert ended == ["met", "missed"], "the fix was in time, the re-inspection was never made"


def test_a_re_inspection_of_the_case_counts_for_the_body_whose_people_made_it(cast: Cast) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)
    made = ((OFFICER, 1, "open"), (CLERK, 36, "open"), (OFFICER, 37, "met"))  # it begins after a month
    for no, (who, days, state) in enumerate(made, 1):
        at = APPROVED + timedelta(days=days)
        with cast.app.transaction() as tx:
            rechecks.write_in(tx, cast.app, NUMBER, no, passed=True, opinion="合格", given={}, by=who, at=at)
        assert states(cast, "T7") == [state]


def test_closing_ends_orders_and_leaves_penalties_running(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)
    paper(cast, "p1", PENALTY, served_at=APPROVED, body={"decision": ["罚款 5000 元"]})
    with cast.app.transaction() as tx:
        for document in ("o1", "p1"):
            court_clock.follow(tx, cast.app, document, cast.app.clock())
    close(cast, monkeypatch)
    assert [states(cast, clock) for clock in ("T3", "T7", "T27", "T28", "T29")] == [["met"], ["met"], *[["open"]] * 3]
    assert [(row.kind[4:], row.state) for row in rows(cast, "T34")] == [
        ("示例应急责改26-1", "met"), ("示例应急罚26-1", "open")
    ]  # fmt: skip
    follow(cast, "o1")
    assert states(cast, "T3") == ["met"]
    paper(cast, "p2", PENALTY, 1, served_at=APPROVED + timedelta(days=1), body={"decision": ["罚款 1 元"]})
    with cast.app.transaction() as tx:
        court_clock.follow(tx, cast.app, "p2", cast.app.clock())
        tx.get_one(Document, "p1").voided_at = cast.app.clock()
    assert [*states(cast, "T27"), *states(cast, "T34")] == ["open", "open", "met", "open", "open"]
    follow(cast, "p1")
    assert [*states(cast, "T27"), *states(cast, "T28"), *states(cast, "T29")] == ["void", "open"] * 3


def test_each_filed_case_waits_for_a_decision_of_its_own_and_the_party_is_not_told(cast: Cast) -> None:
    paper(cast, "f1", FILING)
    paper(cast, "f2", FILING, 1)
    paper(cast, "p1", PENALTY, 5, body={"decision": ["警告"]})
    assert limits(cast, "T24") == [
        ("处罚决定示例应急立26-1", "2026-12-13", "met"), ("处罚决定示例应急立26-2", "2026-12-14", "open"),
    ]  # fmt: skip
    assert limits(cast, "T27") == [], "no fine, nothing to pay"
    paper(cast, "e1", "结案审批表", 6)
    assert states(cast, "T24") == ["met", "met"]
    for name in (CLERK, OFFICER):
        assert "T24" in {each.clock for each in deadlines.list_deadlines(cast.app, NUMBER, viewer=cast.who(name))}
    with cast.app.transaction() as tx:
        owner = next(iter(tx.scalars(select(Place.unit).where(Place.unit.is_not(None)))))
        tx.get_one(Hazard, NUMBER).holder_unit = owner
    party = next(one for one in cast.rows(Person) if one.unit == owner)
    seen = {each.clock for each in deadlines.list_deadlines(cast.app, NUMBER, viewer=cast.who(party.name))}
    assert "T24" not in seen and "T29" in seen


def test_where_no_holidays_are_published_yet_it_is_provisional_and_old_papers_get_theirs_once(cast: Cast) -> None:
    cast.paper("f1", FILING, number("f1"), None, approved_at=APPROVED, series="示例应急立", year=2026, serial=1)
    decided = {"approved_at": local("2026-12-29 09:00"), "series": "示例应急罚", "year": 2026, "serial": 1}
    cast.paper("p1", PENALTY, number("p1"), None, **decided)
    long_ago = {"approved_at": APPROVED, "served_at": APPROVED, "series": "示例应急罚", "year": 2026, "serial": 9}
    cast.paper("p9", PENALTY, number("p9"), **long_ago)
    cast.app.clock = FakeClock(local("2026-12-30 09:00"))
    with cast.app.transaction() as tx:
        tx.get_one(Document, "p9").body = {"decision": ["罚款 5000 元"]}
        tx.get_one(Hazard, NUMBER).closed_at = local("2026-12-29 18:00")
    with ThreadPoolExecutor(4) as pool:  # two schedulers at once, and again
        assert set(pool.map(lambda _: started_clocks.follow_old(cast.app, cast.app.clock()), range(4))) == {0}
    ((_, day, state),) = limits(cast, "T29")
    assert (day, state) == ("2027-01-08", "open") and rows(cast, "T29")[0].provisional
    assert limits(cast, "T24") == limits(cast, "T27") == [], "they would be over already"
    with cast.app.transaction() as tx:
        tx.get_one(Hazard, NUMBER).closed_at = None
    cast.paper("f3", FILING, number("f3"), None, **{**decided, "series": "示例应急立", "serial": 3})
    assert started_clocks.follow_old(cast.app, cast.app.clock()) == 0
    follow(cast, "p1")
    assert limits(cast, "T27") == [], "another paper of the hazard does not begin them either"
    assert [row[2] for row in limits(cast, "T24")] == ["open"], "whatever else began in this hazard"
    paper(cast, "o1", ORDER, 106, served_at=local("2026-12-28 10:00"))
    assert moving.reproject(cast.app, cast.app.clock()) == 0
    for clock, due_on in (("T3", "2027-01-27"), ("T7", "2027-02-09"), ("T8", "2027-01-17")):
        assert [(str(row.due_on), row.provisional) for row in rows(cast, clock)] == [(due_on, True)], clock
    with cast.app.transaction() as tx:
        tx.get_one(Deadline, rows(cast, "T3")[0].id).provisional = False  # as when the table has come
    moving.reproject(cast.app, cast.app.clock())
    assert [rows(cast, clock)[0].provisional for clock in ("T7", "T8")] == [True, False]


def test_every_start_names_clocks_papers_and_moments_that_there_are() -> None:
    names = {type.type: {field.name for field in type.fields} for type in document_types.all_types()}
    for start in clock_starts.all_starts():
        assert {*start.of, *start.until, *start.each} <= set(names) and (start.until or start.each or start.done)
        assert bool(start.at) != bool(start.after) and len(start.title) == 4
        moments = {"drafted", "approved", "served", *(name for type in start.of for name in names[type])}
        assert start.at in {*moments, ""} and start.due in {*moments, ""}
        rule = clock_rules.rule(start.clock, APPROVED.date())
        assert rule.runs in ("paper", "penalty") and rule.reminders
    assert clock_starts.days(["2026-02-30", None, "10月1日", "2026.10.1、2026年10月3日"]) == [
        date(2026, 10, 1), date(2026, 10, 3)
    ]  # fmt: skip
