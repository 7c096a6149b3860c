"""The same hazard is not registered twice, and one that comes back after its closure goes on where it stood."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Instance
from engine.bpm.viewer import Viewer
from engine.campaign import duplicates, evidence, hazards
from engine.campaign.case_model import Finding, Hazard, Rung
from engine.errors import Conflict, NotFound

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"
GIVEN: dict[str, Any] = {"place": "P019", "code": "RF-05", "text": "后厨插线板串接，靠近油锅", "on_duplicate": "refuse"}


def picture(shift: int = 0) -> bytes:
    image = Image.new("L", (90, 80), 20)
    ImageDraw.Draw(image).polygon([(10 + shift, 70), (45, 10), (80, 60)], fill=240)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80 - shift)
    return out.getvalue()


def upload(app: App, viewer: Viewer, content: bytes) -> str:
    return evidence.add(app, content, filename="一.jpg", viewer=viewer, kind="photo_before").id


@pytest.mark.parametrize(
    "again",
    [
        {},  # place and code
        {"code": "RF-04", "text": "后厨插线板串接,靠近油锅!"},  # the same words under another code
    ],
)
def test_an_open_case_like_it_is_named_instead(campaign: App, person: Person, again: dict[str, str]) -> None:
    clerk = person(campaign, CLERK)
    first = hazards.register(campaign, GIVEN, viewer=clerk)

    with pytest.raises(Conflict) as refusal:
        hazards.register(campaign, GIVEN | again, viewer=clerk)
    [told] = refusal.value.problems
    assert (told["rule"], told["name"]) == ("duplicate", first.number)
    assert first.number in refusal.value.message

    other = hazards.register(campaign, GIVEN | again | {"duplicate_reason": "二层的另一处"}, viewer=clerk)
    assert other.number == "YQ-2026-0902"  # the refusal gave its number back
    with campaign.reading() as tx:
        [kept] = tx.scalars(select(Finding).where(Finding.hazard == other.number))
        assert (kept.kind, first.number in kept.text, kept.detail) == ("另行登记", True, {"by": CLERK})


def test_a_picture_that_looks_the_same_is_found(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    hazards.register(campaign, GIVEN | {"photos": [upload(campaign, clerk, picture())]}, viewer=clerk)

    again = GIVEN | {"code": "RF-04", "text": "灭火器过期", "photos": [upload(campaign, clerk, picture(1))]}
    with pytest.raises(Conflict, match="照片相近"):
        hazards.register(campaign, again, viewer=clerk)


def test_nothing_is_turned_away_unless_that_is_asked_for(campaign: App, person: Person) -> None:
    clerk, officer = person(campaign, CLERK), person(campaign, "officer-urban-management")
    given = {name: value for name, value in GIVEN.items() if name != "on_duplicate"}
    first = hazards.register(campaign, given, viewer=clerk)
    noted, unseen = (hazards.register(campaign, given, viewer=who).number for who in (clerk, officer))
    with campaign.reading() as tx:
        texts = dict(tx.execute(select(Finding.hazard, Finding.text).where(Finding.kind == "另行登记")).all())
    assert first.number in texts[noted] and "请核实" in texts[noted]
    assert first.number not in texts[unseen]


def test_another_place_or_matter_is_another_hazard(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    hazards.register(campaign, GIVEN, viewer=clerk)

    assert hazards.register(campaign, GIVEN | {"place": "P020"}, viewer=clerk).number
    assert hazards.register(campaign, GIVEN | {"code": "RF-04", "text": "灭火器过期"}, viewer=clerk).number


def test_who_may_not_see_the_open_case_is_not_told_its_number(campaign: App, person: Person) -> None:
    first = hazards.register(campaign, GIVEN, viewer=person(campaign, CLERK))
    officer = person(campaign, "officer-urban-management")  # sees the place as its sector, not its cases

    with pytest.raises(Conflict) as refusal:
        hazards.register(campaign, GIVEN, viewer=officer)
    assert first.number not in refusal.value.message and not refusal.value.problems


def test_what_was_found_again_is_added_once_to_the_open_case(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    number = hazards.register(campaign, GIVEN, viewer=clerk).number
    photo = upload(campaign, clerk, picture())

    for _ in range(2):
        shown = duplicates.add_finding(campaign, number, text="又添一处", photos=[photo], viewer=clerk, key="k")
    assert shown.photos == [photo]
    with campaign.reading() as tx:
        assert tx.scalars(select(Finding.text).where(Finding.kind == duplicates.FOUND_AGAIN)).all() == ["又添一处"]
    with pytest.raises(NotFound):
        duplicates.add_finding(campaign, number, text="不可见", viewer=person(campaign, "inspector-gh-01"))


@pytest.mark.parametrize(("days", "rungs"), [(30, ["E1", "E2"]), (89, ["E1", "E2"]), (91, [])])
def test_a_recurrence_is_linked_counts_on_and_begins_where_the_chain_stood(
    campaign: App, person: Person, days: int, rungs: list[str]
) -> None:
    clerk = person(campaign, CLERK)
    old = hazards.register(campaign, GIVEN, viewer=clerk).number
    with campaign.transaction() as tx:
        row = tx.get_one(Hazard, old)
        row.closed_at, row.repeats = campaign.clock(), 1
        for step in ("E1", "E2", "E3"):
            tx.add(Rung(hazard=old, step=step, at=campaign.clock(), reason=""))
    campaign.clock.now += timedelta(days=days)  # type: ignore[attr-defined]

    again = hazards.register(campaign, GIVEN, viewer=clerk)

    assert (again.recurs, again.repeats) == (old, 2)
    with campaign.reading() as tx:
        variables = tx.get_one(Instance, again.instance_id).variables
        assert (variables["kept_rungs"], variables["repeats"]) == (rungs, 2)


def test_after_a_year_it_is_a_new_hazard(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    old = hazards.register(campaign, GIVEN, viewer=clerk).number
    with campaign.transaction() as tx:
        tx.get_one(Hazard, old).closed_at = campaign.clock()
    campaign.clock.now += timedelta(days=366)  # type: ignore[attr-defined]

    again = hazards.register(campaign, GIVEN, viewer=clerk)
    assert (again.recurs, again.repeats) == (None, 0)
