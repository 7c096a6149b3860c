"""Who leaves a post: the account is closed and what was held goes on; files of people and units keep their history."""

from collections.abc import Callable
from datetime import date
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import assignment, definitions, instances, queries, tasks
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, leaving, people, people_register, powers, substitutes, units_register
from engine.errors import Conflict, Invalid, NotAllowed, NotAuthenticated, NotFound
from tests.api.conftest import REVIEW

Person = Callable[[App, str], Viewer]
DAY = date(2026, 9, 24)
WHY = {"reason": "调往区应急局"}


@pytest.fixture
def office(street: App, root: Viewer) -> App:
    """The safety office with two clerks, and a process whose task is offered to them."""
    for name in ("li", "wang"):
        people.create(street, name, password="long-enough", unit="safety_office", roles=["clerk"], by=None)
    definitions.deploy(street, {"review.bpmn": REVIEW}, by="root")
    return street


def task_of(app: App, root: Viewer) -> str:
    return str(instances.start(app, "review", {}, by="root")["tasks"][0]["id"])


def shown(app: App, id: str, root: Viewer) -> Any:
    return queries.task(app, root, id)


def test_a_claimed_task_goes_back_to_the_group_and_the_account_is_closed(
    office: App, root: Viewer, person: Person
) -> None:
    id, li = task_of(office, root), person(office, "li")
    tasks.claim(office, id, viewer=li)
    token = accounts.issue_token(office, "li", by=None)
    session = accounts.open_session(office, "li", "long-enough")
    held = leaving.held_by(office, "li", viewer=root)
    assert [(one.id, one.nobody_else) for one in held.tasks] == [(id, False)]
    done = leaving.leave(office, "li", last_day=DAY, viewer=root, **WHY)
    assert [one.outcome for one in done.tasks] == ["已放回"]
    assert (done.person.active, done.person.ends_on) == (False, DAY)
    assert shown(office, id, root)["assignee"] is None
    tasks.claim(office, id, viewer=person(office, "wang"))
    for look in (
        lambda: accounts.token_person(office, token),
        lambda: accounts.session(office, session.secret),
        lambda: accounts.open_session(office, "li", "long-enough"),
    ):
        with pytest.raises(NotAuthenticated):
            look()
    (edit,) = people_register.changes(office, "li", viewer=root)
    assert (edit.by, edit.reason, edit.after["active"]) == ("root", WHY["reason"], False)
    assert leaving.leave(office, "li", last_day=DAY, viewer=root, **WHY).tasks == []  # again: nothing is left to do


def test_tasks_are_handed_to_whoever_takes_over_with_a_notice(office: App, root: Viewer, person: Person) -> None:
    claimed, delegated, alone = (task_of(office, root) for _ in range(3))
    li = person(office, "li")
    tasks.claim(office, claimed, viewer=li)
    tasks.claim(office, delegated, viewer=li)
    tasks.delegate(office, delegated, viewer=li, to="wang")
    with office.transaction() as tx:
        for row in tx.scalars(select(TaskCandidate).where(TaskCandidate.task_id == alone)):
            tx.delete(row)
        tx.add(TaskCandidate(task_id=alone, candidate="user:li"))
    with pytest.raises(Conflict, match="只有 li 能办"):
        leaving.leave(office, "li", last_day=DAY, viewer=root, **WHY)
    assert leaving.held_by(office, "li", viewer=root).person.active  # refused as a whole
    done = leaving.leave(office, "li", last_day=DAY, to="wang", viewer=root, **WHY)
    assert {one.outcome for one in done.tasks} == {"已移交"} and len(done.tasks) == 3
    assert shown(office, claimed, root)["assignee"] == "wang"
    with office.reading() as tx:
        row = tx.get_one(Task, delegated)
        assert (row.assignee, row.owner, row.delegation) == ("wang", "wang", "pending")
        offered = set(tx.scalars(select(TaskCandidate.candidate).where(TaskCandidate.task_id == alone)))
    assert offered == {"user:wang"}
    assignment.resolve(office, delegated, viewer=person(office, "wang"), text="已核实")


def test_groups_that_nobody_is_in_any_more_are_named(office: App, root: Viewer) -> None:
    assert leaving.held_by(office, "li", viewer=root).groups == []
    leaving.leave(office, "li", last_day=DAY, viewer=root, **WHY)
    assert "clerk@safety_office" in leaving.held_by(office, "wang", viewer=root).groups


def test_a_substitution_ends_with_the_person(office: App, root: Viewer, person: Person) -> None:
    now = office.clock()
    substitutes.make(office, by=person(office, "wang"), person=None, substitute="li", starts_at=now,
                     ends_at=now.replace(year=2027), reason="休假")  # fmt: skip
    assert substitutes.of(office, "li", now)
    leaving.leave(office, "li", last_day=DAY, viewer=root, **WHY)
    assert substitutes.of(office, "li", now) == ()


def test_who_leaves_and_who_takes_over_is_checked(office: App, root: Viewer, person: Person) -> None:
    people.create(office, "boss", password="long-enough", unit=None, roles=["admin"], by=None)
    boss = Viewer("boss", frozenset({"admin"}), admin=True)
    for given, error in (
        ({"to": "nobody"}, Invalid), ({"to": "li"}, Invalid), ({"last_day": date(2026, 9, 25)}, Invalid),
        ({"reason": " "}, Invalid),
    ):  # fmt: skip
        with pytest.raises(error):
            leaving.leave(office, "li", viewer=root, **{"last_day": DAY, **WHY, **given})
    with pytest.raises(NotAllowed):
        leaving.leave(office, "boss", last_day=DAY, viewer=boss, **WHY)
    for act in (leaving.held_by, people_register.changes):
        with pytest.raises(NotAllowed):
            act(office, "li", viewer=person(office, "wang"))
    with pytest.raises(NotFound):
        leaving.held_by(office, "nobody", viewer=root)
    with pytest.raises(NotAllowed):
        leaving.leave(office, "li", last_day=DAY, viewer=person(office, "wang"), **WHY)


def test_two_who_close_an_account_at_once_lose_no_task(office: App, root: Viewer, person: Person) -> None:
    ids = [task_of(office, root) for _ in range(3)]
    for id in ids:
        tasks.claim(office, id, viewer=person(office, "li"))
    failed: list[BaseException] = []

    def act() -> None:
        try:
            leaving.leave(office, "li", last_day=DAY, to="wang", viewer=root, **WHY)
        except Conflict as refusal:
            failed.append(refusal)

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) < 2
    assert {shown(office, id, root)["assignee"] for id in ids} == {"wang"}


def test_a_closed_account_comes_back(office: App, root: Viewer) -> None:
    leaving.leave(office, "li", last_day=DAY, viewer=root, **WHY)
    back = leaving.come_back(office, "li", reason="借调期满", viewer=root)
    assert (back.active, back.ends_on, back.revision) == (True, None, 2)
    with pytest.raises(Conflict):
        leaving.come_back(office, "li", reason="再来", viewer=root)
    assert accounts.open_session(office, "li", "long-enough").person.active


def test_an_account_is_edited_with_its_history(office: App, root: Viewer, person: Person) -> None:
    values = {"display_name": "李", "roles": ["clerk", "officer"], "starts_on": DAY}
    done = people_register.update(office, "li", values, revision=0, reason="兼任", viewer=root)
    assert (done.display_name, done.roles, done.revision) == ("李", ("clerk", "officer"), 1)
    with pytest.raises(Conflict, match="已被他人修改"):
        people_register.update(office, "li", values, revision=0, reason="兼任", viewer=root)
    (edit,) = people_register.changes(office, "li", viewer=root)
    assert (edit.before["roles"], edit.after["roles"]) == (["clerk"], ["clerk", "officer"])
    for wrong in ({"unit": None}, {"roles": ["a b"]}):
        with pytest.raises(Invalid):
            people_register.update(office, "li", wrong, revision=1, reason="x", viewer=root)
    with pytest.raises(NotFound):
        people_register.update(office, "li", {"unit": "none"}, revision=1, reason="x", viewer=root)
    with pytest.raises(NotAllowed):
        people_register.update(
            office, "wang", {"roles": ["admin"]}, revision=0, reason="x", viewer=person(office, "li")
        )


CERTIFICATE = {"cert_no": "豫A001", "cert_from": date(2025, 1, 1), "cert_to": date(2026, 9, 24), "cert_items": []}


def test_a_certificate_counts_from_its_first_to_its_last_day(office: App, root: Viewer, person: Person) -> None:
    people.create(office, "zhao", password="long-enough", unit="police_station", roles=["officer"], by=None)
    people.create(office, "qian", password="long-enough", unit="police_station", roles=["officer"], by=None)
    other = {**CERTIFICATE, "cert_no": "豫A002", "cert_to": date(2027, 1, 1)}
    people_register.certify(office, "qian", other, revision=0, reason="年审", viewer=root)

    def may(on: date) -> None:
        with office.reading() as tx:
            rule = powers.entitled(tx, "order_remove", powers.units.require(tx, "police_station"), day=on)
            powers.certified(tx, ["zhao", "qian"], {"police_station"}, rule, on)

    with pytest.raises(Invalid, match="没有本单位有效的执法证"):
        may(DAY)
    done = people_register.certify(office, "zhao", CERTIFICATE, revision=0, reason="年审", viewer=root)
    assert done.cert_valid and done.cert_to == DAY
    may(DAY)
    for outside in (date(2026, 9, 25), date(2024, 12, 31)):
        with pytest.raises(Invalid, match="有效的执法证"):
            may(outside)
    with pytest.raises(Invalid, match="已登记给"):
        people_register.certify(office, "li", CERTIFICATE, revision=0, reason="x", viewer=root)
    for wrong in ({"cert_to": None}, {"cert_to": date(2020, 1, 1)}, {"cert_items": ["fly"]}):
        with pytest.raises(Invalid):
            people_register.certify(office, "zhao", {**CERTIFICATE, **wrong}, revision=1, reason="x", viewer=root)
    people_register.certify(
        office, "zhao", {**CERTIFICATE, "cert_items": ["inspect"]}, revision=1, reason="限", viewer=root
    )
    with pytest.raises(Invalid, match="证件不含此事项"):
        may(DAY)
    people_register.certify(office, "zhao", CERTIFICATE, revision=2, reason="复", viewer=root)
    leaving.leave(office, "zhao", last_day=DAY, viewer=root, **WHY)
    with pytest.raises(Invalid):
        may(DAY)


def test_a_unit_is_renamed_and_dissolved_when_it_is_empty(office: App, root: Viewer, person: Person) -> None:
    done = units_register.update(office, "safety_office", {"name": "应急办"}, revision=0, reason="改名", viewer=root)
    assert (done.name, done.revision) == ("应急办", 1)
    with pytest.raises(Conflict):
        units_register.update(office, "safety_office", {"name": "x"}, revision=0, reason="x", viewer=root)
    with pytest.raises(Conflict, match="2 个在用的账号"):
        units_register.update(office, "safety_office", {"valid_to": DAY}, revision=1, reason="撤销", viewer=root)
    for name in ("li", "wang"):
        people_register.update(office, name, {"unit": "police_station"}, revision=0, reason="并入", viewer=root)
    done = units_register.update(office, "safety_office", {"valid_to": date(2026, 9, 23)}, revision=1, reason="撤销",
                                 viewer=root)  # fmt: skip
    assert done.valid_to == date(2026, 9, 23)
    with pytest.raises(Conflict, match="撤销"):
        people_register.update(office, "li", {"unit": "safety_office"}, revision=1, reason="x", viewer=root)
    assert [edit.after for edit in units_register.changes(office, "safety_office", viewer=root)] == [
        {"name": "应急办"}, {"valid_to": "2026-09-23"},
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        units_register.update(office, "GH", {"name": "x"}, revision=0, reason="x", viewer=person(office, "li"))
    for wrong in ({"name": " "}, {"body": "king"}, {"valid_from": DAY, "valid_to": date(2020, 1, 1)}):
        with pytest.raises(Invalid):
            units_register.update(office, "GH-01", wrong, revision=0, reason="x", viewer=root)
