"""powers, inspections, draws, changes of the registers; further fields of people, places and visits"""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0004"
down_revision = "0003"

# Written out, because both databases understand it and SQLite need not copy a table that others point to.
REFERENCES = (
    ("hazard", "visit", "INTEGER", "visit", "id"),
    ("place", "linked_leader", "VARCHAR(255)", "person", "name"),
    ("visit", "unit", "VARCHAR(64)", "unit", "code"),
    ("visit", "leader", "VARCHAR(255)", "person", "name"),
)


def upgrade() -> None:
    """Bring the tables from the version before to this one."""

    op.create_table(
        "made",
        sa.Column("noun", sa.String(length=16), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("noun", "request_key", name=op.f("pk_made")),
    )
    # What phones sent before the upgrade and send again after it is found as before.
    op.execute(
        "INSERT INTO made (noun, request_key, key) "
        "SELECT 'hazard', request_key, number FROM hazard WHERE request_key IS NOT NULL"
    )
    with op.batch_alter_table("hazard", schema=None) as batch_op:
        batch_op.drop_constraint("uq_hazard_request_key", type_="unique")
        batch_op.drop_column("request_key")
    op.create_table(
        "register_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("noun", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_change")),
        sa.UniqueConstraint("noun", "key", "revision", name=op.f("uq_register_change_noun_key_revision")),
    )
    op.create_table(
        "draw",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("created_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_draw_unit")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_draw")),
    )
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_unit"), ["unit"], unique=False)

    op.create_table(
        "power_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("document", sa.String(length=255), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_power_grant_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_power_grant")),
    )
    with op.batch_alter_table("power_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_power_grant_unit"), ["unit"], unique=False)

    op.create_table(
        "inspection_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("risk_level", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("document", sa.String(length=255), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("created_at", engine.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_inspection_plan_place")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_inspection_plan_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_plan")),
    )
    with op.batch_alter_table("inspection_plan", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_plan_unit", ["unit", "year"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("plan", sa.String(length=255), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("approval_no", sa.String(length=64), nullable=True),
        sa.Column("approved_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=255), nullable=True),
        sa.Column("notice_no", sa.String(length=64), nullable=True),
        sa.Column("notified_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("checked_in_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("checked_in_by", sa.String(length=255), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("record_no", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", engine.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("rights_told", sa.Boolean(), nullable=False),
        sa.Column("signer", sa.String(length=255), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("order_no", sa.String(length=64), nullable=True),
        sa.Column("order_text", sa.Text(), nullable=False),
        sa.Column("order_clause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.name"], name=op.f("fk_inspection_approved_by")),
        sa.ForeignKeyConstraint(["checked_in_by"], ["person.name"], name=op.f("fk_inspection_checked_in_by")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_inspection_unit")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_inspection_visit")),
        sa.PrimaryKeyConstraint("visit", name=op.f("pk_inspection")),
        sa.UniqueConstraint("approval_no", name=op.f("uq_inspection_approval_no")),
        sa.UniqueConstraint("notice_no", name=op.f("uq_inspection_notice_no")),
        sa.UniqueConstraint("order_no", name=op.f("uq_inspection_order_no")),
        sa.UniqueConstraint("record_no", name=op.f("uq_inspection_record_no")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cert_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("cert_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("cert_items", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_rep", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("actual_controller", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("phones", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("fatal_accident", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("joint_punishment", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("promise_year", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("residents", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("entry_code", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("body", sa.String(length=16), nullable=True))

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("track", sa.String(length=1), server_default="A", nullable=False))
        batch_op.add_column(sa.Column("experts", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("covert", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("filed_at", engine.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("findings", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("advice", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("clause", sa.Text(), server_default="", nullable=False))

    for table, column, kind, target, key in REFERENCES:
        name = f"fk_{table}_{column}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES {target} ({key})")
