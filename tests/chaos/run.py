"""One run: an installation, its crew, people at work, blows and jumps of the clock; then the oracle's verdict."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic

from sqlalchemy import func, select

from api.compose import compose
from engine import demo_clock
from engine.app import App
from engine.bpm import definitions, messages, timers
from engine.bpm.model import Message, Notice, Timer
from engine.campaign import accounts, people, units
from engine.errors import Unavailable
from engine.schema import migrate
from engine.testing import START, fresh_settings
from tests.chaos import oracle
from tests.chaos.case import FILES, SPAN
from tests.chaos.crew import Crew, crew
from tests.chaos.users import Memory, Person
from tests.scheduler.waiting import wait_until

PEOPLE = 4
CALM = 90  # seconds in which all that is due must be done after the last blow


@dataclass
class Size:
    """How much of it."""

    cases: int
    webs: int
    workers: int
    schedulers: int
    blows: int


@dataclass
class Outcome:
    """What was found, and the numbers."""

    wrong: list[str]
    found: oracle.Found
    memory: Memory
    blows: dict[str, int]
    deaths: int
    seconds: float


def run(database_url: str, folder: Path, size: Size, draw: Random) -> Outcome:
    """Do it; the database is empty and without tables."""
    began = monotonic()
    folder.mkdir(exist_ok=True)
    settings = fresh_settings(database_url, folder)
    app = compose(settings)
    token = _prepare(app)
    end = Event()
    memory = Memory(size.cases)
    makeup = {"webs": size.webs, "workers": size.workers, "schedulers": size.schedulers}
    with crew(settings, draw, **makeup) as hands, ThreadPoolExecutor(PEOPLE) as threads:
        persons = [Person(memory, hands.ports, token, Random(draw.random()), end) for _ in range(PEOPLE)]
        lives = [threads.submit(person.live) for person in persons]
        try:
            _trouble(app, hands, memory, size, draw)
        finally:
            end.set()
        for life in lives:
            life.result()
        calm = _settle(app, hands)
        hands.dismiss()
        now = _stand_still(app)
        found = oracle.look(app)
        seen = {"now": now, "calm": calm}
        problems = oracle.wrong(found, memory, **seen, log=hands.log(), broken_off=hands.broken_off())
        deaths = sum(post.deaths for post in hands.webs + hands.schedulers)
    app.close()
    return Outcome(problems, found, memory, hands.happened, deaths, monotonic() - began)


def _prepare(app: App) -> str:
    migrate(app)
    definitions.deploy(app, FILES, by="owner")
    with app.transaction() as tx:
        units.add(tx, code="street", name="街道", kind="street")
    people.create(app, "clerk", password="not a secret", unit="street", roles=["owner"], by=None)
    token = accounts.issue_token(app, "clerk", by=None)
    demo_clock.begin(app, START)
    return token


def _trouble(app: App, hands: Crew, memory: Memory, size: Size, draw: Random) -> None:
    """Blows in random order, each kind at least once, while people get on; after each the clock jumps."""
    kinds = hands.blows()
    blows = draw.sample(kinds, len(kinds)) + draw.choices(kinds, k=max(0, size.blows - len(kinds)))
    between = 2 * size.cases // (len(blows) + 1)  # each case's start and first act can always be done
    for number, blow in enumerate(blows, 1):
        _until(hands, lambda goal=number * between: memory.confirmed >= goal)
        blow()
        jump = SPAN / len(blows) * draw.uniform(0.5, 1.0)
        _until(hands, lambda jump=jump: _patiently(lambda: demo_clock.move(app, jump) is not None))
    _until(hands, lambda: memory.confirmed >= 2 * size.cases and len(memory.begun) >= size.cases)


def _until(hands: Crew, happened: Callable[[], bool], *, seconds: float = 600) -> None:
    """Wait, and meanwhile replace whoever ended."""
    wait_until(lambda: hands.refill() or happened(), seconds=seconds)


def _settle(app: App, hands: Crew) -> datetime:
    """Until everything due by now is done; answers now."""
    now = app.clock()
    _until(hands, lambda: _patiently(lambda: not any(_waiting(app, now))), seconds=CALM)
    return now


def _waiting(app: App, now: datetime) -> tuple[int, ...]:
    """How many timers, messages and notices are still to be worked on."""
    armed = select(func.count()).where(Timer.status == "armed", Timer.due_at <= now)
    under_way = select(func.count()).where(Message.delivered_at.is_(None))
    untouched = select(func.count()).where(Notice.status == "pending", Notice.attempts == 0)
    with app.reading() as tx:
        return tuple(tx.scalar(question) or 0 for question in (armed, under_way, untouched))


def _stand_still(app: App) -> datetime:
    """The crew has gone: do what fell due while it went, and stop the clock, so that the oracle sees one moment."""
    now = app.clock()
    app.clock = lambda: now
    while timers.fire_due(app) or messages.deliver_next(app):
        pass
    return now


def _patiently(act: Callable[[], bool]) -> bool:
    """Try, as the database may be away in this moment; answers whether it was done."""
    with suppress(Unavailable):
        return act()
    return False
