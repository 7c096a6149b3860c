"""What the three-year campaign adds to the BPM engine: registers, the ledger of hazards, and the operators of its
diagrams.
"""

from engine.app import App


def register(app: App) -> None:
    """Make the campaign known to an installation; called once by the composition root."""
    from engine.campaign import operators, scope, statutes  # the tables here must be importable without the operators

    operators.register(app)
    app.sights.append(scope.cases)
    app.rules.append(statutes.check)
