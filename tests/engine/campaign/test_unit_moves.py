"""A unit takes another place in the tree: told first, then moved with its places and open cases; never below itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, patrol_planning, places, powers, unit_moves, units, units_register
from engine.campaign.case_model import Hazard
from engine.campaign.model import Place, Unit
from engine.campaign.patrol_model import Patrol
from engine.campaign.unit_moves import UnitMove
from engine.errors import Conflict, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
WHY: dict[str, Any] = {"revision": 0, "reason": "区划调整"}


def names(seers: list[unit_moves.Seer]) -> set[str]:
    return {one.name for one in seers}


def sees(app: App, viewer: Viewer, number: str) -> bool:
    return number in {one.number for one in hazards.list_hazards(app, viewer, status="all", size=200).items}


@pytest.fixture
def found(campaign: App, person: Person) -> list[str]:
    """An open and a closed hazard of the first grid of GH."""
    [place] = places.list_places(campaign, Viewer("root", admin=True), grid="GH-01", size=1).items
    made = []
    for text in ("私拉电线", "杂物堆放"):
        values = {
            "place": place.id,
            "code": "RF-05",
            "text": text,
            "holder_unit": "GH-01",
            "duplicate_reason": "另一处",
        }
        made.append(hazards.register(campaign, values, viewer=person(campaign, "clerk-safety-office")).number)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, made[1]).closed_at = campaign.clock()  # what closing asks for is tested elsewhere
    return made


def test_a_grid_is_told_first_and_moves_with_its_places_and_open_cases(
    campaign: App, root: Viewer, person: Person, found: list[str]
) -> None:
    old, new = person(campaign, "secretary-gh"), person(campaign, "secretary-qs")
    told = unit_moves.move(campaign, "GH-01", "QS", **WHY, viewer=root, dry_run=True)
    assert (told.moved, told.hazards, told.heads_before, told.heads_after) == (False, 1, [], [])
    assert told.places > 0 and (told.tasks, told.held) == (1, 0)
    assert "secretary-gh" in names(told.loses) and "secretary-qs" in names(told.gains)
    assert names(told.gains).isdisjoint(names(told.loses))
    assert units.show(campaign, "GH-01", viewer=root).parent == "GH" and sees(campaign, old, found[0])

    done = unit_moves.move(campaign, "GH-01", "QS", **WHY, viewer=root)
    assert done == UnitMove(**{**{name: getattr(told, name) for name in UnitMove.__slots__}, "moved": True})
    shown = units.show(campaign, "GH-01", viewer=root)
    assert (shown.parent, shown.revision) == ("QS", 1) and shown.path.endswith("/QS/GH-01/")
    assert [sees(campaign, viewer, found[0]) for viewer in (old, new)] == [False, True]
    assert [sees(campaign, viewer, found[1]) for viewer in (old, new)] == [True, False]  # closed: as it was
    while patrol_planning.plan_next(campaign):
        pass
    with campaign.reading() as tx:
        assert set(tx.scalars(select(Place.community).where(Place.grid == "GH-01"))) == {"QS"}
        assert set(tx.scalars(select(Patrol.community).where(Patrol.grid == "GH-01"))) == {"QS"}
    [line] = units_register.changes(campaign, "GH-01", viewer=root)
    assert line.reason == "区划调整" and line.before["parent"] == "GH"
    assert (line.after["parent"], line.after["hazards"]) == ("QS", 1)


def test_what_the_old_community_holds_is_still_its_to_fix(
    campaign: App, root: Viewer, person: Person, found: list[str]
) -> None:
    with campaign.transaction() as tx:
        tx.get_one(Hazard, found[0]).holder_unit = "GH"
    assert unit_moves.move(campaign, "GH-01", "QS", **WHY, viewer=root).held == 1
    assert sees(campaign, person(campaign, "secretary-gh"), found[0])


def test_a_community_takes_its_grids_to_another_street(campaign: App, root: Viewer, found: list[str]) -> None:
    with campaign.transaction() as tx:
        units.add(tx, code="second_street", name="白石街道", kind="street")
    told = unit_moves.move(campaign, "GH", "second_street", **WHY, viewer=root)
    with campaign.reading() as tx:
        assert told.below == len(tx.scalars(select(Unit).where(Unit.parent == "GH")).all()) > 0
        assert tx.get_one(Unit, "GH-01").path == "/second_street/GH/GH-01/"
        [place] = tx.scalars(select(Place).where(Place.id == tx.get_one(Hazard, found[0]).place))
        assert (place.street, place.community) == ("second_street", "GH")
        assert [tx.get_one(Hazard, number).street for number in found] == ["second_street", "street"]
    assert "clerk-safety-office" in names(told.loses) and "secretary-gh" not in names(told.loses)


def test_an_office_sees_and_is_approved_by_its_new_body(campaign: App, root: Viewer, found: list[str]) -> None:
    with campaign.transaction() as tx:
        units.add(tx, code="second_street", name="白石街道", kind="street")
    told = unit_moves.move(campaign, "safety_office", "second_street", **WHY, viewer=root)
    assert names(told.loses) == names(told.gains) and "clerk-safety-office" in names(told.loses)
    assert {one.area for one in told.loses} == {"street"} and {one.area for one in told.gains} == {"second_street"}
    assert told.heads_before and told.heads_after == []


@pytest.mark.parametrize(
    ("code", "parent", "refusal", "told"),
    [
        ("street", "GH-01", Conflict, "下级之下"),
        ("GH", "GH", Conflict, "下级之下"),
        ("GH-01", "GH", Conflict, "已经在"),
        ("GH-01", "street", Invalid, "社区之下"),
        ("GH", "safety_office", Invalid, "街道之下"),
        ("GH-01", "nowhere", NotFound, "nowhere"),
    ],
)
def test_where_a_unit_does_not_belong_it_is_not_moved(
    campaign: App, root: Viewer, code: str, parent: str, refusal: type[Exception], told: str
) -> None:
    with pytest.raises(refusal, match=told):
        unit_moves.move(campaign, code, parent, **WHY, viewer=root, dry_run=True)


def test_only_an_admin_moves_and_only_what_was_read(campaign: App, root: Viewer, person: Person) -> None:
    with pytest.raises(NotAllowed):
        unit_moves.move(campaign, "GH-01", "QS", **WHY, viewer=person(campaign, "clerk-safety-office"), dry_run=True)
    with pytest.raises(Invalid, match="理由"):
        unit_moves.move(campaign, "GH-01", "QS", revision=0, reason=" ", viewer=root)
    with pytest.raises(Conflict, match="他人修改"):
        unit_moves.move(campaign, "GH-01", "QS", revision=7, reason="调整", viewer=root)
    assert units.show(campaign, "GH-01", viewer=root).path.endswith("/GH/GH-01/")


def test_two_who_move_each_below_the_other_make_no_circle(campaign: App, root: Viewer) -> None:
    with campaign.transaction() as tx:
        for code in ("left", "right"):
            units.add(tx, code=code, name=code, kind="other")

    def tried(pair: tuple[str, str]) -> bool:
        try:
            return unit_moves.move(campaign, *pair, **WHY, viewer=root).moved
        except Conflict:
            return False

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(tried, [("left", "right"), ("right", "left")])) == [False, True]


def test_no_unit_of_a_street_becomes_a_body_with_coercive_power(campaign: App, root: Viewer) -> None:
    for code in ("street", "safety_office", "GH", "GH-01"):
        for body in ("department", "justice"):
            with pytest.raises(Invalid, match="街道和社区没有行政强制权，只能请求有权部门"):
                units_register.update(campaign, code, {"body": body}, **WHY, viewer=root)
    for kind in ("department", "police", "justice"):
        with pytest.raises(Invalid, match="只能请求有权部门"):
            units.create(campaign, {"code": "x", "name": "中队", "kind": kind, "parent": "safety_office"}, viewer=root)
    with pytest.raises(Invalid, match="只能请求有权部门"):
        units.create(campaign, {"code": "x", "name": "x", "kind": "office", "body": "department"}, viewer=root)
    with pytest.raises(Invalid, match="只能请求有权部门"):
        unit_moves.move(campaign, "fire_rescue", "street", **WHY, viewer=root, dry_run=True)
    assert units_register.update(campaign, "street_enforcement", {"body": "street_team"}, **WHY, viewer=root)
    with campaign.transaction() as tx:
        office = tx.get_one(Unit, "safety_office")
        office.body = "department"  # as a register from before this rule may say
        assert powers.body_of(office) == "street"
        with pytest.raises(NotAllowed):
            powers.entitled(tx, "seal", office, day=campaign.clock().date())
