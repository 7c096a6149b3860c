"""drafts of the process editor"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "draft",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("saved_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "key", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index("ix_draft_key", ["key"], unique=False)
    op.create_table(
        "kept_scenario",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "name", name=op.f("pk_kept_scenario")),
    )
