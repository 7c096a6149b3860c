"""the written mandate of an absent head, and for whom and by what mandate a substitute approved"""

import sqlalchemy as sa
from alembic import op

from engine.db import UtcDateTime

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mandate", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("mandate_file", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("mandate_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("mandate_by", sa.String(length=255), nullable=True))
    for table in ("document", "inspection", "measure_decision"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in ("approved_for", "approved_mandate"):
                batch_op.add_column(sa.Column(name, sa.String(length=255), server_default="", nullable=False))
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mandate", sa.String(length=255), server_default="", nullable=False))
