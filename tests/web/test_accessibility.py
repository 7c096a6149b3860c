"""No page shows a serious accessibility finding of axe, at desk and phone size."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import ADMIN, INSPECTOR, Watched

Open = Callable[[str], Watched]
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
DESK = (
    "/tasks",
    "/red",
    "/board",
    "/hazards",
    "/hazards?state=all&level=一般",
    "/hazards/YQ-2026-0910",
    "/hazards/YQ-2026-0906",
    "/incidents",
    "/no-such-page",
)
PHONE = ("/m/", "/m/register", "/m/me", "/m/hazards/YQ-2026-0903")


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical: the rule and the first element."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(answer => answer.violations)")
    grave = (one for one in found if one["impact"] in ("serious", "critical"))
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in grave]


def settled(page: Page) -> None:
    """Wait until the page has read what it shows."""
    page.wait_for_load_state("networkidle")
    expect(page.locator(".bars")).to_have_count(0)


def test_the_login_is_accessible(opened: Open) -> None:
    for address in ("/login", "/m/login"):
        page = opened("desk" if address == "/login" else "phone").page
        page.goto(address)
        expect(page.get_by_label("登录名")).to_be_visible()
        assert findings(page) == []


@pytest.mark.parametrize("address", DESK)
def test_a_desk_page_is_accessible(desk: Open, address: str) -> None:
    page = desk(ADMIN).page
    page.goto(address)
    settled(page)
    assert findings(page) == []


@pytest.mark.parametrize("address", PHONE)
def test_a_phone_page_is_accessible(phone: Open, address: str) -> None:
    page = phone(INSPECTOR).page
    page.goto(address)
    settled(page)
    assert findings(page) == []


def test_a_task_with_its_form_is_accessible(desk: Open, phone: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_test_id("task-row").filter(has_text="核实分级").get_by_role("link", name="核实分级").first.click()
    expect(page.get_by_test_id("complete")).to_be_visible()
    settled(page)
    assert findings(page) == []
    small = phone(ADMIN).page
    small.get_by_test_id("task-row").filter(has_text="核实分级").first.click()
    expect(small.get_by_test_id("complete")).to_be_visible()
    settled(small)
    assert findings(small) == []
