"""What both sides of a substitution are told when something about it changes."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.bpm.viewer import Viewer
from engine.bpm.views import moment_text
from engine.bpm.work_model import Substitution
from engine.campaign import people
from engine.said import Said, joined


def tell(
    app: App, tx: Session, row: Substitution, by: Viewer, now: datetime, subject: str, words: str = ""
) -> None:  # fmt: skip
    """A notice to both sides, except to who did it, with the days and the scope."""
    scope = Said(
        f"流程：{'、'.join(row.definitions) or '全部'}；候选组：{'、'.join(row.groups) or '全部'}",
        f"Processes: {', '.join(row.definitions) or 'all'}; groups: {', '.join(row.groups) or 'all'}",
    )
    starts, ends = moment_text(row.starts_at, app), moment_text(row.ends_at, app)
    dates = Said(f"时间：{starts} 至 {ends}", f"Time: {starts} to {ends}")
    body = joined("\n", "\n", (words or subject, dates, scope))
    for name in {row.person, row.substitute} - {by.name}:
        address = people.require(tx, name).email or None
        notices.queue(app, tx, recipient=name, subject=subject, body=body, now=now, address=address)
