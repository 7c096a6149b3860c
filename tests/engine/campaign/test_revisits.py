"""What follows a closure, and what else holds about a case: drawn re-visits, false rectification, overlays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Incident
from engine.campaign import (
    five,
    hazards,
    lawsuits,
    ledger_lines,
    revisits,
    tracing,
    tracked,
)
from engine.campaign.case_model import Hazard, Measure
from engine.campaign.closure_model import Revisit
from engine.campaign.hazard_list import Wanted
from engine.campaign.report_model import Candidate
from engine.errors import NotAllowed
from tests.engine.campaign.closing_case import CLERK, INSPECTOR, Person, complete, serious_case


@pytest.fixture
def serious(campaign: App, person: Person) -> str:
    """A hazard of the level 较大 whose fix was handed in, with photos."""
    return serious_case(campaign, person)


@given(st.text(max_size=8), st.integers(0, 50))
def test_one_of_each_ten_fixes_on_the_spot_is_drawn(seed: str, block: int) -> None:
    assert sum(revisits.in_sample(seed, block * 10 + n) for n in range(1, 11)) == 1


@given(st.text(max_size=8), st.text(max_size=16))
def test_the_day_of_a_revisit_lies_within_its_clock_and_is_drawn_again_the_same(seed: str, number: str) -> None:
    [day] = revisits.days_of(seed, number, major=False)
    assert 30 <= day <= 90 and revisits.days_of(seed, number, major=False) == [day]
    assert revisits.days_of(seed, number, major=True) == [30, 90]


def closed(app: App, person: Person, number: str) -> None:
    inspector, clerk = person(app, INSPECTOR), person(app, CLERK)
    complete(app, inspector, "recheck", result="pass", opinion="合格", companions="inspector-gh-02")
    for block in five.FIVE:
        five.write(app, number, block, text="已定", done=True, note="核对", viewer=clerk)
    complete(app, clerk, "close_review", approved=True, close_opinion="同意")
    assert hazards.show(app, number, viewer=clerk).status == "closed"


def test_a_false_rectification_reopens_the_chain_and_is_told(campaign: App, person: Person, serious: str) -> None:
    closed(campaign, person, serious)
    [drawn] = revisits.list_revisits(campaign, serious, viewer=person(campaign, CLERK))
    assert (drawn.closer, drawn.result) == (CLERK, "")
    campaign.clock.now = drawn.begin_at + timedelta(hours=1)  # type: ignore[attr-defined]
    from engine.bpm import timers

    while timers.fire_next(campaign):
        pass
    with pytest.raises(NotAllowed):  # whoever closed it
        complete(campaign, person(campaign, CLERK), "look_back", revisit_result="保持良好", revisit_note="没去")
    complete(campaign, person(campaign, INSPECTOR), "look_back", revisit_result="未整改", revisit_note="板还在")

    with campaign.reading() as tx:
        row = tx.scalars(select(Revisit)).one()
        again = tx.get_one(Hazard, row.reopened)
        assert (row.result, again.recurs, again.repeats) == ("未整改", serious, 1)
        assert tx.scalars(select(Candidate)).all() == []  # table D11 judges, at its daily search
        wanted = Wanted(status="all")
        lines = list(ledger_lines.lines(tx, campaign, person(campaign, CLERK), wanted, campaign.clock()))
        told = {line.values["number"]: line.values["revisit"] for line in lines}
    assert told[serious].startswith("回访 未整改 2026-") and told[row.reopened] == ""
    later = campaign.clock() + timedelta(hours=1)
    with campaign.transaction() as tx:
        tracing.find_in(tx, campaign, later)
        assert tracing.find_in(tx, campaign, later) == 0
        query = select(Candidate).where(Candidate.fact.startswith("revisit:"))
        told = tx.scalars(query).one()
        assert (told.reason, told.hazard, told.unit) == ("虚假整改", serious, "GH")
        assert (told.basis, told.detail["result"]) == ("销号材料经查证不实", "未整改")
        assert tx.scalar(select(Incident.id).limit(1)) is None


def test_what_else_holds_is_computed_and_the_list_is_narrowed_by_it(
    campaign: App, person: Person, serious: str
) -> None:
    clerk, today = person(campaign, CLERK), campaign.clock().date()
    with campaign.transaction() as tx:
        row = Measure(hazard=serious, kind="停产停业", organ="fire_rescue", opened_at=campaign.clock(),
                      ends_at=campaign.clock(), starts_on=today)  # fmt: skip
        tx.add(row)
        tx.flush()
        measure = row.id
    lawsuits.file(campaign, serious, kind="行政复议", organ="区政府", filed_on=today, measure=measure, viewer=clerk)
    tracked.track(campaign, serious, tracked=True, reason="群众关注", viewer=clerk)

    shown = hazards.show(campaign, serious, viewer=clerk)
    assert shown.overlays == ("停用中", "在诉", "重点跟踪") and shown.tracked_reason == "群众关注"
    for name in shown.overlays:
        [found] = hazards.list_hazards(campaign, clerk, overlay=name).items
        assert found.number == serious
    assert hazards.list_hazards(campaign, clerk, overlay="查封中").total == 0
    with pytest.raises(NotAllowed):
        tracked.track(campaign, serious, tracked=False, reason="不再", viewer=person(campaign, INSPECTOR))
    tracked.track(campaign, serious, tracked=False, reason="已平息", viewer=clerk)
    assert hazards.show(campaign, serious, viewer=clerk).overlays == ("停用中", "在诉")
