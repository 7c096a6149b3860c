"""The audit of the registers: every change of a register is there with who, when, what before and after, and why."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.campaign import (
    accounts,
    checklist_answers,
    checklists,
    code_register,
    codes,
    document_numbers,
    leaving,
    passwords,
    people,
    people_register,
    pictures,
    places,
    powers,
    register_audit,
    substitutes,
    units,
    units_register,
    visits,
)
from engine.campaign.checklist_model import Checklist
from engine.campaign.model import HazardCode, Person, Place
from engine.errors import EngineError, Invalid
from engine.testing import FakeClock
from tests.engine.campaign.test_checklist_answers import CLERK, INSPECTOR, VISIT
from tests.engine.campaign.test_pictures import add, photo

ROOT = Viewer("root", admin=True)


def found(app: App, **wanted: Any) -> list[View]:
    return list(register_audit.search(app, **wanted)["items"])


def last(app: App, noun: str) -> View:
    return found(app, noun=noun)[0]


def account(app: App) -> None:
    people.create(app, "new", password="long enough", unit="street", roles=["clerk"], by=ROOT, display_name="新人")


def test_a_new_record_of_each_register_is_told_once_and_is_no_edit(campaign: App, clock: FakeClock) -> None:
    units.create(campaign, {"code": "dept", "name": "某部门", "kind": "department"}, viewer=ROOT)
    account(campaign)
    with campaign.reading() as tx:
        grid = tx.query(Place.grid).first()[0]  # type: ignore[index]
    given = {"name": "新店", "kind": places.KINDS[0], "place_kind": "九小", "grid": grid}
    made = places.create(campaign, given, viewer=ROOT)
    told = {row["noun"]: row for row in found(campaign) if row["made"]}
    assert {noun: (told[noun]["key"], told[noun]["subject"], told[noun]["by"]) for noun in told} == {
        "unit": ("dept", "某部门", "root"), "person": ("new", "新人", "root"), "place": (made.id, "新店", "root"),
    }  # fmt: skip
    assert (told["person"]["before"], told["person"]["after"]["roles"]) == ({}, ["clerk"])
    assert told["unit"]["at"] == clock()
    assert places.changes(campaign, made.id, viewer=ROOT) == []
    assert units_register.changes(campaign, "dept", viewer=ROOT) == []


def test_what_happens_to_an_account_is_told_and_never_a_secret(campaign: App) -> None:
    account(campaign)
    new = Viewer("new")
    passwords.change_own(campaign, "long enough", "another secret", viewer=new)
    once = passwords.give_once(campaign, "new", reason="本人申请", viewer=ROOT)
    people.set_password(campaign, "new", "third secret", by=None)
    token = accounts.issue_token(campaign, "new", by=ROOT, label="接口")
    accounts.revoke_tokens(campaign, "new", by=None)
    assert accounts.revoke_tokens(campaign, "new", by=None) == 0  # nothing more to tell
    rows = found(campaign, noun="account")
    assert [(row["by"], row["after"]) for row in reversed(rows)] == [
        ("new", {"password": "本人已修改"}), ("system", {"password": "已修改"}), ("root", {"token": "接口"}),
        ("system", {"token": "吊销 1 个访问令牌"}),
    ]  # fmt: skip
    assert last(campaign, "person")["reason"] == "本人申请"
    everything = str(found(campaign, size=200)) + b"".join(register_audit.lines(campaign)).decode()
    for secret in ("long enough", "another secret", "third secret", once, token, "argon2"):
        assert secret not in everything


def test_each_lockout_is_told_with_its_span_and_who_tried_and_never_a_password(campaign: App, clock: FakeClock) -> None:
    account(campaign)
    campaign.wall = wall = FakeClock(datetime(2026, 11, 30, 8, tzinfo=UTC))
    tried: list[Callable[[str], object]] = [
        lambda wrong: accounts.open_session(campaign, "new", wrong),
        lambda wrong: passwords.change_own(campaign, wrong, "another secret", viewer=Viewer("new")),
    ]
    for guess in tried:
        for n in range(7):  # the sixth and seventh find it locked
            with pytest.raises(EngineError):
                guess(f"guess {n} of many")
        wall.advance(minutes=15)
    with pytest.raises(EngineError):
        accounts.open_session(campaign, "nobody", "wrong")
    rows = found(campaign, noun="lockout")
    assert [(row["subject"], row["by"], row["at"], row["made"]) for row in rows] == [
        ("新人", "new", clock(), False), ("新人", "", clock(), False),
    ]  # fmt: skip
    assert rows[1]["after"] == {
        "locked_from": "2026-11-30T08:00:00+00:00", "locked_until": "2026-11-30T08:15:00+00:00", "attempts": 5
    }  # fmt: skip
    for words in ({"noun": "登录锁定"}, {"q": "锁定"}, {"q": "locked"}, {"subject": "新人", "noun": "lockout"}):
        assert found(campaign, **words) == rows
    assert "guess" not in str(found(campaign)) + b"".join(register_audit.lines(campaign)).decode()


def test_roles_powers_codes_substitutions_and_slots_are_told_with_before_after_and_reason(
    campaign: App, clock: FakeClock
) -> None:
    account(campaign)
    people_register.update(campaign, "new", {"roles": ["leader"]}, revision=0, reason="任命", viewer=ROOT)
    row = last(campaign, "person")
    assert (row["before"], row["after"], row["reason"]) == ({"roles": ["clerk"]}, {"roles": ["leader"]}, "任命")
    other = next(code for code in powers.PROVINCES if code != powers.powers_table.DEFAULT_PROVINCE)
    for _ in range(2):  # the second time nothing changes
        powers.choose_province(campaign, other, viewer=ROOT, reason="搬迁")
    [row] = found(campaign, noun="province")
    assert (row["before"], row["after"]) == (
        {"province": powers.powers_table.DEFAULT_PROVINCE}, {"province": other}
    )  # fmt: skip
    with campaign.reading() as tx:
        code = tx.query(HazardCode).first()
        names = [name for (name,) in tx.query(Person.name).order_by(Person.name).limit(2)]
        slots = document_numbers.slots(tx)
    assert code is not None
    values = {name: getattr(code, name) for name in codes.CodeView.__slots__ if name not in ("code_group", "valid_to")}
    values |= {"valid_from": date(2027, 3, 1), "name": "改名", "reason": "修订"}
    codes.create(campaign, values, viewer=ROOT)
    assert (last(campaign, "code")["key"], last(campaign, "code")["reason"]) == (code.code, "修订")
    span = {"starts_at": clock(), "ends_at": clock() + timedelta(days=3)}
    made = substitutes.make(campaign, by=ROOT, person=names[0], substitute=names[1], reason="出差", **span)
    substitutes.revoke(campaign, made["id"], by=ROOT, reason="回来了")
    assert [(row["key"], row["reason"]) for row in found(campaign, noun="substitution")] == [
        (names[0], "回来了"), (names[0], "出差"),
    ]  # fmt: skip
    name, slot = next(iter(slots.items()))
    with campaign.reading() as tx:
        leader = next(iter(people.members(tx, "leader")), None)
    by = people.viewer(people.show(campaign, leader.name)) if leader else ROOT
    document_numbers.fill_slot(campaign, name, title="新名", type=slot["type"], viewer=by, reason="统一叫法")
    row = last(campaign, "slot")
    assert (row["before"]["title"], row["after"]["title"], row["reason"]) == (slot["title"], "新名", "统一叫法")


def test_pictures_checklists_and_codes_are_told_and_found_by_the_name_people_know(
    campaign: App, person: Callable[[App, str], Viewer]
) -> None:
    clerk, inspector = person(campaign, CLERK), person(campaign, INSPECTOR)
    captioned = add(campaign, clerk, caption="出口上锁")
    plain = add(campaign, clerk, photo("blue"), filename="后门.png")
    pictures.remove(campaign, captioned.id, viewer=clerk)
    visit = visits.create(campaign, VISIT, viewer=inspector).id
    answers = [{"no": 1, "answer": "yes"}]
    checklist_answers.save(campaign, visit, "JX", answers, revision=0, viewer=inspector)
    with campaign.reading() as tx:
        shop, rf = tx.get_one(Place, "P045").name, tx.query(HazardCode).filter_by(code="RF-01").one().name
        jx = tx.query(Checklist).filter_by(key="JX").one().name
    checklists.retire(campaign, "JX", last_day=date(2027, 1, 1), revision=0, reason="另行制定", viewer=ROOT)
    code_register.retire(campaign, "RF-01", last_day=date(2027, 1, 1), reason="修订", viewer=ROOT)
    assert [(row["noun"], row["subject"]) for row in found(campaign)] == [
        ("code", rf), ("checklist", jx), ("sheet", f"{shop} {jx}"),
        ("picture", "RF-01 出口上锁"), ("picture", "RF-01 后门.png"), ("picture", "RF-01 出口上锁"),
    ]  # fmt: skip
    named = {
        "出口上锁": ["picture"] * 2,
        "后门": ["picture"],
        shop: ["sheet"],
        jx: ["checklist", "sheet"],
        rf: ["code"],
    }
    assert {name: [row["noun"] for row in found(campaign, subject=name)] for name in named} == named
    assert [row["key"] for row in found(campaign, noun="正误图例", subject="后门")] == [plain.id]


def test_places_of_whoever_leaves_are_told_each(campaign: App) -> None:
    account(campaign)
    people.create(campaign, "next", password="long enough", unit="street", roles=["clerk"], by=ROOT)
    with campaign.transaction() as tx:
        place = tx.query(Place).order_by(Place.id).first()
        assert place is not None
        place.linked_leader = "new"
        id = place.id
    today = campaign.clock().astimezone(campaign.zone).date()
    leaving.leave(campaign, "new", last_day=today, reason="调走", viewer=ROOT, to="next")
    row = last(campaign, "place")
    assert (row["key"], row["before"], row["after"], row["reason"]) == (
        id, {"linked_leader": "new"}, {"linked_leader": "next"}, "调走"
    )  # fmt: skip


def test_it_is_narrowed_by_kind_person_time_subject_and_words(campaign: App, clock: FakeClock) -> None:
    units.create(campaign, {"code": "dept", "name": "消防部门", "kind": "department"}, viewer=ROOT)
    clock.advance(days=1)
    units_register.update(campaign, "dept", {"name": "100%_部门"}, revision=0, reason="改名", viewer=ROOT)
    asked: list[tuple[dict[str, Any], int]] = [
        ({"noun": "unit"}, 2), ({"noun": "place"}, 0), ({"by": "root"}, 2), ({"by": "li"}, 0),
        ({"subject": "dept"}, 2), ({"subject": "100%_"}, 2), ({"subject": "消防部门"}, 0), ({"subject": "de%"}, 0),
        ({"q": "改名"}, 1), ({"q": "消防"}, 2), ({"q": "%"}, 1), ({"since": clock() - timedelta(hours=1)}, 1),
        ({"until": clock() - timedelta(hours=1)}, 1),
    ]  # fmt: skip
    for wanted, n in asked:
        assert len(found(campaign, **wanted)) == n, wanted
    with pytest.raises(Invalid):
        found(campaign, since=clock(), until=clock() - timedelta(days=1))


def test_it_goes_on_from_row_to_row_and_a_stretch_without_any_says_where_to_go_on(
    campaign: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        units.create(campaign, {"code": f"D{n}", "name": f"部门{n}", "kind": "department"}, viewer=ROOT)
    first = register_audit.search(campaign, size=2)
    units.create(campaign, {"code": "late", "name": "后来", "kind": "department"}, viewer=ROOT)
    second = register_audit.search(campaign, size=2, before=first["next"])
    third = register_audit.search(campaign, size=2, before=second["next"])
    assert [row["key"] for page in (first, second, third) for row in page["items"]] == ["D4", "D3", "D2", "D1", "D0"]
    assert third["next"] is None
    monkeypatch.setattr(register_audit, "STRETCH", 2)
    page = register_audit.search(campaign, subject="D0")
    assert (page["items"], page["next"] is not None, page["looked_back_to"] is not None) == ([], True, True)


def test_the_export_has_a_line_for_each_field_and_no_formula(campaign: App) -> None:
    units.create(campaign, {"code": "dept", "name": "=1+1", "kind": "department"}, viewer=ROOT)
    text = b"".join(register_audit.lines(campaign)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][3:] == ["种类", "编号", "名称", "字段", "改前", "改后", "原因"]
    assert [row[6:9] for row in rows[1:]] == [["code", "", "dept"], ["name", "", "'=1+1"], ["kind", "", "department"]]


@pytest.mark.parametrize("act", [lambda app: account(app)])
def test_what_was_refused_is_not_told(campaign: App, act: Callable[[App], None]) -> None:
    with pytest.raises(Exception, match="不"):
        units.create(campaign, {"code": "坏", "name": "x", "kind": "department"}, viewer=ROOT)
    assert found(campaign) == []
    act(campaign)
    assert len(found(campaign)) == 1
