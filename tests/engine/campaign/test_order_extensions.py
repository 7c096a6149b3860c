"""More time for what an order asked: who asks, how late, how long, how often, and who answers, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.campaign import events, evidence, order_extensions, order_time
from engine.campaign.case_model import Finding, Hazard
from engine.campaign.clock_file import MARK
from engine.campaign.deadline_views import DeadlineView
from engine.campaign.demo.photos import photo
from engine.errors import Conflict, EngineError, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock
from tests.engine.campaign.test_court_cases import CLERK, HEAD, NUMBER, OFFICER, Cast, local
from tests.engine.campaign.test_started_clocks import APPROVED, OPINION, ORDER, cast, limits, paper, rows, states

__all__ = ["cast"]

PARTY, LATER = "owner-e-p020", date(2026, 10, 30)


def ask(cast: Cast, by: str = OFFICER, **change: Any) -> DeadlineView:
    given = {"until": date(2026, 10, 30), "reason": "板材未到", **change}
    return order_extensions.ask(cast.app, rows(cast, "T3")[-1].id, **given, viewer=cast.who(by))


def answer(cast: Cast, granted: bool = True, by: str = HEAD, **change: Any) -> DeadlineView:
    given = {"granted": granted, "reason": "属实", **change}
    return order_extensions.answer(cast.app, rows(cast, "T3")[-1].id, **given, viewer=cast.who(by))


def refused(error: type[EngineError], words: str, act: Any, cast: Cast, **given: Any) -> None:
    with pytest.raises(error, match=words):
        act(cast, **given)


def test_a_request_starts_the_answer_and_a_granted_one_moves_what_counts_from_the_order(cast: Cast) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)  # until 14 October
    refused(Conflict, "没有等待答复", answer, cast)
    refused(NotAllowed, "由被责令的单位申请", ask, cast, by=CLERK)
    refused(NotFound, "没有这个时限", ask, cast, by="secretary-xq")
    refused(Invalid, "延期太长.*最迟 2026-11-13", ask, cast, until=date(2026, 11, 14))
    refused(Invalid, "应在责令之日至今天之间", ask, cast, asked_on=date(2026, 9, 15))
    cast.app.clock = FakeClock(APPROVED + timedelta(days=22))
    refused(Conflict, "应在届满前至少 10 日申请，最迟 2026-10-04，今天是 2026-10-06", ask, cast)
    made = ask(cast, asked_on=date(2026, 9, 28))  # on paper, and in time
    assert (made.clock, made.due_date, made.unit) == ("T8.answer", date(2026, 10, 3), "d")
    assert rows(cast, "T8.answer")[0].duty_unit == "emergency_bureau"
    refused(Conflict, "已有一份", ask, cast)
    refused(NotAllowed, "负责人批准", answer, cast, by=OFFICER)
    refused(Invalid, "申请的是 2026-10-30", answer, cast, until=date(2026, 10, 31))
    moved = answer(cast, until=date(2026, 10, 20))
    assert (moved.due_date, moved.extensions) == (date(2026, 10, 20), 1)
    assert "申请延期并获批准" in "".join(moved.trace)
    assert states(cast, "T8.answer") == ["missed"], "answered after five days"
    assert limits(cast, "T7")[-1][1:] == ("2026-10-30", "open") and states(cast, "T8")[-1] == "open"
    refused(Conflict, "只能延期 1 次", ask, cast, asked_on=date(2026, 10, 6))


def test_a_refused_request_leaves_the_limit_and_the_end_of_the_order_ends_the_answer(cast: Cast) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)
    ask(cast)
    assert answer(cast, granted=False).due_date == date(2026, 10, 14)
    assert states(cast, "T8.answer") == ["met"] and states(cast, "T3") == ["open"]
    ask(cast)
    paper(cast, "r1", OPINION, 3)
    assert states(cast, "T8.answer") == ["met", "void"] and states(cast, "T3") == ["met"]
    refused(Conflict, "正在计算的期限", ask, cast)
    assert local("2026-09-17 09:00") == cast.app.clock()


def test_the_party_is_the_enterprise_and_no_admin_answers_for_the_head(cast: Cast, root: Viewer) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)
    with cast.app.transaction() as tx:
        tx.get_one(Hazard, NUMBER).holder_unit = "QS"  # the community sees to it; nothing was ordered from it
    refused(NotAllowed, "由被责令的单位申请", ask, cast, by="secretary-qs")
    assert shown(cast, "secretary-qs").asks == ""
    with cast.app.transaction() as tx:
        tx.get_one(Hazard, NUMBER).holder_unit = "E-P020"
    assert shown(cast, PARTY).asks == "party"
    cast.app.clock = FakeClock(APPROVED + timedelta(days=2))
    for act in (ask, shown):
        refused(Invalid, "由作出指令的部门登记", act, cast, by=PARTY, until=LATER, asked_on=date(2026, 9, 15))
    ask(cast, by=PARTY)
    id = rows(cast, "T3")[-1].id
    assert not order_time.show(cast.app, id, viewer=root).answers
    with pytest.raises(NotAllowed, match="负责人批准"):
        order_extensions.answer(cast.app, id, granted=True, reason="属实", viewer=root)


def shown(cast: Cast, by: str = OFFICER, **given: Any) -> order_time.OrderTime:
    return order_time.show(cast.app, rows(cast, "T3")[-1].id, **given, viewer=cast.who(by))


def test_what_may_be_asked_and_the_day_that_would_come_are_told_before_anything_is_sent(cast: Cast) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED)  # until 14 October
    told = shown(cast)
    assert (told.ask_by, told.latest, told.most_days) == (date(2026, 10, 4), date(2026, 11, 13), 30)
    assert (told.asks, told.answers, told.refusal, told.would) == ("organ", False, "", None)
    assert "最多延期 1 次，最长 30 日；应在届满前至少 10 日申请" in told.rule and MARK in told.rule
    assert (shown(cast, HEAD).answers, shown(cast, CLERK).asks) == (True, "")
    for given in ({"days": 31}, {"days": 3, "until": date(2026, 10, 17)}, {"until": date(2026, 10, 14)}):
        refused(Invalid, "延期太长|只填一个|应晚于原期限", shown, cast, **given)
    would = shown(cast, days=16, asked_on=date(2026, 9, 14)).would
    assert would is not None and (would.until, would.answer_by) == (date(2026, 10, 30), date(2026, 9, 19))
    assert "原时限 2026-10-14" in would.trace[0] and MARK in would.trace[-1]
    assert len(cast.rows(Finding)) == 0 and states(cast, "T8.answer") == []

    proof = evidence.add(cast.app, photo("板材", APPROVED), filename="板材.jpg", viewer=cast.who(OFFICER)).id
    refused(Invalid, "不是您上传的", ask, cast, until=None, days=16, files=["nothing"])
    assert states(cast, "T8.answer") == []
    ask(cast, until=None, days=16, files=[proof])
    waits = shown(cast, HEAD)
    assert waits.waiting == order_time.Waiting(
        date(2026, 9, 14), date(2026, 10, 30), "板材未到", [proof], OFFICER, date(2026, 9, 19)
    )
    assert "等待答复（申请延至 2026-10-30）" in waits.refusal and waits.would is not None
    refused(Invalid, "申请的是 2026-10-30", shown, cast, days=17)
    less = shown(cast, HEAD, days=6).would
    moved = answer(cast, days=6)
    with cast.app.reading() as tx:
        told = tx.scalars(select(Notice).where(Notice.recipient == OFFICER, Notice.subject.contains("延期"))).all()
    assert ["已答复延期申请" in one.subject for one in told] == [True] and "批准延至" in told[0].body
    story = [(line.title, line.by) for line in events.list_events(cast.app, NUMBER, viewer=cast.who(OFFICER))]
    assert ("延期申请", OFFICER) in story and ("延期答复", HEAD) in story
    assert less is not None and (less.until, less.due_at) == (moved.due_date, moved.due_at)
    assert less.trace[1:] == moved.trace[1:], "what was shown is what came"
    assert "只能延期 1 次" in shown(cast).refusal
