"""What a department fills in when it seals: the facts for table D6, the decision, the steps of article 18."""

from typing import Any

STEPS = {f"step_{key}": True for key in (
    "officers", "certificates", "party", "told", "heard", "record", "signed", "witness", "other",
    "delivered",
)}  # fmt: skip
FACTS: dict[str, Any] = {
    **{f"d6_{key}": False for key in (
        "major", "fire", "ordered", "refused", "danger", "safe", "exits", "fined", "failed", "emergency",
    )},
    "d6_goods": True, "d6_penalties_180": 0, "d6_penalties_year": 0, "d6_related": True,
    "d6_milder": "已责令改正两次",
}  # fmt: skip
DRAFT: dict[str, Any] = {
    "seal_number": "示例应急查〔2026〕1号", "seal_party": "某店", "seal_cause": "气瓶不合格",
    "seal_basis": "第六十五条",
    "seal_days": 30, "seal_items": "气瓶两只", "seal_remedies": "60 日内复议", "emergency": False,
}  # fmt: skip
