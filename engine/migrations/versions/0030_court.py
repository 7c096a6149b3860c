"""decisions that the court is asked to enforce"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "court_case",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("organ", sa.String(length=64), nullable=False),
        sa.Column("court", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("urge", sa.String(length=64), nullable=True),
        sa.Column("urged_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("application", sa.String(length=255), nullable=False),
        sa.Column("applied_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=255), nullable=False),
        sa.Column("closed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["court"], ["unit.code"], name=op.f("fk_court_case_court")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_court_case_document")),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_court_case_hazard")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_court_case_instance_id")),
        sa.ForeignKeyConstraint(["organ"], ["unit.code"], name=op.f("fk_court_case_organ")),
        sa.ForeignKeyConstraint(["urge"], ["document.id"], name=op.f("fk_court_case_urge")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_court_case")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_court_case_year_serial")),
    )
    with op.batch_alter_table("court_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_court_case_document"), ["document"], unique=False)
        batch_op.create_index("ix_court_case_hazard", ["hazard", "closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_court_case_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index("ix_court_case_organ", ["organ", "opened_at"], unique=False)

    op.create_table(
        "court_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_case", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["court_case"], ["court_case.number"], name=op.f("fk_court_step_court_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_step")),
        sa.UniqueConstraint("court_case", "no", name=op.f("uq_court_step_court_case_no")),
    )
