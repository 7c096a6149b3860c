"""A Chromium for the browser tests, started so that it keeps quiet and needs nothing from outside; holds no test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--process-per-site", "--in-process-gpu",
    "--js-flags=--no-opt --no-maglev",  # no page of a test lives long enough for its scripts to be worth optimizing
)  # fmt: skip
KEPT = "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage"  # all but the files read
SIZES = {"desk": (1280, 720), "phone": (360, 640)}


def chromium() -> str:
    """The path of a Chromium: the one of ``BIHUAN_CHROMIUM``, else one of the machine."""
    named = os.environ.get("BIHUAN_CHROMIUM")
    found = shutil.which(named) if named else next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, (
        "The browser tests need Chromium: sudo apt-get install chromium-headless-shell fonts-noto-cjk, "
        "or set BIHUAN_CHROMIUM."
    )
    return found


@contextmanager
def running() -> Iterator[Browser]:
    """A browser without windows; Playwright gives it a user folder of its own. Root has no sandbox to run it in."""
    alone = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *alone])
        yield browser
        browser.close()


def context(browser: Browser, size: str, url: str, *, workers: Literal["allow", "block"] = "block") -> BrowserContext:
    """A fresh profile with the screen of a desk or a phone; with ``workers`` it keeps the phone's pages by itself."""
    width, height = SIZES[size]
    return browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
        service_workers=workers,
        has_touch=size == "phone", is_mobile=size == "phone", reduced_motion="reduce",  # nobody waits for an animation
    )  # fmt: skip


class Profiles:
    """Profiles that one test after another uses: whoever takes one finds nothing that another did in it, but what the
    browser has read and compiled of the built pages, whose names change with their content, is kept.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[str, str], list[BrowserContext]] = {}

    def take(self, size: str, url: str) -> BrowserContext:
        """A profile of nobody else, as good as new."""
        if free := self._free.get((size, url)):
            return free.pop()
        made = context(self._browser, size, url)
        made.new_page().goto("/icon.svg")  # stays open, and with it the process that knows the pages
        return made

    def give_back(self, size: str, url: str, used: BrowserContext) -> None:
        """Close its pages and forget what they left."""
        first, *pages = used.pages
        for page in pages:
            page.close()
        used.set_offline(False)
        used.set_geolocation(None)
        used.clear_permissions()
        used.clear_cookies()
        storage = used.new_cdp_session(first)
        storage.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": KEPT})
        storage.detach()
        self._free.setdefault((size, url), []).append(used)


def jpeg(path: Path, *, width: int = 2400, height: int = 1800) -> Path:
    """A photo as a camera leaves it: large, taken at a known moment, lying on its side."""
    from PIL import Image

    picture = Image.effect_noise((width, height), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2026:10:12 08:55:00"
    picture.save(path, "JPEG", quality=92, exif=exif)
    return path
