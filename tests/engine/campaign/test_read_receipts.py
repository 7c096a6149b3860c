"""Who has read what: the first time counts, to whom it is not addressed it does not exist, the sender sees the list."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest

from engine.app import App
from engine.bpm import notices
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import documents, hazards, read_receipts
from engine.campaign.case_model import Hazard
from engine.errors import NotFound
from engine.said import Said, english, joined
from tests.engine.campaign.test_documents import LETTER, strokes

Person = Callable[[App, str], Viewer]
NUMBER = "YQ-2026-0901"


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


@pytest.fixture
def told(campaign: App, clerk: Viewer) -> str:
    """A notice of a hazard to its inspector; answers its id."""
    hazards.register(campaign, {"place": "P001", "code": "RF-05", "text": "插线板串接"}, viewer=clerk)
    with campaign.transaction() as tx:
        return notices.queue(
            campaign, tx, recipient="inspector-sm-01", subject="请复查", body="…", now=campaign.clock(),
            instance_id=tx.get_one(Hazard, NUMBER).instance_id,
        )  # fmt: skip


def test_a_notice_is_read_once_by_whom_it_is_to_and_the_sender_sees_it(
    campaign: App, told: str, clerk: Viewer, person: Person
) -> None:
    inspector = person(campaign, "inspector-sm-01")
    assert [row.id for row in read_receipts.list_notices(campaign, inspector, unread=True).items] == [told]
    threads = [
        Thread(target=read_receipts.read_notice, args=[campaign, told], kwargs={"viewer": inspector}) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = read_receipts.read_notice(campaign, told, viewer=inspector)
    again = read_receipts.read_notice(campaign, told, viewer=inspector)
    assert first.read_at == again.read_at == campaign.clock()
    assert read_receipts.list_notices(campaign, inspector, unread=True).total == 0
    (sent,) = [row for row in read_receipts.sent_about(campaign, NUMBER, viewer=clerk).items if row.id == told]
    assert [(reader.person, reader.at) for reader in sent.readers] == [("inspector-sm-01", first.read_at)]
    with pytest.raises(NotFound):
        read_receipts.read_notice(campaign, told, viewer=person(campaign, "inspector-gh-01"))
    with pytest.raises(NotFound):
        read_receipts.sent_about(campaign, NUMBER, viewer=person(campaign, "officer-police-station"))


def test_a_document_is_read_when_its_receiver_opens_it_and_not_by_its_makers(
    campaign: App, clerk: Viewer, person: Person
) -> None:
    leader, secretary = person(campaign, "leader-street"), person(campaign, "secretary-gh")
    made = documents.draft(campaign, {**LETTER, "to_unit": "GH"}, viewer=clerk)
    with pytest.raises(NotFound):
        read_receipts.opened(campaign, made.id, viewer=secretary)
    life.submit(campaign, made.id, viewer=clerk)
    life.approve(campaign, made.id, viewer=leader)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    life.issue(campaign, made.id, viewer=leader)
    for viewer in (clerk, leader, secretary, secretary):
        read_receipts.opened(campaign, made.id, viewer=viewer)
    assert [reader.person for reader in read_receipts.readers(campaign, made.id, viewer=clerk)] == ["secretary-gh"]
    with pytest.raises(NotFound):
        read_receipts.readers(campaign, made.id, viewer=secretary)


def test_a_notice_leads_to_its_hazard_and_all_that_was_shown_is_read_at_once(
    campaign: App, told: str, clerk: Viewer, person: Person
) -> None:
    inspector, shown = person(campaign, "inspector-sm-01"), campaign.clock()
    with campaign.transaction() as tx:
        for to, subject in (("inspector-sm-01", f"【整改】隐患 {NUMBER}：明天到期"), ("inspector", "与案件无关")):
            notices.queue(campaign, tx, recipient=to, subject=subject, body="…", now=shown)
    found = {row.subject: row.hazard for row in read_receipts.list_notices(campaign, inspector).items}
    assert found == {"请复查": NUMBER, f"【整改】隐患 {NUMBER}：明天到期": NUMBER, "与案件无关": None}
    outsider = person(campaign, "inspector-gh-01")
    assert [row.hazard for row in read_receipts.list_notices(campaign, outsider).items] == [None]
    with campaign.transaction() as tx:
        later = shown + timedelta(minutes=1)
        notices.queue(campaign, tx, recipient="inspector-sm-01", subject="刚到", body="…", now=later)
    assert [read_receipts.read_all(campaign, until=shown, viewer=inspector) for _ in range(2)] == [3, 0]
    assert [row.subject for row in read_receipts.list_notices(campaign, inspector, unread=True).items] == ["刚到"]
    assert read_receipts.list_notices(campaign, outsider, unread=True).total == 1


def test_a_notice_has_the_english_that_its_text_brings_and_is_sent_in_chinese(
    campaign: App, clerk: Viewer, person: Person
) -> None:
    inspector, now = person(campaign, "inspector-sm-01"), campaign.clock()
    body = joined("\n", "\n", (Said("请复查", "Please re-inspect"), "插线板串接"))
    with campaign.transaction() as tx:
        for subject in (Said("请 复查", "Please\nre-inspect"), "本室自拟的通知"):
            notices.queue(campaign, tx, recipient=inspector.name, subject=subject, body=body, now=now)
    rows = {str(row.subject): row for row in read_receipts.list_notices(campaign, inspector).items}
    assert english(rows["请 复查"].subject) == "Please re-inspect"
    assert english(rows["请 复查"].body) == "Please re-inspect\n插线板串接"
    assert english(rows["本室自拟的通知"].subject) == "本室自拟的通知"
    while (taken := notices.claim_next(campaign)) is not None:
        assert taken.body == "请复查\n插线板串接"
        notices.mark_sent(campaign, taken)
