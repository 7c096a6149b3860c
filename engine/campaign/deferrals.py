"""What people do about a hazard that cannot be rectified for now (挂起): ask, decide, look again, end it. Each act goes
through the process ``deferral``, so that the routes and the work list are one.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances, messages, tasks
from engine.bpm.model import Completion, Message, Task
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, evidence, once, scope
from engine.campaign import deferral_acts as acts
from engine.campaign.case_model import Hazard
from engine.campaign.deferral_model import Deferral, DeferralMeasure, DeferralReview
from engine.campaign.deferral_views import DeferralView, in_state, view
from engine.campaign.model import Person, Place
from engine.campaign.pages import like, read_page
from engine.campaign.sight import seen
from engine.campaign.transfer_operators import running_or_none
from engine.errors import Conflict, NotAllowed, NotFound
from engine.said import Said

DEFINITION, OVER = "deferral", "deferral_over"
OFFICE = "safety_office"


def list_all(
    app: App, viewer: Viewer, *, state: str | None = None, unit: str | None = None, q: str | None = None,
    page: int = 1, size: int = 50,
) -> Page[DeferralView]:  # fmt: skip
    """The deferrals of hazards the viewer may see: what is running first, by the day of the review. ``state`` is one
    of STATES, ``unit`` who must fix it or its community, ``q`` a part of the place's name or of the number.
    """
    query = select(Deferral).join(Hazard, Hazard.number == Deferral.hazard).join(Place, Place.id == Hazard.place)
    query = query.where(scope.hazards(viewer))
    if state:
        query = query.where(in_state(state))
    if unit:
        query = query.where((Hazard.holder_unit == unit) | (Hazard.community == unit))
    if q:
        pattern = like(q)
        query = query.where(Place.name.like(pattern, escape="\\") | Hazard.number.like(pattern, escape="\\"))
    with app.reading() as tx:
        order = (Deferral.ended_at.is_not(None), Deferral.review_on, Deferral.id)
        return read_page(tx, query.order_by(*order), page, size, lambda row: view(tx, row))


def list_deferrals(app: App, number: str, *, viewer: Viewer) -> list[DeferralView]:
    """All of a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        return [view(tx, row) for row in tx.scalars(_of(number)).all()]


def ask(app: App, number: str, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> DeferralView:
    """Ask that the fix be deferred (``reason, review_on, measures``: each ``text, responsible, files``); who must fix
    the hazard may, and the safety office for it. Files are uploads of the viewer.

    Raises NotFound, NotAllowed, Invalid (a day outside T58.review, a file that is not the viewer's), Conflict (another
    level, nothing is being fixed, the limit has passed, under supervision, or asked for already).
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        authority.require(tx, viewer, "deferral.ask")
        _of_holder(tx, hazard, viewer)
        if made := once.earlier(tx, viewer, DEFINITION, key):
            return view(tx, tx.get_one(Deferral, int(made)))
        hazard = tx.scalars(select(Hazard).where(Hazard.number == number).with_for_update()).one()
        _free(tx, hazard)
        acts.fix_deadline(tx, app, hazard, now)
        acts.check_day(app, values["review_on"], now)
        row = _write(tx, hazard, values, viewer, now)
        place = tx.get_one(Place, hazard.place)
        row.instance_id = instances.start_in(
            tx, app, DEFINITION, {
                "hazard": number, "deferral": row.id, "subject": place.name, "grid": hazard.grid,
                "holder_unit": hazard.holder_unit, "asked_by": viewer.name, "local_level": row.level, "renewals": 0,
                "deferral_reason": row.reason, "review_on": row.review_on.isoformat(),
                "review_at": app.calendar.end_of_day(row.review_on, app.zone).isoformat(),
                "measures": _told(values["measures"]),
            }, by=viewer.name, now=now, business_key=f"{number}#{row.id}",
        )  # fmt: skip
        tx.flush()
        once.note(tx, viewer, DEFINITION, key, str(row.id))
        return view(tx, row)


def decide(
    app: App, number: str, *, approved: bool, opinion: str, review_on: date | None = None, viewer: Viewer,
    key: str | None = None,
) -> DeferralView:  # fmt: skip
    """Approve (with another day of the review, when given) or refuse. Raises NotFound, NotAllowed, Invalid, Conflict
    when nothing waits for it.
    """
    given: dict[str, Any] = {"deferral_approved": approved, "deferral_opinion": opinion.strip()}
    if approved:
        with app.reading() as tx:
            seen(tx, number, viewer)
            day = review_on or _proposed_day(tx, number)
        given |= {"review_on": day.isoformat()} if day else {}
    return _complete(app, number, "approve_deferral", given, viewer, key)


def review(
    app: App, number: str, *, outcome: str, note: str, files: Sequence[str], failed: Sequence[int] = (),
    next_on: date | None = None, viewer: Viewer, key: str | None = None,
) -> DeferralView:  # fmt: skip
    """Write what a look at the place showed: ``failed`` are the numbers of measures that are not kept, ``outcome``
    prolong (``next_on``) or end, ``files`` uploads of the viewer. Raises as ``decide``.
    """
    given: dict[str, Any] = {
        "review_outcome": outcome, "review_note": note.strip(), "review_files": list(files),
        "failed_measures": "、".join(map(str, failed)),
    }  # fmt: skip
    given |= {"next_review_on": next_on.isoformat()} if next_on else {}
    return _complete(app, number, "review_deferral", given, viewer, key)


def end(app: App, number: str, *, reason: str, viewer: Viewer) -> DeferralView:
    """End it before its time, or take the request back, with the reason: the clock runs on. Raises NotFound,
    NotAllowed, Conflict when none runs.
    """
    with app.reading() as tx:
        hazard = seen(tx, number, viewer)
        authority.require(tx, viewer, "deferral.ask")
        _of_holder(tx, hazard, viewer)
        row = acts.running(tx, number)
    if row is None:
        raise _none()
    try:
        messages.send(app, OVER, {"hazard": number}, {"over_reason": reason.strip()}, by=viewer.name)
    except NotFound as error:
        raise _none() from error
    with app.reading() as tx:
        return view(tx, tx.get_one(Deferral, row.id))


def over_in(tx: Session, hazard: str, reason: str, *, by: str, now: datetime) -> None:
    """Tell a running deferral that what it waited for has come: the fix was handed in or refused, or the hazard
    struck off.
    """
    if acts.running(tx, hazard) is None:
        return
    tx.add(Message(
        kind="message", name=OVER, correlation={"hazard": hazard}, variables={"over_reason": reason}, at=now, sender=by,
    ))  # fmt: skip
    tx.flush()


def _free(tx: Session, hazard: Hazard) -> None:
    if acts.running(tx, hazard.number) is not None:
        raise Conflict(
            f"隐患 {hazard.number} 已有一次挂起在办理，结束后才能再申请。",
            en=f"A deferral of {hazard.number} is running already.",
        )
    steps = Task.element.in_(("rectify", "approve_extension"))
    mine = (Task.instance_id == hazard.instance_id) & (Task.status == "open")
    found = set(tx.scalars(select(Task.element).where(mine, steps)))
    if "rectify" not in found:
        raise Conflict("该隐患当前不在整改中，不能申请挂起，请核对所处环节。", en="The hazard is not being fixed now.")
    transfer = running_or_none(tx, hazard.number)
    if transfer or "approve_extension" in found:
        what = f"移交 {transfer.number} 在办" if transfer else "延期申请在审批"
        raise Conflict(
            f"隐患 {hazard.number} 有{what}，办结后才能申请挂起。", en="A transfer or an extension is being dealt with."
        )


def _write(tx: Session, hazard: Hazard, values: Mapping[str, Any], viewer: Viewer, now: datetime) -> Deferral:
    row = Deferral(
        hazard=hazard.number, level=str(hazard.local_level), reason=values["reason"].strip(), asked_at=now,
        asked_by=viewer.name, review_on=values["review_on"], renewals=0, approved_by="", opinion="", power="",
        waits_since=now, stopped=[], ended_by="", end_reason="",
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    for no, measure in enumerate(values["measures"], start=1):
        evidence.attach(tx, measure["files"], hazard.number, viewer)
        tx.add(DeferralMeasure(
            deferral=row.id, no=no, text=measure["text"].strip(), responsible=measure["responsible"].strip(),
            files=list(dict.fromkeys(measure["files"])),
        ))  # fmt: skip
    told = Said(
        f"暂不具备整改条件，申请挂起至 {row.review_on}：{row.reason}",
        f"Cannot be fixed now, asked to defer until {row.review_on}: {row.reason}",
    )
    acts.write_down(tx, row, "挂起申请", told, now, by=viewer.name)
    return row


def _told(measures: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{no}. {each['text']}（{each['responsible']}）" for no, each in enumerate(measures, start=1))[
        :4000
    ]


def _of_holder(tx: Session, hazard: Hazard, viewer: Viewer) -> None:
    """The unit is read from the person's row: a role that happens to be spelled like a unit opens nothing."""
    if viewer.admin:
        return
    asking, place = tx.get_one(Person, viewer.name), tx.get_one(Place, hazard.place)
    if asking.unit is None or asking.unit not in (hazard.holder_unit, place.unit, OFFICE):
        raise NotAllowed(
            f"只有责任单位“{hazard.holder_unit}”和街道安全应急办可以申请或结束挂起。",
            en=f"Only {hazard.holder_unit}, who must fix it, and the safety office may do this.",
        )


def _complete(
    app: App, number: str, element: str, given: dict[str, Any], viewer: Viewer, key: str | None
) -> DeferralView:
    with app.reading() as tx:
        seen(tx, number, viewer)
        done = tx.get(Completion, (viewer.name, key)) if key else None
        case = select(Deferral.instance_id).where(Deferral.hazard == number)
        found = tx.execute(
            select(Task.id, Task.instance_id).where(
                Task.instance_id.in_(case), Task.element == element, Task.id == done.task_id if done else
                Task.status == "open",
            ).limit(1)
        ).one_or_none()  # fmt: skip
    if found is None:
        raise Conflict(
            "现在没有等待这样办理的挂起，请刷新后核对。", en="No deferral of this hazard waits for this now."
        )
    try:
        tasks.complete(app, found.id, given, viewer=viewer, key=key)
    except NotFound as error:
        raise NotAllowed("这一步不是您办理的，请看待办任务是给谁的。", en="This step is not yours.") from error
    with app.reading() as tx:
        return view(tx, tx.scalars(select(Deferral).where(Deferral.instance_id == found.instance_id)).one())


def _proposed_day(tx: Session, number: str) -> date | None:
    """The day of the review as it was asked for last."""
    row = acts.running(tx, number)
    if row is None:
        return None
    asked = select(DeferralReview.next_on).where(DeferralReview.deferral == row.id).order_by(DeferralReview.no.desc())
    return tx.scalar(asked.limit(1)) if row.renewals else row.review_on


def _none() -> Conflict:
    return Conflict("该隐患没有办理中的挂起，请刷新后核对。", en="No deferral of this hazard is running.")


def _of(number: str) -> Any:
    return select(Deferral).where(Deferral.hazard == number).order_by(Deferral.id)
