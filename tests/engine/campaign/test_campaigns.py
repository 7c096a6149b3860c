"""Campaigns: places frozen at the start, progress counted from the records, figures frozen at the end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import campaign_lists, campaign_scope, campaigns, duty_creation, hazards, places, visits
from engine.campaign.case_model import Hazard
from engine.campaign.duty_model import Duty
from engine.errors import Conflict, EngineError, Invalid, NotAllowed, NotFound

Person = Callable[[App, str], Viewer]
GIVEN: dict[str, Any] = {
    "title": "集贸市场夜查", "starts_on": date(2026, 9, 20), "ends_on": date(2026, 10, 20), "source": "superior",
    "source_text": "区安委办〔2026〕12号", "filter": {"communities": ["GH"]}, "support_units": ["fire_rescue"],
}  # fmt: skip
CLERK = "clerk-safety-office"


def opened(app: App, person: Person, **more: Any) -> str:
    return campaigns.create(app, {**GIVEN, **more}, viewer=person(app, CLERK)).number


def sums(app: App, number: str, viewer: Viewer) -> dict[str, str]:
    return {figure.key: figure.shown for figure in campaigns.show(app, number, viewer=viewer).figures}


def test_places_are_frozen_and_progress_is_counted(campaign: App, person: Person, root: Viewer) -> None:
    clerk, inspector = person(campaign, CLERK), person(campaign, "inspector-gh-01")
    number = opened(campaign, person)
    assert number == "ZX-2026-001"
    before = campaigns.start(campaign, number, viewer=clerk)
    later = places.create(
        campaign, {"name": "新店", "kind": "餐饮", "place_kind": "九小", "grid": "GH-01"}, viewer=inspector
    )
    first = campaign_lists.list_places(campaign, number, inspector).items[0].place
    visits.create(campaign, {"place": first, "kind": "夜查", "result": "发现隐患"}, viewer=inspector)
    visits.create(campaign, {"place": first, "kind": "夜查", "result": "未发现问题"}, viewer=inspector)
    visits.create(campaign, {"place": later.id, "kind": "夜查", "result": "未发现问题"}, viewer=inspector)
    found = hazards.register(campaign, {"place": first, "code": "RF-05", "text": "私拉电线"}, viewer=inspector)
    hazards.register(campaign, {"place": later.id, "code": "RF-05", "text": "私拉电线"}, viewer=inspector)
    with campaign.transaction() as tx:
        row = tx.get_one(Hazard, found.number)
        row.is_major = True
        row.closed_at = campaign.clock()  # what closing asks for is tested elsewhere
    n = before.places
    assert sums(campaign, number, clerk) == {
        "checked": f"1/{n}（{100 / n:.1f}%）", "visits": "2 家次", "closed": "1/1（100.0%）", "major": "1/1（100.0%）",
        "overdue": "0 项",
    }  # fmt: skip
    assert campaign_lists.list_places(campaign, number, clerk, unchecked=True).total == n - 1
    assert [row.number for row in campaign_lists.list_hazards(campaign, number, clerk).items] == [found.number]
    outside = hazards.register(campaign, {"place": later.id, "code": "RF-04", "text": "灭火器失效"}, viewer=inspector)
    for one, counted in ((found, [number]), (outside, [])):
        assert [row.number for row in campaigns.list_campaigns(campaign, clerk, hazard=one.number).items] == counted
    elsewhere = person(campaign, "inspector-xq-01")
    assert campaigns.list_campaigns(campaign, elsewhere, hazard=found.number).total == 0


def test_what_lies_outside_can_be_counted_in_once(campaign: App, person: Person, root: Viewer) -> None:
    clerk, other = person(campaign, CLERK), person(campaign, "inspector-xq-01")
    number = opened(campaign, person, codes=["RF"])
    place = places.list_places(campaign, other).items[0].id
    visit = visits.create(campaign, {"place": place, "kind": "网格巡查", "result": "发现隐患"}, viewer=other)
    hazard = hazards.register(campaign, {"place": place, "code": "BM-01", "text": "无台账"}, viewer=other)
    with pytest.raises(Conflict):
        campaigns.count_in(campaign, number, hazards=[hazard.number], viewer=clerk)
    campaigns.start(campaign, number, viewer=clerk)
    for _ in range(2):
        campaigns.count_in(campaign, number, hazards=[hazard.number], visits_too=[visit.id], viewer=clerk)
    assert sums(campaign, number, clerk)["closed"] == "0/1（0.0%）"
    assert sums(campaign, number, clerk)["visits"] == "1 家次"
    with pytest.raises(NotFound):
        campaigns.count_in(campaign, number, hazards=["YQ-2026-9999"], viewer=clerk)


def test_a_closed_campaign_keeps_its_figures(campaign: App, person: Person, root: Viewer) -> None:
    clerk, inspector = person(campaign, CLERK), person(campaign, "inspector-gh-01")
    number = opened(campaign, person)
    campaigns.start(campaign, number, viewer=clerk)
    before = sums(campaign, number, clerk)
    ended = campaigns.close(campaign, number, summary="基本查清，转入常态。", viewer=clerk)
    assert (ended.state, ended.closed_by) == ("closed", CLERK)
    place = campaign_lists.list_places(campaign, number, inspector).items[0].place
    hazards.register(campaign, {"place": place, "code": "RF-05", "text": "私拉电线"}, viewer=inspector)
    assert sums(campaign, number, clerk) == before
    for act in (campaigns.start, lambda *given, **who: campaigns.close(*given, summary="再来一次", **who)):
        with pytest.raises(Conflict):
            act(campaign, number, viewer=clerk)
    with pytest.raises(Conflict):
        campaigns.change(campaign, number, {"title": "改名"}, viewer=clerk)


def test_a_campaign_with_a_cadence_gives_its_lead_unit_duties_until_it_ends(campaign: App, person: Person) -> None:
    def owed() -> list[tuple[str, str]]:
        with campaign.reading() as tx:
            rows = select(Duty.kind, Duty.period).where(Duty.subject == number, Duty.unit == "safety_office")
            return [(kind, period) for kind, period in tx.execute(rows.order_by(Duty.kind, Duty.period))]

    clerk = person(campaign, CLERK)
    number = opened(campaign, person, cadence=["week"])
    while duty_creation.create_ahead(campaign):
        pass
    assert owed() == [], "it has not started"
    campaigns.start(campaign, number, viewer=clerk)
    assert campaigns.change(campaign, number, {"cadence": ["week", "month"]}, viewer=clerk).cadence == ["week", "month"]
    campaign.clock.advance(days=1)  # type: ignore[attr-defined]
    while duty_creation.create_ahead(campaign):
        pass
    made = owed()
    assert {kind for kind, _ in made} == {"campaign_week", "campaign_month"}
    campaigns.close(campaign, number, summary="基本查清，转入常态。", viewer=clerk)
    assert len(owed()) < len(made), "what has not begun is dropped"


def test_who_sees_and_who_may(campaign: App, person: Person, root: Viewer) -> None:
    number = opened(campaign, person)
    gh, xq = person(campaign, "secretary-gh"), person(campaign, "secretary-xq")
    for stranger in (gh, xq, person(campaign, "officer-police-station")):  # a draft is the office's
        with pytest.raises(NotFound):
            campaigns.show(campaign, number, viewer=stranger)
    assert campaigns.show(campaign, number, viewer=person(campaign, "officer-fire-rescue")).number == number
    campaigns.start(campaign, number, viewer=person(campaign, CLERK))
    assert {row.community for row in campaigns.show(campaign, number, viewer=gh).rows} == {"GH"}
    with pytest.raises(NotFound):
        campaigns.show(campaign, number, viewer=xq)
    with pytest.raises(NotAllowed):
        campaigns.create(campaign, GIVEN, viewer=gh)
    with pytest.raises(NotAllowed):
        campaigns.close(campaign, number, summary="不归我办", viewer=person(campaign, "clerk-fire-service-center"))
    with pytest.raises(Conflict):
        campaigns.change(campaign, number, {"filter": {}}, viewer=person(campaign, CLERK))
    changed = campaigns.change(campaign, number, {"ends_on": date(2026, 11, 1)}, viewer=person(campaign, CLERK))
    assert changed.ends_on == date(2026, 11, 1)


def test_a_template_proposes_what_is_left_out(campaign: App, person: Person) -> None:
    given = {"template": "fire_elsewhere", "starts_on": date(2026, 9, 24), "source_text": "某地商铺火灾"}
    made = campaigns.create(campaign, given, viewer=person(campaign, CLERK))
    assert (made.source, made.ends_on, made.title) == ("incident", date(2026, 10, 23), "异地火灾事故举一反三排查")
    assert "RF-01" in made.codes and made.filter == {"place_kinds": ["九小", "多业态", "人员密集"]}
    for row in campaign_scope.templates():
        with campaign.reading() as tx:
            assert campaign_scope.covered(tx, "street", row["filter"]), row["key"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": date(2026, 9, 1)}, {"ends_on": date(2036, 9, 1)}, {"source": "rumour"}, {"source_text": " "},
        {"source": "plan_task"}, {"source": "plan_task", "plan_task": 99}, {"template": "none"},
        {"filter": {"owner": ["x"]}}, {"title": ""}, {"cadence": ["hour"]},
    ],
)  # fmt: skip
def test_bad_campaigns_are_refused(campaign: App, person: Person, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        campaigns.create(campaign, {**GIVEN, **wrong}, viewer=person(campaign, CLERK))


def test_an_empty_scope_does_not_start_and_two_at_once_start_once(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    empty = opened(campaign, person, filter={"tags": ["涉氨"], "communities": ["GH"], "kinds": ["写字楼"]})
    with pytest.raises(Conflict, match="没有场所"):
        campaigns.start(campaign, empty, viewer=clerk)
    number = opened(campaign, person)

    def start() -> bool:
        try:
            campaigns.start(campaign, number, viewer=clerk)
        except EngineError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: start(), range(4))) == [False, False, False, True]


def test_the_same_request_twice_opens_one(campaign: App, person: Person) -> None:
    clerk = person(campaign, CLERK)
    made = [campaigns.create(campaign, GIVEN, viewer=clerk, key="k1").number for _ in range(2)]
    assert made[0] == made[1]
    assert campaigns.list_campaigns(campaign, clerk).total == 1
    assert campaigns.list_campaigns(campaign, clerk, unit="fire_rescue", state="draft").total == 1
