"""A substitute in the campaign: sees the hazard behind a task, is named in its story, has no powers of the absent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.app import App
from engine.bpm import assignment, queries, tasks
from engine.bpm.viewer import Viewer
from engine.campaign import events, hazards, people, substitutes
from engine.errors import NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
FOUND = {"place": "P019", "code": "RF-05", "text": "插线板串接"}
CLERK, OTHER = "clerk-safety-office", "officer-health-bureau"


def test_the_story_names_both_and_the_hazard_is_seen_only_meanwhile(campaign: App, person: Person) -> None:
    clerk, other = person(campaign, CLERK), person(campaign, OTHER)
    number = hazards.register(campaign, FOUND, viewer=clerk).number
    task = queries.tasks(campaign, clerk).items[0]
    now = campaign.clock()
    substitutes.make(
        campaign, by=clerk, person=None, substitute=OTHER, starts_at=now, ends_at=now + timedelta(days=7), reason="年假"
    )
    standing = replace(other, stands_in=substitutes.of(campaign, OTHER, now))
    with pytest.raises(NotFound):
        hazards.show(campaign, number, viewer=other)
    assert hazards.show(campaign, number, viewer=standing).number == number
    tasks.comment(campaign, task["id"], "已电话核实", viewer=standing)
    line = events.list_events(campaign, number, viewer=clerk)[-1]
    names = [people.show(campaign, login).display_name for login in (OTHER, CLERK)]
    assert (line.by, line.text) == (OTHER, f"由 {names[0]} 代 {names[1]} 办理；已电话核实")
    tasks.delegate(campaign, task["id"], viewer=clerk, to=OTHER)
    assignment.hand_over_to_group(campaign, task["id"], viewer=other, group="GH", reason="属地")
    assert [(line.title, line.text) for line in events.list_events(campaign, number, viewer=clerk)[-2:]] == [
        ("转办：核实分级", f"交给 {names[0]}"), ("移交：核实分级", "交给 桂花社区；属地"),
    ]  # fmt: skip


def test_a_power_of_the_absent_person_is_not_the_substitutes(campaign: App, root: Viewer, person: Person) -> None:
    now = campaign.clock()
    substitutes.make(
        campaign, by=root, person=CLERK, substitute="expert-expert-pool", starts_at=now,
        ends_at=now + timedelta(days=7), reason="出差",
    )  # fmt: skip
    standing = replace(
        person(campaign, "expert-expert-pool"), stands_in=substitutes.of(campaign, "expert-expert-pool", now)
    )
    assert [each.person for each in standing.stands_in] == [CLERK]
    with pytest.raises(NotAllowed):
        hazards.register(campaign, FOUND, viewer=standing)
