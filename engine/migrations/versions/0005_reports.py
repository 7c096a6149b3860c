"""reports from the public, candidates, talks"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "public_count",
        sa.Column("door", sa.String(length=64), nullable=False),
        sa.Column("hour", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("door", "hour", name=op.f("pk_public_count")),
    )
    op.create_table(
        "report_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_alarm")),
    )
    with op.batch_alter_table("report_alarm", schema=None) as batch_op:
        batch_op.create_index("ix_report_alarm_about", ["about"], unique=False)

    op.create_table(
        "interview",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hazards", sa.JSON(), nullable=False),
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("opened_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=255), nullable=False),
        sa.Column("closed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_interview_instance_id")),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_interview_place")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_interview_unit")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_interview")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_interview_instance_id")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=255), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("decided_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("interview", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_candidate_hazard")),
        sa.ForeignKeyConstraint(["interview"], ["interview.number"], name=op.f("fk_candidate_interview")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_candidate_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("fact", name=op.f("uq_candidate_fact")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_candidate_hazard"), ["hazard"], unique=False)
        batch_op.create_index(batch_op.f("ix_candidate_interview"), ["interview"], unique=False)

    op.create_table(
        "citizen_report",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place_text", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("casualties", sa.Boolean(), nullable=False),
        sa.Column("danger_now", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("received_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.String(length=255), nullable=False),
        sa.Column("receiver", sa.String(length=64), nullable=False),
        sa.Column("handler", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=255), nullable=False),
        sa.Column("extend_d", sa.Integer(), nullable=False),
        sa.Column("routed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("urgent_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("urgent_to", sa.Text(), nullable=False),
        sa.Column("objected_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("objection", sa.JSON(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("outcome_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=True),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("material_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("signed_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=255), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reply_way", sa.String(length=16), nullable=False),
        sa.Column("replied_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_citizen_report_hazard")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_citizen_report_instance_id")),
        sa.ForeignKeyConstraint(["receiver"], ["unit.code"], name=op.f("fk_citizen_report_receiver")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_citizen_report")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_citizen_report_code_hash")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_citizen_report_instance_id")),
    )
    with op.batch_alter_table("citizen_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citizen_report_hazard"), ["hazard"], unique=False)
        batch_op.create_index(batch_op.f("ix_citizen_report_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_citizen_report_receiver"), ["receiver"], unique=False)

    op.create_table(
        "interview_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["interview"], ["interview.number"], name=op.f("fk_interview_step_interview")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_step")),
        sa.UniqueConstraint("interview", "no", name=op.f("uq_interview_step_interview_no")),
    )
    op.create_table(
        "report_photo",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["citizen_report.number"], name=op.f("fk_report_photo_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_photo")),
    )
    with op.batch_alter_table("report_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_photo_report"), ["report"], unique=False)

    op.create_table(
        "reporter",
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["citizen_report.number"], name=op.f("fk_reporter_report")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_reporter")),
    )
    op.create_table(
        "reward",
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("asked_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("fine", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=255), nullable=False),
        sa.Column("voucher", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["citizen_report.number"], name=op.f("fk_reward_report")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_reward")),
    )
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.alter_column("reason", existing_type=sa.TEXT(), server_default="", existing_nullable=False)

    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.alter_column("hazard", existing_type=sa.String(length=64), nullable=True)
        batch_op.add_column(sa.Column("report", sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_deadline_report"), "citizen_report", ["report"], ["number"])
        batch_op.create_index(batch_op.f("ix_deadline_report"), ["report"], unique=False)
