"""A fresh installation numbers nothing with the words of the sample."""

from collections.abc import Callable
from datetime import date

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_numbers, document_types, organ_words, units
from engine.campaign.document_model import Document
from engine.errors import Invalid, NotAllowed


def test_without_a_word_a_paper_carries_the_units_name_and_a_document_says_what_to_do(app: App, root: Viewer) -> None:
    with app.transaction() as tx:
        units.add(tx, code="street", name="某某街道", kind="street", power="")
        office = units.add(tx, code="safety_office", name="应急办", kind="office", parent="street", power="")
        assert document_numbers.give(tx, office, "交", 2026) == "应急办交〔2026〕1号"
        with pytest.raises(Invalid, match="设置 → 机关代字"):
            document_numbers.organ_of(tx, office)
        with pytest.raises(Invalid, match="应急办"):  # drafted before the upgrade, when words were shipped
            document_numbers.assign(tx, app, Document(organ="safety_office"), "督", app.clock())
    organ_words.name_organ(app, "street", word="某街安", viewer=root)
    with app.transaction() as tx:
        office = units.require(tx, "safety_office")
        assert document_numbers.organ_of(tx, office).code == "street"
        assert document_numbers.give(tx, office, "交", 2026) == "某街安交〔2026〕1号"


def test_a_head_names_the_own_organ_only(campaign: App, person: Callable[[App, str], Viewer]) -> None:
    with pytest.raises(NotAllowed, match="不是"):
        organ_words.name_organ(campaign, "emergency_bureau", word="急", viewer=person(campaign, "head-housing-bureau"))
    head = person(campaign, "head-emergency-bureau")
    assert organ_words.name_organ(campaign, "emergency_bureau", word="急", viewer=head).begins == "急"


def test_no_rule_that_is_shipped_speaks_of_the_sample() -> None:
    """The words are those of a made-up district."""
    shipped = document_types.RULES.read_text(encoding="utf-8")
    assert "青街" not in shipped and document_types.on_day("交办单", date(2026, 9, 1)).code == "交"
