"""A rule of duties.yaml changes: what has not begun follows it, what has begun keeps the rule of its day."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import duties, duty_creation, duty_kinds
from engine.campaign.duty_model import Duty
from tests.engine.campaign.test_duties import plan, shanghai, the_duty

LEADER = "leader-street"
Change = Callable[[Callable[[dict[str, Any]], None]], None]


@pytest.fixture
def changed_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Another file of rules in the place of the one that is shipped."""
    given = yaml.safe_load(duty_kinds.RULES.read_text(encoding="utf-8"))

    def change(how: Callable[[dict[str, Any]], None]) -> None:
        how(given)
        path = tmp_path / "duties.yaml"
        path.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
        monkeypatch.setattr(duty_kinds, "RULES", path)
        duty_kinds.rules.cache_clear()

    yield change
    monkeypatch.undo()
    duty_kinds.rules.cache_clear()


def rule(given: dict[str, Any], key: str) -> dict[str, Any]:
    return next(row for row in given["kinds"] if row["key"] == key)


def quarterly_from_october(given: dict[str, Any]) -> None:
    """Leaders hear reports once a quarter from 1 October on; yearly statistics are due ten days earlier."""
    given["version"] = "2026.2"
    old = rule(given, "leader_hear")
    new = {**old, "rhythms": [{"rhythm": "quarter", "clock": ""}], "from": date(2026, 10, 1)}
    old["to"] = date(2026, 9, 30)
    given["kinds"].insert(given["kinds"].index(old) + 1, {**new, "office": "safety_office"})
    rule(given, "statistics_year")["due"]["day"] = 21


def test_what_has_not_begun_follows_a_changed_rule_and_what_has_begun_keeps_its_own(
    campaign: App, root: Viewer, changed_rules: Change
) -> None:
    campaign.clock.now = shanghai("2026-09-25T08:00")  # type: ignore[attr-defined]
    plan(campaign)
    begun, ahead = the_duty(campaign, "leader_hear", "2026-09", LEADER), the_duty(campaign, "leader_hear", "2026-10")
    with campaign.transaction() as tx:
        duty_creation.begin_in(tx, campaign, tx.get_one(Duty, begun.id), campaign.clock())
    assert the_duty(campaign, "statistics_year", "2026").due_at == shanghai("2027-02-02T00:00")

    changed_rules(quarterly_from_october)
    campaign.clock.advance(days=1)  # type: ignore[attr-defined]
    plan(campaign)

    kept = duties.show(campaign, begun.id, viewer=root)
    assert (kept.state, kept.due_at, kept.office, kept.rule_version) == ("open", begun.due_at, begun.office, "2026.1")
    assert (kept.rule_from, kept.rule_to) == (date(2024, 1, 1), date(2026, 9, 30))
    dropped = duties.show(campaign, ahead.id, viewer=root)
    assert dropped.state == "excused" and "2026-10-01 起施行，版本 2026.2" in dropped.reason
    new = duties.show(campaign, the_duty(campaign, "leader_hear", "2026-Q4", LEADER).id, viewer=root)
    assert (new.office, new.rule_from, new.rule_to, new.state) == ("safety_office", date(2026, 10, 1), None, "open")
    moved = the_duty(campaign, "statistics_year", "2026")
    assert (moved.due_at, moved.rule_version, moved.state) == (shanghai("2027-01-22T00:00"), "2026.2", "open")


def test_a_rule_that_ends_asks_for_no_period_that_begins_after_it(
    campaign: App, root: Viewer, changed_rules: Change
) -> None:
    campaign.clock.now = shanghai("2026-09-25T08:00")  # type: ignore[attr-defined]
    plan(campaign)
    ahead = the_duty(campaign, "leader_hear", "2026-10", LEADER)

    def ends(given: dict[str, Any]) -> None:
        given["version"] = "2026.2"
        rule(given, "leader_hear")["to"] = date(2026, 9, 30)

    changed_rules(ends)
    campaign.clock.advance(days=1)  # type: ignore[attr-defined]
    plan(campaign)

    assert "2026-10-01 没有施行中的规则" in duties.show(campaign, ahead.id, viewer=root).reason
    still = the_duty(campaign, "leader_hear", "2026-09", LEADER)
    assert (still.state, still.rule_version) == ("open", "2026.2")
