"""Suspected crimes as they are started and looked up: a department starts one when table D7 is satisfied. The people of
the place never see them; the street sees those of its hazards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Instance
from engine.bpm.step import ACTOR
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, case_files, crime_cases, once, powers, scope, units
from engine.campaign.case_files import StepView
from engine.campaign.case_model import Hazard
from engine.campaign.crime_model import CrimeCase, CrimeStep
from engine.campaign.model import Place
from engine.campaign.pages import read_page
from engine.campaign.sight import seen as seen_hazard
from engine.errors import Conflict, Invalid, Problem
from engine.said import Said

DEFINITION, START = "criminal_referral", "移送"
GROUNDS = {
    "refusal": "拒不执行停用或者排除危险的决定",
    "tampering": "关闭、破坏、篡改监控报警防护",
    "licence": "未经许可从事高度危险作业",
    "fire": "消防：经通知拒绝执行，造成严重后果",
    "none": "其他",
}
PROOFS = {
    "order_no": "责令停产停业、停止使用或者立即排除危险的决定书文号",
    "service_no": "决定书送达回证文号",
    "refusal_record": "拒不执行的复查记录",
    "refusal_video": "拒不执行的视频",
    "danger_opinion": "现实危险的专家或者部门意见",
    "tamper_record": "关闭、破坏、篡改的证据",
    "licence_record": "未经许可的证据",
    "fire_notice": "消防通知的送达和拒绝执行的证据",
    "fire_consequence": "严重后果的证据",
}


@dataclass(frozen=True, slots=True)
class CrimeView:
    """A case as it is shown; ``steps`` is empty in a list."""

    number: str
    hazard: str
    place_name: str
    instance_id: str | None
    organ: str
    organ_name: str
    police: str | None
    offence: str
    clause: str
    facts: str
    proofs: dict[str, Any]
    officers: list[dict[str, str]]
    state: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    steps: list[StepView]


def start(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> CrimeView:
    """Start a referral (``hazard, ground, facts, officers, proofs, casualties``) when table D7 says so.

    Otherwise why not stays on file as a case that ended at once, and Invalid lists the missing proofs. Raises NotFound,
    NotAllowed, and Conflict while another case runs or for officers without certificates.
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen_hazard(tx, values["hazard"], viewer)
        authority.require(tx, viewer, "crime.start")
        organ = powers.acting_unit(tx, viewer, values.get("organ"))
        powers.entitled(tx, crime_cases.ACT, organ, day=now.astimezone(app.zone).date())
        if earlier := once.earlier(tx, viewer, "crime", key):
            return _views(tx, [crime_cases.existing(tx, earlier)], steps=True)[0]
        proofs = {name: str(values.get("proofs", {}).get(name, "")).strip() for name in PROOFS}
        tx.info[ACTOR] = viewer.name
        place = tx.get_one(Place, hazard.place).name
        instance_id = instances.start_in(
            tx, app, DEFINITION, {
                "hazard": hazard.number, "subject": place, "place_name": place, "organ": organ.code,
                "ground": values["ground"], "is_major": hazard.is_major, "casualties": values.get("casualties", False),
                "crime_facts": values["facts"].strip(), "crime_officers": " ".join(values["officers"]),
                "proofs": {name: proof for name, proof in proofs.items() if proof}, **proofs,
            }, by=viewer.name, now=now, business_key=hazard.number,
        )  # fmt: skip
        tx.flush()
        found = tx.scalars(select(CrimeCase).where(CrimeCase.instance_id == instance_id)).one_or_none()
        if found is not None and found.closed_at is None:
            once.note(tx, viewer, "crime", key, found.number)
            return _views(tx, [found], steps=True)[0]
        variables = dict(tx.get_one(Instance, instance_id).variables)
        if variables["link"]["outcome"] == START:  # D7 agrees; the officers or another case stand against it
            raise Conflict(str(variables["problem"]), en="The case could not be opened.")
    raise _unfounded(variables["link"])  # outside: the reason stays on record


def list_cases(
    app: App, viewer: Viewer, *, hazard: str | None = None, state: str | None = None, open_only: bool = False,
    page: int = 1, size: int = 50,
) -> Page[CrimeView]:  # fmt: skip
    """The cases this viewer may see, newest first."""
    query = case_files.narrowed(_seen(viewer), CrimeCase, hazard=hazard, state=state, open_only=open_only)
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda row: row)
        return Page(_views(tx, found.items, steps=False), found.total, found.page, found.size)


def show(app: App, number: str, *, viewer: Viewer) -> CrimeView:
    """One case with its steps; raises NotFound, for a stranger as for a number that does not exist."""
    with app.reading() as tx:
        row = case_files.one(tx, _seen(viewer), CrimeCase, number)
        return _views(tx, [row], steps=True)[0]


def _seen(viewer: Viewer) -> Select[CrimeCase]:
    own = scope.own_unit(viewer)
    of_street = select(Hazard.number).where(Hazard.street.in_(scope.areas(viewer)))
    allowed = (
        CrimeCase.organ.in_(own) | CrimeCase.police.in_(own) | CrimeCase.prosecutor.in_(own)
        | CrimeCase.hazard.in_(of_street)
    )  # fmt: skip
    return select(CrimeCase).where(true() if viewer.admin else allowed)


def _views(tx: Session, rows: Sequence[CrimeCase], *, steps: bool) -> list[CrimeView]:
    names = units.names(tx, {row.organ for row in rows})
    places = case_files.place_names(tx, rows)
    own = [name for name in CrimeView.__slots__ if name in CrimeCase.__mapper__.columns]
    return [
        CrimeView(
            **{name: getattr(row, name) for name in own}, place_name=places[row.hazard], organ_name=names[row.organ],
            steps=case_files.steps(tx, CrimeStep, row.number) if steps else [],
        )
        for row in rows
    ]  # fmt: skip


def _unfounded(link: Mapping[str, Any]) -> Invalid:
    missing = [str(name) for name in link["missing"]]
    lacking = f"；所缺证据：{'、'.join(missing)}" if missing else ""
    why = link.get("reason_en") or link["reason"]
    return Invalid(
        f"不移送（决策表 D7：{link['outcome']}）：{link['reason']}{lacking}。",
        en=f"Table D7 does not start a referral: {why}; missing proofs: {len(missing)}.",
        problems=[
            Problem(field="proofs", rule="proof", message=Said(f"请补充：{name}", f"Add the proof: {name}"))
            for name in missing
        ],
    )
