"""Measures and referrals over HTTP, with the sample registers and the shipped processes."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Task
from engine.campaign.case_model import Hazard
from engine.testing import FakeClock
from tests.api.conftest import signed_in, wired
from tests.bpmn.sealing import DRAFT, STEPS
from tests.bpmn.sealing import FACTS as SEAL_FACTS
from tests.engine.campaign.conftest import campaign

__all__ = ["campaign"]  # a fixture: the sample registers

NUMBER = "YQ-2026-0901"
CLERK, OFFICER, SECOND, HEAD = (
    "clerk-safety-office", "officer-emergency-bureau", "officer-emergency-bureau-2", "head-emergency-bureau",
)  # fmt: skip
STRANGER = "officer-market-bureau"
As = Callable[[str], FlaskClient]
FACTS = SEAL_FACTS | {"d6_goods": False}
PROOFS = {
    "order_no": "1号",
    "service_no": "2号",
    "refusal_record": "3号",
    "refusal_video": "V-1",
    "danger_opinion": "Z-1",
}
CRIME = {"hazard": NUMBER, "ground": "refusal", "facts": "拒不停用", "officers": [OFFICER, SECOND], "proofs": PROOFS}
REQUEST = {"hazard": NUMBER, "organ": "emergency_bureau", "reason": "拒不停用，存在现实危险"}
APPROVE = {"hazard": NUMBER, "decision": "approve", "opinion": "同意"}


@pytest.fixture
def web(campaign: App, clock: FakeClock, built: Path, kept: dict[str, Flask]) -> Flask:
    """The web application over the sample registers and the shipped processes, on 7 September 2026 at 09:00."""
    clock.now = datetime(2026, 9, 7, 1, tzinfo=UTC)
    return wired(campaign, built, kept)


@pytest.fixture
def by(app: App, web: Flask) -> As:
    """A client of this person of the sample organisation; the hazard of the tests is registered."""

    client = partial(signed_in, app, web)
    made = client(CLERK).post("/api/v1/hazards", json={"place": "P019", "code": "RF-03", "text": "气瓶不合格"})
    assert made.json["number"] == NUMBER
    return client


@pytest.fixture
def do(app: App, by: As) -> Callable[..., None]:
    """Complete the open task of an element."""

    def complete(element: str, name: str = OFFICER, **values: Any) -> None:
        with app.reading() as tx:
            task = tx.scalars(select(Task.id).where(Task.element == element, Task.status == "open")).one()
        answer = by(name).post(f"/api/v1/tasks/{task}/complete", json={"variables": values})
        assert answer.status_code == 200, answer.json

    return complete


@pytest.fixture
def sealed(by: As, do: Callable[..., None], clock: FakeClock) -> str:
    """The address of a seal that the bureau decided."""
    assert by(CLERK).post("/api/v1/measures/request", json=REQUEST).status_code == 201
    do("examine", **FACTS)
    do("decide_seal", measure_kind="查封", seal_opinion="危险现实存在")
    do("draft_seal", **DRAFT)
    decided = by(HEAD).post("/api/v1/measures/decide", json=APPROVE)
    assert decided.json["approved"] is True and decided.json["measure"] is None, decided.json
    do("execute_seal", executed_at="2026-09-07T09:00", seal_officers=f"{OFFICER}、{SECOND}", **STEPS)
    (line,) = by(CLERK).get("/api/v1/measures").json["items"]
    return f"/api/v1/measures/{line['id']}"


def test_a_measure_is_watched_extended_and_lifted(by: As, sealed: str, clock: FakeClock) -> None:
    shown = by(CLERK).get(sealed).json
    assert (shown["measure"]["state"], shown["measure"]["ends_at"]) == ("running", "2026-10-08T00:00:00+08:00")
    assert (shown["approved_by"], len(shown["officers"]), shown["checklist"]["witness"]) == (HEAD, 2, True)
    assert shown["content"]["remedies"] == "60 日内复议"
    clock.now = datetime(2026, 9, 22, 2, tzinfo=UTC)
    assert by(CLERK).get("/api/v1/measures?state=warned&kind=查封").json["total"] == 1
    assert by(OFFICER).post(f"{sealed}/extend", json={"days": 30, "reason": "案情复杂"}).status_code == 200
    confirmed = by(HEAD).post(f"{sealed}/confirm", json={"approved": True, "opinion": "同意"})
    assert confirmed.json["measure"]["ends_at"] == "2026-11-07T00:00:00+08:00"
    test = {"starts_on": "2026-09-22", "days": 3, "number": "示例检告1号", "reason": "送检"}
    assert by(OFFICER).post(f"{sealed}/test", json=test).json["measure"]["state"] == "testing"
    assert by(OFFICER).post(f"{sealed}/lift", json={"ground": "不再需要", "reason": "已消除"}).status_code == 409


def test_a_repeated_lift_is_answered_and_another_is_a_conflict(by: As, sealed: str) -> None:
    body, key = {"ground": "不再需要", "reason": "已消除"}, {"Idempotency-Key": "once"}
    first = by(OFFICER).post(f"{sealed}/lift", json=body, headers=key)
    again = by(OFFICER).post(f"{sealed}/lift", json=body, headers=key)
    assert (first.status_code, again.status_code) == (200, 200) and first.json == again.json
    assert by(OFFICER).post(f"{sealed}/lift", json=body).status_code == 409
    assert by(CLERK).get("/api/v1/measures?state=lifted").json["total"] == 1


def test_a_stranger_finds_nothing_and_the_street_decides_nothing(by: As, sealed: str) -> None:
    assert by(STRANGER).get("/api/v1/measures").json["total"] == 0
    lift = {"ground": "不再需要", "reason": "已消除"}
    for path, body in (("", None), ("/lift", lift), ("/extend", {"days": 3, "reason": "延长"})):
        client = by(STRANGER)
        answer = client.post(f"{sealed}{path}", json=body) if body else client.get(sealed)
        assert answer.status_code == 404
    assert by(STRANGER).post("/api/v1/measures/request", json=REQUEST).status_code == 404
    assert by(STRANGER).post("/api/v1/measures/decide", json=APPROVE).status_code == 404
    assert by(CLERK).post(f"{sealed}/lift", json=lift).status_code == 403
    assert by(CLERK).post("/api/v1/measures/decide", json=APPROVE).status_code == 409
    assert by(OFFICER).post("/api/v1/measures/request", json=REQUEST).status_code == 403


BAD: list[tuple[str, dict[str, Any]]] = [
    ("/extend", {"days": 31, "reason": "延长"}), ("/extend", {"days": "x", "reason": "延长"}), ("/extend", {}),
    ("/lift", {"ground": "算了", "reason": "延长"}), ("/lift", {"ground": "不再需要", "reason": "长" * 4001}),
    ("/test", {"starts_on": "x", "days": 1, "number": "12", "reason": "送检"}), ("/confirm", {"approved": "y?"}),
]  # fmt: skip


def test_bad_input_is_refused_in_words(by: As, sealed: str) -> None:
    client = by(OFFICER)
    for path, body in BAD:
        answer = client.post(f"{sealed}{path}", json=body)
        assert answer.status_code == 422 and answer.json["errors"], (path, body)


def test_of_two_requests_at_once_one_is_sent_and_none_to_a_body_without_the_duty(by: As) -> None:
    refused = by(CLERK).post("/api/v1/measures/request", json={**REQUEST, "organ": "education_bureau"})
    assert refused.status_code == 422 and "D3" in refused.json["detail"]
    assert refused.json["errors"][0]["field"] == "organ"
    client, answers = by(CLERK), []
    both = [
        Thread(target=lambda: answers.append(client.post("/api/v1/measures/request", json=REQUEST).status_code))
        for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(answers) == [201, 409]
    refused = by(CLERK).post("/api/v1/measures/request", json={**REQUEST, "organ": "safety_office"})
    assert refused.status_code in (409, 422)


def test_a_referral_lists_what_is_missing_and_then_starts_once(app: App, by: As) -> None:
    assert by(CLERK).post("/api/v1/measures/request", json=REQUEST).status_code == 201
    refused = by(OFFICER).post("/api/v1/crime-cases", json={**CRIME, "proofs": {"order_no": "1号"}})
    assert refused.status_code == 422
    assert [error["message"] for error in refused.json["errors"]][:2] == [
        "请补充：重大隐患的判定",
        "请补充：决定书的送达回证",
    ]
    with app.transaction() as tx:
        tx.get_one(Hazard, NUMBER).is_major = True
    key = {"Idempotency-Key": "once"}
    made = by(OFFICER).post("/api/v1/crime-cases", json=CRIME, headers=key)
    assert made.status_code == 201 and made.json["number"] == "XX-2026-0002", made.json
    assert by(OFFICER).post("/api/v1/crime-cases", json=CRIME, headers=key).json["number"] == "XX-2026-0002"
    assert by(OFFICER).post("/api/v1/crime-cases", json=CRIME).status_code == 409
    assert by(CLERK).get("/api/v1/crime-cases?open_only=true").json["total"] == 1
    assert by(CLERK).get("/api/v1/crime-cases/XX-2026-0002").json["steps"][0]["kind"] == "专案组"
    assert by(STRANGER).get("/api/v1/crime-cases").json["total"] == 0
    assert by(STRANGER).get("/api/v1/crime-cases/XX-2026-0002").status_code == 404
    assert by(CLERK).post("/api/v1/crime-cases", json=CRIME).status_code == 403
    assert by(STRANGER).post("/api/v1/crime-cases", json=CRIME).status_code == 404


def test_a_bad_referral_is_refused_in_words(by: As) -> None:
    bad = (
        {"ground": "murder"},
        {"officers": "x"},
        {"officers": []},
        {"proofs": {"x": "1"}},
        {"proofs": []},
        {"facts": ""},
    )
    client = by(OFFICER)
    for change in bad:
        answer = client.post("/api/v1/crime-cases", json={**CRIME, **change})
        assert answer.status_code == 422 and answer.json["errors"], change


def test_a_request_is_withdrawn_by_the_street_and_nobody_else(by: As) -> None:
    assert by(CLERK).post("/api/v1/measures/request", json=REQUEST).status_code == 201
    address, body = "/api/v1/measures/withdraw", {"hazard": NUMBER, "reason": "已自行拆除"}
    assert [by(name).post(address, json=body).status_code for name in (STRANGER, OFFICER)] == [404, 403]
    for wrong in ({"hazard": NUMBER}, {**body, "reason": ""}, {**body, "reason": 7}, {**body, "more": 1}):
        assert by(CLERK).post(address, json=wrong).status_code == 422
    answers = [by(CLERK).post(address, json=body, headers={"Idempotency-Key": "w"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[0].json == answers[1].json
    assert answers[0].json["answer"] == "街道撤回：已自行拆除"
    assert by(CLERK).post(address, json=body).status_code == 409
