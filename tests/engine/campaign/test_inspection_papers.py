"""A paper drawn up for an inspection carries the inspection's number, whichever of the two is first."""

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
    document_numbers,
    documents,
    hazards,
    inspections,
    named_hazards,
    order_extensions,
    started_clocks,
    visits,
)
from engine.campaign import document_approval as life
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock
from tests.engine.campaign.conftest import ROOT
from tests.engine.campaign.test_inspections import FILED, OFFICERS, asked, inspections_code

Person = Callable[[App, str], Viewer]
RECORD, SERIES = "现场检查记录", "（青）应急检记"
FOUND = {**FILED, "result": "发现隐患", "findings": [{"item": "电气", "ok": False, "text": "插线板串接"}]}


@pytest.fixture
def officer(campaign: App, person: Person) -> Viewer:
    return person(campaign, OFFICERS[0])


@pytest.fixture
def head(campaign: App, person: Person) -> Viewer:
    return person(campaign, "head-emergency-bureau")


def entered(campaign: App, person: Person, officer: Viewer, head: Viewer) -> int:
    """An inspection of which the officers are at the place, with its plan on paper."""
    case = asked(campaign, kind="行政检查（个案）", cause="举报")
    id = inspections.request(campaign, case, viewer=officer).id
    inspections.approve(campaign, id, viewer=head)
    code = inspections_code(campaign, person)
    documents.draft(campaign, {"type": "现场检查方案", "place": "P001"}, viewer=officer)
    inspections.check_in(campaign, id, code=code, lat=34.0, lon=113.0, viewer=officer)
    return id


def approved(campaign: App, id: int, officer: Viewer, head: Viewer) -> documents.DocumentView:
    body = {
        "head": "甲", "job": "店长", "phone": "13800000000", "place": "大厅", "rights": "已告知",
        "violations": ["插线板串接"],
    }  # fmt: skip
    made = documents.draft(campaign, {"type": RECORD, "visit": id, "body": body}, viewer=officer)
    assert (made.place, made.inspection, made.officers) == ("P001", id, OFFICERS)
    life.submit(campaign, made.id, viewer=officer)
    return life.approve(campaign, made.id, viewer=head)


@pytest.mark.parametrize("filed_first", [True, False])
def test_the_record_and_its_document_have_one_number(
    campaign: App, person: Person, officer: Viewer, head: Viewer, filed_first: bool
) -> None:
    id = entered(campaign, person, officer, head)
    steps: list[Callable[[], Any]] = [
        lambda: inspections.record(campaign, id, FOUND, viewer=officer).record_no,
        lambda: approved(campaign, id, officer, head).number,
    ]
    assert [step() for step in (steps if filed_first else reversed(steps))] == [f"{SERIES}〔2026〕1号"] * 2
    [entry] = document_numbers.list_entries(campaign, SERIES, 2026, viewer=head)
    assert (entry.title[:6], entry.state) == (RECORD, "在用")


def test_one_that_was_voided_keeps_its_number_and_the_next_gives_the_inspection_its_own(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    first = approved(campaign, id, officer, head)
    with pytest.raises(Conflict, match="先作废"):
        approved(campaign, id, officer, head)
    life.void(campaign, first.id, reason="写错", viewer=officer)
    life.void(campaign, first.id, confirm=True, viewer=head)
    assert approved(campaign, id, officer, head).number == f"{SERIES}〔2026〕2号"
    assert inspections.record(campaign, id, FOUND, viewer=officer).record_no == f"{SERIES}〔2026〕2号"
    entries = document_numbers.list_entries(campaign, SERIES, 2026, viewer=head)
    assert [entry.state for entry in entries] == ["作废", "在用"]


def test_a_record_is_never_filed_under_a_voided_number_and_keeps_the_one_it_was_filed_under(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)

    def voided() -> None:
        made = approved(campaign, id, officer, head)
        life.void(campaign, made.id, reason="写错", viewer=officer)
        life.void(campaign, made.id, confirm=True, viewer=head)

    voided()
    assert visits.show(campaign, id, viewer=officer).record_no is None
    assert inspections.record(campaign, id, FOUND, viewer=officer).record_no == f"{SERIES}〔2026〕2号"
    voided()  # it had the number of the record
    assert approved(campaign, id, officer, head).number == f"{SERIES}〔2026〕3号"
    assert visits.show(campaign, id, viewer=officer).record_no == f"{SERIES}〔2026〕2号"


def test_the_papers_of_an_inspection_are_about_the_hazard_found_on_it_and_start_its_clocks(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    record = approved(campaign, id, officer, head)
    told = {"place": "P001", "code": "RF-05", "text": "插线板串接", "visit": id}
    others = hazards.register(campaign, told, viewer=person(campaign, "inspector-sm-01"))
    assert documents.show(campaign, record.id, viewer=officer).hazard is None, "not of who was not there"
    mine = hazards.register(campaign, {**told, "code": "RF-04", "text": "灭火器失效"}, viewer=officer).number
    assert documents.show(campaign, record.id, viewer=officer).hazard == mine
    assert hazards.show(campaign, mine, viewer=head).visit == id, "who decides about its papers sees it"
    with pytest.raises(NotFound):
        hazards.show(campaign, mine, viewer=person(campaign, "officer-fire-rescue"))
    body = {"items": [{"text": "更换灭火器", "due": "2026-10-12"}], "basis": "消防法第六十条", "review_term": "60 日内"}
    asked = {"type": "责令限期整改指令书", "visit": id, "body": body}
    with pytest.raises(Invalid, match="不是在这次检查中发现"):
        documents.draft(campaign, {**asked, "hazard": "YQ-2026-0999"}, viewer=officer)
    order = documents.draft(campaign, {**asked, "hazard": mine}, viewer=officer)
    assert (order.hazard, order.inspection) == (mine, id) and others.number != mine
    life.submit(campaign, order.id, viewer=officer)
    life.approve(campaign, order.id, viewer=head)
    with campaign.transaction() as tx:
        tx.get_one(Document, order.id).served_at = campaign.clock()
        started_clocks.follow(tx, campaign, order.id, campaign.clock())
    clocks = {row.clock: str(row.due_date) for row in deadlines.list_deadlines(campaign, mine, viewer=officer)}
    assert clocks["T3"] == "2026-10-12" and "T7" in clocks


def test_only_the_papers_of_ones_own_inspection_are_drawn_up_for_it(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    case = asked(campaign, kind="行政检查（个案）", cause="举报")
    id = inspections.request(campaign, case, viewer=officer).id
    with pytest.raises(Conflict, match="扫码"):
        documents.draft(campaign, {"type": RECORD, "visit": id}, viewer=officer)
    with pytest.raises(Invalid, match="所属的检查"):
        documents.draft(campaign, {"type": "现场检查方案", "visit": id}, viewer=officer)
    other = person(campaign, "officer-fire-rescue")
    for viewer, number in ((officer, id + 1), (other, id)):
        with pytest.raises(NotFound):
            documents.draft(campaign, {"type": RECORD, "visit": number}, viewer=viewer)
    with pytest.raises(NotAllowed, match="由该机关"):
        documents.draft(campaign, {"type": RECORD, "visit": id}, viewer=person(campaign, "clerk-safety-office"))


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
