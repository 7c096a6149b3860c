"""What operators look up in a real browser: notices that failed, who did what; and who may not."""

from collections.abc import Callable

from playwright.sync_api import expect

from engine.bpm import instances, notices
from engine.bpm.viewer import Viewer
from engine.campaign import history, units
from engine.campaign.picture_model import Picture
from tests.web.cockpit.conftest import begin
from tests.web.conftest import ADMIN, Site, Watched

Open = Callable[..., Watched]
LI = Viewer("li", frozenset({"office"}))


def test_a_notice_that_failed_is_sent_again(site: Site, desk: Open) -> None:
    case = begin(site.app, "review", "NO-1")
    with site.app.transaction() as tx:
        now = site.app.clock()
        notices.queue(site.app, tx, recipient="clerk", subject="催办整改", body="…", now=now, instance_id=case)
    claimed = notices.claim_next(site.app)
    assert claimed is not None
    notices.mark_failed(site.app, claimed, "550 no such user", permanent=True, jitter=0)
    page = desk(ADMIN, "/cockpit/notices?status=failed").page
    row = page.get_by_test_id("notice").filter(has_text="550 no such user")
    row.get_by_role("button", name="重发").click()
    expect(page.get_by_test_id("empty")).to_be_visible()
    page.get_by_role("tab", name="待发").click()
    notice = page.get_by_test_id("notice").filter(has_text="催办整改")
    expect(notice).to_be_visible()
    search = page.get_by_label("收件人、地址或标题")
    search.fill("没有这样的")
    search.press("Enter")
    expect(notice).to_have_count(0)
    page.go_back()
    expect(notice).to_be_visible()
    expect(search).to_have_value("")
    notice.get_by_role("link", name="催办整改").click()
    expect(page.get_by_test_id("story-row").filter(has_text="重发通知")).to_contain_text("标题：催办整改")
    instances.cancel(site.app, case, by=ADMIN, reason="清理")


def test_the_audit_finds_who_did_it_and_exports_it(site: Site, desk: Open) -> None:
    case = begin(site.app, "review", "AUD-1")
    instances.cancel(site.app, case, by=ADMIN, reason="重复登记，见另一件")
    page = desk(ADMIN, "/cockpit/audit").page
    page.get_by_label("含有的文字").fill("见另一件")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_test_id("audit-row")).to_have_count(1)
    expect(page.get_by_test_id("audit-row")).to_contain_text("AUD-1")
    with page.expect_download() as download:
        page.get_by_test_id("export").click()
    assert "见另一件" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_test_id("audit-row").get_by_role("link").click()
    page.locator("[data-pane=tree]").click()
    expect(page.get_by_test_id("tree-line")).to_have_count(1)
    page.goto("/cockpit/audit")
    units.create(site.app, {"code": "dept", "name": "某部门", "kind": "department"}, viewer=Viewer(ADMIN, admin=True))
    page.get_by_role("link", name="登记册").click()
    page.get_by_label("编号或名称").fill("某")
    page.get_by_role("button", name="查找").click()
    row = page.get_by_test_id("register-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("新建")
    with page.expect_download() as edits:
        page.get_by_test_id("export").click()
    assert "某部门" in edits.value.path().read_text(encoding="utf-8-sig")
    picture = {"id": "f3a9", "code": "RF-01", "shows": "wrong", "caption": "出口上锁", "filename": "1.jpg"}
    with site.app.transaction() as tx:
        now, rest = site.app.clock(), dict.fromkeys(("checklist", "item", "question", "media_type", "sha256"), "")
        tx.add(Picture(**picture, **rest, added_at=now, added_by=ADMIN))
        history.note(tx, "picture", "f3a9", before={}, after={"shows": "wrong"}, reason="", by=ADMIN, now=now)
    page.goto("/cockpit/audit/registers?noun=picture&subject=出口上锁")
    expect(row).to_contain_text("RF-01 出口上锁")
    expect(row).to_contain_text("正误：错误")
    expect(row).not_to_contain_text("f3a9")


def test_the_cockpit_is_no_place_for_a_clerk(desk: Open) -> None:
    one = desk("clerk")
    one.expected.add(404)
    expect(one.page.get_by_role("link", name="运维")).to_have_count(0)
    one.page.goto("/cockpit/audit")
    expect(one.page.get_by_test_id("problem").first).to_contain_text("没有这个地址")
