"""What was given before a re-inspection proves nothing after it: papers of a failed fix, an early publicity. And no fix
is sent back without the record of a re-inspection.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Task
from engine.campaign import events, publicity
from engine.campaign.case_model import Hazard, Recheck
from engine.campaign.closure_model import Clearance
from engine.errors import Conflict, Invalid
from tests.engine.campaign.closing_case import CLERK, INSPECTOR, Person, complete, lacking, serious_case


@pytest.fixture
def serious(campaign: App, person: Person) -> str:
    """A hazard of the level 较大 whose fix was handed in, with photos."""
    return serious_case(campaign, person)


def test_papers_and_publicity_from_before_a_re_inspection_prove_nothing_after_it(
    campaign: App, person: Person, serious: str
) -> None:
    clerk = person(campaign, CLERK)
    with campaign.transaction() as tx:
        row = tx.get_one(Hazard, serious)
        row.local_level, now = "重大", campaign.clock()
        for kind, unit in (("验收报告", "GH"), ("部门审核", "fire_rescue")):
            tx.add(Clearance(hazard=serious, kind=kind, passed=True, text="合格", unit=unit, files=[], power="",
                             at=now, by="x", approver=""))  # fmt: skip
    publicity.begin(campaign, serious, venue="街道公示栏", text="拟销号", viewer=clerk)
    told = ("验收", "部门的审核", "公示")

    def against() -> list[str]:
        return [words for words in lacking(campaign, serious) if any(name in words for name in told)]

    assert [words[:6] for words in against()] == ["公示尚未期满"]

    def check(no: int, passed: bool) -> None:
        campaign.clock.now += timedelta(hours=1)  # type: ignore[attr-defined]
        with campaign.transaction() as tx:
            tx.add(Recheck(hazard=serious, no=no, at=campaign.clock(), passed=passed, people=[INSPECTOR, CLERK]))

    check(1, False)
    stale = "（须在上次复查不合格之后重新出具）"
    early = "公示早于最近一次复查，复查合格后须重新公示"
    assert against() == [f"缺验收报告或专家意见{stale}", f"缺有权部门的审核意见{stale}", early]
    with pytest.raises(Conflict, match="复查合格后再公示"):
        publicity.begin(campaign, serious, venue="街道公示栏", text="拟销号", viewer=clerk)
    check(2, True)
    assert against()[2] == early
    publicity.begin(campaign, serious, venue="街道公示栏", text="拟销号", viewer=clerk)
    assert [row.state for row in publicity.list_publicities(campaign, serious, viewer=clerk)] == ["已撤下", "公示中"]
    assert against()[2][:6] == "公示尚未期满"


def test_a_fix_is_sent_back_by_a_recorded_re_inspection_only(campaign: App, person: Person, serious: str) -> None:
    inspector, clerk = person(campaign, INSPECTOR), person(campaign, CLERK)

    def open_task(element: str) -> str:
        with campaign.reading() as tx:
            return tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()

    with pytest.raises(Invalid, match="只能按流程图上的办法退回"):
        tasks.send_back(campaign, open_task("recheck"), viewer=inspector, reason="没改好", to="rectify")
    complete(campaign, inspector, "recheck", result="pass", opinion="合格", companions=CLERK)
    again = tasks.send_back(campaign, open_task("close_review"), viewer=clerk, reason="照片不清", to="recheck")
    assert again["assignee"] == INSPECTOR
    story = [(line.title, line.text, line.by) for line in events.list_events(campaign, serious, viewer=clerk)]
    assert ("退回重办：销号审核", "照片不清", CLERK) in story
