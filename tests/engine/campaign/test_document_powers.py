"""Table D9 at the steps of a document: which body, which officers, whose approval; every refusal prints the clause."""

from collections.abc import Callable
from datetime import date

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import document_types, documents, penalties, people_register, powers, powers_table, units
from engine.campaign.document_powers import entitled
from engine.campaign.document_views import DocumentView
from engine.campaign.model import Place, Unit
from engine.errors import Invalid, NotAllowed
from tests.engine.campaign.test_documents import LETTER, strokes

Person = Callable[[App, str], Viewer]
TODAY = date(2026, 9, 24)
OFFICERS = ["officer-emergency-bureau", "officer-emergency-bureau-2"]
SCENE = {"place": "车间", "period": "上午", "facts": "堆放", "officers_text": ["甲、乙"]}
TALKING = ("safety_office", "discipline_office")
INTERNAL = {"延期申请审批表", "责任倒查报告", "送达回证", "工作信息"}


@pytest.fixture
def officer(campaign: App, person: Person) -> Viewer:
    return person(campaign, OFFICERS[0])


@pytest.fixture
def head(campaign: App, person: Person) -> Viewer:
    return person(campaign, "head-emergency-bureau")


def submitted(app: App, officer: Viewer, **given: object) -> DocumentView:
    values = {"type": "勘验笔录", "place": "P001", "officers": OFFICERS, "body": SCENE, **given}
    return life.submit(app, documents.draft(app, values, viewer=officer).id, viewer=officer)


def test_every_type_names_its_act_and_each_kind_that_may_issue_it_could_have_the_power() -> None:
    for type in document_types.all_types():
        assert set(type.acts) <= set(powers_table.ACTS), type.type
        assert bool(type.acts) != (type.type in INTERNAL), type.type
        for kind in type.issuers if type.acts else ():
            body = powers_table.body_of("x", kind)
            rules = [powers_table.decisive(act, body, province, TODAY)
                     for act in type.acts for province in powers_table.PROVINCES]  # fmt: skip
            assert any(rule and rule.mark != powers_table.NO for rule in rules), (type.type, kind)


def test_a_document_of_the_department_is_approved_by_its_head_alone_and_keeps_clause_and_certificates(
    campaign: App, officer: Viewer, head: Viewer, root: Viewer
) -> None:
    made = submitted(campaign, officer)
    with pytest.raises(NotAllowed, match=r"行政检查.*部门负责人批准.*第六十五条"):
        life.approve(campaign, made.id, viewer=root)
    assert documents.show(campaign, made.id, viewer=officer).number is None
    made = life.approve(campaign, made.id, viewer=head)
    assert "安全生产法第六十五条" in made.power
    assert [held["person"] for held in made.certificates] == OFFICERS


def test_a_body_whose_power_ended_neither_approves_nor_seals(campaign: App, officer: Viewer, head: Viewer) -> None:
    waiting, approved = submitted(campaign, officer), submitted(campaign, officer)
    life.approve(campaign, approved.id, viewer=head)
    with campaign.transaction() as tx:
        tx.get_one(Unit, "emergency_bureau").body = "cooperation"
    for act in (life.approve, life.issue):
        with pytest.raises(NotAllowed, match=r"没有“行政检查”的权力：.*54号"):
            act(campaign, (waiting if act is life.approve else approved).id, viewer=head)


def test_an_officer_whose_certificate_does_not_cover_the_act_counts_for_nothing(
    campaign: App, officer: Viewer, head: Viewer, root: Viewer
) -> None:
    made = submitted(campaign, officer)
    card = {"cert_no": "豫A1", "cert_from": date(2020, 1, 1), "cert_to": date(2030, 1, 1), "cert_items": ["penalty"]}
    people_register.certify(campaign, OFFICERS[1], card, revision=0, reason="换证", viewer=root)
    with pytest.raises(Invalid, match="证件不含此事项"):
        life.approve(campaign, made.id, viewer=head)


def test_an_officer_of_another_body_signs_for_no_document(campaign: App, officer: Viewer) -> None:
    with pytest.raises(Invalid, match="本单位有效的执法证"):
        submitted(campaign, officer, officers=[OFFICERS[0], "officer-fire-rescue"])


def test_the_street_does_not_say_that_use_may_be_resumed(campaign: App, person: Person) -> None:
    for name in ("clerk-safety-office", "leader-street"):
        with pytest.raises(NotAllowed, match="安全生产法第六十五条"):
            documents.draft(campaign, {"type": "恢复生产经营（使用）审查意见"}, viewer=person(campaign, name))


def test_a_talk_with_an_enterprise_is_no_act_of_a_grid_and_one_with_a_cadre_only_the_discipline_office_s(
    campaign: App,
) -> None:
    type = document_types.on_day("约谈记录", TODAY)
    with campaign.reading() as tx:
        acts = {
            code: entitled(tx, type, tx.get_one(Unit, code), TODAY) for code in ("safety_office", "discipline_office")
        }
        assert {code: rule and rule.act for code, rule in acts.items()} == {
            "safety_office": "interview", "discipline_office": "talk",
        }  # fmt: skip
        with pytest.raises(NotAllowed, match="安全生产法第九条"):
            entitled(tx, type, tx.get_one(Unit, "GH-01"), TODAY)


def test_power_is_not_cut_from_homes_by_a_document(campaign: App, officer: Viewer) -> None:
    with campaign.transaction() as tx:
        tx.get_one(Place, "P001").residential = True
    with pytest.raises(Invalid, match="第四十三条第二款"):
        documents.draft(campaign, {"type": "停止供电决定书", "place": "P001"}, viewer=officer)


def test_what_the_head_approves_is_voided_with_the_head(
    campaign: App, officer: Viewer, head: Viewer, root: Viewer
) -> None:
    first, second = (life.approve(campaign, submitted(campaign, officer).id, viewer=head).id for _ in range(2))
    life.void(campaign, first, reason="写错", viewer=officer)
    with pytest.raises(NotAllowed, match="部门负责人批准"):
        life.void(campaign, first, confirm=True, viewer=root)
    assert life.void(campaign, first, confirm=True, viewer=head).state == "已作废"
    life.void(campaign, second, reason="写错", viewer=head)
    assert life.void(campaign, second, confirm=True, viewer=root).state == "已作废"


def test_a_letter_of_the_street_keeps_its_clause_and_needs_no_certificate(campaign: App, person: Person) -> None:
    clerk, leader = person(campaign, "clerk-safety-office"), person(campaign, "leader-street")
    made = life.submit(campaign, documents.draft(campaign, LETTER, viewer=clerk).id, viewer=clerk)
    made = life.approve(campaign, made.id, viewer=leader)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    assert ("安全生产法第九条" in made.power, made.certificates) == (True, [])


def test_a_penalty_of_a_body_that_cannot_punish_is_not_written_down(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    given = {"decided_on": date(2019, 5, 1), "document": "罚1", "organ": "street"}
    with pytest.raises(Invalid, match=r"没有“行政处罚”的权力：.*第十七条"):
        penalties.add(campaign, "P019", given, viewer=clerk)
    assert penalties.add(campaign, "P019", {**given, "organ": "fire_rescue"}, viewer=clerk).organ == "fire_rescue"


def test_the_team_of_a_street_punishes_within_a_published_list_and_the_office_never(
    campaign: App, person: Person, root: Viewer
) -> None:
    clerk = person(campaign, "clerk-safety-office")
    given = {"decided_on": TODAY, "document": "罚2", "organ": "street_enforcement"}
    with pytest.raises(Invalid, match="不在公布的清单内"):
        penalties.add(campaign, "P019", given, viewer=clerk)
    listed = {"act": "penalty", "document": "省政府赋权公告", "valid_from": TODAY}
    with pytest.raises(Invalid, match="不能用清单授予"):
        powers.grant(campaign, {"unit": "safety_office", **listed}, viewer=root)
    powers.grant(campaign, {"unit": "street_enforcement", **listed}, viewer=root)
    assert penalties.add(campaign, "P019", given, viewer=clerk).organ == "street_enforcement"


@pytest.mark.parametrize("act", ["supervise", "transfer", "bulletin", "interview"])
def test_supervision_transfer_bulletin_and_interview_are_not_the_team_s(campaign: App, act: str) -> None:
    with campaign.reading() as tx:
        assert powers.entitled(tx, act, units.require(tx, "safety_office"), day=TODAY)
        with pytest.raises(NotAllowed, match="请由街道或安委办"):
            powers.entitled(tx, act, units.require(tx, "street_enforcement"), day=TODAY)
