"""What a community has of the three-year plan: its tasks, its own numbers, and the month's dispatch that reaches it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import duty_creation, plan, plan_edits, plan_shares, register_audit, snapshots
from engine.campaign.duty_model import Duty
from engine.campaign.model import Place
from engine.campaign.snapshot_model import Snapshot
from engine.errors import Conflict, NotAllowed
from tests.engine.campaign.test_plan_measures import major
from tests.engine.campaign.test_task_reports import GIVEN, LEAD, OFFICE, at, the_task, wind

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"


def home(app: App) -> str:
    """The community of the first place, in which ``major`` writes."""
    with app.reading() as tx:
        return tx.scalars(select(Place).order_by(Place.id)).first().community  # type: ignore[union-attr]


def numbers(app: App, viewer: Viewer) -> dict[str, dict[str, str]]:
    """community → milestone → its number."""
    shares = plan_shares.list_shares(app, viewer).items
    return {one.code: {each.milestone: each.measure.shown for each in one.measures} for one in shares}


def test_a_community_sees_its_tasks_and_its_own_numbers_and_the_street_those_of_all(
    campaign: App, person: Person
) -> None:
    major(campaign, 1, "2023-05-01", "2025-03-01")
    major(campaign, 2, "2023-06-01", "2024-03-01")
    here = home(campaign)
    there = next(code for code in ("GH", "QS") if code != here)
    secretary, other = (person(campaign, f"secretary-{code.lower()}") for code in (here, there))

    [mine] = plan_shares.list_shares(campaign, secretary).items
    assert (mine.code, mine.tasks) == (here, list(range(2, 24)))
    own = numbers(campaign, secretary)[here]
    assert own["2024-12-stock"] == "1/2（50.0%）"
    assert numbers(campaign, other)[there]["2024-12-stock"] == "无数据"
    all_of_them = numbers(campaign, person(campaign, CLERK))
    assert set(all_of_them) == {"GH", "QS", "YH", "WH", "XQ", "SM"} and all_of_them[here] == own
    behind = plan.records(campaign, "2024-12-stock", person(campaign, CLERK), community=here)
    assert {row.key for row in behind.items} == {"YQ-1", "YQ-2"}
    assert plan.records(campaign, "2024-12-stock", person(campaign, CLERK), community=there).total == 0
    assert [one.number for one in plan.list_tasks(campaign, secretary, unit=here)] == mine.tasks
    assert plan_shares.list_shares(campaign, person(campaign, "officer-fire-rescue")).items == []
    first = plan_shares.list_shares(campaign, person(campaign, CLERK), page=1, size=2)
    assert (len(first.items), first.total) == (2, 6)
    [grid] = plan_shares.list_shares(campaign, person(campaign, f"inspector-{here.lower()}-02")).items
    assert grid.code == f"{here}-02" and grid.tasks == mine.tasks


def test_what_the_office_accepted_of_a_task_reaches_the_communities_with_their_numbers(
    campaign: App, person: Person
) -> None:
    major(campaign, 1, "2026-09-02")
    here = home(campaign)
    secretary = person(campaign, f"secretary-{here.lower()}")
    duty = wind(campaign, at("2026-09-28T09:30"), "plan_task", "04")
    given = {**GIVEN, "next_steps": "组织夜查"}
    tasks.complete(campaign, the_task(campaign, duty, "evidence"), given, viewer=person(campaign, LEAD))
    reports = {one.number: one.report for one in plan.list_tasks(campaign, secretary)}
    assert reports[4] is None, "not accepted yet"
    seen = {one.number: one.report for one in plan.list_tasks(campaign, person(campaign, LEAD))}
    assert seen[4] and not seen[4].collected
    accept = {"passed": True, "check_opinion": "属实"}
    tasks.complete(campaign, the_task(campaign, duty, "check"), accept, viewer=person(campaign, OFFICE))

    line = {one.number: one.report for one in plan.list_tasks(campaign, secretary)}[4]
    assert line and (line.period, line.progress, line.collected) == ("2026-09", "滞后", True)
    with campaign.reading() as tx:
        told = set(tx.scalars(select(Notice.recipient).where(Notice.subject.contains("已核收并冻结"))))
        frozen = tx.scalars(select(Snapshot)).one().rows
    assert secretary.name in told
    shares = next(one["rows"] for one in frozen["tables"] if one["key"] == "communities")
    month = snapshots.report(campaign, "monthly", secretary, period="2026-09")
    tables = {one["key"]: one["rows"] for one in month["tables"]}
    [own] = tables["communities"]
    assert own in shares and own[1:4] == [22, "1/1（100.0%）", "1 件（上期 0 件）"]
    assert [row[0] for row in tables["tasks"]] == [4]


def test_the_office_says_which_tasks_are_those_of_all_communities(campaign: App, person: Person) -> None:
    clerk, secretary = person(campaign, CLERK), person(campaign, "secretary-gh")
    given = {"communities": True}
    shared = plan_edits.change_task(campaign, 1, given, revision=0, reason="街道安委会议定", viewer=clerk)
    assert shared.communities and plan_shares.list_shares(campaign, secretary).items[0].tasks[0] == 1
    plan_edits.change_task(campaign, 1, given, revision=1, reason="再说一遍", viewer=clerk)
    edits = register_audit.search(campaign, noun="三年行动任务")["items"]
    assert [(row["key"], row["reason"]) for row in edits] == [("1", "街道安委会议定")]
    with pytest.raises(NotAllowed):
        plan_edits.change_task(campaign, 1, given, revision=1, reason="x", viewer=secretary)


def test_a_new_lead_unit_has_the_duty_of_the_next_month(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    task = {"number": 24, "action": "本街道的", "title": "老旧小区充电", "content": "逐栋排查",
            "lead_units": ["safety_office"], "support_units": []}  # fmt: skip
    plan_edits.add_task(campaign, task, viewer=clerk)

    def doers(month: str, task: str = "24") -> list[str]:
        while duty_creation.create_ahead(campaign):
            pass
        with campaign.reading() as tx:
            mine = select(Duty.unit).where(Duty.kind == "plan_task", Duty.subject == task, Duty.period == month)
            return [str(unit) for unit in tx.scalars(mine)]

    assert doers("2026-09") == ["safety_office"]
    moved = {"lead_units": ["fire_service_center"]}
    plan_edits.change_task(campaign, 24, moved, revision=0, reason="分工调整", viewer=clerk)
    campaign.clock.now += timedelta(days=31)  # type: ignore[attr-defined]
    assert doers("2026-10") == ["fire_service_center"]
    while duty_creation.begin_next(campaign):
        pass
    with pytest.raises(Conflict, match="履职事项 1 项"):
        plan_edits.remove_task(campaign, 24, reason="写错", viewer=clerk)
    plan_edits.add_task(campaign, task | {"number": 25}, viewer=clerk)
    campaign.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    assert doers("2026-10", "25") == ["safety_office"]
    plan_edits.remove_task(campaign, 25, reason="写错", viewer=clerk)
    assert doers("2026-10", "25") == []
