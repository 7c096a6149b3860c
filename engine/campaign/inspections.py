"""Verbs of track B, administrative inspection: approval, notice, check-in, record with two officers, order.

Each step is refused when the one before is missing; what a step rests on is stored with it (国办发〔2024〕54号).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    authority,
    caps,
    checklist_filing,
    claims,
    document_numbers,
    heads,
    inspection_lock,
    once,
    places,
    powers,
    reinspections,
    started_clocks,
    units,
    visit_findings,
    visits,
)
from engine.campaign.model import Place, Visit
from engine.campaign.registers_model import Inspection
from engine.campaign.visits import CAUSES, KINDS_B, VisitView
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.said import Said, one_of

BASIS = "国办发〔2024〕54号"


def request(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> VisitView:
    """Ask for the approval of an inspection: ``place, kind, officers, starts_on, ends_on, subject``, optional
    ``units, cause, covert, leader, experts, unit``. Raises Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "inspection.request")
        if made := once.earlier(tx, viewer, "visit", key):
            return visits.view_of(tx, tx.get_one(Visit, int(made)))
        place = places.require(tx, values["place"], viewer)
        _check(values, now.astimezone(app.zone).date())
        joint = [units.require(tx, code).code for code in values.get("units") or ()]
        unit = powers.acting_unit(tx, viewer, values.get("unit"))
        rule = powers.entitled(tx, "inspect", unit, day=values["starts_on"])
        powers.certified(tx, values["officers"], {unit.code, *joint}, rule, values["starts_on"])
        visit = Visit(
            kind=values["kind"], place=place.id, at=now, people=list(values["officers"]), result=visits.PENDING,
            track="B", unit=unit.code, leader=values.get("leader"), experts=list(values.get("experts") or ()),
            covert=bool(values.get("covert")), clause=rule.clause, created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(visit)
        tx.flush()
        tx.add(Inspection(
            visit=visit.id, unit=unit.code, units=joint, officers=list(values["officers"]),
            cause=values.get("cause") or "", starts_on=values["starts_on"], ends_on=values["ends_on"],
            subject=values["subject"], counts=not values.get("cause") and values["kind"] != "复查",
        ))  # fmt: skip
        tx.flush()
        once.note(tx, viewer, "visit", key, str(visit.id))
        return visits.view_of(tx, visit)


def approve(app: App, id: int, *, viewer: Viewer) -> VisitView:
    """The head of the body, or a substitute with a mandate, approves: the number is given out now, within the plan and
    the yearly cap.

    Raises NotAllowed for anybody but the head and for a body whose power ended, Conflict when approved already, outside
    the plan or above the cap.
    """
    now = app.clock()
    with app.transaction() as tx:
        visit, inspection = _row(tx, id, viewer)
        unit = units.require(tx, inspection.unit)
        words = Said(
            f"行政检查须经“{unit.name}”负责人批准，检查人员本人不能批准（{BASIS}）",
            f"Only the head of {unit.code}, who is not among the officers, approves an inspection",
        )
        found = heads.require(tx, "inspection", [unit], viewer.name, words=words, now=now)
        if {found.by, found.head} & set(inspection.officers):
            raise NotAllowed(f"{words}。", en=f"{words.en}.")
        powers.entitled(tx, "inspect", unit, day=inspection.starts_on)  # a published list may have ended since
        _step(inspection.approved_at is None, "该检查已经批准，无需重复。", "It is approved already.")
        year = inspection.starts_on.year
        if inspection.counts:
            place = tx.scalars(select(Place).where(Place.id == visit.place).with_for_update()).one()
            inspection.plan = caps.planned(tx, place, unit, year)
            caps.check(tx, place, inspection.starts_on)
        inspection.approval_no = document_numbers.give(tx, unit, "检批", year)
        about = f"行政检查 {inspection.approval_no}"
        heads.sign(tx, inspection, "inspection", found, about=about, now=now)
        tx.flush()
        return visits.view_of(tx, visit)


def notify(app: App, id: int, *, viewer: Viewer) -> VisitView:
    """Give the notice its number; a covert inspection has none before it is filed. Raises Conflict, NotFound."""
    now = app.clock()
    with app.transaction() as tx:
        visit, inspection = _row(tx, id, viewer)
        _ours(inspection, viewer)
        _step(inspection.approved_at is not None, f"没有检查审批，不能通知（{BASIS}：先批准）。", "Not approved yet.")
        _step(inspection.notified_at is None, "已经发过检查通知。", "The notice is given already.")
        _step(not visit.covert, "明查暗访在归档前不通知被检查单位。", "A covert inspection gives no notice.")
        year = inspection.starts_on.year
        inspection.notice_no = document_numbers.give(tx, units.require(tx, inspection.unit), "检通", year)
        inspection.notified_at = now
        tx.flush()
        return visits.view_of(tx, visit)


def check_in(
    app: App, id: int, *, code: str, lat: float, lon: float, viewer: Viewer, claimed_at: datetime | None = None
) -> VisitView:
    """An officer scans the code of the place; the moment is the clock's. Raises Conflict, Invalid, NotAllowed.

    ``claimed_at``: sent later, and when the phone says that it was done. It is kept beside the moment and decides
    nothing: a phone's clock can be set.
    """
    now = app.clock()
    with app.transaction() as tx:
        visit, inspection = _row(tx, id, viewer)
        _ours(inspection, viewer)
        _step(inspection.approved_at is not None, f"没有检查审批，不得入企检查（{BASIS}）。", "Not approved yet.")
        told = inspection.notified_at is not None or visit.covert or bool(inspection.cause)
        _step(told, "还没有发检查通知，请先通知被检查单位。", "Give the notice first.")
        _step(inspection.checked_in_at is None, "已经扫码入企。", "Checked in already.")
        today = now.astimezone(app.zone).date()
        if not inspection.starts_on <= today <= inspection.ends_on:
            raise Conflict(
                f"批准的检查时间为 {inspection.starts_on} 至 {inspection.ends_on}，请重新报批。",
                en="Today is outside the approved days; ask for a new approval.",
            )
        if code != tx.get_one(Place, visit.place).entry_code:
            raise Invalid(
                "扫到的不是该场所的码，请在现场扫描该场所的入企码。",
                en="This is not the code of the place; scan the one on site.",
                problems=[{"field": "code", "rule": "place", "message": "场所码不符"}],
            )
        inspection.checked_in_at, inspection.checked_in_by = now, viewer.name
        inspection.lat, inspection.lon, visit.at = lat, lon, now
        tx.flush()
        claims.note(tx, id, "checkin", claimed_at, viewer=viewer, now=now)
        return visits.view_of(tx, visit)


def record(app: App, id: int, values: Mapping[str, Any], *, viewer: Viewer) -> VisitView:
    """File the on-site record: ``result, findings, rights_told, signer or refusal``, optional ``note, order_text``.

    Two officers with certificates valid today; an order rests on its own power; the checklists taken along are complete
    and filed with it. A number that its paper got first is its own too. ``claimed_at`` as at the check-in. Raises
    Conflict, Invalid, NotAllowed.
    """
    now = app.clock()
    with app.transaction() as tx:
        visit, inspection = _row(tx, id, viewer)
        _ours(inspection, viewer)
        _step(inspection.checked_in_at is not None, "还没有扫码入企，不能制作现场检查记录。", "Check in first.")
        _step(inspection.recorded_at is None, "现场检查记录已经归档，不能改写。", "The record is filed already.")
        _check_record(values)
        checklist_filing.file_all_in(tx, visit, viewer, now)
        power = powers.require(
            tx, app, viewer, "inspect", now=now, unit=inspection.unit, officers=inspection.officers,
            units_too=inspection.units, approved_by=inspection.approved_for or inspection.approved_by,
        )  # fmt: skip
        year, body = inspection.starts_on.year, units.require(tx, inspection.unit)
        if order := (values.get("order_text") or "").strip():
            ordered = powers.require(
                tx, app, viewer, "order_remove", now=now, unit=body.code, officers=inspection.officers,
                units_too=inspection.units,
            )  # fmt: skip
            inspection.order_text, inspection.order_clause = order, ordered.clause
            inspection.order_no = inspection.order_no or document_numbers.give(tx, body, "责改", year)
        inspection.record_no = inspection.record_no or document_numbers.give(tx, body, "检记", year)
        inspection.recorded_at, inspection.certificates = now, list(power.certificates)
        inspection.rights_told = True
        inspection.signer, inspection.refusal = values.get("signer") or "", values.get("refusal") or ""
        visit.result, visit.note, visit.clause = values["result"], values.get("note") or "", power.clause
        visit.findings, visit.filed_at = list(values["findings"]), now
        visit_findings.follow(tx, visit.id)
        tx.flush()
        for hazard in reinspections.waiting(tx, visit.place) if visit.kind == reinspections.KIND else ():
            started_clocks.follow_hazard(tx, app, hazard, now)
        claims.note(tx, id, "record", values.get("claimed_at"), viewer=viewer, now=now)
        return visits.view_of(tx, visit)


def _row(tx: Session, id: int, viewer: Viewer) -> tuple[Visit, Inspection]:
    visit = visits.require(tx, id, viewer)
    inspection = inspection_lock.hold(tx, id)
    if inspection is None:
        raise NotFound(f"{id} 号走访不是行政检查，没有审批和检查记录。", en=f"Visit {id} is no inspection.")
    return visit, inspection


def _ours(inspection: Inspection, viewer: Viewer) -> None:
    if viewer.name not in inspection.officers:
        raise NotAllowed(
            "只有经批准的检查人员可以办理这一步。", en="Only the approved officers do this step of the inspection."
        )


def _step(met: bool, message: str, en: str) -> None:
    if not met:
        raise Conflict(message, en=en)


def _check(values: Mapping[str, Any], today: date) -> None:
    cause, starts_on, ends_on = values.get("cause") or "", values["starts_on"], values["ends_on"]
    case = values["kind"] == "行政检查（个案）"
    visits.refuse(
        (values["kind"] not in KINDS_B, "kind", "choice", one_of("检查类型", "kind", KINDS_B)),
        (case != bool(cause), "cause", "choice",
         Said("个案检查须写明来由（举报、移交、事故），其他检查不填", "Only an inspection of one case says why")),
        (bool(cause) and cause not in CAUSES, "cause", "choice", one_of("来由", "cause", CAUSES)),
        (not today <= starts_on <= ends_on, "starts_on", "order",
         Said("检查日期从今天起，且止日不早于起日", "From today on, ending no sooner than it begins")),
        (not values["subject"].strip(), "subject", "required", Said("请填写检查事项", "Say what is inspected")),
        ((values["kind"] == "联合检查") != bool(values.get("units")), "units", "joint",
         Said("联合检查须列明参加部门，其他检查不填", "A joint inspection, and no other, names the departments")),
    )  # fmt: skip


def _check_record(values: Mapping[str, Any]) -> None:
    signed, refused = bool(values.get("signer")), bool(values.get("refusal"))
    visits.refuse(
        (values["result"] not in visits.RESULTS, "result", "choice", one_of("检查结果", "result", visits.RESULTS)),
        (not values.get("rights_told"), "rights_told", "required",
         Said("须先告知当事人陈述、申辩等权利", "The party is told of its rights first")),
        (signed == refused, "signer", "signature",
         Said("须有被检查单位签名，或注明拒绝签名的情况（安全生产法第六十八条）",
              "The unit signed, or how it refused is noted (Work Safety Law 68)")),
        (not values["findings"], "findings", "required", Said("请逐项填写检查情况", "Write down what was found")),
    )  # fmt: skip
