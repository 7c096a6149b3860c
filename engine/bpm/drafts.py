"""Verbs on drafts: what a person has written about a process and not deployed. One draft per person and process."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from engine.app import App
from engine.bpm import deploy_gate, file_sets, kept_scenarios, reasons
from engine.bpm.bundles import own_files
from engine.bpm.definitions import deploy_in, find, prepare, require_sound
from engine.bpm.draft_model import Draft
from engine.bpm.model import Definition
from engine.bpm.paging import paged
from engine.bpm.viewer import Page
from engine.bpm.views import View, definition_view
from engine.errors import Conflict, Invalid, NotFound, Stale


def show(app: App, key: str, *, by: str, version: int | None = None) -> View:
    """The person's draft of this process, or else (``revision`` 0) the files of the newest or the given version.

    With ``others``: who else has a draft of it, since when. Raises NotFound when there is neither.
    """
    with app.reading() as tx:
        draft = tx.get(Draft, (by, key)) if version is None else None
        if draft is not None:
            return _view(tx, draft, dict(draft.files))
        definition = find(tx, key, version)
        files = file_sets.texts(own_files(tx, definition)) | kept_scenarios.of(tx, key)
        return _view(tx, Draft(person=by, key=key, base_version=definition.version, revision=0, files={}), files)


def around(app: App, key: str, *, by: str) -> View:
    """How the person's draft stands (``revision`` 0: there is none), the newest version and who else has a draft by
    now; without any files, so that an open editor may ask again and again.
    """
    with app.reading() as tx:
        draft = tx.scalar(select(Draft).where(Draft.person == by, Draft.key == key).options(defer(Draft.files)))
        return _view(tx, draft or Draft(person=by, key=key, base_version=None, revision=0))


def save(
    app: App, key: str, *, revision: int, base_version: int | None, files: Mapping[str, str], by: str
) -> View:  # fmt: skip
    """Keep the whole set of files; ``revision`` is that of the draft they were changed from, 0 when there was none.

    The same again is not a conflict. Raises Stale when another window has saved since, Invalid, TooLarge.
    """
    whole = file_sets.checked(files)
    with app.transaction() as tx:
        draft = tx.get(Draft, (by, key), with_for_update=True)
        if draft is None and revision == 0:
            draft = Draft(person=by, key=key, base_version=base_version, revision=0, files={}, saved_at=app.clock())
            tx.add(draft)
        elif draft is not None and draft.revision == revision + 1 and draft.files == whole:
            return _view(tx, draft)
        if draft is None or draft.revision != revision:
            raise _stale(draft)
        draft.files, draft.base_version = whole, base_version
        draft.revision, draft.saved_at = revision + 1, app.clock()
        tx.flush()
        return _view(tx, draft)


def discard(app: App, key: str, *, by: str) -> None:
    """Throw the person's draft away; nothing happens when there is none."""
    with app.transaction() as tx:
        tx.execute(delete(Draft).where(Draft.person == by, Draft.key == key))


def drafts(app: App, *, by: str, page: int = 1, size: int = 50) -> Page[View]:
    """The person's drafts, the latest first."""

    def shape(rows: Any) -> list[View]:
        return [{"key": row[0].key, "base_version": row[0].base_version, "revision": row[0].revision,
                 "saved_at": row[0].saved_at} for row in rows]  # fmt: skip

    with app.reading() as tx:
        found = select(Draft).where(Draft.person == by)
        return paged(tx, found, (Draft.saved_at.desc(), Draft.key), page, size, shape)


def of(app: App, key: str, *, by: str) -> dict[str, str]:
    """The files of the person's draft as they are stored. Raises NotFound."""
    with app.reading() as tx:
        return dict(_found(tx, key, by, lock=False).files)


def deploy(
    app: App, key: str, *, revision: int, newest: int | None, reason: str, by: str, despite: bool = False
) -> View:  # fmt: skip
    """Deploy the draft as it is stored and let it go; its scenarios are played before and kept for the next author.

    ``newest`` is the version the person took for the newest one. Raises Stale (saved elsewhere since), Conflict (a
    newer version has been deployed), Invalid (no reason, errors in the files, not this process, a scenario that fails
    unless ``despite``), Unavailable when another deployment is being tried.
    """
    reasons.require(reason)
    now = app.clock()
    files = of(app, key, by=by)
    deployed = file_sets.for_deployment(files)
    problems = require_sound(app, deployed)
    scenarios = file_sets.scenarios(files)
    rows = deploy_gate.rehearse(app, deployed, deploy_gate.wanted_of(key, scenarios))
    deploy_gate.require_passed(rows, despite=despite, reason=reason)
    prepare(app, deployed)
    with app.transaction() as tx:
        draft = _found(tx, key, by, lock=True)
        if draft.revision != revision or draft.files != files:
            raise _stale(draft)
        _require_newest(tx, key, newest)
        if key not in app.parsed(deployed).executable:
            raise Invalid(
                f"文件里没有标识为“{key}”的可执行流程；流程标识不能在这里改，请改回，或新建一个流程。",
                en=f"No executable process with the id {key}; change it back or begin a new process.",
            )
        dropped = kept_scenarios.of(tx, key).keys() - scenarios.keys() - {file_sets.PLAN}
        trial = deploy_gate.trial(rows, dropped=dropped, despite=despite)
        made = deploy_in(app, tx, deployed, problems, by=by, now=now, reason=reason, trials={key: trial})
        kept_scenarios.replace(tx, key, scenarios)
        tx.delete(draft)
    return {"definitions": made.definitions, "problems": made.problems, "trial": trial}


def roll_back(app: App, key: str, version: int, *, reason: str, by: str) -> View:
    """Deploy the files of an older version again, as the newest one; the versions between stay where they are. The
    scenarios are played, but forbid nothing: they may have been written for the version that is left.

    Raises NotFound, Conflict when it is the newest, Invalid (no reason; errors that today's rules find in it).
    """
    reasons.require(reason)
    now = app.clock()
    with app.reading() as tx:
        files = own_files(tx, find(tx, key, version))
        scenarios = kept_scenarios.of(tx, key)
    problems = require_sound(app, files)
    trial = deploy_gate.trial(deploy_gate.rehearse(app, files, deploy_gate.wanted_of(key, scenarios)), despite=True)
    prepare(app, files)
    with app.transaction() as tx:
        if find(tx, key).version == version:
            raise Conflict(f"第 {version} 版已经是最新版。", en=f"Version {version} is the newest already.")
        made = deploy_in(app, tx, files, problems, by=by, now=now, reason=reason, trials={key: trial})
    return {"definitions": made.definitions, "problems": made.problems, "trial": trial}


def version_files(app: App, key: str, version: int | None) -> dict[str, str]:
    """The files of one version as an author works on them, and the scenarios of the process. Raises NotFound."""
    with app.reading() as tx:
        return file_sets.texts(own_files(tx, find(tx, key, version))) | kept_scenarios.of(tx, key)


def _view(tx: Session, draft: Draft, files: Mapping[str, str] | None = None) -> View:
    """A draft without its files unless they are asked for, with who else is at it and the newest version."""
    others = select(Draft).where(Draft.key == draft.key, Draft.person != draft.person).options(defer(Draft.files))
    newest = tx.scalar(
        select(Definition).where(Definition.key == draft.key).order_by(Definition.version.desc()).limit(1)
    )
    view: View = {
        "key": draft.key, "base_version": draft.base_version, "revision": draft.revision, "saved_at": draft.saved_at,
        "newest": definition_view(newest) if newest else None,
        "others": [{"person": other.person, "base_version": other.base_version, "saved_at": other.saved_at}
                   for other in tx.scalars(others.order_by(Draft.saved_at.desc()).limit(20))],
    }  # fmt: skip
    return view if files is None else {**view, "files": files}


def _found(tx: Session, key: str, by: str, *, lock: bool) -> Draft:
    draft = tx.get(Draft, (by, key), with_for_update=lock)
    if draft is None:
        raise NotFound(f"您没有流程“{key}”的草稿。", en=f"You have no draft of {key}.")
    return draft


def _require_newest(tx: Session, key: str, newest: int | None) -> None:
    query = select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    present = tx.scalar(query)
    if (present.version if present else None) != newest:
        which = f"第 {present.version} 版已由 {present.deployed_by} 部署" if present else "流程不存在了"
        raise Conflict(
            f"{which}。请先与最新版比较，再决定是否部署。",
            en="Another version has been deployed meanwhile; compare with it first.",
        )


def _stale(draft: Draft | None) -> Stale:
    if draft is None:
        return Stale("草稿已在别的窗口里部署或放弃。请重新打开。", en="The draft was deployed or discarded elsewhere.")
    return Stale(
        "草稿在别的窗口里保存过。请选择载入那一份，或用本窗口的覆盖它。",
        en="The draft was saved in another window; load that one, or overwrite it with this one.",
    )
