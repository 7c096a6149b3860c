"""What happens to a deferral (挂起, 暂不具备整改条件), one function an act, inside the caller's transaction: approved,
let lapse, looked at, ended. It stops the clock of the fix and lets it run on; a date that has passed is never stopped.

示例规则，需法制审核: the sources ask for interim measures and a review date; numbers and approvers are local rules.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import step
from engine.bpm.step import ACTOR, Opened
from engine.campaign import clock_rules, deadlines, powers, stopping, support_notices, units
from engine.campaign.case_model import Deadline, Finding, Hazard
from engine.campaign.deferral_model import Deferral, DeferralMeasure, DeferralReview
from engine.campaign.model import Person
from engine.campaign.stopping import Ground
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.said import Said, english, joined

POWER, RULE, REVIEW = "defer", "T58.review", "挂起复核"
PROLONG, END = "prolong", "end"
MOST_MEASURES = 50


def existing(tx: Session, id: int) -> Deferral:
    """The row of a deferral for the engine itself; raises NotFound."""
    row = tx.get(Deferral, id)
    if row is None:
        raise NotFound(f"没有编号为 {id} 的挂起申请，请核对流程变量 deferral。", en=f"There is no deferral {id}.")
    return row


def running(tx: Session, hazard: str) -> Deferral | None:
    """The one of this hazard that has not ended."""
    return tx.scalars(select(Deferral).where(Deferral.hazard == hazard, Deferral.ended_at.is_(None))).one_or_none()


def measures_of(tx: Session, row: Deferral) -> Sequence[DeferralMeasure]:
    """Its interim measures in their order."""
    return tx.scalars(
        select(DeferralMeasure).where(DeferralMeasure.deferral == row.id).order_by(DeferralMeasure.no)
    ).all()


def check_day(app: App, day: date, now: datetime, *, field: str = "review_on") -> None:
    """The day of the next look lies after today and within T58.review; raises Invalid with the rule."""
    today, limit = now.astimezone(app.zone).date(), clock_rules.due(app, RULE, now)
    if today < day <= limit.last_day:
        return
    raise Invalid(
        f"复核日期 {day.isoformat()} 应在明天到 {limit.last_day.isoformat()} 之间：{limit.words}。",
        en=f"The review must be after today and by {limit.last_day} ({RULE}).",
        problems=[{"field": field, "rule": "range", "message": f"明天至 {limit.last_day.isoformat()}"}],
    )


def fix_deadline(tx: Session, app: App, hazard: Hazard, now: datetime) -> Deadline:
    """The open limit of the fix that may be stopped now. Raises Conflict for a hazard of another kind, one under
    supervision, and when the limit has passed.
    """
    if hazard.closed_at is not None:
        raise Conflict(f"隐患 {hazard.number} 已经办结，不能挂起。", en=f"Hazard {hazard.number} is closed.")
    if hazard.is_major or hazard.local_level not in ("一般", "较大"):
        raise Conflict(
            f"{hazard.local_level or '未分级'}隐患不适用挂起：立改当场改正；重大隐患按治理方案治理，"
            "确需更长时间的由挂牌机关决定延期（示例规则，需法制审核）。",
            en="Only hazards of the levels 一般 and 较大 can be deferred.",
        )
    about = deadlines.of_hazard(hazard.number)
    if deadlines.open_one(tx, about, deadlines.SUPERVISE) is not None:
        raise Conflict(
            f"隐患 {hazard.number} 正在督办，督办期限内不能挂起，请先办结督办（示例规则，需法制审核）。",
            en=f"Hazard {hazard.number} is under supervision; it cannot be deferred now.",
        )
    row = deadlines.open_one(tx, about, deadlines.RECTIFY)
    if row is None:
        raise Conflict(
            f"隐患 {hazard.number} 没有进行中的整改时限，不能挂起。", en="There is no open limit of the fix."
        )
    if now >= row.due_at:
        raise Conflict(
            f"整改时限已于 {row.due_on.isoformat()} 届满，按逾期办理，不能再挂起；应在届满之前申请并批准。",
            en=f"The limit passed on {row.due_on}; an overdue hazard cannot be deferred.",
        )
    return row


def check_approver(tx: Session, row: Deferral, body: str, by: str, day: date) -> str:
    """The clause by which the body of this group (``principal@street``) may approve; somebody else than the asker
    does. Raises NotAllowed.
    """
    rule = powers.entitled(tx, POWER, units.require(tx, body.rpartition("@")[2]), day=day)
    if by == row.asked_by:
        raise NotAllowed("申请人不能批准自己的挂起申请，请由其他领导批准。", en="Nobody approves their own request.")
    return rule.clause


def approve(
    tx: Session, app: App, row: Deferral, *, body: str, review_on: date, opinion: str, by: str, now: datetime
) -> None:
    """Stop the clock of the fix until the day of the review. Raises NotAllowed, Invalid, Conflict."""
    _still_running(row)
    power = check_approver(tx, row, body, by, now.astimezone(app.zone).date())
    check_day(app, review_on, now)
    clause = clock_rules.due(app, RULE, now).clock
    with _held(app, tx, row, now) as (case, hazard):
        if not _stopped(tx, row):
            deadline = fix_deadline(tx, app, hazard, now)
            approved = Said(f"批准人 {by}：{opinion}", f"approved by {by}: {opinion}")
            stopping.stop_in(case, deadline, Ground(row.reason, clause.clause, approved), by=by)
            row.stopped = [*row.stopped, deadline.id]
            told = Said(
                f"已批准挂起，整改时限停止计时，{review_on.isoformat()} 前复核",
                f"the deferral was approved and the limit of the fix stopped, to be reviewed by {review_on}",
            )
            support_notices.tell(app, tx, row.hazard, told, now)
        deadlines.open_in(
            tx, app, deadlines.of_hazard(hazard.number), REVIEW, start_at=now,
            n=(review_on - now.astimezone(app.zone).date()).days, unit="d", roll="N", clock=RULE,
            duty_unit="safety_office", now=now, reason="批准继续挂起",
        )  # fmt: skip
    row.review_on, row.approved_at, row.approved_by, row.opinion, row.power = review_on, now, by, opinion, power
    row.waits_since = row.lapsed_at = None
    told = Said(
        f"批准暂不具备条件挂起，{review_on.isoformat()} 前复核：{opinion}",
        f"Deferral approved, to be reviewed by {review_on}: {opinion}",
    )
    write_down(tx, row, "挂起批准", told, now, by=by)


def lapse(tx: Session, app: App, row: Deferral, *, now: datetime) -> bool:
    """Nobody looked by the review date: the clock of the fix runs on (T58.review). Answers whether it stood still."""
    if row.ended_at is not None or not _stopped(tx, row):
        return False
    _run_on(tx, app, row, Said("到期未复核", "not reviewed in time"), by=step.ENGINE, now=now)
    row.lapsed_at = now
    told = f"Not reviewed by {row.review_on}: the limit of the fix runs on"
    write_down(tx, row, "挂起到期", Said(f"{row.review_on.isoformat()} 到期未复核，整改时限恢复计时", told), now)
    return True


def failed_measures(tx: Session, row: Deferral, text: object) -> list[int]:
    """The numbers in a line such as ``1、3``; raises Invalid for a number that is none of its measures."""
    words = [word for word in re.split(r"[\s,，、;；]+", str(text or "")) if word]
    known = {str(measure.no): measure.no for measure in measures_of(tx, row)}
    if unknown := [word for word in words if word not in known]:
        raise Invalid(
            f"没有第 {'、'.join(unknown)[:40]} 项临时措施，共 {len(known)} 项。", en="There is no such measure.",
            problems=[{"field": "failed_measures", "rule": "exists", "message": f"填 1 至 {len(known)} 的序号"}],
        )  # fmt: skip
    return sorted({known[word] for word in words})


def check_review(
    tx: Session, app: App, row: Deferral, *, failed: Sequence[int], outcome: str, next_on: date | None, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """Whether this may be the result of a look. Raises NotAllowed (the asker, somebody of the unit that must fix it),
    Invalid (prolonged with a measure that is not kept, or without a day).
    """
    hazard, person = tx.get_one(Hazard, row.hazard), tx.get(Person, by)
    if by == row.asked_by or (person is not None and person.unit == hazard.holder_unit):
        raise NotAllowed(
            "复核人不能是申请人或者责任单位的人，请由其他人复核。", en="Neither asker nor owner may review."
        )
    if outcome != PROLONG:
        return
    if failed:
        raise Invalid(
            f"第 {'、'.join(map(str, failed))} 项临时措施没有落实，不能继续挂起，请结束挂起、恢复计时。",
            en="A measure is not kept: the deferral cannot be prolonged.",
            problems=[{"field": "review_outcome", "rule": "kept", "message": "措施没有落实的不能继续挂起"}],
        )
    if next_on is None:
        raise Invalid(
            "继续挂起的，请填写下次复核日期。", en="Give the day of the next review.",
            problems=[{"field": "next_review_on", "rule": "required", "message": "请填写下次复核日期"}],
        )  # fmt: skip
    check_day(app, next_on, now, field="next_review_on")


def review(
    tx: Session, row: Deferral, *, failed: Sequence[int], outcome: str, note: str, next_on: date | None,
    files: Sequence[str], by: str, now: datetime,
) -> None:  # fmt: skip
    """Write down a look; prolonging waits for an approval again."""
    _still_running(row)
    for measure in measures_of(tx, row):
        measure.kept = measure.no not in failed
    last = tx.scalar(select(func.max(DeferralReview.no)).where(DeferralReview.deferral == row.id)) or 0
    tx.add(DeferralReview(
        deferral=row.id, no=last + 1, at=now, by=by, failed=list(failed), outcome=outcome, note=note, next_on=next_on,
        files=list(files),
    ))  # fmt: skip
    deadlines.close_in(tx, deadlines.of_hazard(row.hazard), now, kind=REVIEW)
    if outcome == PROLONG:
        row.renewals, row.waits_since = row.renewals + 1, now
    words = Said(f"申请继续挂起至 {next_on}", f"Asked to defer until {next_on}")
    words = words if outcome == PROLONG else Said("结束挂起", "Deferral ended")
    kept = Said("临时措施都已落实", "all interim measures are kept")
    numbers = list(map(str, failed))
    broken = Said(f"第 {'、'.join(numbers)} 项措施没有落实", f"not kept: measures {', '.join(numbers)}")
    found = joined("；", "; ", (words, broken if failed else kept))
    write_down(tx, row, "挂起复核", joined("：", ": ", (found, note)), now, by=by)


def end(tx: Session, app: App, row: Deferral, *, reason: str, by: str, now: datetime) -> str:
    """It is over: what stands still runs on. Answers the new last day of the fix, empty when nothing stood still."""
    if row.ended_at is not None:
        return ""
    new = _run_on(tx, app, row, reason, by=by, now=now)
    deadlines.close_in(tx, deadlines.of_hazard(row.hazard), now, kind=REVIEW)
    row.ended_at, row.ended_by, row.end_reason, row.waits_since = now, by, reason, None
    due = new.due_on.isoformat() if new else ""
    runs = [Said(f"整改时限恢复计时，新期限 {due}", f"the limit of the fix runs on, due {due}")] if new else []
    write_down(tx, row, "挂起结束", joined("，", "; ", (reason, *runs)), now, by=by)
    return due


def _still_running(row: Deferral) -> None:
    if row.ended_at is not None:
        raise Conflict("这次挂起已经结束，请刷新后核对。", en="The deferral has ended.")


def _stopped(tx: Session, row: Deferral) -> list[Deadline]:
    """The deadlines that stand still for it; one that a person let run on meanwhile is none of them."""
    query = select(Deadline).where(Deadline.id.in_(row.stopped), Deadline.state == deadlines.SUSPENDED)
    return list(tx.scalars(query.order_by(Deadline.id).execution_options(populate_existing=True)))


def _run_on(tx: Session, app: App, row: Deferral, reason: str, *, by: str, now: datetime) -> Deadline | None:
    if not _stopped(tx, row) or tx.get_one(Hazard, row.hazard).closed_at is not None:
        return None
    clause = clock_rules.due(app, RULE, row.approved_at or now).clock.clause
    shown = Said(f"挂起 {row.id}，批准人 {row.approved_by}", f"deferral {row.id}, approved by {row.approved_by}")
    ground = Ground(reason, clause, shown)
    with _held(app, tx, row, now) as (case, _):
        new = [stopping.run_on_in(case, deadline, ground, by=by) for deadline in _stopped(tx, row)]
    if new:
        ended = f"the deferral has ended ({english(reason)}) and the limit of the fix runs on"
        support_notices.tell(app, tx, row.hazard, Said(f"挂起已停止（{reason}），整改时限恢复计时", ended), now)
    return new[-1] if new else None


@contextmanager
def _held(app: App, tx: Session, row: Deferral, now: datetime) -> Iterator[tuple[Opened, Hazard]]:
    """The case of the hazard, locked and caught up with the clock; what fires on the way happens by itself."""
    hazard = tx.get_one(Hazard, row.hazard)
    if hazard.instance_id is None:
        raise Conflict("这条记录没有流程，时限不能改。", en="A record without a process keeps its dates.")
    actor = tx.info.pop(ACTOR, None)
    try:
        case = step.load(app, tx, hazard.instance_id, now)
        if case.row.suspended_at is None:
            step.catch_up(case, now, now)
        yield case, tx.get_one(Hazard, row.hazard)
        tx.flush()
    finally:
        if actor is not None:
            tx.info[ACTOR] = actor


def write_down(tx: Session, row: Deferral, kind: str, text: str, now: datetime, **detail: Any) -> None:
    """A line in the story of the hazard."""
    tx.add(Finding(hazard=row.hazard, kind=kind, at=now, text=text, detail={"deferral": row.id, **detail}))
    tx.flush()
