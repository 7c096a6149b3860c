"""The composition root: the one place that joins the engine with the campaign; holds no rule of its own."""

from engine import campaign, demo_clock
from engine.app import App
from engine.settings import Settings


def compose(settings: Settings) -> App:
    """An App with the operators and functions of the campaign; on a demo installation with its demo clock."""
    app = App(settings)
    campaign.register(app)
    app.clock = demo_clock.ProcessTime(app)
    return app
