"""Verbs on transfers to departments (移交, 安全生产法第六十九条): begin, sign, give back once, rule, answer, review.

Each act completes the human task of the diagram, so that what is done here and what is done in the work list are one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import messages, tasks
from engine.bpm.model import Completion, Message, Task
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, clock_rules, competence, once, powers, units
from engine.campaign.case_model import Assignment, Evidence, Hazard
from engine.campaign.pages import read_page
from engine.campaign.sight import seen
from engine.campaign.transfer_model import Transfer
from engine.campaign.transfer_operators import running_or_none
from engine.campaign.transfer_views import SIGN, TransferView, query, require, views
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.said import Said

KIND, BEGIN = "移交", "transfer_due"
REQUESTS = ("查处", "责令停用", "查封", "立案", "建议吊销", "其他")
DECISIONS = ("责令改正", "责令停用", "立案查处", "查封扣押", "不属实", "不予处理")
STEPS = ("track", "seal")
RETURN = "T46"
SIGNING, RULING = ("sign_transfer", "sign_ruled"), ("arbitrate", "assign_body")
NAMES = {
    "lead": "body", "arbitrate_reason": "reason", "assign_reason": "reason", "transfer_return_clause": "clause",
    "transfer_return_reason": "reason", "answer_action": "decision", "answer_text": "text", "answer_files": "files",
    "answer_number": "number",
}  # fields of the forms, as this side calls them  # fmt: skip


def start(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> TransferView:
    """Give a hazard to a department now, without waiting for the chain: ``hazard, reason, requested``, and ``body``
    when it shall be another of those that table D3 names. The same ``key`` from the same person answers the first.

    Raises NotFound (hazard not the viewer's), NotAllowed (D9), Invalid (a body without the duty), Conflict (closed, or
    a transfer is running).
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, values["hazard"], viewer)
        authority.require(tx, viewer, "transfer.start")
        powers.require(tx, app, viewer, "transfer", now=now, unit="safety_office" if viewer.admin else None)
        if earlier := once.earlier(tx, viewer, "transfer", key):
            return views(tx, [tx.get_one(Transfer, earlier)], now)[0]
        _must_be_free(tx, hazard)
        body = _text(values.get("body"))
        if body:
            competence.require(tx, competence.rows_for(tx, app, hazard), _known(tx, body), hazard)
        begun = Message(
            kind="message", name=BEGIN, correlation={"hazard": hazard.number}, at=now, sender=viewer.name, variables={
                "transfer_kind": KIND, "transfer_reason": values["reason"].strip(),
                "transfer_requested": _text(values.get("requested")) or REQUESTS[0], "transfer_body": body,
                "transfer_by": viewer.name, "transfer_returns": 0, "transfer_busy": True,
            },
        )  # fmt: skip
        tx.add(begun)
        taken = messages.deliver(app, tx, begun, by=viewer.name)
        row = running_or_none(tx, hazard.number) if taken else None
        if row is None:
            raise Conflict(
                f"隐患 {hazard.number} 的升级链现在不能发起移交：已有移交在办、流程已挂起，或流程版本太旧。"
                "请刷新后核对。",
                en=f"The chain of {hazard.number} takes no transfer now; look at the case and try again.",
            )
        once.note(tx, viewer, "transfer", key, row.number)
        return views(tx, [row], now)[0]


def list_transfers(app: App, viewer: Viewer, *, page: int = 1, size: int = 50, **wanted: Any) -> Page[TransferView]:
    """Transfers this viewer may see; ``wanted``: unit, state, overdue, hazard. What is due first stands in front."""
    now = app.clock()
    with app.reading() as tx:
        found = read_page(tx, query(viewer, now, **wanted), page, size, lambda row: row)
        return Page(views(tx, found.items, now), found.total, page, size)


def show(app: App, number: str, *, viewer: Viewer) -> TransferView:
    """One transfer; raises NotFound, also when it is not this viewer's to see."""
    now = app.clock()
    with app.reading() as tx:
        row = require(tx, number, viewer)
        (found,) = views(tx, [row], now)
        letter = tx.get(Assignment, row.letter) if row.letter else None
        if found.state != SIGN or letter is None:
            return found
        try:
            _may_give_back(tx, app, row, now)
        except Conflict as refused:
            return replace(found, may_return=False, return_refusal=refused.message)
        return replace(found, return_due_at=clock_rules.due(app, RETURN, letter.sent_at).due_at)


def sign(app: App, number: str, *, viewer: Viewer, key: str | None = None) -> TransferView:
    """The department takes it (T49). Raises NotFound, NotAllowed (another unit's), Conflict (signed before)."""
    with app.reading() as tx:
        row = require(tx, number, viewer)
        only_signs = row.returned_letter is not None or row.lapsed_at is not None
        task = _task(tx, row, SIGNING[1:] if only_signs else SIGNING[:1], viewer, key)
    given = {"transfer_outcome": "sign"} if task.element == SIGNING[0] else {}
    return _complete(app, number, task, given, viewer, key)


def give_back(
    app: App, number: str, *, clause: str, reason: str, viewer: Viewer, key: str | None = None
) -> TransferView:
    """The department says that it is not competent: once, in time (T46), with the clause; the committee's office rules.

    Raises NotFound, NotAllowed, Invalid, Conflict (a second time, after a ruling, or too late: the rule is quoted).
    """
    now = app.clock()
    with app.reading() as tx:
        row = require(tx, number, viewer)
        task = _repeated(tx, row, SIGNING[:1], viewer, key)
        if task is None:
            _may_give_back(tx, app, row, now)
            task = _task(tx, row, SIGNING[:1], viewer, key)
    given = {
        "transfer_outcome": "return", "transfer_return_clause": clause.strip(),
        "transfer_return_reason": reason.strip(),
    }  # fmt: skip
    return _complete(app, number, task, given, viewer, key)


def arbitrate(app: App, number: str, *, body: str, reason: str, viewer: Viewer, key: str | None = None) -> TransferView:
    """The committee's office names the department, with its reason: any department, police, justice or body that
    cooperates, and the ruling binds. Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    with app.reading() as tx:
        row = require(tx, number, viewer)
        task = _task(tx, row, RULING[:1] if row.returned_letter is not None else RULING[1:], viewer, key)
        competence.require_named(units.require(tx, _known(tx, body)))
    why = "arbitrate_reason" if task.element == RULING[0] else "assign_reason"
    return _complete(app, number, task, {"lead": body, why: reason.strip()}, viewer, key)


def answer(
    app: App, number: str, *, decision: str, text: str, document: str = "", files: Sequence[str] = (), viewer: Viewer,
    key: str | None = None,
) -> TransferView:  # fmt: skip
    """The department says what it decided (T50): ``document`` is the number of its paper, ``files`` are uploads of the
    viewer. Raises NotFound, NotAllowed, Invalid (a file that is not the viewer's), Conflict.
    """
    with app.reading() as tx:
        row = require(tx, number, viewer)
        task = _repeated(tx, row, ("answer_transfer",), viewer, key)
        if task is None:
            task = _task(tx, row, ("answer_transfer",), viewer, key)
            _own_files(tx, row, files, viewer)
    given: dict[str, Any] = {"answer_action": decision, "answer_text": text.strip()}
    given |= {"answer_number": document.strip()} if document.strip() else {}
    given |= {"answer_files": list(files)} if files else {}
    return _complete(app, number, task, given, viewer, key)


def review(
    app: App, number: str, *, next_step: str, seal_reason: str = "", viewer: Viewer, key: str | None = None
) -> TransferView:
    """The safety office reads the answer: ``track`` goes on, ``seal`` asks the department for a seal, with the reason.
    Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    with app.reading() as tx:
        task = _task(tx, require(tx, number, viewer), ("review_answer",), viewer, key)
    given = {"next_step": next_step, **({"seal_reason": seal_reason.strip()} if next_step == "seal" else {})}
    return _complete(app, number, task, given, viewer, key)


def _complete(
    app: App, number: str, task: Task, given: dict[str, Any], viewer: Viewer, key: str | None
) -> TransferView:
    try:
        tasks.complete(app, task.id, given, viewer=viewer, key=key)
    except NotFound as error:
        raise NotAllowed(
            f"移交 {number} 的“{task.name}”不是您的单位办理的。", en=f"{task.element} of {number} is not your unit's."
        ) from error
    except Invalid as error:
        problems = [{**found, "field": NAMES.get(found["field"], found["field"])} for found in error.problems or ()]
        raise Invalid(error.message, en=error.en, problems=problems) from error  # type: ignore[arg-type]
    return show(app, number, viewer=viewer)


def _task(tx: Session, row: Transfer, elements: Sequence[str], viewer: Viewer, key: str | None) -> Task:
    """The newest task of this transfer at one of these elements, open or done; that of a repeated request before it."""
    found = (
        _repeated(tx, row, elements, viewer, key)
        or tx.scalars(_of(row, elements).order_by(Task.created_at.desc()).limit(1)).one_or_none()
    )
    if found is None:
        (now,) = views(tx, [row], row.opened_at)
        raise Conflict(
            f"移交 {row.number} 现在是“{now.state}”，不能这样办理，请刷新后核对。",
            en=f"Transfer {row.number} does not wait for this now.",
        )
    tx.expunge(found)
    return found


def _repeated(tx: Session, row: Transfer, elements: Sequence[str], viewer: Viewer, key: str | None) -> Task | None:
    done = tx.get(Completion, (viewer.name, key)) if key else None
    return tx.scalars(_of(row, elements).where(Task.id == done.task_id)).one_or_none() if done else None


def _of(row: Transfer, elements: Sequence[str]) -> Any:
    case = select(Hazard.instance_id).where(Hazard.number == row.hazard).scalar_subquery()
    found = select(Task).where(Task.instance_id == case, Task.element.in_(elements), Task.created_at >= row.opened_at)
    return found.where(Task.created_at <= row.closed_at) if row.closed_at else found


def _may_give_back(tx: Session, app: App, row: Transfer, now: datetime) -> None:
    rule = "移交只能退回一次，裁定后只能签收"
    if row.returned_letter is not None:
        ruled = (
            Said("并由安委办裁定", "the ruling binds") if row.ruled_at else Said("，正等安委办裁定", "a ruling is due")
        )
        raise Conflict(
            f"移交 {row.number} 已经退回过一次{ruled}，不能再退（{RETURN}：{rule}）。",
            en=f"Transfer {row.number} was given back once already; {ruled.en} ({RETURN}).",
        )
    letter = tx.get(Assignment, row.letter) if row.letter else None
    if letter is None or letter.signed_at:
        return
    limit = clock_rules.due(app, RETURN, letter.sent_at)
    if row.lapsed_at is not None or now >= limit.due_at:
        raise Conflict(
            f"移交 {row.number} 应在 {limit.last_day} 以前退回，期限已过，只能签收（{RETURN}：{limit.words}）。",
            en=f"Transfer {row.number} could be given back until {limit.last_day}; it can only be signed ({RETURN}).",
        )


def _must_be_free(tx: Session, hazard: Hazard) -> None:
    if hazard.closed_at is not None:
        raise Conflict(f"隐患 {hazard.number} 已经办结，不能移交。", en=f"Hazard {hazard.number} is closed.")
    if running := running_or_none(tx, hazard.number):
        raise Conflict(
            f"隐患 {hazard.number} 已有移交 {running.number} 在办，办结后才能再次移交。",
            en=f"Transfer {running.number} of hazard {hazard.number} is running; wait until it is over.",
        )


def _known(tx: Session, body: str) -> str:
    try:
        return units.require(tx, body).code
    except NotFound as error:
        problems = [{"field": "body", "rule": "choice", "message": Said("没有这个单位", "There is no such unit")}]
        raise Invalid(error.message, en=error.en, problems=problems) from error  # type: ignore[arg-type]


def _own_files(tx: Session, row: Transfer, files: Sequence[str], viewer: Viewer) -> None:
    for id in files:
        found = tx.get(Evidence, id)
        if found is None or found.uploaded_by != viewer.name or found.duty or found.hazard not in (None, row.hazard):
            raise Invalid(
                "附件没有上传成功或不是您上传的，请重新上传后再提交。",
                en=f"File {id} is not an upload of yours that waits; upload it again.",
                problems=[{"field": "files", "rule": "upload", "message": "请重新上传附件"}],
            )


def _text(value: Any) -> str:
    return str(value or "").strip()
