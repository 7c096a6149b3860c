"""The versions of a document: what was changed and said each time, and what of it others see."""

from collections.abc import Callable

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import document_versions, documents
from engine.errors import NotFound
from tests.engine.campaign.test_documents import LETTER, strokes

Person = Callable[[App, str], Viewer]


def test_the_organ_sees_each_version_and_whom_it_is_for_the_one_that_was_approved(
    campaign: App, person: Person
) -> None:
    clerk, leader = person(campaign, "clerk-safety-office"), person(campaign, "leader-street")
    made = documents.draft(campaign, {**LETTER, "to_unit": "GH"}, viewer=clerk)
    life.submit(campaign, made.id, viewer=clerk)
    back = life.reject(campaign, made.id, opinion="请写明事由", viewer=leader)
    documents.edit(campaign, made.id, revision=back.revision, body={"subject": "夜查"}, viewer=clerk)
    life.submit(campaign, made.id, viewer=clerk)
    life.approve(campaign, made.id, opinion="同意", viewer=leader)
    first, second = document_versions.list_versions(campaign, made.id, viewer=leader)
    assert (first.body["subject"], first.outcome, first.opinion) == ("巡查", "rejected", "请写明事由")
    assert (second.body["subject"], second.changed, second.outcome) == ("夜查", ["事由"], "approved")
    for_whom = person(campaign, "secretary-gh")
    with pytest.raises(NotFound):
        document_versions.list_versions(campaign, made.id, viewer=for_whom)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    life.issue(campaign, made.id, viewer=leader)
    (seen,) = document_versions.list_versions(campaign, made.id, viewer=for_whom)
    assert (seen.version, seen.outcome, seen.opinion, seen.changed) == (2, "approved", "", [])
