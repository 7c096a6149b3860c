"""Penalties counted against article 113, and what the files of places lack."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import clock_file, clock_rules, hazards, leaving, penalties, place_gaps, places
from engine.campaign.case_model import Hazard
from engine.campaign.model import Place
from engine.errors import Conflict, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
TODAY = date(2026, 9, 24)


def punish(app: App, viewer: Viewer, *back: int, place: str = "P019") -> None:
    for days in back:
        values = {"decided_on": TODAY - timedelta(days=days), "document": f"罚〔2026〕{days}号", "organ": "fire_rescue"}
        penalties.add(app, place, values, viewer=viewer)


@pytest.mark.parametrize(
    ("back", "counts", "asked"),
    [
        ((0, 100, 179), (3, 3), True),
        ((0, 100, 180), (2, 3), False),
        ((0, 200, 300, 364), (1, 4), True),
        ((0, 200, 300, 365), (1, 3), False),
        ((), (0, 0), False),
    ],
)
def test_the_counts_of_article_113(
    campaign: App, person: Person, back: tuple[int, ...], counts: tuple[int, int], asked: bool
) -> None:
    clerk = person(campaign, "clerk-safety-office")
    punish(campaign, clerk, *back)
    assert penalties.standing(campaign, "P019", viewer=clerk).advice == ""  # no major hazard
    made = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, made.number).is_major = True
    found = penalties.standing(campaign, "P019", viewer=clerk)
    assert (found.in_180_days, found.in_a_year, bool(found.advice)) == (*counts, asked)
    assert found.major_hazards == [made.number] and "一百一十三" in found.clause
    file = places.show(campaign, "P019", viewer=clerk)
    assert (file.penalties_180d, file.penalties_365d) == counts


def test_the_limits_of_article_113_are_those_of_the_clocks(
    campaign: App, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = person(campaign, "clerk-safety-office")
    punish(campaign, clerk, 0, 5)
    made = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    with campaign.transaction() as tx:
        tx.get_one(Hazard, made.number).is_major = True
    assert penalties.standing(campaign, "P019", viewer=clerk).advice == ""
    text = clock_rules.FILE.read_text(encoding="utf-8").replace(
        "{times: 3, within: 180, unit: d}", "{times: 2, within: 5, unit: d}"
    )
    edited = clock_file.read(text)
    monkeypatch.setattr(clock_rules, "clocks", lambda: edited)
    assert penalties.standing(campaign, "P019", viewer=clerk).in_180_days == 1
    assert penalties.standing(campaign, "P019", viewer=clerk).advice == ""
    punish(campaign, clerk, 4)
    assert penalties.standing(campaign, "P019", viewer=clerk).advice.startswith(
        "提请关闭：5 日内 2 次、1 年内 3 次行政处罚"
    )


def test_a_decision_is_written_down_once_and_by_who_may(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    punish(campaign, clerk, 3)
    with pytest.raises(Conflict, match="已经登记过"):
        punish(campaign, clerk, 3)
    assert [row.organ_name for row in penalties.list_penalties(campaign, "P019", viewer=clerk)] == ["区消防救援大队"]
    with pytest.raises(Invalid):
        punish(campaign, clerk, -1)
    with pytest.raises(NotFound):
        punish(campaign, clerk, 1, place="P999")
    with pytest.raises(NotAllowed):
        punish(campaign, person(campaign, "inspector-gh-01"), 1)
    with pytest.raises(NotFound):
        penalties.standing(campaign, "P019", viewer=person(campaign, "owner-e-p020"))


def test_of_a_fine_no_more_is_paid_than_it_was(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    punish(campaign, clerk, 3)
    values = {"decided_on": TODAY, "document": "罚〔2026〕9号", "organ": "fire_rescue", "party": "单位", "fine": 3000}
    fined = penalties.add(campaign, "P019", values, viewer=clerk)
    assert (fined.party, fined.fine, fined.paid) == ("单位", 3000, None)
    [_, plain] = penalties.list_penalties(campaign, "P019", viewer=clerk)
    for id, paid, told in ((fined.id, 3001, "3000"), (plain.id, 0, "没有登记罚款")):
        with pytest.raises(Invalid, match=told):
            penalties.receive(campaign, "P019", id, paid, viewer=clerk)
    with pytest.raises(NotFound):
        penalties.receive(campaign, "P020", fined.id, 1, viewer=clerk)
    assert penalties.receive(campaign, "P019", fined.id, 3000, viewer=clerk).paid == 3000


def test_the_team_follows_the_level_and_the_day() -> None:
    assert place_gaps.template_on(3, date(2023, 12, 31)) is None
    assert len(place_gaps.template_on(1, date(2024, 6, 30)).parts) == 5  # type: ignore[union-attr]
    now = {level: place_gaps.template_on(level, TODAY) for level in (1, 2, 3)}
    assert [len(found.parts) for found in now.values() if found] == [4, 4, 5]
    assert place_gaps.template_on(0, TODAY) is None


def test_empty_slots_and_people_who_left_are_listed(campaign: App, person: Person, root: Viewer) -> None:
    clerk = person(campaign, "clerk-safety-office")
    with campaign.transaction() as tx:
        place = tx.get_one(Place, "P019")
        place.fire_key_level, place.team = 1, [{"part": "街道", "person": "clerk-fire-service-center"}]
    gap = next(row for row in place_gaps.list_gaps(campaign, clerk) if row.place == "P019")
    assert gap.missing == ["行业部门", "消防", "专业人员"] and "58号" in gap.clause
    leaving.leave(campaign, "clerk-fire-service-center", last_day=TODAY, reason="调离", viewer=root)
    gap = next(row for row in place_gaps.list_gaps(campaign, clerk) if row.place == "P019")
    assert "街道（clerk-fire-service-center 已离岗）" in gap.missing
    files = {row.place: row.missing for row in place_gaps.list_gaps(campaign, clerk, kind="file")}
    assert "法定代表人" in files["P019"]
