"""A sentence is Chinese wherever a text is wanted and carries its English, through copies too."""

import copy
import json
import pickle

from engine.campaign.english import word
from engine.errors import Invalid, Problem, lacks
from engine.said import Said, english, joined, one_of

LEFT = Said("还剩 2 天", "2 days left")


def test_it_is_chinese_and_carries_its_english() -> None:
    assert (LEFT, LEFT.en, english(LEFT), english("示例火锅店")) == (
        "还剩 2 天",
        "2 days left",
        "2 days left",
        "示例火锅店",
    )
    assert json.dumps(LEFT, ensure_ascii=False) == '"还剩 2 天"'
    for copied in (copy.deepcopy(LEFT), pickle.loads(pickle.dumps(LEFT))):
        assert (copied, copied.en) == (LEFT, LEFT.en)


def test_parts_are_joined_in_both_languages_and_names_stay() -> None:
    told = joined("；", "; ", (LEFT, "示例火锅店"))
    assert (told, told.en) == ("还剩 2 天；示例火锅店", "2 days left; 示例火锅店")
    assert (word("整改"), word("自定的时限")) == ("fix", "自定的时限")
    assert word("送达罚1号") == "service of 罚1"


def test_each_of_several_findings_is_said_in_both_languages() -> None:
    wrong = [Problem(field="kind", message=one_of("种类", "kind", ("查封", "扣押"))), *lacks({"has_list": "物品清单"})]
    refused = Invalid("没有登记。", en="Not registered.", problems=wrong)
    assert [(one["message"], one["en"]) for one in refused.problems] == [
        ("种类请从以下选择：查封、扣押", "Choose the kind from 查封、扣押"),
        ("请补上：物品清单", "Missing: list"),
    ]
