"""Versions of checklists: which is in force on a day, who may edit, two editors at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import checklists
from engine.campaign.checklist_sheets import on_day
from engine.campaign.checklists import ChecklistView
from engine.errors import Conflict, EngineError, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"
TODAY = date(2026, 9, 24)
NEW: dict[str, Any] = {
    "key": "JX", "name": "九小场所检查清单", "reason": "按上级通知增加一项", "valid_from": date(2026, 10, 1),
    "based_on": 1, "place_kinds": ["九小"], "items": [{"question": "疏散通道畅通", "code": "RF-01", "photo": True}],
}  # fmt: skip


def test_the_sample_lists_are_found_by_place_kind_sector_and_role(campaign: App, root: Viewer) -> None:
    def keys(**wanted: Any) -> list[str]:
        return [row.key for row in checklists.list_checklists(campaign, root, **wanted)]

    assert keys() == ["CY-RQ", "GD", "GM", "JX", "YL"]
    assert keys(place="P019") == ["CY-RQ", "JX"]  # a small restaurant
    assert keys(place_kind="养老医疗") == ["YL"]
    assert keys(sector="工贸") == ["GM", "JX"]
    assert keys(place="P019", role="officer") == ["CY-RQ"]
    assert keys(on=date(2023, 12, 31)) == []
    assert {row.legal_note for row in checklists.list_checklists(campaign, root)} == {"示例规则，需法制审核"}


def test_a_new_version_ends_the_one_before_and_says_why(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    made = checklists.create(campaign, NEW, viewer=clerk, key="one")
    assert (made.version, made.unit, made.created_by, made.items[0]["no"]) == (2, "safety_office", CLERK, 1)
    assert checklists.create(campaign, NEW, viewer=clerk, key="one") == made
    newest, first = checklists.versions(campaign, "JX", viewer=clerk)
    assert (newest.version, first.valid_to) == (2, date(2026, 9, 30))
    with campaign.reading() as tx:
        assert [on_day(tx, "JX", date(2026, 9, 30) + timedelta(days=n)).version for n in (0, 1)] == [1, 2]
    (edit,) = checklists.changes(campaign, "JX", viewer=clerk)
    assert (edit.by, edit.after, edit.reason) == (CLERK, {"valid_to": "2026-09-30"}, "第 2 版起用：按上级通知增加一项")


def test_a_retired_list_is_not_in_force_and_comes_back_with_a_new_version(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    done = checklists.retire(campaign, "JX", last_day=TODAY, revision=0, reason="合并", viewer=clerk)
    assert done.valid_to == TODAY
    with campaign.reading() as tx, pytest.raises(NotFound):
        on_day(tx, "JX", date(2026, 9, 25))
    with pytest.raises(Conflict):
        checklists.retire(campaign, "JX", last_day=TODAY, revision=0, reason="合并", viewer=clerk)
    with pytest.raises(Conflict):
        checklists.create(campaign, {**NEW, "valid_from": TODAY}, viewer=clerk)
    again = checklists.create(campaign, {**NEW, "valid_from": date(2026, 9, 25)}, viewer=clerk)
    assert again.version == 2
    assert [edit.reason for edit in checklists.changes(campaign, "JX", viewer=clerk)] == ["合并"]
    with pytest.raises(Invalid):
        checklists.retire(campaign, "JX", last_day=TODAY, revision=0, reason="合并", viewer=clerk)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"based_on": 0}, Conflict), ({"based_on": 2}, Conflict), ({"valid_from": date(2024, 1, 1)}, Conflict),
        ({"key": "jx"}, Invalid), ({"name": " "}, Invalid), ({"reason": " "}, Invalid), ({"items": []}, Invalid),
        ({"items": [{"question": " ", "code": "RF-01"}]}, Invalid), ({"items": NEW["items"] * 2}, Invalid),
        ({"items": [{"question": "甲", "code": "ZZ-99"}]}, Invalid), ({"place_kinds": ["火星"]}, Invalid),
        ({"roles": ["king"]}, Invalid),
    ],
)  # fmt: skip
def test_a_wrong_version_is_refused_and_changes_nothing(
    campaign: App, person: Person, change: dict[str, Any], error: type[EngineError]
) -> None:
    clerk = person(campaign, CLERK)
    with pytest.raises(error):
        checklists.create(campaign, {**NEW, **change}, viewer=clerk)
    (kept,) = checklists.versions(campaign, "JX", viewer=clerk)
    assert (kept.valid_to, kept.revision) == (None, 0)
    assert checklists.create(campaign, NEW, viewer=clerk).version == 2


def test_only_the_office_that_keeps_a_list_edits_it(campaign: App, person: Person, root: Viewer) -> None:
    with pytest.raises(NotAllowed):
        checklists.create(campaign, NEW, viewer=person(campaign, "inspector-gh-02"))
    other = person(campaign, "clerk-fire-service-center")
    with pytest.raises(NotAllowed):
        checklists.create(campaign, NEW, viewer=other)
    with pytest.raises(NotAllowed):
        checklists.retire(campaign, "JX", last_day=TODAY, revision=0, reason="x", viewer=other)
    own = checklists.create(campaign, {**NEW, "key": "XF", "based_on": 0}, viewer=other)
    assert (own.version, own.unit) == (1, "fire_service_center")
    assert checklists.create(campaign, NEW, viewer=root).unit == "safety_office"


def test_two_editors_at_once_make_one_version(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)

    def act(name: str) -> ChecklistView | Conflict:
        try:
            return checklists.create(campaign, {**NEW, "name": name}, viewer=clerk)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(act, "甲乙丙丁"))
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert [row.version for row in checklists.versions(campaign, "JX", viewer=clerk)] == [2, 1]
