"""Form B: one line for each inspection that was filed in the month, its numbers from the records."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, inspections, penalties, places, snapshots
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.registers_model import Inspection
from engine.campaign.report_enforcement import COLUMNS
from engine.errors import NotFound

Person = Callable[[App, str], Viewer]
OFFICERS = ["officer-emergency-bureau", "officer-emergency-bureau-2"]
CLERK = "clerk-safety-office"


@pytest.fixture
def filed(campaign: App, person: Person) -> str:
    """A case inspection with an order and one hazard; the number of its record."""
    officer, today = person(campaign, OFFICERS[0]), date(2026, 9, 24)
    asked = {"place": "P001", "kind": "行政检查（个案）", "cause": "举报", "officers": OFFICERS, "starts_on": today,
             "ends_on": today, "subject": "举报核查"}  # fmt: skip
    id = inspections.request(campaign, asked, viewer=officer).id
    inspections.approve(campaign, id, viewer=person(campaign, "head-emergency-bureau"))
    code = places.entry_code(campaign, "P001", viewer=person(campaign, CLERK))
    inspections.check_in(campaign, id, code=code, lat=34.6, lon=119.2, viewer=officer)
    found = {"place": "P001", "code": "RF-05", "text": "私拉电线", "visit": id}
    hazards.register(campaign, found, viewer=officer)
    record = {"result": "发现隐患", "findings": [{"text": "私拉电线"}, {"text": "台账不全"}], "rights_told": True,
              "signer": "示例甲", "order_text": "限期改正"}  # fmt: skip
    return inspections.record(campaign, id, record, viewer=officer).record_no or ""


def rows(app: App, viewer: Viewer, period: str) -> list[dict[str, object]]:
    [made] = snapshots.report(app, "form-b", viewer, period=period)["tables"]
    assert made["columns"] == list(COLUMNS)
    return [dict(zip(COLUMNS, row, strict=True)) for row in made["rows"]]


def test_a_filed_inspection_is_a_line_and_the_sum_follows(campaign: App, person: Person, filed: str) -> None:
    [line, total] = rows(campaign, person(campaign, CLERK), "2026-09")
    assert (line["现场检查记录"], line["举报核实"], line["整改复查"], line["随机抽取"]) == (filed, "是", "否", "否")
    assert (line["违法行为和问题（项）"], line["一般隐患（项）"], line["重大隐患（项）"], line["一般已整改（项）"]) == (
        2,
        1,
        0,
        0,
    )
    assert "责改" in str(line["责令限期改正"]) and line["计划、专项或其他"] == "其他"
    assert line["罚款额（万元）"] == "" and line["填表日期"] == "2026-09-24"
    assert (total["检查开始"], total["一般隐患（项）"]) == ("合计", 1)


def test_an_order_whose_paper_was_voided_is_none_until_it_is_drawn_up_anew(
    campaign: App, person: Person, filed: str
) -> None:
    def paper(id: str, number: str | None, voided: bool) -> object:
        with campaign.transaction() as tx:
            one, now = tx.scalars(select(Inspection)).one(), campaign.clock()
            tx.add(Document(
                id=id, type="责令限期整改指令书", organ=one.unit, unit=one.unit, place="P001", inspection=one.visit,
                title=id, body={}, officers=[], verify_code=id, number=number or one.order_no, drafted_at=now,
                approved_at=now, drafted_by=OFFICERS[0], voided_at=now if voided else None,
                state="作废" if voided else "已批准",
            ))  # fmt: skip
        return rows(campaign, person(campaign, CLERK), "2026-09")[0]["责令限期改正"]

    assert paper("d1", None, voided=True) == "否"
    assert paper("d2", "责改〔2026〕9号", voided=False) == "责改〔2026〕9号"


def test_what_followed_is_in_the_line_of_the_inspection(campaign: App, person: Person, filed: str) -> None:
    clerk, today = person(campaign, CLERK), date(2026, 9, 24)
    decided = {"decided_on": today, "organ": "emergency_bureau"}
    for number, party, fine in ((1, "单位", 20_000), (2, "主要负责人", 5_000), (3, "单位", None)):
        values = {**decided, "document": f"罚〔2026〕{number}号", "party": party, "fine": fine}
        made = penalties.add(campaign, "P001", values, viewer=clerk)
        if fine:
            penalties.receive(campaign, "P001", made.id, fine // 2, viewer=clerk)
    [line, total] = rows(campaign, clerk, "2026-09")
    assert [line[name] for name in ("行政处罚（件）", "其中处罚单位（件）", "其中处罚主要负责人（件）")] == [3, 2, 1]
    assert (
        (line["罚款额（万元）"], line["实收（万元）"])
        == (2.5, 1.25)
        == (total["罚款额（万元）"], total["实收（万元）"])
    )
    assert (line["提请关闭"], line["实际关闭"]) == ("否", "否")  # no major hazard
    with campaign.transaction() as tx:
        tx.scalars(select(Hazard)).one().is_major = True
    place = places.show(campaign, "P001", viewer=clerk)
    places.update(campaign, "P001", {"status": "关闭"}, revision=place.revision, reason="政府决定", viewer=clerk)
    [line, _] = rows(campaign, clerk, "2026-09")
    assert (line["提请关闭"], line["实际关闭"], line["重大隐患（项）"]) == ("应提请", "是", 1)


def test_the_foot_says_which_columns_have_no_record(campaign: App, person: Person, filed: str) -> None:
    [made] = snapshots.report(campaign, "form-b", person(campaign, CLERK), period="2026-09")["tables"]
    line = dict(zip(COLUMNS, made["rows"][0], strict=True))
    for name in ("注册地址", "行业门类", "行业大类", "行业中类", "行业小类", "违法行为和问题已整改（项）"):
        assert line[name] == ""
        assert name.removesuffix("已整改（项）").removeprefix("行业") in made["words"]
    assert line["管理分类"] in places.RISKS and line["处罚决定书（单位）"] == "否"


def test_another_month_and_a_stranger_see_nothing_of_it(campaign: App, person: Person, filed: str) -> None:
    assert rows(campaign, person(campaign, CLERK), "2026-08") == []
    assert rows(campaign, person(campaign, "inspector-yh-02"), "2026-09") == []


def test_it_is_frozen_like_the_others(campaign: App, person: Person, filed: str) -> None:
    clerk = person(campaign, CLERK)
    campaign.clock.now = campaign.clock.now.replace(month=10)  # type: ignore[attr-defined]
    snapshots.freeze(campaign, "form-b", period="2026-09", viewer=clerk)
    again = snapshots.report(campaign, "form-b", clerk, period="2026-09")
    assert again["frozen"] is not None
    with pytest.raises(NotFound):
        snapshots.report(campaign, "form-z", clerk, period="2026-09")
