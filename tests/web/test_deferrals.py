"""A hazard that cannot be rectified for now, at a desk: asked for on its page, approved, listed, ended; and the notices
that people got.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from engine.bpm import definitions, instances, notices, tasks
from engine.campaign import read_receipts
from engine.campaign.case_model import Hazard
from tests.engine.bpm.diagrams import REVIEW
from tests.web.browser import jpeg
from tests.web.conftest import ADMIN, CLERK, INSPECTOR, LEADER, Site, Watched
from tests.web.handing import complete, who
from tests.web.registering import register
from tests.web.settling import settled

Open = Callable[..., Watched]
OWNER = "secretary-gh"


def fixing(site: Site) -> str:
    """A fresh hazard that its community is fixing."""
    number = register(site.app, place="P048")
    complete(site.app, number, "classify", CLERK, valid=True)
    complete(site.app, number, "assign", CLERK, holder_unit="GH", requirement="更换线路")
    complete(site.app, number, "sign", OWNER, signed=True)
    return number


def test_a_deferral_is_asked_for_approved_listed_and_ended(desk: Open, site: Site, tmp_path: Path) -> None:
    number, today = fixing(site), site.app.clock().astimezone(site.app.zone).date()
    watched = desk(OWNER)
    watched.expected.add(422)
    page = watched.page
    page.goto(f"/hazards/{number}")
    settled(page)  # what is read above it moves the block
    block = page.get_by_test_id("deferral")
    block.locator("[data-act=deferral-ask]").click()
    page.get_by_label("理由").fill("等物业统一换线")
    page.get_by_label("措施", exact=True).fill("断电并派人值守")
    page.get_by_label("责任人", exact=True).fill("张某")
    page.get_by_label("佐证").set_input_files(jpeg(tmp_path / "guard.jpg", width=64, height=48))
    expect(page.get_by_text("guard.jpg")).to_be_visible()
    page.get_by_label("最迟复核").fill((today + timedelta(days=60)).isoformat())
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("problem")).to_contain_text("复核日期")
    page.get_by_label("最迟复核").fill((today + timedelta(days=9)).isoformat())
    page.get_by_test_id("act-send").click()
    expect(block.get_by_test_id("deferral-state")).to_have_text("待批准")
    leader = desk(LEADER).page
    leader.goto(f"/hazards/{number}")
    leader.locator("[data-act=deferral-decide]").click()
    leader.get_by_label("意见", exact=True).fill("同意，每日巡查")
    leader.get_by_test_id("act-send").click()
    expect(leader.get_by_test_id("deferral-state")).to_have_text("挂起中")
    expect(leader.get_by_test_id("deferral-clock")).to_contain_text("起停止计时")
    page.goto("/hazards")
    page.get_by_role("link", name="挂起（暂不具备条件）").click()
    page.locator("[data-state=挂起中]").first.click()
    row = page.get_by_test_id("deferral-row").filter(has_text=number)
    expect(row).to_contain_text("等物业统一换线")
    row.get_by_role("link", name=number).click()
    page.locator("[data-act=deferral-end]").click()
    page.get_by_label("理由").fill("线路提前换好")
    page.get_by_test_id("act-send").click()
    expect(block.get_by_test_id("deferral-state")).to_have_text("已结束")
    expect(block.get_by_test_id("deferral-clock")).to_contain_text("已恢复计时")


def test_a_notice_is_counted_read_leads_to_its_hazard_and_its_sender_sees_the_receipt(desk: Open, site: Site) -> None:
    number = register(site.app)
    read_receipts.read_all(site.app, until=site.app.clock(), viewer=who(site.app, INSPECTOR))
    with site.app.transaction() as tx:
        case = tx.get_one(Hazard, number).instance_id
        for subject in ("请到场核对", "请补照片"):
            notices.queue(
                site.app, tx, recipient=INSPECTOR, subject=f"隐患 {number}：{subject}", body="…", instance_id=case,
                now=site.app.clock(),
            )  # fmt: skip
    page = desk(INSPECTOR).page
    expect(page.get_by_test_id("bell")).to_contain_text("2")
    page.get_by_test_id("bell").click()
    expect(page.get_by_test_id("notice")).to_have_count(2)
    page.get_by_test_id("notice").filter(has_text="请补照片").get_by_test_id("go").click()
    expect(page).to_have_url(f"{site.url}/hazards/{number}")
    expect(page.get_by_test_id("bell")).to_contain_text("1")
    page.get_by_test_id("bell").click()
    expect(page.get_by_test_id("notice")).to_have_count(1)
    page.get_by_test_id("read-all").click()
    expect(page.get_by_test_id("empty")).to_contain_text("都看过了")
    page.get_by_test_id("show-all").click()
    expect(page.get_by_test_id("notice").filter(has_text=number)).to_have_count(2)
    definitions.deploy(site.app, {"review.bpmn": REVIEW}, by=ADMIN)
    review = instances.start(site.app, "review", {"subject": "演练"}, by=ADMIN)
    tasks.claim(site.app, review["tasks"][0]["id"], viewer=who(site.app, ADMIN))
    now = site.app.clock()
    with site.app.transaction() as tx:
        notices.queue(site.app, tx, recipient=ADMIN, subject="演练核对", body="…", instance_id=review["id"], now=now)
    doer = desk(ADMIN, "/notices").page
    doer.get_by_test_id("notice").filter(has_text="演练核对").get_by_test_id("go").click()
    expect(doer).to_have_url(f"{site.url}/tasks/{review['tasks'][0]['id']}")
    clerk = desk(CLERK).page
    clerk.goto(f"/hazards/{number}")
    clerk.get_by_text("通知和回执").click()
    expect(clerk.get_by_test_id("sent-notice").filter(has_text="请补照片")).to_contain_text("网格员-GH01-甲 2026-")
