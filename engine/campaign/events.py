"""The story of a hazard in order: what the process did, what people did, and what was written into the registers
about it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Event
from engine.bpm.step import ENGINE
from engine.bpm.viewer import Viewer
from engine.campaign import clock_kinds, heads, order_limits, scope, told, units
from engine.campaign.case_model import Assignment, Deadline, Finding, Hazard, Measure, Recheck, Rung
from engine.campaign.english import word
from engine.campaign.model import Person
from engine.campaign.sight import seen
from engine.said import Said, both, joined

BY_PEOPLE = {
    "claimed": Said("认领", "Claimed"), "released": Said("放回", "Put back"), "delegated": Said("转办", "Delegated"),
    "returned": Said("退回", "Returned"), "sent_back": Said("退回重办", "Sent back to an earlier step"),
    "resolved": Said("交回", "Handed back"), "handed_over": Said("移交", "Handed over"),
    "candidate_added": Said("增加候选人", "Candidate added"),
    "candidate_removed": Said("移除候选人", "Candidate removed"),
    "follow_up_set": Said("设定跟进时间", "Follow-up set"),
    "prioritised": Said("调整优先级", "Priority changed"), "commented": Said("备注", "Remark"),
    "attached": Said("上传附件", "File attached"), "attachment_removed": Said("删除附件", "File removed"),
    "suspended": Said("挂起", "Suspended"), "resumed": Said("恢复", "Resumed"), "cancelled": Said("终止", "Cancelled"),
    "rescheduled": Said("变更期限", "Limit changed"), "migrated": Said("迁移版本", "Moved to another version"),
    "modified": Said("修改流程", "Process repaired"), "retried": Said("重试", "Retried"),
    "skipped": Said("跳过", "Skipped"),
}  # fmt: skip
GIVEN = ("delegated", "handed_over", "candidate_added", "candidate_removed")  # to somebody, or no longer
ORDER = ("task", "timer", "recheck", "finding", "rung", "deadline", "paper", "measure")  # within one moment
ENDED = {
    "met": Said("按期完成", "done in time"), "missed": Said("逾期完成", "done late"),
    "replaced": Said("已变更", "changed"), "void": Said("已作废", "void"), "suspended": Said("已中止", "stopped"),
}  # fmt: skip
REGISTERED = Said("登记隐患", "Hazard registered")
NOT_DONE = Said("到期未完成", "passed and not done")
STEPS = {
    "E1": Said("逾期催办", "reminder that it is overdue"), "E2": Said("街道督办", "supervision by the subdistrict"),
    "E2b": Said("区级督办", "supervision by the district"), "E3": Said("部门移交", "transfer to a department"),
    "E4": Said("提请停用", "request to stop use"),
}  # fmt: skip
SIGNED, RETURNED, ANSWERED = Said("签收", "signed for"), Said("退回", "returned"), Said("答复", "answered")


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of the story. ``kind`` is task, timer, deadline, paper, measure, recheck, rung or finding."""

    at: datetime
    kind: str
    title: str
    text: str
    by: str
    by_name: str
    element: str | None


def list_events(app: App, number: str, *, viewer: Viewer) -> list[CaseEvent]:
    """The whole story of a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        return story(tx, seen(tx, number, viewer), viewer)


def story(tx: Session, hazard: Hazard, viewer: Viewer | None = None) -> list[CaseEvent]:
    """The whole story as it is told to somebody who is known to see the hazard (to an enterprise what concerns it:
    ``told``); without, as a paper tells it.
    """
    limits = scope.limits(viewer) if viewer else Deadline.clock.not_in(clock_kinds.untold())
    lines = [
        *_process(tx, hazard, viewer), *_deadlines(tx, hazard, limits), *_papers(tx, hazard, viewer),
        *_facts(tx, hazard, viewer),
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.at, ORDER.index(line.kind)))


def _process(tx: Session, hazard: Hazard, viewer: Viewer | None) -> list[CaseEvent]:
    acted = Event.event.in_(BY_PEOPLE) & ((Event.event != "cancelled") | Event.element.is_(None) & Event.type.is_(None))
    wanted = acted | ((Event.type.in_(("userTask", "manualTask"))) & (Event.event == "completed"))
    fired = (Event.event == "fired") & (Event.type == "boundaryEvent")  # the chain's daily look is no news
    rows = tx.scalars(
        select(Event)
        .where(Event.instance_id == hazard.instance_id, wanted | fired, told.happened(viewer))
        .order_by(Event.id)
    ).all()
    actors = {row.actor for row in rows} | {row.on_behalf_of for row in rows} | {hazard.finder}
    receivers = {_receiver(row) for row in rows} - {""}
    names = units.names(tx, receivers) | _display_names(tx, actors | receivers)
    lines = [
        CaseEvent(hazard.registered_at, "task", REGISTERED, hazard.text, hazard.finder,
                  names.get(hazard.finder, hazard.finder), None)
    ]  # fmt: skip
    for row in rows:
        by = "" if row.actor in (None, ENGINE) else str(row.actor)
        kind, title = ("timer", row.name or "") if row.event == "fired" else ("task", _done(row))
        detail = row.detail or {}
        if detail.get("clock") in clock_kinds.untold():
            continue
        text = str(detail.get("text") or detail.get("reason") or detail.get("name") or "")
        if to := names.get(_receiver(row), _receiver(row)):
            whom = to if row.event.startswith("candidate_") else Said(f"交给 {to}", f"to {to}")
            text = joined("；", "; ", filter(None, (whom, text)))
        if row.on_behalf_of:
            absent = names.get(row.on_behalf_of, row.on_behalf_of)
            acting = names.get(by, by)
            stood_in = Said(f"由 {acting} 代 {absent} 办理", f"{acting} for {absent}")
            if mandate := detail.get("mandate"):
                stood_in = heads.in_words(acting, absent, mandate)
            text = joined("；", "; ", filter(None, (stood_in, text)))
        lines.append(CaseEvent(row.at, kind, title, text, by, names.get(by, by), row.element))
    return lines


def _receiver(row: Event) -> str:
    """The login name or group to whom a task was given."""
    detail = row.detail or {} if row.event in GIVEN else {}
    return str(detail.get("to") or detail.get("to_group") or "")


def _display_names(tx: Session, logins: set[str | None]) -> dict[str, str]:
    rows = tx.execute(select(Person.name, Person.display_name).where(Person.name.in_(logins)))
    return {row.name: row.display_name for row in rows}


def _done(row: Event) -> str:
    if row.event == "completed":
        return Said(f"完成：{row.name}", f"Done: {row.name}")
    done = BY_PEOPLE[row.event]
    return joined("：", ": ", (done, row.name)) if row.name else done


def _deadlines(tx: Session, hazard: Hazard, limits: ColumnElement[bool]) -> list[CaseEvent]:
    lines = []
    for row in tx.scalars(select(Deadline).where(Deadline.hazard == hazard.number, limits)):
        kind, day, trace = word(row.kind), row.due_on.isoformat(), joined("；", "; ", row.trace)
        made = Said(f"确定{row.kind}时限：{day}", f"Limit set: {kind}, {day}")
        lines.append(_line(row.opened_at, "deadline", made, trace))
        if row.ended_at and row.state != "open":
            how = NOT_DONE if row.state == "missed" and row.ended_at == row.due_at else ENDED[row.state]
            ended = Said(f"{row.kind}时限{how}", f"Limit {how.en}: {kind}")
            lines.append(_line(row.ended_at, "deadline", ended, row.reason))
    return lines


def _papers(tx: Session, hazard: Hazard, viewer: Viewer | None) -> list[CaseEvent]:
    rows = tx.scalars(select(Assignment).where(Assignment.hazard == hazard.number, told.papers(viewer))).all()
    names = units.names(tx, {row.to_unit for row in rows})
    lines = []
    for row in rows:
        title, title_en, to = f"{row.kind}（{row.number}）", f"{word(row.kind)} ({row.number})", names[row.to_unit]
        sent = Said(f"发出{title}至{to}", f"Sent to {to}: {title_en}")
        lines.append(_line(row.sent_at, "paper", sent, row.reason))
        for at, what, text in (
            (row.signed_at, SIGNED, ""), (row.returned_at, RETURNED, row.return_reason),
            (row.answered_at, ANSWERED, row.answer),
        ):  # fmt: skip
            if at:
                lines.append(_line(at, "paper", Said(f"{to}{what}{title}", f"{to} {what.en}: {title_en}"), text))
    return lines


def _facts(tx: Session, hazard: Hazard, viewer: Viewer | None) -> list[CaseEvent]:
    lines = []
    for measure in tx.scalars(select(Measure).where(Measure.hazard == hazard.number)):
        kind, number = word(measure.kind), measure.decision_no
        decided = Said(f"{measure.kind}（{number}）", f"{kind.capitalize()} ({number})")
        lines.append(_line(measure.opened_at, "measure", decided, measure.basis))
        if measure.lifted_at:
            lines.append(
                _line(measure.lifted_at, "measure", Said(f"解除{measure.kind}", f"Lifted: {kind}"), measure.lift_reason)
            )
    for check in tx.scalars(select(Recheck).where(Recheck.hazard == hazard.number)):
        result, result_en = ("合格", "passed") if check.passed else ("不合格", "failed")
        title = Said(f"第 {check.no} 次复查{result}", f"Re-inspection {check.no} {result_en}")
        lines.append(_line(check.at, "recheck", title, check.opinion))
    for rung in tx.scalars(select(Rung).where(Rung.hazard == hazard.number, told.rungs(viewer))):
        step = STEPS.get(rung.step, rung.step)
        lines.append(
            _line(
                rung.at,
                "rung",
                joined("", "", (Said("升级：", "Escalated: "), step)),
                both(rung.reason, rung.reason_en),
            )
        )
    findings = tx.scalars(select(Finding).where(Finding.hazard == hazard.number, told.findings(viewer))).all()
    names = _display_names(tx, {_asker(one) for one in findings})
    for finding in findings:
        if clock_kinds.speaks_of_untold(finding.text):
            continue  # a program before wrote down that such a limit was changed
        title = Said(finding.kind, word(finding.kind).capitalize())
        by, text = _asker(finding), both(finding.text, finding.text_en)
        lines.append(CaseEvent(finding.at, "finding", title, text, by, names.get(by, by), None))
    if hazard.closed_at:
        title = Said(f"销号（{hazard.closure_no}）", f"Closed ({hazard.closure_no})")
        title = title if hazard.void_reason is None else Said("作废", "Voided")
        lines.append(_line(hazard.closed_at, "task", title, hazard.void_reason or hazard.closure_opinion))
    return lines


def _asker(finding: Finding) -> str:
    """Who asked for more time or answered; of another finding nobody is named: an enterprise reads them too."""
    return str(finding.detail.get("by") or "") if finding.kind in order_limits.ASKING else ""


def _line(at: datetime, kind: str, title: str, text: str) -> CaseEvent:
    return CaseEvent(at, kind, title, text, "", "", None)
