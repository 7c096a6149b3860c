"""the further hazards that a document names; orders about everything that an inspection found; findings of an
inspection without a hazard
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "document_hazard",
        sa.Column("document", sa.String(length=64), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("hazard", sa.String(length=64), sa.ForeignKey("hazard.number"), nullable=False),
        sa.PrimaryKeyConstraint("document", "hazard"),
    )
    with op.batch_alter_table("document_hazard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_hazard_hazard"), ["hazard"], unique=False)
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("all_found", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unregistered", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("settled", sa.JSON(), server_default="{}", nullable=False))
    op.execute(sa.text("UPDATE document SET all_found = true WHERE inspection IS NOT NULL AND hazard IS NULL"))
