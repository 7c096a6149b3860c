"""Units, people, places, visits, codes and the plan: what may be written, by whom, and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import codes, people, people_register, places, plan, units, visits
from engine.errors import Conflict, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
PLACE = {"name": "示例店", "kind": "九小场所", "place_kind": "九小", "grid": "GH-01"}


def test_units_form_a_tree_with_paths(street: App, root: Viewer) -> None:
    shown = units.create(street, {"code": "GH-02", "name": "第二网格", "kind": "grid", "parent": "GH"}, viewer=root)

    assert shown.path == "/street/GH/GH-02/"
    assert [row.code for row in units.list_units(street, root, parent="GH").items] == ["GH-01", "GH-02"]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"code": "a b", "name": "x", "kind": "office"}, Invalid),
        ({"code": "x", "name": "x", "kind": "castle"}, Invalid),
        ({"code": "GH", "name": "x", "kind": "office"}, Conflict),
        ({"code": "x", "name": "x", "kind": "office", "parent": "none"}, NotFound),
    ],
)
def test_a_wrong_unit_is_refused(street: App, root: Viewer, values: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        units.create(street, values, viewer=root)


def test_only_an_admin_makes_units_and_accounts(street: App, person: Person) -> None:
    people.create(street, "li", password="long-enough", unit="safety_office", roles=["clerk"], by=None)
    li = person(street, "li")

    with pytest.raises(NotAllowed) as refusal:
        units.create(street, {"code": "x", "name": "x", "kind": "office"}, viewer=li)
    assert "系统管理员" in refusal.value.message
    with pytest.raises(NotAllowed):
        people.create(street, "wang", password="long-enough", unit="safety_office", roles=["clerk"], by=li)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "a b"}, Invalid),
        ({"password": "short"}, Invalid),
        ({"unit": None}, Invalid),
        ({"roles": ["cle rk"]}, Invalid),
        ({"name": "taken"}, Conflict),
    ],
)
def test_a_wrong_account_is_refused(street: App, root: Viewer, change: dict[str, Any], error: type[Exception]) -> None:
    given: dict[str, Any] = {"name": "li", "password": "long-enough", "unit": "safety_office", "roles": ["clerk"]}
    people.create(street, **{**given, "name": "taken"}, by=root)

    with pytest.raises(error):
        people.create(street, **{**given, **change}, by=root)


def test_an_admin_needs_no_unit(street: App) -> None:
    assert people.create(street, "boss", password="long-enough", unit=None, roles=["admin"], by=None).admin


def test_staff_read_the_roster_and_others_only_themselves(street: App, person: Person) -> None:
    people.create(street, "li", password="long-enough", unit="safety_office", roles=["clerk"], by=None)
    people.create(street, "guest", password="long-enough", unit="police_station", roles=["guest"], by=None)

    assert {row.name for row in people.list_people(street, person(street, "li")).items} == {"li", "guest"}
    assert {row.name for row in people.list_people(street, person(street, "guest")).items} == {"guest"}


def test_a_list_of_people_takes_as_many_statements_however_long_it_is(street: App, root: Viewer) -> None:
    for n in range(3):
        people.create(
            street, f"li-{n}", password="long-enough", unit="safety_office", roles=["clerk", "guest"], by=None
        )

    def sent(size: int) -> int:
        said: list[str] = []

        def hear(*given: Any) -> None:
            said.append(given[2])

        event.listen(street.engine, "before_cursor_execute", hear)
        for read in (people.list_people, people_register.list_records):
            shown = read(street, root, unit="safety_office", size=size).items
            assert [(one.name, one.roles) for one in shown] == [(f"li-{n}", ("clerk", "guest")) for n in range(size)]
        event.remove(street.engine, "before_cursor_execute", hear)
        return len(said)

    assert sent(1) == sent(3)


def test_a_group_means_a_unit_a_role_or_both(street: App) -> None:
    people.create(street, "li", password="long-enough", unit="safety_office", roles=["clerk"], by=None)
    people.create(street, "zhao", password="long-enough", unit="GH", roles=["clerk", "secretary"], by=None)

    with street.reading() as tx:
        found = {
            group: [member.name for member in people.members(tx, group)]
            for group in ("clerk", "GH", "clerk@GH", "secretary@safety_office", "li")
        }
    assert found == {
        "clerk": ["li", "zhao"],
        "GH": ["zhao"],
        "clerk@GH": ["zhao"],
        "secretary@safety_office": [],
        "li": ["li"],
    }


def test_a_place_takes_community_and_street_from_its_grid(street: App, root: Viewer) -> None:
    shown = places.create(street, PLACE, viewer=root)

    assert (shown.id, shown.community, shown.street, shown.open_hazards) == ("P001", "GH", "street", 0)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grid": "GH"}, Invalid),
        ({"kind": "城堡"}, Invalid),
        ({"place_kind": "x"}, Invalid),
        ({"grid": "no"}, NotFound),
    ],
)
def test_a_wrong_place_is_refused(street: App, root: Viewer, change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        places.create(street, {**PLACE, **change}, viewer=root)


def test_a_place_outside_the_own_area_is_refused_and_not_written(street: App, root: Viewer, person: Person) -> None:
    with street.transaction() as tx:
        units.add(tx, code="QS", name="青松社区", kind="community", parent="street")
        units.add(tx, code="QS-01", name="第一网格", kind="grid", parent="QS")
    people.create(street, "ins", password="long-enough", unit="QS-01", roles=["inspector"], by=None)

    with pytest.raises(NotFound):
        places.create(street, PLACE, viewer=person(street, "ins"))
    assert places.list_places(street, root).total == 0


def test_a_visit_is_written_by_staff_for_a_place_of_its_area(street: App, root: Viewer, person: Person) -> None:
    place = places.create(street, PLACE, viewer=root)
    people.create(street, "ins", password="long-enough", unit="GH-01", roles=["inspector"], by=None)
    people.create(street, "cop", password="long-enough", unit="police_station", roles=["officer"], by=None)
    given = {"place": place.id, "kind": "网格巡查", "result": "未发现问题"}

    assert visits.create(street, given, viewer=person(street, "ins")).people == ["ins"]
    assert visits.list_visits(street, person(street, "ins")).total == 1
    with pytest.raises(NotFound):
        visits.create(street, given, viewer=person(street, "cop"))
    assert visits.list_visits(street, person(street, "cop")).total == 0


@pytest.mark.parametrize("change", [{"kind": "散步"}, {"result": "很好"}, {"at": timedelta(hours=1)}])
def test_a_wrong_visit_is_refused(street: App, root: Viewer, change: dict[str, Any]) -> None:
    place = places.create(street, PLACE, viewer=root)
    people.create(street, root.name, password="long-enough", unit=None, roles=["admin"], by=None)
    given = {"place": place.id, "kind": "网格巡查", "result": "未发现问题", **change}
    if isinstance(given.get("at"), timedelta):
        given["at"] = street.clock() + given["at"]

    with pytest.raises(Invalid):
        visits.create(street, given, viewer=root)


def test_the_code_table_holds_the_ten_factors_and_the_rest_with_their_note(demo: App, root: Viewer) -> None:
    table = {row.code: row for row in codes.list_codes(demo, root)}

    assert {f"RF-{n:02d}" for n in range(1, 11)} | {"SQ-1", "SQ-2", "SQ-3", "LG-1", "LG-2"} <= set(table)
    assert (table["RF-09"].default_n, table["RF-09"].default_unit) == (3, "wd")
    assert {row.legal_note for row in table.values()} == {"示例规则，需法制审核"}


def test_a_code_is_judged_by_the_row_of_its_own_day(demo: App, root: Viewer) -> None:
    assert codes.list_codes(demo, root, on=date(2023, 12, 31)) == []


NEW_CODE = {
    "code": "RF-05",
    "name": "用电安全（新规定）",
    "local_level": "一般",
    "default_n": 5,
    "default_unit": "d",
    "default_roll": "F",
    "valid_from": date(2026, 10, 1),
}


def test_a_new_row_of_a_code_ends_the_old_one_the_day_before(campaign: App, root: Viewer) -> None:
    codes.create(campaign, NEW_CODE, viewer=root)

    def limit(day: date) -> int:
        return next(row.default_n for row in codes.list_codes(campaign, root, on=day) if row.code == "RF-05")

    assert (limit(date(2026, 9, 30)), limit(date(2026, 10, 1))) == (7, 5)
    with pytest.raises(Conflict):
        codes.create(campaign, {**NEW_CODE, "valid_from": date(2026, 9, 1)}, viewer=root)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "rf05"},
        {"local_level": "特大"},
        {"default_unit": "week"},
        {"default_roll": "X"},
        {"default_n": 0},
        {"valid_to": date(2026, 9, 1)},
    ],
)
def test_a_wrong_code_is_refused_by_field(street: App, root: Viewer, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        codes.create(street, {**NEW_CODE, **change}, viewer=root)

    assert [problem["field"] for problem in refusal.value.problems] == list(change)


def test_only_an_admin_changes_the_code_table(campaign: App, person: Person) -> None:
    with pytest.raises(NotAllowed):
        codes.create(campaign, NEW_CODE, viewer=person(campaign, "clerk-safety-office"))


def test_the_plan_has_its_milestones_and_numbered_tasks_with_units(demo: App, root: Viewer) -> None:
    tasks = plan.list_tasks(demo, root)
    milestones = plan.list_milestones(demo, root)

    assert [task.number for task in tasks] == list(range(1, 24))
    assert "安全应急办" in tasks[1].lead_names
    assert [row.due_on.isoformat() for row in milestones if not row.passed] == ["2026-12-31"]
    assert {number for row in milestones for number in row.tasks} <= {task.number for task in tasks}
    assert {task.number for task in plan.list_tasks(demo, root, unit="street_enforcement")} == {2, 14}
