"""Referrals to the police on both databases: what table D7 asks for, who decides, and that no penalty is put in their
place.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Incident, Notice, Task
from engine.bpm.viewer import Viewer
from engine.campaign import crime_cases, crime_list, hazards, measure_work, people
from engine.campaign.case_model import Finding, Hazard
from engine.campaign.crime_model import CrimeCase, CrimeStep
from engine.campaign.demo.journey import Journey
from engine.campaign.model import Unit
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.said import english

NUMBER = "YQ-2026-0977"
CLERK, OFFICER, SECOND, HEAD, POLICE = (
    "clerk-safety-office", "officer-emergency-bureau", "officer-emergency-bureau-2", "head-emergency-bureau",
    "officer-public-security",
)  # fmt: skip
PROOFS = {
    "order_no": "示例应急现决〔2026〕1号", "service_no": "示例送〔2026〕1号",
    "refusal_record": "示例应急复查〔2026〕2号",
    "refusal_video": "V-17", "danger_opinion": "ZJ-3",
}  # fmt: skip
ATTACHED = dict.fromkeys(("has_letter", "has_report", "has_list", "has_expertise", "has_other", "copied"), True)


class Cast:
    """A major hazard before the emergency bureau, and the people who act on it."""

    def __init__(self, app: App) -> None:
        self.app, self.journey = app, Journey(app, local("2026-10-12 09:00"))
        app.clock = self.journey.clock
        found = {"number": NUMBER, "place": "P019", "code": "RF-03", "text": "气瓶不合格"}
        hazards.register(app, found, viewer=self.who(CLERK))
        with app.transaction() as tx:
            tx.get_one(Hazard, NUMBER).is_major = True
        asked = {"hazard": NUMBER, "organ": "emergency_bureau", "reason": "拒不停用"}
        measure_work.request(app, asked, viewer=self.who(CLERK))

    def who(self, name: str) -> Viewer:
        return people.viewer(people.show(self.app, name))

    def start(self, by: str = OFFICER, key: str | None = None, **change: Any) -> crime_list.CrimeView:
        values = {
            "hazard": NUMBER,
            "ground": "refusal",
            "facts": "拒不停用",
            "officers": [OFFICER, SECOND],
            "proofs": PROOFS,
        }
        return crime_list.start(self.app, {**values, **change}, viewer=self.who(by), key=key)

    def do(self, element: str, by: str, **values: Any) -> None:
        with self.app.reading() as tx:
            task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
        tasks.complete(self.app, task, values, viewer=self.who(by))

    def approved(self) -> None:
        self.start()
        self.do("write_report", OFFICER, report_text="经核实")
        self.do("approve_transfer", HEAD, transfer_approved=True, transfer_opinion="同意")

    def handed(self) -> None:
        self.approved()
        given = {"transfer_number": "示例应急涉〔2026〕1号", "attachment_list": "报告、清单"}
        self.do("hand_over", OFFICER, **given, **ATTACHED)

    def rows(self, table: type[Any]) -> list[Any]:
        with self.app.reading() as tx:
            found = list(tx.scalars(select(table).order_by(*table.__table__.primary_key)))
            tx.expunge_all()
            return found


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def cast(campaign: App) -> Cast:
    return Cast(campaign)


def test_a_case_goes_to_the_police_and_every_step_is_a_row_with_its_limit(cast: Cast) -> None:
    cast.handed()
    for nobody in ("nope", "GH", "fire_rescue"):  # a case of the police is passed on to the police
        with pytest.raises(Invalid, match="第七条") as refusal:
            cast.do("police_receipt", POLICE, receipt="pass_on", receipt_note="管辖", next_police=nobody)
        assert [problem["field"] for problem in refusal.value.problems] == ["next_police"]
    cast.do("police_receipt", POLICE, receipt="sign", receipt_note="回执 1", police_variant="normal")
    cast.journey.wind_to(local("2026-10-16 00:00"))
    cast.do("police_decide", POLICE, filed=True, police_opinion="立案通知 1")
    cast.do("hand_goods", OFFICER, goods_text="气瓶两只")

    shown = crime_list.show(cast.app, "XX-2026-0001", viewer=cast.who(OFFICER))
    assert (shown.state, shown.offence, shown.clause) == ("已移交", "危险作业罪", "刑法第一百三十四条之一第二项")
    assert [(step.kind, step.by, step.late) for step in shown.steps] == [
        ("专案组", OFFICER, False), ("书面报告", OFFICER, False), ("决定", HEAD, False), ("移送", OFFICER, False),
        ("签收", POLICE, False), ("公安决定", POLICE, True), ("移交物品", OFFICER, False),
    ]  # fmt: skip
    limits = {step.kind: step.due_at for step in shown.steps}
    assert (limits["决定"], limits["移送"], limits["公安决定"]) == (
        local("2026-10-16 00:00"), local("2026-10-13 09:00"), local("2026-10-16 00:00"),
    )  # fmt: skip
    assert {officer["person"] for officer in shown.officers} == {OFFICER, SECOND}
    late = [notice.recipient for notice in cast.rows(Notice) if "“决定是否立案”已经逾期" in notice.subject]
    assert {OFFICER, HEAD, POLICE, CLERK} <= set(late)
    assert cast.rows(Incident) == []


def test_missing_proofs_are_listed_and_nothing_starts(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        cast.start(proofs={**PROOFS, "service_no": " ", "refusal_video": ""})
    assert [problem["message"] for problem in refusal.value.problems] == [
        "请补充：决定书的送达回证", "请补充：拒不执行的视频",
    ]  # fmt: skip
    (kept,) = crime_list.list_cases(cast.app, cast.who(OFFICER)).items
    (step,) = crime_list.show(cast.app, kept.number, viewer=cast.who(OFFICER)).steps
    assert (kept.state, kept.officers, kept.closed_at) == ("不移送", [], local("2026-10-12 09:00"))
    assert step.text == "补充证据：证据不全，请补充后再报；所缺证据：决定书的送达回证、拒不执行的视频"
    assert english(step.text).startswith("the evidence is incomplete; add it and report again; missing evidence: ")
    assert [problem["en"][:15] for problem in refusal.value.problems] == ["Add the proof: "] * 2
    assert cast.rows(Finding) == []  # the party reads the story of the hazard
    assert cast.start().number == "XX-2026-0002"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ground": "none"}, "行政处理"),
        ({"ground": "none", "casualties": True}, "事故程序"),
        ({"ground": "fire"}, "补充证据"),
    ],
)
def test_what_is_no_crime_says_why(cast: Cast, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        cast.start(**change)


def test_two_officers_with_certificates_form_the_group(cast: Cast) -> None:
    with pytest.raises(Conflict, match="2 名以上"):
        cast.start(officers=[OFFICER])
    assert cast.rows(CrimeCase) == [] and cast.rows(Finding) == []


def test_one_case_at_a_time_and_one_for_a_repeated_request(cast: Cast) -> None:
    first, again = cast.start(key="k"), cast.start(key="k")
    assert first.number == again.number == "XX-2026-0001"
    with pytest.raises(Conflict, match="XX-2026-0001"):
        cast.start()
    assert len(cast.rows(CrimeCase)) == 1


def test_only_the_head_decides(cast: Cast) -> None:
    cast.start()
    cast.do("write_report", OFFICER, report_text="经核实")
    with cast.app.reading() as tx:
        task = tx.scalars(select(Task.id).where(Task.element == "approve_transfer", Task.status == "open")).one()
    root = Viewer("root", frozenset(), admin=True)
    approved = {"transfer_approved": True, "transfer_opinion": "代批"}
    with pytest.raises(NotAllowed, match=r"第五条.*不是该机关负责人"):
        tasks.complete(cast.app, task, approved, viewer=root)
    cast.app.acts.clear()  # a diagram whose steps have other names gets no further
    tasks.complete(cast.app, task, approved, viewer=root)

    assert cast.rows(CrimeCase)[0].state == "承办"
    cast.do("approve_transfer", HEAD, transfer_approved=False, transfer_opinion="情节轻微")
    assert cast.rows(CrimeCase)[0].state == "不批准"
    cast.do("penalise", OFFICER, penalty_text="示例应急罚〔2026〕9号")
    (case,) = cast.rows(CrimeCase)
    assert case.state == "行政处理" and case.closed_at == local("2026-10-12 09:00")


def test_a_penalty_never_takes_the_place_of_a_transfer(cast: Cast) -> None:
    cast.handed()
    with pytest.raises(Conflict, match="第十一条"), cast.app.transaction() as tx:
        crime_cases.close(
            tx, cast.app, crime_cases.existing(tx, "XX-2026-0001"), kind="行政处罚", text="罚款", state="行政处理",
            due_at=None, by=OFFICER, now=cast.app.clock(),
        )  # fmt: skip


@pytest.mark.parametrize("lacking", sorted(ATTACHED))
def test_every_attachment_goes_along(cast: Cast, lacking: str) -> None:
    cast.approved()
    with pytest.raises(Invalid), cast.app.transaction() as tx:
        crime_cases.hand_over(
            tx, cast.app, crime_cases.existing(tx, "XX-2026-0001"), number="1", police="public_security",
            prosecutor="procuratorate", attached={**ATTACHED, lacking: False}, attachments="", due_at=None, by=OFFICER,
            now=cast.app.clock(),
        )  # fmt: skip


def test_the_department_the_street_and_the_police_look_and_nobody_else(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        cast.start(by=CLERK)
    with pytest.raises(NotFound):
        cast.start(by="officer-market-bureau")
    cast.start()
    for name in (OFFICER, CLERK, POLICE):
        assert crime_list.list_cases(cast.app, cast.who(name), open_only=True).total == 1
    for name in ("officer-market-bureau", "officer-procuratorate", "inspector-gh-01", "secretary-gh"):
        assert crime_list.list_cases(cast.app, cast.who(name)).total == 0
        with pytest.raises(NotFound):
            crime_list.show(cast.app, "XX-2026-0001", viewer=cast.who(name))
    assert [step.kind for step in cast.rows(CrimeStep)] == ["专案组"]


def test_the_ledger_says_referred_and_filed_to_everybody_but_the_enterprise(cast: Cast) -> None:
    def told(name: str) -> set[str]:
        shown = hazards.show(cast.app, NUMBER, viewer=cast.who(name)).overlays
        listed = {
            word for word in ("立案", "行刑") if hazards.list_hazards(cast.app, cast.who(name), overlay=word).total
        }
        assert listed == {"立案", "行刑"} & set(shown)
        return listed

    with cast.app.transaction() as tx:
        tx.get_one(Hazard, NUMBER).holder_unit = "E-P019" if tx.get(Unit, "E-P019") else "E-P020"
    assert told(CLERK) == set()
    cast.handed()
    assert told(CLERK) == {"行刑"}
    with cast.app.transaction() as tx:
        tx.scalars(select(CrimeCase)).one().state = "立案"
    assert told(CLERK) == told(OFFICER) == {"立案", "行刑"}
    with cast.app.reading() as tx:
        holder = tx.get_one(Hazard, NUMBER).holder_unit.lower()
    assert told(f"owner-{holder}") == set()
