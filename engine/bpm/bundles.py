"""What is in a stored bundle, and which of it belongs to one process; reads only."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.decisions import parse_decisions
from engine.bpm.forms import parse_form
from engine.bpm.model import Bundle, Definition
from engine.bpm.spiff import Model, parse

if TYPE_CHECKING:
    from engine.app import App

BESIDE = (".dmn", ".form")  # everything else is a diagram
_PINNED = re.compile(r".+\.v\d+/")  # the folder of a called process that was taken from its own deployment
_USED = re.compile(rb"\b(?:decisionRef|formRef)\s*=\s*[\"']([^\"']+)[\"']")
Files = Mapping[str, bytes]


def bundle_files(tx: Session, bundle_hash: str) -> dict[str, bytes]:
    """The files of a bundle by name."""
    stored = tx.get_one(Bundle, bundle_hash).files
    return {name: base64.b64decode(content) for name, content in stored.items()}


def own_files(tx: Session, definition: Definition) -> dict[str, bytes]:
    """The files an author of this process works on, by their plain names, its diagram first.

    A folder with a diagram belongs to that process: of a bundle of several processes the folders of the others are left
    out, except for tables and forms that this one uses, as is what was pinned because it is called.
    """
    files = {name: content for name, content in bundle_files(tx, definition.bundle_hash).items()
             if not _PINNED.match(name)}  # fmt: skip
    home, _, diagram = definition.file.rpartition("/")
    foreign = {_folder(name) for name in files if not name.lower().endswith(BESIDE)} - {home}
    own = {diagram: files[definition.file]}
    for name in sorted(files, key=lambda name: (_folder(name) != home, name)):
        if _folder(name) not in foreign:
            own.setdefault(name.rpartition("/")[2], files[name])
    used = {found.decode() for content in own.values() for found in _USED.findall(content)}
    for name in sorted(files):
        if _folder(name) in foreign and not used.isdisjoint(_says(name, files[name])):
            own.setdefault(name.rpartition("/")[2], files[name])
    return own


@dataclass(frozen=True, slots=True)
class Called:
    """The newest deployment of a process that is called: its own files, and the one that holds its diagram."""

    folder: str
    diagram: str
    files: Files


def with_called(app: "App", tx: Session, files: Files) -> tuple[dict[str, bytes], Model]:
    """These files plus those of deployed processes which they call, so that a version is complete in itself."""
    return completed(files, partial(newest, tx), app.parsed)


def completed(
    files: Files, find: Callable[[str], Called | None], read: Callable[[Files], Model] = parse
) -> tuple[dict[str, bytes], Model]:  # fmt: skip
    """The same, with called processes from anywhere. Raises Refused for files that cannot be read."""
    complete, model, seen = dict(files), read(files), set[str]()
    while missing := {called for _, called in model.calls} - model.processes.keys() - seen:
        key = min(missing)  # one at a time: its files may hold the others, too
        seen.add(key)
        called = find(key)
        if called is None:
            continue  # the linter has judged this: the name is an expression, or an error
        for name, content in called.files.items():
            if name == called.diagram or not _known(model, name, content):
                complete.setdefault(f"{called.folder}/{name}", content)
        model = read(complete)
    return complete, model


def newest(tx: Session, key: str) -> Called | None:
    """The newest deployment of this process, if there is one."""
    query = select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    definition = tx.scalar(query)
    if definition is None:
        return None
    diagram = definition.file.rpartition("/")[2]
    return Called(f"{key}.v{definition.version}", diagram, own_files(tx, definition))


def _known(model: Model, name: str, content: bytes) -> bool:
    """Whether the files so far say already what this file says: it was deployed together with the caller."""
    if name.lower().endswith(BESIDE):
        return not (model.forms.keys() | model.decisions.keys()).isdisjoint(_says(name, content))
    return not model.processes.keys().isdisjoint(parse({name: content}).processes)


def _says(name: str, content: bytes) -> frozenset[str]:
    """The ids of the decisions or of the form in a file."""
    if name.lower().endswith(".dmn"):
        return frozenset(parse_decisions(content))
    return frozenset({parse_form(content).id}) if name.lower().endswith(".form") else frozenset()


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
