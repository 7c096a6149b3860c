"""A register of places comes in: understood, checked against itself and the register, written once with history."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openpyxl
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import import_pace, ledger_import, place_columns, places, sheet_rows, uscc
from engine.campaign.ledger_columns import propose
from engine.campaign.ledger_values import Bad
from engine.campaign.model import Place
from engine.campaign.place_rows import _contacts, _position, _risk
from engine.errors import NotAllowed
from tests.engine.campaign.test_ledger_import import CLERK, Person

HEAD = [
    "序号",
    "单位名称",
    "统一社会信用代码",
    "单位类型",
    "所属网格",
    "经纬度",
    "容纳人数",
    "风险等级",
    "联系电话",
    "是否用气",
]
CODE = "91320700MA1ABCDE0" + uscc.check_sign("91320700MA1ABCDE0")
OTHER = "91320700MA1ABCDE1" + uscc.check_sign("91320700MA1ABCDE1")
NEW = [1, "示例新面馆Z", CODE, "餐饮", "GH-01", "119.2234，34.6", "40人", "橙色", "13800000000", "是"]
SHOP = [2, "示例新便民店Y", None, "九小场所", "桂花社区/GH-02", None, None, "低风险", None, "否"]


def book(*rows: Any) -> bytes:
    made = openpyxl.Workbook()
    page: Any = made.active
    for row in (["场所底册"], HEAD, *rows):
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def checked(app: App, viewer: Viewer, *rows: Any, **more: Any) -> ledger_import.ImportView:
    return ledger_import.create(app, book(*rows), filename="底册.xlsx", viewer=viewer, kind="places", **more)


def imported(app: App, viewer: Viewer, *rows: Any, **more: Any) -> ledger_import.ImportView:
    made = checked(app, viewer, *rows, **more)
    ledger_import.start(app, made.id, viewer=viewer)
    while ledger_import.work_next(app):
        pass
    return ledger_import.show(app, made.id, viewer=viewer)


def problems(app: App, viewer: Viewer, made: ledger_import.ImportView) -> list[str]:
    found = ledger_import.rows(app, made.id, viewer=viewer, status="error").items
    told = [problem for row in found for problem in row.problems]
    assert [one for one in told if not one["en"].startswith("Row ")] == []
    return [problem["message"] for problem in told]


def named(app: App, name: str) -> list[Place]:
    with app.reading() as tx:
        return list(tx.scalars(select(Place).where(Place.name == name)))


def count(app: App) -> int:
    with app.reading() as tx:
        return tx.scalar(select(func.count()).select_from(Place)) or 0


def test_places_come_in_with_what_their_cells_mean(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    before = count(campaign)
    made = checked(campaign, viewer, NEW, SHOP)
    assert (made.kind, made.header_row, made.counts) == ("places", 2, {"ready": 2})
    assert count(campaign) == before

    assert imported(campaign, viewer, NEW, SHOP).counts == {"done": 2}
    [place] = named(campaign, NEW[1])
    assert (place.uscc, place.kind, place.place_kind, place.community, place.grid) == (
        CODE,
        "餐饮",
        "其他",
        "GH",
        "GH-01",
    )
    assert (place.lat, place.lon, place.capacity, place.risk_level, place.uses_gas) == (34.6, 119.2234, 40, "橙", True)
    assert (place.phone, place.created_by) == ("13800000000", CLERK)
    assert [shop.risk_level for shop in named(campaign, SHOP[1])] == ["蓝"]


@pytest.mark.parametrize("existing", ["skip", "update"])
def test_the_same_file_again_changes_nothing(campaign: App, person: Person, existing: str) -> None:
    viewer = person(campaign, CLERK)
    imported(campaign, viewer, NEW, SHOP)
    before = count(campaign)

    again = imported(campaign, viewer, NEW, SHOP, existing=existing)
    assert (again.counts, count(campaign)) == ({"exists": 2}, before)
    [place] = named(campaign, NEW[1])
    assert place.revision == 0


def test_a_place_that_is_there_is_skipped_or_updated_with_its_history(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    imported(campaign, viewer, NEW)
    [place] = named(campaign, NEW[1])
    moved = [*NEW[:6], 55, None, "13900000000", None]

    assert imported(campaign, viewer, moved).counts == {"exists": 1}
    assert places.changes(campaign, place.id, viewer=viewer) == []
    done = imported(campaign, viewer, moved, existing="update")
    assert done.counts == {"done": 1}
    [row] = ledger_import.rows(campaign, done.id, viewer=viewer).items
    assert row.place == place.id and "：联系电话、容纳人数" in row.problems[0]["message"]
    [change] = places.changes(campaign, place.id, viewer=viewer)
    assert (change.before, change.after) == (
        {"capacity": 40, "phone": "13800000000"}, {"capacity": 55, "phone": "13900000000"},
    )  # fmt: skip
    assert "“底册.xlsx”第 3 行" in change.reason
    assert places.show(campaign, place.id, viewer=viewer).risk_level == "橙"  # an empty cell says nothing


def test_who_edits_after_the_start_is_not_overwritten(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    imported(campaign, viewer, NEW)
    [place] = named(campaign, NEW[1])
    made = checked(campaign, viewer, [*NEW[:8], "13900000000", "是"], existing="update")
    ledger_import.start(campaign, made.id, viewer=viewer)
    places.update(campaign, place.id, {"phone": "13700000000"}, revision=0, viewer=viewer)

    assert ledger_import.work_next(campaign)
    assert ledger_import.show(campaign, made.id, viewer=viewer).counts == {"failed": 1}
    assert places.show(campaign, place.id, viewer=viewer).phone == "13700000000"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, None, "请填写"),
        (1, "长" * 300, "请缩短"),
        (2, CODE[:-1] + ("A" if CODE[-1] != "A" else "B"), "校验码"),
        (2, 9.132e17, "设为文本"),
        (3, "什么店", "场所类型可用"),
        (3, None, "请填写"),
        (4, "没有的网格", "没有这个社区或网格"),
        (4, "GH", "三级网格"),
        (5, "119.2", "请写经度和纬度"),
        (5, "nan,inf", "度"),
        (6, -3, "整数"),
        (6, 10**9, "整数"),
        (7, "紫", "可用"),
        (8, "1" * 80, "请缩短"),
        (9, "也许", "“是”或“否”"),
        (1, '=HYPERLINK("http://x")', "公式"),
    ],
)
def test_a_bad_cell_is_named_with_row_and_column(
    campaign: App, person: Person, column: int, value: Any, said: str
) -> None:
    viewer = person(campaign, CLERK)
    made = checked(campaign, viewer, SHOP, [*NEW[:column], value, *NEW[column + 1 :]])

    assert made.counts == {"ready": 1, "error": 1}
    [message] = problems(campaign, viewer, made)
    assert f"第 4 行“{HEAD[column]}”" in message and said in message
    page: Any = openpyxl.load_workbook(
        io.BytesIO(ledger_import.result_file(campaign, made.id, viewer=viewer)[1])
    ).active
    assert said in page.cell(4, column + 1).comment.text


def test_a_place_twice_is_an_error_that_says_which(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    same_code = [3, "别名面馆", CODE, "餐饮", "GH-02", None, None, None, None, None]
    same_name = [4, "示例新便民店 Y", None, "九小场所", "GH-02", None, None, None, None, None]
    said = problems(campaign, viewer, checked(campaign, viewer, NEW, SHOP, same_code, same_name))
    assert ["与第 3 行重复（统一社会信用代码相同）" in said[0], "与第 4 行重复（名称和网格相同）" in said[1]] == [
        True,
        True,
    ]


def test_a_row_that_is_two_places_of_the_register_is_an_error(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    imported(campaign, viewer, NEW, SHOP)
    [new], [shop] = named(campaign, NEW[1]), named(campaign, SHOP[1])
    both = [1, SHOP[1], CODE, "九小场所", "GH-02", None, None, None, None, None]
    other = [2, NEW[1], OTHER, "餐饮", "GH-01", None, None, None, None, None]
    said = problems(campaign, viewer, checked(campaign, viewer, both, other, existing="update"))
    assert new.id in said[0] and shop.id in said[0]
    assert new.id in said[1] and CODE in said[1]


def test_two_people_at_once_make_a_place_once(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    made = [checked(campaign, viewer, NEW, SHOP).id for _ in range(2)]
    for id in made:
        ledger_import.start(campaign, id, viewer=viewer)

    def work(id: str) -> None:
        while ledger_import.work_next(campaign, id):
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, made))
    counts = [ledger_import.show(campaign, id, viewer=viewer).counts for id in made]
    assert sum(each.get("done", 0) for each in counts) == sum(each.get("exists", 0) for each in counts) == 2
    assert (len(named(campaign, NEW[1])), len(named(campaign, SHOP[1]))) == (1, 1)


def test_many_new_places_take_as_many_statements_as_few(campaign: App, person: Person) -> None:
    viewer, seen = person(campaign, CLERK), list[int]()
    for many in (3, import_pace.PART):
        rows = [[n, f"示例{many}号店{n}", None, "餐饮", f"GH-0{n % 2 + 1}"] for n in range(many)]
        made = checked(campaign, viewer, *rows)
        ledger_import.start(campaign, made.id, viewer=viewer)
        asked: list[str] = []
        event.listen(campaign.engine, "before_cursor_execute", lambda *given, told=asked: told.append(given[2]))
        assert ledger_import.work_next(campaign)
        seen.append(len([text for text in asked if "import_row" not in text]))
        assert ledger_import.show(campaign, made.id, viewer=viewer).counts == {"done": many}
    assert seen[0] == seen[1]


@pytest.mark.parametrize("existing", ["skip", "update"])
def test_what_somebody_made_since_the_check_is_one_row_of_many(campaign: App, person: Person, existing: str) -> None:
    viewer = person(campaign, CLERK)
    made = checked(campaign, viewer, SHOP, NEW, existing=existing)
    ledger_import.start(campaign, made.id, viewer=viewer)
    given = {"name": NEW[1], "kind": "餐饮", "place_kind": "其他", "grid": "GH-01"}
    there = places.create(campaign, given, viewer=viewer)
    while ledger_import.work_next(campaign):
        pass
    ended = "exists" if existing == "skip" else "failed"
    assert ledger_import.show(campaign, made.id, viewer=viewer).counts == {"done": 1, ended: 1}
    assert [place.id for place in named(campaign, NEW[1])] == [there.id]
    [shop] = named(campaign, SHOP[1])
    assert int(shop.id[1:]) == int(there.id[1:]) + 1  # no number was lost on the way


def test_an_area_that_is_not_the_secretarys_is_refused_and_an_inspector_may_not(campaign: App, person: Person) -> None:
    secretary = person(campaign, "secretary-gh")
    abroad = [*NEW[:4], "QS-01", *NEW[5:]]
    made = checked(campaign, secretary, abroad, SHOP)
    assert made.counts == {"ready": 1, "error": 1}
    [message] = problems(campaign, secretary, made)
    assert "不在您的管辖范围" in message
    with pytest.raises(NotAllowed):
        checked(campaign, person(campaign, "inspector-gh-01"), NEW)


def test_a_corrected_column_is_remembered_for_this_kind_of_sheet_only(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    text = "谁家,信用代码,单位类型,网格\n示例新面馆Z,,餐饮,GH-01\n"
    made = ledger_import.create(campaign, text.encode("gb18030"), filename="a.csv", viewer=viewer, kind="places")
    ledger_import.remap(campaign, made.id, viewer=viewer, columns={"name": "谁家"}, defaults={}, create_places=False)

    again = ledger_import.create(campaign, text.encode(), filename="b.csv", viewer=viewer, kind="places")
    assert (again.columns["name"], again.counts) == ("谁家", {"ready": 1})
    ledger = ledger_import.create(campaign, text.encode(), filename="c.csv", viewer=viewer, header_row=1)
    assert "谁家" not in ledger.columns.values()


def test_each_field_is_found_by_its_own_title() -> None:
    titles = [column.title for column in place_columns.COLUMNS]
    assert propose(titles, None, place_columns.COLUMNS) == {
        column.key: index for index, column in enumerate(place_columns.COLUMNS)
    }
    assert {column.key for column in place_columns.COLUMNS} - {"position"} <= {c.name for c in Place.__table__.columns}


@drawn(st.text(max_size=40) | st.integers() | st.floats() | st.booleans() | st.just(["x", "#REF!"]))
def test_any_cell_is_understood_or_refused_with_a_sentence(cell: Any) -> None:
    for reader in (_position, _contacts, _risk):
        try:
            reader(cell)
        except Bad as bad:
            assert str(bad)


def test_a_contact_is_a_name_and_a_phone() -> None:
    assert _contacts("示例甲 13800000000、示例乙：0518-12345678") == [
        {"name": "示例甲", "phone": "13800000000"}, {"name": "示例乙", "phone": "0518-12345678"},
    ]  # fmt: skip
    row = sheet_rows.SheetRow(3, ["甲"], ["其他联系人"], {"phones": 0}, {})
    assert row.read("phones", _contacts) is None and "姓名 电话" in row.problems[0]["message"]
    assert "write name and phone" in row.problems[0]["en"]
