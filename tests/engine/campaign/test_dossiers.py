"""The dossier of a major hazard in the sample installation: what it holds, what it lacks, who may open it."""

from collections.abc import Callable

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import document_serving, documents, dossiers, places
from engine.errors import Conflict, NotFound
from tests.engine.campaign.test_documents import strokes

Person = Callable[[App, str], Viewer]
MAJOR = "YQ-2026-0908"


def test_it_holds_everything_and_says_what_is_missing(demo: App, root: Viewer) -> None:
    found = dossiers.show(demo, MAJOR, viewer=root)

    parts = {part.title: part for part in found.parts}
    assert {title for title, part in parts.items() if part.present} == {
        "判定依据", "同日报告", "临时管控", "挂牌督办提请", "部门处理结果",
    }  # fmt: skip
    assert parts["同日报告"].text.startswith("按时")
    assert "资金" in parts["治理方案（五落实）"].text and "2026-10-08" in parts["治理方案（五落实）"].text
    assert not found.complete
    assert [each.kind for each in found.transfers] == ["停用提请"]
    assert found.transfers[0].decision == "责令停用"
    assert {row.kind for row in found.deadlines} >= {"整改", "治理方案", "交办签收"}
    assert found.story and found.papers and found.hazard.is_major


def test_the_department_it_was_sent_to_opens_it_and_a_stranger_does_not(demo: App, person: Person) -> None:
    department = person(demo, "officer-urban-management")
    assert dossiers.show(demo, MAJOR, viewer=department).transfers
    with pytest.raises(NotFound):
        dossiers.show(demo, MAJOR, viewer=person(demo, "officer-housing-bureau"))


def test_the_head_and_the_controller_are_told_with_proof(changed: App, root: Viewer, person: Person) -> None:
    def told() -> dossiers.Part:
        parts = dossiers.show(changed, MAJOR, viewer=root).parts
        return next(part for part in parts if part.title == "告知主要负责人、实际控制人")

    clerk, leader = person(changed, "clerk-safety-office"), person(changed, "leader-street")
    place = places.show(changed, dossiers.show(changed, MAJOR, viewer=root).hazard.place, viewer=root)
    change = {"head": "张负责", "actual_controller": "李控制"}
    places.update(changed, place.id, change, revision=place.revision, reason="核对", viewer=root)
    assert told().text == "尚未送达主要负责人、实际控制人"
    made = documents.draft(changed, {"type": "重大事故隐患告知书", "hazard": MAJOR}, viewer=clerk)
    assert (made.body["head"], made.body["actual_controller"]) == ("张负责", "李控制")
    life.approve(changed, life.submit(changed, made.id, viewer=clerk).id, viewer=leader)
    life.sign(changed, made.id, strokes(), viewer=clerk)
    life.issue(changed, made.id, viewer=leader)
    given = {
        "way": "直接送达",
        "place": "店内",
        "at": changed.clock(),
        "witnesses": [],
        "refusal_note": "",
        "tracking": "",
    }
    for name, text in (("张负责", "尚未送达实际控制人"), ("李控制", "主要负责人、实际控制人均已送达")):
        document_serving.serve(
            changed, made.id, {**given, "recipient": name, "signed_by": name, "tracking": ""}, viewer=clerk
        )
        assert told().text == text
    assert told().present


def test_an_ordinary_hazard_has_none(demo: App, root: Viewer) -> None:
    with pytest.raises(Conflict):
        dossiers.show(demo, "YQ-2026-0902", viewer=root)
