"""Check 1 of the closure gate: a photo from after the fix for each item, comparable with the one from before it.

An item is one angle of the photos from before. What contradicts a fix stands against closing; what a photo does not say
(time, place), or that it looks like a copy of an older one, which the same bytes would prove and a look does not, needs
a reason by whoever re-inspected, which the approver reads.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from engine.campaign.case_model import Evidence, Finding, Hazard, Recheck
from engine.campaign.model import Place
from engine.campaign.photo_facts import alike, looks
from engine.said import Said, joined

BEFORE, AFTER = "photo_before", "photo_after"
MOST_LIKE = 500  # older photos that are compared bit by bit, the newest first
NEAR_M = 50  # [design] D8-1
EARTH_M = 6_371_000
FAST_CLOCK = timedelta(minutes=10)  # by which a phone's clock may be ahead of ours
REASON = "照片说明"  # the kind of finding that says why a photo lacks something

PHOTO = Said("整改后照片", "photo after the fix")
USED = Said("以前用过，请重新到现场拍摄", " was used before: take it again on site")
SEEMS_USED = Said(
    "看上去与以前的照片相同（可能缩放或另存过），请核对是不是重新拍摄的",
    " looks the same as an older photo (perhaps resized or saved anew): check that it was taken again",
)
UNDATED = Said("没有拍摄时间", " says no time")
TAKEN_LATER = Said("的拍摄时间晚于上传时间", " was taken after it was uploaded")
UNPLACED = Said("没有定位", " says no place")
NO_REFERENCE = Said(
    "没有可比对的位置（整改前照片和场所都没有定位）",
    " has nothing to compare its place with (neither the photo before nor the site)",
)
BEFORE_FOUND = Said("拍摄时间早于发现隐患的时间", " was taken before the hazard was found")
BEFORE_FIRST = Said("拍摄时间早于整改前照片", " was taken before the photo from before the fix")
BEFORE_FAILED = Said("拍摄于上次复查不合格之前", " was taken before the last failed re-inspection")


@dataclass(slots=True)
class Photos:
    """``missing``: what stands against closing; ``unsaid``: what the photos do not say; ``reason``: why."""

    missing: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    reason: str = ""


def look(tx: Session, hazard: Hazard) -> Photos:
    """Compare the photos of a hazard."""
    rows = tx.scalars(
        select(Evidence).where(Evidence.hazard == hazard.number).order_by(Evidence.uploaded_at, Evidence.id)
    ).all()
    before = [row for row in rows if row.kind == BEFORE]
    after = [row for row in rows if row.kind == AFTER]
    angles = list(dict.fromkeys(row.angle for row in before))
    found = Photos(reason=reason(tx, hazard.number))
    failed_at = _failed_at(tx, hazard.number)
    used = _used(tx, hazard.number, after, before, failed_at)
    copies = _copies(tx, hazard.number, after, failed_at)
    for angle in angles or [""]:
        first = next((row for row in before if row.angle == angle), None)
        fitting = [row for row in after if row.angle == angle or len(angles) < 2]
        if not fitting:
            found.missing.append(joined("", "", (Said("缺", "Missing: "), _photo(angle))))
            continue
        judged = [_judge(tx, hazard, first, row, used, copies, failed_at) for row in reversed(fitting)]
        faults, unsaid = min(judged, key=lambda one: (len(one[0]), len(one[1])))
        found.missing += [joined("", "", (_photo(angle), fault)) for fault in faults]
        found.unsaid += [joined("", "", (_photo(angle), words)) for words in unsaid]
    return found


def items(tx: Session, number: str) -> list[str]:
    """The angles of the photos from before: the items that are re-inspected one by one."""
    query = select(Evidence.angle).where(Evidence.hazard == number, Evidence.kind == BEFORE)
    return list(dict.fromkeys(tx.scalars(query.order_by(Evidence.uploaded_at, Evidence.id))))


def reason(tx: Session, number: str) -> str:
    """Why a photo says no time or place, in the words of whoever re-inspected; the newest that was given."""
    said = select(Finding).where(Finding.hazard == number, Finding.kind == REASON).order_by(Finding.id.desc()).limit(1)
    finding = tx.scalars(said).one_or_none()
    check = tx.scalars(_rechecks(number).limit(1)).one_or_none()
    if finding is not None and (check is None or finding.at >= check.at):
        return finding.text
    return (check.photo_reason or "") if check else ""


def distance(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres between two points on the earth."""
    a, b = math.radians(lat1), math.radians(lat2)
    turn = math.radians(lon2 - lon1)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def _judge(
    tx: Session,
    hazard: Hazard,
    before: Evidence | None,
    after: Evidence,
    used: set[str],
    copies: set[str],
    failed_at: datetime | None,
) -> tuple[list[str], list[str]]:
    faults: list[str] = []
    unsaid: list[str] = []
    if after.sha256 in used:
        faults.append(USED)
    elif after.id in copies:
        unsaid.append(SEEMS_USED)
    if after.taken_at is None:
        unsaid.append(UNDATED)
    elif after.taken_at > after.uploaded_at + FAST_CLOCK:
        unsaid.append(TAKEN_LATER)
    else:
        faults += _time_faults(hazard, before, after.taken_at, failed_at)
    where = _reference(tx, hazard, before)
    if after.lat is None or after.lon is None:
        unsaid.append(UNPLACED)
    elif where is None:
        unsaid.append(NO_REFERENCE)
    elif (far := distance(*where, after.lat, after.lon)) > NEAR_M:
        faults.append(_far(far))
    return faults, unsaid


def _time_faults(hazard: Hazard, before: Evidence | None, taken: datetime, failed_at: datetime | None) -> list[str]:
    if taken <= hazard.found_at:
        return [BEFORE_FOUND]
    if before is not None and before.taken_at is not None and taken < before.taken_at:
        return [BEFORE_FIRST]
    if failed_at is not None and taken < failed_at:
        return [BEFORE_FAILED]
    return []


def _reference(tx: Session, hazard: Hazard, before: Evidence | None) -> tuple[float, float] | None:
    if before is not None and before.lat is not None and before.lon is not None:
        return before.lat, before.lon
    place = tx.get_one(Place, hazard.place)
    return (place.lat, place.lon) if place.lat is not None and place.lon is not None else None


def _used(
    tx: Session, number: str, after: Sequence[Evidence], before: Sequence[Evidence], failed_at: datetime | None
) -> set[str]:
    """Hashes of these photos that were used before: in another case, a duty or a visit, before the fix, before a failed
    check. Of a visit only its photos that belong to no case: what a visit found is this case's photo from before.
    """
    hashes = {row.sha256 for row in after}
    used = set(tx.scalars(select(Evidence.sha256).where(Evidence.sha256.in_(hashes), _elsewhere(number))))
    used |= {row.sha256 for row in before}
    return used | {row.sha256 for row in after if failed_at is not None and row.uploaded_at < failed_at}


def _elsewhere(number: str) -> ColumnElement[bool]:
    return or_(
        Evidence.hazard != number,
        Evidence.duty.is_not(None),
        and_(Evidence.hazard.is_(None), Evidence.visit.is_not(None)),
    )


def _copies(tx: Session, number: str, after: Sequence[Evidence], failed_at: datetime | None) -> set[str]:
    """Ids of these photos that look like one that was there earlier (as for ``_used``). The index finds those that have
    a quarter of the look in common, however many photos there are; a photo that shows nothing is not compared.
    """
    mine = [row for row in after if row.look]
    if not mine:
        return set()
    wanted = [looks(row.look or "") for row in mine]
    columns = (Evidence.look_1, Evidence.look_2, Evidence.look_3, Evidence.look_4)
    common = or_(*(column.in_({one[n] for one in wanted}) for n, column in enumerate(columns)))
    own = Evidence.kind == BEFORE
    if failed_at is not None:
        own = or_(own, Evidence.uploaded_at < failed_at)
    earlier = or_(_elsewhere(number), and_(Evidence.hazard == number, own))
    found = tx.execute(
        select(Evidence.id, Evidence.look, Evidence.uploaded_at)
        .where(common, earlier)
        .order_by(Evidence.uploaded_at.desc(), Evidence.id)
        .limit(MOST_LIKE)
    ).all()
    return {
        row.id
        for row in mine
        if any(alike(row.look, old.look) and old.id != row.id and old.uploaded_at <= row.uploaded_at for old in found)
    }


def _failed_at(tx: Session, number: str) -> datetime | None:
    query = _rechecks(number).where(Recheck.passed.is_(False)).limit(1)
    row = tx.scalars(query).one_or_none()
    return row.at if row else None


def _rechecks(number: str) -> Select[Recheck]:
    return select(Recheck).where(Recheck.hazard == number).order_by(Recheck.no.desc())


def _photo(angle: str) -> Said:
    return Said(f"整改后照片（角度 {angle}）", f"photo after the fix (angle {angle})") if angle else PHOTO


def _far(metres: float) -> Said:
    return Said(
        f"距隐患位置 {metres:.0f} 米，超过 {NEAR_M} 米",
        f" was taken {metres:.0f} m from the hazard, more than {NEAR_M} m",
    )
