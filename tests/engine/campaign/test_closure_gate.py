"""The closure gate against paper rectification: photos, people, five blocks, opinions, publicity, re-visits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Incident, Task
from engine.campaign import (
    clearances,
    closure_gate,
    court_clock,
    evidence,
    five,
    hazards,
    lawsuits,
    publicity,
    rechecks,
    revisits,
)
from engine.campaign.case_model import Deadline, Evidence, Hazard, Measure, Recheck
from engine.campaign.demo.photos import NOWHERE, photo
from engine.campaign.document_model import Document
from engine.campaign.model import Visit
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.engine.campaign.closing_case import CLERK, FOUND, INSPECTOR, Person, complete, lacking, serious_case, shoot

FIXED = {"fixable_now": True}


@pytest.fixture
def spot(campaign: App, person: Person) -> str:
    """A hazard with one photo that is fixed on the spot."""
    inspector = person(campaign, INSPECTOR)
    number = hazards.register(campaign, FOUND | FIXED, viewer=inspector).number
    shoot(campaign, inspector, number, "photo_before")
    complete(campaign, person(campaign, CLERK), "classify", valid=True, fixable_now=True)
    campaign.clock.now += timedelta(minutes=10)  # type: ignore[attr-defined]
    return number


def test_a_comparable_photo_closes_a_fix_on_the_spot(campaign: App, person: Person, spot: str) -> None:
    inspector = person(campaign, INSPECTOR)
    shoot(campaign, inspector, spot, "photo_after")
    complete(campaign, inspector, "fix_now", fixed=True)

    shown = hazards.show(campaign, spot, viewer=inspector)
    assert shown.status == "closed"
    [row] = clearances.list_clearances(campaign, spot, viewer=inspector)
    assert (row.kind, row.unit, "第三条" in row.power) == ("现场立改", "GH-01", True)
    with campaign.reading() as tx:
        assert tx.scalar(select(Incident.id).limit(1)) is None


def test_the_months_to_ask_the_court_do_not_stand_against_closing_and_end_with_it(
    campaign: App, person: Person, spot: str
) -> None:
    inspector, now = person(campaign, INSPECTOR), campaign.clock()
    with campaign.transaction() as tx:
        tx.add(Document(
            id="d1", type="现场处理措施决定书", organ="emergency_bureau", unit="emergency_bureau", hazard=spot,
            title="d1", body={}, officers=[], verify_code="d1", number="现决〔2026〕1号", series="现决", serial=1,
            year=2026, state="已送达", drafted_at=now, drafted_by=CLERK, served_at=now,
        ))  # fmt: skip
        tx.flush()
        court_clock.follow(tx, campaign, "d1", now)
        limit = select(Deadline.state).where(Deadline.hazard == spot, Deadline.clock == court_clock.RULE)
        assert tx.scalars(limit).all() == ["open"]
    shoot(campaign, inspector, spot, "photo_after")
    complete(campaign, inspector, "fix_now", fixed=True)
    assert hazards.show(campaign, spot, viewer=inspector).status == "closed"
    with campaign.reading() as tx:
        assert tx.scalars(limit).all() == ["met"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"taken": datetime(2026, 9, 1, tzinfo=UTC)}, "拍摄时间早于发现隐患的时间"),
        ({"at": (NOWHERE[0] + 0.001, NOWHERE[1])}, "距隐患位置 111 米，超过 50 米"),
    ],
)
def test_a_photo_that_contradicts_the_fix_does_not_close(
    campaign: App, person: Person, spot: str, change: dict[str, Any], told: str
) -> None:
    shoot(campaign, person(campaign, INSPECTOR), spot, "photo_after", **change)
    complete(campaign, person(campaign, INSPECTOR), "fix_now", fixed=True)

    assert lacking(campaign, spot) == [f"整改后照片（角度 A1）{told}"]
    assert hazards.show(campaign, spot, viewer=person(campaign, CLERK)).stage == "销号审核"


def test_a_photo_that_was_used_before_does_not_close(campaign: App, person: Person, spot: str) -> None:
    inspector = person(campaign, INSPECTOR)
    content = photo("one picture", campaign.clock().astimezone(campaign.zone))
    other = hazards.register(campaign, FOUND | {"duplicate_reason": "另一处"}, viewer=inspector).number
    shoot(campaign, inspector, other, "photo_after", content=content)
    shoot(campaign, inspector, spot, "photo_after", content=content)

    assert lacking(campaign, spot) == ["整改后照片（角度 A1）以前用过，请重新到现场拍摄"]


def test_a_photo_of_a_visit_may_be_from_before_but_not_from_after(campaign: App, person: Person, spot: str) -> None:
    inspector = person(campaign, INSPECTOR)
    content = photo("of a visit", campaign.clock().astimezone(campaign.zone))
    shoot(campaign, inspector, spot, "photo_after", content=content)
    assert lacking(campaign, spot) == []
    with campaign.transaction() as tx:
        visit = Visit(
            place="P057", at=campaign.clock(), kind="网格巡查", people=[INSPECTOR], result="未发现问题",
            created_at=campaign.clock(), created_by=INSPECTOR,
        )  # fmt: skip
        tx.add(visit)
        tx.flush()
        [before] = tx.scalars(select(Evidence).where(Evidence.hazard == spot, Evidence.kind == "photo_before"))
        before.visit = visit.id
        number = visit.id
    assert lacking(campaign, spot) == []  # what the visit found is this case's photo from before
    other = evidence.add(campaign, content, filename="v.jpg", viewer=inspector).id
    with campaign.transaction() as tx:
        tx.get_one(Evidence, other).visit = number
    assert lacking(campaign, spot) == ["整改后照片（角度 A1）以前用过，请重新到现场拍摄"]


def test_each_angle_needs_its_own_photo(campaign: App, person: Person, spot: str) -> None:
    inspector = person(campaign, INSPECTOR)
    shoot(campaign, inspector, spot, "photo_before", taken=campaign.clock() - timedelta(minutes=9))
    shoot(campaign, inspector, spot, "photo_after")  # of two angles the page says which: this one says none

    assert lacking(campaign, spot) == ["缺整改后照片（角度 A1）", "缺整改后照片（角度 A2）"]


def test_what_a_photo_does_not_say_needs_a_reason_of_who_was_there(campaign: App, person: Person, spot: str) -> None:
    inspector = person(campaign, INSPECTOR)
    shoot(campaign, inspector, spot, "photo_after", content=photo("bare", campaign.clock())[:2] + bare())
    complete(campaign, inspector, "fix_now", fixed=True)
    assert lacking(campaign, spot) == [
        "整改后照片（角度 A1）没有拍摄时间，须说明原因", "整改后照片（角度 A1）没有定位，须说明原因",
    ]  # fmt: skip

    with pytest.raises(NotAllowed):
        rechecks.explain_photos(campaign, spot, reason="我没去过", viewer=person(campaign, CLERK))
    first = rechecks.explain_photos(campaign, spot, reason="地下室没有信号", viewer=inspector)[0]
    assert first.passed and first.notes[0].endswith("复查人说明：地下室没有信号")
    complete(campaign, person(campaign, CLERK), "fill_gaps", gap_note="已说明")
    assert hazards.show(campaign, spot, viewer=inspector).status == "closed"


def bare() -> bytes:
    """The rest of a JPEG without EXIF."""
    import io

    from PIL import Image, ImageDraw

    image = Image.new("RGB", (64, 48), "navy")
    ImageDraw.Draw(image).line((0, 0, 63, 47), fill="white")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()[2:]


@pytest.fixture
def serious(campaign: App, person: Person) -> str:
    """A hazard of the level 较大 whose fix was handed in, with photos."""
    return serious_case(campaign, person)


def test_a_serious_hazard_is_closed_with_two_people_and_five_proven_blocks(
    campaign: App, person: Person, serious: str
) -> None:
    inspector, holder = person(campaign, INSPECTOR), person(campaign, "secretary-gh")
    complete(campaign, inspector, "recheck", result="pass", opinion="合格")
    assert lacking(campaign, serious) == [
        "较大、重大隐患须两人以上复查",
        "五落实不完整，缺措施、责任人、资金、时限、预案",
    ]

    for block in five.FIVE:
        five.write(campaign, serious, block, text="已定", viewer=holder)
    five.write(campaign, serious, "funds", done=True, note="发票 12 号", viewer=holder)
    assert lacking(campaign, serious)[1:] == ["五落实尚未证明：措施、责任人、时限、预案"]
    states = {row.block: row.state for row in five.list_blocks(campaign, serious, viewer=inspector)}
    assert (states["funds"], states["plan"]) == ("已证明", "未证明")

    with pytest.raises(Invalid):  # nothing proves it
        five.write(campaign, serious, "plan", done=True, viewer=holder)
    for block in five.FIVE:
        five.write(campaign, serious, block, done=True, note="现场核对", viewer=holder)
    five.write(campaign, serious, "funds", text="追加三万元", viewer=holder)  # a new text is unproven
    assert lacking(campaign, serious)[1:] == ["五落实尚未证明：资金"]


def test_who_fixed_it_does_not_re_inspect_it(campaign: App, person: Person, serious: str) -> None:
    with campaign.transaction() as tx:
        tx.scalars(select(Task).where(Task.element == "rectify")).one().completed_by = INSPECTOR
    with pytest.raises(NotAllowed):
        complete(campaign, person(campaign, INSPECTOR), "recheck", result="pass", opinion="合格")
    with campaign.transaction() as tx:
        tx.add(Recheck(hazard=serious, no=1, at=campaign.clock(), passed=True, people=[INSPECTOR, "secretary-gh"]))
    assert "复查人就是申报整改完成的人" in lacking(campaign, serious)
    assert "复查人是责任单位的人" in lacking(campaign, serious)


@pytest.mark.parametrize("wrong", [
    {"companions": "nobody"}, {"failed_items": "A1"}, {"failed_items": "A9"}, {"failed_items": "A9", "result": "fail"},
])  # fmt: skip
def test_a_re_inspection_that_cannot_be_is_refused(
    campaign: App, person: Person, serious: str, wrong: dict[str, str]
) -> None:
    with pytest.raises(Invalid):
        complete(campaign, person(campaign, INSPECTOR), "recheck", **{"result": "pass", "opinion": "合格"} | wrong)


def test_a_failed_item_is_kept_with_its_result(campaign: App, person: Person, serious: str) -> None:
    campaign.clock.now += timedelta(hours=1)  # type: ignore[attr-defined]
    complete(campaign, person(campaign, INSPECTOR), "recheck", result="fail", opinion="未拆完", failed_items="A1",
             companions=CLERK)  # fmt: skip
    [row] = rechecks.list_rechecks(campaign, serious, viewer=person(campaign, CLERK))
    assert (row.items, row.people) == ({"A1": False}, [INSPECTOR, CLERK])
    # what was photographed before a failed re-inspection proves nothing any more
    assert lacking(campaign, serious)[0] == "整改后照片（角度 A1）以前用过，请重新到现场拍摄"


def test_a_unit_without_the_power_does_not_close(campaign: App, person: Person, serious: str) -> None:
    complete(campaign, person(campaign, INSPECTOR), "recheck", result="pass", opinion="合格", companions=CLERK)
    clerk = person(campaign, CLERK)
    with campaign.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == "close_review")).one()
    tasks.delegate(campaign, task, viewer=clerk, to="expert-expert-pool")
    with pytest.raises(NotAllowed, match="一般隐患销号"):
        tasks.complete(
            campaign, task, {"approved": True, "close_opinion": "同意"}, viewer=person(campaign, "expert-expert-pool")
        )


def test_a_major_hazard_needs_papers_department_and_publicity(campaign: App, person: Person, serious: str) -> None:
    clerk, head = person(campaign, CLERK), person(campaign, "head-fire-rescue")
    with campaign.transaction() as tx:
        row = tx.get_one(Hazard, serious)
        row.local_level, row.holder_unit = "重大", "GH"
        tx.add(Measure(
            hazard=serious, kind="停产停业", organ="fire_rescue", opened_at=campaign.clock(), ends_at=campaign.clock(),
            starts_on=campaign.clock().date(), lifted_at=campaign.clock(),
        ))  # fmt: skip
    wanted = ["缺验收报告或专家意见", "缺有权部门的审核意见", "停产停业、停用之后未经恢复审查", "尚未公示"]
    assert [words for words in lacking(campaign, serious) if words in wanted] == wanted

    with pytest.raises(Invalid):  # a report is a paper
        clearances.give(campaign, serious, kind="验收报告", passed=True, text="合格", viewer=clerk)
    paper = evidence.add(campaign, photo("report", campaign.clock()), filename="r.jpg", viewer=clerk).id
    clearances.give(campaign, serious, kind="验收报告", passed=True, text="合格", files=[paper], viewer=clerk)
    with pytest.raises(NotAllowed):  # the street reviews no resumption and approves no major closure
        clearances.give(campaign, serious, kind="恢复审查", passed=True, text="同意", viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, serious).finder = "head-fire-rescue"  # so that the department sees it
    clearances.give(campaign, serious, kind="恢复审查", passed=True, text="同意恢复", viewer=head)
    clearances.give(campaign, serious, kind="部门审核", passed=True, text="同意销号", viewer=head)
    shown = publicity.begin(campaign, serious, venue="街道公示栏", text="拟销号", viewer=clerk)
    assert "公示尚未期满" in {words[:6] for words in lacking(campaign, serious)}
    said = {"who": "居民", "text": "还有一间", "key": "sent twice"}
    shown = [publicity.object_to(campaign, serious, shown.id, **said, viewer=clerk) for _ in range(2)][1]
    campaign.clock.now += timedelta(days=20)  # type: ignore[attr-defined]
    assert "公示有未答复或成立的异议" in lacking(campaign, serious)
    [objection] = shown.objections
    publicity.answer(campaign, serious, shown.id, objection.id, upheld=False, text="已核实拆除", viewer=clerk)
    with pytest.raises(Conflict):
        publicity.answer(campaign, serious, shown.id, objection.id, upheld=True, text="改判", viewer=clerk)
    assert not [words for words in lacking(campaign, serious) if words in [*wanted, "公示有未答复或成立的异议"]]


def test_a_lawsuit_is_about_a_paper_or_measure_of_the_hazard(campaign: App, person: Person, serious: str) -> None:
    clerk, today = person(campaign, CLERK), campaign.clock().date()
    with campaign.transaction() as tx:
        row = Measure(hazard=serious, kind="查封", organ="fire_rescue", opened_at=campaign.clock(),
                      ends_at=campaign.clock(), starts_on=today)  # fmt: skip
        tx.add(row)
        tx.flush()
        measure = row.id
    values = {"kind": "行政诉讼", "organ": "区人民法院", "filed_on": today, "viewer": clerk}
    with pytest.raises(Invalid):
        lawsuits.file(campaign, serious, **values)
    filed = lawsuits.file(campaign, serious, measure=measure, **values)
    ended = lawsuits.end(campaign, serious, filed.id, ended_on=today, result="驳回", viewer=clerk)
    assert ended.result == "驳回"
    with pytest.raises(Conflict):
        lawsuits.end(campaign, serious, filed.id, ended_on=today, result="驳回", viewer=clerk)


def test_strangers_see_nothing_of_a_closure(campaign: App, person: Person, spot: str) -> None:
    stranger = person(campaign, "inspector-qs-01")
    for look in (
        closure_gate.show, five.list_blocks, clearances.list_clearances, publicity.list_publicities,
        lawsuits.list_lawsuits, rechecks.list_rechecks, revisits.list_revisits,
    ):  # fmt: skip
        with pytest.raises(NotFound):
            look(campaign, spot, viewer=stranger)
