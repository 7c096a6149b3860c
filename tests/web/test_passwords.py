"""Passwords in the browser: one's own is changed, a lost one replaced for one login, on desk and phone."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from engine.campaign import passwords, people
from tests.web.conftest import ADMIN, PASSWORD, Site, Watched, sign_in
from tests.web.test_settings import ROOT, Open, saved


def test_who_has_no_office_sees_what_is_theirs_and_changes_the_password(
    opened: Callable[[str], Watched], site: Site
) -> None:
    people.create(site.app, "owner-new", password=PASSWORD, unit="safety_office", roles=["owner"], by=None)
    watched = opened("desk")
    watched.expected.add(422)
    page = watched.page
    sign_in(page, "owner-new")
    page.get_by_role("link", name="设置").click()
    side = page.get_by_role("navigation", name="设置")
    expect(side.get_by_role("link")).to_have_count(2)
    form = page.get_by_test_id("password")
    form.get_by_label("原密码").fill("wrong-password")
    form.get_by_label(re.compile("^新密码")).fill("neues-passwort")
    form.get_by_label("再输一遍新密码").fill("neues-passwort")
    form.get_by_role("button", name="修改密码").click()
    expect(form.get_by_text("原密码不对").first).to_be_visible()
    form.get_by_label("原密码").fill(PASSWORD)
    form.get_by_role("button", name="修改密码").click()
    saved(page)
    page.get_by_role("link", name="代办（AB 角）", exact=True).click()
    expect(page.get_by_text("没有代办")).to_be_visible()


def test_who_lost_the_password_gets_one_for_one_login_and_chooses_another(
    desk: Open, opened: Callable[[str], Watched], site: Site
) -> None:
    admin = desk(ADMIN, "/settings/people").page
    admin.get_by_role("button", name="新建账号").click()
    new = admin.get_by_test_id("new-person")
    for label, value in (("登录名", "forgetful"), ("姓名", "常忘"), ("电话", "138 0000 0000"), ("初始密码", PASSWORD)):
        new.get_by_label(label).fill(value)
    for label, value in (("单位", "安全应急办"), ("角色", "经办")):
        new.get_by_label(label).fill(value)
        admin.get_by_role("option", name=value).locator("visible=true").first.click()
    admin.keyboard.press("Escape")
    new.get_by_role("button", name="保存").click()
    expect(admin.get_by_label("电话")).to_have_value("138 0000 0000")
    admin.get_by_role("button", name="重设密码").click()
    admin.get_by_role("dialog").get_by_label("理由").fill("本人当面申请")
    admin.get_by_test_id("send").click()
    once = admin.get_by_test_id("once").inner_text()
    expect(admin.get_by_test_id("changes")).to_contain_text("一次性密码")
    page = opened("desk").page
    page.goto("/login")
    page.get_by_label("登录名").fill("forgetful")
    page.get_by_label("密码").fill(once)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_test_id("must-choose")).to_be_visible()
    page.goto("/hazards")
    expect(page).to_have_url(re.compile("/settings/me"))
    form = page.get_by_test_id("password")
    form.get_by_label(re.compile("^新密码")).fill("neues-passwort")
    form.get_by_label("再输一遍新密码").fill("neues-passwort")
    form.get_by_role("button", name="修改密码").click()
    saved(page)
    expect(page.get_by_test_id("must-choose")).to_have_count(0)
    assert not passwords.must_choose(site.app, "forgetful")


def test_on_a_phone_too_a_password_for_one_login_is_changed_first(opened: Callable[[str], Watched], site: Site) -> None:
    people.create(site.app, "forgetful-2", password=PASSWORD, unit="GH-01", roles=["inspector"], by=None)
    once = passwords.give_once(site.app, "forgetful-2", reason="本人当面申请", viewer=ROOT)
    watched = opened("phone")
    watched.expected.add(422)
    page = watched.page
    page.goto("/m/login?next=/register")
    page.get_by_label("登录名").fill("forgetful-2")
    page.get_by_label("密码").fill(once)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_test_id("must-choose")).to_be_visible()
    page.goto("/m/me")
    expect(page).to_have_url(re.compile("/m/password"))
    for fresh in ("short", "neues-passwort"):
        page.get_by_label("新密码", exact=True).fill(fresh)
        page.get_by_label("再输一遍新密码").fill(fresh)
        page.get_by_role("button", name="修改密码").click()
        if fresh == "short":
            expect(page.get_by_test_id("problem")).to_be_visible()
    expect(page).to_have_url(re.compile("/m/me"))
    assert not passwords.must_choose(site.app, "forgetful-2")
    page.get_by_test_id("to-password").click()
    expect(page.get_by_label("原密码")).to_be_visible()
