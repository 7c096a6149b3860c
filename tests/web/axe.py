"""What axe finds on a page, by day and by night; holds no test."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js").read_text()
# A paper shown in a sandboxed frame answers no script of the page, so axe looks at the page alone.
RUN = """asked => axe.run(document, {resultTypes: ['violations'], iframes: false, ...asked})
    .then(answer => answer.violations.map(one => [one.impact, one.id, one.nodes[0].html]))"""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LIT = """dark => {
    for (const name of ['dark', 'van-theme-dark']) document.documentElement.classList.toggle(name, dark)
    return Promise.all(document.getAnimations().filter(one => one.effect.getTiming().iterations !== Infinity)
        .map(one => one.finished.catch(() => null))).then(() => null)
}"""


def findings(page: Page, asked: dict[str, Any] | None = None) -> list[str]:
    """What axe calls serious or critical: the rule and the first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, asked or {})
    return [f"{rule}: {html[:120]}" for impact, rule, html in found if impact in ("serious", "critical")]


def findings_by_day_and_night(page: Page) -> list[str]:
    """The same in both looks, which differ in nothing but colours; at the end it is day."""
    day = findings(page)
    page.evaluate(LIT, True)
    night = findings(page, COLOURS)
    page.evaluate(LIT, False)
    return day + [f"at night: {one}" for one in night]
