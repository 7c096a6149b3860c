"""What else holds about a hazard besides its stage (逾期, 督办中, 查封中, 在诉 …): computed from rows, never stored.

Each name is one condition in SQL, so that the page, the list and the filter say the same. Another part adds a name by
putting a condition into ``CONDITIONS``. What is ``UNTOLD`` is neither shown to an enterprise nor can it ask for it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import lamp, powers, told, tracking
from engine.campaign.case_model import Assignment, Hazard, Measure
from engine.campaign.closure_model import Lawsuit
from engine.campaign.court_model import CourtCase
from engine.campaign.crime_model import CrimeCase
from engine.campaign.deferral_model import Deferral
from engine.campaign.transfer_model import Transfer

LATE, FILED, REFERRED = "逾期", "立案", "行刑"
UNTOLD = (FILED, REFERRED)
Condition = Callable[[datetime], ColumnElement[bool]]


def _paper(kind: str) -> Condition:
    rows = select(Assignment.hazard).where(Assignment.kind == kind, Assignment.closed_at.is_(None))
    return lambda now: Hazard.number.in_(rows)


def _measure(*kinds: str) -> Condition:
    rows = select(Measure.hazard).where(Measure.kind.in_(kinds), Measure.lifted_at.is_(None))
    return lambda now: Hazard.number.in_(rows)


def _stopped(now: datetime) -> ColumnElement[bool]:
    """Any other measure stops work or use, as in table D9."""
    rows = select(Measure.hazard).where(Measure.kind.not_in(tuple(powers.MEASURES)), Measure.lifted_at.is_(None))
    return Hazard.number.in_(rows)


def _sued(now: datetime) -> ColumnElement[bool]:
    return Hazard.number.in_(select(Lawsuit.hazard).where(Lawsuit.ended_on.is_(None)))


def _deferred(*more: ColumnElement[bool]) -> Condition:
    rows = select(Deferral.hazard).where(Deferral.ended_at.is_(None), *more)
    return lambda now: Hazard.number.in_(rows)


def _filed(now: datetime) -> ColumnElement[bool]:
    """A department answered a transfer that it files the case, or the police did."""
    answered = select(Transfer.hazard).where(Transfer.decision.startswith(FILED))
    return Hazard.number.in_(answered.union_all(select(CrimeCase.hazard).where(CrimeCase.state == FILED)))


def _referred(now: datetime) -> ColumnElement[bool]:
    return Hazard.number.in_(select(CrimeCase.hazard).where(CrimeCase.closed_at.is_(None)))


def _in_court(now: datetime) -> ColumnElement[bool]:
    """A department asked the court to enforce its decision, and that has not ended."""
    asked = select(CourtCase.hazard).where(CourtCase.applied_at.is_not(None), CourtCase.closed_at.is_(None))
    return Hazard.number.in_(asked)


CONDITIONS: dict[str, Condition] = {
    "重大": lambda now: Hazard.is_major.is_(True),
    "疑似重大": lambda now: Hazard.is_major.is_(False) & (Hazard.major_status == "疑似"),
    LATE: lambda now: func.coalesce(lamp.late(now), false()),
    "挂起申请中": _deferred(Deferral.approved_at.is_(None)),
    "暂不具备条件": _deferred(Deferral.approved_at.is_not(None)),
    "挂起逾期未复核": _deferred(Deferral.lapsed_at.is_not(None)),
    "督办中（街道）": _paper("督办"),
    "督办中（区级）": _paper("区级督办"),
    "移交中": _paper("移交"),
    "停用提请中": _paper("停用提请"),
    "查封提请中": _paper("查封提请"),
    "停用中": _stopped,
    "查封中": _measure("查封"),
    "扣押中": _measure("扣押"),
    "停电中": _measure("停电", "停止供电", "停供电"),
    "停供民爆物品中": _measure("停止供应民用爆炸物品"),
    "强制执行中": _measure("代履行", "强制执行"),
    "法院执行中": _in_court,
    "挂牌提请中": _paper("挂牌提请"),
    "挂牌督办": _paper("挂牌督办"),
    FILED: _filed,
    REFERRED: _referred,
    "在诉": _sued,
    "重点跟踪": lambda now: tracking.condition(),
    "复发": lambda now: Hazard.recurs.is_not(None),
    "屡查屡犯": lambda now: Hazard.repeats >= 2,
}


def of(tx: Session, numbers: Iterable[str], now: datetime, viewer: Viewer) -> dict[str, tuple[str, ...]]:
    """What holds now about each of these open hazards and may be told to this viewer, in the order above; in one
    query.
    """
    columns = [_told(name, now, viewer, few=True).label(f"c{place}") for place, name in enumerate(CONDITIONS)]
    rows = tx.execute(select(Hazard.number, *columns).where(Hazard.number.in_(numbers), Hazard.closed_at.is_(None)))
    return {row[0]: tuple(name for name, holds in zip(CONDITIONS, row[1:], strict=True) if holds) for row in rows}


def holding(name: str, now: datetime, viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``hazard`` that are open and of which this holds, as far as it may be told to this viewer."""
    return and_(Hazard.closed_at.is_(None), _told(name, now, viewer))


def _told(name: str, now: datetime, viewer: Viewer, *, few: bool = False) -> ColumnElement[bool]:
    condition = lamp.late_one_by_one(now) if few and name == LATE else CONDITIONS[name](now)
    return and_(condition, ~told.party(viewer)) if name in UNTOLD else condition
