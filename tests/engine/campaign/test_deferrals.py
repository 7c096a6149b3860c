"""A hazard that cannot be rectified for now: asked with interim measures, approved, looked at again, ended; the clock
of the fix stands still meanwhile and never for longer than the rule allows.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import queries
from engine.bpm.model import Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import closing, deadlines, deferrals, events, hazards, requests
from engine.campaign.case_model import Deadline, Finding, Hazard
from engine.campaign.deferral_model import Deferral
from engine.errors import Conflict, EngineError, Invalid, NotAllowed, NotFound
from engine.said import english
from tests.engine.campaign.closing_case import complete
from tests.engine.campaign.deferred_case import (
    CODE,
    INSPECTOR,
    LEADER,
    OWNER,
    Person,
    approved,
    asked,
    fixing,
    in_days,
    settle,
    travel,
    upload,
    wanted,
)  # fmt: skip


@pytest.fixture
def number(campaign: App, person: Person) -> str:
    """A hazard of the level 一般 that is being fixed."""
    return fixing(campaign, person)


def fix(app: App, number: str) -> Deadline:
    with app.reading() as tx:
        rows = select(Deadline).where(Deadline.hazard == number, Deadline.kind == deadlines.RECTIFY)
        return tx.scalars(rows.order_by(Deadline.id.desc()).limit(1)).one()


def overlays_of(app: App, number: str) -> tuple[str, ...]:
    return hazards.show(app, number, viewer=Viewer("root", frozenset(), admin=True)).overlays


def rectify_due(app: App, number: str) -> Any:
    with app.reading() as tx:
        case = tx.get_one(Hazard, number).instance_id
        return tx.scalar(select(Task.due_at).where(Task.instance_id == case, Task.element == "rectify"))


def test_the_clock_stands_still_until_the_review_and_runs_on_with_the_rest(
    campaign: App, person: Person, number: str
) -> None:
    first, since = fix(campaign, number).due_on, campaign.clock()
    row = asked(campaign, person, number)
    assert (row.state, fix(campaign, number).state) == ("待批准", "open")
    assert "挂起申请中" in overlays_of(campaign, number)
    shown = deferrals.decide(campaign, number, approved=True, opinion="同意", viewer=person(campaign, LEADER))
    assert (shown.state, shown.approved_by) == ("挂起中", LEADER) and "内部规则" in shown.power
    stopped = fix(campaign, number)
    assert stopped.state == "suspended" and "T58.review" not in stopped.reason
    assert {"暂不具备条件"} <= set(overlays_of(campaign, number)) and "挂起申请中" not in overlays_of(campaign, number)

    travel(campaign, 8)
    assert "逾期" not in overlays_of(campaign, number)
    with campaign.reading() as tx:
        assert deadlines.open_one(tx, deadlines.of_hazard(number), "挂起复核").clock == "T58.review"  # type: ignore[union-attr]
        assert any("挂起" in word for word in closing.missing(tx, campaign, tx.get_one(Hazard, number)))
    inspector = person(campaign, INSPECTOR)
    after = deferrals.review(
        campaign, number, outcome="end", note="新管线已到货", files=[upload(campaign, inspector)], viewer=inspector
    )
    assert after.state == "已结束" and after.reviews[0].outcome == "end" and after.measures[0].kept is True
    again = fix(campaign, number)
    left = (first - since.astimezone(campaign.zone).date()).days
    assert again.state == "open" and again.due_on == in_days(campaign, left)  # 7 days by roll F end on a working day
    assert rectify_due(campaign, number) == again.due_at
    with campaign.reading() as tx:
        told = tx.scalars(select(Finding.kind).where(Finding.hazard == number).order_by(Finding.id)).all()
        assert [kind for kind in told if kind.startswith("挂起")] == ["挂起申请", "挂起批准", "挂起复核", "挂起结束"]
        assert tx.scalars(select(Deadline.state).where(Deadline.kind == "挂起复核")).all() == ["met"]


def test_nobody_looked_by_the_day_so_the_clock_runs_on_and_the_task_stays(
    campaign: App, person: Person, number: str
) -> None:
    row = approved(campaign, person, number, 9)
    travel(campaign, 11)
    (shown,) = deferrals.list_deferrals(campaign, number, viewer=person(campaign, INSPECTOR))
    end_of_day = campaign.calendar.end_of_day(row.review_on, campaign.zone)
    assert (shown.state, shown.lapsed_at) == ("逾期未复核", end_of_day)  # its own moment, however late it is looked at
    assert fix(campaign, number).state == "open" and "挂起逾期未复核" in overlays_of(campaign, number)
    story = events.list_events(campaign, number, viewer=person(campaign, INSPECTOR))
    (lapsed,) = [line for line in story if line.title == "挂起到期"]
    assert english(lapsed.text) == f"Not reviewed by {row.review_on}: the limit of the fix runs on"
    inspector = person(campaign, INSPECTOR)
    ended = deferrals.review(
        campaign, number, outcome="end", note="值守已撤", failed=[1], files=[upload(campaign, inspector)],
        viewer=inspector,
    )  # fmt: skip
    assert ended.state == "已结束" and ended.measures[0].kept is False
    with campaign.reading() as tx:
        assert tx.scalars(select(Deadline.state).where(Deadline.kind == "挂起复核")).all() == ["missed"]


def test_it_is_prolonged_only_with_kept_measures_and_a_new_approval_of_the_principal_leader(
    campaign: App, person: Person, number: str
) -> None:
    approved(campaign, person, number, 8)
    travel(campaign, 6)
    inspector = person(campaign, INSPECTOR)
    look: dict[str, Any] = {"outcome": "prolong", "note": "仍要等管线", "viewer": inspector}
    nine = in_days(campaign, 9)
    for change in ({"next_on": None}, {"next_on": in_days(campaign, 31)}, {"next_on": nine, "failed": [1]},
                   {"next_on": nine, "failed": [2]}):  # fmt: skip
        with pytest.raises(Invalid):
            deferrals.review(campaign, number, **look | change, files=[upload(campaign, inspector)])
    look |= {"next_on": in_days(campaign, 20), "files": [upload(campaign, inspector)]}
    assert deferrals.review(campaign, number, **look).state == "待续批"
    with pytest.raises(NotAllowed):
        deferrals.decide(campaign, number, approved=True, opinion="同意", viewer=person(campaign, LEADER))
    principal = person(campaign, "principal-street")
    shown = deferrals.decide(campaign, number, approved=True, opinion="同意再等", viewer=principal)
    assert (shown.state, shown.renewals, shown.review_on) == ("挂起中", 1, in_days(campaign, 20))
    assert fix(campaign, number).state == "suspended"
    travel(campaign, 3)  # past the first review date: it was replaced
    assert fix(campaign, number).state == "suspended"


def test_a_refusal_leaves_the_clock_running(campaign: App, person: Person, number: str) -> None:
    asked(campaign, person, number)
    shown = deferrals.decide(campaign, number, approved=False, opinion="可以整改", viewer=person(campaign, LEADER))
    assert shown.state == "已结束" and "可以整改" in shown.end_reason and fix(campaign, number).state == "open"
    assert asked(campaign, person, number).state == "待批准"  # another may be asked for


def test_a_limit_that_passed_before_the_approval_is_not_stopped(campaign: App, person: Person, number: str) -> None:
    asked(campaign, person, number, 20)
    travel(campaign, 16)
    shown = deferrals.decide(campaign, number, approved=True, opinion="同意", viewer=person(campaign, LEADER))
    assert shown.state == "已结束" and "届满" in shown.end_reason and fix(campaign, number).state == "open"
    with campaign.reading() as tx:
        told = tx.scalars(select(Notice.subject_en).where(Notice.subject.contains("未获批准"))).all()
    assert told and all("was not approved: The limit passed on" in str(en) for en in told)  # as the refusal says it
    with pytest.raises(Conflict, match="届满"):
        asked(campaign, person, number)


def test_handing_in_the_fix_ends_it(campaign: App, person: Person, number: str) -> None:
    approved(campaign, person, number)
    complete(campaign, person(campaign, OWNER), "rectify", outcome="done", rectified_note="已更换")
    settle(campaign)
    (shown,) = deferrals.list_deferrals(campaign, number, viewer=person(campaign, OWNER))
    assert (shown.state, shown.end_reason) == ("已结束", "已整改并申请复查") and fix(campaign, number).state == "open"


def test_a_request_is_taken_back_and_a_hazard_struck_off_ends_it(campaign: App, person: Person, number: str) -> None:
    asked(campaign, person, number)
    assert deferrals.end(campaign, number, reason="已备好材料", viewer=person(campaign, OWNER)).state == "已结束"
    with pytest.raises(Conflict):
        deferrals.end(campaign, number, reason="再撤一次", viewer=person(campaign, OWNER))
    approved(campaign, person, number)
    requests.void(campaign, number, reason="登记错误", viewer=person(campaign, "clerk-safety-office"))
    complete(campaign, person(campaign, LEADER), "confirm_void", void_confirmed=True, void_opinion="属实")
    settle(campaign)
    shown = deferrals.list_deferrals(campaign, number, viewer=person(campaign, OWNER))[-1]
    assert (shown.state, shown.end_reason) == ("已结束", "隐患作废")


def test_who_may_ask_decide_and_look(campaign: App, person: Person, number: str) -> None:
    owner = person(campaign, OWNER)
    given = wanted(campaign, owner)
    with pytest.raises(NotFound):
        deferrals.ask(campaign, number, given, viewer=person(campaign, "secretary-qs"))
    with pytest.raises(NotAllowed):
        deferrals.ask(campaign, number, given, viewer=person(campaign, INSPECTOR))
    for change in ({"review_on": in_days(campaign, 0)}, {"review_on": in_days(campaign, 31)},
                   {"measures": [{"text": "值守", "responsible": "张某", "files": ["f" * 32]}]}):  # fmt: skip
        with pytest.raises(Invalid):
            deferrals.ask(campaign, number, given | change, viewer=owner)
    deferrals.ask(campaign, number, given, viewer=owner)
    for stranger in ("clerk-safety-office", "principal-street", OWNER):
        with pytest.raises(NotAllowed):
            deferrals.decide(campaign, number, approved=True, opinion="同意", viewer=person(campaign, stranger))
    with pytest.raises(Conflict):
        deferrals.review(campaign, number, outcome="end", note="看过", files=["f"], viewer=person(campaign, INSPECTOR))
    deferrals.decide(campaign, number, approved=True, opinion="同意", viewer=person(campaign, LEADER))
    travel(campaign, 9)
    mine = {"outcome": "end", "note": "看过", "files": [upload(campaign, owner)]}
    with pytest.raises(NotAllowed):
        deferrals.review(campaign, number, **mine, viewer=owner)  # type: ignore[arg-type]


def test_what_is_not_to_be_deferred(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    number = fixing(campaign, person)
    fresh = hazards.register(campaign, CODE | {"place": "P058"}, viewer=clerk).number
    with pytest.raises(Conflict, match="不在整改中"):
        deferrals.ask(campaign, fresh, wanted(campaign, clerk), viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, number).local_level = "重大"
    with pytest.raises(Conflict, match="不适用挂起"):
        deferrals.ask(campaign, number, wanted(campaign, clerk), viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, number).local_level = "一般"
        deadlines.open_in(
            tx, campaign, deadlines.of_hazard(number), deadlines.SUPERVISE, start_at=campaign.clock(), n=5, unit="wd",
            roll="F", now=campaign.clock(),
        )  # fmt: skip
    with pytest.raises(Conflict, match="督办"):
        deferrals.ask(campaign, number, wanted(campaign, clerk), viewer=clerk)


def test_the_same_request_twice_and_two_at_once_make_one(campaign: App, person: Person, number: str) -> None:
    owner = person(campaign, OWNER)
    given = wanted(campaign, owner)
    made = deferrals.ask(campaign, number, given, viewer=owner, key="k")
    assert deferrals.ask(campaign, number, given, viewer=owner, key="k").id == made.id
    deferrals.end(campaign, number, reason="撤回重写", viewer=owner)
    people = [person(campaign, "clerk-safety-office"), owner]
    givens = [wanted(campaign, viewer) for viewer in people]

    def attempt(place: int) -> str:
        try:
            return deferrals.ask(campaign, number, givens[place], viewer=people[place]).state
        except EngineError as error:
            return type(error).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["Conflict", "待批准"]
    with campaign.reading() as tx:
        assert len(tx.scalars(select(Deferral).where(Deferral.ended_at.is_(None))).all()) == 1


def test_a_leader_who_let_the_clock_run_on_by_hand_is_not_overruled(campaign: App, person: Person, number: str) -> None:
    from engine.campaign import stopping

    approved(campaign, person, number)
    leader = person(campaign, LEADER)
    stopping.resume(
        campaign, fix(campaign, number).id, stopping.Ground("条件具备", "内部规则", "核查记录"), viewer=leader
    )
    moved = fix(campaign, number).id
    deferrals.end(campaign, number, reason="条件具备", viewer=person(campaign, OWNER))
    assert fix(campaign, number).id == moved


def test_the_review_task_is_handed_out_three_working_days_ahead(campaign: App, person: Person, number: str) -> None:
    row = approved(campaign, person, number, 20)
    travel(campaign, 12)
    names = {task["element"] for task in queries.tasks(campaign, person(campaign, INSPECTOR)).items}
    assert "review_deferral" not in names
    travel(campaign, 7)
    mine = [t for t in queries.tasks(campaign, person(campaign, INSPECTOR)).items if t["element"] == "review_deferral"]
    assert [task["due_at"] for task in mine] == [campaign.calendar.end_of_day(row.review_on, campaign.zone)]
