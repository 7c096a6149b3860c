"""A request for a measure is taken back by the street with a reason, before the department has decided, not after."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.app import App
from engine.bpm.model import Incident, Notice
from engine.campaign import assignments, measure_work
from engine.campaign.case_model import Assignment
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from tests.engine.campaign.test_measures import CLERK, DRAFT, FACTS, NUMBER, OFFICER, Case


@pytest.fixture
def case(campaign: App) -> Case:
    return Case(campaign)


def test_it_is_withdrawn_once_and_asked_again(case: Case) -> None:
    clerk = case.who(CLERK)
    first = measure_work.withdraw(case.app, NUMBER, reason="已自行拆除", viewer=clerk, key="k")
    again = measure_work.withdraw(case.app, NUMBER, reason="已自行拆除", viewer=clerk, key="k")
    assert first == again and first.answer == "街道撤回：已自行拆除" and first.closed_at == case.app.clock()
    assert case.open() == [] and case.rows(Incident) == []
    (paper,) = assignments.list_assignments(case.app, NUMBER, viewer=clerk)
    assert (paper.state, paper.answered_at) == ("已办结", None)
    assert OFFICER in {row.recipient for row in case.rows(Notice) if "撤回" in row.subject}
    with pytest.raises(Conflict):
        measure_work.withdraw(case.app, NUMBER, reason="再撤一次", viewer=clerk)
    case.request()
    assert case.open() == ["examine"]
    case.do("examine", **FACTS)
    measure_work.withdraw(case.app, NUMBER, reason="改由消防办理", viewer=clerk)
    assert case.open() == []


def test_what_was_decided_is_not_withdrawn(case: Case) -> None:
    case.do("examine", **FACTS)
    case.do("decide_seal", measure_kind="查封", seal_opinion="危险现实存在")
    with pytest.raises(Conflict, match="已经决定"):
        measure_work.withdraw(case.app, NUMBER, reason="已自行拆除", viewer=case.who(CLERK))
    case.do("draft_seal", **DRAFT)


def test_only_the_street_takes_it_back(case: Case) -> None:
    with pytest.raises(NotAllowed):
        measure_work.withdraw(case.app, NUMBER, reason="不办了", viewer=case.who(OFFICER))
    with pytest.raises(NotFound):
        measure_work.withdraw(case.app, NUMBER, reason="不办了", viewer=case.who("officer-market-bureau"))
    with pytest.raises(NotFound):
        measure_work.withdraw(case.app, "YQ-2026-9999", reason="不办了", viewer=case.who(CLERK))


def test_of_a_withdrawal_and_a_decision_at_once_one_wins(case: Case) -> None:
    case.do("examine", **FACTS)

    def withdraw() -> str:
        try:
            measure_work.withdraw(case.app, NUMBER, reason="已自行拆除", viewer=case.who(CLERK))
        except EngineError as error:
            return type(error).__name__
        return "withdrawn"

    def decide() -> str:
        try:
            case.do("decide_seal", measure_kind="查封", seal_opinion="危险现实存在")
        except (EngineError, AssertionError) as error:
            return type(error).__name__
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(withdraw), pool.submit(decide)]
    told = {act.result() for act in acts}
    (paper,) = case.rows(Assignment)
    assert len(told & {"withdrawn", "decided"}) == 1 and paper.closed_at is not None
    assert paper.answer.startswith("街道撤回") is ("withdrawn" in told)
