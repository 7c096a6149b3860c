"""More time for what an order asked to be fixed: asked for on the phone by whoever must fix it, answered at a desk by
the head of the department, each with the new day and its count before it is sent.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from engine.bpm.viewer import Viewer
from engine.campaign import deadlines, started_clocks
from engine.campaign.document_model import Document
from tests.web.browser import jpeg
from tests.web.conftest import Site, Watched
from tests.web.handing import HEAD, ONE
from tests.web.registering import register
from tests.web.settling import settled

Open = Callable[..., Watched]
OWNER, PLACE, ORGAN = "owner-e-p046", "P046", "emergency_bureau"


def ordered(site: Site) -> tuple[str, date]:
    """A fresh hazard about which the emergency bureau has just served an order, and the last day of its limit."""
    number, now = (
        register(
            site.app, Viewer("inspector-yh-02", frozenset({"YH-02", "inspector", "inspector@YH-02"})), place=PLACE
        ),
        site.app.clock(),
    )
    with site.app.transaction() as tx:
        tx.add(Document(
            id="more-time", type="责令限期整改指令书", organ=ORGAN, unit=ORGAN, title="责令", body={}, hazard=number,
            place=PLACE, officers=[], state="已送达", verify_code="more-time", series="示例应急责改", year=2026,
            serial=977, number="示例应急责改〔2026〕977号", drafted_at=now, drafted_by=ONE, approved_at=now,
            served_at=now,
        ))  # fmt: skip
        started_clocks.follow(tx, site.app, "more-time", now)
        [row] = [one for one in deadlines.all_of(tx, deadlines.of_hazard(number)) if one.clock == "T3"]
    return number, row.due_date


def test_more_time_is_asked_on_the_phone_and_granted_at_a_desk(
    phone: Open, desk: Open, site: Site, tmp_path: Path
) -> None:
    number, due = ordered(site)
    watched = phone(OWNER, f"/m/hazards/{number}")
    watched.expected.add(422)
    page = watched.page
    block = page.get_by_test_id("more-time")
    expect(block).to_contain_text(f"{due - timedelta(days=10)}")
    settled(page)
    block.get_by_test_id("more-time-act").click()
    block.get_by_label("延长几日").fill("31")
    expect(block.get_by_test_id("problem")).to_contain_text("最多延长 30 日")
    block.get_by_label("延长几日").fill("10")
    would = block.get_by_test_id("more-time-would")
    expect(would).to_contain_text(f"{due + timedelta(days=10)}")
    expect(would).to_contain_text("加 10 个自然日")
    block.get_by_label("理由").fill("防火板材未到货")
    block.get_by_test_id("album").set_input_files(jpeg(tmp_path / "order.jpg", width=64, height=48))
    expect(block.get_by_role("img")).to_be_visible()
    block.get_by_test_id("act-send").click()
    expect(block.get_by_test_id("more-time-waits")).to_contain_text("防火板材未到货")

    head = desk(HEAD, f"/hazards/{number}").page
    waits = head.get_by_test_id("more-time")
    expect(waits.get_by_test_id("more-time-waits")).to_contain_text("证明材料 1")
    settled(head)
    waits.get_by_test_id("more-time-act").click()
    head.get_by_label("延长几日").fill("6")
    expect(head.get_by_test_id("more-time-would")).to_contain_text(f"{due + timedelta(days=6)}")
    head.get_by_label("理由").fill("属实，六日足够")
    head.get_by_test_id("act-send").click()
    expect(waits).to_contain_text("1 次，最多 1 次")
    expect(waits.get_by_test_id("more-time-refusal")).to_contain_text("只能延期 1 次")
    expect(head.get_by_test_id("deadlines")).to_contain_text("申请延期并获批准：属实，六日足够")
    page.reload()
    expect(block).to_contain_text(f"{due + timedelta(days=6)}")
