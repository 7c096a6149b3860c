"""signs of life of the schedulers"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("started_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
