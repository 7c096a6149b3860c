"""Every main page among a hundred thousand hazards: it comes up whole, with what it is for, and nothing complains."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.conftest import ADMIN, CLERK, LEADER, Watched

Open = Callable[..., Watched]
PATIENCE = 60_000  # milliseconds for a page: the machine has two cores for browser, server and the other tests
PAGES = (
    (CLERK, "/inbox", "收件箱"),
    ("officer-fire-rescue", "/inbox?box=received", "收件箱"),
    (CLERK, "/board", "今日"),
    (CLERK, "/board/lamps", "灯色看板"),
    (CLERK, "/board/map", "红绿图"),
    (CLERK, "/board/trends", "趋势"),
    (LEADER, "/leader", "两分钟"),
    (CLERK, "/documents", "文书"),
    (CLERK, "/campaigns", "专项行动"),
    (CLERK, "/duties", "履职"),
    (CLERK, "/reports/weekly", "周通报"),
    (CLERK, "/settings/places", "场所"),
    (ADMIN, "/cockpit", "引擎状况"),
    (ADMIN, "/cockpit/instances", "流程实例"),
    (ADMIN, "/cockpit/definitions/hazard", "隐患闭环"),
    (ADMIN, "/definitions", "流程"),
)


@pytest.mark.parametrize(("name", "address", "title"), PAGES, ids=[address for _, address, _ in PAGES])
def test_a_page_comes_up_among_a_hundred_thousand(crowded_desk: Open, name: str, address: str, title: str) -> None:
    page = crowded_desk(name, address).page
    expect(page.get_by_role("heading", level=1)).to_contain_text(title, timeout=PATIENCE)
    expect(page.locator(".bars")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_test_id("problem")).to_have_count(0)
