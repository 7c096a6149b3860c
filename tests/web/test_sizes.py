"""The main pages on a large screen, and at the desk's address on a phone: nothing is wider than the screen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.conftest import ADMIN, Watched
from tests.web.settling import go, settled

Open = Callable[..., Watched]
LARGE, SMALL = (1920, 1080), (360, 640)
MAIN = (
    "/tasks", "/hazards", "/hazards/YQ-2026-0910", "/red", "/inbox", "/transfers/YJ-2026-0003", "/documents", "/visits",
    "/visits/new?track=B", "/patrol", "/draws", "/board", "/board/lamps", "/board/map", "/board/trends", "/leader",
    "/campaigns", "/plan", "/duties", "/reports/weekly", "/definitions", "/cockpit", "/cockpit/definitions/hazard",
    "/cockpit/instances", "/cockpit/audit", "/settings/people", "/settings/calendars/2027",
    "/settings/templates/督办单",
)  # fmt: skip


def fits(page: Page, width: int) -> bool:
    """Whether the heading is in view and nothing of the page reaches beyond the screen."""
    expect(page.locator("h1").first).to_be_in_viewport()
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


def test_the_main_pages_fit_a_large_screen(desk: Open) -> None:
    page = desk(ADMIN, None).page
    page.set_viewport_size({"width": LARGE[0], "height": LARGE[1]})
    page.goto("/settings/me")
    wide = []
    for address in MAIN:
        go(page, address)
        if not fits(page, LARGE[0]):
            wide.append(address)
    assert wide == []


def test_work_list_task_and_hazard_fit_a_phone(phone: Open) -> None:
    page = phone(ADMIN, "/tasks").page
    expect(page.get_by_test_id("task-row").first).to_be_visible()
    assert fits(page, SMALL[0])
    page.locator(".due").first.tap()
    settled(page)  # what it says is read when somebody wants to know
    why = page.locator(".steps, [data-test=by-step]").filter(visible=True)
    expect(why).to_be_visible()
    told = why.bounding_box()
    assert told and told["x"] >= 0 and told["x"] + told["width"] <= SMALL[0]
    page.get_by_test_id("task-row").filter(has_text="核实分级").get_by_role("link", name="核实分级").first.click()
    done = page.get_by_test_id("complete")
    expect(done).to_be_visible()
    assert fits(page, SMALL[0])
    done.scroll_into_view_if_needed()
    box = done.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= SMALL[0]
    go(page, "/hazards/YQ-2026-0910")
    assert fits(page, SMALL[0])
    reach = [
        (box["x"], box["x"] + box["width"])
        for one in page.locator("main a.el-button, main button").all()
        if (box := one.bounding_box())
    ]
    assert reach and [one for one in reach if one[0] < 0 or one[1] > SMALL[0]] == []
