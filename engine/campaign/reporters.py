"""Who reported: the only reader of that table; each look is written down before anything is shown (安全生产法 73:
保密; 举报人信息 never goes into variables, logs, exports or notices).
"""

from dataclasses import dataclass

from sqlalchemy import select

from engine.app import App
from engine.bpm import record
from engine.bpm.viewer import Viewer
from engine.campaign import contacts
from engine.campaign.citizen_reports import require
from engine.campaign.report_model import Reporter
from engine.errors import NotAllowed

LOOKED = "reporter_seen"  # the event of a look


@dataclass(frozen=True, slots=True)
class ReporterView:
    """Who reported; both are empty when nobody said."""

    name: str
    phone: str


def look(app: App, number: str, *, viewer: Viewer) -> ReporterView:
    """Who made a report, for the handling group that D12 names and nobody else, not even an admin; a substitute does
    not inherit it. Raises NotFound, NotAllowed.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = require(tx, number, viewer)
        if row.handler not in viewer.groups:
            raise NotAllowed(
                f"举报人信息依法保密，只有承办经办人（{row.handler}）可以查看（安全生产法第七十三条）。",
                en=f"Who reported is secret; only {row.handler} may look.",
            )
        assert row.instance_id is not None
        record.note(tx, row.instance_id, LOOKED, at=now, recorded_at=app.wall(), actor=viewer.name)
        kept = tx.get(Reporter, number)
        return ReporterView(*_contact(app, kept)) if kept else ReporterView("", "")


def seal_again(app: App) -> int:
    """Encrypt with the newest key whatever is not: after an upgrade, after a key was added. Answers how many there
    were; raises Unavailable, and changes nothing, when the key of one is missing.
    """
    with app.transaction() as tx:
        rows = tx.scalars(select(Reporter).order_by(Reporter.report).with_for_update()).all()
        old = [row for row in rows if not (row.sealed and contacts.is_current(app.settings, row.sealed))]
        for row in old:
            row.sealed, row.name, row.phone = contacts.seal(app.settings, row.report, *_contact(app, row)), "", ""
        return len(old)


def _contact(app: App, row: Reporter) -> tuple[str, str]:
    return contacts.unseal(app.settings, row.report, row.sealed) if row.sealed else (row.name, row.phone)
