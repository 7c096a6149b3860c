"""The clocks of the papers of penalties: of the law alone, each party's own, on both databases."""

from datetime import date, timedelta

import pytest

from engine.campaign import deadlines, documents, events, penalties, stopping
from engine.campaign.case_model import Deadline, Finding, Hazard
from engine.campaign.closure_model import Lawsuit
from engine.errors import Conflict
from engine.testing import FakeClock
from tests.engine.campaign.test_court_cases import CLERK, HEAD, NUMBER, OFFICER, Cast, local
from tests.engine.campaign.test_shown_dates import GROUND, ROOT
from tests.engine.campaign.test_started_clocks import (
    APPROVED,
    FILING,
    OPINION,
    ORDER,
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


def surcharge(cast: Cast) -> tuple[int, float]:
    """What has grown upon the only fine: days and yuan."""
    [row] = penalties.list_penalties(cast.app, "P019", viewer=cast.who(CLERK))
    assert row.surcharge is not None
    return row.surcharge.days, row.surcharge.amount


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
    with cast.app.transaction() as tx:  # written down by a program before
        for text in (f"“处罚决定示例应急立26-2”时限恢复计时；理由：{GROUND.reason}", "“整改”时限恢复计时"):
            tx.add(Finding(hazard=NUMBER, kind="时限恢复", at=cast.app.clock(), text=text, detail={}))
    with cast.app.reading() as tx:
        told = [line.text for line in events.story(tx, tx.get_one(Hazard, NUMBER))]
    assert "“整改”时限恢复计时" in told
    assert not any(GROUND.reason in text for text in told)


def test_a_paper_for_one_party_leaves_the_clocks_of_another_alone(cast: Cast) -> None:
    firm, manager = {"recipient": "示例（河南）有限公司"}, {"recipient": "示例（河南）有限公司经理"}
    typed = {"recipient": " 示例(河南) 有限责任公司"}
    paper(cast, "h1", "听证告知书", body=firm, served_at=APPROVED)
    paper(cast, "h2", "听证告知书", body=manager, served_at=APPROVED)
    fined = {"decision": ["罚款 5000 元"]}
    paper(cast, "p1", PENALTY, 1, body={**typed, **fined}, served_at=APPROVED + timedelta(days=1))
    assert states(cast, "T26") == ["met", "open"]
    paper(cast, "p2", PENALTY, 2, body={**firm, **fined}, served_at=APPROVED + timedelta(days=2))
    paper(cast, "p3", "行政处罚决定书（个人）", 3, body={**manager, **fined}, served_at=APPROVED + timedelta(days=3))
    assert states(cast, "T26") == ["met", "met"]
    paper(cast, "a1", LATER, 4, body={**firm, "reference": number("p2").replace("〔2026〕", "[2026]")})
    assert states(cast, "T27") == states(cast, "T28") == ["open", "met", "open"]
    paper(cast, "a2", LATER, 5, body=manager)
    assert states(cast, "T27") == states(cast, "T28") == ["open", "met", "met"]
    paper(cast, "a3", LATER, 5, body={"reference": number("p1"), "term": "分两期，2026年11月2日、2026年12月1日"})
    assert [limits(cast, clock)[-1] for clock in ("T27", "T28")] == [
        ("延期缴款示例应急a26-3", "2026-12-01", "open"), ("加处罚款示例应急a26-3", "2026-12-02", "open"),
    ]  # fmt: skip
    values = {"decided_on": APPROVED.date(), "document": number("p1"), "organ": "emergency_bureau", "fine": 5000}
    made = penalties.add(cast.app, "P019", values, viewer=cast.who(CLERK))
    assert surcharge(cast) == (0, 0), "the letter put it off"
    penalties.receive(cast.app, "P019", made.id, 5000, viewer=cast.who(CLERK))
    assert states(cast, "T27")[-1] == states(cast, "T28")[-1] == "met"
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
    typed = number("p1").replace("〔", "［").replace("〕", "］")
    values = {"decided_on": APPROVED.date(), "document": typed, "organ": "emergency_bureau", "fine": 5000}
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
    assert made.document == number("p1") and made.surcharge is not None
    assert (made.surcharge.days, made.surcharge.amount) == (9, 1350), "30 September to 8 October"
    assert "每日 3%，计 1350 元（不超过 5000 元）" in made.surcharge.words
    with pytest.raises(Conflict, match="已经登记过"):
        penalties.add(cast.app, "P019", {**values, "document": number("p1")}, viewer=cast.who(CLERK))
    with cast.app.transaction() as tx:  # a review of five days, while nothing is added
        tx.add(Lawsuit(
            hazard=NUMBER, kind="行政复议", organ="区人民政府", number="", document="p1", filed_on=date(2026, 10, 1),
            ended_on=date(2026, 10, 5), result="维持", at=cast.app.clock(), by=CLERK,
        ))  # fmt: skip
    assert surcharge(cast) == (4, 600)
    for moment, grown in (("2026-11-05 09:00", (32, 4800)), ("2027-01-05 09:00", (93, 5000))):
        cast.app.clock = FakeClock(local(moment))
        assert surcharge(cast) == grown, "never above the fine itself"
    for paid, state in ((4999, "open"), (5000, "missed")):
        penalties.receive(cast.app, "P019", made.id, paid, viewer=cast.who(CLERK))
        assert [*states(cast, "T27"), *states(cast, "T28")] == [state, state]
    cast.app.clock = FakeClock(local("2027-02-05 09:00"))
    assert surcharge(cast) == (93, 5000), "it grows no more"


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


def test_who_was_fined_and_still_does_not_follow_may_be_fined_day_by_day(cast: Cast) -> None:
    paper(cast, "o1", ORDER, served_at=APPROVED, body={"items": [{"text": "拆除", "due": "2026-09-16"}]})
    paper(cast, "r1", OPINION, 3, body={"opinion": "未按期整改"})
    assert rows(cast, "T30") == [], "not fined yet"
    paper(cast, "p1", PENALTY, 5, body={"decision": ["罚款 5000 元"]})
    assert rows(cast, "T30") == [], "nobody looked since"
    paper(cast, "r2", OPINION, 8, body={"items": [{"text": "拆除", "result": "仍未拆除"}]})
    assert limits(cast, "T30") == [("按日处罚示例应急责改26-1", "2026-09-15", "open")]
    [row] = rows(cast, "T30")
    assert (row.side, row.duty_unit) == ("party", "emergency_bureau") and number("p1") in "".join(row.trace)
    told = remind(cast, "2026-09-22 09:30")
    assert {OFFICER, HEAD, CLERK} <= next(names for subject, names in told.items() if "按日连续处罚" in subject)
    follow(cast, "r2", voided_at=cast.app.clock())
    assert states(cast, "T30") == ["void"]
    paper(cast, "r3", OPINION, 9, body={"opinion": "复查不合格"})
    paper(cast, "r4", OPINION, 12, body={"opinion": "已整改完毕"})
    assert states(cast, "T30") == ["void", "missed"]


def test_a_filing_says_whether_the_act_was_found_in_time_to_be_punished(cast: Cast) -> None:
    for id, day, harm in (
        ("f1", "2024-09-14", "否"), ("f2", "2024-09-13", "否"), ("f3", "2024-09-13", "是"), ("f4", "", "否"),
    ):  # fmt: skip
        paper(cast, id, FILING, body={"ended_on": day, "harm": harm})
    assert [row[1:] for row in limits(cast, "T60")] == [("2026-09-14", "met"), ("2026-09-13", "open")]
    assert [row[1:] for row in limits(cast, "T60.life")] == [("2029-09-13", "met")]
    told = remind(cast, "2026-09-14 09:30")
    late = [names for subject, names in told.items() if "不再给予行政处罚" in subject]
    assert len(late) == 1 and {OFFICER, HEAD} <= late[0]
    paper(cast, "e1", "结案审批表", 1)
    assert states(cast, "T60") == ["met", "missed"]
