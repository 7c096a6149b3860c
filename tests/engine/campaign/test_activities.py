"""Meetings whose decisions become duties, and activities whose numbers the reports add up."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import activities, duties, duty_creation, hazards, leaving, places, snapshots
from engine.campaign.duty_model import Duty
from engine.campaign.duty_proof import proof_of
from engine.campaign.model import Place
from engine.errors import Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"
MEETING: dict[str, Any] = {
    "kind": "three_party", "title": "液化气违规储存会商", "people": 9,
    "units": ["emergency_bureau", "urban_management"],
    "decisions": [
        {"text": "三日内清空违规气瓶", "unit": "urban_management", "due_on": date(2026, 9, 27)},
        {"text": "复查并报安委办", "unit": "safety_office", "due_on": date(2026, 9, 30)},
    ],
}  # fmt: skip


def test_a_decision_becomes_a_duty_of_its_owner(campaign: App, person: Person) -> None:
    made = activities.create(campaign, MEETING, viewer=person(campaign, CLERK))
    assert (made.number, made.kind_name) == ("HD-2026-001", "三方会商")
    assert [(row.unit, row.state_name) for row in made.decisions] == [
        ("urban_management", "待履职"), ("safety_office", "待履职"),
    ]  # fmt: skip
    owner = person(campaign, "officer-urban-management")
    duty = duties.show(campaign, made.decisions[0].duty or 0, viewer=owner)
    assert duty.due_at == datetime(2026, 9, 27, 16, tzinfo=UTC) and "清空违规气瓶" in duty.title
    while duty_creation.begin_next(campaign):
        pass
    duties.give_evidence(campaign, duty.id, note="已清空，现场封存", files=[], viewer=owner)
    shown = activities.show(campaign, made.number, viewer=owner)
    assert [row.state for row in shown.decisions] == ["submitted", "open"]


def test_who_sees_an_activity(campaign: App, person: Person) -> None:
    number = activities.create(campaign, MEETING, viewer=person(campaign, CLERK)).number
    for name in ("leader-street", "officer-emergency-bureau", "officer-urban-management"):
        assert activities.show(campaign, number, viewer=person(campaign, name)).number == number
    for name in ("officer-police-station", "secretary-gh", "officer-housing-bureau"):
        with pytest.raises(NotFound):
            activities.show(campaign, number, viewer=person(campaign, name))
        assert activities.list_activities(campaign, person(campaign, name)).total == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "party"}, {"units": ["emergency_bureau"]}, {"kind": "training"}, {"plan_task": 99},
        {"held_at": datetime(2026, 9, 25, tzinfo=UTC)},
        {"decisions": [{"text": "昨天办完", "unit": "safety_office", "due_on": date(2026, 9, 23)}]},
    ],
)  # fmt: skip
def test_bad_activities_are_refused(campaign: App, person: Person, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        activities.create(campaign, {**MEETING, **wrong}, viewer=person(campaign, CLERK))


def test_nobody_writes_about_what_is_not_theirs(campaign: App, person: Person) -> None:
    inspector, other = person(campaign, "inspector-gh-01"), person(campaign, "inspector-xq-01")
    place = places.list_places(campaign, inspector).items[0].id
    hazard = hazards.register(campaign, {"place": place, "code": "RF-05", "text": "私拉电线"}, viewer=inspector)
    lecture = {"kind": "lecture", "title": "用电安全", "people": 30}
    for about in ({"place": place}, {"hazard": hazard.number}, {"campaign": "ZX-2026-001"}, {"units": ["nobody"]}):
        with pytest.raises(NotFound):
            activities.create(campaign, {**lecture, **about}, viewer=other)
    with pytest.raises(NotAllowed):
        activities.create(campaign, {**lecture, "unit": "street"}, viewer=inspector)
    made = activities.create(campaign, {**lecture, "hazard": hazard.number}, viewer=inspector)
    assert (made.place, made.community) == (place, "GH")


def test_a_drill_proves_the_duty_and_the_reports_add_people_up(campaign: App, person: Person) -> None:
    inspector = person(campaign, "inspector-gh-01")
    place = places.list_places(campaign, inspector).items[0].id
    drill = {"kind": "drill", "title": "疏散演练", "place": place, "people": 40, "enterprises": 1}
    for key in ("a", "a", "b"):
        activities.create(campaign, drill, viewer=inspector, key=key)
    month = snapshots.report(campaign, "monthly", person(campaign, CLERK))
    rows = next(one["rows"] for one in month["tables"] if one["key"] == "activities")
    assert rows == [["演练", 2, 2, 80, 0]]
    mine = snapshots.report(campaign, "monthly", person(campaign, "secretary-gh"))
    assert next(one["rows"] for one in mine["tables"] if one["key"] == "activities") == rows
    with campaign.transaction() as tx:
        due = Duty(
            kind="drill", subject=place, subject_name="…", period="2026", title="疏散逃生演练", unit="GH-01",
            starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), begin_at=campaign.clock(), due_at=campaign.clock(),
            office="fire_service_center", place=place, state="open", rule_version="1", created_at=campaign.clock(),
        )  # fmt: skip
        assert "疏散演练" in proof_of(tx, due, campaign.clock(), campaign.zone)
        due.place = "P001" if place != "P001" else "P002"
        assert proof_of(tx, due, campaign.clock(), campaign.zone) == ""


def test_the_team_of_a_key_unit_proves_its_duty_by_the_template_in_force(campaign: App, root: Viewer) -> None:
    lead = [
        {"part": "行业部门", "person": "officer-fire-rescue"},
        {"part": "街道", "person": "clerk-fire-service-center"},
    ]
    four = [
        *lead,
        {"part": "消防", "person": "officer-fire-rescue-2"},
        {"part": "专业人员", "person": "expert-expert-pool"},
    ]
    five = [*four, {"part": "派出所民警", "person": "officer-fire-rescue"}]
    with campaign.transaction() as tx:
        now, zone = campaign.clock(), campaign.zone
        place = tx.get_one(Place, "P019")
        due = Duty(
            kind="five_team", subject="P019", subject_name="…", period="2026-Q3", title="五包一核对", unit="GH",
            starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30), begin_at=now, due_at=now, place="P019",
            office="safety_committee_office", state="open", rule_version="1", created_at=now,
        )  # fmt: skip
        for level, team, proven in ((1, four, "4 个齐全"), (3, four, ""), (3, five, "5 个齐全"), (1, lead * 3, "")):
            place.fire_key_level, place.team = level, team
            tx.flush()
            proof = proof_of(tx, due, now, zone)
            assert (proven in proof) and bool(proof) == bool(proven), (level, team)
        place.fire_key_level, place.team = 1, four
        tx.flush()
    leaving.leave(campaign, "clerk-fire-service-center", last_day=date(2026, 9, 24), reason="调离", viewer=root)
    with campaign.reading() as tx:
        assert proof_of(tx, due, now, zone) == ""
