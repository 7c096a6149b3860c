"""The holder of a risk notice says by its code that the hazard is gone: who is told, what it proves."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import closing, completions, document_serving, documents, events, evidence, hazards, ledger_lines
from engine.campaign import document_approval as life
from engine.campaign.case_model import Hazard
from engine.campaign.demo.photos import photo
from engine.campaign.document_model import Document
from engine.campaign.hazard_list import Wanted
from engine.errors import Conflict, NotFound
from tests.engine.campaign.test_documents import strokes

Person = Callable[[App, str], Viewer]
HERE = "10.0.0.1"
DONE = {"text": "通道已清空", "name": "王店长"}


@pytest.fixture
def code(campaign: App, person: Person) -> str:
    """The code on a risk notice about a hazard of P019, which was issued."""
    clerk, leader = person(campaign, "clerk-safety-office"), person(campaign, "leader-street")
    number = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "串接"}, viewer=clerk).number
    made = documents.draft(campaign, {"type": "安全风险提示单", "hazard": number}, viewer=clerk)
    life.approve(campaign, life.submit(campaign, made.id, viewer=clerk).id, viewer=leader)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    return life.issue(campaign, made.id, viewer=leader).verify_code


def test_who_handles_the_case_is_told_once_and_nothing_is_proven_by_it(
    campaign: App, person: Person, code: str
) -> None:
    shown = document_serving.verify(campaign, code, address=HERE).slip
    assert shown is not None and (shown.items[0].text, shown.waits, shown.reported_at) == ("串接", True, None)
    for _ in range(2):
        said = completions.report(campaign, code, DONE, address=HERE, key="k")
    shot = photo("done", campaign.clock())
    for _ in range(2):  # as phones do
        said = completions.add_photo(campaign, code, shot, address=HERE)
    assert (said.reported_at, said.photos) == (campaign.clock(), 1)
    clerk = person(campaign, "clerk-safety-office")
    with campaign.reading() as tx:
        hazard = tx.scalars(select(Hazard)).one()
        told = [row.recipient for row in tx.scalars(select(Notice).where(Notice.subject.contains("企业自报整改完成")))]
        lacking = "".join(closing.missing(tx, campaign, hazard))
        (line,) = ledger_lines.lines(tx, campaign, clerk, Wanted(), campaign.clock())
    assert line.values["notice_no"] == "青街安提〔2026〕1号"
    assert "clerk-safety-office" in told and len(told) == len(set(told))
    lines = [line.text for line in events.list_events(campaign, hazard.number, viewer=clerk) if line.kind == "finding"]
    assert len(lines) == 1 and "通道已清空（报告人：王店长），安全风险提示单 青街安提〔2026〕1号" in lines[0]
    assert [file.kind for file in evidence.list_evidence(campaign, hazard.number, viewer=clerk)] == ["attachment"]
    assert "照片" in lacking and hazard.closed_at is None


def test_an_unknown_code_another_kind_of_paper_a_void_one_and_a_closed_hazard_take_nothing(
    campaign: App, person: Person, code: str
) -> None:
    for wrong in ("x", code[:-1]):
        with pytest.raises(NotFound):
            completions.report(campaign, wrong, DONE, address=HERE)
    with pytest.raises(Conflict, match="请先写明整改情况"):
        completions.add_photo(campaign, code, b"", address=HERE)
    for _ in range(completions.MOST):
        completions.report(campaign, code, DONE, address=f"{HERE}0")
    with pytest.raises(Conflict, match="报告过多次"):
        completions.report(campaign, code, DONE, address=f"{HERE}1")
    with campaign.transaction() as tx:
        tx.scalars(select(Hazard)).one().closed_at = campaign.clock()
    shown = document_serving.verify(campaign, code, address=HERE).slip
    assert shown is not None and not shown.waits
    with pytest.raises(Conflict, match="已经办结"):
        completions.report(campaign, code, DONE, address=f"{HERE}2")
    with campaign.transaction() as tx:
        tx.scalars(select(Document).where(Document.verify_code == code)).one().type = "督办单"
    assert document_serving.verify(campaign, code, address=HERE).slip is None
    with pytest.raises(NotFound):
        completions.report(campaign, code, DONE, address=f"{HERE}3")
