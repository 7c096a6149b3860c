"""Service of documents: the ways with their proof, the days of a public notice, the time to serve a penalty."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm import rescheduling
from engine.bpm.viewer import Viewer
from engine.calendar import Calendar
from engine.campaign import closing, deadlines, document_clocks, document_serving, document_types, documents, hazards
from engine.campaign import document_approval as life
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.document_views import DocumentView
from engine.errors import Conflict, Invalid
from engine.testing import FakeClock
from tests.engine.campaign.test_documents import LETTER, strokes

Person = Callable[[App, str], Viewer]
NUMBER = "YQ-2026-0901"


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


@pytest.fixture
def issued(campaign: App, clerk: Viewer, person: Person) -> DocumentView:
    """A letter about a hazard, sealed."""
    hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    leader = person(campaign, "leader-street")
    made = documents.draft(campaign, {**LETTER, "hazard": NUMBER}, viewer=clerk)
    life.submit(campaign, made.id, viewer=clerk)
    life.approve(campaign, made.id, viewer=leader)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    return life.issue(campaign, made.id, viewer=leader)


def service(app: App, way: str, **more: Any) -> dict[str, Any]:
    plain = {"place": "社区", "at": app.clock(), "recipient": "甲", "signed_by": "", "witnesses": [],
             "refusal_note": "", "tracking": ""}  # fmt: skip
    return {"way": way, **plain, **more}


NOTICE = {"tracking": "区政府网站", "refusal_note": "下落不明"}


@pytest.mark.parametrize(
    ("way", "lacking"),
    [("直接送达", "signed_by"), ("留置送达", "refusal_note"), ("留置送达", "witnesses"), ("邮寄送达", "tracking"),
     ("公告送达", "tracking"), ("公告送达", "refusal_note"), ("电子送达", "signed_by"), ("托人转交", "way")],
)  # fmt: skip
def test_each_way_asks_for_its_proof(
    campaign: App, issued: DocumentView, clerk: Viewer, way: str, lacking: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        document_serving.serve(campaign, issued.id, service(campaign, way), viewer=clerk)
    assert lacking in [problem["field"] for problem in refusal.value.problems]
    assert documents.show(campaign, issued.id, viewer=clerk).services == []


def test_a_public_notice_serves_when_its_days_are_over(campaign: App, issued: DocumentView, clerk: Viewer) -> None:
    made = document_serving.serve(campaign, issued.id, service(campaign, "公告送达", **NOTICE), viewer=clerk)
    (notice,) = made.services
    assert notice.effective_at is not None and notice.effective_at - campaign.clock() > timedelta(days=30)
    assert (made.state, made.served_at) == ("公告中", notice.effective_at)
    assert any("第九十五条" in line and "需法制审核" in line for line in notice.trace)
    receipt = documents.show(campaign, notice.receipt, viewer=clerk)
    assert "期满视为送达" in receipt.body["refusal_note"]
    with campaign.reading() as tx:
        assert "公告送达尚未期满" in "".join(closing.missing(tx, campaign, tx.get_one(Hazard, NUMBER)))
    with pytest.raises(Conflict, match="公告中"):
        life.archive(campaign, issued.id, viewer=clerk)
    listed = documents.list_documents
    assert [row.id for row in listed(campaign, clerk, state="公告中").items] == [issued.id]
    campaign.clock = FakeClock(notice.effective_at)
    assert documents.show(campaign, issued.id, viewer=clerk).state == "已送达"
    assert issued.id in [row.id for row in listed(campaign, clerk, state="已送达").items]
    assert listed(campaign, clerk, state="公告中").total == 0
    with campaign.reading() as tx:
        assert "公告送达" not in "".join(closing.missing(tx, campaign, tx.get_one(Hazard, NUMBER)))
    assert life.archive(campaign, issued.id, viewer=clerk).state == "已归档"


def test_who_is_found_before_the_days_are_over_is_served_at_once(
    campaign: App, issued: DocumentView, clerk: Viewer
) -> None:
    document_serving.serve(campaign, issued.id, service(campaign, "公告送达", **NOTICE), viewer=clerk)
    found = service(campaign, "直接送达", signed_by="甲")
    made = document_serving.serve(campaign, issued.id, found, viewer=clerk)
    assert (made.state, made.served_at, len(made.services)) == ("已送达", campaign.clock(), 2)


def test_a_repeated_request_makes_one_receipt(campaign: App, issued: DocumentView, clerk: Viewer) -> None:
    given = service(campaign, "邮寄送达", tracking="EMS1")
    made = [document_serving.serve(campaign, issued.id, given, viewer=clerk, key="k") for _ in range(2)]
    assert [len(each.services) for each in made] == [1, 1]


def test_the_days_of_a_notice_are_counted_again_when_the_table_arrives(
    campaign: App, issued: DocumentView, clerk: Viewer
) -> None:
    full = campaign.calendar
    campaign.calendar = Calendar({}, {}, frozenset())
    made = document_serving.serve(campaign, issued.id, service(campaign, "公告送达", **NOTICE), viewer=clerk)
    before = made.services[0]
    assert before.provisional, "the 30th day is a Saturday"
    assert document_clocks.reproject(campaign, campaign.clock()) == 0
    day = before.effective_at - timedelta(seconds=1) if before.effective_at else campaign.clock()
    campaign.calendar = full.extended(2026, {day.astimezone(campaign.zone).date(): "元旦"}, {})
    assert rescheduling.reproject(campaign) == 1
    after = documents.show(campaign, issued.id, viewer=clerk)
    assert after.services[0].effective_at and before.effective_at
    assert after.services[0].effective_at > before.effective_at and not after.services[0].provisional
    assert after.served_at == after.services[0].effective_at


def test_a_penalty_is_to_be_served_within_seven_working_days(campaign: App, issued: DocumentView) -> None:
    type = document_types.on_day("行政处罚决定书（单位）", campaign.clock().date())
    now = datetime(2026, 9, 24, 1, tzinfo=UTC)
    with campaign.transaction() as tx:
        row = tx.get_one(Document, issued.id)
        document_clocks.approved(tx, campaign, row, type, now)
        (limit,) = [one for one in deadlines.all_of(tx, deadlines.of_hazard(NUMBER)) if one.clock == "T25"]
        assert (limit.kind, limit.state, str(limit.due_date)) == ("送达罚1号", "open", "2026-10-12")
        document_clocks.served(tx, row, type, now + timedelta(days=1), now + timedelta(days=60))
        (limit,) = [one for one in deadlines.all_of(tx, deadlines.of_hazard(NUMBER)) if one.clock == "T25"]
        assert limit.state == "met"


PLAIN = {"place_name": "示例店", "address": "某路", "reasons": "气瓶不合格", "basis": "第六十五条", "term": "三十日",
         "review_term": "六十日", "facts": "两只", "goods": [{"text": "气瓶", "result": "两只"}]}  # fmt: skip
SCENE = {"place_name": "示例店", "place": "店内", "period": "上午", "reasons": "气瓶不合格", "basis": "第六十五条",
         "facts": "两只", "rights": "可以申辩", "statement_heard": "无", "officers_text": ["甲、乙"]}  # fmt: skip
PAPERS = {"强制措施审批表": PLAIN, "查封扣押决定书": PLAIN, "现场笔录": SCENE,
          "查封（扣押）清单": {"place_name": "示例店", "reference": "1号", "goods": PLAIN["goods"],
                        "officers_text": ["甲、乙"]}}  # fmt: skip
BUREAU = ["officer-emergency-bureau", "officer-emergency-bureau-2"]


def test_a_seal_is_served_with_its_list_and_with_none_of_an_earlier_seal(
    campaign: App, clerk: Viewer, person: Person
) -> None:
    """行政强制法 24: decision and list are made and handed over on the spot."""
    hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, NUMBER).finder = BUREAU[0]  # so that the bureau sees it
    officer, head = person(campaign, BUREAU[0]), person(campaign, "head-emergency-bureau")

    def made(type: str) -> str:
        campaign.clock.now += timedelta(minutes=1)  # type: ignore[attr-defined]
        body = {name: PAPERS[type][name] for name in (field.name for field in _fields(campaign, type))
                if name in PAPERS[type]}  # fmt: skip
        wanted = {"type": type, "hazard": NUMBER, "officers": BUREAU, "body": body}
        id = documents.draft(campaign, wanted, viewer=officer).id
        life.submit(campaign, id, viewer=officer)
        life.approve(campaign, id, viewer=head)
        return id

    def sealed(id: str) -> str:
        for name in BUREAU:
            life.sign(campaign, id, strokes(), viewer=person(campaign, name))
        return life.issue(campaign, id, viewer=head).id

    def serve(id: str) -> DocumentView:
        return document_serving.serve(campaign, id, service(campaign, "直接送达", signed_by="甲"), viewer=officer)

    made("强制措施审批表")
    decision, _, goods = sealed(made("查封扣押决定书")), made("现场笔录"), made("查封（扣押）清单")
    with pytest.raises(Invalid, match=r"《查封（扣押）清单》一并当场交付.*第二十四条"):
        serve(decision)
    with campaign.reading() as tx:
        assert "缺与它一并交付的《查封（扣押）清单》" in "".join(
            closing.missing(tx, campaign, tx.get_one(Hazard, NUMBER))
        )
    sealed(goods)
    assert [serve(id).state for id in (decision, goods)] == ["已送达"] * 2
    second = sealed(made("查封扣押决定书"))
    with pytest.raises(Invalid, match="一并当场交付"):
        serve(second)


def _fields(app: App, type: str) -> tuple[document_types.Field, ...]:
    return document_types.on_day(type, app.clock().date()).fields
