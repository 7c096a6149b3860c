"""why an incident's step failed; which instances another one started"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.JSON(), nullable=True))
    op.create_index(
        op.f("ix_instance_started_by"),
        "instance",
        ["started_by"],
        unique=False,
        sqlite_where=sa.text("length(started_by) = 32"),
        postgresql_where=sa.text("length(started_by) = 32"),
    )
