"""Reports: every number has its denominator and its records, a frozen one never changes, Form A adds up."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    activities,
    campaigns,
    documents,
    hazards,
    patrol,
    report_files,
    report_rank,
    report_statutory,
    snapshots,
)
from engine.campaign.case_model import Hazard
from engine.campaign.five import FIVE
from engine.campaign.model import Place
from engine.campaign.report_forms import FORMS
from engine.campaign.report_model import CitizenReport
from engine.campaign.snapshot_model import Snapshot
from engine.errors import Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
OFFICE = "clerk-safety-committee-office"
WORDED = ("状态", "环节", "种类")  # columns whose cells are words of the reports
CROSS = ("sectors", "coverage", "coverage_grid")


def figure(report: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in report["figures"] if one["key"] == key)


def table(report: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in report["tables"] if one["key"] == key)


def test_the_week_of_the_sample_street(demo: App, person: Person) -> None:
    clerk = person(demo, OFFICE)
    week = snapshots.report(demo, "weekly", clerk, period="2026-W41")  # 5 to 11 October
    late = snapshots.records(demo, "weekly", clerk, figure="on_time", period="2026-W41")
    due = {row.key: row.counted for row in late.items}
    assert due["YQ-2026-0905"] is False and due["YQ-2026-0904"] is False  # both were due that week
    assert figure(week, "on_time")["denominator"] == late.total == len(due)
    rank = table(week, "rank")
    assert [row[0] for row in rank["rows"]] == sorted(row[0] for row in rank["rows"])
    assert len(rank["rows"]) == 6 and "示例规则" in rank["words"]
    recurred = snapshots.records(demo, "weekly", clerk, figure="recurred", period="2026-W41")
    assert {row.key for row in recurred.items if row.counted} == {"YQ-2026-1003"}  # the same as 0901
    one = snapshots.records(demo, "weekly", clerk, figure="on_time", period="2026-W41", community="GH")
    assert 0 < one.total < late.total


def in_english(made: dict[str, Any]) -> list[str]:
    """What a table says in English; in a table of communities and sectors only the first and last column are titles."""
    columns = made["columns_en"]
    return [made["title_en"], made["words_en"], *(columns[:: len(columns) - 1] if made["key"] in CROSS else columns)]


def worded(made: dict[str, Any]) -> set[str]:
    """The cells of a table that the report itself words."""
    rows, at = made["rows"], [made["columns"].index(name) for name in WORDED if name in made["columns"]]
    sums = {cell for row in rows for cell in row if cell == "合计" or "（重大 " in str(cell)}
    return sums | {row[column] for row in rows for column in at}


@pytest.mark.parametrize("form", list(FORMS))
def test_every_report_is_made_and_written_in_both_formats(demo: App, person: Person, form: str) -> None:
    for name in (OFFICE, "inspector-gh-01", "officer-police-station"):
        report = snapshots.report(demo, form, person(demo, name))
        assert report["frozen"] is None and report["tables"]
        for made in report["tables"]:
            assert all(len(row) == len(made["columns"]) for row in made["rows"]), made["key"]
            assert made["key"] == "form_b" or not [text for text in in_english(made) if re.search("[一-鿿]", text)]
            assert [word for word in worded(made) if word not in made["cells_en"]] == []
        book = load_workbook(io.BytesIO(report_files.xlsx(report)))
        assert len(book.sheetnames) == 1 + len(report["tables"])
        text = "\n".join(part.text for part in Document(io.BytesIO(report_files.docx(report))).paragraphs)
        assert report["period"] in text and "未冻结" in text


def test_form_a_adds_up_and_counts_only_complete_plans(demo: App, person: Person) -> None:
    made = table(snapshots.report(demo, "form-a", person(demo, OFFICE), period="2026-10"), "form_a")
    assert len(made["columns"]) == 13 and made["rows"][-1][0] == "合计"
    total = made["rows"][-1]
    for column in (1, 2, 3, 5, 6, 8, 9, 10, 11):
        assert total[column] == sum(row[column] for row in made["rows"][:-1])
    assert [report_statutory.checked(row) for row in made["rows"]] == [[]] * len(made["rows"])
    assert total[5] >= 1 and total[9] < total[5]  # 0908: its plan lacks the funds
    assert "校验相符" in made["words"]


five = st.dictionaries(st.sampled_from(list(FIVE)), st.one_of(st.none(), st.just(""), st.just("有"), st.integers(1, 9)))


@given(five)
def test_five_in_place_means_all_five(found: dict[str, Any]) -> None:
    assert report_statutory.complete(found) == all(found.get(key) not in (None, "") for key in FIVE)
    assert report_statutory.funds(found) >= 0


pairs = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (min(pair), max(pair)))


@given(st.fixed_dictionaries(dict.fromkeys(("on_time", "signed", "rechecked", "recurred"), pairs)),
       st.integers(0, 40), st.integers(0, 40))  # fmt: skip
def test_a_score_lies_between_nothing_and_full_marks(rates: dict[str, tuple[int, int]], late: int, missed: int) -> None:
    score = report_rank.score(rates, late, missed)
    assert 0 <= score <= 100
    assert report_rank.score(rates, late + 1, missed) <= score
    better = {**rates, "on_time": (rates["on_time"][1], rates["on_time"][1])}
    assert report_rank.score(better, late, missed) >= score
    assert report_rank.score({}, 0, 0) == 100


@pytest.mark.parametrize(
    ("form", "period"),
    [("weekly", "2026-10"), ("daily", "2026-W40"), ("monthly", "x"), ("yearly", "2030"), ("quarterly", "2026-Q9")],
)
def test_a_wrong_period_is_refused(campaign: App, root: Viewer, form: str, period: str) -> None:
    with pytest.raises(Invalid):
        snapshots.report(campaign, form, root, period=period)
    with pytest.raises(NotFound):
        snapshots.report(campaign, "hourly", root)
    with pytest.raises(NotFound):
        snapshots.records(campaign, "weekly", root, figure="luck")


def test_a_frozen_bulletin_does_not_change(campaign: App, root: Viewer, person: Person) -> None:
    clerk, inspector = person(campaign, OFFICE), person(campaign, "inspector-gh-01")
    with campaign.reading() as tx:
        place = tx.scalars(select(Place.id).where(Place.grid == "GH-01").order_by(Place.id)).first()
    frozen = snapshots.freeze(campaign, "weekly", viewer=clerk)
    assert (frozen["frozen"]["version"], figure(frozen, "found")["numerator"]) == (1, 0)
    hazards.register(campaign, {"place": place, "code": "RF-05", "text": "私拉电线"}, viewer=inspector)
    assert figure(snapshots.report(campaign, "weekly", clerk), "found")["numerator"] == 0
    assert figure(snapshots.report(campaign, "weekly", clerk, live=True), "found")["numerator"] == 1
    with pytest.raises(Invalid):
        snapshots.freeze(campaign, "weekly", viewer=clerk)
    corrected = snapshots.freeze(campaign, "weekly", reason="补登一件", viewer=clerk)
    assert (corrected["frozen"]["version"], figure(corrected, "found")["numerator"]) == (2, 1)
    first = snapshots.report(campaign, "weekly", clerk, version=1)
    assert figure(first, "found")["numerator"] == 0
    assert [row.version for row in snapshots.list_snapshots(campaign, clerk, form="weekly").items] == [2, 1]
    assert "更正理由：补登一件" in report_files.counted(corrected)
    for stranger in ("officer-police-station", "secretary-gh"):
        viewer = person(campaign, stranger)
        assert snapshots.list_snapshots(campaign, viewer).total == 0
        assert snapshots.report(campaign, "weekly", viewer)["frozen"] is None
        with pytest.raises(NotFound):
            snapshots.report(campaign, "weekly", viewer, version=1)
        with pytest.raises(NotAllowed):
            snapshots.freeze(campaign, "weekly", viewer=viewer)


def test_two_that_freeze_at_once_get_one_version(campaign: App, person: Person) -> None:
    clerk = person(campaign, OFFICE)

    def freeze() -> int:
        try:
            snapshots.freeze(campaign, "daily", viewer=clerk)
        except Exception:
            return 0
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: freeze(), range(4))) == 1
    with campaign.reading() as tx:
        assert [row.version for row in tx.scalars(select(Snapshot))] == [1]


def test_text_in_a_sheet_is_no_formula(demo: App, person: Person) -> None:
    report = snapshots.report(demo, "daily", person(demo, OFFICE))
    report["tables"][0]["rows"] = [["=1+1", "\x00坏", "-2", "@x", "正常"]]
    sheet = load_workbook(io.BytesIO(report_files.xlsx(report)))[report["tables"][0]["title"]]
    assert (sheet.cell(4, 1).value, sheet.cell(4, 1).data_type) == ("=1+1", "s")
    assert sheet.cell(4, 2).value == "坏"
    assert report_files.docx(report)


def test_the_three_measures_stand_in_the_quarter(demo: App, person: Person) -> None:
    quarter = snapshots.report(demo, "quarterly", person(demo, "leader-street"), period="2026-Q3")
    zero, stock = figure(quarter, "zero"), figure(quarter, "stock")
    assert zero["denominator"] == 92 and zero["numerator"] <= 92
    with demo.reading() as tx:
        end = datetime(2026, 9, 30, 16, tzinfo=UTC)
        majors = tx.scalars(select(Hazard).where(Hazard.is_major, Hazard.found_at < end)).all()
    assert stock["denominator"] == len(majors)
    assert table(quarter, "milestones")["rows"] and table(quarter, "sectors")["rows"][-1][0] == "合计"


def test_the_quarter_says_who_led_and_how_long_it_took(demo: App, person: Person) -> None:
    quarter = snapshots.report(demo, "quarterly", person(demo, OFFICE))
    led, lags = table(quarter, "leaders"), table(quarter, "lags")
    assert led["rows"] and all(row[-1] == sum(row[1:-1]) for row in led["rows"])
    totals = [row[-1] for row in led["rows"]]
    assert totals == sorted(totals, reverse=True) and 0 in totals  # who led none is named too
    reported, handed, closed = lags["rows"]
    assert reported[1] == figure(quarter, "found")["numerator"] >= max(handed[1], closed[1])
    assert all(0 <= row[2] <= row[3] for row in lags["rows"] if row[1])


def test_a_bulletin_tells_the_numbers_of_the_reports(changed: App, person: Person) -> None:
    clerk = person(changed, "clerk-safety-office")
    came = datetime(2026, 9, 3, tzinfo=UTC)
    with changed.transaction() as tx:
        for n, replied_at in enumerate((came, None)):
            tx.add(CitizenReport(
                number=f"JB-{n}", code_hash=f"x{n}", channel="电话", category="其他", text="x", casualties=False,
                danger_now=False, anonymous=True, received_at=came, receiver="safety_office", handler="clerk",
                replied_at=replied_at,
            ))  # fmt: skip
    month = snapshots.report(changed, "monthly", clerk, period="2026-09")
    given = {"type": "工作信息", "period": "2026-09", "hazard": "YQ-2026-0908"}
    told = documents.draft(changed, given, viewer=clerk).body
    shown = {row["key"]: row for row in month["figures"]}
    for key in ("found", "visits", "reports", "covert", "on_time"):
        line = f"{shown[key]['title']}：{shown[key]['shown']}（2026年9月1日至2026年9月30日）"
        assert line in told["reported"], key
    assert f"发现隐患 {shown['found']['numerator']} 处" in told["facts"]
    went = [int(n) for n in re.findall(r"(?:企业|门店|楼院) (\d+) [家栋]次", told["facts"])]
    assert len(went) == 3 and sum(went) == shown["visits"]["numerator"] > 0
    assert "接到群众举报 2 件，答复 1 件" in told["facts"] and shown["reports"]["shown"] == "1/2（50.0%）"
    walker = snapshots.report(changed, "monthly", person(changed, "secretary-gh"), period="2026-09")
    assert figure(walker, "reports")["denominator"] == 0  # those that led to nothing there are the street's to see


def test_coverage_counts_each_normal_place_once_by_community_and_by_grid(demo: App, person: Person) -> None:
    made = snapshots.report(demo, "coverage", person(demo, OFFICE), period="2026-09")
    visited = figure(made, "visited")
    total = f"{visited['numerator']}/{visited['denominator']}"
    for key in ("coverage", "coverage_grid"):
        assert table(made, key)["rows"][-1][-1] == total
    assert {row[0] for row in table(made, "coverage_grid")["rows"]} >= {"GH-01", "合计"}


def test_the_sample_holds_campaigns_meetings_bulletins_and_a_walk(demo: App, person: Person) -> None:
    clerk = person(demo, OFFICE)
    assert {row.state for row in campaigns.list_campaigns(demo, clerk).items} == {"running", "closed"}
    assert activities.list_activities(demo, clerk).total == 6
    assert snapshots.list_snapshots(demo, clerk).total == 2
    walk = patrol.list_patrol(demo, clerk, due=date(2026, 10, 19))
    assert walk.total and all(row.reason for row in walk.items)
