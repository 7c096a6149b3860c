"""outlines of communities, grids and places for the map"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "outline",
        sa.Column("noun", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("written_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("noun", "key", name=op.f("pk_outline")),
    )
