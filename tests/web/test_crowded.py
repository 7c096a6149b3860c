"""Every main page among a hundred thousand hazards: it comes up whole, with what it is for, and nothing complains."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.bpm.model import Task
from engine.campaign.case_model import Hazard
from tests.web.conftest import ADMIN, CLERK, LEADER, Site, Watched
from tests.web.settling import go
from tests.web.walking import LISTS

Open = Callable[..., Watched]
PATIENCE = 60_000  # milliseconds for a page: the machine has two cores for browser, server and the other tests
PAGES = {
    "officer-fire-rescue": {"/inbox?box=received": "收件箱", "/transfers/YJ-2026-0003": "YJ-2026-0003"},
    LEADER: {"/leader": "两分钟"},
    CLERK: {
        "/tasks": "任务", "/hazards?state=all": "隐患台账", "/red": "红灯清单", "/inbox": "收件箱",
        "/inbox?box=sent": "收件箱", "/visits": "走访检查", "/patrol": "巡查计划", "/board": "今日",
        "/board/lamps": "灯色看板", "/board/map": "红绿图", "/board/trends": "趋势", "/documents": "文书",
        "/campaigns": "专项行动", "/duties": "履职", "/reports/weekly": "周通报", "/settings/places": "场所",
    },
    ADMIN: {
        "/cockpit": "引擎状况", "/cockpit/instances": "流程实例", "/cockpit/definitions/hazard": "隐患闭环",
        "/cockpit/timers": "定时器", "/cockpit/audit": "审计", "/cockpit/notices": "通知", "/cockpit/batches": "批次",
        "/definitions": "流程", "/definitions/hazard/edit": "隐患闭环",
    },
}  # fmt: skip


def come_up(page: Page, address: str, title: str) -> None:
    """Go to a page, which shows its heading and no problem once it has read everything."""
    go(page, address, turns=PATIENCE // 16)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.get_by_test_id("problem")).to_have_count(0)


def test_each_other_list_comes_up_among_a_hundred_thousand(crowded_desk: Open) -> None:
    page = crowded_desk(ADMIN, "/settings/me").page
    for address in sorted(set(LISTS) - {address for pages in PAGES.values() for address in pages}):
        go(page, address, turns=PATIENCE // 16)
        expect(page.get_by_role("heading", level=1).first, address).to_be_visible()
        expect(page.get_by_test_id("problem"), address).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_come_up_among_a_hundred_thousand(crowded_desk: Open, name: str) -> None:
    page = crowded_desk(name, "/settings/me").page
    for address, title in PAGES[name].items():
        come_up(page, address, title)


def test_a_case_with_its_story_and_its_task_comes_up_among_a_hundred_thousand(
    crowded: Site, crowded_desk: Open
) -> None:
    told = select(Hazard.number, Task.id, Task.name).join(Task, Task.instance_id == Hazard.instance_id).where(
        Hazard.instance_id.like("crowd%0"), Hazard.closed_at.is_(None), Task.status == "open"
    )  # fmt: skip
    with crowded.app.reading() as tx:
        number, task, name = tx.execute(told.order_by(Hazard.number).limit(1)).one()
    page = crowded_desk(ADMIN, "/settings/me").page
    come_up(page, f"/hazards/{number}", number)
    expect(page.get_by_test_id("timeline").locator("li").first).to_be_visible()
    come_up(page, f"/tasks/{task}", name)
