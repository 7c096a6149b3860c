"""The clocks of the papers of penalties: of the law alone, each party's own, on both databases."""

from datetime import date, timedelta

import pytest

from engine.campaign import deadlines, documents, events, penalties, stopping
from engine.campaign.case_model import Deadline, Finding, Hazard
from engine.errors import Conflict
from tests.engine.campaign.test_court_cases import CLERK, HEAD, NUMBER, OFFICER, Cast
from tests.engine.campaign.test_shown_dates import GROUND, ROOT
from tests.engine.campaign.test_started_clocks import (
    APPROVED,
    FILING,
    PENALTY,
    cast,
    follow,
    limits,
    number,
    paper,
    remind,
    rows,
    states,
)

__all__ = ["cast"]
LATER = "延期（分期）缴纳罚款批准书"


def test_what_the_law_counts_is_not_changed_by_hand_and_nobody_reads_of_a_filing(cast: Cast) -> None:
    paper(cast, "f1", FILING)
    paper(cast, "g1", "先行登记保存证据通知书")
    paper(cast, "h1", "听证告知书", served_at=APPROVED)
    paper(cast, "p1", PENALTY, body={"decision": ["罚款 5000 元"]}, served_at=APPROVED)
    paper(cast, "f2", FILING, 1)
    for clock in ("T23", "T24", "T26", "T27", "T28", "T29"):
        id = rows(cast, clock)[-1].id
        for act in (
            lambda id=id: stopping.suspend(cast.app, id, GROUND, viewer=ROOT),
            lambda id=id: stopping.replace(cast.app, id, date(2026, 9, 18), GROUND, viewer=ROOT),
        ):
            with pytest.raises(Conflict, match=r"法定期限（.*法》.*不能中止"):
                act()
    with cast.app.transaction() as tx:  # stopped while that was possible still
        row = tx.get_one(Deadline, rows(cast, "T24")[-1].id)
        deadlines.suspend_in(tx, row, cast.app.clock(), reason="补充调查", actor="root")
        id = row.id
    stopping.resume(cast.app, id, GROUND, viewer=ROOT)
    assert states(cast, "T24")[-1] == "open" and not cast.rows(Finding)
    with cast.app.reading() as tx:
        told = [line.text for line in events.story(tx, tx.get_one(Hazard, NUMBER))]
    assert not any(GROUND.reason in text for text in told)


def test_a_paper_for_one_party_leaves_the_clocks_of_another_alone(cast: Cast) -> None:
    firm, manager = {"recipient": "示例公司"}, {"recipient": "示例公司经理"}
    paper(cast, "h1", "听证告知书", body=firm, served_at=APPROVED)
    paper(cast, "h2", "听证告知书", body=manager, served_at=APPROVED)
    fined = {"decision": ["罚款 5000 元"]}
    paper(cast, "p1", PENALTY, 1, body={**firm, **fined}, served_at=APPROVED + timedelta(days=1))
    assert states(cast, "T26") == ["met", "open"]
    paper(cast, "p2", PENALTY, 2, body={**firm, **fined}, served_at=APPROVED + timedelta(days=2))
    paper(cast, "p3", "行政处罚决定书（个人）", 3, body={**manager, **fined}, served_at=APPROVED + timedelta(days=3))
    assert states(cast, "T26") == ["met", "met"]
    paper(cast, "a1", LATER, 4, body={**firm, "reference": number("p2")})
    assert states(cast, "T27") == states(cast, "T28") == ["open", "met", "open"]
    paper(cast, "a2", LATER, 5, body=manager)
    assert states(cast, "T27") == states(cast, "T28") == ["open", "met", "met"]
    paper(cast, "h4", "听证告知书", 6, served_at=APPROVED + timedelta(days=6))
    paper(cast, "e1", "案件移送书", 7)
    assert states(cast, "T26") == ["met", "met", "met"]


def test_a_decision_is_published_and_its_fine_paid_or_grows_day_by_day(cast: Cast) -> None:
    paper(cast, "p1", PENALTY, body={"decision": ["罚款 5000 元"]}, served_at=APPROVED)
    assert limits(cast, "T29") == [("公示处罚示例应急罚26-1", "2026-09-22", "open")]
    assert limits(cast, "T27") == [("缴纳罚款示例应急罚26-1", "2026-09-29", "open")]
    assert limits(cast, "T28") == [("加处罚款示例应急罚26-1", "2026-09-30", "open")]
    assert [(row.side, row.duty_unit) for row in rows(cast, "T28")] == [("party", "emergency_bureau")]
    told = remind(cast, "2026-10-08 08:30")
    assert {OFFICER, HEAD} <= next(names for subject, names in told.items() if "百分之三" in subject)
    values = {"decided_on": APPROVED.date(), "document": number("p1"), "organ": "emergency_bureau", "fine": 5000}
    made = penalties.add(cast.app, "P019", values, viewer=cast.who(CLERK))
    for day, wanted in ((date(2026, 9, 13), False), (date(2026, 9, 21), True), (date(2027, 1, 1), False)):
        try:
            shown = penalties.publish(cast.app, "P019", made.id, day, " 官网 ", viewer=cast.who(CLERK))
            assert wanted and (shown.published_on, shown.published_at) == (day, "官网")
        except Exception as error:
            assert not wanted and "公示日期" in str(error)
    assert [*states(cast, "T27"), *states(cast, "T29")] == ["open", "met"]
    given = {"type": "行政处罚信息公示表", "hazard": NUMBER, "officers": [OFFICER]}
    table = documents.draft(cast.app, given, viewer=cast.who(OFFICER)).body
    assert (table["reference"], table["decision"], table["publicity"]) == (number("p1"), ["罚款 5000 元"], "官网")
    for paid, state in ((4999, "open"), (5000, "missed")):
        penalties.receive(cast.app, "P019", made.id, paid, viewer=cast.who(CLERK))
        assert [*states(cast, "T27"), *states(cast, "T28")] == [state, state]


def test_a_hearing_is_a_right_told_in_time_and_the_fire_service_has_clocks_of_its_own(cast: Cast) -> None:
    paper(cast, "h1", "听证告知书", served_at=APPROVED)
    paper(cast, "g1", "先行登记保存证据通知书")
    paper(cast, "c1", "现场检查记录", organ="fire_rescue")
    paper(cast, "c2", "现场检查记录")
    assert limits(cast, "T26") == [("要求听证示例应急听告26-1", "2026-09-20", "open")]
    assert limits(cast, "T23") == [("保存处理示例应急先保通26-1", "2026-09-22", "open")]
    assert len(limits(cast, "T5")) == 1
    paper(cast, "n1", "听证会通知书", 7, body={"notice_at": "2026年10月20日9时"})
    paper(cast, "n2", "听证会通知书", 7, body={"notice_at": "另行通知"})
    assert limits(cast, "T26.notice") == [("通知听证示例应急听通26-1", "2026-10-09", "open")]
    assert "之前至少 7 个工作日" in "".join(rows(cast, "T26.notice")[0].trace)
    follow(cast, "n1", served_at=APPROVED + timedelta(days=8))
    paper(cast, "g2", "先行登记保存证据处理决定书", 21)
    found = [state for clock in ("T26", "T26.notice", "T23") for state in states(cast, clock)]
    assert found == ["met", "met", "missed"]
