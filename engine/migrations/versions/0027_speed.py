"""indexes for boards over a hundred thousand hazards"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_index("ix_deadline_state_due", "deadline", ["state", "kind", "due_on", "due_at", "hazard"])
    op.create_index("ix_rung_at", "rung", ["at"])
    _partly("ix_recheck_failed", "recheck", ["hazard"], "passed IS 0", "passed IS false")
    _partly("ix_instance_clock_stopped", "instance", ["id"], "clock_stopped = 1", "clock_stopped")


def _partly(name: str, table: str, columns: list[str], sqlite: str, postgresql: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql))
