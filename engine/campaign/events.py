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
from engine.campaign import clock_rules, scope, units
from engine.campaign.case_model import Assignment, Deadline, Finding, Hazard, Measure, Recheck, Rung
from engine.campaign.model import Person
from engine.campaign.sight import seen

BY_PEOPLE = {
    "claimed": "认领", "released": "放回", "delegated": "转办", "returned": "退回", "resolved": "交回",
    "handed_over": "移交", "follow_up_set": "设定跟进时间", "prioritised": "调整优先级", "commented": "备注",
    "attached": "上传附件", "attachment_removed": "删除附件",
    "suspended": "挂起", "resumed": "恢复", "cancelled": "终止", "rescheduled": "变更期限",
    "migrated": "迁移版本", "modified": "修改流程", "retried": "重试", "skipped": "跳过",
}  # fmt: skip
ORDER = ("task", "timer", "recheck", "finding", "rung", "deadline", "paper", "measure")  # within one moment
ENDED = {"met": "按期完成", "missed": "逾期完成", "replaced": "已变更", "void": "已作废", "suspended": "已中止"}
STEPS = {"E1": "逾期催办", "E2": "街道督办", "E2b": "区级督办", "E3": "部门移交", "E4": "提请停用"}


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
    """The whole story as it is told to somebody who is known to see the hazard; without, as a paper tells it."""
    told = scope.limits(viewer) if viewer else Deadline.clock.not_in(clock_rules.untold())
    lines = [*_process(tx, hazard), *_deadlines(tx, hazard, told), *_papers(tx, hazard), *_facts(tx, hazard)]
    return sorted(lines, key=lambda line: (line.at, ORDER.index(line.kind)))


def _process(tx: Session, hazard: Hazard) -> list[CaseEvent]:
    acted = Event.event.in_(BY_PEOPLE) & ((Event.event != "cancelled") | Event.element.is_(None) & Event.type.is_(None))
    wanted = acted | ((Event.type.in_(("userTask", "manualTask"))) & (Event.event == "completed"))
    fired = (Event.event == "fired") & (Event.type == "boundaryEvent")  # the chain's daily look is no news
    rows = tx.scalars(
        select(Event).where(Event.instance_id == hazard.instance_id, wanted | fired).order_by(Event.id)
    ).all()
    actors = {row.actor for row in rows} | {row.on_behalf_of for row in rows} | {hazard.finder}
    names = _display_names(tx, actors)
    lines = [
        CaseEvent(hazard.registered_at, "task", "登记隐患", hazard.text, hazard.finder,
                  names.get(hazard.finder, hazard.finder), None)
    ]  # fmt: skip
    for row in rows:
        by = "" if row.actor in (None, ENGINE) else str(row.actor)
        kind, title = ("timer", row.name or "") if row.event == "fired" else ("task", _done(row))
        detail = row.detail or {}
        text = str(detail.get("text") or detail.get("reason") or detail.get("name") or "")
        if row.on_behalf_of:
            absent = names.get(row.on_behalf_of, row.on_behalf_of)
            text = "；".join(filter(None, (f"由 {names.get(by, by)} 代 {absent} 办理", text)))
        lines.append(CaseEvent(row.at, kind, title, text, by, names.get(by, by), row.element))
    return lines


def _display_names(tx: Session, logins: set[str | None]) -> dict[str, str]:
    rows = tx.execute(select(Person.name, Person.display_name).where(Person.name.in_(logins)))
    return {row.name: row.display_name for row in rows}


def _done(row: Event) -> str:
    if row.event == "completed":
        return f"完成：{row.name}"
    return BY_PEOPLE[row.event] + (f"：{row.name}" if row.name else "")


def _deadlines(tx: Session, hazard: Hazard, told: ColumnElement[bool]) -> list[CaseEvent]:
    lines = []
    for row in tx.scalars(select(Deadline).where(Deadline.hazard == hazard.number, told)):
        trace = "；".join(row.trace)
        lines.append(_line(row.opened_at, "deadline", f"确定{row.kind}时限：{row.due_on.isoformat()}", trace))
        if row.ended_at and row.state != "open":
            how = "到期未完成" if row.state == "missed" and row.ended_at == row.due_at else ENDED[row.state]
            lines.append(_line(row.ended_at, "deadline", f"{row.kind}时限{how}", row.reason))
    return lines


def _papers(tx: Session, hazard: Hazard) -> list[CaseEvent]:
    rows = tx.scalars(select(Assignment).where(Assignment.hazard == hazard.number)).all()
    names = units.names(tx, {row.to_unit for row in rows})
    lines = []
    for row in rows:
        title = f"{row.kind}（{row.number}）"
        lines.append(_line(row.sent_at, "paper", f"发出{title}至{names[row.to_unit]}", row.reason))
        for at, what, text in (
            (row.signed_at, "签收", ""), (row.returned_at, "退回", row.return_reason),
            (row.answered_at, "答复", row.answer),
        ):  # fmt: skip
            if at:
                lines.append(_line(at, "paper", f"{names[row.to_unit]}{what}{title}", text))
    return lines


def _facts(tx: Session, hazard: Hazard) -> list[CaseEvent]:
    lines = []
    for measure in tx.scalars(select(Measure).where(Measure.hazard == hazard.number)):
        lines.append(_line(measure.opened_at, "measure", f"{measure.kind}（{measure.decision_no}）", measure.basis))
        if measure.lifted_at:
            lines.append(_line(measure.lifted_at, "measure", f"解除{measure.kind}", measure.lift_reason))
    for check in tx.scalars(select(Recheck).where(Recheck.hazard == hazard.number)):
        result = "合格" if check.passed else "不合格"
        lines.append(_line(check.at, "recheck", f"第 {check.no} 次复查{result}", check.opinion))
    for rung in tx.scalars(select(Rung).where(Rung.hazard == hazard.number)):
        lines.append(_line(rung.at, "rung", f"升级：{STEPS.get(rung.step, rung.step)}", rung.reason))
    for finding in tx.scalars(select(Finding).where(Finding.hazard == hazard.number)):
        lines.append(_line(finding.at, "finding", finding.kind, finding.text))
    if hazard.closed_at:
        title = "作废" if hazard.void_reason is not None else f"销号（{hazard.closure_no}）"
        lines.append(_line(hazard.closed_at, "task", title, hazard.void_reason or hazard.closure_opinion))
    return lines


def _line(at: datetime, kind: str, title: str, text: str) -> CaseEvent:
    return CaseEvent(at, kind, title, text, "", "", None)
