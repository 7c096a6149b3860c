"""Listed supervision of a whole unit on both databases: from the proposal to the delisting, and what stands against
it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Incident, Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, places, unit_listings
from engine.campaign.case_model import Hazard
from engine.campaign.demo.journey import Journey
from engine.campaign.document_model import Document
from engine.errors import Conflict, NotAllowed, NotFound

LEADER, CLERK, OFFICE, STRANGER = (
    "principal-street", "clerk-safety-office", "clerk-district-committee-office", "officer-market-bureau",
)  # fmt: skip
YES = {
    "unit_listed": True, "listing_level": "区级", "listing_number": "示例挂督〔2026〕1号", "listing_days": 60,
    "listing_supervisor": "张督办", "listing_measures": "拆除违建", "listing_responsible": "李负责",
    "listing_funds": "3 万元", "listing_plan": "停用期间值守", "listing_opinion": "同意",
}  # fmt: skip
DONE = {"govern_outcome": "done", "govern_text": "已治理"}
Who = Callable[[App, str], Viewer]


class Cast:
    """A place with two communities' worth of people around it, on 12 October 2026."""

    def __init__(self, app: App, who: Who) -> None:
        self.app, self.journey = app, Journey(app, local("2026-10-12 09:00"))
        self.who = lambda name: who(app, name)
        app.clock = self.journey.clock

    def propose(self, by: str = LEADER, key: str | None = None, **change: Any) -> unit_listings.UnitListingView:
        values = {"place": "P019", "reason": "多次检查隐患突出", **change}
        return unit_listings.propose(self.app, values, viewer=self.who(by), key=key)

    def do(self, element: str, **values: Any) -> None:
        with self.app.reading() as tx:
            task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
        root = Viewer("root", frozenset(), admin=True)
        tasks.complete(self.app, task, values, viewer=root if element == "govern_unit" else self.who(OFFICE))

    def listed(self) -> None:
        self.propose()
        self.decided()

    def decided(self) -> None:
        self.do("decide_unit_listing", **YES)
        self.do("report_unit_listing", reported_to="市安委办", report_number="示例报〔2026〕1号")
        self.do("publish_unit_listing", publish_place="区政府网站")

    def shown(self) -> unit_listings.UnitListingView:
        return unit_listings.show(self.app, "GP-2026-0001", viewer=self.who(CLERK))

    def flags(self) -> list[str]:
        return places.show(self.app, "P019", viewer=self.who(CLERK)).flags


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def cast(campaign: App, person: Who) -> Cast:
    return Cast(campaign, person)


def test_a_unit_is_listed_checked_and_delisted_and_the_place_says_so_meanwhile(cast: Cast) -> None:
    values = {"number": "YQ-2026-0977", "place": "P019", "code": "RF-03", "text": "气瓶不合格"}
    hazards.register(cast.app, values, viewer=cast.who(CLERK))
    proposed = cast.propose()
    assert (proposed.step, proposed.turn, proposed.due_at) == (
        "决定单位挂牌", "district_committee_office", local("2026-10-20 00:00"),
    )  # fmt: skip
    cast.decided()
    assert cast.shown().state == "挂牌督办中" and cast.shown().ends_at == local("2026-12-12 00:00")
    [listed] = unit_listings.list_listings(cast.app, cast.who(CLERK)).items
    assert (listed.step, listed.turn_name, listed.due_at) == ("单位治理", "青松社区", listed.ends_at)
    assert "挂牌督办" in cast.flags()
    assert "挂牌督办" not in hazards.show(cast.app, "YQ-2026-0977", viewer=cast.who(CLERK)).overlays

    with cast.app.transaction() as tx:
        tx.get_one(Hazard, "YQ-2026-0977").is_major = True
    cast.do("govern_unit", **DONE)
    assert cast.shown().open_hazards == ["YQ-2026-0977"]
    with cast.app.reading() as tx:
        told = tx.scalars(select(Notice.subject).where(Notice.subject.contains("还不能验收"))).first()
    assert told is not None and "YQ-2026-0977" in told
    with cast.app.transaction() as tx:
        tx.get_one(Hazard, "YQ-2026-0977").is_major = False
    cast.do("govern_unit", **DONE)
    cast.do("check_unit", check_passed=True, check_people="张三、李四", check_text="合格")
    cast.journey.wind_to(local("2026-10-26 09:00"))
    cast.do("delist_unit", delist_place="区政府网站")

    shown = cast.shown()
    assert (shown.state, shown.five["plan"], shown.delisted_at, shown.step, shown.turn) == (
        "已摘牌", "停用期间值守", local("2026-10-26 09:00"), "", "",
    )  # fmt: skip
    assert [(step.kind, step.by, step.late) for step in shown.steps] == [
        ("提请", LEADER, False), ("决定", OFFICE, False), ("上报", OFFICE, False), ("公布", OFFICE, False),
        ("验收", OFFICE, False), ("摘牌", OFFICE, True),
    ]  # fmt: skip
    assert "挂牌督办" not in cast.flags()
    with cast.app.reading() as tx:
        assert tx.scalars(select(Incident)).all() == []


def test_the_notice_of_a_listing_is_found_by_those_who_may_read_it(cast: Cast) -> None:
    cast.listed()
    assert cast.shown().document_id is None
    with cast.app.transaction() as tx:
        tx.add(Document(
            id="d1", type="挂牌督办通知书", organ="district", unit="district_committee_office", place="P019",
            title="挂牌督办通知书", body={}, officers=[], state="起草", verify_code="d1", number=YES["listing_number"],
            drafted_at=cast.app.clock(), drafted_by=OFFICE,
        ))  # fmt: skip
    assert cast.shown().document_id is None
    assert unit_listings.show(cast.app, "GP-2026-0001", viewer=cast.who(OFFICE)).document_id == "d1"


def test_an_extension_ends_a_year_after_the_listing_and_comes_in_time(cast: Cast) -> None:
    cast.listed()
    cast.do("govern_unit", govern_outcome="extend", govern_text="设备未到")
    cast.do("decide_unit_extension", unit_extended=True, extension_days=364, extension_opinion="同意")
    assert cast.shown().ends_at == local("2027-10-13 00:00")
    cast.do("govern_unit", govern_outcome="extend", govern_text="再延")
    cast.do("decide_unit_extension", unit_extended=False, extension_opinion="不同意")
    assert [step.text for step in cast.shown().steps[-2:]] == ["延长 364 日：同意", "不延期：不同意"]


def test_one_proposal_at_a_time_by_those_who_may_to_a_body_that_may(cast: Cast) -> None:
    assert cast.propose(key="k").number == cast.propose(key="k").number == "GP-2026-0001"
    with pytest.raises(Conflict, match="GP-2026-0001"):
        cast.propose()
    for change, error in (
        ({"by": CLERK}, NotAllowed), ({"by": STRANGER}, NotFound), ({"place": "P999"}, NotFound),
        ({"organ": "GH"}, NotAllowed), ({"organ": "nobody"}, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            cast.propose(**change)
    assert unit_listings.list_listings(cast.app, cast.who(OFFICE), state="待决定").total == 1
    assert unit_listings.list_listings(cast.app, cast.who(STRANGER)).total == 0
    with pytest.raises(NotFound):
        unit_listings.show(cast.app, "GP-2026-0001", viewer=cast.who(STRANGER))
    cast.do("decide_unit_listing", unit_listed=False, listing_opinion="已经整改")
    assert (cast.shown().state, cast.shown().steps[-1].text) == ("不挂牌", "不挂牌：已经整改")
    assert unit_listings.list_listings(cast.app, cast.who(CLERK), state="不挂牌", place="P019").total == 1
    assert cast.propose().number == "GP-2026-0002"
