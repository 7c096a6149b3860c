"""Opinions that closing needs: acceptance report, expert opinion, review before use is resumed, the street's and the
department's approval. Each is written with who gave it and the clause it rests on; the newest of a kind holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import evidence, heads, once, powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.closure_model import Clearance
from engine.campaign.model import Unit
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotAllowed

ACCEPTANCE, EXPERT, RESUME, DEPARTMENT = "验收报告", "专家意见", "恢复审查", "部门审核"
STREET, ON_THE_SPOT = "街道审核", "现场立改"  # written by the steps of the process only
FIXED_AT_ONCE, MAJOR = "立改", "重大"  # local levels
GIVEN = (ACCEPTANCE, EXPERT, RESUME, DEPARTMENT)
REPORTS = (ACCEPTANCE, EXPERT)  # a paper: nothing without a file
ACTS = {RESUME: "order_stop", DEPARTMENT: "close_major"}  # of table D9
BODIES = {ACCEPTANCE: "enterprise", EXPERT: "expert"}  # whose paper it is; the street's office may hand it in


@dataclass(frozen=True, slots=True)
class ClearanceView:
    """An opinion as it is shown."""

    id: int
    kind: str
    passed: bool
    text: str
    unit: str
    unit_name: str
    files: list[str]
    power: str
    at: datetime
    by: str
    approver: str
    mandate: str


def list_clearances(app: App, number: str, *, viewer: Viewer) -> list[ClearanceView]:
    """All opinions about a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        rows = tx.scalars(select(Clearance).where(Clearance.hazard == number).order_by(Clearance.id)).all()
        names = units.names(tx, {row.unit for row in rows})
        return [_view(row, names[row.unit]) for row in rows]


def give(
    app: App, number: str, *, kind: str, passed: bool, text: str, files: Sequence[str] = (), approver: str = "",
    unit: str | None = None, viewer: Viewer, key: str | None = None,
) -> ClearanceView:  # fmt: skip
    """Write an opinion of the viewer's unit. Raises NotFound, NotAllowed (not this unit's to give), Invalid (files, the
    head's approval), Conflict when the hazard is closed.
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        if made := once.earlier(tx, viewer, "clearance", key):
            row = tx.get_one(Clearance, int(made))
            return _view(row, units.require(tx, row.unit).name)
        still_open(hazard)
        acting = powers.acting_unit(tx, viewer, unit)
        power = _allowed(tx, app, hazard, kind, acting, now)
        if kind in REPORTS and not files:
            raise Invalid(
                f"{kind}须附文件（PDF 或照片），请先上传。", en="A report needs its file; upload it first.",
                problems=[{"field": "files", "rule": "required", "message": "请上传文件"}],
            )  # fmt: skip
        evidence.attach(tx, files, number, viewer)
        row = write_in(
            tx, app, hazard, kind, passed=passed, text=text, unit=acting, power=power, files=files, by=viewer.name,
            approver=approver, now=now,
        )  # fmt: skip
        once.note(tx, viewer, "clearance", key, str(row.id))
        return _view(row, acting.name)


def write_in(
    tx: Session, app: App, hazard: Hazard, kind: str, *, passed: bool, text: str, unit: Unit, power: str, by: str,
    now: datetime, files: Sequence[str] = (), approver: str = "",
) -> Clearance:  # fmt: skip
    """Write one whose power was asked for already. Raises Invalid when a department's approval lacks its head's."""
    found = heads.Approver(by, "")
    if kind == DEPARTMENT and passed:
        found = _head(tx, app, hazard, unit, (by, approver.strip()), now, signed=bool(files))
        heads.used(tx, "closure", found, about=f"重大隐患 {hazard.number} 销号", now=now)
    row = Clearance(
        hazard=hazard.number, kind=kind, passed=passed, text=text.strip(), unit=unit.code, files=list(files),
        power=power, at=now, by=by, approver=found.head, mandate=found.mandate,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def latest(tx: Session, hazard: str, kinds: Iterable[str], *, since: datetime | None = None) -> Clearance | None:
    """The newest opinion of these kinds, given after ``since``."""
    query = select(Clearance).where(Clearance.hazard == hazard, Clearance.kind.in_(tuple(kinds)))
    if since is not None:
        query = query.where(Clearance.at >= since)
    return tx.scalars(query.order_by(Clearance.id.desc()).limit(1)).one_or_none()


def act_of(hazard: Hazard) -> str:
    """The act of table D9 by which the street closes this hazard; a major one it only gives its opinion on."""
    if hazard.local_level == FIXED_AT_ONCE:
        return "close_fixed"
    return "close_major_opinion" if hazard.is_major or hazard.local_level == MAJOR else "close"


def still_open(hazard: Hazard) -> None:
    """Raises Conflict for a hazard that has ended."""
    if hazard.closed_at is not None:
        how = "作废" if hazard.void_reason is not None else "销号"
        raise Conflict(
            f"隐患 {hazard.number} 已经{how}，不能再改。", en=f"{hazard.number} has ended; it cannot be changed."
        )


def _allowed(tx: Session, app: App, hazard: Hazard, kind: str, unit: Unit, now: datetime) -> str:
    if kind in ACTS:
        return powers.entitled(tx, ACTS[kind], unit, day=now.astimezone(app.zone).date()).clause
    body = powers.body_of(unit)
    if body in (BODIES[kind], "street", "coordination", "department") or unit.code == hazard.holder_unit:
        return "安全生产事故隐患排查治理暂行规定第十八条（示例规则，需法制审核）"
    raise NotAllowed(
        f"“{unit.name}”不能提交{kind}；请由责任单位、专家机构或街道安全应急办提交。",
        en=f"{unit.code} cannot hand in this paper; the holder, an expert body or the street's office does.",
    )


def _head(
    tx: Session, app: App, hazard: Hazard, unit: Unit, names: tuple[str, str], now: datetime, *, signed: bool
) -> heads.Approver:  # fmt: skip
    """Whose approval it is: of who acts, as the head or with a mandate, or of the head who is named and has signed the
    paper that is handed in (``signed``): a name alone approves nothing.
    """
    rule = powers.entitled(tx, "close_major", unit, day=now.astimezone(app.zone).date())
    by, named = names
    if found := heads.approver(tx, "closure", [unit], by, now=now, instance=hazard.instance_id):
        return found
    if named and (login := powers.head_named(tx, unit, named)):
        if signed:
            return heads.Approver(by, login)
        raise Invalid(
            f"由他人填报负责人批准的，须附负责人签批的文件（照片或 PDF；{rule.clause}）。",
            en="Whoever enters the head's approval hands in the paper that the head signed (photo or PDF).",
            problems=[{"field": "approver", "rule": "signed", "message": "请上传负责人签批的文件，或由负责人本人办理"}],
        )
    told = heads.lacking(tx, "closure", [unit], by, now=now, instance=hazard.instance_id)
    also = f"；{told}" if told else ""
    raise Invalid(
        f"重大隐患销号须经{rule.approval}批准（{rule.clause}）：请由负责人本人办理，或填写负责人的登录名{also}。",
        en=f"The closure needs the approval of the head of {unit.code}: let the head do it, or give the head's login"
        f"{f'; {told.en}' if told else ''}.",
        problems=[{"field": "approver", "rule": "approval", "message": f"须经{rule.approval}批准"}],
    )


def _view(row: Clearance, unit_name: str) -> ClearanceView:
    own = {name: getattr(row, name) for name in ClearanceView.__slots__ if name != "unit_name"}
    return ClearanceView(**own, unit_name=unit_name)
