"""what stands between a fix and its closure"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the tables from the version before to this one."""
    op.create_table(
        "clearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("power", sa.Text(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("approver", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_clearance_hazard")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_clearance_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
    )
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clearance_hazard"), ["hazard"], unique=False)

    op.create_table(
        "five_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("block", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=255), nullable=False),
        sa.Column("done_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_five_block_hazard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_five_block")),
        sa.UniqueConstraint("hazard", "block", name=op.f("uq_five_block_hazard_block")),
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.String(length=255), nullable=False),
        sa.Column("clause", sa.String(length=255), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("judge", sa.String(length=255), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("power", sa.Text(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_judgement_hazard")),
        sa.ForeignKeyConstraint(["judge"], ["person.name"], name=op.f("fk_judgement_judge")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_judgement_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgement_hazard"), ["hazard"], unique=False)

    op.create_table(
        "publicity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("begun_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("withdrawn_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_publicity_hazard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
    )
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publicity_hazard"), ["hazard"], unique=False)

    op.create_table(
        "revisit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("clock", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("begin_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closer", sa.String(length=255), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("done_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=255), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reopened", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_revisit_hazard")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_revisit_instance_id")),
        sa.ForeignKeyConstraint(["reopened"], ["hazard.number"], name=op.f("fk_revisit_reopened")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisit")),
        sa.UniqueConstraint("hazard", "no", name=op.f("uq_revisit_hazard_no")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_revisit_instance_id")),
    )
    with op.batch_alter_table("revisit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisit_due_at"), ["due_at"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publicity", sa.Integer(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["publicity"], ["publicity.id"], name=op.f("fk_objection_publicity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_publicity"), ["publicity"], unique=False)

    op.create_table(
        "lawsuit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=True),
        sa.Column("measure", sa.Integer(), nullable=True),
        sa.Column("organ", sa.String(length=255), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_lawsuit_document")),
        sa.ForeignKeyConstraint(["hazard"], ["hazard.number"], name=op.f("fk_lawsuit_hazard")),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"], name=op.f("fk_lawsuit_measure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawsuit")),
    )
    with op.batch_alter_table("lawsuit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lawsuit_hazard"), ["hazard"], unique=False)

    op.add_column("evidence", sa.Column("gps_from", sa.String(length=8), nullable=True))
    op.add_column("evidence", sa.Column("look", sa.String(length=16), nullable=True))
    # Written out: SQLite adds such a column without copying the table.
    op.execute(
        "ALTER TABLE hazard ADD COLUMN recurs VARCHAR(64) CONSTRAINT fk_hazard_recurs REFERENCES hazard (number)"
    )
    op.create_index("ix_hazard_recurs", "hazard", ["recurs"])
    op.add_column("hazard", sa.Column("tracked_at", engine.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("hazard", sa.Column("tracked_by", sa.String(length=255), nullable=True))
    op.add_column("hazard", sa.Column("tracked_reason", sa.Text(), nullable=True))
    op.add_column("recheck", sa.Column("people", sa.JSON(), nullable=True))
    op.add_column("recheck", sa.Column("items", sa.JSON(), nullable=True))
    op.add_column("recheck", sa.Column("photo_reason", sa.Text(), nullable=True))
    op.add_column("citizen_report", sa.Column("publicity_agreed", sa.Boolean(), nullable=True))
