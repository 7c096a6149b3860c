"""Verbs on campaigns (专项行动): open one, start it with its places frozen, count records to it, close it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, campaign_progress, campaign_scope, once, powers, scope, units, visits
from engine.campaign.campaign_model import Campaign, CampaignHazard, CampaignPlace, CampaignUnit, CampaignVisit
from engine.campaign.campaign_progress import Row
from engine.campaign.campaign_views import CampaignView
from engine.campaign.duty_model import Duty
from engine.campaign.figures import Figure
from engine.campaign.model import Place, PlanTask
from engine.campaign.numbers import next_number
from engine.campaign.pages import read_page
from engine.campaign.sight import seen
from engine.campaign.visits import refuse
from engine.errors import Conflict, NotAllowed, NotFound
from engine.rows import inserting
from engine.said import Said, one_of

SOURCES = {"plan_task": "三年行动任务", "incident": "异地事故举一反三", "superior": "上级部署"}
STATES = {"draft": "筹备", "running": "进行中", "closed": "已结束"}
LONGEST = timedelta(days=3 * 366)
CADENCES = {"week": "周调度", "month": "月讲评"}
LATER = {"title", "ends_on", "content", "cadence"}


def list_campaigns(
    app: App, viewer: Viewer, *, state: str | None = None, unit: str | None = None, hazard: str | None = None,
    page: int = 1, size: int = 50,
) -> Page[CampaignView]:  # fmt: skip
    """The campaigns the viewer may see, newest first; ``unit`` leads or supports, ``hazard`` counts for it."""
    query = select(Campaign).where(sight(viewer)).order_by(Campaign.starts_on.desc(), Campaign.number.desc())
    if state:
        query = query.where(Campaign.state == state)
    if unit:
        supported = select(CampaignUnit.campaign).where(CampaignUnit.unit == unit)
        query = query.where((Campaign.lead_unit == unit) | Campaign.number.in_(supported))
    with app.reading() as tx:
        if hazard:
            query = query.where(Campaign.number.in_(_counting(tx, app, hazard, viewer)))
        return read_page(tx, query, page, size, lambda row: _view(tx, row, viewer, [], []))


def _counting(tx: Session, app: App, hazard: str, viewer: Viewer) -> list[str]:
    """Those for which a hazard counts; none for one that is not the viewer's to see."""
    try:
        return campaign_progress.of_hazard(tx, app, seen(tx, hazard, viewer))
    except NotFound:
        return []


def show(app: App, number: str, *, viewer: Viewer) -> CampaignView:
    """One campaign with its progress; raises NotFound, also when it is none of the viewer's."""
    with app.reading() as tx:
        return _shown(tx, app, require(tx, number, viewer), viewer)


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> CampaignView:
    """Open a campaign (``title, starts_on, ends_on, lead_unit?, support_units?, source, plan_task?, source_text?,
    template?, content?, filter?, codes?, cadence?``); what is left out comes from the template. The same ``key``
    answers the first. Raises Invalid, NotAllowed, NotFound (unit).
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "campaign.create")
        if made := once.earlier(tx, viewer, "campaign", key):
            return _shown(tx, app, tx.get_one(Campaign, made), viewer)
        given = _complete(values)
        owner = powers.acting_unit(tx, viewer, given.get("lead_unit") if viewer.admin else None)
        lead = units.require(tx, given.get("lead_unit") or owner.code)
        _check(tx, given)
        street = units.ancestor(tx, owner, "street") or units.ancestor(tx, lead, "street")
        year = given["starts_on"].year
        row = Campaign(
            number=f"ZX-{year}-{next_number(tx, f'campaign-{year}'):03d}", title=given["title"], lead_unit=lead.code,
            starts_on=given["starts_on"], ends_on=given["ends_on"], owner_unit=owner.code, source=given["source"],
            street=street.code if street else None, plan_task=given.get("plan_task"), filter=given.get("filter") or {},
            source_text=given.get("source_text") or "", template=given.get("template") or "",
            content=given.get("content") or "", codes=list(given.get("codes") or ()), state="draft",
            cadence=list(dict.fromkeys(given.get("cadence") or ())),
            created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        for code in dict.fromkeys(given.get("support_units") or ()):
            tx.add(CampaignUnit(campaign=row.number, unit=units.require(tx, code).code))
        tx.flush()
        once.note(tx, viewer, "campaign", key, row.number)
        return _shown(tx, app, row, viewer)


def start(app: App, number: str, *, viewer: Viewer) -> CampaignView:
    """Freeze the places that fit the filter today and begin. Raises Conflict when none fits or it began already."""
    with app.transaction() as tx:
        row = _own(tx, number, viewer)
        _state(row, "draft", "已经启动", "It has started already.")
        covered = campaign_scope.covered(tx, row.street, row.filter)
        if not covered:
            raise Conflict(
                "没有场所符合筛选条件，不能启动，请修改范围。",
                en="No place fits the filter; change it before starting.",
            )
        tx.execute(insert(CampaignPlace), [{"campaign": number, "place": id} for id in covered])
        row.state, row.started_at = "running", app.clock()
        return _shown(tx, app, row, viewer)


def change(app: App, number: str, values: Mapping[str, Any], *, viewer: Viewer) -> CampaignView:
    """Change a campaign: before its start everything, afterwards only what ``LATER`` names. Raises Conflict, Invalid,
    NotAllowed, NotFound.
    """
    with app.transaction() as tx:
        row = _own(tx, number, viewer)
        if row.state == "closed" or (row.state == "running" and set(values) - LATER):
            raise Conflict(
                f"{number} {STATES[row.state]}：范围和牵头单位在启动时冻结，启动后只能改标题、内容、调度和截止日。",
                en=f"{number} is {row.state}; only title, content, cadence and end can be changed after the start.",
            )
        now = {name: getattr(row, name) for name in (
            "title", "starts_on", "ends_on", "source", "plan_task", "codes", "source_text", "content", "filter",
            "template", "cadence",
        )}  # fmt: skip
        given = {**now, **values}
        _check(tx, given)
        for name in now:
            setattr(row, name, given[name])
        tx.flush()
        return _shown(tx, app, row, viewer)


def count_in(
    app: App, number: str, *, hazards: Sequence[str] = (), visits_too: Sequence[int] = (), viewer: Viewer
) -> CampaignView:
    """Count hazards and visits to it that its places and time do not cover; again changes nothing. Raises Conflict,
    NotFound (campaign, hazard, visit).
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "campaign.count")
        row = require(tx, number, viewer)
        _state(row, "running", "不在进行中", "It is not running.")
        common = {"campaign": number, "added_at": now, "added_by": viewer.name}
        for hazard in hazards:
            values = {**common, "hazard": seen(tx, hazard, viewer).number}
            tx.execute(inserting(tx, CampaignHazard).values(values).on_conflict_do_nothing())
        for id in visits_too:
            values = {**common, "visit": visits.require(tx, id, viewer).id}
            tx.execute(inserting(tx, CampaignVisit).values(values).on_conflict_do_nothing())
        return _shown(tx, app, row, viewer)


def close(app: App, number: str, *, summary: str, viewer: Viewer) -> CampaignView:
    """End it with a summary; its figures are frozen as its keeper sees them. Raises Conflict, NotAllowed, NotFound."""
    now = app.clock()
    with app.transaction() as tx:
        row = _own(tx, number, viewer)
        _state(row, "running", "不在进行中，不能结束", "It is not running.")
        parts, sums = campaign_progress.progress(tx, app, row, viewer, now)
        row.figures = [
            {"rows": [asdict(part) for part in parts]},
            *({name: getattr(sum_, name) for name in ("key", "numerator", "denominator")} for sum_ in sums),
        ]
        row.state, row.closed_at, row.closed_by, row.summary = "closed", now, viewer.name, summary
        coming = Duty.subject == row.number, Duty.instance_id.is_(None), Duty.begin_at > now
        tx.execute(delete(Duty).where(*coming))  # what was to be reported later
        return _shown(tx, app, row, viewer)


def sight(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``campaign`` this viewer may see: of one's street, of one's unit, and those started at one's places."""
    if viewer.admin:
        return true()
    area, unit = scope.areas(viewer), scope.own_unit(viewer)
    mine = select(CampaignPlace.campaign).join(Place, Place.id == CampaignPlace.place)
    mine = mine.where(Place.community.in_(area) | Place.grid.in_(area))
    supported = select(CampaignUnit.campaign).where(CampaignUnit.unit.in_(unit))
    return (
        Campaign.street.in_(area) | Campaign.lead_unit.in_(unit) | Campaign.owner_unit.in_(unit)
        | Campaign.number.in_(supported) | Campaign.number.in_(mine)
    )  # fmt: skip


def require(tx: Session, number: str, viewer: Viewer) -> Campaign:
    """The row of a campaign the viewer may see; raises NotFound."""
    row = tx.scalars(select(Campaign).where(Campaign.number == number, sight(viewer))).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为“{number}”的专项行动，或不在您的职责范围内。", en=f"There is no campaign {number}.")
    return row


def _own(tx: Session, number: str, viewer: Viewer) -> Campaign:
    """The row, locked, when the viewer's unit keeps or leads it."""
    authority.require(tx, viewer, "campaign.create")
    require(tx, number, viewer)
    row = tx.scalars(select(Campaign).where(Campaign.number == number).with_for_update()).one()
    own = None if viewer.admin else powers.acting_unit(tx, viewer, None).code
    if own not in (None, row.owner_unit, row.lead_unit):
        raise NotAllowed(
            f"{number} 由牵头单位和建立单位办理，您的单位不是。", en=f"Only the units that keep or lead {number} may."
        )
    return row


def _state(row: Campaign, wanted: str, told: str, en: str) -> None:
    if row.state != wanted:
        raise Conflict(f"{row.number} {told}（{STATES[row.state]}）。", en=en)


def _complete(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what the template proposes for those left out."""
    given = {name: value for name, value in values.items() if value is not None}
    found = campaign_scope.template(given["template"]) if given.get("template") else {}
    unknown = Said("没有这个模板，见 /campaigns/templates", "No such template; see /campaigns/templates")
    refuse((found is None, "template", "choice", unknown))
    assert found is not None
    proposed: dict[str, Any] = {
        name: found[name] for name in ("title", "source", "filter", "codes", "content") if name in found
    }
    if "days" in found and "starts_on" in given:
        proposed["ends_on"] = given["starts_on"] + timedelta(days=found["days"] - 1)
    return {**proposed, **given}


def _check(tx: Session, given: Mapping[str, Any]) -> None:
    lacking = [name for name in ("title", "starts_on", "ends_on", "source") if not given.get(name)]
    refuse(*((True, name, "required", Said(f"请填写 {name}", f"Fill in {name}")) for name in lacking))
    task, told = given.get("plan_task"), str(given.get("source_text") or "").strip()
    source = given["source"]
    refuse(
        (given["ends_on"] < given["starts_on"], "ends_on", "order",
         Said("截止日不能早于开始日", "It ends before it begins")),
        (given["ends_on"] - given["starts_on"] > LONGEST, "ends_on", "range",
         Said("专项行动最长三年", "A campaign lasts three years at most")),
        (source not in SOURCES, "source", "choice", one_of("来源", "source", SOURCES)),
        (source == "plan_task" and task is None, "plan_task", "required",
         Said("请填写三年行动任务编号", "Give the number of the task of the plan")),
        (task is not None and tx.get(PlanTask, task) is None, "plan_task", "choice",
         Said("没有这个编号的三年行动任务", "The plan has no task of this number")),
        (source != "plan_task" and not told, "source_text", "required",
         Said("请写明是哪起异地事故或哪份上级文件", "Say which accident elsewhere or which document from above")),
        (bool(set(given.get("cadence") or ()) - set(CADENCES)), "cadence", "choice",
         one_of("调度", "cadences", CADENCES)),
        (bool(set(given.get("filter") or {}) - set(campaign_scope.FILTERS)), "filter", "choice",
         one_of("筛选条件", "filters", campaign_scope.FILTERS)),
    )  # fmt: skip


def _shown(tx: Session, app: App, row: Campaign, viewer: Viewer) -> CampaignView:
    if row.state == "draft":
        return _view(tx, row, viewer, [], [])
    parts, sums = campaign_progress.progress(tx, app, row, viewer, app.clock())
    if row.state == "closed" and (viewer.admin or _keeps(tx, row, viewer)):
        parts = [Row(**part) for part in row.figures[0]["rows"]]
        sums = [
            Figure(kept["key"], *campaign_progress.WORDS[kept["key"]], kept["numerator"], kept["denominator"])
            for kept in row.figures[1:]
        ]
    return _view(tx, row, viewer, parts, sums)


def _keeps(tx: Session, row: Campaign, viewer: Viewer) -> bool:
    """Whether what was frozen is what this viewer may see: the whole street."""
    return row.street is not None and row.street in set(tx.scalars(scope.areas(viewer)))


def _view(tx: Session, row: Campaign, viewer: Viewer, parts: list[Row], sums: list[Figure]) -> CampaignView:
    support = select(CampaignUnit.unit).where(CampaignUnit.campaign == row.number).order_by(CampaignUnit.unit)
    inside = select(func.count()).where(CampaignPlace.campaign == row.number)
    kept = {name: getattr(row, name) for name in CampaignView.__slots__ if hasattr(row, name)}
    return CampaignView(**kept | {
        "lead_name": units.names(tx, {row.lead_unit})[row.lead_unit], "support_units": list(tx.scalars(support)),
        "source_name": SOURCES[row.source], "state_name": STATES[row.state], "places": tx.scalar(inside) or 0,
        "rows": parts, "figures": sums,
    })  # fmt: skip
