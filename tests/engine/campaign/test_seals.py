"""The limits of a seal hold in the register itself, whatever a diagram or a form lets through."""

from datetime import UTC, date, datetime

import pytest

from engine.app import App
from engine.campaign import measures
from engine.campaign.case_model import Measure
from engine.errors import Conflict, Invalid

START = date(2026, 9, 7)


def check(app: App, ends: str, *, hazard: str = "YQ-2026-0001", extends: Measure | None = None) -> None:
    """Ask for a seal, or its extension, that ends at this local moment."""
    ends_at = datetime.fromisoformat(f"{ends}+08:00").astimezone(UTC)
    with app.transaction() as tx:
        measures.require_lawful_seal(tx, app, hazard, "查封", starts_on=START, ends_at=ends_at, extends=extends)


def test_a_seal_lasts_thirty_days_and_not_a_minute_more(app: App) -> None:
    check(app, "2026-10-08T00:00:00")
    with pytest.raises(Invalid, match="第二十五条"):
        check(app, "2026-10-08T00:01:00")


def test_an_extension_ends_after_sixty_days_and_comes_once(app: App) -> None:
    check(app, "2026-11-07T00:00:00", extends=Measure(extended_at=None))
    with pytest.raises(Invalid, match="60 日"):
        check(app, "2026-11-07T00:01:00", extends=Measure(extended_at=None))
    with pytest.raises(Conflict, match="不得再次延长"):
        check(app, "2026-11-01T00:00:00", extends=Measure(extended_at=datetime(2026, 9, 22, tzinfo=UTC)))


def test_what_is_sealed_is_not_sealed_again(demo: App) -> None:
    with pytest.raises(Conflict, match="第二十三条"):
        check(demo, "2026-10-08T00:00:00", hazard="YQ-2026-0909")


def test_days_of_tests_do_not_count(app: App) -> None:
    def tested(ends: str, days: int, extends: Measure | None = None) -> None:
        ends_at = datetime.fromisoformat(f"{ends}+08:00").astimezone(UTC)
        with app.transaction() as tx:
            measures.require_lawful_seal(
                tx, app, "YQ-2026-0001", "查封", starts_on=START, ends_at=ends_at, extends=extends, tested_days=days
            )

    tested("2026-10-18T00:00:00", 10)
    tested("2026-11-17T00:00:00", 10, Measure(extended_at=None))
    with pytest.raises(Invalid, match="第二十五条"):
        tested("2026-10-18T00:01:00", 10)
