"""The inbox on both databases: what came, what was sent, whose turn it is, what is new, and who sees nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import (
    crime_list,
    documents,
    hazards,
    inbox,
    inbox_items,
    measure_work,
    people,
    returning_clauses,
    transfers,
)
from engine.campaign.demo.journey import Journey
from engine.campaign.inbox import InboxItem
from engine.campaign.transfer_views import TransferView
from engine.errors import Conflict, NotFound
from tests.bpmn.sealing import DRAFT, FACTS, STEPS

CLERK, COMMITTEE, STRANGER = "clerk-safety-office", "clerk-safety-committee-office", "officer-market-bureau"


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


@pytest.fixture
def journey(campaign: App) -> Journey:
    """The sample registers, the shipped diagrams, and one hazard on 2026-10-12 09:00."""
    journey = Journey(campaign, local("2026-10-12 09:00"))
    campaign.clock = journey.clock
    hazards.register(campaign, {"place": "P019", "code": "RF-03", "text": "气瓶不合格"}, viewer=who(campaign, CLERK))
    return journey


def who(app: App, name: str) -> Viewer:
    return people.viewer(people.show(app, name))


def officer(app: App, unit: str | None) -> Viewer:
    return who(app, f"officer-{(unit or '').replace('_', '-')}")


def begun(app: App) -> TransferView:
    [hazard] = hazards.list_hazards(app, who(app, CLERK), status="all").items
    return transfers.start(app, {"hazard": hazard.number, "reason": "拒不配合"}, viewer=who(app, CLERK))


def box(app: App, viewer: Viewer, **wanted: Any) -> list[InboxItem]:
    return list(inbox.list_items(app, viewer, **wanted).items)


def turns(app: App, viewer: Viewer, **wanted: Any) -> list[tuple[str, str, bool]]:
    return [(item.kind, item.state, item.mine) for item in box(app, viewer, **wanted)]


def test_a_transfer_stands_in_the_box_of_whose_turn_it_is(journey: Journey, app: App) -> None:
    made = begun(app)
    department, clerk = officer(app, made.unit), who(app, CLERK)
    [item] = box(app, department)
    assert (item.key, item.state, item.mine, item.lamp, item.unread) == (made.number, "待签收", True, "orange", True)
    assert (item.due_at, item.receiver, item.hazard) == (made.sign_due_at, made.unit, made.hazard)
    assert box(app, who(app, "officer-civil-affairs")) == []
    assert [(item.kind, item.title) for item in box(app, who(app, STRANGER))] == [("letter", "协办")]  # it helps
    assert turns(app, clerk) == [] and turns(app, clerk, box="sent", kind="transfer") == [("transfer", "待签收", False)]
    helping = [each.unit for each in made.competent if each.unit != made.unit]
    assert turns(app, clerk, box="sent", kind="letter") == [("letter", "待签收", False)] * len(helping)

    transfers.give_back(app, made.number, clause="某法第一条", reason="不属本部门职责", viewer=department)
    assert turns(app, department) == [("transfer", "待裁定", False)]  # it still sees what it gave back
    assert turns(app, who(app, COMMITTEE)) == [("transfer", "待裁定", True)]
    transfers.arbitrate(app, made.number, body="fire_rescue", reason="消防牵头", viewer=who(app, COMMITTEE))
    fire = officer(app, "fire_rescue")
    assert turns(app, fire, waiting="mine") == [("transfer", "待签收", True)]
    transfers.sign(app, made.number, viewer=fire)
    transfers.answer(app, made.number, decision="责令改正", text="已责令改正", viewer=fire)
    assert turns(app, clerk) == [("transfer", "待研判", True)]
    assert turns(app, fire, waiting="others") == [("transfer", "待研判", False)]
    transfers.review(app, made.number, next_step="track", viewer=clerk)
    assert (
        turns(app, fire, waiting="over", kind="transfer") == [("transfer", "已办结", False)]
        and box(app, fire, waiting="open") == []
    )
    assert inbox.show(app, "transfer", made.number, viewer=fire).turn is None


def test_what_was_read_is_new_again_when_it_moves_on(journey: Journey, app: App) -> None:
    made = begun(app)
    department, colleague = officer(app, made.unit), who(app, f"head-{(made.unit or '').replace('_', '-')}")
    assert not inbox.mark_read(app, "transfer", made.number, viewer=department).unread
    assert not inbox.mark_read(app, "transfer", made.number, viewer=department).unread  # twice is once
    assert box(app, department, unread=True) == [] and len(box(app, colleague, unread=True)) == 1
    transfers.sign(app, made.number, viewer=colleague)
    assert len(box(app, department, unread=True)) == 1
    [line] = inbox.counts(app, department)
    assert (line.box, line.kind, line.open, line.mine, line.overdue, line.unread) == (
        "received",
        "transfer",
        1,
        1,
        0,
        1,
    )
    journey.wind_to(local("2026-10-21 09:00"))
    assert [line.overdue for line in inbox.counts(app, department) if line.kind == "transfer"] == [1]
    assert [item.lamp for item in box(app, department, kind="transfer", overdue=True)] == ["red"]
    with pytest.raises(NotFound):
        inbox.mark_read(app, "transfer", made.number, viewer=who(app, "officer-civil-affairs"))
    with pytest.raises(NotFound):
        inbox.show(app, "letter", made.number, viewer=department)


def test_it_is_found_by_number_place_and_hazard_literally(journey: Journey, app: App) -> None:
    made = begun(app)
    department = officer(app, made.unit)
    for words in (made.number, made.hazard, made.place_name, "移交"):
        assert len(box(app, department, q=words)) == 1, words
    assert box(app, department, q="%") == [] and box(app, department, q="YJ_2026") == []


def test_until_when_it_can_be_given_back_is_said_and_why_not_any_more(journey: Journey, app: App) -> None:
    made = begun(app)
    department = officer(app, made.unit)
    shown = transfers.show(app, made.number, viewer=department)
    assert (shown.may_return, shown.return_due_at, shown.return_refusal) == (True, local("2026-10-20 00:00"), "")
    journey.wind_to(local("2026-10-20 09:00"))
    late = transfers.show(app, made.number, viewer=department)
    assert not late.may_return and "T46" in late.return_refusal and late.return_due_at is None
    with pytest.raises(Conflict, match="T46"):
        transfers.give_back(app, made.number, clause="某条", reason="不属本部门", viewer=department)
    assert all(one.clause and one.note == "示例规则，需法制审核" for one in returning_clauses.clauses())


def step(app: App, element: str, name: str, **values: Any) -> None:
    with app.reading() as tx:
        [id] = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open"))
    tasks.complete(app, id, values, viewer=who(app, name))


def test_a_request_goes_on_as_a_measure(journey: Journey, app: App) -> None:
    [hazard] = hazards.list_hazards(app, who(app, CLERK), status="all").items
    asked = {"hazard": hazard.number, "organ": "emergency_bureau", "reason": "拒不停用"}
    measure_work.request(app, asked, viewer=who(app, CLERK))
    one, two, head = "officer-emergency-bureau", "officer-emergency-bureau-2", "head-emergency-bureau"
    department = who(app, one)
    assert turns(app, department) == [("request", "待审查", True)]
    step(app, "examine", one, **FACTS)
    step(app, "decide_seal", one, measure_kind="查封", seal_opinion="应当查封")
    assert turns(app, department) == [("request", "待决定实施", True)]
    step(app, "draft_seal", one, **DRAFT)
    step(app, "approve_seal", head, head_decision="approve", head_opinion="同意")
    done = journey.clock().isoformat()
    step(app, "execute_seal", one, executed_at=done, seal_officers=f"{one} {two}", **STEPS)
    assert turns(app, department, waiting="open") == [("measure", "执行中", True)]
    assert turns(app, department, waiting="over") == [("request", "已答复", False)]
    assert turns(app, who(app, CLERK), box="sent", kind="measure") == [("measure", "执行中", False)]
    assert box(app, who(app, STRANGER)) == []


def test_a_case_for_the_police_is_in_both_boxes_of_its_department(journey: Journey, app: App) -> None:
    [hazard] = hazards.list_hazards(app, who(app, CLERK), status="all").items
    organ = who(app, "officer-emergency-bureau")
    transfers.start(app, {"hazard": hazard.number, "reason": "拒", "body": "emergency_bureau"}, viewer=who(app, CLERK))
    given = {
        "hazard": hazard.number, "ground": "licence", "facts": "未经许可储存",
        "officers": ["officer-emergency-bureau", "officer-emergency-bureau-2"],
        "proofs": {"licence_record": "笔录 1 号", "danger_opinion": "意见 1 号"},
    }  # fmt: skip
    made = crime_list.start(app, given, viewer=organ)
    [item] = box(app, organ, kind="crime")
    assert (item.key, item.state, item.mine, item.due_at is not None) == (made.number, "承办", True, True)
    assert [one.key for one in box(app, organ, kind="crime", box="sent")] == [made.number]
    assert box(app, who(app, "officer-procuratorate")) == []
    assert [one.key for one in box(app, who(app, CLERK), kind="crime", box="sent")] == [made.number]
    for name in ("secretary-qs", "inspector-qs-02"):
        assert {one.kind for one in box(app, who(app, name), box="sent")} == {"letter", "transfer"}
        with pytest.raises(NotFound):
            inbox.show(app, "crime", made.number, viewer=who(app, name))


def test_the_sample_letters_stand_with_their_sender_and_receiver(demo: App, root: Viewer) -> None:
    secretary = people.viewer(people.show(demo, "secretary-yh"))
    kinds = {(item.kind, item.title) for item in box(demo, secretary, size=200)}
    assert ("letter", "交办") in kinds and ("letter", "督办") in kinds
    fire = people.viewer(people.show(demo, "officer-fire-rescue"))
    assert {(item.kind, item.hazard[-4:]) for item in box(demo, fire, waiting="open")} == {
        ("transfer", "0910"), ("measure", "0909"), ("court", "0909"), ("letter", "0908"),
    }  # fmt: skip
    everything = inbox.list_items(demo, root, size=3)
    assert everything.total > 3 and len(everything.items) == 3


def test_nobody_is_late_by_a_fix_that_was_handed_in(demo: App, root: Viewer) -> None:
    made = {item.hazard[-4:]: item for item in inbox.list_items(demo, root, box="sent", kind="letter").items}
    done, owed = made["0915"], made["0904"]
    assert (done.title, done.state, done.turn, done.due_at, done.overdue) == ("交办", "整改已提交", None, None, False)
    assert (owed.title, owed.state, owed.turn, owed.overdue) == ("交办", "待答复", "GH", True)


def test_the_sample_documents_stand_at_different_steps(demo: App, root: Viewer) -> None:
    found = documents.list_documents(demo, root).items
    assert sorted(one.state for one in found) == [*["已批准"] * 3, *["已送达"] * 4, "待审批", "起草"]
    assert {one.number for one in found if one.number} == {
        "青街安醒〔2026〕1号", "（青）消罚告〔2026〕1号", "（青）消处呈〔2026〕1号", "（青）消罚〔2026〕1号",
        "（青）消送〔2026〕1号", "（青）消执行催告〔2026〕1号", "（青）消送〔2026〕2号",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["root", CLERK, "officer-fire-rescue"])
def test_pages_one_after_the_other_are_the_whole_box_in_its_order_and_the_numbers_are_those_of_the_list(
    demo: App, root: Viewer, name: str
) -> None:
    viewer = root if name == "root" else who(demo, name)
    told = {(count.box, count.kind): count for count in inbox.counts(demo, viewer)}
    for side in inbox.BOXES:
        whole = box(demo, viewer, box=side, size=200)
        pages = [inbox.list_items(demo, viewer, box=side, page=page, size=7) for page in range(1, len(whole) // 7 + 3)]
        assert [item for page in pages for item in page.items] == whole
        assert {page.total for page in pages} == {len(whole)}
        running = [item for item in whole if item.closed_at is None]
        assert whole[: len(running)] == running
        late = datetime.max.replace(tzinfo=UTC)
        assert running == sorted(running, key=lambda item: (item.due_at or late, -item.at.timestamp(), item.key))
        for kind in inbox_items.KINDS:
            of = [item for item in running if item.kind == kind]
            count = told.get((side, kind), inbox.InboxCount(side, kind, 0, 0, 0, 0))
            assert (count.open, count.mine, count.overdue, count.unread) == (
                len(of), sum(item.mine for item in of), sum(item.overdue for item in of),
                sum(item.unread for item in of),
            )  # fmt: skip
            assert box(demo, viewer, box=side, size=200, kind=kind) == [item for item in whole if item.kind == kind]
