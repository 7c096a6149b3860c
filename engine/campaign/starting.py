"""What comes to processes from outside, once however often it is repeated: instances started by hand, messages."""

from collections.abc import Mapping
from typing import Any

from engine.app import App
from engine.bpm import instances, messages, starters
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.campaign import once


def start(
    app: App, definition: str, values: Mapping[str, Any], *, viewer: Viewer, version: int | None = None,
    business_key: str | None = None, key: str | None = None,
) -> View:  # fmt: skip
    """Start the newest (or the given) version; the same ``key`` answers the first instance again, as it stands now.

    Who may start it is the diagram's. Raises NotFound, NotAllowed, Conflict while the process is suspended, Invalid,
    TooLarge for variables.
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


def send(
    app: App, name: str, correlation: Mapping[str, Any], values: Mapping[str, Any], *, viewer: Viewer,
    key: str | None = None,
) -> int:  # fmt: skip
    """Send a message as ``messages.send`` does; the same ``key`` sends it once and answers the first result again.

    One that nobody took leaves no trace of its key: it can be sent again. Raises NotFound, Conflict, Invalid, TooLarge.
    """
    now = app.clock()
    with app.transaction() as tx:
        if made := once.earlier(tx, viewer, "message", key):
            return int(made)
        receivers = messages.send_in(tx, app, name, correlation, values, by=viewer.name, now=now)
        once.note(tx, viewer, "message", key, str(receivers))
        return receivers
