"""An order about several hazards of one place: its clocks, its lists, who sees them, and what it may name."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    case_papers,
    court_clock,
    deadlines,
    document_gaps,
    documents,
    hazards,
    named_hazards,
    order_extensions,
    started_clocks,
)
from engine.campaign import document_approval as life
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.errors import Invalid, NotAllowed, NotFound
from engine.testing import FakeClock
from tests.engine.campaign.conftest import ROOT
from tests.engine.campaign.test_inspection_papers import RECORD, approved, entered
from tests.engine.campaign.test_inspection_papers import head as head
from tests.engine.campaign.test_inspection_papers import officer as officer
from tests.engine.campaign.test_inspections import OFFICERS

Person = Callable[[App, str], Viewer]
ORDER = "责令限期整改指令书"


def registered(campaign: App, viewer: Viewer, code: str, visit: int | None, place: str = "P001") -> str:
    told = {"place": place, "code": code, "text": f"问题{code}", "visit": visit}
    return hazards.register(campaign, told, viewer=viewer).number


def ordered(campaign: App, officer: Viewer, head: Viewer, served_at: datetime | None, **asked: Any) -> str:
    """An order that was approved, and served at this moment."""
    body = {"items": [{"text": "逐项整改", "due": "2026-10-12"}], "basis": "消防法第六十条", "review_term": "60 日内"}
    made = documents.draft(campaign, {"type": ORDER, "body": body, **asked}, viewer=officer)
    life.submit(campaign, made.id, viewer=officer)
    life.approve(campaign, made.id, viewer=head)
    if served_at is not None:
        with campaign.transaction() as tx:
            row = tx.get_one(Document, made.id)
            row.served_at, row.state = served_at, "已送达"
            started_clocks.follow(tx, campaign, made.id, campaign.clock())
            court_clock.follow(tx, campaign, made.id, campaign.clock())
    return made.id


def clocks(campaign: App, number: str, viewer: Viewer) -> dict[str, str]:
    rows = deadlines.list_deadlines(campaign, number, viewer=viewer)
    return {row.clock: str(row.due_date) for row in rows if row.state == "open"}


def test_an_order_about_several_hazards_starts_the_clocks_of_each_and_stands_in_each_list(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    approved(campaign, id, officer, head)
    first, second, third = (registered(campaign, officer, code, id) for code in ("RF-04", "RF-05", "RF-06"))
    body = {
        "items": [{"text": f"甲（{first}）", "due": "2026-10-12"}, {"text": f"{second}：乙", "due": "2026-10-20"}],
        "basis": "消防法第六十条", "review_term": "60 日内",
    }  # fmt: skip
    draft = documents.draft(campaign, {"type": ORDER, "visit": id, "body": body}, viewer=officer)
    assert (draft.hazard, draft.further_hazards, draft.all_found) == (first, [second, third], True)
    with campaign.reading() as tx:
        lacking = document_gaps.unfinished(tx, campaign, tx.get_one(Hazard, second))
    assert f"《{ORDER}》尚未批准" in lacking, "the gate of each hazard sees it"
    documents.edit(campaign, draft.id, revision=draft.revision, further_hazards=[second], viewer=officer)
    life.submit(campaign, draft.id, viewer=officer)
    life.approve(campaign, draft.id, viewer=head)
    with campaign.transaction() as tx:
        tx.get_one(Document, draft.id).served_at = campaign.clock()
        started_clocks.follow(tx, campaign, draft.id, campaign.clock())
        court_clock.follow(tx, campaign, draft.id, campaign.clock())
    assert clocks(campaign, first, officer)["T3"] == "2026-10-12"
    assert clocks(campaign, second, officer)["T3"] == "2026-10-20"
    assert {"T7", "T34"} <= clocks(campaign, second, officer).keys()
    assert "T3" not in clocks(campaign, third, officer)
    assert draft.id in {one.id for one in case_papers.list_papers(campaign, second, viewer=officer)}
    found = documents.list_documents(campaign, officer, hazard=second, type=ORDER)
    assert [row.id for row in found.items] == [draft.id]
    [row] = [one for one in deadlines.list_deadlines(campaign, second, viewer=officer) if one.clock == "T3"]
    until = row.due_date + timedelta(days=3)
    party = person(campaign, "clerk-safety-office")
    with pytest.raises(NotAllowed):
        order_extensions.ask(campaign, row.id, until=until, reason="备件未到", viewer=party)
    assert order_extensions.ask(campaign, row.id, until=until, reason="备件未到", viewer=officer).clock == "T8.answer"


def test_an_order_names_open_hazards_of_its_place_once_and_of_its_kind_only(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    approved(campaign, id, officer, head)
    first, second = (registered(campaign, officer, code, id) for code in ("RF-04", "RF-05"))
    inspector = person(campaign, "inspector-sm-01")
    strange = registered(campaign, inspector, "RF-04", None)
    elsewhere = registered(campaign, ROOT, "RF-04", None, place="P002")
    asked = {"type": ORDER, "hazard": first, "body": {"basis": "消防法第六十条", "review_term": "60 日内"}}
    for numbers, words in (
        ([first], "不必重复"), ([second, second], "不必重复"), ([strange], "没有编号"), (["YQ-2026-0999"], "没有编号"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=words) as refused:
            documents.draft(campaign, {**asked, "further_hazards": numbers}, viewer=officer)
        assert refused.value.problems[0]["field"] == f"further_hazards.{len(numbers) - 1}"
    with pytest.raises(Invalid, match="只写一件"):
        documents.draft(campaign, {"type": "立案审批表", "hazard": first, "further_hazards": [second]}, viewer=officer)
    with pytest.raises(Invalid, match="先选定"):
        documents.draft(campaign, {"type": RECORD, "place": "P001", "further_hazards": [second]}, viewer=officer)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, elsewhere).finder = officer.name
    with pytest.raises(Invalid, match="不在同一场所"):
        documents.draft(campaign, {**asked, "further_hazards": [elsewhere]}, viewer=officer)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, second).closed_at = campaign.clock()
    with pytest.raises(Invalid, match="已经销号"):
        documents.draft(campaign, {**asked, "further_hazards": [second]}, viewer=officer)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, second).closed_at = None
    made = documents.draft(campaign, {**asked, "further_hazards": [second]}, viewer=officer)
    assert [row["text"] for row in made.body["items"]] == [f"问题RF-04（{first}）", f"问题RF-05（{second}）"]


def test_a_department_sees_each_hazard_that_its_order_names(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    approved(campaign, id, officer, head)
    first = registered(campaign, officer, "RF-04", id)
    strange = registered(campaign, person(campaign, "inspector-sm-01"), "RF-05", None)
    with pytest.raises(NotFound):
        hazards.show(campaign, strange, viewer=head)
    order = ordered(
        campaign, officer, head, None, hazard=first, officers=OFFICERS,
        body={"officers_text": ["甲"], "items": [{"text": "改"}], "basis": "消防法", "review_term": "60 日内"},
    )  # fmt: skip
    with campaign.transaction() as tx:
        named_hazards.name(tx, order, [strange])
    assert hazards.show(campaign, strange, viewer=head).number == strange
    with pytest.raises(NotFound):
        hazards.show(campaign, strange, viewer=person(campaign, "officer-fire-rescue"))


def test_what_is_registered_after_the_order_was_served_has_its_clock_from_the_service_and_is_late_at_once(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    approved(campaign, id, officer, head)
    served_at = campaign.clock()
    order = ordered(campaign, officer, head, served_at, visit=id)
    campaign.clock = FakeClock(served_at + timedelta(days=30))
    first = registered(campaign, officer, "RF-04", id)
    second = registered(campaign, officer, "RF-05", id)
    others = registered(campaign, person(campaign, "inspector-sm-01"), "RF-06", id)
    shown = documents.show(campaign, order, viewer=officer)
    assert (shown.hazard, shown.further_hazards) == (first, [second]), "not of who was not there"
    for number in (first, second):
        [row] = [one for one in deadlines.list_deadlines(campaign, number, viewer=officer) if one.clock == "T3"]
        assert (row.start_at, str(row.due_date), row.state) == (served_at, "2026-10-12", "open")
        assert row.due_at < campaign.clock(), "late at once"
        assert "T7" in clocks(campaign, number, officer) and "T34" in clocks(campaign, number, officer)
    assert order not in {one.id for one in case_papers.list_papers(campaign, others, viewer=ROOT)}
