"""indexes for boards over a hundred thousand hazards; saved filters and columns of the ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_index("ix_deadline_state_due", "deadline", ["state", "kind", "due_on", "due_at", "hazard"])
    op.create_index("ix_rung_at", "rung", ["at"])
    _partly("ix_recheck_failed", "recheck", ["hazard"], "passed IS 0", "passed IS false")
    op.drop_index("ix_instance_definition_id", table_name="instance")
    op.create_index("ix_instance_definition", "instance", ["definition_id", "status", "suspended_at"])
    op.create_index("ix_instance_started_at", "instance", ["started_at"])
    suspended = "suspended_at IS NOT NULL"
    _partly("ix_instance_suspended", "instance", ["id", "clock_stopped"], suspended, suspended)
    _hazard_filter()
    op.create_table(
        "list_columns",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("person", "list", name=op.f("pk_list_columns")),
    )


def _hazard_filter() -> None:
    op.create_table(
        "hazard_filter",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("shared_with", sa.String(length=255), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_filter")),
        sa.UniqueConstraint("person", "name", name=op.f("uq_hazard_filter_person_name")),
    )
    op.create_index(op.f("ix_hazard_filter_shared_with"), "hazard_filter", ["shared_with"])


def _partly(name: str, table: str, columns: list[str], sqlite: str, postgresql: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql))
