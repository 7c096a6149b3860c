"""A sheet is filed when each item is answered or says why it was left out; from then on it stays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    checklist_answers,
    checklist_filing,
    checklist_proposals,
    checklists,
    inspections,
    places,
    visits,
)
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock
from tests.engine.campaign.test_checklist_answers import CLERK, INSPECTOR, STRANGER, VISIT, photo

Person = Callable[[App, str], Viewer]


@pytest.fixture
def inspector(campaign: App, person: Person) -> Viewer:
    """The inspector of the grid of the shop P045."""
    return person(campaign, INSPECTOR)


@pytest.fixture
def visit(campaign: App, inspector: Viewer) -> int:
    """A patrol of that shop with the checklist of small places."""
    return visits.create(campaign, VISIT, viewer=inspector).id


def save(app: App, visit: int, viewer: Viewer, *answers: dict[str, Any], revision: int = 0) -> Any:
    return checklist_answers.save(app, visit, "JX", answers, revision=revision, viewer=viewer)


def every(answer: str = "na", note: str = "") -> list[dict[str, Any]]:
    return [{"no": number, "answer": answer, "note": note} for number in range(1, 8)]


def test_what_is_not_complete_is_not_filed_and_says_which_items(campaign: App, visit: int, inspector: Viewer) -> None:
    save(campaign, visit, inspector, *every()[1:6])
    with pytest.raises(Conflict, match="第 1、7 项") as refused:
        checklist_filing.file(campaign, visit, "JX", revision=1, viewer=inspector)
    assert [problem["field"] for problem in refused.value.problems] == ["1", "7"]
    [state] = visits.show(campaign, visit, viewer=inspector).sheets
    assert (state.key, state.state, state.missing) == ("JX", "open", 2)


def test_an_item_that_was_left_out_says_why(campaign: App, visit: int, inspector: Viewer) -> None:
    with pytest.raises(Invalid, match="请写明原因"):
        save(campaign, visit, inspector, {"no": 1, "answer": "left", "note": " "})
    save(campaign, visit, inspector, *every("left", "二楼锁闭，未能进入"))
    assert visits.show(campaign, visit, viewer=inspector).sheets[0].state == "complete"
    assert checklist_proposals.list_proposals(campaign, inspector).total == 0
    filed = checklist_filing.file(campaign, visit, "JX", revision=1, viewer=inspector)
    assert (filed.filed_by, filed.missing) == (INSPECTOR, [])


def test_an_item_that_wants_a_photo_has_one_or_says_why(campaign: App, visit: int, inspector: Viewer) -> None:
    save(campaign, visit, inspector, *every("yes"))
    with pytest.raises(Conflict, match="拍照"):
        checklist_filing.file(campaign, visit, "JX", revision=1, viewer=inspector)
    wanting = checklist_answers.list_sheets(campaign, visit, viewer=inspector)[0].photos_missing
    given = [{"no": number, "answer": "yes", "note": "无光线，不能拍照"} for number in wanting[1:]]
    given.append({"no": wanting[0], "answer": "yes", "photos": [photo(campaign, inspector)]})
    save(campaign, visit, inspector, *given, revision=1)
    assert checklist_filing.file(campaign, visit, "JX", revision=2, viewer=inspector).filed_at is not None


def test_a_filed_sheet_stays_and_is_filed_once(campaign: App, visit: int, inspector: Viewer, clock: FakeClock) -> None:
    save(campaign, visit, inspector, *every())
    with pytest.raises(Conflict, match="刚被修改"):
        checklist_filing.file(campaign, visit, "JX", revision=0, viewer=inspector)
    first = checklist_filing.file(campaign, visit, "JX", revision=1, viewer=inspector)
    clock.advance(days=1)
    assert checklist_filing.file(campaign, visit, "JX", revision=1, viewer=inspector) == first
    with pytest.raises(Conflict, match="已经归档"):
        save(campaign, visit, inspector, {"no": 1, "answer": "no"}, revision=1)
    assert visits.show(campaign, visit, viewer=inspector).sheets[0].state == "filed"


def test_two_at_once_file_it_once_and_who_was_not_there_does_not(
    campaign: App, visit: int, inspector: Viewer, person: Person
) -> None:
    save(campaign, visit, inspector, *every())
    with pytest.raises(NotFound):
        checklist_filing.file(campaign, visit, "JX", revision=1, viewer=person(campaign, STRANGER))
    with pytest.raises(NotAllowed):
        checklist_filing.file(campaign, visit, "JX", revision=1, viewer=person(campaign, CLERK))
    with pytest.raises(NotFound):
        checklist_filing.file(campaign, visit, "GM", revision=1, viewer=inspector)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(
            lambda _: checklist_filing.file(campaign, visit, "JX", revision=1, viewer=inspector), range(3)
        ))  # fmt: skip
    assert len({sheet.filed_at for sheet in done}) == 1


def test_the_record_of_an_inspection_waits_for_its_checklists(campaign: App, person: Person) -> None:
    officers = ["officer-emergency-bureau", "officer-emergency-bureau-2"]
    officer, today = person(campaign, officers[0]), date(2026, 9, 24)
    asked = {"place": "P001", "kind": "行政检查（个案）", "cause": "举报", "officers": officers, "starts_on": today,
             "ends_on": today, "subject": "举报核查"}  # fmt: skip
    made = inspections.request(campaign, asked, viewer=officer)
    inspections.approve(campaign, made.id, viewer=person(campaign, "head-emergency-bureau"))
    code = places.entry_code(campaign, "P001", viewer=person(campaign, CLERK))
    inspections.check_in(campaign, made.id, code=code, lat=34.6, lon=119.2, viewer=officer)
    sheet = checklist_answers.open_sheet(campaign, made.id, "GM", viewer=officer)
    record = {"result": "未发现问题", "findings": [{"text": "现场整洁"}], "rights_told": True, "signer": "示例甲"}
    with pytest.raises(Conflict, match="没有填完"):
        inspections.record(campaign, made.id, record, viewer=officer)
    answers = [{"no": item.no, "answer": "na"} for item in sheet.items]
    checklist_answers.save(campaign, made.id, "GM", answers, revision=0, viewer=officer)
    filed = inspections.record(campaign, made.id, record, viewer=officer)
    assert filed.record_no and [one.state for one in filed.sheets] == ["filed"]


KEYS = count(1)
CODES = st.sampled_from(["RF-01", "RF-04", "RF-05", "RF-07"])
ITEMS = st.lists(CODES, min_size=1, max_size=5)
SAID = st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["yes", "no", "na", "left"])), max_size=10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ITEMS, min_size=1, max_size=3), st.integers(0, 40), SAID)
def test_each_no_proposes_its_code_by_the_version_of_the_day_however_often_it_is_sent(
    campaign: App, person: Person, versions: list[list[str]], day: int, said: list[tuple[int, str]]
) -> None:
    """Random versions, a random day, random answers: the proposals are exactly the last answers "no"."""
    clerk, inspector, first = person(campaign, CLERK), person(campaign, INSPECTOR), date(2026, 8, 1)
    key = f"ZY-{next(KEYS)}"  # the versions of a checklist are counted on, so each example has its own
    for number, codes in enumerate(versions):
        new = {"key": key, "name": "专用清单", "reason": "新版", "valid_from": first + timedelta(days=15 * number),
               "items": [{"question": f"第 {no} 项", "code": code} for no, code in enumerate(codes, 1)]}  # fmt: skip
        checklists.create(campaign, new | ({"based_on": number} if number else {}), viewer=clerk)
    at = campaign.clock().replace(month=8, day=1) + timedelta(days=day)
    visit = visits.create(campaign, {**VISIT, "at": at, "checklists": [key]}, viewer=inspector).id
    [sheet] = checklist_answers.list_sheets(campaign, visit, viewer=inspector)
    local = at.astimezone(campaign.zone).date()
    in_force = max(number for number in range(len(versions)) if first + timedelta(days=15 * number) <= local)
    assert (sheet.version, [item.code for item in sheet.items]) == (in_force + 1, versions[in_force])

    last: dict[int, str] = {}
    for no, answer in said:
        if no <= len(versions[in_force]):
            last[no] = answer
            for _ in range(2):  # the phone sends again what it did not hear about
                given_answer = {"no": no, "answer": answer, "note": "原因"}
                sheet = checklist_answers.save(
                    campaign, visit, key, [given_answer], revision=sheet.revision, viewer=inspector
                )
    found = checklist_proposals.list_proposals(campaign, inspector, visit=visit, size=200).items
    assert {(one.no, one.code, one.version) for one in found} == {
        (no, versions[in_force][no - 1], in_force + 1) for no, answer in last.items() if answer == "no"
    }
    assert len(found) == sum(answer == "no" for answer in last.values())
    assert sheet.missing == [no for no in range(1, len(versions[in_force]) + 1) if no not in last]
