"""What the three-year campaign adds to the BPM engine: registers, the ledger of hazards, and the operators of its
diagrams.
"""

from functools import partial

from engine.app import App


def register(app: App) -> None:
    """Make the campaign known to an installation; called once by the composition root."""
    # Imported here, so that the tables can be imported without the operators.
    from engine.campaign import (  # noqa: F401
        activity_model,
        arming,
        calendar_model,
        campaign_model,
        checklist_model,
        clock_rules,
        closure_model,
        court_clock,
        court_model,
        crime_model,
        deferral_model,
        document_clocks,
        document_model,
        duty_recounting,
        exchange_model,
        inbox_model,
        measure_checks,
        measure_model,
        membership,
        moving,
        operators,
        outline_model,
        paper_clocks,
        patrol_planning,
        picture_model,
        publicity,
        receipt_model,
        registers_model,
        scope,
        snapshot_model,
        started_clocks,
        statutes,
        task_acts,
        told,
        unit_listing_model,
        wording,
    )

    operators.register(app)
    task_acts.register(app)
    measure_checks.register(app)
    wording.register(app)
    patrol_planning.register(app)
    app.functions.update(clock_rules.FUNCTIONS)
    app.sights.append(scope.cases)
    app.own_parts.append(told.own_part)
    app.rules.append(statutes.check)
    app.moved.append(moving.follow)
    app.stepped.append(paper_clocks.follow_tasks)
    app.projections += [moving.reproject, arming.arm_old, publicity.reproject, document_clocks.reproject]
    app.projections += [court_clock.follow_old, started_clocks.follow_old, duty_recounting.reproject]
    app.groups = partial(membership.inhabited, app)
    app.peopled, app.accounts = membership.peopled, membership.accounts
