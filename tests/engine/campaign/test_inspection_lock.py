"""Two people at once at one inspection: whoever comes second waits for the first and sees what was written, and no two
wait for each other. PostgreSQL only: SQLite has one writer.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event, get_ident
from typing import Any

import pytest
from sqlalchemy import event, text

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import closing, documents, hazards, inspections, visit_findings, visits
from engine.campaign import document_approval as life
from engine.campaign.case_model import Hazard
from engine.errors import Conflict, Invalid
from tests.engine.campaign.test_inspection_papers import FOUND, RECORD, entered
from tests.engine.campaign.test_inspection_papers import head as head
from tests.engine.campaign.test_inspection_papers import officer as officer
from tests.engine.campaign.test_inspections import OFFICERS

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Person = Callable[[App, str], Viewer]
LOOKED, COMMIT = "document", "commit"  # behind the lock of the papers, before what was written is seen
BODY = {
    "head": "甲", "job": "店长", "phone": "13800000000", "place": "大厅", "rights": "已告知", "violations": ["插线板"],
}  # fmt: skip


@contextmanager
def held(app: App, act: Callable[[], Any], at: str) -> Iterator[Callable[[], Any]]:
    """Let an act run in a thread until it comes to this point, and stand there; the answer lets it go on."""
    reached, go = Event(), Event()
    mine: list[int] = []

    def stand(point: str) -> None:
        if mine == [get_ident()] and point == at and not reached.is_set():
            reached.set()
            assert go.wait(30)

    def asked(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FOR UPDATE" in statement and "FROM document" in statement:
            stand(LOOKED)

    def work() -> Any:
        mine.append(get_ident())
        return act()

    event.listen(app.engine, "after_cursor_execute", asked)
    app.before_commit.append(lambda _: stand(COMMIT))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(work)
        while not reached.is_set():
            assert not first.done(), first.result()
            wait([first], timeout=0.01)

        def on() -> Any:
            go.set()
            return first.result(30)

        try:
            yield on
        finally:
            go.set()
            app.before_commit.pop()
            event.remove(app.engine, "after_cursor_execute", asked)


def second(app: App, act: Callable[[], Any], first: Callable[[], Any]) -> tuple[bool, Any, Any]:
    """Whether the second act waited for the first, which goes on then, and what both answered."""
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(act)
        waited = until_it_waits(app, later)
        done = first()
        return waited, done, later.result(30)


def until_it_waits(app: App, act: Future[Any]) -> bool:
    """Whether it came to a lock that somebody else has, before it was done."""
    waiting = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    while not act.done():
        with app.engine.connect() as connection:
            if connection.execute(waiting).first():
                return True
        wait([act], timeout=0.01)
    return False


def named(app: App, id: str, viewer: Viewer) -> list[str]:
    shown = documents.show(app, id, viewer=viewer)
    return [*([shown.hazard] if shown.hazard else []), *shown.further_hazards]


def papers(app: App, id: int, officer: Viewer, colleague: Viewer) -> tuple[Callable[[], Any], Callable[[], Any]]:
    told = {"place": "P001", "code": "RF-05", "text": "插线板串接", "visit": id}
    return (
        lambda: hazards.register(app, told, viewer=colleague),
        lambda: documents.draft(app, {"type": RECORD, "visit": id, "body": BODY}, viewer=officer),
    )


@pytest.mark.parametrize(("drafted_first", "at"), [(True, COMMIT), (False, LOOKED), (False, COMMIT)])
def test_a_hazard_that_is_registered_while_a_paper_is_drafted_stands_on_it(
    campaign: App, person: Person, officer: Viewer, head: Viewer, drafted_first: bool, at: str
) -> None:
    id = entered(campaign, person, officer, head)
    acts = papers(campaign, id, officer, person(campaign, OFFICERS[1]))
    before, after = reversed(acts) if drafted_first else acts
    with held(campaign, before, at) as on:
        waited, first, later = second(campaign, after, on)
    paper, hazard = (first, later) if drafted_first else (later, first)
    assert waited and named(campaign, paper.id, officer) == [hazard.number]


@pytest.mark.parametrize("registered_first", [True, False])
def test_a_paper_is_approved_while_a_hazard_is_registered_and_neither_waits_for_ever(
    campaign: App, person: Person, officer: Viewer, head: Viewer, registered_first: bool
) -> None:
    id = entered(campaign, person, officer, head)
    register, draft = papers(campaign, id, officer, person(campaign, OFFICERS[1]))
    made = draft()
    life.submit(campaign, made.id, viewer=officer)
    acts = (register, lambda: life.approve(campaign, made.id, viewer=head))
    before, after = acts if registered_first else reversed(acts)
    with held(campaign, before, LOOKED) as on:
        waited, *answers = second(campaign, after, on)
    hazard = answers[0] if registered_first else answers[1]
    assert waited and named(campaign, made.id, officer) == [hazard.number]
    assert documents.show(campaign, made.id, viewer=officer).number == visits.show(campaign, id, viewer=head).record_no


def test_a_finding_that_is_given_to_a_hazard_while_the_hazard_is_struck_off_is_open_again(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    papers(campaign, id, officer, officer)[1]()
    other = {"place": "P001", "code": "RF-04", "text": "别处"}
    number = hazards.register(campaign, other, viewer=officer).number
    inspections.record(campaign, id, FOUND, viewer=officer)

    def strike() -> None:
        with campaign.transaction() as tx:
            closing.void(tx, tx.get_one(Hazard, number), "登错", campaign.clock())

    def settle() -> str:
        try:
            visit_findings.settle(campaign, id, 1, hazard=number, reason="", viewer=officer)
        except (Conflict, Invalid) as refused:
            return refused.message
        return ""

    with held(campaign, settle, COMMIT) as on:
        waited, said, _ = second(campaign, strike, on)
    assert (waited, said) == (True, "")
    assert visits.show(campaign, id, viewer=officer).unregistered == [1]
