"""checklist sheets are filed; pictures of right and wrong; imports of visits"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0021"
down_revision = "0020"
MOMENT = engine.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    with op.batch_alter_table("checklist_sheet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filed_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("filed_by", sa.String(length=255), nullable=True))
    op.add_column("import_row", sa.Column("visit", sa.Integer(), nullable=True))
    op.create_table(
        "picture",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("checklist", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("shows", sa.String(length=8), nullable=False),
        sa.Column("caption", sa.String(length=255), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=255), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("removed_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint(
            "code", "checklist", "item", "shows", "sha256", name=op.f("uq_picture_code_checklist_item_shows_sha256")
        ),
    )
    op.create_index("ix_picture_checklist", "picture", ["checklist", "item"])
