"""Registering a hazard: row and process together, numbers without gaps, clear refusals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.app import App
from engine.bpm import queries
from engine.bpm.model import Instance
from engine.bpm.viewer import Viewer
from engine.campaign import hazards
from engine.campaign.case_model import Hazard
from engine.errors import Conflict, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
CLERK, INSPECTOR = "clerk-safety-office", "inspector-qs-02"
GIVEN: dict[str, Any] = {
    "place": "P019",
    "code": "RF-05",
    "text": "后厨插线板串接",
    "duplicate_reason": "另一处插线板",  # most tests register it more than once
}


def test_a_registered_hazard_waits_to_be_classified(campaign: App, person: Person) -> None:
    shown = hazards.register(campaign, GIVEN, viewer=person(campaign, INSPECTOR))

    assert (shown.number, shown.stage, shown.lamp, shown.community) == ("YQ-2026-0901", "核实分级", "green", "QS")
    assert shown.finder_name == "网格员-QS02-甲"
    tasks = queries.tasks(campaign, person(campaign, CLERK)).items
    assert [(task["element"], task["business_key"]) for task in tasks] == [("classify", "YQ-2026-0901")]


def test_the_process_starts_with_the_facts_of_place_and_code(campaign: App, person: Person) -> None:
    shown = hazards.register(campaign, {**GIVEN, "fixable_now": True}, viewer=person(campaign, INSPECTOR))

    with campaign.reading() as tx:
        variables = tx.scalars(select(Instance.variables).where(Instance.id == shown.instance_id)).one()
    wanted = {
        "hazard": "YQ-2026-0901",
        "code_group": "RF",
        "place_kind": "餐饮",
        "grid": "QS-02",
        "fixable_now": True,
        "immediate_danger": False,
        "repeats": 0,
        "default_n": 7,
        "default_unit": "d",
        "default_level": "一般",
    }
    assert {name: variables[name] for name in wanted} == wanted


def test_numbers_run_without_gaps_and_start_anew_each_month(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    october = campaign.clock() + timedelta(days=14)

    first, second = (hazards.register(campaign, GIVEN, viewer=clerk).number for _ in range(2))
    campaign.clock.now = october  # type: ignore[attr-defined]
    third = hazards.register(campaign, GIVEN, viewer=clerk).number

    assert [first, second, third] == ["YQ-2026-0901", "YQ-2026-0902", "YQ-2026-1001"]


def test_a_refused_registration_gives_its_number_back(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)

    with pytest.raises(Invalid):
        hazards.register(campaign, {**GIVEN, "photos": ["missing"]}, viewer=clerk)

    assert hazards.register(campaign, GIVEN, viewer=clerk).number == "YQ-2026-0901"
    with campaign.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Instance)) == 1


def test_a_number_of_the_paper_ledger_is_kept_and_the_series_goes_on_behind_it(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)

    assert hazards.register(campaign, {**GIVEN, "number": "YQ-2026-0917"}, viewer=clerk).number == "YQ-2026-0917"
    assert hazards.register(campaign, GIVEN, viewer=clerk).number == "YQ-2026-0918"
    with pytest.raises(Conflict):
        hazards.register(campaign, {**GIVEN, "number": "YQ-2026-0917"}, viewer=clerk)


def test_many_people_registering_at_once_get_numbers_without_gaps(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    with ThreadPoolExecutor(max_workers=4) as people:
        given = list(people.map(lambda _: hazards.register(campaign, GIVEN, viewer=clerk).number, range(12)))

    assert sorted(given) == [f"YQ-2026-09{n:02d}" for n in range(1, 13)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "  "}, "text"),
        ({"code": "RF-99"}, "code"),
        ({"source": "听说"}, "source"),
        ({"number": "0908"}, "number"),
        ({"number": "YQ-2026-1301"}, "number"),
        ({"number": "YQ-2026-0900"}, "number"),
        ({"photos": ["nothing"]}, "photos"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_leaves_nothing(
    campaign: App, person: Person, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        hazards.register(campaign, {**GIVEN, **change}, viewer=person(campaign, CLERK))

    assert [problem["field"] for problem in refusal.value.problems] == [field]
    with campaign.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Hazard)) == 0


def test_a_hazard_cannot_be_found_in_the_future(campaign: App, person: Person) -> None:
    later = campaign.clock() + timedelta(minutes=1)

    with pytest.raises(Invalid):
        hazards.register(campaign, {**GIVEN, "found_at": later}, viewer=person(campaign, CLERK))


def test_an_inspector_cannot_register_for_another_grid(campaign: App, person: Person) -> None:
    with pytest.raises(NotFound):
        hazards.register(campaign, GIVEN, viewer=person(campaign, "inspector-gh-01"))


def test_who_has_no_role_for_it_cannot_register(campaign: App, person: Person) -> None:
    with pytest.raises(NotAllowed) as refusal:
        hazards.register(campaign, GIVEN, viewer=person(campaign, "discipline-discipline-office"))

    assert "登记隐患" in refusal.value.message


def test_an_owner_reports_a_hazard_of_its_own_place_but_of_no_other(campaign: App, person: Person) -> None:
    owner = person(campaign, "owner-e-p020")

    shown = hazards.register(
        campaign, {"place": "P020", "code": "RF-05", "text": "插座松动", "source": "企业自查"}, viewer=owner
    )
    assert shown.source == "企业自查"
    with pytest.raises(NotFound):
        hazards.register(campaign, GIVEN, viewer=owner)


def test_the_third_hazard_of_a_kind_at_a_place_within_a_year_knows_it(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    for _ in range(2):
        hazards.register(campaign, GIVEN, viewer=clerk)
        campaign.clock.advance(days=1)  # type: ignore[attr-defined]

    assert hazards.register(campaign, GIVEN, viewer=clerk).repeats == 2
    assert hazards.register(campaign, {**GIVEN, "code": "RF-04"}, viewer=clerk).repeats == 0
