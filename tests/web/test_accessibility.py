"""No page shows a serious accessibility finding of axe, at desk and phone size, nor Chinese when English was asked for:
both are asked of each page once it is open.
"""

import re
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.bpm.model import Instance
from engine.campaign import crime_list, documents, inbox
from engine.campaign.crime_model import CrimeCase
from engine.campaign.duty_model import Duty
from engine.errors import Invalid
from tests.web import seen
from tests.web.axe import findings_by_day_and_night
from tests.web.conftest import ADMIN, CLERK, INSPECTOR, Site, Watched
from tests.web.handing import ONE, TWO, officer_of, requested, transferred, who
from tests.web.settling import go, settled

Open = Callable[..., Watched]
SETTINGS = tuple(f"/settings/{page}" for page in (
    "me", "substitutions", "units/safety_office", "people", "people/clerk-safety-office", "places", "places/P001",
    "gaps", "imports", "codes", "codes/RF-01", "checklists", "checklists/CY-RQ", "calendars", "calendars/2027",
    "powers", "templates", "templates/督办单", "slots", "organs", "channels",
))  # fmt: skip
COCKPIT = tuple(
    f"/cockpit{page}"
    for page in (
        "", "/definitions", "/definitions/hazard", "/definitions/hazard?show=table", "/instances?state=open", "/timers",
        "/messages", "/notices", "/batches", "/migrate?definition=hazard", "/audit", "/audit/registers",
    )
)  # fmt: skip
DESK = (
    "/tasks", "/red", "/board", "/board/lamps", "/board/map", "/board/trends", "/board/lines/waiting", "/leader",
    "/campaigns", "/campaigns/new", "/campaigns/ZX-2026-002", "/plan", "/plan/milestones/2026-12-zero", "/duties",
    "/reports", "/reports/weekly",
    "/reports/weekly/records?figure=on_time&period=2026-W41", "/hazards", "/hazards?state=all&level=一般",
    "/hazards/YQ-2026-0910", "/hazards/YQ-2026-0906",
    "/visits", "/visits/new?track=B", "/visits/32", "/visits/38", "/patrol", "/draws", "/draws/new",
    "/draws/SSJ-2026-001", "/pictures", "/deferrals", "/hazards/YQ-2026-1005", "/notices", "/no-such-page", "/inbox",
    "/inbox?box=sent", "/transfers/YJ-2026-0003", "/measures/1", "/documents", "/number-registers",
    "/unit-listings", "/unit-listings/GP-2026-0001", "/court-cases/FZ-2026-0001",
)  # fmt: skip
HALF = len(DESK) // 2
PARTS = {"street": DESK[:HALF], "offices": DESK[HALF:], "cockpit": COCKPIT, "settings": SETTINGS}
PHONE = (
    "/m/", "/m/register", "/m/me", "/m/password", "/m/hazards/YQ-2026-0903", "/m/visits", "/m/visits/new",
    "/m/visits/new/P048", "/m/visits/38", "/m/visits/38/checklists/JX",
)  # fmt: skip


def test_the_login_is_accessible(opened: Open) -> None:
    for address in ("/login", "/m/login"):
        page = opened("desk" if address == "/login" else "phone").page
        page.goto(address)
        expect(page.get_by_label("登录名")).to_be_visible()
        assert findings_by_day_and_night(page) == []


@pytest.fixture(scope="module")
def names(site: Site) -> re.Pattern[str]:
    """What may be Chinese on an English page."""
    return seen.data_of(site.app)


def found_at(page: Page, addresses: Iterable[str], look: Callable[[Page], list[str]]) -> dict[str, list[str]]:
    """What is found at which of these addresses, gone to one after another as by the links of the application."""
    found = {}
    for address in addresses:
        go(page, address)
        expect(page.locator("h1").first).to_be_visible()
        found[address] = look(page)
    return {address: findings for address, findings in found.items() if findings}


@pytest.mark.parametrize("part", PARTS)
def test_the_pages_of_the_desk_are_accessible_and_english_when_asked(
    desk: Open, part: str, names: re.Pattern[str]
) -> None:
    def look(page: Page) -> list[str]:
        found = findings_by_day_and_night(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the screen")
        page.locator("header").get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        found += [f"in English: {text}" for text in seen.chinese(page, names)]
        page.locator("header").get_by_role("button", name="中文").click()
        return found

    assert found_at(desk(ADMIN).page, PARTS[part], look) == {}


def test_the_pages_of_the_phone_are_accessible_and_english_when_asked(phone: Open, names: re.Pattern[str]) -> None:
    page = phone(INSPECTOR).page
    assert found_at(page, PHONE, findings_by_day_and_night) == {}
    page.evaluate("localStorage.setItem('bihuan.locale', 'en')")
    page.reload()
    assert found_at(page, PHONE, lambda page: seen.chinese(page, names)) == {}


def test_a_task_with_its_form_is_accessible(desk: Open, phone: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_test_id("task-row").filter(has_text="核实分级").get_by_role("link", name="核实分级").first.click()
    expect(page.get_by_test_id("complete")).to_be_visible()
    settled(page)
    assert findings_by_day_and_night(page) == []
    small = phone(ADMIN).page
    small.get_by_test_id("task-row").filter(has_text="核实分级").first.click()
    expect(small.get_by_test_id("complete")).to_be_visible()
    settled(small)
    assert findings_by_day_and_night(small) == []


def test_a_document_with_its_dialogs_is_accessible(desk: Open, site: Site) -> None:
    made = documents.draft(site.app, {"type": "安全风险提示单"}, viewer=who(site.app, CLERK))
    page = desk(CLERK, f"/documents/{made.id}").page
    settled(page)
    assert findings_by_day_and_night(page) == []
    page.goto("/documents")
    page.get_by_test_id("new-document").click()
    expect(page.get_by_role("radio", name="安全风险提示单", exact=True)).to_be_visible()
    settled(page)
    assert findings_by_day_and_night(page) == []


def test_the_dialogs_of_a_transfer_are_accessible(desk: Open, site: Site) -> None:
    made = transferred(site.app)
    page = desk(officer_of(made.unit), None).page
    for act in ("sign", "return"):
        page.goto(f"/transfers/{made.number}")
        page.locator(f"[data-act={act}]").click()
        expect(page.get_by_test_id("act-send")).to_be_visible()
        settled(page)
        assert findings_by_day_and_night(page) == []


def test_a_case_a_letter_a_request_a_duty_and_an_instance_are_accessible(desk: Open, site: Site) -> None:
    number = requested(site.app)
    transferred(site.app)  # its helping body gets a letter
    given = {"hazard": number, "ground": "refusal", "facts": "责令停用后仍在使用", "officers": [ONE, TWO]}
    with pytest.raises(Invalid):  # without proofs: the case is on file, and why it ended at once
        crime_list.start(site.app, given, viewer=who(site.app, ONE))
    admin = who(site.app, ADMIN)
    request, letter = (inbox.list_items(site.app, admin, kind=kind).items[0].key for kind in ("request", "letter"))
    with site.app.reading() as tx:
        case = tx.scalars(select(CrimeCase.number).where(CrimeCase.hazard == number)).one()
        duty = tx.scalars(select(Duty.id).order_by(Duty.id).limit(1)).one()
        instance = tx.scalars(select(Instance.id).where(Instance.business_key == number).limit(1)).one()
    papers = (
        f"/crime-cases/{case}", f"/requests/{request}", f"/letters/{letter}", f"/duties/{duty}",
        f"/instances/{instance}",
    )  # fmt: skip
    assert found_at(desk(ADMIN).page, papers, findings_by_day_and_night) == {}
