"""Verbs on periodic duties: list them, hand in evidence, excuse one; creating them is duty_creation.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import messages, tasks
from engine.bpm.model import Task
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, scope
from engine.campaign.case_model import Evidence
from engine.campaign.duty_creation import begin_in
from engine.campaign.duty_kinds import clock_of, kind_of, rules
from engine.campaign.duty_model import Duty
from engine.campaign.pages import read_page
from engine.campaign.periods import Period, period_named
from engine.errors import Conflict, Invalid, NotFound
from engine.said import joined

STATES = {
    "open": "待履职", "submitted": "待核对", "done": "已履职", "missed": "未履职",
    "late": "补办", "excused": "免予履职",
}  # fmt: skip
GIVING = ("evidence", "make_up")  # the steps of the diagram at which evidence is handed in
EXCUSABLE = ("open", "submitted", "missed")


@dataclass(frozen=True, slots=True)
class DutyView:
    """A duty as it is shown; ``overdue`` is computed now, ``mechanisms``, ``quote`` and ``note`` come from its rule,
    ``words`` says how its ``clock`` came to the date, and from when to when it was moved; ``rule_from``
    and ``rule_to`` are the days of the rule.
    """

    id: int
    kind: str
    kind_name: str
    title: str
    subject: str
    subject_name: str
    period: str
    unit: str | None
    person: str | None
    office: str
    place: str | None
    begin_at: datetime
    due_at: datetime
    state: str
    state_name: str
    overdue: bool
    submitted_at: datetime | None
    submitted_by: str
    missed_at: datetime | None
    ended_at: datetime | None
    proof: str
    files: Sequence[str]
    reason: str
    wanted: Sequence[str]
    consequence: str
    mechanisms: Sequence[int]
    source: str
    quote: str
    note: str
    rule_version: str
    clock: str
    words: str
    rule_from: date
    rule_to: date | None


def list_duties(
    app: App,
    viewer: Viewer,
    *,
    kind: str | None = None,
    state: str | None = None,
    period: str | None = None,
    unit: str | None = None,
    subject: str | None = None,
    missing: bool = False,
    page: int = 1,
    size: int = 50,
) -> Page[DutyView]:
    """Duties the viewer may see, what is due first; ``missing`` is the list of what was not done (未履职清单).
    Raises Invalid for a period that there is not.
    """
    now = app.clock()
    if period:
        _check_period(period)
    query = select(Duty).where(scope.duties(viewer)).order_by(Duty.due_at, Duty.id)
    for column, wanted in (
        (Duty.kind, kind), (Duty.state, state), (Duty.period, period), (Duty.unit, unit), (Duty.subject, subject),
    ):  # fmt: skip
        if wanted:
            query = query.where(column == wanted)
    if missing:
        query = query.where((Duty.state == "missed") | ((Duty.state == "open") & (Duty.due_at <= now)))
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda row: row)
        return Page(_views(tx, list(found.items), now), found.total, page, size)


def show(app: App, id: int, *, viewer: Viewer) -> DutyView:
    """One duty; raises NotFound, also when it is not the viewer's to see."""
    with app.reading() as tx:
        return _views(tx, [_seen(tx, id, viewer)], app.clock())[0]


def give_evidence(app: App, id: int, *, note: str, files: Sequence[str], viewer: Viewer) -> DutyView:
    """Hand in the evidence of a duty; its office checks it. One that was not reminded of yet begins now.

    Raises NotFound, NotAllowed (not this person's to do), Invalid (files), Conflict when none is waited for.
    """
    with app.transaction() as tx:
        duty = _seen(tx, id, viewer)
        _own_files(tx, files, viewer)
        duty = tx.scalars(select(Duty).where(Duty.id == id).with_for_update()).one()
        if duty.instance_id is None and duty.state == "open":
            begin_in(tx, app, duty, app.clock())
        waiting = Task.instance_id == duty.instance_id, Task.element.in_(GIVING), Task.status == "open"
        task_id = tx.scalar(select(Task.id).where(*waiting))
    if task_id is None:
        raise _not_now(app, id, "不等待佐证", viewer)
    given = {"evidence_note": note, **({"evidence_files": list(files)} if files else {})}
    tasks.complete(app, task_id, given, viewer=viewer)
    return show(app, id, viewer=viewer)


def excuse(app: App, id: int, *, reason: str, viewer: Viewer) -> DutyView:
    """Let a duty go undone, with a reason, for example because the place is closed; it counts as neither done nor
    missed. Raises NotFound, NotAllowed, Conflict when it has ended.
    """
    now = app.clock()
    with app.transaction() as tx:
        _seen(tx, id, viewer)
        authority.require(tx, viewer, "duty.excuse")
        duty = tx.scalars(select(Duty).where(Duty.id == id).with_for_update()).one()
        begun, state = duty.instance_id is not None, duty.state
        if state == "open" and not begun:
            duty.state, duty.reason, duty.ended_at = "excused", reason, now
    if state not in EXCUSABLE:
        raise _not_now(app, id, "已经办结，不能免予", viewer)
    if begun:
        try:
            messages.send(app, "duty_excused", {"duty": str(id)}, {"excuse_reason": reason}, by=viewer.name)
        except NotFound as error:
            raise _not_now(app, id, "已经办结，不能免予", viewer) from error
    return show(app, id, viewer=viewer)


def list_kinds(app: App, viewer: Viewer) -> list[dict[str, object]]:
    """The kinds of duties with their rule, for everybody who can log in."""
    return [
        {
            "key": kind.key, "name": kind.name, "often": kind.often, "subject": kind.subject, "office": kind.office,
            "mechanisms": list(kind.mechanisms), "clock": kind.clock, "wanted": list(kind.evidence),
            "consequence": kind.consequence, "basis": kind.basis, "source": kind.source, "quote": kind.quote,
            "mark": kind.mark, "note": kind.note, "valid_from": kind.valid_from, "valid_to": kind.valid_to,
        }
        for kind in rules().kinds
    ]  # fmt: skip


def _check_period(period: str) -> None:
    try:
        period_named(period)
    except ValueError as error:
        raise Invalid(
            f"没有期别“{period}”，请写成 2026-10-12、2026-W42、2026-10、2026-Q4、2026-H2 或 2026。",
            en=f"There is no period {period}; use 2026-10-12, 2026-W42, 2026-10, 2026-Q4, 2026-H2 or 2026.",
        ) from error


def _seen(tx: Session, id: int, viewer: Viewer) -> Duty:
    duty = tx.scalars(select(Duty).where(Duty.id == id, scope.duties(viewer))).one_or_none()
    if duty is None:
        raise NotFound(
            f"没有编号为 {id} 的履职事项，或不在您的职责范围内。", en=f"There is no duty {id}, or it is not yours."
        )
    return duty


def _own_files(tx: Session, files: Sequence[str], viewer: Viewer) -> None:
    mine = set(tx.scalars(select(Evidence.id).where(Evidence.id.in_(files), Evidence.uploaded_by == viewer.name)))
    if set(files) - mine:
        raise Invalid(
            "有文件没有上传成功或不是您上传的，请重新上传后再提交。",
            en="A file is not an upload of yours; upload it again.",
            problems=[{"field": "files", "rule": "upload", "message": "请重新上传文件"}],
        )


def _not_now(app: App, id: int, why: str, viewer: Viewer) -> Conflict:
    shown = show(app, id, viewer=viewer)
    return Conflict(
        f"“{shown.title}”目前是“{shown.state_name}”，{why}。",
        en=f"Duty {id} is {shown.state}; this cannot be done now.",
    )


def _views(tx: Session, rows: Sequence[Duty], now: datetime) -> list[DutyView]:
    files: dict[int | None, list[str]] = {row.id: [] for row in rows}
    given = select(Evidence.duty, Evidence.id).where(Evidence.duty.in_(files))
    for duty, id in tx.execute(given.order_by(Evidence.uploaded_at, Evidence.id)):
        files[duty].append(id)
    return [_view(row, files[row.id], now) for row in rows]


def _view(row: Duty, files: Sequence[str], now: datetime) -> DutyView:
    kind = kind_of(row.kind, row.starts_on)
    return DutyView(
        row.id, row.kind, kind.name, row.title, row.subject, row.subject_name, row.period, row.unit, row.person,
        row.office, row.place, row.begin_at, row.due_at, row.state, STATES[row.state],
        row.state in ("open", "missed") and row.due_at <= now, row.submitted_at, row.submitted_by, row.missed_at,
        row.ended_at, row.proof, files, row.reason, kind.evidence, kind.consequence, kind.mechanisms, kind.source,
        kind.quote, kind.note, row.rule_version, clock_of(kind, _period(row)),
        joined("；", "; ", row.trace), kind.valid_from, kind.valid_to,
    )  # fmt: skip


def _period(row: Duty) -> Period:
    return Period(row.period, row.starts_on, row.ends_on)
