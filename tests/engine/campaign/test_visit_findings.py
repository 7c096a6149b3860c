"""What an inspection found wrong is listed until it is a hazard, or somebody says why it is none."""

from collections.abc import Callable

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    closing,
    hazards,
    inspections,
    visit_findings,
    visits,
)
from engine.campaign.case_model import Hazard
from engine.errors import Invalid, NotAllowed, NotFound
from tests.engine.campaign.test_inspection_papers import FOUND, entered
from tests.engine.campaign.test_inspection_papers import head as head
from tests.engine.campaign.test_inspection_papers import officer as officer

Person = Callable[[App, str], Viewer]


def test_what_was_found_wrong_is_listed_until_it_is_a_hazard_or_somebody_says_why_not(
    campaign: App, person: Person, officer: Viewer, head: Viewer
) -> None:
    id = entered(campaign, person, officer, head)
    wrong = [{"item": "电气", "ok": False, "text": text} for text in ("插线板串接", "灭火器失效", "通道堆物")]
    found = {**FOUND, "findings": [{"item": "台账", "ok": True, "text": ""}, *wrong]}
    assert inspections.record(campaign, id, found, viewer=officer).unregistered == [2, 3, 4]
    mine = visits.list_visits(campaign, officer, mine=True, unfinished=True)
    assert [one.id for one in mine.items] == [id], "whoever inspected finds it in the own list"
    told = {"place": "P001", "code": "RF-04", "text": "灭火器失效", "visit": id}
    owner = person(campaign, "owner-e-p001")
    hazards.register(campaign, {**told, "text": "插线板串接"}, viewer=owner)  # its own word settles nothing
    assert (
        visits.show(campaign, id, viewer=owner).unregistered == [] and not visits.show(campaign, id, viewer=owner).cause
    )
    first = hazards.register(campaign, told, viewer=officer).number
    assert visits.show(campaign, id, viewer=officer).unregistered == [2, 4]
    for hazard, reason, words in ((None, " ", "请写明"), (first, "重复", "请写明"), ("YQ-2026-0999", "", "没有编号")):
        with pytest.raises((Invalid, NotFound), match=words):
            visit_findings.settle(campaign, id, 2, hazard=hazard, reason=reason, viewer=officer)
    with pytest.raises(NotFound, match="第 5 项"):
        visit_findings.settle(campaign, id, 5, hazard=first, reason="", viewer=officer)
    with pytest.raises(NotAllowed):
        visit_findings.settle(campaign, id, 2, hazard=first, reason="", viewer=head)
    settled = visit_findings.settle(campaign, id, 2, hazard=first, reason="", viewer=officer)
    assert (settled.unregistered, settled.settled["2"]["by"]) == ([4], officer.name)
    assert visit_findings.settle(campaign, id, 4, hazard=None, reason="当场清理", viewer=officer).unregistered == []
    assert not visits.list_visits(campaign, officer, mine=True, unfinished=True).items
    with campaign.transaction() as tx:
        closing.void(tx, tx.get_one(Hazard, first), "登错", campaign.clock())
    assert visits.show(campaign, id, viewer=officer).unregistered == [2, 3], "what they belonged to is none"
    with pytest.raises(Invalid, match="作废"):
        visit_findings.settle(campaign, id, 2, hazard=first, reason="", viewer=officer)
