"""tasks and milestones of the plan count their edits"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Bring the tables from the version before to this one; what was noted about a task is counted already."""
    for table in ("plan_task", "milestone"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.execute(sa.text(
        "UPDATE plan_task SET revision = coalesce((SELECT max(revision) FROM register_change WHERE noun = 'plan-task' "
        "AND key = CAST(plan_task.number AS VARCHAR)), 0)"
    ))  # fmt: skip
