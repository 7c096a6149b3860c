"""What the sample story does beside the cases of hazards: papers that are served, the way to the court, a unit that is
listed as a whole.
"""

import io
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import court_list, document_approval, document_serving, documents, unit_listings

Who = Callable[[str], Viewer]


def act(app: App, do: str, case: str, values: Mapping[str, Any], who: Who, by: str) -> None:
    """One step: paper (drafted, approved by ``head``; signed, issued and served where ``served`` says how), court or
    listing.
    """
    if do == "paper":
        _serve(app, case, values, who, by)
    elif do == "court":
        decision = documents.list_documents(app, who(by), hazard=case, type=values["decision"]).items[0]
        given = {"hazard": case, "document": decision.id, "demand": values["demand"], "due_on": values["due_on"]}
        court_list.start(app, given, viewer=who(by))
    else:
        unit_listings.propose(app, values, viewer=who(by))


def _serve(app: App, hazard: str, values: Mapping[str, Any], who: Who, by: str) -> None:
    drafter, officers, head = who(by), values["officers"], who(values["head"])
    wanted = {"type": values["type"], "hazard": hazard, "body": values["body"], "officers": officers}
    made = documents.draft(app, wanted, viewer=drafter)
    document_approval.submit(app, made.id, viewer=drafter)
    document_approval.approve(app, made.id, opinion="同意", viewer=head)
    if "served" not in values:
        return  # it only has to be approved
    for officer in officers:
        document_approval.sign(app, made.id, _strokes(), viewer=who(officer))
    document_approval.issue(app, made.id, viewer=head)
    served = {"place": "", "signed_by": "", "witnesses": [], "refusal_note": "", "tracking": "", **values["served"]}
    document_serving.serve(app, made.id, {**served, "at": app.clock()}, viewer=drafter)


def _strokes() -> bytes:
    """A signature as a device sends it."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()
