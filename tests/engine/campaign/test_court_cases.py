"""Decisions that a department asks the court to enforce, on both databases: who may, when, and with what."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Incident, Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import court_cases, court_list, hazards, inbox, measure_work, people
from engine.campaign.closure_model import Lawsuit
from engine.campaign.court_model import CourtCase
from engine.campaign.demo.journey import Journey
from engine.campaign.document_model import Document
from engine.errors import Conflict, EngineError, NotAllowed, NotFound

NUMBER = "YQ-2026-0977"
CLERK, OFFICER, HEAD, COURT = (
    "clerk-safety-office", "officer-emergency-bureau", "head-emergency-bureau", "officer-people-court",
)  # fmt: skip
DECISION, URGE = "现场处理措施决定书", "示例应急执行催告〔2026〕1号"
PAPERS = dict.fromkeys(court_cases.PAPERS, True)
ASKED = {"apply_outcome": "apply", "application_number": "示例应急强执〔2026〕1号", "application_subject": "停止使用"}
SIGNED = {"application_approved": True, "application_opinion": "同意"}


class Cast:
    """A hazard with a served decision that nobody fulfils, and the people who act on it."""

    def __init__(self, app: App) -> None:
        self.app, self.journey = app, Journey(app, local("2026-09-14 09:00"))
        app.clock = self.journey.clock
        found = {"number": NUMBER, "place": "P019", "code": "RF-03", "text": "气瓶不合格"}
        hazards.register(app, found, viewer=self.who(CLERK))
        asked = {"hazard": NUMBER, "organ": "emergency_bureau", "reason": "拒不停用"}
        measure_work.request(app, asked, viewer=self.who(CLERK))
        self.paper("d1", DECISION, "示例应急现决〔2026〕1号", local("2026-04-01 10:00"))

    def paper(self, id: str, type: str, number: str | None, served_at: datetime | None, **change: Any) -> None:
        given: dict[str, Any] = {"organ": "emergency_bureau", "hazard": NUMBER, "state": "已送达", **change}
        with self.app.transaction() as tx:
            tx.add(Document(
                id=id, type=type, unit="emergency_bureau", title=type, body={}, officers=[], verify_code=id,
                drafted_at=local("2026-04-01 09:00"), drafted_by=OFFICER, number=number, served_at=served_at, **given,
            ))  # fmt: skip

    def who(self, name: str) -> Viewer:
        return people.viewer(people.show(self.app, name))

    def start(self, by: str = OFFICER, key: str | None = None, **change: Any) -> court_list.CourtView:
        values = {"hazard": NUMBER, "document": "d1", "demand": "停止使用气瓶间", "due_on": date(2026, 4, 30)}
        return court_list.start(self.app, {**values, **change}, viewer=self.who(by), key=key)

    def do(self, element: str, by: str, **values: Any) -> None:
        with self.app.reading() as tx:
            task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
        tasks.complete(self.app, task, values, viewer=self.who(by))

    def urged(self) -> None:
        self.start()
        self.paper("u1", court_cases.URGE, URGE, local("2026-09-14 09:00"))
        self.do("urge", OFFICER, urge_number=URGE)
        self.do("hear", OFFICER, hear_outcome="unfulfilled", hear_text="没有陈述")

    def applied(self) -> None:
        self.urged()
        self.journey.wind_to(local("2026-10-12 09:00"))
        self.do("apply", OFFICER, **ASKED, **PAPERS)
        self.do("sign_application", HEAD, **SIGNED)

    def inbox(self, name: str) -> list[tuple[str, bool, datetime | None]]:
        items = inbox.list_items(self.app, self.who(name), kind="court").items
        return [(item.state, item.mine, item.due_at) for item in items]

    def case(self) -> CourtCase:
        return next(iter(self.rows(CourtCase)))

    def rows(self, table: type[Any]) -> list[Any]:
        with self.app.reading() as tx:
            found = list(tx.scalars(select(table).order_by(*table.__table__.primary_key)))
            tx.expunge_all()
            return found

    def refused(self, words: str, **change: Any) -> None:
        """What the operator would answer, without a diagram."""
        given = {
            "approved": True, "opinion": "同意", "number": "1", "subject": "", "urgent": False, "late_reason": "",
            "papers": PAPERS, "due_at": None, "by": HEAD, "now": self.app.clock(), **change,
        }  # fmt: skip
        with pytest.raises(EngineError, match=words), self.app.transaction() as tx:
            court_cases.apply(tx, self.app, tx.scalars(select(CourtCase)).one(), **given)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def cast(campaign: App) -> Cast:
    return Cast(campaign)


def test_a_decision_goes_to_the_court_and_every_step_is_a_row_with_its_limit(cast: Cast) -> None:
    cast.urged()
    (waiting,) = court_list.list_cases(cast.app, cast.who(CLERK), open_only=True).items
    assert (waiting.answer_by, waiting.opens_at, waiting.ends_at) == (
        local("2026-09-29 00:00"),  # ten working days: 20 September works, 25 September is a holiday
        local("2026-10-09 00:00"),  # six months end on 1 October, a holiday
        local("2027-01-09 00:00"),
    )  # fmt: skip
    assert court_list.list_cases(cast.app, cast.who(COURT)).total == 0
    assert cast.inbox(OFFICER) == [("已催告", True, local("2026-10-09 00:00"))] and cast.inbox(COURT) == []
    assert "法院执行中" not in hazards.show(cast.app, NUMBER, viewer=cast.who(CLERK)).overlays
    cast.journey.wind_to(local("2026-10-12 09:00"))
    cast.do("apply", OFFICER, **ASKED, **PAPERS)
    cast.do("sign_application", HEAD, **SIGNED)
    assert cast.inbox(COURT) == [("已申请", True, local("2026-10-20 00:00"))]
    assert [mine for _, mine, _ in cast.inbox(OFFICER)] == [False]
    assert "法院执行中" in hazards.show(cast.app, NUMBER, viewer=cast.who(CLERK)).overlays
    cast.journey.wind_to(local("2026-10-20 09:00"))
    cast.do("court_accept", COURT, court_accepted=True, accept_number="受理 1 号")
    cast.do("court_rule", OFFICER, ruling="execute", ruling_number="裁定 1 号")  # the court has no account
    cast.do("execute", COURT, execution_result="已执行", execution_text="贴封条")

    shown = court_list.show(cast.app, "FZ-2026-0001", viewer=cast.who(OFFICER))
    assert (shown.state, shown.application, shown.decision) == (
        "已执行", "示例应急强执〔2026〕1号", "示例应急现决〔2026〕1号",
    )  # fmt: skip
    assert [(step.kind, step.by, step.late) for step in shown.steps] == [
        ("立案卷", OFFICER, False), ("催告", OFFICER, False), ("陈述申辩", OFFICER, False), ("申请", HEAD, False),
        ("受理", COURT, True), ("裁定", OFFICER, False), ("执行", COURT, False),
    ]  # fmt: skip
    assert {step.kind: step.clause for step in shown.steps}["申请"] == "《行政强制法》第五十三条"
    assert hazards.list_hazards(cast.app, cast.who(CLERK), overlay="法院执行中").total == 0
    told = {notice.recipient for notice in cast.rows(Notice) if "“受理”已经逾期" in notice.subject}
    assert {OFFICER, HEAD, COURT, CLERK} <= told
    assert cast.rows(Incident) == []


def test_what_is_no_unfulfilled_decision_of_this_department_opens_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        cast.start(by="officer-market-bureau")
    cast.paper("d2", DECISION, "2", None)
    cast.paper("d3", DECISION, "3", local("2026-04-01 10:00"), organ="market_bureau")
    cast.paper("d4", "现场检查记录", "4", local("2026-04-01 10:00"))
    for change, words in (
        ({"document": "d2"}, "没有送达"), ({"document": "d3"}, "本部门"), ({"document": "d4"}, "不能申请"),
        ({"document": "none"}, "本部门"), ({"due_on": date(2026, 9, 14)}, "还没有过"),
        ({"court": "police_station"}, "不是人民法院"),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=words):
            cast.start(**change)
    assert cast.rows(CourtCase) == []
    with pytest.raises(NotAllowed):
        cast.start(by=CLERK)
    with pytest.raises(Conflict, match="本部门"):  # it sees the hazard that it wrote about; the decision is not its own
        cast.start(by="officer-market-bureau")
    root = Viewer("root", frozenset(), admin=True)
    values = {"hazard": NUMBER, "document": "d1", "demand": "停用", "due_on": date(2026, 4, 30)}
    with pytest.raises(NotAllowed, match="提请作出决定的部门"):
        court_list.start(cast.app, {**values, "organ": "street"}, viewer=root)


def test_one_case_at_a_time_and_one_for_a_repeated_request(cast: Cast) -> None:
    assert cast.start(key="k").number == cast.start(key="k").number == "FZ-2026-0001"
    with pytest.raises(Conflict, match="FZ-2026-0001"):
        cast.start()
    for name in (OFFICER, CLERK):
        assert court_list.show(cast.app, "FZ-2026-0001", viewer=cast.who(name)).demand == "停止使用气瓶间"
    for name in ("officer-market-bureau", COURT, "inspector-gh-01", "secretary-gh"):
        assert court_list.list_cases(cast.app, cast.who(name)).total == 0
        with pytest.raises(NotFound):
            court_list.show(cast.app, "FZ-2026-0001", viewer=cast.who(name))


def test_the_demand_counts_from_its_service_only(cast: Cast) -> None:
    cast.start()
    cast.paper("u1", court_cases.URGE, URGE, None, state="已签发")
    cast.do("urge", OFFICER, urge_number=URGE)
    assert cast.case().state == "待催告"
    with cast.app.transaction() as tx:
        tx.get_one(Document, "u1").served_at = local("2026-09-14 09:00")
    cast.do("urge", OFFICER, urge_number=URGE)
    assert (cast.case().state, cast.case().urged_at) == ("已催告", local("2026-09-14 09:00"))


def test_the_application_is_refused_too_early_too_late_unsigned_incomplete_or_while_sued(cast: Cast) -> None:
    cast.urged()
    cast.refused("2026-10-09 以前不能申请")
    cast.refused("负责人签名", by=OFFICER)
    in_time, late = {"now": local("2026-10-12 09:00")}, {"now": local("2027-01-09 00:00")}
    cast.refused("负责人不同意：再核", **in_time, approved=False, opinion="再核")
    cast.refused("强制执行标的", **in_time, papers={**PAPERS, "has_object": False})
    cast.refused("3 个月已过", **late)
    with cast.app.transaction() as tx:
        tx.add(Lawsuit(
            hazard=NUMBER, kind="行政诉讼", organ="区人民法院", number="", document="d1", filed_on=date(2026, 9, 20),
            result="", at=cast.app.clock(), by=CLERK,
        ))  # fmt: skip
    cast.refused("行政诉讼还没有办结", **in_time)
    with cast.app.transaction() as tx:
        tx.scalars(select(Lawsuit)).one().ended_on = date(2026, 11, 2)
    cast.refused("2026-11-03 以前不能申请", **in_time)
    assert cast.case().applied_at is None


def test_only_a_refusal_within_15_days_goes_to_the_higher_court(cast: Cast) -> None:
    cast.applied()
    cast.do("court_accept", COURT, court_accepted=False, accept_number="裁定 1 号")
    cast.journey.wind_to(local("2026-10-28 09:00"))
    cast.do("object_ruling", OFFICER, ask_review=True, objection_text="材料齐全")
    step = court_list.show(cast.app, "FZ-2026-0001", viewer=cast.who(OFFICER)).steps[-2]
    assert (cast.case().state, step.text, step.late) == ("不予受理", "已过 15 日，不能再申请复议：材料齐全", True)
