"""Everything on paper about one hazard, and drafts that a diagram starts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.app import App
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.viewer import Viewer
from engine.campaign import case_papers, documents, hazards
from engine.campaign.report_model import CitizenReport, Interview
from engine.errors import Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
NOW = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)
NUMBER = "YQ-2026-0901"


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


@pytest.fixture
def case(campaign: App, clerk: Viewer) -> App:
    hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    return campaign


def run(app: App, topic: str, **given: Any) -> dict[str, Any]:
    operator = app.operators.get(topic)
    assert operator is not None
    with app.transaction() as tx:
        call = OperatorCall(topic, given, "element", "name", {}, NOW)
        return dict(operator.run(app, tx, call, operator.parameters(given)))


def test_a_hazard_lists_its_papers_documents_measures_and_reports(case: App, clerk: Viewer, person: Person) -> None:
    run(case, "assignment.open", hazard=NUMBER, kind="移交", from_unit="safety_office", to_unit="fire_rescue",
        reason="拒不整改")  # fmt: skip
    carried = documents.draft(case, {"type": "隐患移交函", "hazard": NUMBER}, viewer=clerk)
    loose = documents.draft(case, {"type": "约谈记录", "hazard": NUMBER}, viewer=clerk)
    run(case, "measure.open", hazard=NUMBER, kind="停用", organ="fire_rescue", starts_on="2026-09-24", number="消停1",
        ends_at="2026-10-01T00:00:00+08:00", basis="消防法")  # fmt: skip
    with case.transaction() as tx:
        tx.add(CitizenReport(
            number="JB-2026-0001", code_hash="x", channel="网上", category="消防", text="x", casualties=False,
            danger_now=False, anonymous=True, received_at=NOW, receiver="safety_office", handler="x", hazard=NUMBER,
        ))  # fmt: skip
    listed = case_papers.list_papers(case, NUMBER, viewer=clerk)
    assert [(one.source, one.kind, one.state) for one in listed] == [
        ("paper", "移交", "待签收"), ("document", "约谈记录", "起草"), ("measure", "停用", "执行中"),
        ("report", "群众举报", "待答复"),
    ]  # fmt: skip
    assert (listed[0].document, listed[0].document_state, listed[0].to_name) == (carried.id, "起草", "区消防救援大队")
    assert listed[1].id == loose.id
    fire = case_papers.list_papers(case, NUMBER, viewer=person(case, "officer-fire-rescue"))
    assert [one.source for one in fire] == ["paper", "measure"]  # no draft of another organ, no report of another unit
    assert fire[0].document is None
    with pytest.raises(NotFound):
        case_papers.list_papers(case, NUMBER, viewer=person(case, "officer-police-station"))


def test_a_diagram_starts_the_record_of_a_talk(case: App, clerk: Viewer) -> None:
    with case.transaction() as tx:
        tx.add(Interview(number="YT-1", audience="object", place="P019", reason="三件隐患超期", hazards=[],
                         host="clerk@safety_office", opened_at=NOW, opened_by="x"))  # fmt: skip
    made = run(case, "document.draft", type="约谈记录", unit="clerk@safety_office", interview="YT-1",
               body={"talk_place": "会议室", "points": ["限" * 9_000], "due": None})  # fmt: skip
    row = documents.show(case, made["document"], viewer=clerk)
    assert (row.state, row.place, row.unit, row.drafted_by) == ("起草", "P019", "safety_office", "engine")
    assert (row.body["subject"], row.body["talk_place"], row.body["due"]) == ("三件隐患超期", "会议室", "")
    assert len(row.body["points"][0]) == 5_000 and row.body["asked"] and row.officers == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"type": "没有"}, Invalid),
        ({"unit": "nowhere"}, NotFound),
        ({"type": "查封扣押决定书"}, NotAllowed),
        ({"interview": "YT-9"}, NotFound),
        ({"body": {"nothing": "x"}}, Invalid),
        ({"hazard": "YQ-0"}, NotFound),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_name(case: App, given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(case, "document.draft", **{"type": "约谈记录", "unit": "safety_office", **given})
