"""what departments decide about measures, and suspected crimes handed over to the police"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "crime_case",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("organ", sa.String(length=64), nullable=False),
        sa.Column("police", sa.String(length=64), nullable=True),
        sa.Column("prosecutor", sa.String(length=64), nullable=True),
        sa.Column("offence", sa.String(length=255), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("proofs", sa.JSON(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=255), nullable=False),
        sa.Column("closed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_crime_case_hazard")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_crime_case_instance_id")),
        sa.ForeignKeyConstraint(["organ"], ["unit.code"], name=op.f("fk_crime_case_organ")),
        sa.ForeignKeyConstraint(["police"], ["unit.code"], name=op.f("fk_crime_case_police")),
        sa.ForeignKeyConstraint(["prosecutor"], ["unit.code"], name=op.f("fk_crime_case_prosecutor")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_crime_case")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_crime_case_year_serial")),
    )
    with op.batch_alter_table("crime_case", schema=None) as batch_op:
        batch_op.create_index("ix_crime_case_hazard", ["hazard", "state"], unique=False)
        batch_op.create_index("ix_crime_case_organ", ["organ", "opened_at"], unique=False)

    op.create_table(
        "crime_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("crime", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["crime"], ["crime_case.number"], name=op.f("fk_crime_step_crime")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crime_step")),
        sa.UniqueConstraint("crime", "no", name=op.f("uq_crime_step_crime_no")),
    )
    op.create_table(
        "measure_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("organ", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("emergency", sa.Text(), nullable=False),
        sa.Column("drafted_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.String(length=255), nullable=False),
        sa.Column("approved_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=255), nullable=False),
        sa.Column("executed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspended_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_measure_decision_hazard")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_measure_decision_instance_id")),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"], name=op.f("fk_measure_decision_measure")),
        sa.ForeignKeyConstraint(["organ"], ["unit.code"], name=op.f("fk_measure_decision_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_decision")),
        sa.UniqueConstraint("measure", name=op.f("uq_measure_decision_measure")),
    )
    with op.batch_alter_table("measure_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_decision_hazard"), ["hazard"], unique=False)
        batch_op.create_index("ix_measure_decision_instance", ["instance_id"], unique=False)

    op.create_table(
        "measure_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["measure_decision.id"], name=op.f("fk_measure_act_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_act")),
        sa.UniqueConstraint("decision", "no", name=op.f("uq_measure_act_decision_no")),
    )
