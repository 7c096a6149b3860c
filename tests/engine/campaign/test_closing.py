"""The closure gate asks everybody who still has something to do about the hazard."""

from collections.abc import Callable

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import closing, document_approval, documents, hazards
from engine.campaign.case_model import Hazard
from engine.campaign.report_model import CitizenReport

Person = Callable[[App, str], Viewer]


@pytest.fixture
def number(campaign: App, person: Person) -> str:
    found = {"place": "P057", "code": "RF-05", "text": "楼道插线板串接"}
    return hazards.register(campaign, found, viewer=person(campaign, "inspector-gh-01")).number


def missing(app: App, number: str) -> list[str]:
    with app.reading() as tx:
        return closing.missing(tx, app, tx.get_one(Hazard, number))


def test_a_document_stands_against_closing_until_it_is_voided_or_done(
    campaign: App, person: Person, number: str
) -> None:
    clerk = person(campaign, "clerk-safety-office")
    before = missing(campaign, number)
    drafted = documents.draft(campaign, {"type": "安全风险提示单", "hazard": number}, viewer=clerk)
    assert missing(campaign, number) == [*before, "《安全风险提示单》尚未批准"]

    document_approval.submit(campaign, drafted.id, viewer=clerk)
    document_approval.approve(campaign, drafted.id, viewer=person(campaign, "leader-street"))
    [told] = [words for words in missing(campaign, number) if words not in before]
    assert "缺签名" in told and "青街安提〔2026〕1号" in told


def test_a_reporter_is_answered_before_the_hazard_is_closed(campaign: App, number: str) -> None:
    before = missing(campaign, number)
    with campaign.transaction() as tx:
        row = CitizenReport(number="JB-1", code_hash="x", channel="电话", category="消防", text="…", hazard=number)
        row.casualties = row.danger_now = row.anonymous = False
        row.received_at, row.receiver, row.handler = campaign.clock(), "safety_office", "safety_office"
        tx.add(row)
    assert missing(campaign, number) == [*before, "群众举报 JB-1 尚未答复举报人"]
    with campaign.transaction() as tx:
        tx.get_one(CitizenReport, "JB-1").replied_at = campaign.clock()
    assert missing(campaign, number) == before
