"""A sentence is Chinese wherever a text is wanted and carries its English, through copies too."""

import copy
import json
import pickle

from engine.campaign.english import word
from engine.said import Said, english, joined

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
