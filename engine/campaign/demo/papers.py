"""Adds a few documents at different steps of their life to the sample installation, through the verbs."""

from engine.app import App
from engine.campaign import document_approval, documents, people
from engine.campaign.demo.sample import read


def write_papers(app: App) -> None:
    """Draft all of the sample file; submit and approve those that say so. The clock stands at the end of the story."""
    for row in read("papers")["documents"]:
        drafter = people.viewer(people.show(app, row["by"]))
        wanted = {name: row[name] for name in ("type", "hazard", "to_unit", "body", "officers") if name in row}
        made = documents.draft(app, wanted, viewer=drafter)
        if row.get("submitted") or row.get("approved_by"):
            document_approval.submit(app, made.id, viewer=drafter)
        if row.get("approved_by"):
            approver = people.viewer(people.show(app, row["approved_by"]))
            document_approval.approve(app, made.id, opinion="同意", viewer=approver)
