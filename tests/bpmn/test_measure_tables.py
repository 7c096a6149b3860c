"""Tables D6 and D7 alone: what the department is advised, and which proofs a referral still lacks."""

from datetime import UTC, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.bpm.decisions import parse_decisions
from engine.bpm.functions import functions_at
from engine.calendar import Calendar
from engine.campaign import clock_rules
from tests.bpmn.shipped import BPMN

ZONE, CALENDAR = ZoneInfo("Asia/Shanghai"), Calendar.default()
DAY, NIGHT = datetime(2026, 10, 12, 1, tzinfo=UTC), datetime(2026, 10, 12, 15, tzinfo=UTC)  # 09:00 and 23:00
HOLIDAY, BRIDGE = (
    datetime(2026, 10, 1, 2, tzinfo=UTC),
    datetime(2026, 10, 6, 2, tzinfo=UTC),
)  # statutory; only a day off
ADVICE = parse_decisions((BPMN / "seal/coercion_advice.dmn").read_bytes())["coercion_advice"]
LINK = parse_decisions((BPMN / "criminal_referral/criminal_link.dmn").read_bytes())["criminal_link"]
NO = dict.fromkeys(
    (f"d6_{name}" for name in (
        "major", "goods", "fire", "ordered", "refused", "danger", "safe", "exits", "fined", "closing", "emergency",
    )), False,
)  # fmt: skip
PROOFS = (
    "order_no", "service_no", "refusal_record", "refusal_video", "danger_opinion", "tamper_record", "licence_record",
    "fire_notice", "fire_consequence",
)  # fmt: skip
NEEDED = {
    "refusal": ("order_no", "service_no", "refusal_record", "refusal_video", "danger_opinion"),
    "tampering": ("tamper_record", "danger_opinion"), "licence": ("licence_record", "danger_opinion"),
    "fire": ("fire_notice", "fire_consequence"),
}  # fmt: skip


def advice(at: datetime = DAY, **facts: bool) -> list[str]:
    functions = functions_at(at, CALENDAR, ZONE, clock_rules.FUNCTIONS)
    known = NO | {f"d6_{name}": value for name, value in facts.items()}
    return [str(row["advice"]) for row in ADVICE.evaluate(known, functions)]


def link(ground: str, *, is_major: bool = True, casualties: bool = False, proofs: Any = ()) -> dict[str, Any]:
    functions = functions_at(DAY, CALENDAR, ZONE, clock_rules.FUNCTIONS)
    known = {name: "文号" if name in proofs else "" for name in PROOFS}
    facts = {"ground": ground, "is_major": is_major, "casualties": casualties, **known}
    found: dict[str, Any] = LINK.evaluate(facts, functions)
    return found


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"major": True}, ["责令撤出作业人员"]), ({"goods": True}, ["查封、扣押"]), ({"fire": True}, ["临时查封"]),
        ({"exits": True}, ["强制执行"]), ({"fined": True}, ["按日连续处罚"]), ({"closing": True}, ["提请关闭"]),
        ({"ordered": True, "refused": True, "danger": True, "safe": True}, []),  # not a major hazard: no power cut
        ({"major": True, "ordered": True, "refused": True, "danger": True, "safe": True}, ["责令撤出", "停止供电"]),
        ({"major": True, "ordered": True, "refused": True, "danger": True}, ["责令撤出"]),  # not safe to cut
    ],
)  # fmt: skip
def test_d6_lists_every_row_that_fits(facts: dict[str, bool], words: list[str]) -> None:
    found = advice(**facts)
    assert len(found) == len(words) and all(word in text for word, text in zip(words, found, strict=True))


@pytest.mark.parametrize(
    ("at", "emergency", "barred"),
    [(DAY, False, False), (NIGHT, False, True), (NIGHT, True, False), (HOLIDAY, False, True), (BRIDGE, False, False)],
)
def test_d6_bars_execution_at_night_and_on_statutory_holidays_but_no_seal(
    at: datetime, emergency: bool, barred: bool
) -> None:
    found = advice(at, goods=True, emergency=emergency)
    assert found[0] == "查封、扣押" and any("不得强制执行" in text for text in found) is barred


def test_d7_starts_only_with_every_proof_and_else_lists_each_that_is_missing() -> None:
    for ground, needed in NEEDED.items():
        for have in product((True, False), repeat=len(needed)):
            proofs = [name for name, there in zip(needed, have, strict=True) if there]
            found = link(ground, proofs=proofs)
            assert (found["outcome"] == "移送") is all(have)
            assert len(found["missing"]) == have.count(False)


def test_d7_asks_for_a_major_hazard_tells_accidents_apart_and_says_why_not() -> None:
    assert link("refusal", is_major=False, proofs=NEEDED["refusal"])["missing"] == ["重大隐患的判定"]
    assert link("refusal", proofs=NEEDED["refusal"], casualties=True)["outcome"] == "移送"
    assert link("refusal", casualties=True)["outcome"] == "事故程序"
    assert link("none")["outcome"] == "行政处理"
