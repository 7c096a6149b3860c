"""periodic duties"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "duty_plan",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("began_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_duty_plan")),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("subject_name", sa.String(length=255), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("begin_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=255), nullable=True),
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("street", sa.String(length=64), nullable=True),
        sa.Column("community", sa.String(length=64), nullable=True),
        sa.Column("grid", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("submitted_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=255), nullable=False),
        sa.Column("missed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("created_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["unit.code"], name=op.f("fk_duty_community")),
        sa.ForeignKeyConstraint(["grid"], ["unit.code"], name=op.f("fk_duty_grid")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_duty_instance_id")),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name=op.f("fk_duty_person")),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_duty_place")),
        sa.ForeignKeyConstraint(["street"], ["unit.code"], name=op.f("fk_duty_street")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_duty_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_duty_instance_id")),
        sa.UniqueConstraint("kind", "subject", "period", name=op.f("uq_duty_kind_subject_period")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index("ix_duty_area", ["community", "grid"], unique=False)
        batch_op.create_index("ix_duty_begin", ["state", "instance_id", "begin_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_place"), ["place"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_street"), ["street"], unique=False)
        batch_op.create_index("ix_duty_unit", ["unit", "due_at"], unique=False)

    # Written out: SQLite adds such a column without copying the table.
    op.execute("ALTER TABLE evidence ADD COLUMN duty INTEGER CONSTRAINT fk_evidence_duty REFERENCES duty (id)")
    op.create_index("ix_evidence_duty", "evidence", ["duty"])
