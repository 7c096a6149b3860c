"""transfers to departments"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "transfer",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested", sa.Text(), nullable=False),
        sa.Column("competent", sa.JSON(), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=True),
        sa.Column("opened_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=255), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("letter", sa.Integer(), nullable=True),
        sa.Column("returned_letter", sa.Integer(), nullable=True),
        sa.Column("return_clause", sa.Text(), nullable=False),
        sa.Column("returned_by", sa.String(length=255), nullable=False),
        sa.Column("lapsed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ruled_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ruled_by", sa.String(length=255), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("answer_number", sa.String(length=255), nullable=False),
        sa.Column("answered_by", sa.String(length=255), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("next_step", sa.String(length=16), nullable=False),
        sa.Column("reviewed_by", sa.String(length=255), nullable=False),
        sa.Column("closed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["body"], ["unit.code"], name=op.f("fk_transfer_body")),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_transfer_hazard")),
        sa.ForeignKeyConstraint(["letter"], ["assignment.id"], name=op.f("fk_transfer_letter")),
        sa.ForeignKeyConstraint(["returned_letter"], ["assignment.id"], name=op.f("fk_transfer_returned_letter")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transfer")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index("ix_transfer_body", ["body", "closed_at"], unique=False)
        batch_op.create_index("ix_transfer_due", ["closed_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_hazard"), ["hazard"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_letter"), ["letter"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_returned_letter"), ["returned_letter"], unique=False)
