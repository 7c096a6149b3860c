"""Each page of the desk where there is nothing yet, where the server cannot be reached, and where it is away once."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from engine.campaign import people
from engine.db import Base
from tests.copies import installed
from tests.web import browser as chromium
from tests.web.conftest import ADMIN, PASSWORD, Site, Watched, going, opening, serving
from tests.web.settling import go, settled
from tests.web.walking import LISTS

Open = Callable[..., Watched]


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation that has an admin and nothing else."""
    app = installed(tmp_path_factory.mktemp("nothing"))
    Base.metadata.create_all(app.engine)
    people.create(app, ADMIN, password=PASSWORD, unit=None, roles=["admin"], by=None)
    with serving(app) as served:
        yield served


@pytest.fixture
def bare(nothing: Site, profiles: chromium.Profiles) -> Iterator[Watched]:
    """A desk page of the admin there."""
    with opening(nothing.url, profiles) as open_any:
        yield going(open_any("desk"), ADMIN, "/tasks", {})


def test_where_nothing_is_yet_each_page_opens_and_says_so(bare: Watched) -> None:
    page, wrong = bare.page, {}
    for path in LISTS:
        go(page, path)
        settled(page)
        said = page.locator("main").inner_text()
        faults = [name for name in ("problem", "loading") if page.get_by_test_id(name).count()]
        if faults or len(said) < 20 or "undefined" in said or "NaN" in said:
            wrong[path] = (faults, said[:200])
    assert wrong == {}
    go(page, "/settings/units")
    page.get_by_label("街道全称").fill("白鹭街道")
    page.get_by_test_id("standard-units").get_by_role("button").click()
    expect(page.get_by_test_id("unit-node").filter(has_text="安全应急办")).to_be_visible()
    go(page, "/plan")
    expect(page.get_by_test_id("task-line")).to_have_count(23)


def test_where_the_server_cannot_be_reached_each_page_says_so_and_calls_nothing_empty(desk: Open) -> None:
    page, wrong = desk(ADMIN, "/settings/me").page, {}
    settled(page)
    page.route("**/api/v1/**", lambda route: route.abort())
    for path in LISTS:
        go(page, path)
        told = page.get_by_test_id("problem").or_(page.get_by_role("alert")).first
        try:
            expect(told).to_be_visible(timeout=5_000)
        except AssertionError:
            wrong[path] = page.locator("main").inner_text()[:200]
        if page.get_by_test_id("empty").count():
            wrong[path] = "empty: " + page.get_by_test_id("empty").first.inner_text()
    assert wrong == {}


def test_what_the_server_could_not_answer_at_once_is_read_again_and_stands_there(desk: Open) -> None:
    watched = desk(ADMIN, "/settings/me")
    watched.expected.add(503)
    page, seen = watched.page, set[str]()
    settled(page)

    def away_once(route: Route) -> None:
        known = route.request.url in seen or route.request.method != "GET"
        seen.add(route.request.url)
        if known:
            route.continue_()
        else:
            route.fulfill(
                status=503, headers={"Retry-After": "1"}, json={"title": "忙", "detail": "请稍后", "status": 503}
            )

    page.route("**/api/v1/**", away_once)
    for path in LISTS[::5]:
        go(page, path)
        expect(page.get_by_test_id("problem")).to_have_count(0, timeout=20_000)
        settled(page)
        assert len(page.locator("main").inner_text()) > 20, path
    assert len(seen) > 10
