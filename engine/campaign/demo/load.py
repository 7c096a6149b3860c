"""Loads the sample installation: registers first, then every case through the real verbs on a clock that travels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update

from engine import demo_clock
from engine.app import App
from engine.bpm import definitions, kept_scenarios
from engine.bpm.model import Notice
from engine.campaign.case_model import Hazard
from engine.campaign.demo.campaigns import plan_patrols, write_campaigns
from engine.campaign.demo.journey import Journey
from engine.campaign.demo.papers import write_papers
from engine.campaign.demo.pictures import write_pictures
from engine.campaign.demo.registers import write_registers
from engine.campaign.demo.sample import cases, inspections, listings, visits
from engine.campaign.model import Place, Setting
from engine.errors import Conflict

SETUP_AT = datetime(2026, 8, 31, 0, 0, tzinfo=UTC)
DEMO_NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai, after the National Day swap
DIAGRAMS = Path(__file__).parents[3] / "bpmn"
STATE, LOADED = "demo", "loaded"
KINDS = {".bpmn", ".dmn", ".form"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the sample installation holds."""

    units: int
    people: int
    places: int
    hazards: int
    fired: int


def is_empty(app: App) -> bool:
    """Whether nothing of the campaign is in this database yet; raises Conflict when loading was broken off half-way."""
    with app.reading() as tx:
        state = tx.get(Setting, STATE)
        if state is not None and state.value != LOADED:
            raise Conflict(
                "上次载入示例数据时中断，数据不完整。请删除数据目录（BIHUAN_DATA_DIR）或清空数据库后重新载入。",
                en="Loading the sample data was broken off; delete BIHUAN_DATA_DIR and load again.",
            )
        return tx.scalar(select(Place.id).limit(1)) is None and tx.scalar(select(Hazard.number).limit(1)) is None


def load(app: App) -> Loaded:
    """Make this installation the sample one, standing at 2026-10-12 09:00 Shanghai time; its demo clock runs on
    from there.

    Raises Conflict when places or hazards are here already: sample data never mixes with real records.
    """
    if not is_empty(app) or demo_clock.is_demo(app):
        raise Conflict(
            "数据库里已经有场所或隐患，示例数据只能装入空库。请换一个空的数据目录（BIHUAN_DATA_DIR）再运行。",
            en="There are places or hazards already; sample data goes only into an empty database. "
            "Use another BIHUAN_DATA_DIR.",
        )
    _note(app, "loading")
    real = app.clock
    journey = Journey(app, SETUP_AT)
    app.clock = journey.clock
    try:
        units, people, places = write_registers(app)
        files = diagrams()
        paths = {name: DIAGRAMS / name for name in files}
        beside = kept_scenarios.beside(paths)
        made = definitions.deploy(app, files, by="system", reason="随程序发布", beside=beside, trusted=True).definitions
        kept_scenarios.keep_beside(app, [one["key"] for one in made], paths)
        plan_patrols(app)
        hazards = journey.drive([*visits(app.zone), *inspections(app.zone), *cases(app.zone), *listings(app.zone)])
        journey.wind_to(DEMO_NOW)
        write_campaigns(app)
        write_papers(app)
        write_pictures(app)
        plan_patrols(app)
        _mark_notices_sent(app)
    finally:
        app.clock = real
    demo_clock.begin(app, DEMO_NOW)
    _note(app, LOADED)
    return Loaded(units, people, places, hazards, journey.fired)


def diagrams() -> dict[str, bytes]:
    """The shipped processes with their tables and forms, named by their place under ``bpmn/``."""
    files = sorted(path for path in DIAGRAMS.rglob("*") if path.suffix in KINDS)
    return {path.relative_to(DIAGRAMS).as_posix(): path.read_bytes() for path in files}


def are_shipped(files: Mapping[str, bytes], beside: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether these are, byte for byte, the shipped processes and scenarios, with which the release was tested."""
    shipped = diagrams()
    return dict(files) == shipped and beside == kept_scenarios.beside({name: DIAGRAMS / name for name in shipped})


def _note(app: App, state: str) -> None:
    with app.transaction() as tx:
        tx.merge(Setting(key=STATE, value=state))


def _mark_notices_sent(app: App) -> None:
    """The notices of the past belong to the story; nobody gets them now."""
    with app.transaction() as tx:
        tx.execute(update(Notice).where(Notice.status == "pending").values(status="sent", sent_at=Notice.created_at))
