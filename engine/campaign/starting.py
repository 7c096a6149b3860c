"""Starting an instance by hand so that a repeated request starts one; who may start which process is the diagram's."""

from collections.abc import Mapping
from typing import Any

from engine.app import App
from engine.bpm import instances, starters
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.campaign import once


def start(
    app: App, definition: str, values: Mapping[str, Any], *, viewer: Viewer, version: int | None = None,
    business_key: str | None = None, key: str | None = None,
) -> View:  # fmt: skip
    """Start the newest (or the given) version; the same ``key`` answers the first instance again, as it stands now.

    Raises NotFound, NotAllowed, Conflict while the process is suspended, Invalid, TooLarge for variables.
    """
    starters.require(app, definition, version, viewer)
    now = app.clock()
    with app.transaction() as tx:
        made = once.earlier(tx, viewer, "instance", key)
        if made is None:
            made = instances.start_in(
                tx, app, definition, values, by=viewer.name, now=now, business_key=business_key, version=version
            )
            once.note(tx, viewer, "instance", key, made)
        return instances.shown(tx, app, made)
