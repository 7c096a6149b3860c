"""Listed supervision against real registers on both databases: the sample's major hazard is listed and taken off."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Incident, Task
from engine.bpm.viewer import Viewer
from engine.campaign import clearances, dossiers, overlays, publicity
from engine.campaign.case_model import Assignment, Deadline
from engine.campaign.demo.journey import Journey, Step
from engine.campaign.demo.load import DEMO_NOW

NUMBER, DISTRICT, HOLDER = "YQ-2026-0908", "clerk-district-committee-office", "owner-e-p020"
DECISION = {
    "listing_accepted": True, "listing_level": "区级", "listing_days": 90, "listing_supervisor": "某副主任",
    "next_report_on": "2026-10-26", "listing_opinion": "风险突出",
}  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


def overlay(app: App) -> set[str]:
    with app.reading() as tx:
        return {
            name
            for name in overlays.of(tx, [NUMBER], app.clock(), Viewer("root", admin=True))[NUMBER]
            if name.startswith("挂牌")
        }


def open_steps(app: App) -> set[str]:
    with app.reading() as tx:
        return set(tx.scalars(select(Task.element).where(Task.status == "open")))


def test_a_major_hazard_is_listed_and_taken_off_by_its_records(loaded: App, root: Viewer) -> None:
    app = loaded
    journey = Journey(app, DEMO_NOW)
    app.clock = journey.clock

    def drive(when: str, do: str, by: str, **values: Any) -> None:
        journey.drive([Step(at(when), NUMBER, do, by, values)])

    assert overlay(app) == {"挂牌提请中"}
    drive("2026-10-14 09:00", "decide_listing", DISTRICT, **DECISION)
    assert overlay(app) == {"挂牌督办"}
    with app.reading() as tx:
        limits = select(Deadline.kind, Deadline.clock).where(Deadline.hazard == NUMBER, Deadline.state == "open")
        found = {row.kind: row.clock for row in tx.execute(limits)}
    assert (found["挂牌公布"], found["挂牌上报"]) == ("T10", "T11") and "挂牌督办" in found

    drive("2026-10-14 10:00", "publish_listing", DISTRICT, published_on="2026-10-14", published_place="区政府网站")
    drive("2026-10-14 10:10", "report_listing", DISTRICT, listing_reported_to="市安委办", listing_report_no="3号")
    done = {"govern_outcome": "done", "govern_note": "治理完成", "holder_stopped": False}
    drive("2026-10-14 10:20", "govern", HOLDER, **done)
    assert "govern" in open_steps(app)  # no assessment since the listing

    with app.transaction() as tx:
        hazard = clearances.seen(tx, NUMBER, root)
        unit = clearances.units.require(tx, "safety_office")
        clearances.write_in(tx, app, hazard, clearances.EXPERT, passed=True, text="合格", unit=unit, power="第十八条",
                            by="root", now=app.clock())  # fmt: skip
    drive("2026-10-14 10:30", "govern", HOLDER, **done)
    drive("2026-10-14 10:40", "delist", DISTRICT, delist_opinion="验收合格")
    assert "delist" in open_steps(app)  # not published

    publicity.begin(app, NUMBER, venue="区政府网站", text="拟销号", viewer=root)
    drive("2026-10-14 10:50", "delist", DISTRICT, delist_opinion="验收合格")
    parts = {part.title: part for part in dossiers.show(app, NUMBER, viewer=root).parts}
    assert all(parts[title].present for title in ("挂牌督办", "挂牌公布", "挂牌上报", "摘牌"))
    with app.reading() as tx:
        papers = tx.scalars(select(Assignment).where(Assignment.hazard == NUMBER, Assignment.kind == "挂牌督办")).all()
        assert [paper.closed_at is not None for paper in papers] == [True]
        assert tx.scalar(select(Incident.id).limit(1)) is None
    assert overlay(app) == set()
