"""What the diagrams of reports and talks may do: thin operators, the only way these rows change while a case runs."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import deadlines, filing_news, hazards, interviews, reminders
from engine.campaign import reports_parameters as parameters
from engine.campaign.case_model import Evidence, Hazard
from engine.campaign.deadlines import ANSWER, VERIFY, of_report
from engine.campaign.model import Place
from engine.campaign.report_model import CitizenReport, ReportAlarm, ReportPhoto, Reward
from engine.campaign.sight import existing
from engine.errors import EngineError, NotFound

Result = Mapping[str, Any]
GIVEN = dict[str, Any]
NOTHING: Result = {}


def alarm(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """A clock of a report ran out: write it down and tell; nothing personal goes into the notice."""
    words = f"举报 {given['report']} 的“{given['kind']}”已经超时，请立即办理"
    return _alarm(app, tx, call, given["report"], given, words)


def reject(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The report is not taken up; the reporter is told why."""
    _decided(tx, call, given, "rejected")
    return NOTHING


def route(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Give the report to the body that D12 found, with both limits counted from its receipt."""
    row = _row(tx, given)
    row.receiver, row.handler, row.rule = given["receiver"], given["handler"], given["rule"]
    row.routed_at, row.extend_d = call.at, given["extend_d"]
    deadlines.open_in(
        tx, app, of_report(row.number), VERIFY, now=call.at, start_at=given["start_at"], n=given["verify_n"],
        unit=given["verify_unit"],
        roll=given["verify_roll"], clause=given["verify_clause"], clock=given["verify_clock"], duty_unit=row.receiver,
    )  # fmt: skip
    deadlines.open_in(
        tx, app, of_report(row.number), ANSWER, now=call.at, start_at=given["start_at"], n=given["reply_n"], unit="d",
        roll="F", clause=given["reply_clause"], clock=given["reply_clock"], duty_unit=row.receiver,
    )  # fmt: skip
    return NOTHING


def urgent(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Who was told of casualties or danger, and when."""
    row = _row(tx, given)
    row.urgent_at, row.urgent_to = call.at, given["to"]
    return NOTHING


def objection(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The receiver says that it is not competent."""
    row = _row(tx, given)
    row.objected_at = call.at
    row.objection = {name: given[name] for name in ("by", "clause", "reason")}
    return NOTHING


def assign(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The committee's office decided who handles the report; who handled it before may no longer look who reported."""
    row = _row(tx, given)
    row.receiver, row.handler = given["receiver"], given["handler"]
    row.objection = {**(row.objection or {}), "decision": given["reason"], "receiver": given["receiver"]}
    return NOTHING


def substantiate(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Register the hazard and start its process in this transaction; an open one of the same place and code is joined.

    A place or code that does not exist is answered, not raised: the person at the site corrects it.
    """
    row = _row(tx, given)
    place = tx.get(Place, given["place"])
    if place is None:
        return {"registered": False, "problem": f"没有编号为“{given['place']}”的场所，请核对场所登记册"}
    same = select(Hazard).where(Hazard.place == place.id, Hazard.code == given["code"], Hazard.closed_at.is_(None))
    hazard = tx.scalars(same.order_by(Hazard.registered_at).limit(1)).one_or_none()
    row.joined = hazard is not None
    values = {
        "code": given["code"],
        "text": given["text"],
        "source": "群众举报",
        "immediate_danger": given["immediate_danger"],
    }
    try:
        hazard = hazard or hazards.register_in(tx, app, values, place, finder=_actor(tx), now=call.at)
    except EngineError as error:
        return {"registered": False, "problem": error.message}
    row.hazard = hazard.number
    _photos(tx, row, hazard)
    _decided(tx, call, given, "substantiated")
    deadlines.close_in(tx, of_report(row.number), call.at, kind=VERIFY)
    return {"registered": True, "problem": ""}


def unfounded(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Nothing of the report was found on the spot, with the reason."""
    _decided(tx, call, given, "unfounded")
    deadlines.close_in(tx, of_report(given["report"]), call.at, kind=VERIFY)
    filing_news.follow(tx, app, _row(tx, given), call.at)
    return NOTHING


def material(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The written material about a verified report (安全生产法 73)."""
    row = _row(tx, given)
    row.material, row.material_at = given["material"], call.at
    return NOTHING


def signature(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The responsible leader signed, or gave the material back."""
    row = _row(tx, given)
    row.signed_at, row.signed_by = (call.at, _actor(tx)) if given["approved"] else (None, "")
    return NOTHING


def extend(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The leader gave more time for the answer (T45), counted from the receipt like the first."""
    row = _row(tx, given)
    about = of_report(row.number)
    old = deadlines.open_one(tx, about, ANSWER)
    if old is not None:
        deadlines.open_in(
            tx, app, about, ANSWER, start_at=old.start_at, n=old.n + row.extend_d, unit=old.unit, roll=old.roll,
            clause=old.clause, clock=old.clock, duty_unit=old.duty_unit, now=call.at, reason=given["reason"], extends=1,
        )  # fmt: skip
    return NOTHING


def answer(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The reporter was answered."""
    row = _row(tx, given)
    row.reply, row.reply_way, row.replied_at = given["reply"], given["way"], call.at
    deadlines.close_in(tx, of_report(row.number), call.at, kind=ANSWER)
    filing_news.follow(tx, app, row, call.at)
    return NOTHING


def decide_reward(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The reward was decided."""
    row = tx.get_one(Reward, given["report"])
    row.decided_at, row.decided_by, row.reason = call.at, _actor(tx), given["reason"]
    row.amount = given["amount"] if given["approved"] else 0
    return NOTHING


def pay_reward(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The reward was paid, or not collected in time."""
    row = tx.get_one(Reward, given["report"])
    row.ended_at, row.ended_by = call.at, _actor(tx)
    row.voucher = given["voucher"] if given["paid"] else ""
    return NOTHING


def talk_begin(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The escalation chain asks for a talk with the enterprise, where the row of table D5 says so."""
    if given["wanted"]:
        interviews.begin_in(tx, app, existing(tx, given["hazard"]), reason=given["reason"], now=call.at)
    return NOTHING


def talk_alarm(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """A clock of a talk ran out: write it down and tell."""
    words = f"约谈 {given['interview']} 的“{given['kind']}”已经超时，请立即办理"
    return _alarm(app, tx, call, given["interview"], given, words)


def talk_step(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """A letter, a bulletin, an exposure, or the report to the party committee."""
    interviews.note_in(tx, given["interview"], given["step"], call.at, _actor(tx), given["text"], on=given["follow_on"])
    return NOTHING


def talk_notice(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The notice of a talk went out."""
    text = f"地点：{given['place']}；事由：{given['matter']}"
    interviews.note_in(tx, given["interview"], "约谈通知", call.at, _actor(tx), text, on=given["talk_on"])
    return NOTHING


def talk(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The talk was held with its record, or nobody came."""
    interviews.note_in(
        tx, given["interview"], "约谈" if given["held"] else "未到场", call.at, _actor(tx), given["text"],
        on=given["follow_on"], decisions=given["decisions"],
    )  # fmt: skip
    return NOTHING


def followed(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """What came of it by the day that was set."""
    kind = "已落实" if given["done"] else "未落实"
    interviews.note_in(tx, given["interview"], kind, call.at, _actor(tx), given["text"])
    return NOTHING


def talk_close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The case is over."""
    interviews.existing(tx, given["interview"]).closed_at = call.at
    return NOTHING


def _row(tx: Session, given: GIVEN) -> CitizenReport:
    row = tx.get(CitizenReport, given["report"])
    if row is None:
        raise NotFound(f"没有举报“{given['report']}”，请核对流程变量 report。", en="There is no such report.")
    return row


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


def _decided(tx: Session, call: OperatorCall, given: GIVEN, outcome: str) -> None:
    row = _row(tx, given)
    row.outcome, row.outcome_at, row.outcome_reason = outcome, call.at, given.get("reason", "")


def _alarm(app: App, tx: Session, call: OperatorCall, about: str, given: GIVEN, words: str) -> Result:
    tx.add(ReportAlarm(about=about, kind=given["kind"], at=call.at))
    tx.flush()
    reminders.queue(app, tx, call, to=given["to"], title=words, hazard=None)
    return NOTHING


def _photos(tx: Session, row: CitizenReport, hazard: Hazard) -> None:
    for photo in tx.scalars(select(ReportPhoto).where(ReportPhoto.report == row.number)):
        tx.add(
            Evidence(
                id=photo.id, hazard=hazard.number, kind="photo_before", angle="", filename=f"{row.number}.jpg",
                media_type="image/jpeg", size=photo.size, width=photo.width, height=photo.height, sha256=photo.sha256,
                taken_at=None, uploaded_at=photo.uploaded_at, uploaded_by="public",
            )
        )  # fmt: skip
    tx.flush()


HELD: Result = {"registered": True, "problem": ""}
OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("report.alarm", "举报超时告警", parameters.Alarm, alarm, NOTHING),
    ("report.reject", "登记不予受理", parameters.Reject, reject, NOTHING),
    ("report.route", "登记举报分派", parameters.Route, route, NOTHING),
    ("report.urgent", "登记紧急报告", parameters.Urgent, urgent, NOTHING),
    ("report.objection", "登记异议", parameters.Objection, objection, NOTHING),
    ("report.assign", "登记裁定", parameters.Assign, assign, NOTHING),
    ("report.substantiate", "查实并登记隐患", parameters.Substantiate, substantiate, HELD),
    ("report.unfounded", "登记查不实", parameters.Because, unfounded, NOTHING),
    ("report.material", "登记书面材料", parameters.Material, material, NOTHING),
    ("report.signature", "登记签批", parameters.Signature, signature, NOTHING),
    ("report.extend", "延长答复期限", parameters.Because, extend, NOTHING),
    ("report.answer", "登记答复", parameters.Answer, answer, NOTHING),
    ("reward.decide", "登记奖励审定", parameters.RewardDecided, decide_reward, NOTHING),
    ("reward.pay", "登记奖励发放", parameters.RewardPaid, pay_reward, NOTHING),
    ("interview.begin", "发起约谈", parameters.TalkBegin, talk_begin, NOTHING),
    ("interview.alarm", "约谈超时告警", parameters.TalkAlarm, talk_alarm, NOTHING),
    ("interview.step", "登记函告、通报、曝光", parameters.TalkStep, talk_step, NOTHING),
    ("interview.notify", "登记约谈通知", parameters.TalkNotice, talk_notice, NOTHING),
    ("interview.talk", "登记约谈", parameters.Talk, talk, NOTHING),
    ("interview.follow", "登记落实情况", parameters.Followed, followed, NOTHING),
    ("interview.close", "办结约谈", parameters.OfInterview, talk_close, NOTHING),
]
