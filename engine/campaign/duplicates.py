"""The same hazard registered twice: found at registration by place with code, words or picture, and answered with the
open case; and the same hazard back after its closure (recurrence), linked to the one it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import evidence, hazard_views, once, scope, wording
from engine.campaign.case_model import Evidence, Finding, Hazard, Rung
from engine.campaign.clearances import still_open
from engine.campaign.model import Place
from engine.campaign.photo_facts import alike
from engine.campaign.sight import seen
from engine.errors import Conflict, Problem
from engine.said import Said, english, joined

SOON = timedelta(days=90)  # D11: back so soon after its closure
SAME_WORDS = 0.85  # [design] how much two descriptions of one place must have in common
LONGEST = 400  # characters that are compared
FOUND_AGAIN = "再次发现"
KEPT_RUNGS = ("E1", "E2")  # the rungs that a reopened chain stands on: what was done is not done again


@dataclass(frozen=True, slots=True)
class Twin:
    """An open case that a registration resembles, and by what."""

    number: str
    why: str


def look(tx: Session, place: Place, values: Mapping[str, Any], viewer: Viewer, *, number: str, now: datetime) -> None:
    """Note that a registration resembles an open case, with the ``duplicate_reason`` why it is another one, for whoever
    verifies it. Nothing that was found is turned away unless ``on_duplicate`` says so: our pages ask the person then.

    Raises Conflict when it shall be refused and has no reason, naming the case if the viewer may see it.
    """
    twins = list(_twins(tx, place, values, number))
    if not twins:
        return
    numbers = list(dict.fromkeys(twin.number for twin in twins))
    shown = set(tx.scalars(select(Hazard.number).where(Hazard.number.in_(numbers), scope.hazards(viewer))))
    reason = str(values.get("duplicate_reason") or "").strip()
    if reason or values.get("on_duplicate") != "refuse":
        why = reason or Said("登记时没有说明，请核实是否重复", "no reason was given; check whether it is the same")
        named = joined("、", ", ", [number for number in numbers if number in shown])
        named = named or Said("本场所另一件未销号的隐患", "another open hazard of this place")
        text = Said(f"与 {named} 相近，仍另行登记：{why}", f"Like {named.en}, still registered apart: {english(why)}")
        tx.add(Finding(hazard=number, kind="另行登记", at=now, text=text, detail={"by": viewer.name}))
        return
    twin = twins[0]
    if twin.number not in shown:
        raise Conflict(
            f"“{place.name}”已有{twin.why}的未销号隐患，请联系街道安全应急办核对，不要重复登记。",
            en="There is an open case like this one; ask the street's office.",
        )
    told = Problem(
        field="code", rule="duplicate", name=twin.number, message=f"未销号的 {twin.number} 与本件{twin.why}",
        en=f"{twin.number} is open and like this one",
    )  # fmt: skip
    raise Conflict(
        f"“{place.name}”已有{twin.why}的未销号隐患 {twin.number}。请把这次发现补充到该隐患；"
        "确实是另一件的，写明理由后再登记（duplicate_reason）。",
        en=f"{twin.number} is open and alike: add this finding to it, or give duplicate_reason.", problems=[told],
    )  # fmt: skip


def add_finding(
    app: App, number: str, *, text: str, photos: Sequence[str] = (), viewer: Viewer, key: str | None = None
) -> hazard_views.HazardView:
    """Add what was found again to the open case, with photos. Raises NotFound, Conflict (closed), Invalid (photos,
    words of an order).
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        if not once.earlier(tx, viewer, "finding", key):
            still_open(hazard)
            wording.check(tx, app, viewer, text=text)
            evidence.attach(tx, photos, number, viewer)
            row = Finding(hazard=number, kind=FOUND_AGAIN, at=now, text=text.strip(), detail={"by": viewer.name})
            tx.add(row)
            tx.flush()
            once.note(tx, viewer, "finding", key, str(row.id))
        return hazard_views.views(tx, app, [hazard], now, viewer)[0]


def rungs_of(tx: Session, hazard: Hazard, *, always: bool = False) -> list[str]:
    """The rungs on which the chain of a recurrence begins: those of the case that came back within 90 days, or
    ``always`` when a re-visit found it.
    """
    old = tx.get(Hazard, hazard.recurs) if hazard.recurs else None
    if old is None or old.closed_at is None or (not always and hazard.found_at - old.closed_at > SOON):
        return []
    reached = set(tx.scalars(select(Rung.step).where(Rung.hazard == old.number)))
    return [step for step in KEPT_RUNGS if step in reached]


def _twins(tx: Session, place: Place, values: Mapping[str, Any], number: str) -> Iterator[Twin]:
    """Open cases at the same place that this resembles, the surest first."""
    here = select(Hazard).where(Hazard.place == place.id, Hazard.closed_at.is_(None), Hazard.number != number)
    rows = tx.scalars(here.order_by(Hazard.registered_at, Hazard.number)).all()
    yield from (Twin(row.number, "同类") for row in rows if row.code == values["code"])
    wanted = _plain(values["text"])
    yield from (Twin(row.number, "描述相近") for row in rows if _close(wanted, _plain(row.text)))
    yield from _pictures(tx, [row.number for row in rows], values.get("photos") or ())


def _pictures(tx: Session, numbers: Sequence[str], photos: Sequence[str]) -> Iterator[Twin]:
    own = tx.execute(select(Evidence.sha256, Evidence.look).where(Evidence.id.in_(photos))).all()
    if not own or not numbers:
        return
    known = select(Evidence.hazard, Evidence.sha256, Evidence.look).where(
        Evidence.hazard.in_(numbers), Evidence.kind == "photo_before"
    )
    for hazard, sha256, look in tx.execute(known.order_by(Evidence.uploaded_at)):
        if any(sha256 == mine.sha256 or alike(look, mine.look) for mine in own):
            yield Twin(str(hazard), "照片相近")


def _close(one: str, other: str) -> bool:
    return len(one) >= 8 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= SAME_WORDS


def _plain(text: str) -> str:
    return "".join(sign for sign in text[:LONGEST] if sign.isalnum())
