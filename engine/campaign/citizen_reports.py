"""Verbs on reports from the public (举报): take one in, list and show them, object, ask for more time.

Who reported never leaves ``reporters.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances, messages
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, contacts, extension_rules, place_signs, units
from engine.campaign.case_model import Hazard
from engine.campaign.deadline_views import DeadlineView
from engine.campaign.deadlines import ANSWER, REPLACED, all_of, of_report, open_one
from engine.campaign.model import Person
from engine.campaign.numbers import next_number
from engine.campaign.pages import read_page
from engine.campaign.report_model import CitizenReport, Reporter, ReportPhoto
from engine.campaign.scope import worked_on
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.said import Said, one_of

DEFINITION = "public_report"
PUBLIC = "网络"
CHANNELS = ("电话", "12345", "来信", "来访", "企业安全管理人员", PUBLIC)
CATEGORIES = (
    "安全出口和疏散通道", "消防设施设备", "其他消防隐患", "特种设备", "产品质量", "建筑施工", "燃气", "危险化学品",
    "生产作业", "其他",
)  # fmt: skip
OFFICE, CLERKS = "safety_office", "clerk@safety_office"
OVERSEERS = frozenset(
    (OFFICE, "safety_committee_office", "leader@street", "principal@street")
)  # who sees every report, never the reporter
OBJECTION_WD = 5  # T46


@dataclass(frozen=True, slots=True)
class CitizenReportView:
    """A report as those who handle it see it."""

    number: str
    instance_id: str | None
    channel: str
    category: str
    text: str
    place_text: str
    lat: float | None
    lon: float | None
    casualties: bool
    danger_now: bool
    anonymous: bool
    received_at: datetime
    registered_by: str
    receiver: str
    receiver_name: str
    rule: str
    routed_at: datetime | None
    urgent_at: datetime | None
    urgent_to: str
    objected_at: datetime | None
    objection: dict[str, Any] | None
    outcome: str | None
    outcome_at: datetime | None
    outcome_reason: str
    hazard: str | None
    joined: bool
    material: str
    signed_at: datetime | None
    signed_by: str
    reply: str
    reply_way: str
    replied_at: datetime | None
    publicity_agreed: bool | None
    photos: list[str]
    limits: list[DeadlineView]


def register(app: App, values: Mapping[str, Any], *, viewer: Viewer, code_hash: str) -> CitizenReportView:
    """A clerk writes down what came by telephone, 12345, letter or from an enterprise's safety manager (安全生产法
    46(2)); a repeat with the same ``code_hash`` answers the first. Raises Invalid, NotAllowed.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "report.register")
        row = known(tx, code_hash) or take_in(tx, app, values, by=viewer.name, code_hash=code_hash, now=now)
        return view(tx, row)


def list_reports(app: App, viewer: Viewer, *, open_only: bool = False, page: int = 1, size: int = 50) -> Page[Any]:
    """Reports that this viewer handles, handled or oversees, newest first."""
    query = select(CitizenReport).where(seen(viewer))
    if open_only:
        query = query.where(CitizenReport.replied_at.is_(None))
    with app.reading() as tx:
        order = query.order_by(CitizenReport.received_at.desc(), CitizenReport.number.desc())
        return read_page(tx, order, page, size, lambda row: view(tx, row))


def show(app: App, number: str, *, viewer: Viewer) -> CitizenReportView:
    """One report; raises NotFound, also when it is not this viewer's to see."""
    with app.reading() as tx:
        return view(tx, require(tx, number, viewer))


def object_to(app: App, number: str, *, clause: str, reason: str, viewer: Viewer) -> CitizenReportView:
    """The receiver says that it is not competent: once, within 5 working days, with the clause (T46, 信访工作条例
    第二十三条). Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    now = app.clock()
    with app.reading() as tx:
        row = require(tx, number, viewer)
        _of_receiver(tx, row, viewer)
        if not clause.strip():
            raise _unclear("clause", Said("请写明依据的法律条款", "Name the clause of the law"))
        if row.objected_at is not None:
            raise Conflict(
                f"举报 {number} 已经提出过一次异议并由安委办裁定，不能再提（T46：只能一次）。",
                en=f"Report {number} was objected to once already; the decision stands.",
            )
        last = row.routed_at and app.calendar.count(row.routed_at, OBJECTION_WD, "wd", "F", app.zone)
        if last and now >= last.due_at:
            raise Conflict(
                f"异议应在 {OBJECTION_WD} 个工作日内提出（T46，信访工作条例第二十三条），{last.due:%Y-%m-%d} 已经届满，"
                "请继续办理。",
                en=f"An objection must be made within {OBJECTION_WD} working days; that ended on {last.due}.",
            )
    values = {"objection_clause": clause.strip(), "objection_reason": reason.strip()}
    return _send(app, number, "objection_raised", values, viewer, "该举报当前不在现场核查，不能提出异议。")


def extend(app: App, number: str, *, reason: str, viewer: Viewer) -> CitizenReportView:
    """Ask for 30 more days for the answer (T45); raises NotFound, NotAllowed, Conflict (also when it is asked too
    late).
    """
    with app.reading() as tx:
        row = require(tx, number, viewer)
        _of_receiver(tx, row, viewer)
        if not row.extend_d:
            raise Conflict(
                f"举报 {number} 的答复期限不能延长（T44，河南省消防条例第六十一条：二十日内告知），请按期答复。",
                en=f"The answer to report {number} cannot be put off; answer in time.",
            )
        if any(limit.kind == ANSWER and limit.state == REPLACED for limit in all_of(tx, of_report(number))):
            raise Conflict("答复期限只能延长一次（T45），请按期答复。", en="The answer was put off once already.")
        running = open_one(tx, of_report(number), ANSWER)
        if running is not None and running.clock:
            extension_rules.check(app, running, now=app.clock(), n=row.extend_d, unit="d")
    return _send(
        app, number, "extension_requested", {"extension_reason": reason.strip()}, viewer,
        "该举报已经答复或正在审批延长，不能再申请。",
    )  # fmt: skip


def agree(app: App, number: str, *, agreed: bool, viewer: Viewer) -> CitizenReportView:
    """Write down whether the reporter agrees to the outcome being published; with it the closure waits for the days of
    a publicity. Raises NotFound, NotAllowed, Conflict once the hazard it became is closed.
    """
    with app.transaction() as tx:
        require(tx, number, viewer)
        row = tx.scalars(select(CitizenReport).where(CitizenReport.number == number).with_for_update()).one()
        _of_receiver(tx, row, viewer)
        closed = select(Hazard.closed_at).where(Hazard.number == row.hazard, Hazard.closed_at.is_not(None))
        if tx.scalar(closed) is not None:
            raise Conflict(
                "由这件举报立项的隐患已经销号，不能再改。",
                en="The hazard of this report is closed; too late to change.",
            )
        row.publicity_agreed = agreed
        tx.flush()
        return view(tx, row)


def take_in(
    tx: Session, app: App, values: Mapping[str, Any], *, by: str, code_hash: str, now: datetime
) -> CitizenReport:
    """Write a report, apart from it who reported, and start its process: all or nothing. ``by`` is empty for the
    public. Raises Invalid.
    """
    _check(values)
    where = [place_signs.described(tx, values["sign"])] if values.get("sign") else []
    where += filter(None, [(values.get("place_text") or "").strip()])
    year = now.astimezone(app.zone).year
    name, phone = (str(values.get(field) or "").strip() for field in ("name", "phone"))
    row = CitizenReport(
        number=f"JB-{year}-{next_number(tx, f'report-{year}'):04d}", code_hash=code_hash,
        channel=values.get("channel") or PUBLIC, category=values["category"], text=values["text"].strip(),
        place_text="；".join(where), publicity_agreed=values.get("publicity_agreed"),
        lat=values.get("lat"), lon=values.get("lon"),
        casualties=bool(values.get("casualties")), danger_now=bool(values.get("danger_now")),
        anonymous=not (name or phone), received_at=now, registered_by=by, receiver=OFFICE, handler=CLERKS,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    if not row.anonymous:
        tx.add(Reporter(report=row.number, sealed=contacts.seal(app.settings, row.number, name, phone)))
    row.instance_id = instances.start_in(
        tx, app, DEFINITION, {
            "report": row.number, "subject": f"{row.number} · {row.category}", "channel": row.channel,
            "category": row.category, "casualties": row.casualties, "danger_now": row.danger_now,
            "received_at": now.isoformat(),
        }, by=by or "public", now=now, business_key=row.number,
    )  # fmt: skip
    tx.flush()
    return row


def known(tx: Session, code_hash: str) -> CitizenReport | None:
    """The report with this follow-up code."""
    return tx.scalars(select(CitizenReport).where(CitizenReport.code_hash == code_hash)).one_or_none()


def require(tx: Session, number: str, viewer: Viewer) -> CitizenReport:
    """The row of a report this viewer may see; raises NotFound."""
    row = tx.scalars(select(CitizenReport).where(CitizenReport.number == number, seen(viewer))).one_or_none()
    if row is None:
        raise NotFound(
            f"没有编号为“{number}”的举报，或不在您的职责范围内，请核对编号。",
            en=f"There is no report {number}, or it is not yours to see.",
        )
    return row


def seen(viewer: Viewer) -> ColumnElement[bool]:
    """Reports of the viewer's unit, those the viewer worked on, and for who oversees them all."""
    if viewer.admin or viewer.groups & OVERSEERS:
        return true()
    unit = select(Person.unit).where(Person.name == viewer.name)
    return or_(CitizenReport.receiver.in_(unit), CitizenReport.instance_id.in_(worked_on(viewer)))


def view(tx: Session, row: CitizenReport) -> CitizenReportView:
    """The row as it is shown."""
    photos = select(ReportPhoto.id).where(ReportPhoto.report == row.number).order_by(ReportPhoto.uploaded_at)
    apart: dict[str, Any] = {
        "receiver_name": units.names(tx, {row.receiver})[row.receiver], "photos": list(tx.scalars(photos)),
        "limits": all_of(tx, of_report(row.number)),
    }  # fmt: skip
    names = [name for name in CitizenReportView.__slots__ if name not in apart]
    return CitizenReportView(**{name: getattr(row, name) for name in names}, **apart)


def _of_receiver(tx: Session, row: CitizenReport, viewer: Viewer) -> None:
    if not viewer.admin and row.handler not in viewer.groups:
        raise NotAllowed(
            f"只有承办单位的经办人（{row.handler}）可以这样做。",
            en=f"Only the handlers of this report ({row.handler}) may do this.",
        )


def _send(
    app: App, number: str, name: str, values: dict[str, Any], viewer: Viewer, refusal: str
) -> CitizenReportView:  # fmt: skip
    try:
        messages.send(app, name, {"report": number}, values, by=viewer.name)
    except NotFound as error:
        raise Conflict(refusal, en=f"The report does not wait for this now ({name}).") from error
    return show(app, number, viewer=viewer)


def _check(values: Mapping[str, Any]) -> None:
    where = str(values.get("place_text") or "").strip()
    if not str(values.get("text") or "").strip():
        raise _unclear("text", Said("请填写举报内容", "Say what it is about"))
    if not where and not values.get("sign") and (values.get("lat") is None or values.get("lon") is None):
        raise _unclear("place_text", Said("请写明地点，或同时给出经纬度", "Say where, or give latitude and longitude"))
    if values.get("category") not in CATEGORIES:
        raise _unclear("category", one_of("类别", "kind", CATEGORIES))


def _unclear(field: str, message: Said) -> Invalid:
    return Invalid(
        f"没有提交成功：{message}。", en=f"Nothing was submitted: {message.en}.",
        problems=[{"field": field, "rule": "required", "message": message}],
    )  # fmt: skip
