"""What both sides of a substitution are told when something about it changes."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.bpm.viewer import Viewer
from engine.bpm.views import moment_text
from engine.bpm.work_model import Substitution
from engine.campaign import people


def tell(
    app: App, tx: Session, row: Substitution, by: Viewer, now: datetime, subject: str, words: str = ""
) -> None:  # fmt: skip
    """A notice to both sides, except to who did it, with the days and the scope."""
    scope = f"流程：{'、'.join(row.definitions) or '全部'}；候选组：{'、'.join(row.groups) or '全部'}"
    dates = f"{moment_text(row.starts_at, app)} 至 {moment_text(row.ends_at, app)}"
    for name in {row.person, row.substitute} - {by.name}:
        address = people.require(tx, name).email or None
        notices.queue(
            app, tx, recipient=name, subject=subject, body=f"{words or subject}\n时间：{dates}\n{scope}", now=now,
            address=address,
        )  # fmt: skip
