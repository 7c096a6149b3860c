"""Who may start a process directly: whom its diagram names, everybody when it names nobody, and always an admin."""

from engine.app import App
from engine.bpm.definitions import find
from engine.bpm.viewer import Viewer
from engine.errors import NotAllowed


def require(app: App, key: str, version: int | None, viewer: Viewer) -> None:
    """Raise NotAllowed unless this person may start the newest (or the given) version; NotFound when there is none."""
    with app.reading() as tx:
        definition = find(tx, key, version)
    starters = app.model(definition.bundle_hash, definition.key).processes[key].starters
    if viewer.admin or not starters or set(starters) & set(viewer.candidates):
        return
    named = "、".join(starter.partition(":")[2] for starter in starters)
    raise NotAllowed(
        f"流程“{definition.name}”只能由 {named} 发起，请联系他们办理。",
        en=f"Definition {key} may be started directly only by {named}.",
    )
