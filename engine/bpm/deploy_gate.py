"""The gate before a deployment: its scenarios are played, and one that fails refuses it unless somebody takes that upon
himself, which is kept.

They are played in a process of their own, one deployment after the other, so that neither the editor's checks nor the
other threads of the server wait for it. What these very files have passed lately is not played again.
"""

import atexit
import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from engine.app import App
from engine.bounded import Limits, OutOfBounds
from engine.bpm import file_sets, reasons
from engine.bpm import play as player
from engine.bpm.author_text import read_text
from engine.bpm.scenario_verdicts import FAILED, PASSED, SHIPPED, named, problem, verdict
from engine.bpm.trial_world import Called, Files, Outside, called_by, complete, outside
from engine.bpm.views import View
from engine.errors import EngineError, Invalid
from engine.forker import Forker

LIMITS = Limits(soft=30.0, hard=34.0, wall=900.0)  # of one scenario
ALL_TOGETHER = 120.0  # seconds of the processor
NICE = 5  # what people do comes first
NONE = "none"
GIVEN_UP = "用完了"
PLAYER = Forker()
atexit.register(PLAYER.close)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A scenario that is to be played. ``process``: whose it is, and which leads unless it names one itself; "" for one
    that came along with several processes.
    """

    process: str
    name: str
    text: str


def rehearse(app: App, files: Files, wanted: Sequence[Wanted]) -> list[View]:
    """Play these scenarios on these files and those of deployed processes they call; one row each, see
    scenario_verdicts. Raises Unavailable when another deployment is being tried.
    """
    if not wanted:
        return []
    called = called_by(app, files)
    base = _base(files, called)
    keys = [key_of(base, one.process, one.text) for one in wanted]
    rows = [app.tried.get(key) for key in keys]
    todo = [number for number, row in enumerate(rows) if row is None]
    if todo:
        played = _played(files, called, [wanted[number] for number in todo], outside(app))
        for number, row in zip(todo, played, strict=True):
            rows[number] = row
            _keep(app, keys[number], row)
    return [named(row, one.name) for row, one in zip(rows, wanted, strict=True) if row is not None]


def remember(app: App, files: Files, called: Mapping[str, Called], process: str, scenario: str, row: View) -> None:
    """Somebody has just tried this scenario, with this verdict: the gate need not play it again."""
    _keep(app, key_of(_base(files, called), process, scenario), row)


def _keep(app: App, key: bytes, row: View) -> None:
    if GIVEN_UP not in row["said"][0]:  # for lack of time or memory: that may be otherwise the next time
        app.tried.keep(key, row)


def shipped(wanted: Sequence[Wanted]) -> list[View]:
    """The rows of scenarios that the release was tested with, on the files it came with."""
    nothing: View = {"error": None, "differences": []}
    return [named(verdict(one.process, one.text, nothing) | {"verdict": SHIPPED}, one.name) for one in wanted]


def trial(rows: Sequence[View], *, dropped: Collection[str] = (), despite: bool = False) -> View:
    """What is kept with a deployment: ``state`` (none, passed, failed, shipped), ``scenarios``, ``dropped`` (scenarios
    that the process had and no longer has), ``despite`` (deployed although some failed), ``words``.
    """
    failed = [row for row in rows if row["verdict"] == FAILED]
    state = NONE if not rows else FAILED if failed else rows[0]["verdict"]
    words = {
        NONE: "没有场景，没有试运行过。请至少写一个场景。",
        FAILED: f"{len(rows)} 个场景中 {len(failed)} 个不符，经写明原因仍然部署。",
        PASSED: f"{len(rows)} 个场景全部符合预期。",
        SHIPPED: f"随程序发布的流程，{len(rows)} 个场景在发布时已通过。",
    }[state]
    gone = f"去掉了场景：{'、'.join(sorted(dropped))}。" if dropped else ""
    return {"state": state, "scenarios": list(rows), "dropped": sorted(dropped), "despite": despite and bool(failed),
            "words": words + gone}  # fmt: skip


def require_passed(rows: Sequence[View], *, despite: bool, reason: str) -> None:
    """Raises Invalid naming each scenario that failed; with ``despite`` only when there is no reason for it."""
    failed = [row for row in rows if row["verdict"] == FAILED]
    if not failed:
        return
    if despite:
        reasons.require(reason)
        return
    raise Invalid(
        f"{len(failed)} 个场景不符，未部署。请按列出的逐项改流程或场景；确需就这样部署，请写明原因并选择“仍然部署”。",
        en=f"{len(failed)} scenarios failed; nothing was deployed. Mend the process or the scenario, or deploy despite "
        "them with a reason.",
        problems=[problem(row) for row in failed],
    )


def key_of(base: bytes, process: str, text: str) -> bytes:
    """By what a play is known again: the files, who leads, the scenario."""
    return hashlib.sha256(b"\0".join((base, process.encode(), text.encode("utf-8", "replace")))).digest()


def _base(files: Files, called: Mapping[str, Called]) -> bytes:
    digest = hashlib.sha256()
    sets = [("", files), *((key, called[key].files) for key in sorted(called))]
    for owner, whole in sets:
        for name, content in whole.items():  # their order says who leads
            for part in (owner.encode(), name.encode(), content):
                digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _played(files: Files, called: Mapping[str, Called], wanted: Sequence[Wanted], known: Outside) -> list[View]:
    try:
        rows: list[View] = json.loads(PLAYER.answer(partial(_rows, files, called, tuple(wanted), known), LIMITS))
    except OutOfBounds as given_up:
        return [_given_up(one, given_up.message) for one in wanted]
    return rows


def _rows(
    files: Files, called: Mapping[str, Called], wanted: Sequence[Wanted], known: Outside, tick: Callable[[], None]
) -> list[View]:
    os.nice(NICE)
    whole = complete(files, called)
    rows = []
    for one in wanted:
        tick()
        if time.process_time() > ALL_TOGETHER:
            rows.append(_given_up(one, "全部场景合计用完了时间，没有轮到这一个，请拆分或简化"))
            continue
        rows.append(_row(whole, one, known))
    return rows


def _row(files: Files, one: Wanted, known: Outside) -> View:
    process = one.process
    try:
        given = dict(read_text(one.name, one.text))
        process = process or str(given.get("process") or "")
        if process:
            given.setdefault("process", process)
    except EngineError as error:
        return verdict(process, one.text, player.failed(error.message))
    answer = player.play(files, given, functions=known.functions, operators=known.operators, zone=known.zone)
    return verdict(process, one.text, answer)


def _given_up(one: Wanted, words: str) -> View:
    return verdict(one.process, "", player.failed(words))


def wanted_of(process: str, scenarios: Mapping[str, str]) -> list[Wanted]:
    """The scenarios of a process; the simulation plan among them is none."""
    return [Wanted(process, name, scenarios[name]) for name in sorted(scenarios) if name != file_sets.PLAN]
