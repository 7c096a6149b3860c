"""What a department does about a measure, one function an act, inside the caller's transaction: a seal without the
approval of the head, without two officers or without the steps of 行政强制法 18 is refused here, whatever a form says.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import clock_rules, heads, measure_heads, measures, paper_clocks, powers, units
from engine.campaign.case_model import Hazard, Measure
from engine.campaign.english import word
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.campaign.measures import SEALS
from engine.campaign.model import Person, Place
from engine.errors import Conflict, Invalid, NotFound, Problem, lacks
from engine.said import Said

STEPS = {  # 行政强制法第十八条，一字一项；最后一项是第二十四条
    "approved": "实施前向负责人报告并经批准", "officers": "由两名以上执法人员实施", "certificates": "出示执法身份证件",
    "party": "通知当事人到场", "told": "当场告知理由、依据、权利和救济途径", "heard": "听取当事人的陈述和申辩",
    "record": "制作现场笔录", "signed": "现场笔录签名或者盖章，拒绝的在笔录中注明",
    "witness": "当事人不到场的，邀请见证人到场", "other": "法律、法规规定的其他程序",
    "delivered": "制作并当场交付查封、扣押决定书和清单",
}  # fmt: skip
CONTENT = {  # 行政强制法第二十四条
    "party": "当事人的姓名或者名称、地址", "reason": "理由", "basis": "依据", "items": "场所、设施或者财物的名称、数量",
    "remedies": "申请行政复议或者提起行政诉讼的途径和期限",
}  # fmt: skip
CONDITIONS = {  # 安全生产法第七十条
    "major": "存在重大事故隐患", "ordered": "已依法作出停产停业、停止施工、停止使用的决定并送达", "refused": "拒不执行",
    "danger": "有发生生产安全事故的现实危险", "safe": "停止供应能够保证安全", "written": "书面通知供电、供应等单位",
}  # fmt: skip
GROUNDS = (
    "没有违法行为",
    "与违法行为无关",
    "已作出处理决定",
    "期限届满",
    "不再需要",
    "随案移送公安机关",
    "负责人不同意",
)
POWER_CUT = "停止供电"
CUTS = (POWER_CUT, "停止供应民用爆炸物品")  # 安全生产法第七十条；提前 24 小时通知只对停止供电（第二款）
FIRE = "fire_rescue"
ONE_EXTENSION = 30  # days, 行政强制法 25 I


def draft(
    tx: Session, app: App, hazard: Hazard, kind: str, *, organ: str, number: str, content: Mapping[str, Any],
    instance_id: str | None, by: str, now: datetime,
) -> MeasureDecision:  # fmt: skip
    """Draft a decision of a body with the power (D9); raises NotAllowed, Conflict (require_cut), Invalid naming what it
    must still state.
    """
    powers.entitled(tx, powers.measure_act(kind), units.require(tx, organ), day=_day(app, now))
    if kind in CUTS:
        require_cut(tx, app, hazard, kind, organ=organ, now=now)
    wanted = dict(CONTENT) if kind in SEALS else dict(CONDITIONS) if kind in CUTS else {}
    if kind in SEALS and organ == FIRE:
        wanted["collective"] = "集体讨论情况（《消防监督检查规定》第二十三条，示例规则，需法制审核）"
    _complete(wanted, content, "决定书还缺")
    row = MeasureDecision(
        hazard=hazard.number, kind=kind, organ=organ, number=number, content=dict(content), checklist={}, officers=[],
        emergency="", instance_id=instance_id, drafted_at=now, drafted_by=by, approved_by="", suspended_days=0,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def approve(tx: Session, app: App, decision: MeasureDecision, *, by: str, now: datetime) -> None:
    """The head, or a substitute with a mandate, approves, before or (in an emergency) after; raises NotAllowed for
    anybody else.
    """
    approval, found = measure_heads.require(tx, app, decision, by=by, now=now)
    about = f"隐患 {decision.hazard} 的{decision.kind}决定 {decision.number}"
    heads.sign(tx, decision, measure_heads.act_of(decision), found, about=about, now=now)
    told = heads.words(tx, found.by, found.head, found.mandate)
    kind = "批准" if decision.measure is None else "补办批准"
    zh, en = (f"（{told}）", f" ({told.en})") if told else ("", "")
    note(tx, decision, kind, now, by, Said(f"{approval}批准{zh}", f"approved: {approval}{en}"))


def execute(
    tx: Session, app: App, decision: MeasureDecision, *, starts_on: date, ends_at: datetime,
    decide_by: datetime | None, warn_at: datetime | None, executed_at: datetime,
    notified_at: datetime | None, officers: str, checklist: Mapping[str, Any], emergency: str, night: str = "", by: str,
    now: datetime,
) -> Measure:  # fmt: skip
    """Carry the decision out and register the measure; raises Invalid, NotAllowed, Conflict with the clause.

    ``officers`` are login names or certificate numbers; ``emergency`` says why it could not wait (行政强制法 19, 43);
    ``night`` why it had to be at night or on a holiday (43), which is no reason to skip approval or notice.
    """
    act, organ = powers.measure_act(decision.kind), units.require(tx, decision.organ)
    hazard = tx.get_one(Hazard, decision.hazard)
    rule = powers.entitled(tx, act, organ, day=starts_on)
    if decision.measure is not None or hazard.closed_at is not None:
        raise Conflict(
            f"{decision.kind}已经实施，或者隐患 {hazard.number} 已经结束，不再登记。",
            en="The decision was carried out already, or the hazard has ended.",
        )
    if not decision.approved_by and not (emergency.strip() and rule.approval_after):
        raise Invalid(
            f"{decision.kind}没有{rule.approval}的批准，不得实施（{rule.clause}）；情况紧急的写明理由，24 小时内补办。",
            en="There is no approval of the head; in an emergency give the reason, approval follows in 24 hours.",
            problems=[Problem(field="approved_by", rule="approval", message=f"须经{rule.approval}批准")],
        )
    if executed_at > now or ends_at <= now:
        raise Invalid(
            "实施时间晚于现在，或者期限已经届满，请核对日期。",
            en="It lies in the future or has run out; check the dates.",
        )
    why = emergency.strip() or night.strip()
    powers.check_moment(app, act, place=tx.get(Place, hazard.place), emergency=why, now=executed_at)
    require_notice(app, decision.kind, notified_at, executed_at, emergency)
    if decision.kind in SEALS:
        _complete({key: words for key, words in STEPS.items() if key != "approved"}, checklist, "实施程序还缺")
    certificates = require_officers(tx, decision, officers, starts_on)
    measures.require_lawful_seal(tx, app, hazard.number, decision.kind, starts_on=starts_on, ends_at=ends_at)
    _not_twice(tx, hazard.number, decision.kind)
    row = measures.open_in(
        tx, hazard.number, decision.kind, organ=organ.code, starts_on=starts_on, ends_at=ends_at, decide_by=decide_by,
        warn_at=warn_at, decision_no=decision.number, basis=str(decision.content.get("basis", "")), now=now,
    )  # fmt: skip
    paper_clocks.measure_runs(tx, app, row, now, reminded=False)
    decision.measure, decision.executed_at, decision.emergency = row.id, executed_at, why
    decision.officers = [dict(each) for each in certificates]
    decision.checklist = {**checklist, "approved": bool(decision.approved_by)}
    done = Said(f"{decision.kind}，{decision.number}", f"{word(decision.kind)}, {decision.number}")
    note(tx, decision, "实施", now, by, why or done)
    return row


def prolong(
    tx: Session, app: App, decision: MeasureDecision, *, ends_at: datetime, decide_by: datetime | None,
    warn_at: datetime | None, reason: str, by: str, now: datetime,
) -> None:  # fmt: skip
    """Extend a seal once by at most 30 days, decided by the head with reasons; raises NotAllowed, Invalid, Conflict."""
    row = standing(tx, decision)
    _in_time(decision, row, now)
    measure_heads.require_prolonging(tx, decision, by=by, now=now)
    measures.require_lawful_seal(
        tx, app, row.hazard, row.kind, starts_on=row.starts_on, ends_at=ends_at, extends=row,
        tested_days=decision.suspended_days,
    )  # fmt: skip
    last = (row.ends_at.astimezone(app.zone) - row.ends_at.resolution).date()
    if not row.ends_at < ends_at <= app.calendar.end_of_day(last + timedelta(days=ONE_EXTENSION), app.zone):
        raise Invalid("延长期限应当在 1 至 30 日之内（行政强制法第二十五条）。", en="An extension lasts 1 to 30 days.")
    row.extended_at, row.ends_at, row.decide_by, row.warn_at = now, ends_at, decide_by, warn_at
    paper_clocks.measure_runs(tx, app, row, now, reminded=False)
    note(tx, decision, "延长", now, by, reason, ends_at=ends_at.isoformat())


def suspend(
    tx: Session, decision: MeasureDecision, *, days: int, starts_on: date, reason: str, number: str, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """A test begins (行政强制法 25 III): its days, of which the party is told in writing, do not count.

    Raises Conflict while another test runs, or when the seal has run out.
    """
    _in_time(decision, standing(tx, decision), now)
    decision.suspended_on = starts_on
    note(tx, decision, "检测开始", now, by, reason, days=days, number=number, starts_on=starts_on.isoformat())


def resume(
    tx: Session, app: App, decision: MeasureDecision, *, days: int, ends_at: datetime, decide_by: datetime | None,
    warn_at: datetime | None, by: str, now: datetime,
) -> None:  # fmt: skip
    """The test has ended after so many days: the end moves by them; raises Conflict when none runs, Invalid."""
    row = standing(tx, decision)
    if decision.suspended_on is None:
        raise Conflict("现在没有检测、鉴定。", en="No test runs.")
    extended = row if row.extended_at is not None else None
    most = (2 if extended else 1) * ONE_EXTENSION + decision.suspended_days + days
    if ends_at > app.calendar.end_of_day(row.starts_on + timedelta(days=most), app.zone):
        raise Invalid("顺延的天数超过了检测所用的天数，请核对。", en="The end moves by more than the days of the test.")
    decision.suspended_on, decision.suspended_days = None, decision.suspended_days + days
    row.ends_at, row.decide_by, row.warn_at = ends_at, decide_by, warn_at
    paper_clocks.measure_runs(tx, app, row, now, reminded=False)
    told = Said(f"检测用了 {days} 日，期限顺延", f"the test took {days} days, the end moves by them")
    note(tx, decision, "检测结束", now, by, told, days=days, ends_at=ends_at.isoformat())


def lift(tx: Session, decision: MeasureDecision, *, ground: str, reason: str, by: str, now: datetime) -> None:
    """The measure ends, on a ground of 行政强制法 28 (or 19, 21) with the reason; raises Conflict when it has ended."""
    row = standing(tx, decision)
    row.lifted_at, row.lift_reason = now, f"{ground}：{reason}" if ground else reason
    decision.suspended_on = None
    paper_clocks.measure_over(tx, row, now)
    note(tx, decision, "解除", now, by, row.lift_reason)


def note(tx: Session, decision: MeasureDecision, kind: str, at: datetime, by: str, text: str, **detail: object) -> None:
    """Add one line to what was done."""
    last = tx.scalar(select(func.max(MeasureAct.no)).where(MeasureAct.decision == decision.id)) or 0
    tx.add(MeasureAct(decision=decision.id, no=last + 1, kind=kind, at=at, by=by, text=text, detail=detail))
    tx.flush()


def existing(tx: Session, decision: int) -> MeasureDecision:
    """The row of a decision; raises NotFound."""
    row = tx.get(MeasureDecision, decision)
    if row is None:
        raise NotFound("没有这份决定，请核对流程变量 decision。", en=f"There is no decision {decision}.")
    return row


def standing(tx: Session, decision: MeasureDecision) -> Measure:
    """The measure of this decision while it lasts; raises Conflict."""
    row = tx.get(Measure, decision.measure) if decision.measure is not None else None
    if row is None or row.lifted_at is not None:
        raise Conflict(f"{decision.kind}没有实施，或者已经解除。", en="The measure is not in force.")
    return row


def named(tx: Session, text: str) -> Sequence[str]:
    """The login names of the officers in a line of login names or certificate numbers; raises Invalid."""
    found = []
    for each in filter(None, re.split(r"[\s,，、;；]+", text)):
        holder = select(Person.name).where((Person.name == each) | (Person.cert_no == each)).limit(1)
        name = tx.scalar(holder)
        if name is None:
            raise Invalid(
                f"没有登录名或者执法证号为“{each[:40]}”的执法人员，请核对。",
                en=f"No officer has the name or number {each[:40]}.",
            )
        found.append(name)
    return found


def require_officers(tx: Session, decision: MeasureDecision, officers: str, day: date) -> tuple[dict[str, str], ...]:
    """The certificates of the officers in this line; raises Invalid with the clause when too few have a valid one."""
    organ = units.require(tx, decision.organ)
    rule = powers.entitled(tx, powers.measure_act(decision.kind), organ, day=day)
    return powers.certified(tx, named(tx, officers), {organ.code}, rule, day) if rule.officers else ()


def _in_time(decision: MeasureDecision, row: Measure, now: datetime) -> None:
    if row.kind not in SEALS:
        raise Invalid(f"“{row.kind}”不适用查封、扣押的期限。", en=f"{row.kind} has no such period.")
    if decision.suspended_on is not None:
        raise Conflict("正在检测、鉴定，结束后再办理。", en="A test runs; wait for its end.")
    if row.ends_at <= now:
        raise Conflict(
            f"{row.kind}期限已经届满，应当立即解除（行政强制法第二十八条）。",
            en="The seal has run out and must be lifted.",
        )


def require_cut(tx: Session, app: App, hazard: Hazard, kind: str, *, organ: str, now: datetime) -> None:
    """What no form can heal, asked before a cut is decided or drafted: raises NotAllowed for a body without the power,
    Conflict against homes (行政强制法 43 II) and while the same measure runs.
    """
    act = powers.measure_act(kind)
    powers.entitled(tx, act, units.require(tx, organ), day=_day(app, now))
    try:
        powers.check_homes(act, tx.get(Place, hazard.place))
    except Invalid as refused:
        raise Conflict(refused.message, en=refused.en, problems=refused.problems) from refused
    _not_twice(tx, hazard.number, kind)


def require_notice(app: App, kind: str, notified_at: datetime | None, executed_at: datetime, emergency: str) -> None:
    """Power is cut 24 hours after the party was told (安全生产法 70 II), but in an emergency; raises Invalid."""
    if kind != POWER_CUT or emergency.strip():
        return
    latest = clock_rules.due(app, "T17", executed_at)
    if notified_at is None or notified_at > latest.due_at:
        raise Invalid(
            f"停止供电应当提前 24 小时通知当事人（{latest.clock.clause}）：{latest.words}。",
            en="The party must be told 24 hours before its power is cut.",
        )


def _not_twice(tx: Session, hazard: str, kind: str) -> None:
    same = select(Measure.id).where(Measure.hazard == hazard, Measure.kind == kind, Measure.lifted_at.is_(None))
    if tx.scalar(same.limit(1)) is not None:
        raise Conflict(f"隐患 {hazard} 已有执行中的“{kind}”，请先解除。", en=f"Hazard {hazard} has a running {kind}.")


def _complete(wanted: Mapping[str, str], given: Mapping[str, Any], words: str) -> None:
    lacking = {key: title for key, title in wanted.items() if given.get(key) in (None, "", False)}
    if lacking:
        raise Invalid(
            f"{words}：{'；'.join(lacking.values())}。", en=f"Missing: {', '.join(lacking)}.",
            problems=lacks(lacking),
        )  # fmt: skip


def _day(app: App, now: datetime) -> date:
    return now.astimezone(app.zone).date()
