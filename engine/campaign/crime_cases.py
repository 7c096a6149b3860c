"""Cases handed over to the police: opening one, each step of it as a row that is only added, and its end. Inside the
caller's transaction; the clocks are the diagram's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import case_files, heads, powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.crime_model import CrimeCase, CrimeStep
from engine.campaign.measure_acts import named
from engine.campaign.numbers import next_number
from engine.errors import Conflict, Invalid, NotFound, lacks
from engine.said import Said, joined

PREFIX = "XX"
ACT = "crime_transfer"  # of table D9
ATTACHMENTS = {  # 310号令第六条
    "has_letter": "涉嫌犯罪案件移送书", "has_report": "案件情况的调查报告", "has_list": "涉案物品清单",
    "has_expertise": "检验报告或者鉴定意见", "has_other": "其他有关材料", "copied": "移送书抄送检察院",
}  # fmt: skip
CLOCKS = {  # the clause of a step's limit, by its kind
    "决定": "T36", "移送": "T37", "转送": "T38", "签收": "T38", "公安决定": "T39", "异议": "T40",
    "复议决定": "T40.answer", "监督建议": "T40.prosecutor", "移交物品": "T41", "行政处罚": "T24",
}  # fmt: skip


def open_in(
    tx: Session, app: App, hazard: Hazard, *, organ: str, police: str, offence: str, clause: str, facts: str,
    officers: str, proofs: Mapping[str, Any], instance_id: str | None, by: str, now: datetime,
) -> CrimeCase:  # fmt: skip
    """Open a case with its group of at least two certified officers (310号令 5 I).

    Raises NotAllowed for a body without the power, Invalid for the officers, Conflict while another case runs.
    """
    body, day = units.require(tx, organ), now.astimezone(app.zone).date()
    rule = powers.entitled(tx, ACT, body, day=day)
    group = powers.certified(tx, named(tx, officers), {body.code}, rule, day)
    tx.scalars(select(Hazard.number).where(Hazard.number == hazard.number).with_for_update()).one()
    if (running := running_case(tx, hazard.number)) is not None:
        raise Conflict(
            f"该隐患已有办理中的案件 {running.number}，不能重复移送。", en=f"Case {running.number} runs already."
        )
    row = _new(
        tx, hazard, organ=body.code, police=units.require(tx, police).code, offence=offence, clause=clause, facts=facts,
        proofs=proofs, officers=[dict(each) for each in group], state="承办", instance_id=instance_id, by=by, now=now,
        year=day.year,
    )  # fmt: skip
    note(tx, app, row, "专案组", "、".join(each["name"] for each in group), now, by)
    return row


def refuse_in(
    tx: Session, app: App, hazard: Hazard, *, organ: str, offence: str, clause: str, facts: str,
    proofs: Mapping[str, Any], reason: str, missing: Sequence[str], instance_id: str | None, by: str, now: datetime,
) -> CrimeCase:  # fmt: skip
    """Keep on file why nothing is handed over, with the proofs that are missing; the case has ended at once."""
    row = _new(
        tx, hazard, organ=units.require(tx, organ).code, police=None, offence=offence, clause=clause, facts=facts,
        proofs=proofs, officers=[], state="不移送", instance_id=instance_id, by=by, now=now,
        year=now.astimezone(app.zone).year,
    )  # fmt: skip
    row.closed_at = now
    named = Said(f"所缺证据：{'、'.join(missing)}", f"missing evidence: {', '.join(missing)}")
    told = joined("；", "; ", (reason, named)) if missing else reason
    note(tx, app, row, "研判", told, now, by, missing=list(missing))
    return row


def _new(
    tx: Session, hazard: Hazard, *, organ: str, police: str | None, offence: str, clause: str, facts: str,
    proofs: Mapping[str, Any], officers: list[dict[str, str]], state: str, instance_id: str | None, by: str,
    now: datetime, year: int,
) -> CrimeCase:  # fmt: skip
    serial = next_number(tx, f"crime-{year}")
    row = CrimeCase(
        number=f"{PREFIX}-{year}-{serial:04d}", year=year, serial=serial, hazard=hazard.number, instance_id=instance_id,
        organ=organ, police=police, offence=offence, clause=clause, facts=facts, proofs=dict(proofs), officers=officers,
        state=state, opened_at=now, opened_by=by,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def decide(
    tx: Session, app: App, case: CrimeCase, *, approved: bool, reason: str, due_at: datetime | None, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """The head decides within 3 days (T36), a refusal with its reason on file; raises NotAllowed for anybody else."""
    require_head(tx, case, by=by, now=now)
    case.state = "已批准" if approved else "不批准"
    decided = Said("批准移送", "Referral approved") if approved else Said("不批准移送", "Referral not approved")
    words = joined("：", ": ", (decided, reason))
    note(tx, app, case, "决定", words, now, by, due_at=due_at)


def require_head(tx: Session, case: CrimeCase, *, by: str, now: datetime) -> None:
    """Only the head in person decides on the transfer; raises NotAllowed."""
    words = Said(
        "移送涉嫌犯罪案件由部门正职或者主持工作的负责人决定（310号令第五条）",
        "Only the head decides on handing a case over to the police",
    )
    heads.require(tx, "crime", [units.require(tx, case.organ)], by, words=words, now=now)


def hand_over(
    tx: Session, app: App, case: CrimeCase, *, number: str, police: str, prosecutor: str,
    attached: Mapping[str, bool], attachments: str, due_at: datetime | None, by: str, now: datetime,
) -> None:  # fmt: skip
    """Hand over with all attachments and a copy to the procuratorate (T37); raises Invalid naming what is missing,
    Conflict without the head's approval.
    """
    if case.state != "已批准":
        raise Conflict(
            "没有正职负责人的批准，不得移送（310号令第五条）。", en="The head has not approved the transfer."
        )
    lacking = {key: words for key, words in ATTACHMENTS.items() if not attached.get(key)}
    if lacking:
        raise Invalid(
            f"移送材料还缺：{'、'.join(lacking.values())}（310号令第六条）。", en=f"Missing: {', '.join(lacking)}.",
            problems=lacks(lacking),
        )  # fmt: skip
    case.police, case.prosecutor = units.require(tx, police).code, units.require(tx, prosecutor).code
    case.state = "已移送"
    note(tx, app, case, "移送", f"{number}；{attachments}", now, by, due_at=due_at, attached=sorted(attached))


def close(
    tx: Session, app: App, case: CrimeCase, *, kind: str, text: str, state: str, due_at: datetime | None, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """End the case: goods handed over, or dealt with by a penalty; a penalty never takes the place of a transfer.

    Raises Conflict for a penalty while the police have the case (310号令 11).
    """
    if state == "行政处理" and case.state not in ("不批准", "不予立案"):
        raise Conflict(
            f"案件 {case.number} 正在移送，不得以行政处罚代替移送（310号令第十一条）。",
            en="A penalty may not take the place of the transfer.",
        )
    note(tx, app, case, kind, text, now, by, due_at=due_at)
    case.state, case.closed_at = state, now


def note(
    tx: Session, app: App, case: CrimeCase, kind: str, text: str, at: datetime, by: str, *,
    due_at: datetime | None = None, **detail: object,
) -> None:  # fmt: skip
    """Add one step; its clause is that of the clock that ran for it."""
    clause = case_files.clause(CLOCKS, kind, at.astimezone(app.zone).date())
    case_files.add(tx, CrimeStep, case.number, kind, text, at, by, due_at=due_at, clause=clause, detail=detail)


def existing(tx: Session, number: str) -> CrimeCase:
    """The row of a case; raises NotFound."""
    row = tx.get(CrimeCase, number)
    if row is None:
        raise NotFound(f"没有编号为“{number}”的案件，请核对。", en=f"There is no case {number}.")
    return row


def running_case(tx: Session, hazard: str) -> CrimeCase | None:
    """The case about this hazard that has not ended."""
    query = select(CrimeCase).where(CrimeCase.hazard == hazard, CrimeCase.closed_at.is_(None))
    return tx.scalars(query.limit(1)).one_or_none()
