"""The ledger of an office comes in: understood, checked, imported once, and told back in its own sheet."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from engine.app import App
from engine.bpm.model import Instance, Timer
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, hazards, ledger_export, ledger_import
from engine.campaign.case_model import Deadline, Hazard, Rung
from engine.errors import Conflict, Invalid

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"
HEAD = [
    "序号",
    "检查日期",
    "被检查单位",
    "隐患类别",
    "存在问题",
    "整改期限",
    "责任人",
    "是否整改",
    "整改完成时间",
    "备注",
]
OLD = [
    1,
    "2026.6.1",
    "示例小餐饮A",
    "RF-05",
    "后厨插线板串接",
    "2026年6月8日",
    "甲",
    "是",
    date(2026, 6, 10),
    "老账",
]
LATE = [2, "2026-07-01", "示例火锅店F", "RF-05", "大厅线路老化", "2026/7/8", "乙", "否", None, None]


def book(*rows: Any) -> bytes:
    made = openpyxl.Workbook()
    page: Any = made.active
    for row in (["隐患排查台账"], HEAD, *rows):
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def imported(app: App, viewer: Viewer, content: bytes, **more: Any) -> ledger_import.ImportView:
    made = ledger_import.create(app, content, filename="台账.xlsx", viewer=viewer, **more)
    ledger_import.start(app, made.id, viewer=viewer)
    while ledger_import.work_next(app):
        pass
    return ledger_import.show(app, made.id, viewer=viewer)


def exported(app: App, viewer: Viewer, format: str) -> bytes:
    with ledger_export.export(app, viewer, format=format, status="all") as found:
        return found.read()


def hazards_in(app: App) -> int:
    with app.reading() as tx:
        return tx.scalar(select(func.count()).select_from(Hazard)) or 0


def test_nothing_is_in_the_ledger_before_the_start(campaign: App, person: Person) -> None:
    made = ledger_import.create(campaign, book(OLD, LATE), filename="台账.xlsx", viewer=person(campaign, CLERK))

    assert (made.header_row, made.counts, made.columns["text"]) == (2, {"ready": 2}, "存在问题")
    assert hazards_in(campaign) == 0


def test_a_closed_row_is_history_without_a_process(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    assert imported(campaign, viewer, book(OLD)).counts == {"done": 1}

    with campaign.reading() as tx:
        hazard = tx.scalars(select(Hazard)).one()
        limit = tx.scalars(select(Deadline)).one()
        assert tx.scalar(select(func.count()).select_from(Instance)) == 0
    assert (hazard.number, hazard.instance_id, limit.state) == ("YQ-2026-0601", None, deadlines.MISSED)
    assert hazards.show(campaign, hazard.number, viewer=viewer).stage == "已销号"


def test_an_old_overdue_row_is_late_at_once_and_takes_no_rung_in_the_past(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    imported(campaign, viewer, book(LATE))

    shown = hazards.show(campaign, "YQ-2026-0701", viewer=viewer)
    assert (shown.stage, shown.lamp) == ("核实分级", "deep_red")
    assert str(shown.due_date) == "2026-07-08"
    with campaign.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Rung)) == 0
        assert all(due > campaign.clock() for due in tx.scalars(select(Timer.due_at)))


def test_the_same_file_again_changes_nothing(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    imported(campaign, viewer, book(OLD, LATE))

    assert imported(campaign, viewer, book(OLD, LATE)).counts == {"exists": 2}
    assert hazards_in(campaign) == 2


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, "2026-02-30", "日历上没有这一天"),
        (5, "2026-05-01", "整改时限早于发现日期"),
        (8, date(2026, 5, 1), "销号早于发现时间"),
        (3, "ZZ-99", "隐患代码表"),
        (2, "没有的单位", "场所底册里没有它"),
        (1, 9.14, "不是日期"),
        (4, '=HYPERLINK("http://x")', "公式"),
    ],
)
def test_a_bad_cell_is_named_with_row_column_and_value(
    campaign: App, person: Person, column: int, value: Any, said: str
) -> None:
    viewer = person(campaign, CLERK)
    row = [*OLD[:column], value, *OLD[column + 1 :]]
    made = ledger_import.create(campaign, book(LATE, row), filename="台账.xlsx", viewer=viewer)

    (bad,) = ledger_import.rows(campaign, made.id, viewer=viewer, status="error").items
    assert f"第 4 行“{HEAD[column]}”" in bad.problems[0]["message"]
    assert said in bad.problems[0]["message"]
    assert bad.problems[0]["en"].startswith(f"Row 4, {HEAD[column]} (")
    with pytest.raises(Conflict, match="没有开始导入"):
        ledger_import.start(campaign, made.id, viewer=viewer)
    page: Any = openpyxl.load_workbook(
        io.BytesIO(ledger_import.result_file(campaign, made.id, viewer=viewer)[1])
    ).active
    assert page.cell(2, 11).value == "导入结果"
    assert said in page.cell(4, column + 1).comment.text
    assert page.cell(3, 11).value == "可以导入"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "另存为 .xlsx"),
        (b"PK\x03\x04 broken", "已损坏或加密"),
        (b"\xff\xd8\xff\xe0\x80", "无法识别文件"),
        (b"<html><table>", "网页"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_a_sentence(
    campaign: App, person: Person, content: bytes, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        ledger_import.create(campaign, content, filename="台账.xlsx", viewer=person(campaign, CLERK))


def test_a_csv_of_a_chinese_windows_is_read_and_a_corrected_column_remembered(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    text = "日期,谁家,类别,毛病,期限\n2026-09-01,示例小餐饮A,RF-05,私拉电线,2026-09-05\n"
    given = {"place": "谁家", "text": "毛病", "due_on": "期限"}
    made = ledger_import.create(campaign, text.encode("gb18030"), filename="a.csv", viewer=viewer, header_row=1)
    made = ledger_import.remap(campaign, made.id, viewer=viewer, columns=given, defaults={}, create_places=False)
    assert made.counts == {"ready": 1}

    again = ledger_import.create(campaign, text.encode(), filename="b.csv", viewer=viewer, header_row=1)
    assert (again.columns["text"], again.counts) == ("毛病", {"ready": 1})


def test_an_unknown_place_is_made_in_its_grid_when_asked(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    text = "检查日期,被检查单位,网格,隐患类别,存在问题,来源\n"
    text += "2026-09-01,新开小店,GH-01,RF-05,甲,安管人员检查发现\n2026-09-01,新开小店,GH-01,RF-05,乙,检查\n"
    assert imported(campaign, viewer, text.encode(), create_places=True).counts == {"done": 2}
    with campaign.reading() as tx:
        assert len(set(tx.scalars(select(Hazard.place)))) == 1
        assert set(tx.scalars(select(Hazard.source))) == {"企业安管人员", "督导检查"}


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_is_exported_is_known_when_it_comes_back(campaign: App, person: Person, format: str) -> None:
    viewer = person(campaign, CLERK)
    danger = [*OLD[:4], "=cmd|' /C calc'!A0", *OLD[5:9], "-1+1"]
    imported(campaign, viewer, book(OLD, LATE))
    hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": danger[4]}, viewer=viewer)
    content = exported(campaign, viewer, format)
    made = ledger_import.create(campaign, content, filename=f"out.{format}", viewer=viewer)

    assert len(made.columns) == 28
    assert made.counts == {"exists": 3}


def test_a_text_that_looks_like_a_formula_stays_text(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "=1+1"}, viewer=viewer)

    page: Any = openpyxl.load_workbook(io.BytesIO(exported(campaign, viewer, "xlsx"))).active
    assert (page.cell(2, 6).value, page.cell(2, 6).data_type, page.freeze_panes) == ("=1+1", "s", "B2")
    assert ",'=1+1," in exported(campaign, viewer, "csv").decode()
