"""Judging a sheet holds up nobody, and what was judged is noted only when the sheet is still the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from engine import db
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import ledger_import, sheet_drafts
from engine.campaign.exchange_model import ImportRow
from engine.campaign.numbers import next_number
from engine.errors import Conflict
from tests.engine.campaign.test_import_together import HEAD, lines

Person = Callable[[App, str], Viewer]
CLERK = "clerk-safety-office"
CONTENT = (HEAD + "\n".join(lines(3))).encode()
MEANT: dict[str, Any] = {"columns": {}, "create_places": False}


@contextmanager
def meanwhile(act: Callable[[], Any]) -> Iterator[list[Any]]:
    """What happens each time after rows were judged and before it is noted."""
    judge, done = sheet_drafts.judge, list[Any]()

    def judged(*given: Any) -> None:
        judge(*given)
        done.append(act())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet_drafts, "judge", judged)
        yield done


def test_somebody_else_saves_while_a_sheet_is_judged(
    campaign: App, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = person(campaign, CLERK)
    monkeypatch.setattr(db, "PATIENCE", 3 * db.LOOK)

    def save() -> int:
        with campaign.transaction() as tx:
            return next_number(tx, "others")

    with meanwhile(save) as saved:
        id = ledger_import.create(campaign, CONTENT, filename="台账.csv", viewer=viewer).id
        ledger_import.remap(campaign, id, viewer=viewer, defaults={"finder": "乙"}, **MEANT)
        ledger_import.start(campaign, id, viewer=viewer)
    assert saved == [1, 2, 3]


def test_what_was_judged_of_a_sheet_that_changed_meanwhile_is_not_noted(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    id = ledger_import.create(campaign, CONTENT, filename="台账.csv", viewer=viewer).id
    left_out: dict[str, Any] = {**MEANT, "columns": {"text": ""}}

    def other() -> None:
        changed.append(1)
        if len(changed) == 1:
            ledger_import.remap(campaign, id, viewer=viewer, defaults={}, **left_out)

    changed: list[int] = []
    with meanwhile(other), pytest.raises(Conflict, match="刚被修改"):
        ledger_import.start(campaign, id, viewer=viewer)
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"error": 3}
    with pytest.raises(Conflict, match="有错误"):
        ledger_import.start(campaign, id, viewer=viewer)


def test_of_two_starts_at_once_one_is_refused(campaign: App, person: Person) -> None:
    viewer = person(campaign, CLERK)
    id = ledger_import.create(campaign, CONTENT, filename="台账.csv", viewer=viewer).id
    begun: list[int] = []

    def other() -> None:
        begun.append(1)
        if len(begun) == 1:
            ledger_import.start(campaign, id, viewer=viewer)

    with meanwhile(other), pytest.raises(Conflict, match="已经开始"):
        ledger_import.start(campaign, id, viewer=viewer)
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"pending": 3}


def test_rows_that_somebody_judged_otherwise_meanwhile_are_noted_as_they_were_judged_last(
    campaign: App, person: Person
) -> None:
    viewer = person(campaign, CLERK)
    id = ledger_import.create(campaign, CONTENT, filename="台账.csv", viewer=viewer).id

    def other() -> None:
        with campaign.transaction() as tx:
            tx.scalars(select(ImportRow).where(ImportRow.row == 2)).one().status = "error"

    with meanwhile(other):
        ledger_import.remap(campaign, id, viewer=viewer, defaults={}, **MEANT)
    assert ledger_import.show(campaign, id, viewer=viewer).counts == {"ready": 3}
