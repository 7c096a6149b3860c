"""A real server on the sample installation, once for all browser tests, and pages of the people who use it."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import waitress
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from api.app import create_app
from bench import crowd_rows
from engine.app import App
from engine.bpm import definitions, drafts, kept_scenarios
from tests.copies import copied, installed, made_once
from tests.web import browser as chromium
from tests.web import settling
from tests.web.editing import FORM, MADE, SCENARIO, TABLE

PASSWORD = "bihuan-demo"
CROWD = 100_000
CLERK, LEADER, INSPECTOR, ADMIN = "clerk-safety-office", "leader-street", "inspector-gh-01", "admin"
AUTHOR = "author-safety-office"
expect.set_options(timeout=15_000)


@dataclass
class Site:
    """The running server and what stands behind it."""

    url: str
    app: App


@dataclass
class Watched:
    """A page whose complaints on the console fail the test, unless the test expects an answer with that status."""

    page: Page
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains about; refused requests are judged by their status, Playwright is not it."""
        ours = not any(said in message.text for said in ("Failed to load resource", "blocked by Playwright"))
        if message.type in ("error", "warning") and ours:
            self.complaints.append(f"{message.type}: {message.text}")

    def on_response(self, response: Response) -> None:
        """Keep answers that tell of a mistake of the page."""
        if response.request.method != "GET":
            self.acts.append(f"{response.status} {response.request.method} {response.url}")
        unknown = response.status == 401 and response.url.endswith("/api/v1/me")
        if response.status >= 400 and response.status not in self.expected and not unknown:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def tell(self) -> None:
        """Print where the page stands; pytest shows it beside a failed test only."""
        said = "document.body?.innerText.slice(0, 6000)"
        print(self.page.url, *self.acts, "" if self.page.is_closed() else self.page.evaluate(said), sep="\n")


@contextmanager
def serving(app: App) -> Iterator[Site]:
    """An installation served as in production by waitress."""
    assert (Path(__file__).parents[2] / "web/dist/index.html").is_file(), "Build the pages first: make setup"
    server = waitress.create_server(create_app(app), host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", app)
    server.close()
    waitress.wasyncore.close_all(server._map)  # connections that a browser keeps open
    thread.join(timeout=10)
    app.close()


@pytest.fixture(scope="session")
def site(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample installation."""
    with serving(copied(sample, tmp_path_factory.mktemp("site"))) as served:
        yield served


@pytest.fixture(scope="session")
def crowded(sample: Path, shared_folder: Path) -> Iterator[Site]:
    """The sample installation with 100,000 hazards more, made once for all workers of a run and shared by them: a test
    may read everything, and writes only what is its own. Its clock stands still for everybody: do not move it.
    """

    def fill(folder: Path) -> None:
        app = copied(sample, folder)
        crowd_rows.fill(app, CROWD)
        app.close()

    with serving(installed(made_once(shared_folder / "crowd", fill))) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each page has a profile of its own."""
    with chromium.running() as started:
        yield started


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> chromium.Profiles:
    """The browser profiles that all tests share, one after another."""
    return chromium.Profiles(browser)


@contextmanager
def opening(url: str, profiles: chromium.Profiles) -> Iterator[Callable[[str], Watched]]:
    """Opens pages of a server in a size; at the end no page may have complained."""
    watched: list[tuple[str, Watched]] = []

    def open_page(size: str) -> Watched:
        page = profiles.take(size, url).new_page()
        one = Watched(page)
        page.on("console", one.on_console)
        page.on("pageerror", lambda error: one.complaints.append(f"thrown: {error}"))
        page.on("response", one.on_response)
        settling.watch(page)
        watched.append((size, one))
        return one

    yield open_page
    for size, one in watched:
        one.tell()
        profiles.give_back(size, url, one.page.context)
    assert [complaint for _, one in watched for complaint in one.complaints] == []


@pytest.fixture
def opened(site: Site, profiles: chromium.Profiles) -> Iterator[Callable[[str], Watched]]:
    """Opens a page of a size on the sample installation."""
    with opening(site.url, profiles) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def crowded_cookies() -> dict[str, Any]:
    """The cookies of everybody who has signed in among the 100,000."""
    return {}


@pytest.fixture
def crowded_desk(
    crowded: Site, profiles: chromium.Profiles, crowded_cookies: dict[str, Any]
) -> Iterator[Callable[[str, str], Watched]]:
    """A desk page of the person with this login name at an address among 100,000 hazards."""
    with opening(crowded.url, profiles) as open_any:
        yield lambda name, address: going(open_any("desk"), name, address, crowded_cookies)


def sign_in(page: Page, name: str) -> None:
    """Log in on the login page and wait for the first page behind it."""
    page.goto("/login")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).not_to_have_url(re.compile("login"))


@pytest.fixture(scope="session")
def cookies() -> dict[str, Any]:
    """The cookies of everybody who has signed in once; a test that signs out signs in by itself."""
    return {}


def going(one: Watched, name: str, address: str | None, cookies: dict[str, Any]) -> Watched:
    """Be the person with this login name, signed in once for all tests, and go to an address, if there is one."""
    if name in cookies:
        one.page.context.add_cookies(cookies[name])
    else:
        answer = one.page.context.request.post("/api/v1/session", data={"name": name, "password": PASSWORD})
        assert answer.ok, answer.text()
        cookies[name] = one.page.context.cookies()
    if address:
        one.page.goto(address)
    return one


@pytest.fixture
def desk(opened: Callable[[str], Watched], cookies: dict[str, Any]) -> Callable[..., Watched]:
    """A desk page of the person with this login name, at their work list unless at another address or at none."""
    return lambda name, address="/tasks": going(opened("desk"), name, address, cookies)


@pytest.fixture
def phone(opened: Callable[[str], Watched], cookies: dict[str, Any]) -> Callable[..., Watched]:
    """A phone page of the person with this login name, likewise."""
    return lambda name, address="/m/": going(opened("phone"), name, address, cookies)


@pytest.fixture
def first_desk(site: Site, browser: Browser, cookies: dict[str, Any]) -> Iterator[Callable[..., Watched]]:
    """A desk page in a browser that has read nothing of the pages yet."""
    with opening(site.url, chromium.Profiles(browser)) as open_page:
        yield lambda name, address: going(open_page("desk"), name, address, cookies)


@pytest.fixture
def author() -> str:
    """The login name of the sample's process author, who is no admin."""
    return AUTHOR


@pytest.fixture
def process(site: Site, request: pytest.FixtureRequest) -> Iterator[str]:
    """The key of a process of this test alone: a form, a table, a scenario; nobody keeps a draft of it."""
    key = f"p_{abs(hash(request.node.name)) % 10**8}"
    definitions.deploy(
        site.app,
        {f"{key}.bpmn": MADE.replace("KEY", key).encode(), "grade.dmn": TABLE.encode(), "note.form": FORM.encode()},
        by=ADMIN,
    )
    with site.app.transaction() as tx:
        kept_scenarios.replace(tx, key, {"whole.yaml": SCENARIO.replace("KEY", key)})
    yield key
    for name in (ADMIN, AUTHOR):
        drafts.discard(site.app, key, by=name)
