"""A paper record of visits comes in: understood, checked, each visit once, inspections refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import ledger_import, patrol_planning, visit_columns, visit_rows, visits
from engine.campaign.ledger_columns import propose
from engine.campaign.ledger_values import Bad
from engine.campaign.model import Visit
from engine.campaign.patrol_model import AT_ONCE, Patrol
from engine.errors import NotAllowed

Person = Callable[[App, str], Viewer]
CLERK, PLACE = "clerk-safety-office", "示例小餐饮A"
HEAD = ["巡查日期", "被检查单位", "巡查类型", "巡查结果", "检查人员", "带队领导", "存在问题", "整改建议", "备注"]
ONE = ["2026-09-01", PLACE, "日常巡查", "未发现问题", "inspector-gh-01、示例老王", "", "", "", ""]
TWO = ["2026-09-02 21:30", PLACE, "夜间检查", "存在隐患", "inspector-gh-01", "示例领导", "私拉电线", "责令拆除", "复查"]


def book(*rows: list[str]) -> bytes:
    return "\n".join(",".join(row) for row in (HEAD, *rows)).encode("gb18030")


def checked(app: App, viewer: Viewer, *rows: list[str], **more: Any) -> ledger_import.ImportView:
    return ledger_import.create(app, book(*rows), filename="巡查.csv", viewer=viewer, kind="visits", **more)


def work(app: App, id: str | None = None) -> None:
    while ledger_import.work_next(app, id):
        pass


def imported(app: App, viewer: Viewer, *rows: list[str]) -> ledger_import.ImportView:
    made = checked(app, viewer, *rows)
    ledger_import.start(app, made.id, viewer=viewer)
    work(app)
    return ledger_import.show(app, made.id, viewer=viewer)


def written(app: App) -> list[Visit]:
    with app.reading() as tx:
        return list(tx.scalars(select(Visit).order_by(Visit.at)))


def test_visits_come_in_with_what_their_cells_mean(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    while patrol_planning.plan_next(campaign):
        pass
    made = checked(campaign, viewer, ONE, TWO)
    assert (made.counts, written(campaign)) == ({"ready": 2}, [])
    warned = ledger_import.rows(campaign, made.id, viewer=viewer).items[0].problems
    assert "示例老王没有账号" in warned[0]["message"]

    assert imported(campaign, viewer, ONE, TWO).counts == {"done": 2}
    [day, night] = written(campaign)
    assert (day.kind, day.result, day.people, day.note) == (
        "网格巡查",
        "未发现问题",
        ["inspector-gh-01"],
        "检查人：示例老王",
    )
    assert (night.kind, night.result, night.findings, night.advice) == (
        "夜查", "发现隐患", [{"text": "私拉电线"}], "责令拆除",
    )  # fmt: skip
    assert night.note == "复查；带队：示例领导" and night.track == "A" and night.created_by == CLERK
    assert visits.list_visits(campaign, viewer, place=day.place).total == 2
    with campaign.reading() as tx:
        assert tx.scalars(select(Patrol.place).where(Patrol.look_at == AT_ONCE)).all() == [day.place]


def test_the_same_file_again_changes_nothing_also_by_two_at_once(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    made = [checked(campaign, viewer, ONE, TWO).id for _ in range(2)]
    for id in made:
        ledger_import.start(campaign, id, viewer=viewer)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda id: work(campaign, id), made))
    counts = [ledger_import.show(campaign, id, viewer=viewer).counts for id in made]
    assert sum(each.get("done", 0) for each in counts) == sum(each.get("exists", 0) for each in counts) == 2
    again = imported(campaign, viewer, ONE, TWO)
    assert (again.counts, len(written(campaign))) == ({"exists": 2}, 2)
    rows = ledger_import.rows(campaign, again.id, viewer=viewer).items
    assert [row.visit for row in rows] == [visit.id for visit in written(campaign)]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (0, "", "请填写日期"), (0, "2026-02-30", "日历上没有这一天"), (0, "2027-01-01", "晚于今天"),
        (1, "没有的单位", "场所底册里没有它"), (2, "行政检查（日常）", "须先报批"), (2, "什么", "检查类型可用"),
        (3, "也许", "检查结果可用"), (3, "", "请填写检查结果"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_row_and_column(
    campaign: App, person: Person, column: int, value: str, said: str
) -> None:
    viewer = person(campaign, CLERK)
    made = checked(campaign, viewer, TWO, [*ONE[:column], value, *ONE[column + 1 :]])
    assert made.counts == {"ready": 1, "error": 1}
    [bad] = ledger_import.rows(campaign, made.id, viewer=viewer, status="error").items
    [message] = [problem["message"] for problem in bad.problems if problem["severity"] == "error"]
    assert f"第 3 行“{HEAD[column]}”" in message and said in message


def test_one_visit_twice_in_a_sheet_is_an_error_that_says_which(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    made = checked(campaign, viewer, ONE, ONE)
    [bad] = ledger_import.rows(campaign, made.id, viewer=viewer, status="error").items
    assert (bad.row, "与第 2 行" in bad.problems[-1]["message"]) == (3, True)


def test_who_may_not_import_does_not_and_a_place_of_others_is_not_found(campaign: App, person: Person) -> None:
    with pytest.raises(NotAllowed):
        checked(campaign, person(campaign, "inspector-gh-01"), ONE)
    made = checked(campaign, person(campaign, "secretary-yh"), ONE)
    assert made.counts == {"error": 1}


def test_each_field_is_found_by_its_own_title() -> None:
    titles = [column.title for column in visit_columns.COLUMNS]
    assert propose(titles, None, visit_columns.COLUMNS) == {
        column.key: index for index, column in enumerate(visit_columns.COLUMNS)
    }


@given(st.text(max_size=40) | st.integers() | st.floats() | st.booleans())
def test_any_kind_is_understood_or_refused_with_a_sentence(cell: Any) -> None:
    try:
        assert visit_rows._kind(cell) in visits.KINDS
    except Bad as bad:
        assert str(bad)
