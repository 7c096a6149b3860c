"""The boards in a real browser: each number opens a list of that length; map and charts can be read and used."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import ADMIN, CLERK, LEADER, Watched

Open = Callable[..., Watched]


def count_of(page: Page) -> int:
    """How many rows the list on this page has in all."""
    foot = page.locator(".below")
    expect(foot.or_(page.get_by_test_id("empty"))).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    told = re.search(r"共 (\d+) 条", foot.inner_text()) if foot.count() else None
    return int(told[1]) if told else 0


@pytest.mark.parametrize("name", [CLERK, "secretary-sm"])
def test_each_number_of_today_opens_a_list_of_that_length(desk: Open, name: str) -> None:
    page = desk(name, "/board").page
    expect(page.locator("[data-number]").first).to_be_visible()
    shown = {
        str(tile.get_attribute("data-number")): (int(tile.locator("b").inner_text()), str(tile.get_attribute("href")))
        for tile in page.locator("[data-number]").all()
    }
    assert len(shown) == 9
    for count, address in shown.values():
        page.goto(address)
        assert count_of(page) == count, address


def test_what_is_waited_for_opens_the_tasks_of_that_group(desk: Open) -> None:
    page = desk(CLERK, "/board").page
    row = page.get_by_test_id("waiting-row").filter(has=page.get_by_test_id("waiting-late")).first
    expect(row).to_be_visible()
    count, late = (int(row.get_by_test_id(f"waiting-{which}").inner_text()) for which in ("count", "late"))
    assert 0 < late <= count
    row.get_by_test_id("waiting-late").click()
    expect(page.get_by_test_id("line-row")).to_have_count(late)
    page.go_back()
    row.get_by_test_id("waiting-count").click()
    expect(page.get_by_test_id("line-row")).to_have_count(count)
    page.get_by_role("link", name="看全部").click()
    expect(page.get_by_test_id("line-row").nth(count)).to_be_visible()


def test_each_lamp_of_a_sector_opens_the_ledger_narrowed_to_it(desk: Open) -> None:
    page = desk(CLERK, "/board/lamps").page
    cell = page.get_by_test_id("sector-row").filter(has_text="餐饮").locator(".lamp-count").first
    count = int(cell.inner_text())
    cell.click()
    expect(page).to_have_url(re.compile("sector="))
    sector = page.get_by_test_id("more-filters").get_by_label("行业", exact=True)
    expect(sector).to_have_value("餐饮")
    assert count_of(page) == count
    sector.fill("")
    sector.blur()
    expect(page).to_have_url(re.compile(r"/hazards\?community=\w+&lamp=\w+$"))


def test_the_map_is_used_by_mouse_and_keys_and_says_the_same_as_its_list(desk: Open) -> None:
    page = desk(CLERK, "/board/map").page
    grid = page.locator("[data-area='SM-01']")
    expect(grid).to_be_visible()
    assert page.locator("[data-area]").count() == 24 and page.locator("[data-place]").count() == 63
    assert count_of(page) == 63
    grid.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("grid=SM-01"))
    expect(page.locator(".below")).not_to_contain_text("共 63 条")
    spot = page.get_by_test_id("spot-row").filter(has_text="石门社区").filter(has=page.locator(".right a")).first
    name, open_ones = spot.get_by_role("link").first.inner_text(), spot.locator(".right a")
    count = int(open_ones.inner_text())
    open_ones.click()
    expect(page).to_have_url(re.compile(r"/hazards\?place="))
    expect(page.get_by_test_id("hazard-row").first).to_contain_text(name)
    assert count_of(page) == count
    page.go_back()
    drawing = page.get_by_role("group", name="红绿图")
    before = drawing.get_attribute("viewBox")
    page.get_by_role("button", name="放大").click()
    expect(drawing).not_to_have_attribute("viewBox", str(before))
    drawing.focus()
    page.keyboard.press("0")
    whole = drawing.get_attribute("viewBox")
    page.keyboard.press("ArrowRight")
    expect(drawing).not_to_have_attribute("viewBox", str(whole))
    page.go_back()
    expect(page).not_to_have_url(re.compile("grid="))
    burning = page.locator("[data-place]").filter(has_text="严重逾期").first
    burning.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/hazards\?place="))
    expect(page.get_by_test_id("hazard-row").first).to_be_visible()


def test_outlines_are_uploaded_and_mistakes_are_said_in_words(desk: Open, tmp_path: Path) -> None:
    one = desk(CLERK, None)
    one.expected.add(422)
    one.page.goto("/board/map")
    expect(one.page.locator("[data-area='SM-01']")).to_be_visible()
    wrong = tmp_path / "wrong.geojson"
    wrong.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', encoding="utf-8")
    one.page.get_by_label("上传轮廓").set_input_files(wrong)
    expect(one.page.get_by_test_id("problem")).to_contain_text("第 1 个要素")
    point = {"type": "Point", "coordinates": [-123.401, -48.899]}
    rows = [{"type": "Feature", "properties": {"place": "P019"}, "geometry": point}]
    right = tmp_path / "right.geojson"
    right.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    one.page.get_by_label("上传轮廓").set_input_files(right)
    expect(one.page.get_by_text("已写入 0 个单位、1 个场所的轮廓")).to_be_visible()


def test_trends_are_drawn_and_told_as_numbers_that_open_their_lists(desk: Open) -> None:
    page = desk(CLERK, "/board/trends?from=2026-09-01&to=2026-10-12").page
    expect(page.locator(".drawing svg")).to_have_count(4)
    words = page.locator(".drawing svg text").first
    ink = str(words.get_attribute("fill"))
    page.evaluate("document.documentElement.classList.add('dark')")
    expect(words).not_to_have_attribute("fill", ink)
    page.emulate_media(media="print")  # paper is white, whatever the screen is
    expect(words).to_have_attribute("fill", ink)
    expect(words).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="看数字").first.click()
    row = page.get_by_test_id("chart-row").filter(has_text="W40")
    count = int(row.get_by_role("link").first.inner_text())
    row.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("found_from=2026-09-28"))
    assert count_of(page) == count
    page.go_back()
    share = page.get_by_test_id("share-row").filter(has_text="石门社区")
    found = share.locator("td").first.get_by_role("link")
    count = int(found.inner_text())
    found.click()
    assert count_of(page) == count
    page.go_back()
    page.get_by_test_id("share-row").filter(has_text="石门社区").get_by_role("link", name="石门社区").click()
    expect(page).to_have_url(re.compile("community=SM"))


def test_where_charts_do_not_come_the_numbers_do(desk: Open) -> None:
    one = desk(CLERK, None)
    one.page.route("**/charting-*.js", lambda route: route.abort())
    one.page.goto("/board/trends?from=2026-09-01&to=2026-10-12")
    expect(one.page.get_by_role("alert").first).to_contain_text("图表没有打开")
    expect(one.page.get_by_test_id("chart-row").first).to_be_visible()
    expect(one.page.get_by_test_id("share-row").first).to_be_visible()


def test_the_leader_reads_two_minutes_and_each_number_opens_its_list(desk: Open) -> None:
    page = desk(LEADER, "/leader").page
    expect(page.get_by_test_id("story")).to_contain_text("近七天")
    tiles = page.locator("[data-number]")
    expect(tiles).to_have_count(5)
    shown = [(str(t.get_attribute("data-number")), t.locator("b").inner_text(), str(t.get_attribute("href")))
             for t in tiles.all()]  # fmt: skip
    for key, text, address in shown:
        page.goto(address)
        if key == "on_time":
            expect(page.get_by_role("heading", level=1, name="按期整改率")).to_be_visible()
        else:
            assert count_of(page) == int(text), key


def test_the_two_minutes_fit_a_phone(desk: Open) -> None:
    page = desk(LEADER, None).page
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/leader")
    expect(page.get_by_test_id("decisions")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_somebody_without_an_area_is_told_what_is_empty(desk: Open) -> None:
    page = desk("clerk-gas-company", "/board/lamps").page
    expect(page.get_by_test_id("empty")).to_contain_text("没有未销号的隐患")
    page.goto("/board/map")
    expect(page.get_by_text("还没有轮廓，也没有场所的位置")).to_be_visible()


def test_every_board_is_english_when_asked(desk: Open) -> None:
    page = desk("clerk-safety-office-2").page
    page.get_by_role("button", name="English").click()
    for address in ("/board", "/board/lamps", "/board/map", "/board/trends", "/leader", "/campaigns", "/plan",
                    "/duties", "/reports", "/reports/weekly"):  # fmt: skip
        page.goto(address)
        expect(page.get_by_role("navigation", name="Pages of the board")).to_be_visible()
        expect(page.locator(".bars")).to_have_count(0)
        assert page.get_by_text(re.compile(r"(boards|campaigns|plan|duties|reports)\.[a-z_]+")).count() == 0, address
    page.get_by_role("button", name="中文").click()


def test_the_admin_reaches_the_boards_from_the_bar(desk: Open) -> None:
    page = desk(ADMIN).page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="看板").click()
    expect(page.get_by_role("heading", level=1, name="今日")).to_be_visible()
    for name in ("灯色", "红绿图", "趋势", "两分钟", "专项行动", "三年行动", "履职", "通报"):
        page.get_by_role("navigation", name="看板各页").get_by_role("link", name=name).click()
        expect(page.get_by_role("link", name=name, exact=True).first).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
