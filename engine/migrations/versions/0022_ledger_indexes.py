"""indexes of a long ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.drop_index("ix_deadline_hazard", table_name="deadline")
    op.create_index("ix_deadline_hazard", "deadline", ["hazard", "state", "kind", "due_at", "due_on"])
    op.drop_index("ix_task_instance_id", table_name="task")
    op.create_index("ix_task_instance", "task", ["instance_id", "status"])
    _partly("ix_assignment_running", "assignment", ["kind", "hazard"], "closed_at IS NULL")
    _partly("ix_measure_running", "measure", ["hazard", "kind"], "lifted_at IS NULL")
    _partly("ix_task_completed_by", "task", ["completed_by", "instance_id"], "completed_by IS NOT NULL")


def _partly(name: str, table: str, columns: list[str], rows: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))
