"""While the server is slow or away, a page says that it reads, never that there is nothing, tells what failed with a
way to try again, and comes back.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.web.conftest import ADMIN, Watched
from tests.web.settling import GO, QUIET, go, settled

Open = Callable[..., Watched]
PHONE = ("/m/", "/m/hazards/YQ-2026-0910", "/m/visits", "/m/visits/new/P001", "/m/visits/1")
"""What the frame of a page asks for itself, which no page waits for."""
FRAME = re.compile(r"/api/v1/(live|me|demo/clock|notices\?unread=true&size=1$)")
NOTE = "[data-test=problem], [data-test=stale]"
FRAMES = 60
AWAY = {"status": 503, "detail": "系统正在升级。", "en": "Being upgraded."}


@dataclass
class Server:
    """What stands between a page and the server."""

    answers: str = "all"  # "nothing": the questions are held; "no": all fail; "once": each fails once
    held: list[Route] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    later: str = "600"  # seconds after which the page is to ask again

    def refuse(self, route: Route) -> None:
        """The answer of a server that is away."""
        self.failed.add(route.request.url)
        route.fulfill(
            status=503,
            headers={"Retry-After": self.later, "Content-Type": "application/problem+json"},
            body=json.dumps(AWAY),
        )

    def __call__(self, route: Route) -> None:
        """Answer, hold or refuse one question."""
        url = route.request.url
        if route.request.method != "GET" or FRAME.search(url):
            return route.continue_()
        if self.answers == "nothing":
            return self.held.append(route)
        if self.answers == "no" or (self.answers == "once" and url not in self.failed):
            return self.refuse(route)
        return route.continue_()

    def give_way(self) -> None:
        """Refuse what was held, and whatever comes next."""
        self.answers = "no"
        while self.held:
            self.refuse(self.held.pop(0))


@contextmanager
def between(one: Watched) -> Iterator[Server]:
    """Stand between this page and the server."""
    server = Server()
    one.expected.add(503)
    one.page.route("**/api/v1/**", server)
    yield server
    one.page.unroute("**/api/v1/**")


def comes_back(page: Page, server: Server, address: str) -> list[str]:
    """What is wrong with a page while it reads, when that fails, and after the button was pressed."""
    wrong = []
    server.answers = "nothing"
    page.evaluate(f"address => void ({GO})(address)", address)
    for _ in range(FRAMES):
        page.evaluate(QUIET)
        if server.held:
            break
    if page.locator("main [data-test=empty]").filter(visible=True).count():
        wrong.append("says that there is nothing while it reads")
    server.give_way()
    told = page.locator(f"main :is({NOTE})").filter(visible=True)
    try:
        expect(told.get_by_role("button", name="再试一次").first).to_be_visible(timeout=5_000)
    except AssertionError:
        return [*wrong, f"tells no failure with a button: {page.locator('main').inner_text()[:200]}"]
    if page.locator("main [data-test=empty]").filter(visible=True).count():
        wrong.append("says that there is nothing where it could not read")
    server.answers = "all"
    told.get_by_role("button", name="再试一次").first.click()
    try:
        expect(told).to_have_count(0, timeout=10_000)
    except AssertionError:
        wrong.append(f"does not come back: {told.all_inner_texts()}")
    settled(page)
    return wrong


def walk(one: Watched, addresses: list[str], rest: str) -> dict[str, list[str]]:
    """What is wrong with which page; ``rest`` is an address that reads nothing."""
    found = {}
    one.page.goto(rest)
    settled(one.page)
    with between(one) as server:
        for address in addresses:
            server.failed.clear()
            if wrong := comes_back(one.page, server, address):
                found[address] = wrong
            go(one.page, rest)
    return found


def asked(one: Watched, path: str) -> Any:
    """An answer of the server, read beside the page."""
    return one.page.context.request.get(f"/api/v1{path}").json()


def test_every_phone_page_says_that_it_reads_what_failed_and_comes_back(phone: Open) -> None:
    one = phone(ADMIN, None)
    inspection = asked(one, "/visits?track=B&size=1")["items"][0]["id"]
    task = asked(one, "/tasks?q=YQ-2026-0910&size=1")["items"][0]["id"]
    assert walk(one, [*PHONE, f"/m/visits/{inspection}", f"/m/tasks/{task}"], "/m/me") == {}


def test_what_failed_once_is_read_again_by_itself_with_all_that_waits_for_it(desk: Open) -> None:
    one = desk(ADMIN, None)
    page = one.page
    page.goto("/settings/me")
    settled(page)
    with between(one) as server:
        server.answers, server.later = "once", "0.01"
        for address, part in {
            "/hazards/YQ-2026-0910": "核实分级",
            "/visits/1": "走访之后",
            "/cockpit/audit/registers": "改前 → 改后",
        }.items():
            page.evaluate(f"address => void ({GO})(address)", address)
            expect(page.locator("main")).to_contain_text(part)
            expect(page.locator(NOTE)).to_have_count(0)
        assert server.failed
        server.answers = "all"
        settled(page)
