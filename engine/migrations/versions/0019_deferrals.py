"""deferrals"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "deferral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("approved_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=255), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("power", sa.Text(), nullable=False),
        sa.Column("waits_since", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stopped", sa.JSON(), nullable=False),
        sa.Column("lapsed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=255), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_deferral_hazard")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_deferral_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_deferral_instance_id")),
    )
    with op.batch_alter_table("deferral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deferral_hazard"), ["hazard"], unique=False)
        batch_op.create_index(
            "ix_deferral_running",
            ["hazard"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "deferral_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deferral", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=255), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["deferral"], ["deferral.id"], name=op.f("fk_deferral_measure_deferral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral_measure")),
        sa.UniqueConstraint("deferral", "no", name=op.f("uq_deferral_measure_deferral_no")),
    )
    op.create_table(
        "deferral_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deferral", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["deferral"], ["deferral.id"], name=op.f("fk_deferral_review_deferral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral_review")),
        sa.UniqueConstraint("deferral", "no", name=op.f("uq_deferral_review_deferral_no")),
    )
