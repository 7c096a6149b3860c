"""What the shipped processes and tables say to people has its English beside it; an office may leave it out."""

import re
from typing import Any

import pytest
from lxml import etree
from marshmallow import Schema, fields

from engine.bpm.operators import Operator
from engine.said import english
from tests.bpmn.shipped import BPMN, DIAGRAMS

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
HAN = re.compile("[\u4e00-\u9fff]")
EXPRESSION = re.compile(r"\$\{.*?\}(?!\))")  # names, law and what people wrote come in there


class Told(Schema):
    title = fields.String(required=True)
    hazard = fields.String(load_default=None)


TOLD = Operator("told", "告知", Told, lambda *_: {})


@pytest.mark.parametrize(("en", "shown"), [("Late", "Late"), ("", "逾期"), (None, "逾期")])
def test_a_parameter_brings_its_english_which_may_be_absent(en: Any, shown: str) -> None:
    loaded = TOLD.parameters({"title": "逾期", "title_en": en})
    assert set(loaded) == {"title", "hazard"} and loaded["title"] == "逾期"
    assert english(loaded["title"]) == shown


def test_only_a_declared_text_has_an_english_one() -> None:
    with pytest.raises(Exception, match="没有这个字段"):
        TOLD.parameters({"title": "逾期", "other_en": "Late"})


def test_every_notice_of_the_shipped_processes_has_its_english() -> None:
    for diagram in DIAGRAMS:
        for work in etree.parse(diagram).iter("{*}serviceTask"):
            if work.get(f"{CAMUNDA}topic") != "notice":
                continue
            given = {one.get("name"): one.text or "" for one in work.iter(f"{CAMUNDA}inputParameter")}
            words = EXPRESSION.sub("", given["title_en"])
            assert words.strip() and not HAN.search(words), (work.get("id"), given["title_en"])


def test_every_rule_that_gives_a_reason_gives_it_in_english_too() -> None:
    seen = set()
    for table in BPMN.glob("*/*.dmn"):
        for decision in etree.parse(table).iter(f"{DMN}decisionTable"):
            names = [column.get("name") for column in decision.iter(f"{DMN}output")]
            seen |= {(table.stem, name) for name in names if name.endswith("_en")}
            for rule in decision.iter(f"{DMN}rule"):
                cells = [cell.findtext(f"{DMN}text") or "" for cell in rule.iter(f"{DMN}outputEntry")]
                told = dict(zip(names, cells, strict=True))
                english = {name: cell for name, cell in told.items() if name.endswith("_en")}
                assert all(len(cell) > 2 and not HAN.search(cell) for cell in english.values()), (table.stem, told)
    assert seen == {
        ("escalation_rung", "reason_en"), ("criminal_link", "reason_en"), ("patrol_frequency", "reason_en"),
        ("patrol_revisit", "reason_en"), ("coercion_advice", "advice_en"), ("coercion_advice", "checks_en"),
    }  # fmt: skip


def test_diagrams_read_the_english_of_a_table_only_where_there_is_one() -> None:
    """An office may take the column out of its table."""
    texts = "".join(diagram.read_text(encoding="utf-8") for diagram in DIAGRAMS)
    read = re.findall(r"\$\{[^}]*\.reason_en\b[^}]*\}", texts)
    assert read and all(expression.startswith('${"" if empty ') for expression in read)
