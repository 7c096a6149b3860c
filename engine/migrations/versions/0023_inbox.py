"""what was looked at in the inbox; the photo of a receipt"""

import sqlalchemy as sa
from alembic import op

from engine.db import UtcDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "inbox_mark",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "key", name=op.f("pk_inbox_mark")),
    )
    with op.batch_alter_table("document_serving", schema=None) as batch_op:
        batch_op.add_column(sa.Column("files", sa.JSON(), server_default="[]", nullable=False))
