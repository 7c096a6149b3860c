"""A decision that nobody fulfils, at a desk: from the served paper to the case, the demand, and when the court can be
asked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from engine.campaign import measure_work
from engine.campaign.document_model import Document
from tests.web.conftest import CLERK, Site, Watched
from tests.web.handing import HEAD, ONE, who
from tests.web.registering import register

Open = Callable[..., Watched]
DECISION, URGE = "现场处理措施决定书", "强制执行催告书"


def paper(site: Site, hazard: str, type: str, served_at: datetime) -> dict[str, Any]:
    """A paper of the emergency bureau that was served: its id and number."""
    made = {"id": f"{hazard}-{type}", "number": f"{type}〔2026〕{hazard[-4:]}号"}
    with site.app.transaction() as tx:
        tx.add(Document(
            **made, type=type, organ="emergency_bureau", unit="emergency_bureau", hazard=hazard, title=type, body={},
            officers=[ONE], state="已送达", verify_code=made["id"], drafted_at=served_at, drafted_by=ONE,
            issued_at=served_at, issued_by=HEAD, served_at=served_at,
        ))  # fmt: skip
    return made


def test_a_served_decision_leads_to_the_demand_and_to_when_the_court_can_be_asked(desk: Open, site: Site) -> None:
    number, now = register(site.app, code="RF-02"), site.app.clock()
    measure_work.request(
        site.app, {"hazard": number, "organ": "emergency_bureau", "reason": "拒不停用"}, viewer=who(site.app, CLERK)
    )
    decision = paper(site, number, DECISION, now - timedelta(days=40))
    one = desk(ONE, f"/documents/{decision['id']}")
    one.expected.add(503)
    page = one.page
    page.get_by_test_id("start-court").click()
    page.get_by_label("应当履行的义务").fill("停止使用三级串接的插线板。")
    page.get_by_label("履行期限").fill((now - timedelta(days=20)).date().isoformat())
    page.keyboard.press("Enter")
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("state")).to_have_text("待催告")
    expect(page.get_by_test_id("court-steps")).to_contain_text("停止使用三级串接的插线板")
    page.locator("[data-step=urge]").click()
    asked = page.get_by_role("dialog").get_by_role("textbox")
    asked.focus()
    page.get_by_test_id("task-send").click()  # the complaint of the field that is left does not push it away
    expect(page.get_by_role("dialog").get_by_test_id("problem")).to_be_visible()
    asked.fill("从来没有送达的催告书")
    page.get_by_test_id("task-send").click()
    expect(page.get_by_role("dialog").get_by_test_id("problem")).to_contain_text("催告书")
    expect(asked).to_have_value("从来没有送达的催告书")
    demand = paper(site, number, URGE, now)
    asked.fill(str(demand["number"]))
    page.route("**/court-cases/*", lambda route: route.fulfill(status=503, json={"detail": "数据库暂时没有回答。"}))
    page.get_by_test_id("task-send").click()
    expect(page.get_by_test_id("stale")).to_contain_text("下面可能是较早的内容。数据库暂时没有回答。")
    page.unroute("**/court-cases/*")
    page.get_by_test_id("stale").get_by_role("button", name="再试").click()
    expect(page.get_by_test_id("stale")).to_have_count(0)
    expect(page.get_by_test_id("state")).to_have_text("已催告")
    expect(page.get_by_test_id("court-window")).to_contain_text("起")
    expect(page.get_by_test_id("court-steps")).to_contain_text("示例规则")
    address = page.url

    office = desk(CLERK, f"/documents/{decision['id']}").page
    expect(office.get_by_test_id("start-court")).to_have_count(0)
    office.get_by_test_id("court-link").get_by_role("link").click()
    expect(office).to_have_url(address)
    expect(office.get_by_test_id("turn")).to_contain_text("区应急管理局")
    expect(office.locator("[data-step=hear]")).to_have_count(0)
