"""Form B: one line for each inspection that was filed in the month, its numbers from the records."""

from collections.abc import Callable
from datetime import date

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, inspections, places, snapshots
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
