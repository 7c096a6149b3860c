"""A paper drawn up for an inspection carries the inspection's number, whichever of the two is first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    deadlines,
    document_numbers,
    documents,
    hazards,
    inspections,
    started_clocks,
    visits,
)
from engine.campaign import document_approval as life
from engine.campaign.document_model import Document
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
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


def reinspected(campaign: App, person: Person, officer: Viewer, head: Viewer, subject: str) -> None:
    """The same body comes again, as an inspection of its own."""
    again = inspections.request(campaign, asked(campaign, kind="复查", subject=subject), viewer=officer).id
    inspections.approve(campaign, again, viewer=head)
    inspections.notify(campaign, again, viewer=officer)
    code = inspections_code(campaign, person)
    inspections.check_in(campaign, again, code=code, lat=34.0, lon=113.0, viewer=officer)
    inspections.record(campaign, again, FILED, viewer=officer)


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
    for days, subject, states in ((20, "复查另一份指令 YQ-2026-0999", ["open"]), (1, "整改复查", ["met"])):
        campaign.clock.now += timedelta(days=days)  # type: ignore[attr-defined]
        reinspected(campaign, person, officer, head, subject)
        rows = deadlines.list_deadlines(campaign, mine, viewer=officer)
        assert [row.state for row in rows if row.clock == "T7"] == states


def test_an_order_about_all_that_was_found_names_what_a_colleague_registered_each_with_its_own_day(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    approved(campaign, id, officer, head)
    colleague, days = person(campaign, OFFICERS[1]), {"插线板串接": "2026-10-05", "灭火器失效": "2026-10-30"}
    told = {"place": "P001", "code": "RF-05", "visit": id}
    numbers = [hazards.register(campaign, {**told, "text": text}, viewer=officer).number for text in days]
    body = {
        "items": [{"text": text, "due": day} for text, day in days.items()],
        "basis": "消防法",
        "review_term": "60 日",
    }
    order = documents.draft(campaign, {"type": "责令限期整改指令书", "visit": id, "body": body}, viewer=colleague)
    assert sorted([order.hazard or "", *order.further_hazards]) == numbers
    life.submit(campaign, order.id, viewer=colleague)
    life.approve(campaign, order.id, viewer=head)
    with campaign.transaction() as tx:
        tx.get_one(Document, order.id).served_at = campaign.clock()
        started_clocks.follow(tx, campaign, order.id, campaign.clock())
    for number, day in zip(numbers, days.values(), strict=True):
        rows = deadlines.list_deadlines(campaign, number, viewer=officer)
        assert [str(row.due_date) for row in rows if row.clock == "T3"] == [day]


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
