"""Table D9 as domain knowledge has it: what each body may do, cell by cell; what is not written is denied."""

from datetime import date

import pytest

from engine.campaign import powers_table as table

DAY = date(2026, 9, 24)
COMMON = {"patrol", "advice", "report"}
OFFICE = {"assign", "listing", "supervise", "transfer", "bulletin", "interview", "close", "close_fixed",
          "close_major_opinion"}  # fmt: skip
# body → what it may do at once, and what a published list must give it
CELLS: dict[str, tuple[set[str], set[str]]] = {
    "grid": (COMMON | {"close_fixed"}, set()),
    "coordination": (COMMON | OFFICE, set()),
    "street": (COMMON | OFFICE | {"defer", "crime_clue"}, {"inspect"}),
    "street_team": (COMMON | {"assign", "crime_clue", "close", "close_fixed"}, {"inspect", "order_remove", "penalty"}),
    "discipline": ({"talk"}, set()),
    "department": (
        {"patrol", "report", "inspect", "order_remove", "order_stop", "seal", "cut_power", "execute", "penalty",
         "court_application", "crime_clue", "crime_transfer", "judge_major", "listing", "close_major"}, set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", CELLS)
def test_a_body_may_do_what_its_column_says_and_nothing_else(body: str) -> None:
    marks = {act: rule.mark for act in table.ACTS if (rule := table.decisive(act, body, "henan", DAY))}
    at_once, listed = CELLS[body]
    assert {act for act, mark in marks.items() if mark == table.YES} == at_once
    assert {act for act, mark in marks.items() if mark == table.LISTED} == listed


@pytest.mark.parametrize("province", table.PROVINCES)
def test_the_street_orders_only_where_its_province_says_so_and_uses_force_nowhere(province: str) -> None:
    order = table.decisive("order_remove", "street", province, DAY)
    assert (order is not None and order.mark == table.YES) == (province != "henan")
    for act in ("order_stop", "seal", "cut_power", "cut_utility", "execute", "crime_transfer", "close_major"):
        for body in ("grid", "coordination", "street", "street_team", "discipline"):
            rule = table.decisive(act, body, province, DAY)
            assert rule is None or rule.mark == table.NO, (act, body)


@pytest.mark.parametrize(
    ("act", "officers", "approval"),
    [
        ("inspect", 2, "部门负责人"), ("order_remove", 2, ""), ("order_stop", 2, "部门负责人"),
        ("seal", 2, "部门负责人"), ("cut_power", 0, "部门主要负责人"), ("penalty", 2, "部门负责人"),
        ("crime_transfer", 2, "部门正职或主持工作的负责人"), ("close_major", 0, "部门负责人"),
    ],
)  # fmt: skip
def test_a_department_acts_with_two_officers_and_its_head(act: str, officers: int, approval: str) -> None:
    rule = table.decisive(act, "department", "henan", DAY)
    assert rule is not None
    assert (rule.officers, str(rule.approval)) == (officers, approval)
    assert bool(rule.approval_after) == (act == "seal"), "only a seal may come before its approval (行政强制法 19)"
