"""A checklist on a visit: the version of the day, answers bit by bit, proposals that a person decides."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from PIL import Image

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import checklist_answers, checklist_proposals, checklists, evidence, hazards, inspections, visits
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
INSPECTOR, CLERK, STRANGER = "inspector-gh-02", "clerk-safety-office", "inspector-yh-02"
VISIT = {"place": "P045", "kind": "网格巡查", "result": "发现隐患", "checklists": ["JX"]}


@pytest.fixture
def inspector(campaign: App, person: Person) -> Viewer:
    """The inspector of the grid of the shop P045."""
    return person(campaign, INSPECTOR)


@pytest.fixture
def visit(campaign: App, inspector: Viewer) -> int:
    """A patrol of that shop with the checklist of small places."""
    return visits.create(campaign, VISIT, viewer=inspector).id


def photo(app: App, viewer: Viewer) -> str:
    """An uploaded photo."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG")
    return evidence.add(app, content.getvalue(), filename="a.jpg", viewer=viewer, kind="photo_before").id


def answer(app: App, visit: int, viewer: Viewer, *given: dict[str, Any], revision: int = 0) -> Any:
    """Save some answers."""
    return checklist_answers.save(app, visit, "JX", given, revision=revision, viewer=viewer)


def no(app: App, visit: int, viewer: Viewer, **more: Any) -> int:
    """Answer the first item with no; the id of its proposal."""
    found: int = answer(app, visit, viewer, {"no": 1, "answer": "no", **more}).items[0].proposal
    return found


def test_answers_are_saved_bit_by_bit_and_each_edit_is_kept(campaign: App, visit: int, inspector: Viewer) -> None:
    (sheet,) = checklist_answers.list_sheets(campaign, visit, viewer=inspector)
    assert (sheet.version, sheet.missing, sheet.photos_missing) == (1, [1, 2, 3, 4, 5, 6, 7], [])
    first = {"no": 1, "answer": "no", "note": "后门上锁", "photos": [photo(campaign, inspector)]}
    sheet = answer(campaign, visit, inspector, first, {"no": 2, "answer": "yes"})
    assert (sheet.revision, sheet.missing, sheet.photos_missing) == (1, [3, 4, 5, 6, 7], [2])
    assert answer(campaign, visit, inspector, first) == sheet  # the same again, with the old revision
    with pytest.raises(Conflict):
        answer(campaign, visit, inspector, {"no": 2, "answer": "na"})
    rest = [{"no": number, "answer": "na"} for number in range(2, 8)]
    sheet = answer(campaign, visit, inspector, *rest, revision=1)
    assert (sheet.missing, sheet.photos_missing) == ([], [])
    edits = checklist_answers.changes(campaign, visit, "JX", viewer=inspector)
    assert [edit.by for edit in edits] == [INSPECTOR] * 2
    assert (edits[1].before["2"]["answer"], edits[1].after["2"]["answer"]) == ("yes", "na")


def test_the_version_of_the_visits_day_stays(
    campaign: App, visit: int, inspector: Viewer, person: Person, clock: FakeClock
) -> None:
    new = {"key": "JX", "name": "新版", "reason": "修订", "valid_from": date(2026, 9, 25), "based_on": 1,
           "items": [{"question": "甲", "code": "RF-01"}]}  # fmt: skip
    checklists.create(campaign, new, viewer=person(campaign, CLERK))
    bare = visits.create(campaign, {**VISIT, "checklists": []}, viewer=inspector).id
    clock.advance(days=2)
    assert answer(campaign, visit, inspector, {"no": 7, "answer": "yes"}).version == 1
    late = checklist_answers.open_sheet(campaign, bare, "JX", viewer=inspector)
    assert (late.version, late) == (1, checklist_answers.open_sheet(campaign, bare, "JX", viewer=inspector))
    now = visits.create(campaign, VISIT, viewer=inspector).id
    assert checklist_answers.list_sheets(campaign, now, viewer=inspector)[0].version == 2


def test_a_no_becomes_a_hazard_with_one_call(campaign: App, visit: int, inspector: Viewer, person: Person) -> None:
    picture = photo(campaign, inspector)
    id = no(campaign, visit, inspector, note="后门上锁", photos=[picture])
    clerk = person(campaign, CLERK)
    (open_one,) = checklist_proposals.list_proposals(campaign, clerk, state="proposed").items
    assert (open_one.id, open_one.code, open_one.visit, open_one.no) == (id, "RF-01", visit, 1)
    assert evidence.read(campaign, picture, viewer=clerk)[0].id == picture
    made = checklist_proposals.register(campaign, id, {"fixable_now": True}, viewer=clerk)
    assert checklist_proposals.register(campaign, id, {}, viewer=inspector) == made
    assert (made.state, made.decided_by) == ("registered", CLERK)
    hazard = hazards.show(campaign, made.hazard or "", viewer=clerk)
    assert (hazard.code, hazard.place, hazard.photos) == ("RF-01", "P045", [picture])
    assert hazard.text.endswith("：否。后门上锁") and hazard.source == "网格巡查"
    (back,) = checklist_proposals.list_proposals(campaign, clerk, hazard=made.hazard).items
    assert (back.visit, back.checklist, back.version, back.no) == (visit, "JX", 1, 1)
    with pytest.raises(Conflict):
        answer(campaign, visit, inspector, {"no": 1, "answer": "yes"}, revision=1)
    with pytest.raises(Conflict):
        checklist_proposals.dismiss(campaign, id, reason="已改", viewer=clerk)


def test_a_no_is_dismissed_with_a_reason(campaign: App, visit: int, inspector: Viewer) -> None:
    id = no(campaign, visit, inspector)
    with pytest.raises(Invalid):
        checklist_proposals.dismiss(campaign, id, reason=" ", viewer=inspector)
    done = checklist_proposals.dismiss(campaign, id, reason="当场已清理", viewer=inspector)
    assert (done.state_name, done.reason, done.decided_by) == ("不登记", "当场已清理", INSPECTOR)
    assert checklist_proposals.dismiss(campaign, id, reason="当场已清理", viewer=inspector) == done
    for act in (
        lambda: checklist_proposals.register(campaign, id, {}, viewer=inspector),
        lambda: checklist_proposals.dismiss(campaign, id, reason="别的理由", viewer=inspector),
        lambda: answer(campaign, visit, inspector, {"no": 1, "answer": "yes"}, revision=1),
    ):
        with pytest.raises(Conflict):
            act()
    assert hazards.list_hazards(campaign, inspector).total == 0


def test_a_no_that_became_a_yes_proposes_nothing(campaign: App, visit: int, inspector: Viewer) -> None:
    id = no(campaign, visit, inspector)
    answer(campaign, visit, inspector, {"no": 1, "answer": "yes"}, revision=1)
    assert checklist_proposals.list_proposals(campaign, inspector).total == 0
    with pytest.raises(NotFound):
        checklist_proposals.register(campaign, id, {}, viewer=inspector)


def test_a_case_like_it_needs_a_reason(campaign: App, visit: int, inspector: Viewer) -> None:
    checklist_proposals.register(campaign, no(campaign, visit, inspector), {}, viewer=inspector)
    again = visits.create(campaign, VISIT, viewer=inspector).id
    id = no(campaign, again, inspector)
    with pytest.raises(Conflict):
        checklist_proposals.register(campaign, id, {}, viewer=inspector)
    assert checklist_proposals.show(campaign, id, viewer=inspector).state == "proposed"
    made = checklist_proposals.register(campaign, id, {"duplicate_reason": "另一处出口"}, viewer=inspector)
    assert made.state == "registered"


@pytest.mark.parametrize(
    "given",
    [
        [], [{"no": 0, "answer": "yes"}], [{"no": 8, "answer": "yes"}], [{"no": 1, "answer": "maybe"}],
        [{"no": 1, "answer": "yes"}] * 2, [{"no": 1, "answer": "no", "note": "责令改正"}],
        [{"no": 1, "answer": "no", "photos": ["stolen"]}], [{"no": 1, "answer": "no", "photos": ["a", "a"]}],
    ],
)  # fmt: skip
def test_wrong_answers_are_refused(campaign: App, visit: int, inspector: Viewer, given: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid):
        answer(campaign, visit, inspector, *given)
    assert checklist_answers.list_sheets(campaign, visit, viewer=inspector)[0].revision == 0


def test_a_photo_of_somebody_else_is_not_taken(campaign: App, visit: int, inspector: Viewer, person: Person) -> None:
    stolen = photo(campaign, person(campaign, CLERK))
    with pytest.raises(Invalid):
        no(campaign, visit, inspector, photos=[stolen])


def test_who_sees_and_who_answers(campaign: App, visit: int, inspector: Viewer, person: Person) -> None:
    id, stranger, clerk = no(campaign, visit, inspector), person(campaign, STRANGER), person(campaign, CLERK)
    for act in (
        lambda: checklist_answers.list_sheets(campaign, visit, viewer=stranger),
        lambda: checklist_answers.open_sheet(campaign, visit, "JX", viewer=stranger),
        lambda: answer(campaign, visit, stranger, {"no": 2, "answer": "yes"}),
        lambda: checklist_proposals.show(campaign, id, viewer=stranger),
        lambda: checklist_proposals.register(campaign, id, {}, viewer=stranger),
        lambda: checklist_answers.changes(campaign, visit, "GM", viewer=inspector),
        lambda: checklist_proposals.show(campaign, 2**40, viewer=inspector),
    ):
        with pytest.raises(NotFound):
            act()
    assert checklist_proposals.list_proposals(campaign, stranger).total == 0
    assert len(checklist_answers.list_sheets(campaign, visit, viewer=clerk)) == 1
    with pytest.raises(NotAllowed):  # of the office, but was not there
        answer(campaign, visit, clerk, {"no": 2, "answer": "yes"})


def test_two_at_once_register_one_hazard(campaign: App, visit: int, inspector: Viewer, person: Person) -> None:
    id, clerk = no(campaign, visit, inspector), person(campaign, CLERK)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda who: checklist_proposals.register(campaign, id, {}, viewer=who), [clerk] * 4))
    assert len({row.hazard for row in made}) == 1
    assert hazards.list_hazards(campaign, clerk).total == 1


def test_two_at_once_open_one_sheet(campaign: App, inspector: Viewer) -> None:
    visit = visits.create(campaign, {**VISIT, "checklists": []}, viewer=inspector).id
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: checklist_answers.open_sheet(campaign, visit, "JX", viewer=inspector), range(4)))
    assert len(checklist_answers.list_sheets(campaign, visit, viewer=inspector)) == 1


def test_an_inspection_is_answered_after_check_in(campaign: App, person: Person) -> None:
    officers = ["officer-emergency-bureau", "officer-emergency-bureau-2"]
    officer, today = person(campaign, officers[0]), date(2026, 9, 24)
    asked = {"place": "P001", "kind": "行政检查（日常）", "officers": officers, "starts_on": today, "ends_on": today,
             "subject": "年度计划检查"}  # fmt: skip
    made = inspections.request(campaign, asked, viewer=officer)
    with pytest.raises(Conflict, match="扫码入企"):
        checklist_answers.open_sheet(campaign, made.id, "GM", viewer=officer)
