"""Verbs that try files which are not deployed: play a scenario, simulate, compare with a version, look at a migration.

Everything that reads an author's files runs in a child with limited time and memory (engine/forker.py).
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine.app import App
from engine.bounded import OutOfBounds
from engine.bpm import definition_diff, deploy_gate, file_sets, migration
from engine.bpm import play as player
from engine.bpm import simulation as simulator
from engine.bpm.author_text import read_text
from engine.bpm.bundles import own_files, with_called
from engine.bpm.definitions import find, require_sound
from engine.bpm.scenario_verdicts import verdict
from engine.bpm.spiff import Refused, parse
from engine.bpm.trial_world import Called, Files, Outside, called_by, complete, outside
from engine.bpm.views import View
from engine.errors import EngineError
from engine.forker import FORKER

CASES, DAYS = 40, 40  # of the short simulation before a deployment
Texts = Mapping[str, str]


def play(app: App, files: Texts, scenario: str, *, process: str = "") -> View:
    """Play a scenario (YAML) on these files and those of deployed processes they call; the object of ``bihuan play``.
    ``process`` leads, unless the scenario names one; else the first of the files.

    What stops it is in ``error``. Raises Invalid for what is no set, Unavailable when others are being tried.
    """
    own = file_sets.for_deployment(file_sets.checked(files))
    called = called_by(app, own)
    played = _bounded(
        partial(_play, own, called, process, scenario, outside(app)),
        lambda words: {"answer": player.failed(words), "row": None},
    )
    if played["row"] is not None:
        deploy_gate.remember(app, own, called, process, scenario, played["row"])
    answer: View = played["answer"]
    return answer


def simulate(app: App, files: Texts) -> View:
    """A short simulation by the plan among the scenarios, or else by what the first scenario starts with.

    The object of ``bihuan simulate``; what stops it is in ``error``.
    """
    own = file_sets.checked(files)
    given = file_sets.scenarios(own)
    plan = given.pop(file_sets.PLAN, None)
    first = next((given[name] for name in sorted(given)), "")
    deployed = file_sets.for_deployment(own)
    compute = partial(_simulate, deployed, called_by(app, deployed), plan, first, outside(app))
    return _bounded(compute, simulator.failed)


def compare(app: App, key: str, *, before: int, after: int | None = None, files: Texts | None = None) -> View:
    """A version compared with another one (None: the newest), or with these files, element by element in words.

    Raises NotFound, Invalid (with ``problems`` when the files cannot be read).
    """
    with app.reading() as tx:
        older = find(tx, key, before)
        old = own_files(tx, older)
        newer = find(tx, key, after) if files is None else None
        new = own_files(tx, newer) if newer else file_sets.for_deployment(file_sets.checked(files or {}))
    found = json.loads(FORKER.answer(partial(_compare, old, new)))
    if found["problems"]:
        raise Refused(found["problems"])
    return {"key": key, "from_version": older.version, "to_version": newer.version if newer else None,
            "differences": found["differences"]}  # fmt: skip


def forecast(app: App, key: str, files: Texts) -> View:
    """What a migration of the running instances onto these files would do. Raises Invalid when they have errors."""
    own = file_sets.for_deployment(file_sets.checked(files))
    require_sound(app, own)
    with app.reading() as tx:
        _, model = with_called(app, tx, own)
    return migration.forecast(app, key, model)


def _bounded(compute: Callable[[Callable[[], None]], Any], failed: Callable[[str], View]) -> View:
    try:
        answer: View = json.loads(FORKER.answer(compute))
    except OutOfBounds as given_up:
        return failed(given_up.message)
    return answer


def _play(
    files: Files, called: Mapping[str, Called], process: str, scenario: str, known: Outside, tick: Callable[[], None]
) -> View:  # fmt: skip
    try:
        given = ({"process": process} if process else {}) | dict(read_text("", scenario))
    except EngineError as error:
        return _tried(process, scenario, player.failed(error.message))
    answer = player.play(complete(files, called), given, functions=known.functions, operators=known.operators,
                       zone=known.zone, tick=tick)  # fmt: skip
    return _tried(process or str(given.get("process") or ""), scenario, answer)


def _tried(process: str, scenario: str, answer: View) -> View:
    return {"answer": answer, "row": verdict(process, scenario, answer)}


def _simulate(
    files: Files, called: Mapping[str, Called], plan: str | None, first: str, known: Outside, tick: Callable[[], None]
) -> View:  # fmt: skip
    try:
        given = read_text(file_sets.PLAN, plan or first)
    except EngineError as error:
        return simulator.failed(error.message)
    if plan is None:
        given = {name: given[name] for name in ("process", "variables", "operators") if name in given}
    return simulator.simulate(complete(files, called), given, cases=CASES, days=DAYS, functions=known.functions,
                              operators=known.operators, zone=known.zone, tick=tick)  # fmt: skip


def _compare(before: Files, after: Files, _tick: Callable[[], None]) -> View:
    try:
        return {"differences": definition_diff.compare(parse(before), parse(after)), "problems": []}
    except Refused as refused:
        return {"differences": [], "problems": refused.problems}
