"""Whoever reads English finds no Chinese in labels and choices; names and other data stay as they are stored."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.campaign.case_model import Rung
from tests.web import seen
from tests.web.conftest import ADMIN, CLERK, Site, Watched
from tests.web.editing import add, open_editor

Open = Callable[..., Watched]
HAN = re.compile(r"[\u4e00-\u9fff]")
LABELS = "main label, main th[scope=col], main dt, main h1, main h2, main legend"
CHOICES = {
    "/hazards": ("#ledger-stage", "#ledger-overlay", "#ledger-level", "#ledger-major", "#ledger-source"),
    "/board/trends": ("[aria-label=Source]",),
    "/visits": ("[aria-label=Stage]", "[aria-label=Result]", "[aria-label=Kind]"),
    "/visits/new?track=A": ("#visit-kind",),
    "/visits/new?track=B": ("#visit-kind",),
}


def chinese(page: Page, within: str) -> list[str]:
    """The texts with Chinese in them."""
    return [text for text in page.locator(within).all_inner_texts() if HAN.search(text)]


def test_what_is_wrong_with_a_field_is_said_in_english_when_asked(desk: Open) -> None:
    watched = desk(ADMIN, "/settings/places/P001")
    watched.expected.add(422)
    page = watched.page
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Edit").first.click()
    form = page.get_by_test_id("place-edit")
    form.locator("#place-uscc").fill("123")
    form.locator("#place-reason").fill("typo")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".wrong")).to_be_visible()
    assert chinese(page, ".wrong, [data-test=problem]") == []


@pytest.mark.parametrize("address", CHOICES)
def test_labels_and_choices_are_english_when_asked(desk: Open, address: str) -> None:
    page = desk(ADMIN, address).page
    page.get_by_role("button", name="English").click()
    if address == "/hazards":
        page.get_by_test_id("more").click()
    for field in CHOICES[address]:
        page.locator(f".el-select:has({field})").click()
        shown = page.locator(".el-select-dropdown:visible .el-select-dropdown__item")
        expect(shown.first).to_be_visible()
        assert chinese(page, ".el-select-dropdown:visible .el-select-dropdown__item") == [], field
        page.keyboard.press("Escape")
        expect(shown).to_have_count(0)
    assert chinese(page, LABELS) == []


def test_notices_and_reasons_are_english_when_asked(desk: Open, site: Site) -> None:
    """What was written down of a case and whom it was told; names, law and what people wrote stay as they are."""
    names = seen.data_of(site.app)
    page = desk(CLERK, "/notices?show=all").page
    page.get_by_role("button", name="English").click()
    told = page.get_by_test_id("notice")
    expect(told.first).to_be_visible()
    for one in told.all()[:5]:
        one.locator("summary").click()
    assert seen.chinese(page, names) == []
    with site.app.reading() as tx:
        rung = tx.scalars(select(Rung).where(Rung.reason_en.is_not(None)).order_by(Rung.id)).first()
    assert rung is not None
    page.goto(f"/hazards/{rung.hazard}")
    story = page.get_by_test_id("timeline")
    expect(story).to_contain_text(f"{rung.reason_en}")
    assert [line for line in story.locator("p").all_inner_texts() if HAN.search(names.sub("", line))] == []
    page.goto("/patrol")
    expect(page.get_by_test_id("patrol-row").first).to_be_visible()
    assert seen.chinese(page, names) == []


def test_the_templates_of_the_editor_are_english_when_asked(desk: Open, process: str) -> None:
    page = desk(ADMIN).page
    page.get_by_role("button", name="English").click()
    open_editor(page, process)
    add(page, "look", "Approve")
    expect(page.get_by_test_id("canvas").locator(".djs-shape", has_text="审批")).to_have_count(1)
    assert chinese(page, "[data-test=template]") == []
    side = page.get_by_test_id("properties")
    side.get_by_label("Who does it").select_option("safety_office")
    assert chinese(page, "[data-test=properties] label") == []
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".djs-palette [data-action=hand-tool]")).to_have_attribute("aria-label", "移动画布")
