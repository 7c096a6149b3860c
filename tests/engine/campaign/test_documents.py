"""The life of a document on both databases: drafted, approved with a number, signed, sealed, served, voided."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread
from typing import Any

import docx
import pytest
from PIL import Image

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import (
    document_numbers,
    document_printing,
    document_rendering,
    document_serving,
    document_types,
    documents,
    evidence,
    hazards,
    people_register,
)
from engine.campaign.demo.photos import photo
from engine.campaign.document_views import DocumentView
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Stale

Person = Callable[[App, str], Viewer]
LETTER: dict[str, Any] = {
    "type": "工作提醒函",
    "body": {"to_name": "桂花社区", "subject": "巡查", "facts": "本周<b>少</b>巡一次", "due": "2026年9月30日"},
}


@pytest.fixture
def clerk(campaign: App, person: Person) -> Viewer:
    return person(campaign, "clerk-safety-office")


@pytest.fixture
def leader(campaign: App, person: Person) -> Viewer:
    return person(campaign, "leader-street")


def strokes() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20)).save(out, "PNG")
    return out.getvalue()


def submitted(app: App, clerk: Viewer) -> DocumentView:
    return life.submit(app, documents.draft(app, LETTER, viewer=clerk).id, viewer=clerk)


def test_a_document_lives_from_draft_to_archive(campaign: App, clerk: Viewer, leader: Viewer) -> None:
    made = submitted(campaign, clerk)
    assert made.number is None
    made = life.approve(campaign, made.id, viewer=leader)
    assert (made.number, made.state) == ("青街安醒〔2026〕1号", "已批准")
    with pytest.raises(Conflict, match="缺承办人签名"):
        life.issue(campaign, made.id, viewer=leader)
    assert life.sign(campaign, made.id, strokes(), viewer=clerk).state == "已签名"
    with pytest.raises(Conflict, match="已经签过名"):
        life.sign(campaign, made.id, strokes(), viewer=clerk)
    made = life.issue(campaign, made.id, viewer=leader)
    name, content = life.word(campaign, made.id, viewer=clerk)
    shown = "\n".join(part.text for part in docx.Document(io.BytesIO(content)).paragraphs)
    assert name == "青街安醒〔2026〕1号 工作提醒函.docx" and "青云街道文件" in shown
    assert "&lt;b&gt;" in document_printing.printed(campaign, made.id, viewer=clerk)
    service = {"way": "留置送达", "place": "社区", "at": campaign.clock(), "recipient": "桂花社区", "signed_by": "",
               "witnesses": [], "refusal_note": "", "tracking": ""}  # fmt: skip
    with pytest.raises(Invalid, match="见证人"):
        document_serving.serve(campaign, made.id, service, viewer=clerk)
    with pytest.raises(Invalid, match="不能晚于现在"):
        late = {**service, "way": "邮寄送达", "tracking": "1", "at": campaign.clock() + timedelta(days=1)}
        document_serving.serve(campaign, made.id, late, viewer=clerk)
    proved = {**service, "witnesses": ["甲"], "refusal_note": "拒绝签收"}
    made = document_serving.serve(campaign, made.id, proved, viewer=clerk)
    receipt = documents.show(campaign, made.services[0].receipt, viewer=clerk)
    assert (made.state, receipt.number, receipt.about) == ("已送达", "青街安送〔2026〕1号", made.id)
    assert life.archive(campaign, made.id, viewer=clerk).state == "已归档"
    assert document_serving.verify(campaign, made.verify_code, address="1").organ == "青云街道"
    assert life.word(campaign, made.id, viewer=clerk)[1] == content


def test_a_street_office_is_refused_an_order_with_the_clause(campaign: App, clerk: Viewer) -> None:
    for type, clause in (("现场处理措施决定书", "安全生产法第六十五条"), ("查封扣押决定书", "行政强制法第十七条")):
        with pytest.raises(NotAllowed, match=clause):
            documents.draft(campaign, {"type": type}, viewer=clerk)


def test_what_must_be_there_first_is_named(campaign: App, person: Person) -> None:
    officer = person(campaign, "officer-emergency-bureau")
    with pytest.raises(Invalid, match=r"《现场检查记录》（已批准）.*第六十五条|《现场检查记录》（已批准）"):
        documents.draft(campaign, {"type": "现场处理措施决定书"}, viewer=officer)
    with pytest.raises(Invalid, match="《现场处理措施决定书》或《责令限期整改指令书》或《强制措施决定书》"):
        documents.draft(campaign, {"type": "整改复查意见书"}, viewer=officer)


def test_a_risk_notice_may_not_order(campaign: App, person: Person) -> None:
    inspector = person(campaign, "inspector-gh-01")
    body = {"place_name": "示例", "head": "甲", "phone": "1", "address": "某路", "found_at": "今日", "found_by": "乙",
            "hazards": [{"text": "堵塞"}], "risk": "责令停业"}  # fmt: skip
    made = documents.draft(campaign, {"type": "安全风险提示单", "body": body}, viewer=inspector)
    with pytest.raises(Invalid, match="不得出现“责令”"):
        life.submit(campaign, made.id, viewer=inspector)
    made = documents.edit(campaign, made.id, revision=1, body={"risk": "可能起火"}, viewer=inspector)
    with pytest.raises(Stale):
        documents.edit(campaign, made.id, revision=1, body={"risk": "x"}, viewer=inspector)
    assert life.submit(campaign, made.id, viewer=inspector).state == "待审批"
    with pytest.raises(Conflict):
        documents.edit(campaign, made.id, revision=3, body={"risk": "x"}, viewer=inspector)


def test_a_body_of_wrong_kinds_is_refused(campaign: App, clerk: Viewer) -> None:
    for body in ({"nope": "x"}, {"facts": 7}, {"facts": "长" * 5_001}, {"facts": ["x"]}):
        with pytest.raises(Invalid):
            documents.draft(campaign, {"type": "工作提醒函", "body": body}, viewer=clerk)
    made = documents.draft(campaign, {"type": "工作提醒函"}, viewer=clerk)
    with pytest.raises(Invalid, match="请填写“主送单位”"):
        life.submit(campaign, made.id, viewer=clerk)


def test_nobody_approves_twice_or_ones_own(campaign: App, clerk: Viewer, leader: Viewer, person: Person) -> None:
    made = submitted(campaign, clerk)
    with pytest.raises(NotAllowed):
        life.approve(campaign, made.id, viewer=clerk)
    life.approve(campaign, made.id, viewer=leader)
    with pytest.raises(Conflict, match="leader-street"):
        life.approve(campaign, made.id, viewer=leader)
    with pytest.raises(NotFound):
        documents.show(campaign, made.id, viewer=person(campaign, "officer-police-station"))


def test_approvals_at_once_get_consecutive_numbers(campaign: App, clerk: Viewer, leader: Viewer) -> None:
    ids = [submitted(campaign, clerk).id for _ in range(4)]
    threads = [Thread(target=life.approve, args=[campaign, id], kwargs={"viewer": leader}) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(documents.show(campaign, id, viewer=clerk).number or "" for id in ids)
    assert numbers == [f"青街安醒〔2026〕{n}号" for n in range(1, 5)]


def test_an_approval_that_fails_leaves_no_gap(
    campaign: App, clerk: Viewer, leader: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = submitted(campaign, clerk), submitted(campaign, clerk)
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(life, "_decide", _fail)
        life.approve(campaign, first.id, viewer=leader)
    assert life.approve(campaign, second.id, viewer=leader).number == "青街安醒〔2026〕1号"


def _fail(*_: object) -> None:
    raise RuntimeError


def test_a_void_number_stays_and_needs_a_second_person(campaign: App, clerk: Viewer, leader: Viewer) -> None:
    made = life.approve(campaign, submitted(campaign, clerk).id, viewer=leader)
    life.void(campaign, made.id, reason="发错对象", viewer=clerk)
    with pytest.raises(NotAllowed, match="第二人"):
        life.void(campaign, made.id, confirm=True, viewer=clerk)
    assert life.void(campaign, made.id, confirm=True, viewer=leader).state == "已作废"
    [entry] = document_numbers.list_entries(campaign, "青街安醒", 2026, viewer=clerk)
    assert (entry.state, entry.reason) == ("作废", "发错对象")
    following = life.approve(campaign, submitted(campaign, clerk).id, viewer=leader)
    assert following.number == "青街安醒〔2026〕2号"
    for state, serials in (("作废", [1]), ("在用", [2]), ("无记录", [])):
        found = document_numbers.list_entries(campaign, "青街安醒", 2026, viewer=clerk, state=state)
        assert [one.serial for one in found] == serials


def test_every_type_renders_whatever_its_body_holds() -> None:
    hostile = "<script>{{ 7 * 7 }}{% for x in y %}\x07&"
    for type in document_types.all_types():
        values = {"text": hostile, "lines": [hostile]}
        body = {
            field.name: values.get(field.kind, [dict.fromkeys(field.columns or (), hostile)]) for field in type.fields
        }
        signed = [document_rendering.Signed("承办人", "甲", "2026", strokes())]
        sheet = document_rendering.Sheet(
            "青云街道", "1号", "2026年", "abc", document_rendering.filled(type, body), signed, ""
        )
        page = document_rendering.page(type, sheet)
        assert "<script>" not in page and "{{ 7 * 7 }}" in page
    assert docx.Document(io.BytesIO(document_rendering.word(type, sheet)))


@pytest.mark.parametrize(
    "kind",
    ["当场行政处罚决定书（单位）", "当场行政处罚决定书（个人）", "行政处罚决定书（单位）", "行政处罚决定书（个人）"],
)
def test_a_penalty_says_all_that_article_59_asks(kind: str) -> None:
    type = document_types.on_day(kind, date(2026, 9, 24))
    asked = {"recipient", "address", "facts", "evidence", "basis", "decision", "performance", "review_term"}
    assert asked <= {field.name for field in type.fields if field.required}
    body = {"evidence": ["现场检查记录"], "performance": "十五日内到指定银行缴纳"}
    sheet = document_rendering.Sheet("消防", "1号", "2026年", "abc", document_rendering.filled(type, body), [], "")
    word = docx.Document(io.BytesIO(document_rendering.word(type, sheet)))
    rows = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    text = "\n".join([one.text for one in word.paragraphs] + rows)
    for words in ("证据", "现场检查记录", "履行方式和期限", "十五日内到指定银行缴纳"):
        assert words in text


def test_a_seal_has_its_record_and_its_list_and_is_lifted_without_any_paper_more() -> None:
    day = date(2026, 9, 24)
    record, items, longer, lifted = (
        document_types.on_day(name, day)
        for name in ("现场笔录", "查封（扣押）清单", "延长查封扣押期限决定书", "解除查封扣押决定书")
    )
    assert record.needs == ()  # in an emergency it is made before the approval (行政强制法 19)
    assert [need.types for need in items.needs] == [("查封扣押决定书", "强制措施决定书"), ("现场笔录",)]
    assert ("查封（扣押）清单",) in [need.types for need in longer.needs]
    assert [need.types for need in lifted.needs] == [("查封扣押决定书", "强制措施决定书")]  # nothing delays it (28)
    asked = {field.name for field in record.fields if field.required}
    assert {"place", "period", "rights", "statement_heard", "officers_text"} <= asked


def test_a_briefing_names_to_whom_it_goes_and_of_which_period_it_tells(campaign: App, clerk: Viewer) -> None:
    body = {"subject": "九月情况", "facts": "全街道走访 120 家次。", "sent_to": ["区委办"], "copied_to": ["各社区"]}
    made = documents.draft(campaign, {"type": "工作信息", "body": body}, viewer=clerk)
    assert (made.type, made.body["sent_to"], made.body["copied_to"]) == ("工作信息", ["区委办"], ["各社区"])
    assert made.body["subject"] == "九月情况" and made.body["reported"][0].endswith("（2026年9月1日至2026年9月24日）")
    for period in ("2026-13", "下月", "2027"):
        with pytest.raises(Invalid, match="统计期"):
            documents.draft(campaign, {"type": "工作信息", "period": period}, viewer=clerk)


def test_the_table_has_the_thirty_five_types() -> None:
    assert sorted(type.nr for type in document_types.all_types() if type.nr) == list(range(1, 36))


def test_an_expired_certificate_counts_for_no_document(campaign: App, person: Person, root: Viewer) -> None:
    officer = person(campaign, "officer-emergency-bureau")
    given = {"type": "勘验笔录", "officers": [officer.name, "officer-emergency-bureau-2"]}
    made = documents.draft(campaign, given, viewer=officer)
    card = {"cert_no": "豫A1", "cert_from": date(2020, 1, 1), "cert_to": date(2026, 9, 23), "cert_items": []}
    people_register.certify(campaign, officer.name, card, revision=0, reason="到期", viewer=root)
    with pytest.raises(Invalid, match="须有 2 名持有有效执法证件的承办人员，现有 1 名"):
        life.submit(campaign, made.id, viewer=officer)


def test_photos_of_the_receipt_become_files_of_the_hazard(campaign: App, clerk: Viewer, leader: Viewer) -> None:
    hazard = hazards.register(campaign, {"place": "P019", "code": "RF-05", "text": "串接"}, viewer=clerk).number
    given = {"type": "安全风险提示单", "hazard": hazard, "body": {"risk": "可能起火"}}
    made = life.submit(campaign, documents.draft(campaign, given, viewer=clerk).id, viewer=clerk)
    life.approve(campaign, made.id, viewer=leader)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    life.issue(campaign, made.id, viewer=leader)
    shot = evidence.add(
        campaign, photo("receipt", campaign.clock()), filename="回执.jpg", viewer=clerk, kind="attachment"
    )
    foreign = evidence.add(campaign, photo("other", campaign.clock()), filename="他人.jpg", viewer=leader)
    service = {"way": "直接送达", "place": "店内", "at": campaign.clock(), "recipient": "示例店", "signed_by": "甲",
               "witnesses": [], "refusal_note": "", "tracking": ""}  # fmt: skip
    with pytest.raises(Invalid, match="不是您上传的"):
        document_serving.serve(campaign, made.id, {**service, "files": [foreign.id]}, viewer=clerk)
    served = document_serving.serve(campaign, made.id, {**service, "files": [shot.id]}, viewer=clerk)
    assert served.services[0].files == [shot.id]
    assert shot.id in {file.id for file in evidence.list_evidence(campaign, hazard, viewer=leader)}
    letter = submitted(campaign, clerk)
    life.approve(campaign, letter.id, viewer=leader)
    life.sign(campaign, letter.id, strokes(), viewer=clerk)
    life.issue(campaign, letter.id, viewer=leader)
    with pytest.raises(Invalid, match="不属于隐患"):
        document_serving.serve(campaign, letter.id, {**service, "files": [shot.id]}, viewer=clerk)


def test_what_was_said_about_a_submission_is_shown_to_its_drafter(campaign: App, clerk: Viewer, leader: Viewer) -> None:
    made = submitted(campaign, clerk)
    assert (made.outcome, made.opinion) == ("", "")
    life.reject(campaign, made.id, opinion="请写明事由", viewer=leader)
    back = documents.show(campaign, made.id, viewer=clerk)
    assert (back.state, back.outcome, back.opinion) == ("起草", "rejected", "请写明事由")
    life.submit(campaign, made.id, viewer=clerk)
    done = life.approve(campaign, made.id, opinion="同意", viewer=leader)
    assert (done.outcome, done.opinion) == ("approved", "同意")
