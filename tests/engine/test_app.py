"""The one commit: what the database refuses becomes a sentence, and a fault of the program stays one."""

import pytest
from sqlalchemy.exc import IntegrityError

from engine.app import App
from engine.campaign.model import NumberRegister
from engine.errors import Conflict


def test_what_somebody_else_wrote_at_the_same_moment_is_a_conflict(app: App) -> None:
    with app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10", last=1))
    with pytest.raises(Conflict, match="刷新后重试"), app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10", last=1))


def test_a_value_that_must_not_be_missing_is_a_fault_of_the_program(app: App) -> None:
    with pytest.raises(IntegrityError), app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10"))
