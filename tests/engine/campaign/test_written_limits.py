"""A limit that is written by hand lies between today and the cap of D2; anything else is refused with its field."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import messages
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, people
from engine.campaign.case_model import Deadline, Finding
from engine.errors import Invalid
from tests.engine.campaign.closing_case import CLERK, FOUND, INSPECTOR, complete

Person = Callable[[App, str], Viewer]
CRITERIA = {
    "valid": True, "criteria_confirmed": True, "criteria_standard": "示例标准", "criteria_clause": "示例条款",
    "criteria_quote": "在地下室使用瓶装液化石油气", "criteria_judge": "officer-fire-rescue",
    "criteria_date": "2026-09-24",
}  # fmt: skip
PLAN = {"goal": "消除", "measures": "改用管道天然气", "responsible": "负责人", "funds": 1, "plan": "专人值守"}


@pytest.fixture
def found(campaign: App, person: Person) -> App:
    """An installation with one hazard that waits to be classified, found on 24 September 2026 at 09:00."""
    hazards.register(campaign, FOUND, viewer=person(campaign, INSPECTOR))
    return campaign


def due(app: App) -> Deadline:
    with app.reading() as tx:
        return tx.scalars(select(Deadline).where(Deadline.kind == "整改", Deadline.state == "open")).one()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"written_n": 33, "written_unit": "d"}, "超过一般隐患从发现之日起最长 30 日（2026-10-26）"),
        ({"written_n": 25, "written_unit": "wd"}, "决策表 D2：本地规则"),
        ({"written_n": 33, "written_unit": "d", "fixable_now": True}, "超过一般隐患"),
        ({"written_n": 33, "written_unit": "d", "written_level": "较大"}, "超过较大隐患"),
        ({"written_n": 90, "written_unit": "d", "suspected": True}, "最长"),
    ],
)
def test_a_longer_one_is_refused_with_the_rule(found: App, person: Person, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        complete(found, person(found, CLERK), "classify", valid=True, **given)
    assert [(each["field"], each["rule"]) for each in refused.value.problems] == [("written_n", "max")]
    complete(found, person(found, CLERK), "classify", valid=True)  # nothing was taken: it is still to be done


@pytest.mark.parametrize(
    ("n", "unit", "last"),
    [(30, "d", "2026-10-26"), (32, "d", "2026-10-26"), (1, "d", "2026-09-28"), (2, "wd", "2026-09-29")],
)  # 25 September is a holiday, 24 October a Saturday
def test_up_to_the_cap_anything_is_taken(found: App, person: Person, n: int, unit: str, last: str) -> None:
    approver = {"limit_approver": "leader-street"} if n > 7 else {}
    complete(found, person(found, CLERK), "classify", valid=True, written_n=n, written_unit=unit, **approver)
    assert (due(found).n, due(found).unit, due(found).due_on.isoformat()) == (n, unit, last)


def test_one_that_has_passed_already_is_refused(found: App, person: Person) -> None:
    found.clock.now += timedelta(days=6)  # type: ignore[attr-defined]
    with pytest.raises(Invalid, match="早于今天 2026-09-30") as refused:
        complete(found, person(found, CLERK), "classify", valid=True, written_n=2, written_unit="h")
    assert [(each["field"], each["rule"]) for each in refused.value.problems] == [("written_n", "min")]
    with pytest.raises(Invalid):
        complete(found, person(found, CLERK), "classify", valid=True, written_n="soon", written_unit="d")
    complete(found, person(found, CLERK), "classify", valid=False, void_reason="重复登记", written_n=90)


def test_a_plan_keeps_to_the_longest_limit_of_a_major_hazard(found: App, person: Person) -> None:
    complete(found, person(found, CLERK), "classify", **CRITERIA)
    complete(found, person(found, CLERK), "assign", holder_unit="GH", requirement="停用")
    holder = person(found, "secretary-gh")
    complete(found, holder, "sign", signed=True)
    for limit, rule in (("2026-12-24", "max"), ("2026-09-23", "min")):
        with pytest.raises(Invalid) as refused:
            complete(found, holder, "plan", **PLAN, limit=limit)
        assert [(each["field"], each["rule"]) for each in refused.value.problems] == [("limit", rule)]
    complete(found, holder, "plan", **PLAN, limit="2026-12-23")
    assert due(found).due_on.isoformat() == "2026-12-23"


@pytest.mark.parametrize(
    ("given", "approver"),
    [
        ({"written_n": 20, "written_unit": "d"}, "leader-street"),
        ({"written_n": 20, "written_unit": "d", "written_level": "较大"}, "principal-street"),
    ],
)
def test_one_longer_than_the_codes_own_names_the_leader_who_approved_it(
    found: App, person: Person, given: dict[str, Any], approver: str
) -> None:
    clerk = person(found, CLERK)
    for wrong in ("", "nobody", CLERK, *{"leader-street", "principal-street"} - {approver}):
        with pytest.raises(Invalid, match="须经街道") as refused:
            complete(found, clerk, "classify", valid=True, **given, limit_approver=wrong)
        assert [(each["field"], each["rule"]) for each in refused.value.problems] == [("limit_approver", "approval")]
    shown = people.show(found, approver).display_name
    complete(found, clerk, "classify", valid=True, **given, limit_approver=shown)
    with found.reading() as tx:
        assert tx.scalars(select(Notice.recipient).where(Notice.subject.contains("批准人"))).all() == [approver]
        assert [shown in text for text in tx.scalars(select(Finding.text).where(Finding.kind == "时限批准"))] == [True]


def test_a_limit_written_while_asking_to_strike_it_off_is_not_taken_along(found: App, person: Person) -> None:
    clerk, leader = person(found, CLERK), person(found, "leader-street")
    complete(found, clerk, "classify", valid=False, void_reason="疑似重复", written_n=25, written_unit="d")
    while messages.deliver_next(found):
        pass
    complete(found, leader, "confirm_void", void_confirmed=False, void_opinion="不是重复")
    while messages.deliver_next(found):
        pass
    with pytest.raises(Invalid, match="须经街道"):
        complete(found, clerk, "classify", valid=True, written_n=25, written_unit="d")
    complete(found, clerk, "classify", valid=True, written_n=None, written_unit=None)
    assert due(found).n == 7
