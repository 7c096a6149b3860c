"""No clock about which nothing is said: each is started by the product, or the page of clocks says why it is not."""

import re
from pathlib import Path

from engine.campaign import clock_rules, clock_starts, english

ROOT = Path(clock_rules.__file__).parents[2]
PAGE = (ROOT / "docs/guide/clocks.md").read_text(encoding="utf-8")
CODE = re.compile(r"T\d{1,2}(?:\.[a-z_]+)?")


def started() -> set[str]:
    """The codes that programs, diagrams, tables and rules name as a value; words about clocks are none."""
    parts = [*ROOT.glob("engine/campaign/*.py"), *ROOT.glob("bpmn/*/*.bpmn"), *ROOT.glob("bpmn/*/*.dmn")]
    named = re.compile(rf"""["'>]({CODE.pattern})["'<]""")
    found = {code for path in parts for code in named.findall(path.read_text(encoding="utf-8"))}
    rules = re.compile(rf"\bclock: ({CODE.pattern})(?=[,\n])")
    for name in ("started_clocks.yaml", "duties.yaml"):
        found |= set(rules.findall((ROOT / "engine/campaign/rules" / name).read_text(encoding="utf-8")))
    documents = (ROOT / "engine/campaign/rules/documents.yaml").read_text(encoding="utf-8")
    return found | set(re.findall(rf"serve_within: ({CODE.pattern})", documents))


def test_every_clock_is_started_or_said_why_not() -> None:
    told, reasons = PAGE.split("## 系统不起算的")
    codes = {clock.code for clock in clock_rules.clocks()}
    heads = [line.split("：")[0] for line in reasons.splitlines()]
    excused = {code for head in heads for code in re.findall(rf"`({CODE.pattern})`", head)}
    assert codes - started() == excused
    missing = codes - excused - set(CODE.findall(told))
    assert not missing, f"docs/guide/clocks.md says nothing about {missing}"


def test_the_page_names_no_clock_that_there_is_not() -> None:
    assert set(CODE.findall(PAGE)) <= {clock.code for clock in clock_rules.clocks()}


def test_what_a_paper_starts_has_an_english_name() -> None:
    assert {start.title for start in clock_starts.all_starts()} <= english.ABOUT.keys()
