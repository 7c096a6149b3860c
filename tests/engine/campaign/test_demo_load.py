"""Loading the sample installation: once, into an empty database, completely; afterwards its own clock runs on."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import demo_clock
from engine.app import App
from engine.bpm import timers
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, places, units
from engine.campaign.case_model import Rung
from engine.campaign.demo import load as sample
from engine.campaign.demo.journey import Journey, Step
from engine.campaign.demo.sample import cases
from engine.errors import Conflict


def test_sample_data_never_mixes_with_real_places(street: App, root: Viewer) -> None:
    given = {"name": "示例店", "kind": "九小场所", "place_kind": "九小", "grid": "GH-01"}
    places.create(street, given, viewer=root)

    assert not sample.is_empty(street)
    with pytest.raises(Conflict):
        sample.load(street)
    assert not demo_clock.is_demo(street)


def test_loading_that_was_broken_off_is_told_and_never_taken_for_complete(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(*_: object) -> int:
        raise KeyboardInterrupt

    clock = app.clock
    monkeypatch.setattr(Journey, "drive", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        sample.load(app)

    assert app.clock is clock
    with pytest.raises(Conflict) as refusal:
        sample.is_empty(app)
    assert "BIHUAN_DATA_DIR" in refusal.value.message


def test_an_account_that_was_there_before_keeps_its_password(street: App) -> None:
    """The operator may have made the admin before loading the sample data."""
    from engine.campaign import accounts, people
    from engine.campaign.demo.registers import write_registers

    people.create(street, "admin", password="my-own-secret", unit=None, roles=["admin"], by=None)
    write_registers(street)

    assert accounts.open_session(street, "admin", "my-own-secret").person.admin
    assert accounts.open_session(street, "clerk-safety-office", "bihuan-demo").person.unit == "safety_office"
    assert units.show(street, "GH", viewer=Viewer("x")).name == "桂花社区"


def test_a_step_that_cannot_be_done_names_its_case(campaign: App) -> None:
    journey = Journey(campaign, campaign.clock())
    campaign.clock = journey.clock
    at = campaign.clock() + timedelta(hours=1)

    with pytest.raises(Conflict) as refusal:
        journey.drive([Step(at, "YQ-2026-0999", "rectify", "secretary-gh")])

    assert "YQ-2026-0999" in refusal.value.message
    assert "rectify" in refusal.value.message


def test_sample_cases_are_numbered_without_gaps_and_end_before_the_demo_begins(app: App) -> None:
    steps = cases(app.zone)
    registered = sorted(step.case for step in steps if step.do == "register")

    assert registered == [f"YQ-2026-09{n:02d}" for n in range(1, 17)] + [f"YQ-2026-10{n:02d}" for n in range(1, 7)]
    assert max(step.at for step in steps) < sample.DEMO_NOW


def test_the_demo_day_goes_on_by_itself(loaded: App, root: Viewer) -> None:
    """From the loaded state, winding on one day makes the street supervise 0904, as the sample table says."""
    app = loaded
    app.clock = demo_clock.ProcessTime(app)
    assert sample.DEMO_NOW <= app.clock() < sample.DEMO_NOW + timedelta(hours=2)

    demo_clock.move(app, datetime(2026, 10, 13, 0, 31, tzinfo=UTC) - app.clock())
    while timers.fire_next(app):
        pass

    assert hazards.show(app, "YQ-2026-0904", viewer=root).lamp == "deep_red"
    with app.reading() as tx:
        rungs = tx.execute(select(Rung.step, Rung.at).where(Rung.hazard == "YQ-2026-0904").order_by(Rung.at)).all()
    assert rungs[-1] == ("E2", datetime(2026, 10, 13, 0, 30, tzinfo=UTC))
