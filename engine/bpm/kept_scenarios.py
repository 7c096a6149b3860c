"""The scenarios that belong to a process: replaced as a whole, read by whoever edits it next."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.draft_model import KeptScenario
from engine.bpm.file_sets import PLAN, SCENARIOS
from engine.bpm.model import Definition


def of(tx: Session, key: str) -> dict[str, str]:
    """All of a process, by file name."""
    rows = tx.scalars(select(KeptScenario).where(KeptScenario.key == key).order_by(KeptScenario.name))
    return {row.name: row.content for row in rows}


def any_of(tx: Session) -> bool:
    """Whether any process of this installation has one."""
    return tx.scalar(select(KeptScenario.key).limit(1)) is not None


def replace(tx: Session, key: str, texts: Mapping[str, str]) -> None:
    """From now on these are the scenarios of the process."""
    tx.execute(delete(KeptScenario).where(KeptScenario.key == key))
    tx.add_all(KeptScenario(key=key, name=name, content=text) for name, text in texts.items())
    tx.flush()


def keep_beside(app: App, keys: Iterable[str], paths: Mapping[str, Path]) -> None:
    """Keep what lies beside the diagrams that were deployed from these paths (by the names they were deployed under):
    ``scenarios/*.yaml`` and ``simulation.yaml``. A process without any keeps what it had.
    """
    found = beside(paths)
    with app.transaction() as tx:
        for key in keys:
            newest = select(Definition.file).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
            texts = found.get(tx.scalar(newest) or "")
            if texts:
                replace(tx, key, texts)


def beside(paths: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    """The scenarios beside each of these files that has any, by the name under which the file is deployed."""
    folders = {path.parent for path in paths.values()}
    found = {folder: _of_folder(folder) for folder in folders}
    return {name: found[path.parent] for name, path in paths.items() if found[path.parent]}


def _of_folder(folder: Path) -> dict[str, str]:
    files = [path for path in sorted((folder / "scenarios").glob("*")) if path.suffix in SCENARIOS]
    files += [folder / PLAN] if (folder / PLAN).is_file() else []
    return {path.name: path.read_text(encoding="utf-8-sig", errors="replace") for path in files}
