"""The pages that anybody opens from a QR code, without an account, at 360×640 on the sample installation."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from engine.bpm.viewer import Viewer
from engine.campaign import caps, events, inspections, people, place_signs, places
from engine.campaign.document_model import Document
from engine.campaign.registers_model import Inspection
from engine.campaign.report_model import CitizenReport, ReportPhoto
from tests.web.axe import findings
from tests.web.browser import jpeg
from tests.web.conftest import Site, Watched
from tests.web.registering import register
from tests.web.settling import settled

Open = Callable[..., Watched]
ROOT = Viewer("admin", frozenset(), admin=True)
CODE, VOIDED = "a" * 24, "b" * 24
SMALLEST = 44
TARGETS = "button:visible, select:visible, input:visible:not(.visually-hidden), .elsewhere a:visible"
HEAD, OFFICERS = "head-emergency-bureau", ["officer-emergency-bureau", "officer-emergency-bureau-2"]


@pytest.fixture(scope="module")
def papers(site: Site) -> None:
    """Two documents that were issued, one of them void."""
    now = site.app.clock()
    with site.app.transaction() as tx:
        for n, code in enumerate((CODE, VOIDED), 1):
            tx.add(Document(
                id=f"paper{n}", type="安全风险提示单", organ="street", unit="safety_office", title="x", body={},
                officers=[], state="已签发", revision=1, version=1, series="青街安提", year=2026, serial=900 + n,
                number=f"青街安提〔2026〕{900 + n}号", verify_code=code, drafted_at=now, drafted_by="x", issued_at=now,
                voided_at=now if code == VOIDED else None, seal="公章",
            ))  # fmt: skip


@pytest.fixture(scope="module")
def sign(site: Site) -> str:
    """The code at the door of a place."""
    return places.entry_code(site.app, "P001", viewer=ROOT)


@pytest.fixture
def anybody(opened: Open) -> Page:
    """A phone on which nobody is signed in."""
    return opened("phone").page


def test_the_code_of_a_document_says_what_it_is_and_whether_it_holds(anybody: Page, papers: None) -> None:
    anybody.goto(f"/m/d/{CODE}")
    shown = anybody.get_by_test_id("document")
    for text in ("有效", "安全风险提示单", "青街安提〔2026〕901号", "青云街道"):
        expect(shown).to_contain_text(text)
    anybody.goto(f"/m/d/{VOIDED}")
    expect(shown).to_contain_text("已作废")
    anybody.goto(f"/api/v1/public/documents/{CODE}")  # as older papers print it
    expect(shown).to_contain_text("青街安提〔2026〕901号")


def test_the_holder_of_a_notice_says_by_its_code_that_it_is_done(
    anybody: Page, site: Site, papers: None, tmp_path: Path
) -> None:
    number = register(site.app)
    with site.app.transaction() as tx:
        paper = tx.get_one(Document, "paper1")
        paper.hazard, paper.body = number, {"hazards": [{"text": "通道堆物", "due": "2026年10月15日"}]}
    anybody.goto(f"/m/d/{CODE}")
    slip = anybody.get_by_test_id("slip")
    expect(slip).to_contain_text("建议完成日期：2026年10月15日")
    anybody.get_by_test_id("say-done").click()
    anybody.get_by_test_id("send-done").click()
    expect(slip.get_by_role("alert")).to_contain_text("必填")
    anybody.get_by_label("怎样整改的").fill("已清走")
    anybody.get_by_test_id("album").set_input_files(jpeg(tmp_path / "1.jpg"))
    expect(slip.locator("img")).to_have_count(1)
    assert findings(anybody) == []
    anybody.get_by_test_id("send-done").click()
    expect(anybody.get_by_test_id("done")).to_contain_text("到现场查看")
    expect(anybody.get_by_test_id("reported")).to_contain_text("附照片 1 张")
    told = events.list_events(site.app, number, viewer=ROOT)
    assert any(line.title == "企业自报完成" and "已清走" in line.text for line in told)


def test_a_code_that_nobody_issued_is_said_in_words(opened: Open) -> None:
    one = opened("phone")
    one.expected.add(404)
    one.page.goto("/m/d/nothing")
    expect(one.page.get_by_test_id("problem")).to_contain_text("没有这个核验码的文书")


def test_a_citizen_reports_from_the_sign_with_photos_and_follows_with_the_code(
    anybody: Page, site: Site, sign: str, tmp_path: Path
) -> None:
    anybody.goto(f"/m/s/{sign}")
    expect(anybody.get_by_test_id("place")).to_contain_text("示例机械加工厂A")
    anybody.get_by_test_id("report").click()
    expect(anybody.get_by_test_id("place")).to_contain_text("石门工业小区1号")
    anybody.get_by_label("哪一类").select_option("消防设施设备")
    anybody.get_by_label("看到了什么").fill("消火栓没有水")
    anybody.get_by_test_id("album").set_input_files([jpeg(tmp_path / "1.jpg"), jpeg(tmp_path / "2.jpg", width=800)])
    expect(anybody.get_by_role("group").locator("img")).to_have_count(2)
    anybody.get_by_label("同意对外公示处理结果").check()
    anybody.get_by_test_id("submit").click()
    expect(anybody.get_by_text("2 张照片已送达")).to_be_visible()
    code = anybody.get_by_test_id("code").inner_text()
    with site.app.reading() as tx:
        row = tx.scalars(select(CitizenReport).where(CitizenReport.text == "消火栓没有水")).one()
        assert row.place_text == "示例机械加工厂A（石门工业小区1号，P001）"
        assert (row.anonymous, row.publicity_agreed) == (True, True)
        photos = select(func.count()).select_from(ReportPhoto).where(ReportPhoto.report == row.number)
        assert tx.scalar(photos) == 2
    anybody.get_by_role("link", name="查看办理进展").click()
    anybody.get_by_label("查询码").fill(code.lower())
    anybody.get_by_test_id("look").click()
    shown = anybody.get_by_test_id("progress")
    expect(shown).to_contain_text("已收到")
    assert code not in anybody.url
    anybody.get_by_test_id("album").set_input_files(jpeg(tmp_path / "3.jpg", width=640))
    expect(anybody.get_by_text("已补充")).to_be_visible()


def test_what_a_report_lacks_is_said_before_it_is_sent_also_in_english(anybody: Page) -> None:
    anybody.goto("/m/report")
    anybody.get_by_test_id("submit").click()
    expect(anybody.get_by_text("必填，请补上。")).to_have_count(3)
    anybody.get_by_role("button", name="English").click()
    expect(anybody.get_by_role("heading", name="Report a safety hazard")).to_be_visible()
    anybody.get_by_label("Where").fill("Guihua Road 1")
    anybody.get_by_label("What kind").select_option("燃气")
    anybody.get_by_label("What did you see").fill("it smells of gas")
    anybody.get_by_test_id("submit").click()
    expect(anybody.get_by_role("heading", name="Your report has arrived")).to_be_visible()


def test_a_report_waits_in_the_page_while_there_is_no_network(anybody: Page) -> None:
    anybody.goto("/m/report")
    anybody.get_by_label("哪里").fill("桂花路 2 号")
    anybody.get_by_label("哪一类").select_option("其他")
    anybody.get_by_label("看到了什么").fill("雨棚要掉下来")
    anybody.context.set_offline(True)
    anybody.get_by_test_id("submit").click()
    expect(anybody.get_by_test_id("problem")).to_contain_text("连不上服务器")
    anybody.context.set_offline(False)
    anybody.get_by_test_id("submit").click()
    expect(anybody.get_by_test_id("received")).to_be_visible()


def test_an_officer_checks_in_at_the_door(phone: Open, site: Site, sign: str) -> None:
    app = site.app
    officer, head = (people.viewer(people.show(app, name)) for name in (OFFICERS[0], HEAD))
    today = app.clock().astimezone(app.zone).date()
    caps.publish(app, {"year": today.year, "document": "计划1", "place": "P001"}, viewer=head)
    asked = {"place": "P001", "kind": "行政检查（日常）", "officers": OFFICERS, "subject": "粉尘", "starts_on": today,
             "ends_on": today + timedelta(days=1)}  # fmt: skip
    made = inspections.request(app, asked, viewer=officer)
    inspections.approve(app, made.id, viewer=head)
    inspections.notify(app, made.id, viewer=officer)
    one = phone(OFFICERS[0], None)
    one.page.context.grant_permissions(["geolocation"])
    one.page.context.set_geolocation({"latitude": 34.1, "longitude": 113.8})
    one.page.goto(f"/m/s/{sign}")
    expect(one.page.get_by_test_id("inspection")).to_contain_text("粉尘")
    one.page.get_by_test_id("check-in").click()
    expect(one.page.get_by_test_id("checked-in")).to_contain_text("已签到")
    with app.reading() as tx:
        row = tx.get_one(Inspection, made.id)
        assert (row.checked_in_by, row.lat, row.lon) == (OFFICERS[0], 34.1, 113.8)
    assert place_signs.waiting(app, sign, viewer=officer).inspections == []
    one.page.reload()
    expect(one.page.get_by_text("今天没有等您签到的检查")).to_be_visible()


@pytest.mark.parametrize("address", [f"/m/d/{CODE}", f"/m/d/{VOIDED}", "/m/report", "/m/report/follow", "sign"])
def test_a_public_page_is_accessible_and_every_target_is_large_enough(
    anybody: Page, papers: None, sign: str, address: str
) -> None:
    anybody.goto(f"/m/s/{sign}" if address == "sign" else address)
    settled(anybody)
    assert findings(anybody) == []
    small = [
        box for each in anybody.locator(TARGETS).all()
        if (box := each.bounding_box()) and box["height"] < SMALLEST and each.get_attribute("type") != "checkbox"
        and each.get_attribute("role") != "switch"
    ]  # fmt: skip
    assert small == []
    assert anybody.evaluate("document.documentElement.scrollWidth") <= 360
