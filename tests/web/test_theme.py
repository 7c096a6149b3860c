"""Light and dark: as the device says, or as chosen on it; paper stays white."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.conftest import ADMIN, INSPECTOR, Watched

Open = Callable[..., Watched]
WHITE = "rgb(255, 255, 255)"


def ground(page: Page, selector: str = "body") -> str:
    """The colour behind this element."""
    colour: str = page.locator(selector).first.evaluate("one => getComputedStyle(one).backgroundColor")
    return colour


def test_the_look_follows_the_device_until_another_is_chosen_and_kept(desk: Open) -> None:
    page = desk(ADMIN).page
    day = ground(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    night = ground(page)
    assert night != day
    page.get_by_test_id("theme").click()
    expect(page.get_by_test_id("theme")).to_have_attribute("aria-label", "外观：浅色。点按换成深色。")
    assert ground(page) == day
    page.get_by_test_id("theme").click()
    page.emulate_media(color_scheme="light")
    page.reload()
    expect(page.get_by_test_id("task-row").first).to_be_visible()
    assert ground(page) == night


def test_a_diagram_and_what_is_printed_are_on_white_paper(desk: Open) -> None:
    page = desk(ADMIN).page
    page.emulate_media(color_scheme="dark")
    page.goto("/hazards/YQ-2026-0910")
    expect(page.get_by_test_id("diagram").first).to_be_visible()
    assert ground(page, ".diagram-place") == WHITE
    page.emulate_media(media="print")
    assert ground(page) == WHITE


def test_nothing_moves_for_whoever_asked_the_device_for_less_motion(desk: Open) -> None:
    page = desk(ADMIN).page
    moving = "getComputedStyle(document.querySelector('.el-button')).transitionDuration"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) != "0s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == "0s"


def test_the_phone_offers_the_same_choice(phone: Open) -> None:
    page = phone(INSPECTOR, "/m/me").page
    day = ground(page)
    page.get_by_label("深色").check()
    assert ground(page) != day
    page.reload()
    expect(page.get_by_label("深色")).to_be_checked()
