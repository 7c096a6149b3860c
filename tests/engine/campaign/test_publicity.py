"""The end of a publicity in a year whose holidays are not published: provisional, counted again with the table."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.app import App
from engine.bpm import rescheduling
from engine.bpm.viewer import Viewer
from engine.calendar import Calendar
from engine.campaign import hazards, publicity
from engine.errors import Conflict
from engine.testing import FakeClock

Person = Callable[[App, str], Viewer]
NUMBER = "YQ-2026-0901"


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


@pytest.fixture
def full(campaign: App) -> Calendar:
    """The calendar with its tables, for an installation that has none yet."""
    found, campaign.calendar = campaign.calendar, Calendar({}, {}, frozenset())
    return found


def begun(app: App, clerk: Viewer) -> publicity.PublicityView:
    hazards.register(app, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    return publicity.begin(app, NUMBER, venue="公示栏", text="拟销号", viewer=clerk)


def shown(app: App, clerk: Viewer) -> publicity.PublicityView:
    return publicity.list_publicities(app, NUMBER, viewer=clerk)[-1]


def test_a_provisional_publicity_ends_later_when_the_table_has_a_holiday(
    campaign: App, full: Calendar, clerk: Viewer
) -> None:
    before = begun(campaign, clerk)
    assert before.provisional and rescheduling.reproject(campaign) == 0
    campaign.calendar = full
    assert rescheduling.reproject(campaign) >= 1
    after = shown(campaign, clerk)
    assert after.ends_at > before.ends_at and not after.provisional
    assert after.trace[-1] == rescheduling.TABLE_ARRIVED
    assert publicity.reproject(campaign, campaign.clock()) == 0


@pytest.mark.parametrize("ended", [True, False])
def test_one_that_ended_or_was_withdrawn_stays_as_it_was_shown(
    campaign: App, full: Calendar, clerk: Viewer, ended: bool
) -> None:
    before = begun(campaign, clerk)
    if ended:
        campaign.clock = FakeClock(before.ends_at + timedelta(seconds=1))
    else:
        publicity.withdraw(campaign, NUMBER, before.id, viewer=clerk)
    campaign.calendar = full
    assert publicity.reproject(campaign, campaign.clock()) == 0
    assert shown(campaign, clerk).ends_at == before.ends_at


def test_an_objection_sent_again_after_the_end_is_answered_and_a_new_one_refused(campaign: App, clerk: Viewer) -> None:
    shown, said = begun(campaign, clerk), {"who": "居民", "text": "还有一间"}
    first = publicity.object_to(campaign, NUMBER, shown.id, **said, viewer=clerk, key="sent twice")
    campaign.clock = FakeClock(shown.ends_at + timedelta(seconds=1))
    again = publicity.object_to(campaign, NUMBER, shown.id, **said, viewer=clerk, key="sent twice")
    assert again.objections == first.objections
    with pytest.raises(Conflict):
        publicity.object_to(campaign, NUMBER, shown.id, **said, viewer=clerk, key="a new one")
