"""Rows are scoped in SQL: each sees its own area, its papers and its work, and a stranger sees nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    assignments,
    board,
    deadlines,
    events,
    evidence,
    hazards,
    measures,
    place_filter,
    places,
    visits,
)
from engine.campaign.model import Place
from engine.errors import NotFound

Person = Callable[[App, str], Viewer]
STREET = ["clerk-safety-office", "leader-street", "discipline-discipline-office", "clerk-fire-service-center"]
STRANGERS = ["officer-health-bureau", "head-public-security", "expert-expert-pool", "clerk-gas-company"]


def seen(app: App, viewer: Viewer) -> set[str]:
    page = hazards.list_hazards(app, viewer, status="all", size=200)
    assert page.total == len(page.items)
    return {row.number[-4:] for row in page.items}


@pytest.mark.parametrize("name", STREET)
def test_the_street_sees_every_hazard(demo: App, person: Person, name: str) -> None:
    assert len(seen(demo, person(demo, name))) == 22


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_sees_nothing(demo: App, person: Person, name: str) -> None:
    stranger = person(demo, name)

    assert seen(demo, stranger) == set()
    assert board.board(demo, stranger).total == 0


@pytest.mark.parametrize(
    "look",
    [
        hazards.show,
        events.list_events,
        deadlines.list_deadlines,
        assignments.list_assignments,
        measures.list_measures,
        evidence.list_evidence,
    ],
)
def test_a_stranger_is_told_that_a_hazard_does_not_exist(
    demo: App, person: Person, look: Callable[..., object]
) -> None:
    with pytest.raises(NotFound):
        look(demo, "YQ-2026-0902", viewer=person(demo, "officer-health-bureau"))


def test_a_community_sees_its_own_hazards_and_what_it_had_to_sign(demo: App, person: Person) -> None:
    assert seen(demo, person(demo, "secretary-gh")) == {"0901", "0903", "0904", "0906", "1001", "1003"}
    # 0916 lies in another community but was sent to this one by mistake, and given back
    assert seen(demo, person(demo, "secretary-qs")) == {"0902", "1006", "0916"}


def test_an_inspector_sees_its_own_grid_only(demo: App, person: Person) -> None:
    assert seen(demo, person(demo, "inspector-gh-01")) == {"0903", "0904", "0906"}


def test_a_department_sees_the_hazards_that_were_sent_to_it(demo: App, person: Person) -> None:
    assert seen(demo, person(demo, "officer-fire-rescue")) == {"0908", "0909", "0910"}  # it helps with 0908
    assert seen(demo, person(demo, "officer-urban-management")) == {"0908", "0910"}  # it helps with 0910


def test_a_department_sees_a_hazard_that_it_had_to_judge(demo: App, person: Person) -> None:
    assert seen(demo, person(demo, "officer-emergency-bureau")) == {"0908", "0914"}  # it helps with 0908


def test_an_owner_sees_the_hazards_of_its_own_place(demo: App, person: Person) -> None:
    assert seen(demo, person(demo, "owner-e-p020")) == {"0908"}


def test_an_unknown_person_sees_nothing_even_with_groups_that_name_units(demo: App) -> None:
    forged = Viewer("nobody", frozenset({"street", "safety_office", "GH"}))

    assert not {"0906", "0913", "1002"} & seen(demo, forged)  # only what a task of such a group is open in


def test_places_are_scoped_like_hazards(demo: App, person: Person) -> None:
    def places_of(name: str) -> set[str]:
        return {row.id for row in places.list_places(demo, person(demo, name), size=200).items}

    assert len(places_of("clerk-safety-office")) == 63
    assert places_of("inspector-gh-01") == {"P033", "P048", "P057", "P058"}
    assert "P014" in places_of("officer-housing-bureau")
    assert "P019" not in places_of("officer-housing-bureau")
    assert places_of("expert-expert-pool") == set()


def test_places_are_narrowed_by_capacity_flag_tag_and_status_and_the_most_urgent_come_first(
    demo: App, person: Person
) -> None:
    def found(**wanted: Any) -> list[places.PlaceView]:
        return list(places.list_places(demo, person(demo, "clerk-safety-office"), size=200, **wanted).items)

    first = found()[0]
    with demo.transaction() as tx:  # the sample is everybody's: this is taken back
        tx.get_one(Place, first.id).tags = ["三合一", "自建房"]
        tx.get_one(Place, first.id).status = "停产"
    try:
        _narrowed(found)
    finally:
        with demo.transaction() as tx:
            tx.get_one(Place, first.id).tags = first.tags
            tx.get_one(Place, first.id).status = first.status


def _narrowed(found: Callable[..., list[places.PlaceView]]) -> None:
    every = found()
    assert {row.id for row in found(min_capacity=30)} == {row.id for row in every if (row.capacity or 0) >= 30}
    assert {row.id for row in found(status="停产")} == {row.id for row in every if row.status == "停产"}
    assert {row.id for row in found(place_kind="九小")} == {row.id for row in every if row.place_kind == "九小"}
    for flag in place_filter.FLAGS:
        assert {row.id for row in found(flag=flag)} == {row.id for row in every if flag in row.flags}, flag
    for tag in places.TAGS:
        assert {row.id for row in found(tag=tag)} == {row.id for row in every if tag in row.tags}, tag
    assert [row.id for row in found(sort="priority")] == [
        row.id for row in sorted(every, key=lambda row: (-row.priority, row.id))
    ]
    assert max(row.priority for row in every) > 0 and found(flag="有重大隐患") and found(tag="三合一")


def test_visits_are_scoped_by_their_place(demo: App, person: Person) -> None:
    assert visits.list_visits(demo, person(demo, "clerk-safety-office")).total == 40
    assert {row.place for row in visits.list_visits(demo, person(demo, "inspector-gh-01")).items} <= {
        "P033",
        "P048",
        "P057",
        "P058",
    }
    assert visits.list_visits(demo, person(demo, "expert-expert-pool")).total == 0


def test_a_photo_is_read_by_whoever_sees_the_hazard_and_by_nobody_else(demo: App, person: Person) -> None:
    (photo,) = evidence.list_evidence(demo, "YQ-2026-0902", viewer=person(demo, "secretary-qs"))

    shown, content = evidence.read(demo, photo.id, viewer=person(demo, "leader-street"))
    assert shown.sha256 == photo.sha256
    assert content.startswith(b"\xff\xd8")
    with pytest.raises(NotFound):
        evidence.read(demo, photo.id, viewer=person(demo, "secretary-gh"))
