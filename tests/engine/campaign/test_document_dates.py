"""Dates in the body of a document: never altered, and told when the deadline moved on."""

from datetime import date, timedelta

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, documents, people, stopping
from engine.campaign.document_dates import WrittenDate
from engine.campaign.document_views import DocumentView
from tests.engine.campaign.test_case_rows import NUMBER, run, set_limit
from tests.engine.campaign.test_shown_dates import GROUND, ROOT, open_row

BODY = {"to_name": "桂花社区", "subject": "整改", "facts": "尚未整改"}


@pytest.fixture
def clerk(case: App) -> Viewer:
    return people.viewer(people.show(case, "clerk-safety-office"))


@pytest.fixture
def letter(case: App, clerk: Viewer) -> DocumentView:
    """A letter that names the last day of the fix, taken from its deadline."""
    set_limit(case)
    values = {"type": "工作提醒函", "hazard": NUMBER, "body": BODY}
    made = documents.draft(case, values, viewer=clerk)
    assert made.body["due"] == "2026年9月30日" and made.moved == []
    return made


def moved(app: App, letter: DocumentView, clerk: Viewer) -> list[WrittenDate]:
    """As its page and as the list tell it; the text stays."""
    shown = documents.show(app, letter.id, viewer=clerk)
    [listed] = documents.list_documents(app, clerk, hazard=NUMBER).items
    assert shown.body == letter.body and listed.moved == shown.moved
    return shown.moved


def test_an_extension_and_a_new_limit_are_told_beside_the_text(case: App, clerk: Viewer, letter: DocumentView) -> None:
    run(case, "deadline.extend", type="整改", n=15, unit="d", reason="板材定制", clause="")
    assert moved(case, letter, clerk) == [
        WrittenDate("due", "办结日期", date(2026, 9, 30), date(2026, 10, 15), "板材定制")
    ]
    set_limit(case, n=20, unit="d")
    [told] = moved(case, letter, clerk)
    assert told.due_on == open_row(case, NUMBER, "整改").due_on != date(2026, 10, 15)


def test_a_limit_that_stands_still_is_told_as_none_and_as_another_when_it_runs_on(
    case: App, clerk: Viewer, letter: DocumentView
) -> None:
    row = open_row(case, NUMBER, "整改")
    stopping.suspend(case, row.id, GROUND, viewer=ROOT)
    [told] = moved(case, letter, clerk)
    assert (told.written, told.due_on, told.reason) == (row.due_on, None, GROUND.reason)
    case.clock.now += timedelta(days=5)  # type: ignore[attr-defined]
    again = stopping.resume(case, row.id, GROUND, viewer=ROOT)
    assert [one.due_on for one in moved(case, letter, clerk)] == [again.due_date]


def test_a_date_of_ones_own_and_a_matter_that_is_over_are_not_told(
    case: App, clerk: Viewer, letter: DocumentView
) -> None:
    run(case, "deadline.extend", type="整改", n=15, unit="d", reason="板材定制", clause="")
    later = documents.draft(case, {"type": "工作提醒函", "hazard": NUMBER, "body": BODY}, viewer=clerk)
    assert later.body["due"] == "2026年10月15日" and later.moved == []
    with case.transaction() as tx:
        deadlines.close_in(tx, deadlines.of_hazard(NUMBER), case.clock())
    assert documents.show(case, letter.id, viewer=clerk).moved == []
