"""Verbs on definitions: deploy files as versions, find one, suspend one. What was deployed never changes."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import deploy_gate, kept_scenarios
from engine.bpm.bundles import bundle_files, with_called
from engine.bpm.lint import Known, lint_within
from engine.bpm.model import Bundle, Definition, StartEvent
from engine.bpm.spiff import Model
from engine.bpm.spiff.parser import content_hash
from engine.bpm.spiff.starts import first_start
from engine.bpm.step import StepWorld
from engine.bpm.views import View, definition_view
from engine.errors import Invalid, NotFound, Problem, TooLarge
from engine.forker import FORKER

MAX_BYTES = 20_000_000
log = structlog.get_logger()
Files = Mapping[str, bytes]
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment made: one definition for each executable process, the findings that do not forbid it, and what
    came of its scenarios (see deploy_gate.trial).
    """

    definitions: list[View]
    problems: list[Problem]
    trial: View = field(default_factory=lambda: deploy_gate.trial(()))

    @property
    def first(self) -> View:
        """The first of them; nothing when only tables and forms were sent."""
        return self.definitions[0] if self.definitions else {}


def deploy(
    app: App, files: Files, *, by: str, reason: str = "", sent: Texts | None = None,
    beside: Mapping[str, Texts] | None = None, despite: bool = False, trusted: bool = False,
) -> Deployment:  # fmt: skip
    """Deploy these files together: each executable process becomes a version, pinned to these tables and forms.

    Before, the scenarios are played: those ``sent`` along (from then on those of their processes), those ``beside`` the
    file of a process, or else those it has; none are when the files are ``trusted``, for the release was tested with
    them. Processes that they call and that are not among them are taken from their newest deployment and pinned too.
    The same content again is the same version. Raises Invalid with ``problems`` (nothing is stored): errors in the
    files, a scenario that fails unless ``despite`` with a reason; TooLarge; Unavailable when another is being tried.
    """
    _check_size(files)
    now = app.clock()
    problems = require_sound(app, files)
    rows = _rehearsed(app, files, sent or {}, beside or {}, trusted)
    deploy_gate.require_passed(rows, despite=despite, reason=reason)
    trials: dict[str, View] = {}
    given: dict[str, dict[str, str]] = {}
    for key in {row["process"] for row in rows}:
        mine = [row for row in rows if row["process"] == key]
        trials[key] = deploy_gate.trial(mine, despite=despite)
        given[key] = {row["scenario"]: sent[row["scenario"]] for row in mine if sent and row["scenario"] in sent}
    prepare(app, files)
    with app.transaction() as tx:
        made = deploy_in(app, tx, files, problems, by=by, now=now, reason=reason, trials=trials)
        for key, texts in given.items():
            if texts:
                kept_scenarios.replace(tx, key, texts)
    return Deployment(made.definitions, problems, deploy_gate.trial(rows, despite=despite))


def prepare(app: App, files: Files) -> None:
    """Read these files with those of processes they call, so that whoever deploys them holds nobody up meanwhile."""
    with app.reading() as tx:
        with_called(app, tx, files)


def deploy_in(
    app: App, tx: Session, files: Files, problems: list[Problem], *, by: str, now: datetime, reason: str,
    trials: Mapping[str, View],
) -> Deployment:  # fmt: skip
    """The same in a running transaction, for files that were checked, tried and prepared: ``problems`` and ``trials``
    (by process) forbid nothing.
    """
    complete, model = with_called(app, tx, files)
    bundle_hash = _store(tx, complete)
    made = [
        _deploy_process(app, tx, model, key, bundle_hash, problems, trials, by=by, now=now, reason=reason)
        for key in model.executable
        if model.processes[key].file in files
    ]
    return Deployment([definition_view(definition) for definition in made], problems)


def _rehearsed(
    app: App, files: Files, sent: Texts, beside: Mapping[str, Texts], trusted: bool
) -> list[View]:  # fmt: skip
    """The rows of all scenarios, each with the process whose it is."""
    with app.reading() as tx:
        if not sent and not beside and not kept_scenarios.any_of(tx):
            return []
    model = app.parsed(files)
    rows = deploy_gate.rehearse(app, files, deploy_gate.wanted_of("", sent))
    for row in rows:
        row["process"] = row["process"] if row["process"] in model.executable else model.key
    told = {row["process"] for row in rows}
    rest: list[deploy_gate.Wanted] = []
    with app.reading() as tx:
        for key in model.executable:
            if key not in told:
                texts = beside.get(model.processes[key].file) or kept_scenarios.of(tx, key)
                rest += deploy_gate.wanted_of(key, texts)
    return rows + (deploy_gate.shipped(rest) if trusted else deploy_gate.rehearse(app, files, rest))


def require_sound(app: App, files: Files) -> list[Problem]:
    """The findings that do not forbid a deployment; raises Invalid with all of them when one does."""
    problems = check(app, files)
    if any(problem["severity"] == "error" for problem in problems):
        raise Invalid(
            "流程有错误，未部署。请按列出的问题逐项修改。",
            en="The files have errors and were not deployed.",
            problems=problems,
        )
    return problems


def check(app: App, files: Files) -> list[Problem]:
    """What is wrong with these files in this installation, found beside the program in limited time and memory; what
    was found of the same files a short while ago is not looked for again.

    Raises Unavailable when other files are being checked."""
    known = _known(app)
    key = content_hash(files), known.processes, known.groups, known.functions, frozenset(known.operators or ())
    found = app.linted.get(key)
    if found is None:
        found = lint_within(FORKER.answer, files, known)
        if not any(problem["rule"] == "limit" for problem in found):
            app.linted.keep(key, found)
    return [problem.copy() for problem in found]


def _known(app: App) -> Known:
    """What may be relied on beyond the files: operators, functions, processes already deployed, groups in use."""
    with app.reading() as tx:
        keys = frozenset(tx.scalars(select(Definition.key).distinct()))
    return Known(app.operators.schemas, frozenset(app.functions), keys, app.groups(), tuple(app.rules))


def find(tx: Session, key: str, version: int | None = None) -> Definition:
    """The newest (or the given) version; raises NotFound that says which versions there are."""
    found = select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    if version is not None:
        found = found.where(Definition.version == version)
    definition = tx.scalar(found)
    if definition is None:
        which = f"“{key}”的第 {version} 版" if version is not None else f"“{key}”"
        raise NotFound(
            f"没有流程{which}，请先部署或核对标识。", en=f"There is no definition {key}; deploy it or check its key."
        )
    return definition


def show(app: App, key: str, version: int | None = None) -> View:
    """One version of a definition. Raises NotFound."""
    with app.reading() as tx:
        return definition_view(find(tx, key, version))


def xml(app: App, key: str, version: int | None = None) -> bytes:
    """The diagram as it was deployed, byte for byte."""
    with app.reading() as tx:
        definition = find(tx, key, version)
        return bundle_files(tx, definition.bundle_hash)[definition.file]


def whole(app: App, key: str, version: int | None = None) -> dict[str, bytes]:
    """All files of one version, the one with its diagram first: what can be played or simulated. Raises NotFound."""
    with app.reading() as tx:
        definition = find(tx, key, version)
        files = bundle_files(tx, definition.bundle_hash)
    return {definition.file: files[definition.file], **files}


def _check_size(files: Files) -> None:
    if not files:
        raise Invalid(
            "没有收到文件，请至少上传一个 .bpmn 文件。", en="No file was sent; upload at least one .bpmn file."
        )
    if sum(map(len, files.values())) > MAX_BYTES:
        raise TooLarge("一次部署的文件合计不得超过 20 MB。", en="The files of one deployment must not exceed 20 MB.")


def _store(tx: Session, files: Files) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    bundle_hash = digest.hexdigest()
    if tx.get(Bundle, bundle_hash) is None:
        tx.add(Bundle(hash=bundle_hash, files={name: base64.b64encode(data).decode() for name, data in files.items()}))
        tx.flush()
    return bundle_hash


def _deploy_process(
    app: App,
    tx: Session,
    model: Model,
    key: str,
    bundle_hash: str,
    problems: list[Problem],
    trials: Mapping[str, View],
    *,
    by: str,
    now: datetime,
    reason: str,
) -> Definition:
    newest = tx.scalar(select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1))
    if newest is not None and newest.bundle_hash == bundle_hash:
        return newest
    process = model.processes[key]
    definition = Definition(
        id=uuid4().hex,
        key=key,
        version=newest.version + 1 if newest else 1,
        name=process.name or key,
        version_tag=process.version_tag,
        bundle_hash=bundle_hash,
        file=process.file,
        deployed_at=now,
        deployed_by=by,
        reason=reason,
        problems=problems,
        trial=trials.get(key) or deploy_gate.trial(()),
    )
    tx.add(definition)
    tx.flush()
    _replace_starts(app, tx, model, definition, now)
    return definition


def _replace_starts(app: App, tx: Session, model: Model, definition: Definition, now: datetime) -> None:
    """Message, signal and timer starts belong to the newest version only."""
    older = select(Definition.id).where(Definition.key == definition.key)
    tx.execute(delete(StartEvent).where(StartEvent.definition_id.in_(older)))
    for start in model.starts:
        if start.process == definition.key and start.kind in ("message", "signal", "timer"):
            due_at = first_start(model, start.element, now, StepWorld(app, tx, "")) if start.kind == "timer" else None
            tx.add(
                StartEvent(
                    definition_id=definition.id,
                    element=start.element,
                    kind=start.kind,
                    name=start.name,
                    armed_at=now,
                    due_at=due_at,
                )
            )
