"""Named reporters are told whether a case was filed on a lead for the market supervision, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, filing_news, people, started_clocks, stopping
from engine.campaign.case_model import Deadline
from engine.campaign.document_model import Document
from engine.campaign.report_model import CitizenReport
from engine.errors import Conflict, Invalid
from engine.testing import FakeClock
from tests.engine.campaign.test_citizen_reports import accepted, do, number
from tests.engine.campaign.test_shown_dates import GROUND

__all__ = ["number"]
OFFICER, TOLD = "officer-market-bureau", {"reply_text": "您反映的情况属实，已经立案调查。", "reply_way": "查询码"}
ROOT = Viewer("root", admin=True)


def states(app: App) -> list[tuple[str, str]]:
    with app.reading() as tx:
        rows = tx.scalars(select(Deadline).where(Deadline.clock == filing_news.CLOCK).order_by(Deadline.id))
        return [(str(row.due_on), row.state) for row in rows]


def filed(
    app: App, hazard: str, organ: str = "market_bureau", id: str = "", times: int = 2, **change: datetime
) -> None:
    id = id or organ
    with app.transaction() as tx:
        row = tx.get(Document, id) or Document(
            id=id, type=filing_news.FILING, organ=organ, unit=organ, hazard=hazard, title="立", body={}, officers=[],
            state="已批准", number=id, verify_code=id, drafted_at=app.clock(), drafted_by=OFFICER,
        )  # fmt: skip
        row.approved_at, row.voided_at = app.clock(), change.get("voided_at")
        tx.add(row)
        for _ in range(times):
            started_clocks.follow(tx, app, id, app.clock())


def followed(app: App, report: str) -> None:
    with app.transaction() as tx:
        filing_news.follow(tx, app, tx.get_one(CitizenReport, report), app.clock())


@pytest.mark.parametrize("named", [True, False])
def test_the_filing_starts_it_and_the_answer_ends_it(campaign: App, clock: FakeClock, number: str, named: bool) -> None:
    with campaign.transaction() as tx:
        tx.get_one(CitizenReport, number).anonymous = not named
    accepted(campaign, "特种设备")
    values = {"outcome": "substantiated", "place": "P020", "code": "RF-01", "hazard_text": "电梯未检验"}
    do(campaign, "verify", OFFICER, **values)
    with campaign.reading() as tx:
        hazard = str(tx.get_one(CitizenReport, number).hazard)
    filed(campaign, hazard, "fire_rescue")
    assert states(campaign) == [], "another organ's case"
    filed(campaign, hazard, times=0)
    with ThreadPoolExecutor(2) as pool:  # two at once
        list(pool.map(lambda _: followed(campaign, number), range(2)))
    assert states(campaign) == ([("2026-10-19", "open")] if named else [])
    if not named:
        return
    clock.now += timedelta(days=1)
    filed(campaign, hazard, id="second")
    assert states(campaign) == [("2026-10-19", "open")], "the first counts"
    filed(campaign, hazard, voided_at=campaign.clock())
    assert states(campaign) == [("2026-10-19", "replaced"), ("2026-10-20", "open")]
    filed(campaign, hazard, id="second", voided_at=campaign.clock())
    filed(campaign, hazard)
    assert [state for _, state in states(campaign)] == ["replaced", "void", "open"]
    do(campaign, "material", OFFICER, material_text="经现场核查，电梯未经检验属实。", measures_needed=True)
    do(campaign, "sign_material", "head-market-bureau", signed=True, sign_opinion="同意")
    do(campaign, "answer", OFFICER, **TOLD)
    filed(campaign, hazard)
    assert [state for _, state in states(campaign)] == ["replaced", "void", "met"]


def test_that_nothing_was_found_is_told_too(campaign: App, clock: FakeClock, number: str) -> None:
    accepted(campaign, "产品质量")
    head = people.viewer(people.show(campaign, "head-market-bureau"))

    def put_off(day: date) -> None:  # T47: 15 working days more, once, by the head
        with campaign.reading() as tx:
            running = deadlines.open_one(tx, deadlines.of_report(number), deadlines.VERIFY)
        assert running is not None and str(running.due_on) in ("2026-11-02", "2026-11-20")
        stopping.replace(campaign, running.id, day, GROUND, viewer=head)

    with pytest.raises(Invalid, match=r"最多延长 15 个工作日.*最迟 2026-11-23"):
        put_off(date(2026, 11, 24))
    put_off(date(2026, 11, 20))
    with pytest.raises(Conflict, match="只能延期 1 次"):
        put_off(date(2026, 11, 23))
    do(campaign, "verify", OFFICER, outcome="unfounded", unfounded_reason="没有发现")
    assert states(campaign) == [("2026-10-19", "open")]
    with campaign.reading() as tx:
        row = deadlines.open_one(tx, deadlines.of_report(number), filing_news.TELL)
    assert row is not None and row.duty_unit == "market_bureau" and "第三十一条" in "".join(row.trace)
