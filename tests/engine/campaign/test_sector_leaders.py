"""Who answers for a sector: named by the office, counted, told in notices of the chain, forgotten when gone."""

from collections.abc import Callable

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, sector_leaders
from engine.campaign.model import Person as PersonRow
from engine.campaign.model import Place
from engine.campaign.reminders import _body
from engine.errors import Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
SECTOR = "餐饮"


def test_a_leader_answers_for_a_sector_and_is_named_in_its_notices(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    with campaign.reading() as tx:
        sector = tx.get_one(Place, "P019").sector
    before = {row.sector: row for row in sector_leaders.list_sectors(campaign, clerk)}[sector]
    number = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "串接"}, viewer=clerk).number
    made = sector_leaders.name_leader(campaign, sector, "leader-street", reason="分工", viewer=clerk)
    assert (before.leader, made.leader, made.open) == (None, "leader-street", before.open + 1)
    with campaign.transaction() as tx:
        assert f"分管领导：{made.leader_name}（{sector}）" in _body(tx, campaign, "催办", number)
        tx.get_one(PersonRow, "leader-street").active = False
        assert "分管领导" not in _body(tx, campaign, "催办", number)
    gone = sector_leaders.name_leader(campaign, sector, None, viewer=clerk)
    assert (gone.leader, gone.leader_name) == (None, "")


def test_only_the_office_names_one_and_only_a_leader_of_a_sector_that_is_there(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    with pytest.raises(Invalid, match="街道领导"):
        sector_leaders.name_leader(campaign, SECTOR, "inspector-gh-01", viewer=clerk)
    with pytest.raises(NotFound):
        sector_leaders.name_leader(campaign, "养蜂", "leader-street", viewer=clerk)
    with pytest.raises(NotAllowed):
        sector_leaders.name_leader(campaign, SECTOR, "leader-street", viewer=person(campaign, "inspector-gh-01"))
    owned = sector_leaders.list_sectors(campaign, person(campaign, "inspector-gh-01"))
    assert sum(row.places for row in owned) < 10
