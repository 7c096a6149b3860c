"""What a page shows in Chinese that is no data. Names, what people wrote, law and the words of the diagrams are data;
holds no test.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Page
from sqlalchemy import JSON, String, select

from engine.app import App
from engine.campaign.clock_file import MARK
from engine.campaign.snapshot_model import Snapshot
from engine.db import Base

HAN = re.compile(r"[\u4e00-\u9fff]")
ROOT = Path(__file__).parents[2]
# Columns whose values are words of the program, for which the pages have English ones; sentences that it made.
WORDS = {
    "state", "kind", "level", "local_level", "status", "source", "result", "stage", "risk_level", "major_status",
    "trace", "outcome", "roll", "unit_kind",
}  # fmt: skip
ENGLISH = {"subject_en", "body_en", "reason_en", "text_en"}  # it names places and people, and is no data either
SHORT = 2  # signs
LAW = {"clause", "basis", "law", "standard", "note", "name"}  # of the rules: what they quote, and provinces
NAMES = (
    "documents.yaml",
    "duties.yaml",
    "campaigns.yaml",
    "teams.yaml",
)  # kinds of papers and duties have proper names
TEXTS = """() => {
  const found = [], seen = (one) => one && one.getClientRects().length && !one.closest('body [lang], .djs-container')
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) if (seen(walk.currentNode.parentElement)) found.push(walk.currentNode.data)
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const one of document.querySelectorAll(`[${name}]`)) if (seen(one)) found.push(one.getAttribute(name))
  return found
}"""


def chinese(page: Page, data: re.Pattern[str]) -> list[str]:
    """Every visible text that still has Chinese in it once all data is taken out of it."""
    told = dict.fromkeys(text.strip() for text in page.evaluate(TEXTS) if HAN.search(text))
    return [text for text in told if HAN.search(data.sub("", text))]


def data_of(app: App) -> re.Pattern[str]:
    """Whatever stands in the database, the diagrams and the law of this installation, the longest first; a short text
    is data only where nothing Chinese stands next to it, for it may be a part of any word.
    """
    texts = {text.strip() for text in (*_stored(app), *_quoted()) if HAN.search(text)}
    ordered = sorted(texts, key=len, reverse=True)
    long = "|".join(re.escape(text) for text in ordered if len(text) > SHORT)
    short = "|".join(re.escape(text) for text in ordered if len(text) <= SHORT)
    return re.compile(f"{long}|(?<!{HAN.pattern})(?:{short})(?!{HAN.pattern})")


def _stored(app: App) -> Iterator[str]:
    with app.reading() as tx:
        for table in Base.metadata.sorted_tables:
            for column in table.columns if table.name != Snapshot.__tablename__ else ():  # a report says sentences
                if column.name not in WORDS | ENGLISH and isinstance(column.type, String | JSON):
                    twin = table.columns.get(f"{column.name}_en")  # a text that has its English is a sentence, no data
                    alone = True if twin is None else twin.is_(None)
                    for value in tx.scalars(select(column).where(column.is_not(None), alone)):
                        yield from _leaves(value)


@cache
def _quoted() -> tuple[str, ...]:
    """The names in the diagrams and forms, the law in the rules."""
    found = [
        name
        for path in (ROOT / "bpmn").rglob("*.*")
        if path.suffix in (".bpmn", ".dmn", ".form")
        for name in re.findall(r'(?:name|label|title)"?[=:] ?"([^"]+)"', path.read_text("utf-8"))
    ]
    for path in (ROOT / "engine/campaign/rules").glob("*.yaml"):
        given = yaml.safe_load(path.read_text("utf-8"))
        found += _leaves(given) if path.name in NAMES else _law(given)
    return tuple(found)


def _law(given: Any, named: str = "") -> Iterator[str]:
    if isinstance(given, dict):
        for key, value in given.items():
            yield from _law(value, str(key))
    elif isinstance(given, list):
        for value in given:
            yield from _law(value, named)
    elif isinstance(given, str) and named in LAW:
        yield given


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield str(name)
            if name not in WORDS:
                yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value
        yield value.removesuffix(f"（{MARK}）")
        yield value.partition("〔")[0]  # the word of an organ before a number
        yield from (line.strip() for line in value.split("\n"))
