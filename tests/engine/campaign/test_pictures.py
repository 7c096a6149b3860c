"""The picture manual: authors keep it, everybody sees it where the question is asked, each picture is there once."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from PIL import Image

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import checklist_answers, checklists, pictures, visits
from engine.errors import Invalid, NotAllowed, NotFound
from tests.engine.campaign.test_checklist_answers import CLERK, INSPECTOR, VISIT

Person = Callable[[App, str], Viewer]


def photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(out, "PNG")
    return out.getvalue()


def add(app: App, viewer: Viewer, content: bytes | None = None, **given: Any) -> pictures.PictureView:
    values = {"filename": "图.png", "shows": "wrong", "code": "RF-01", **given}
    return pictures.add(app, content or photo(), viewer=viewer, **values)


def test_a_picture_of_a_code_is_seen_at_each_item_with_that_code(campaign: App, person: Person) -> None:
    made = add(campaign, person(campaign, CLERK), caption="出口上锁")
    inspector = person(campaign, INSPECTOR)
    visit = visits.create(campaign, VISIT, viewer=inspector).id
    [sheet] = checklist_answers.list_sheets(campaign, visit, viewer=inspector)
    for item in sheet.items:
        assert item.pictures == ([made] if item.code == "RF-01" else [])
    assert (made.shows_name, pictures.read(campaign, made.id)) == ("错误", (made, photo()))
    assert pictures.list_pictures(campaign, inspector, code="RF-01").items == [made]
    assert pictures.list_pictures(campaign, inspector, code="RF-02").total == 0


def test_a_picture_of_a_question_comes_first_and_stays_with_the_question_in_a_new_version(
    campaign: App, person: Person
) -> None:
    clerk = person(campaign, CLERK)
    [old] = [one for one in checklists.list_checklists(campaign, clerk) if one.key == "JX"]
    own = add(campaign, clerk, code="", checklist="JX", no=1, shows="right")
    assert (own.code, own.question) == (old.items[0]["code"], old.items[0]["question"])
    common = add(campaign, clerk, photo("blue"), code=own.code)
    kept, other = {"question": own.question, "code": own.code}, {"question": "别的问题", "code": own.code}
    new = {"key": "JX", "name": "新版", "reason": "修订", "valid_from": date(2026, 9, 24), "based_on": 1,
           "items": [other, kept]}  # fmt: skip
    checklists.create(campaign, new, viewer=clerk)
    inspector = person(campaign, INSPECTOR)
    visit = visits.create(campaign, VISIT, viewer=inspector).id
    [sheet] = checklist_answers.list_sheets(campaign, visit, viewer=inspector)
    assert [item.pictures for item in sheet.items] == [[common], [own, common]]


def test_the_same_picture_is_there_once_also_by_two_at_once_and_comes_back_when_it_was_taken_off(
    campaign: App, person: Person
) -> None:
    clerk = person(campaign, CLERK)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: add(campaign, clerk), range(4)))
    assert len({one.id for one in made}) == pictures.list_pictures(campaign, clerk).total == 1
    for _ in range(2):
        pictures.remove(campaign, made[0].id, viewer=clerk)
    with pytest.raises(NotFound):
        pictures.read(campaign, made[0].id)
    assert pictures.list_pictures(campaign, clerk).total == 0
    assert add(campaign, clerk, caption="再次采用").id == made[0].id


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code": "ZZ-1"}, Invalid), ({"code": ""}, Invalid), ({"checklist": "JX"}, Invalid), ({"no": 1}, Invalid),
        ({"code": "", "checklist": "JX", "no": 99}, Invalid), ({"code": "", "checklist": "ZZ", "no": 1}, NotFound),
        ({"shows": "maybe"}, Invalid), ({"content": b"<svg onload=alert(1)>"}, Invalid),
        ({"content": b"%PDF-1.4"}, Invalid),
    ],
)  # fmt: skip
def test_what_is_no_picture_of_anything_is_refused(
    campaign: App, person: Person, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        add(campaign, person(campaign, CLERK), **given)
    assert pictures.list_pictures(campaign, person(campaign, CLERK)).total == 0


def test_only_authors_keep_the_manual(campaign: App, person: Person) -> None:
    made = add(campaign, person(campaign, CLERK))
    inspector = person(campaign, INSPECTOR)
    for act in (
        lambda: add(campaign, inspector, photo("blue")),
        lambda: pictures.remove(campaign, made.id, viewer=inspector),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        pictures.remove(campaign, "nothing", viewer=person(campaign, CLERK))


def test_what_a_check_of_a_kind_of_place_shows_and_a_picture_that_replaces_another(
    campaign: App, person: Person
) -> None:
    clerk = person(campaign, CLERK)
    common = add(campaign, clerk)
    own = add(campaign, clerk, photo("blue"), code="", checklist="CY-RQ", no=5, shows="right")
    shown = {kind: {row.id for row in pictures.list_pictures(campaign, clerk, place_kind=kind).items}
             for kind in ("餐饮", "九小", "工贸企业")}  # fmt: skip
    assert own.code == "RF-01" and shown == {"餐饮": {common.id, own.id}, "九小": {common.id}, "工贸企业": set()}
    assert pictures.list_pictures(campaign, clerk, shows="right").items == [own]
    new = add(campaign, clerk, photo("green"), replaces=common.id)
    assert [row.id for row in pictures.list_pictures(campaign, clerk, shows="wrong").items] == [new.id]
    assert add(campaign, clerk, photo("green"), replaces=new.id).id == new.id  # the same again does not take itself off
    with pytest.raises(NotFound):
        add(campaign, clerk, photo("black"), replaces="none")
    assert pictures.list_pictures(campaign, clerk).total == 2
