"""Reports, live or frozen. A frozen one is a row that never changes: what was told stays what was told; a correction is
a further version with its reason.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, report_facts, report_forms, report_sight
from engine.campaign.figures import Behind
from engine.campaign.hazard_list import NO_SECTOR
from engine.campaign.model import Unit
from engine.campaign.pages import read_page
from engine.campaign.periods import Period
from engine.campaign.report_forms import FORMS, Form
from engine.campaign.snapshot_model import Snapshot
from engine.errors import Invalid, NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One frozen version in a list."""

    id: int
    form: str
    title: str
    title_en: str
    unit: str
    period: str
    version: int
    reason: str
    rule_version: str
    frozen_at: datetime
    frozen_by: str


def report(
    app: App, form: str, viewer: Viewer, *, period: str | None = None, live: bool = False, version: int | None = None
) -> dict[str, Any]:
    """A report: the newest frozen version of the viewer's area, or ``version``; counted now when there is none or
    ``live``. Raises Invalid (period), NotFound (form, version).
    """
    wanted, now = _form(form), app.clock()
    key = report_forms.period_for(app, wanted, period, now)
    with app.reading() as tx:
        if not live:
            query = select(Snapshot).where(
                Snapshot.form == form, Snapshot.period == key.key,
                Snapshot.unit.in_(select(Unit.code).where(report_sight.seen_units(viewer))),
            ).order_by(Snapshot.version.desc(), Snapshot.id.desc()).limit(1)  # fmt: skip
            if version is not None:
                query = query.where(Snapshot.version == version)
            if row := tx.scalars(query).one_or_none():
                return shown(app, row)
        if version is not None:
            raise NotFound(
                f"“{wanted.title}”{key.key} 没有第 {version} 版。", en=f"There is no version {version} of this report."
            )
        sight = report_sight.of_viewer(tx, viewer)
        return report_forms.build(tx, app, sight, wanted, key, now) | {"frozen": None}


def records(
    app: App, form: str, viewer: Viewer, *, figure: str, period: str | None = None, community: str | None = None,
    sector: str | None = None, page: int = 1, size: int = 50,
) -> Page[Behind]:  # fmt: skip
    """The records behind a live figure of a report, as far as the viewer may see. Raises Invalid, NotFound."""
    check_page(page, size)
    wanted, now = _form(form), app.clock()
    key = report_forms.period_for(app, wanted, period, now)
    with app.reading() as tx:
        span = report_facts.window(key, now, app.zone)
        found = report_forms.figures(tx, app, report_sight.of_viewer(tx, viewer), wanted, span)
    behind = next((one.behind for one in found if one.key == figure), None)
    if behind is None:
        known = "、".join(one.key for one in found) or "无"
        raise NotFound(f"“{wanted.title}”没有指标“{figure}”，有：{known}。", en=f"This report has no figure {figure}.")
    rows = [row for row in behind if community in (None, row.community) and sector in (None, row.sector or NO_SECTOR)]
    return Page(rows[(page - 1) * size : page * size], len(rows), page, size)


def freeze(app: App, form: str, *, period: str | None = None, reason: str = "", viewer: Viewer) -> dict[str, Any]:
    """Freeze a report of one's street; a further version needs the reason of the correction. Raises Invalid,
    NotAllowed (no street's office), NotFound.
    """
    wanted, now = _form(form), app.clock()
    key = report_forms.period_for(app, wanted, period, now)
    with app.transaction() as tx:
        authority.require(tx, viewer, "report.freeze")
        street = report_sight.street_of(tx, viewer)
        if street is None:
            raise NotAllowed(
                "通报由街道的科室冻结，您的单位不是街道科室。", en="Only an office of a street freezes its reports."
            )
        return shown(app, freeze_in(tx, app, wanted, street, key, by=viewer.name, now=now, reason=reason))


def freeze_in(
    tx: Session, app: App, form: Form, street: str, period: Period, *, by: str, now: datetime, reason: str = ""
) -> Snapshot:
    """The same in a running transaction, for one street."""
    rows = report_forms.build(tx, app, report_sight.of_street(street), form, period, now)
    return keep(tx, form.key, street, period.key, rows, by=by, now=now, reason=reason)


def keep(
    tx: Session, form: str, street: str, period: str, rows: dict[str, Any], *, by: str, now: datetime, reason: str = ""
) -> Snapshot:
    """Write the next version; the street's row is the lock. Raises Invalid when a further one has no reason."""
    tx.scalars(select(Unit).where(Unit.code == street).with_for_update()).one()
    same = Snapshot.form == form, Snapshot.unit == street, Snapshot.period == period
    last = tx.scalar(select(func.max(Snapshot.version)).where(*same)) or 0
    if last and not reason.strip():
        raise Invalid(
            f"这一期已经冻结（第 {last} 版），更正须写明理由。",
            en=f"Version {last} is frozen; give the reason for a correction.",
            problems=[{"field": "reason", "rule": "required", "message": "请写明更正的理由"}],
        )
    row = Snapshot(
        form=form, unit=street, period=period, version=last + 1, reason=reason.strip(), rows=rows,
        rule_version=report_forms.rule_version(), frozen_at=now, frozen_by=by,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def list_snapshots(
    app: App, viewer: Viewer, *, form: str | None = None, period: str | None = None, page: int = 1, size: int = 50
) -> Page[SnapshotView]:
    """The frozen versions of the viewer's area, newest first."""
    mine = select(Unit.code).where(report_sight.seen_units(viewer))
    query = select(Snapshot).where(Snapshot.unit.in_(mine)).order_by(Snapshot.frozen_at.desc(), Snapshot.id.desc())
    if form:
        query = query.where(Snapshot.form == form)
    if period:
        query = query.where(Snapshot.period == period)
    with app.reading() as tx:
        return read_page(tx, query, page, size, _view)


def show(app: App, id: int, *, viewer: Viewer) -> dict[str, Any]:
    """One frozen version, also of a task's report; raises NotFound, also for another area's."""
    with app.reading() as tx:
        mine = Snapshot.unit.in_(select(Unit.code).where(report_sight.seen_units(viewer)))
        row = tx.scalars(select(Snapshot).where(Snapshot.id == id, mine)).one_or_none()
        if row is None:
            raise NotFound(f"没有 {id} 号冻结的通报，或不在您的职责范围内。", en=f"There is no frozen report {id}.")
        return shown(app, row)


def shown(app: App, row: Snapshot) -> dict[str, Any]:
    """The frozen report with when, by whom, and which version."""
    at = row.frozen_at.astimezone(app.zone).isoformat(timespec="seconds")
    frozen = {"id": row.id, "at": at, "by": row.frozen_by, "version": row.version, "reason": row.reason,
              "rule_version": row.rule_version}  # fmt: skip
    return {**row.rows, "frozen": frozen}


def _view(row: Snapshot) -> SnapshotView:
    kept = {name: getattr(row, name) for name in SnapshotView.__slots__ if not name.startswith("title")}
    title = str(row.rows.get("title", ""))
    return SnapshotView(**kept, title=title, title_en=str(row.rows.get("title_en", title)))


def _form(key: str) -> Form:
    if key not in FORMS:
        raise NotFound(f"没有报表“{key}”，有：{'、'.join(FORMS)}。", en=f"There is no report {key}.")
    return FORMS[key]
